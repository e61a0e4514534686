//! `voxline transcribe run`.

use std::collections::HashSet;
use std::io::ErrorKind as IoErrorKind;

use serde_json::json;
use voxline::chat::CancelToken;
use voxline::transcription::{
    JobOutcome, JobReport, KnownLinks, Ledger, RunOptions, SqliteLedger, State, Submission, Transcript,
    TranscriptionClient, enter_submissions, resume_with_ledger, run_with_ledger,
};
use voxline::{Error, ErrorKind, Result};

use super::ledger::open_existing;
use super::{client, mode, one_line, shown_link, wait_options};
use crate::args::transcribe::Run;
use crate::credentials::Credentials as Keys;
use crate::fail::Fail;
use crate::interrupt;
use crate::show;

pub(super) fn run(args: &Run, keys: &Keys) -> Result<(), Fail> {
    let client = client(&args.service, keys)?;
    let mut options = RunOptions::default();
    options.in_flight = args.jobs;
    options.wait = wait_options(&args.wait)?;
    options.known_links = if args.again { KnownLinks::Repeat } else { KnownLinks::Refuse };
    let submissions = submissions(args)?;
    let ledger = if submissions.is_empty() { open_existing(&args.ledger)? } else { SqliteLedger::open(&args.ledger)? };
    // An interrupt before this ends the program at once; nothing was entered yet.
    let cancel = interrupt::token();
    let reports = work(args, &client, &ledger, &submissions, &options, &cancel)?;
    let well = |report: &JobReport| matches!(report.outcome, JobOutcome::Done | JobOutcome::AwaitingCallback);
    let all_well = reports.iter().all(well);
    let left = ledger.count(State::Queued)?;
    if all_well && left == 0 && !cancel.is_cancelled() {
        return Ok(());
    }
    summarise(args, &ledger, &reports, &cancel)?;
    // What an earlier run left, and this one was not asked for, is no failure of this one.
    if all_well && !cancel.is_cancelled() { Ok(()) } else { Err(Fail::Reported) }
}

fn work(
    args: &Run,
    client: &TranscriptionClient,
    ledger: &SqliteLedger,
    submissions: &[Submission],
    options: &RunOptions,
    cancel: &CancelToken,
) -> Result<Vec<JobReport>, Fail> {
    let observe = |report: &JobReport| {
        // A closed pipe must not end the run: what was paid for is still recorded.
        drop(print_job(ledger, report, args.service.json));
    };
    if args.resume {
        // Before anything is waited for: what is asked for now must not be forgotten if this run ends early.
        enter_submissions(client, ledger, submissions, KnownLinks::Skip)?;
        return Ok(resume_with_ledger(client, ledger, options, cancel, &observe)?);
    }
    run_with_ledger(client, ledger, submissions, options, cancel, &observe).map_err(|error| {
        if error.kind() == ErrorKind::InvalidState && error.op() == "enter submissions" {
            return Fail::usage_text(format!(
                "{}: {}. --resume goes on with them, enters the others and pays for none again; --again submits all of \
                 them and pays again",
                args.ledger.display(),
                error.context()
            ));
        }
        error.into()
    })
}

/// What is left in the ledger, and what may be done about it.
fn summarise(args: &Run, ledger: &dyn Ledger, reports: &[JobReport], cancel: &CancelToken) -> Result<()> {
    let count = |state: State| ledger.count(state);
    let path = args.ledger.display();
    let counts = State::ALL.iter().map(|state| Ok((*state, count(*state)?))).collect::<Result<Vec<_>>>()?;
    let counts: Vec<String> =
        counts.iter().filter(|(_, n)| *n > 0).map(|(state, n)| format!("{n} {}", state.as_str())).collect();
    show::remark(&format!("{path} now: {}", counts.join(", ")));
    let not_sent = |report: &&JobReport| matches!(report.outcome, JobOutcome::NotSent(_));
    let tried = reports.iter().filter(not_sent).count() as u64;
    let (queued, accepted) = (count(State::Queued)?, count(State::Accepted)?);
    if tried > 0 && queued > tried && !cancel.is_cancelled() {
        show::remark("stopped: the service took none of many in a row; the reason is above");
    }
    if queued + accepted > 0 {
        show::remark("--resume goes on with what is queued or accepted");
    }
    let unknown = count(State::Unknown)?;
    if unknown > 0 {
        show::remark(&format!(
            "{unknown} may or may not have been taken and charged; none is submitted again by itself. List them: voxline \
             transcribe ledger list --ledger {path} --state unknown; then decide: ledger accept, requeue or give-up"
        ));
    }
    if count(State::Failed)? > 0 {
        show::remark(&format!(
            "why some failed: voxline transcribe ledger list --ledger {path} --state failed; ledger requeue puts them back"
        ));
    }
    Ok(())
}

/// Every argument is a link or a text file of links. All are looked at before anything is entered.
fn submissions(args: &Run) -> Result<Vec<Submission>, Fail> {
    let (mut all, mut seen, mut repeated) = (Vec::new(), HashSet::new(), 0_usize);
    let mut add = |link: &str, place: String| -> Result<(), Fail> {
        let submission = Submission::new(link, mode(args.callback_url.as_ref()));
        // The link itself may be a signed one and is not shown.
        submission.check().map_err(|e| Fail::usage_text(format!("{place}: {}", e.context())))?;
        repeated += usize::from(!seen.insert(link.to_owned()));
        all.push(submission);
        Ok(())
    };
    for (input, place) in args.inputs.iter().zip(1..) {
        if input.starts_with("http://") || input.starts_with("https://") {
            add(input, format!("link {place}"))?;
            continue;
        }
        let text = std::fs::read_to_string(input).map_err(|e| match e.kind() {
            IoErrorKind::InvalidData => Fail::usage_text(format!("{input} is neither a link nor a text file of links")),
            _ => Error::io("read links", input, e).into(),
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        for (line, number) in text.lines().map(str::trim).zip(1..) {
            if !line.is_empty() && !line.starts_with('#') {
                add(line, format!("{input}, line {number}"))?;
            }
        }
    }
    if repeated > 0 && !args.again {
        show::remark(&format!("warning: {repeated} links are listed more than once; each link is submitted once"));
    }
    if all.is_empty() && !args.inputs.is_empty() && !args.resume {
        return Err(Fail::usage_text("there is no link in what was given"));
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
    let entry = ledger.entry(&report.req_id)?;
    let link = entry.as_ref().map(|entry| shown_link(entry.submission.file_link())).unwrap_or_default();
    let request_id = entry.and_then(|entry| entry.request_id);
    let error = error.map(ToString::to_string);
    if json {
        let line = json!({ "req_id": report.req_id, "request_id": request_id, "state": state, "link": link,
                           "text": text, "error": error });
        return show::line(&line.to_string());
    }
    let detail = error.as_deref().or(text).unwrap_or_default();
    let columns = [&report.req_id, request_id.as_deref().unwrap_or("-"), state, &link, detail];
    show::line(&columns.map(one_line).join("\t"))
}
