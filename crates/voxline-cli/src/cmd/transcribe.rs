//! `voxline transcribe`.

use std::collections::{HashMap, HashSet};
use std::io::ErrorKind as IoErrorKind;
use std::time::Duration;

use serde_json::{Value, json};
use voxline::chat::CancelToken;
use voxline::transcription::{
    Credentials, DEFAULT_BASE_URL, JobOutcome, JobReport, Ledger, QueryState, ReturnMode, RunOptions, SqliteLedger,
    State, Submission, Transcript, TranscriptionClient, WaitOptions, resume_with_ledger, run_with_ledger,
};
use voxline::{Error, Result};

use crate::args::transcribe::{Query, Run, ServiceFlags, Submit, Transcribe, TranscribeAction, Wait, WaitFlags};
use crate::args::{apply_pairs, checked, from_environment};
use crate::credentials::Credentials as Keys;
use crate::fail::Fail;
use crate::show;

pub(crate) fn run(args: &Transcribe, keys: &Keys) -> Result<(), Fail> {
    match &args.action {
        TranscribeAction::Submit(submit) => run_submit(submit, keys),
        TranscribeAction::Query(query) => run_query(query, keys),
        TranscribeAction::Wait(wait) => run_wait(wait, keys),
        TranscribeAction::Run(run) => run_many(run, keys),
    }
}

fn client(flags: &ServiceFlags, keys: &Keys) -> Result<TranscriptionClient, Fail> {
    let mut options = from_environment()?;
    apply_pairs(&mut options, &flags.set)?;
    let options = checked(options)?;
    let app_id = keys.get("VOXLINE_TRANSCRIPTION_APP_ID");
    let app_key = keys.get("VOXLINE_TRANSCRIPTION_APP_KEY");
    let authorization = keys.get("VOXLINE_TRANSCRIPTION_AUTHORIZATION");
    let credentials = match (app_id, app_key, authorization) {
        (Some(id), Some(key), _) => Credentials::app_key(id.expose(), key),
        (app_id, _, Some(authorization)) => {
            Credentials::Ready { app_id: app_id.map(|id| id.expose().to_owned()), authorization }
        }
        _ => {
            return Err(Fail::usage_text(
                "set VOXLINE_TRANSCRIPTION_APP_ID and VOXLINE_TRANSCRIPTION_APP_KEY, or \
                 VOXLINE_TRANSCRIPTION_AUTHORIZATION",
            ));
        }
    };
    let endpoint = flags.endpoint.as_deref().unwrap_or(DEFAULT_BASE_URL);
    Ok(TranscriptionClient::builder().base_url(endpoint).credentials(credentials).http(options.http).build()?)
}

fn mode(callback_url: Option<&String>) -> ReturnMode {
    callback_url.map_or(ReturnMode::Pull, ReturnMode::push)
}

fn run_submit(args: &Submit, keys: &Keys) -> Result<(), Fail> {
    let client = client(&args.service, keys)?;
    let mut submission = Submission::new(&args.link, mode(args.callback_url.as_ref()));
    if let Some(data) = &args.business_data {
        submission = submission.with_business_data(data);
    }
    if let Some(id) = &args.req_id {
        submission = submission.with_req_id(id);
    }
    let accepted = client.submit(&submission)?;
    if args.service.json {
        show::line(&json!({ "request_id": accepted.request_id, "req_id": accepted.req_id }).to_string())?;
    } else {
        show::line(&accepted.request_id)?;
    }
    Ok(())
}

fn run_query(args: &Query, keys: &Keys) -> Result<(), Fail> {
    let state = client(&args.service, keys)?.query(&args.request_id)?;
    let json = args.service.json;
    match state {
        QueryState::Done(transcript) => print_transcript(&args.request_id, &transcript, json)?,
        QueryState::Failed(failure) => {
            return Err(failure.to_error("query transcription", Some(&args.request_id)).into());
        }
        _ if json => show::line(&json!({ "request_id": args.request_id, "state": "pending" }).to_string())?,
        _ => show::line("pending")?,
    }
    Ok(())
}

fn run_wait(args: &Wait, keys: &Keys) -> Result<(), Fail> {
    let client = client(&args.service, keys)?;
    let transcript = client.wait(&args.request_id, &wait_options(&args.wait)?, &CancelToken::new())?;
    Ok(print_transcript(&args.request_id, &transcript, args.service.json)?)
}

fn wait_options(flags: &WaitFlags) -> Result<WaitOptions, Fail> {
    let seconds = |name: &str, value: f64| {
        Duration::try_from_secs_f64(value).map_err(|_| Fail::usage_text(format!("--{name} {value}: use seconds")))
    };
    let mut options = WaitOptions::default();
    options.interval = seconds("interval", flags.interval)?;
    options.max_interval = options.max_interval.max(options.interval);
    options.deadline = seconds("deadline", flags.deadline)?;
    Ok(options)
}

fn run_many(args: &Run, keys: &Keys) -> Result<(), Fail> {
    let client = client(&args.service, keys)?;
    let mut options = RunOptions::default();
    options.in_flight = args.jobs;
    options.wait = wait_options(&args.wait)?;
    let ledger = SqliteLedger::open(&args.ledger)?;
    let cancel = CancelToken::new();
    let json = args.service.json;
    let observe = |report: &JobReport| {
        // A closed pipe must not end the run: what was paid for is still recorded.
        drop(print_job(&ledger, report, json));
    };
    let submissions = submissions(args)?;
    let reports = if args.resume {
        // Before anything is waited for: what is asked for now must not be forgotten if this run ends early.
        enter_missing(&client, &ledger, submissions)?;
        resume_with_ledger(&client, &ledger, &options, &cancel, &observe)?
    } else {
        run_with_ledger(&client, &ledger, &submissions, &options, &cancel, &observe)?
    };
    let well = |report: &JobReport| matches!(report.outcome, JobOutcome::Done | JobOutcome::AwaitingCallback);
    let bad = reports.iter().filter(|report| !well(report)).count();
    if bad > 0 {
        let all = reports.len();
        show::remark(&format!(
            "error: {bad} of {all} are not done; --resume goes on with all that did not fail and whose outcome is known"
        ));
        return Err(Fail::Reported);
    }
    Ok(())
}

/// Enters what is not in the ledger yet, so that a command that was cut short can be given again as it was: nobody
/// knows from outside how far it had come. A link that is asked for twice is entered twice.
fn enter_missing(client: &TranscriptionClient, ledger: &dyn Ledger, submissions: Vec<Submission>) -> Result<()> {
    if submissions.is_empty() {
        return Ok(());
    }
    let _lock = ledger.lock()?;
    let (mut ids, mut there) = (HashSet::new(), HashMap::<String, usize>::new());
    for state in State::ALL {
        for entry in ledger.list(*state)? {
            // A delivery may move one on while the states are gone through.
            if ids.insert(entry.req_id().to_owned()) {
                *there.entry(entry.submission.file_link().to_owned()).or_default() += 1;
            }
        }
    }
    let is_new = |submission: &Submission| match there.get_mut(submission.file_link()) {
        Some(count @ 1..) => {
            *count -= 1;
            false
        }
        _ => true,
    };
    let with_id = |submission: Submission| submission.with_req_id(client.new_req_id());
    let new: Vec<Submission> = submissions.into_iter().filter(is_new).map(with_id).collect();
    ledger.add(&new)
}

/// Every argument is a link or a text file of links.
fn submissions(args: &Run) -> Result<Vec<Submission>, Fail> {
    let mut all = Vec::new();
    for input in &args.inputs {
        if input.starts_with("http://") || input.starts_with("https://") {
            all.push(Submission::new(input, mode(args.callback_url.as_ref())));
            continue;
        }
        let text = std::fs::read_to_string(input).map_err(|e| match e.kind() {
            IoErrorKind::InvalidData => Fail::usage_text(format!("{input} is neither a link nor a text file of links")),
            _ => Error::io("read links", input, e).into(),
        })?;
        let links = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        all.extend(links.map(|link| Submission::new(link, mode(args.callback_url.as_ref()))));
    }
    Ok(all)
}

fn print_job(ledger: &dyn Ledger, report: &JobReport, json: bool) -> Result<()> {
    let (state, error) = match &report.outcome {
        JobOutcome::Done => ("done", None),
        JobOutcome::AwaitingCallback => ("awaiting callback", None),
        JobOutcome::Running(error) => ("running", Some(error)),
        JobOutcome::NotSent(error) => ("not sent", Some(error)),
        JobOutcome::Unknown(error) => ("outcome unknown", Some(error)),
        JobOutcome::Failed(error) => ("failed", Some(error)),
        _ => ("other", None),
    };
    let result = ledger.result(&report.req_id)?;
    let transcript = result.as_deref().map(Transcript::from_answer).transpose()?;
    let text = transcript.as_ref().map(Transcript::text);
    if json {
        let error = error.map(ToString::to_string);
        let line = json!({ "req_id": report.req_id, "state": state, "text": text, "error": error });
        return show::line(&line.to_string());
    }
    let detail = error.map(|error| format!(": {error}")).or(text.map(|text| format!(": {text}"))).unwrap_or_default();
    show::line(&format!("{} {state}{detail}", report.req_id))
}

fn print_transcript(request_id: &str, transcript: &Transcript, json: bool) -> Result<()> {
    if !json {
        return show::line(transcript.text());
    }
    let sentences: Vec<Value> = transcript
        .sentences()
        .iter()
        .map(|s| json!({ "text": s.text, "start_ms": s.start_ms, "end_ms": s.end_ms, "channel": s.channel }))
        .collect();
    let raw: Value = serde_json::from_str(transcript.raw()).unwrap_or(Value::Null);
    let line = json!({ "request_id": request_id, "state": "done", "text": transcript.text(), "sentences": sentences,
                       "raw": raw });
    show::line(&line.to_string())
}
