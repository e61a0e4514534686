//! `voxline transcribe`.

mod export;
mod ledger;
mod run;

use std::time::Duration;

use serde_json::{Value, json};
use voxline::Result;
use voxline::transcription::{
    Credentials, DEFAULT_BASE_URL, DEFAULT_EXPIRE_SECONDS, DEFAULT_REGION, QueryState, ReturnMode, Submission,
    Transcript, TranscriptionClient, TranscriptionCode, WaitOptions,
};

use crate::args::transcribe::{Query, ServiceFlags, Submit, Transcribe, TranscribeAction, Wait, WaitFlags};
use crate::args::{apply_pairs, checked, from_environment};
use crate::credentials::Credentials as Keys;
use crate::fail::Fail;
use crate::interrupt;
use crate::show;

pub(crate) fn run(args: &Transcribe, keys: &Keys) -> Result<(), Fail> {
    match &args.action {
        TranscribeAction::Submit(submit) => run_submit(submit, keys),
        TranscribeAction::Query(query) => run_query(query, keys),
        TranscribeAction::Wait(wait) => run_wait(wait, keys),
        TranscribeAction::Run(run) => run::run(run, keys),
        TranscribeAction::Ledger(args) => ledger::run(&args.action),
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
        (Some(id), Some(app_key), _) => {
            let region = flags.region.as_deref().unwrap_or(DEFAULT_REGION).to_owned();
            let expire_seconds = flags.signature_expiry.unwrap_or(DEFAULT_EXPIRE_SECONDS);
            Credentials::AppKey { app_id: id.expose().to_owned(), app_key, region, expire_seconds }
        }
        (_, _, Some(_)) if flags.region.is_some() || flags.signature_expiry.is_some() => {
            return Err(Fail::usage_text(
                "--region and --signature-expiry say how to sign with VOXLINE_TRANSCRIPTION_APP_KEY; \
                 VOXLINE_TRANSCRIPTION_AUTHORIZATION is sent as it is",
            ));
        }
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
    let mut builder = TranscriptionClient::builder().base_url(endpoint).credentials(credentials).http(options.http);
    if let Some(uuid) = &flags.device_uuid {
        builder = builder.device_uuid(uuid);
    }
    Ok(builder.build()?)
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
    let accepted = client.submit_with(&submission, &interrupt::token()).map_err(|error| {
        // Whatever became of it, this is what the vendor can be asked about.
        let id = error.service().and_then(|fault| fault.request_id.clone());
        match id {
            Some(id) => error.at(format_args!("req_id {id}")),
            None => error,
        }
    })?;
    let link = shown_link(&args.link);
    if args.service.json {
        let line = json!({ "request_id": accepted.request_id, "req_id": accepted.req_id, "state": "accepted",
                           "link": link });
        show::line(&line.to_string())?;
    } else {
        // What another program takes is the id alone.
        show::remark(&format!("accepted: req_id {}, {}", accepted.req_id, one_line(&link)));
        show::line(&one_line(&accepted.request_id))?;
    }
    Ok(())
}

/// The query of a link may be a signature.
fn shown_link(link: &str) -> String {
    link.split_once('?').map_or_else(|| link.to_owned(), |(place, _)| format!("{place}?…"))
}

/// What others have said must neither break a line nor steer the terminal.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

fn run_query(args: &Query, keys: &Keys) -> Result<(), Fail> {
    let state = client(&args.service, keys)?.query(&args.request_id)?;
    let json = args.service.json;
    match state {
        QueryState::Done(transcript) => print_transcript(&args.request_id, &transcript, json)?,
        QueryState::Failed(failure) => {
            return Err(failure.to_error("query transcription", Some(&args.request_id)).into());
        }
        QueryState::NotAvailable { message } => {
            let code = TranscriptionCode::NotAvailable;
            if json {
                let line = json!({ "request_id": args.request_id, "state": "not available", "code": code.as_str(),
                                   "message": message });
                return Ok(show::line(&line.to_string())?);
            }
            let said = message.map(|text| format!(": {}", one_line(&text))).unwrap_or_default();
            show::remark(&format!(
                "{code}{said}; right after a submission that is normal, later the id is wrong or no longer kept"
            ));
            show::line("not available")?;
        }
        _ if json => show::line(&json!({ "request_id": args.request_id, "state": "pending" }).to_string())?,
        _ => show::line("pending")?,
    }
    Ok(())
}

fn run_wait(args: &Wait, keys: &Keys) -> Result<(), Fail> {
    let client = client(&args.service, keys)?;
    let transcript = client.wait(&args.request_id, &wait_options(&args.wait)?, &interrupt::token())?;
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

fn print_transcript(request_id: &str, transcript: &Transcript, json: bool) -> Result<()> {
    if !json {
        return show::line(transcript.text());
    }
    let raw: Value = serde_json::from_str(transcript.raw()).unwrap_or(Value::Null);
    let line = json!({ "request_id": request_id, "state": "done", "text": transcript.text(),
                       "sentences": sentences(transcript), "raw": raw });
    show::line(&line.to_string())
}

fn sentences(transcript: &Transcript) -> Vec<Value> {
    let sentences = transcript.sentences().iter();
    sentences
        .map(|s| json!({ "text": s.text, "start_ms": s.start_ms, "end_ms": s.end_ms, "channel": s.channel }))
        .collect()
}
