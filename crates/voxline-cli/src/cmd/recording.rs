//! `voxline recording`.

mod queue;
mod target;

use std::collections::HashSet;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use voxline::chat::CancelToken;
use voxline::recording::{
    DEFAULT_BASE_URL, DownloadOptions, Downloaded, Located, RecordingClient, RecordingId, RecordingUrl,
};
use voxline::{Error, ErrorKind, Result};

use crate::args::recording::{Get, Recording, RecordingAction, Url, Which};
use crate::args::{apply_pairs, checked, from_environment};
use crate::credentials::Credentials;
use crate::fail::Fail;
use crate::interrupt;
use crate::progress::Bar;
use crate::show;
use queue::Queue;
use target::target;

pub(crate) fn run(args: &Recording, credentials: &Credentials) -> Result<(), Fail> {
    match &args.action {
        RecordingAction::Url(url) => run_url(url, credentials),
        RecordingAction::Get(get) => run_get(get, credentials),
    }
}

fn client(which: &Which, credentials: &Credentials) -> Result<RecordingClient, Fail> {
    let mut options = from_environment()?;
    apply_pairs(&mut options, &which.set)?;
    let options = checked(options)?;
    let Some(token) = credentials.get("VOXLINE_RECORDING_TOKEN") else {
        return Err(Fail::usage_text("set VOXLINE_RECORDING_TOKEN to the token of the recording service"));
    };
    let client = RecordingClient::builder()
        .base_url(which.endpoint.as_deref().unwrap_or(DEFAULT_BASE_URL))
        .token(token)
        .download_scheme(which.download_scheme.parse().map_err(Fail::usage)?)
        .send_token_to_download_host(which.send_token_to_download_host)
        .max_audio_bytes(options.limits.max_input_bytes)
        .http(options.http)
        .build()?;
    Ok(client)
}

/// Each recording once, in the order in which they are named.
fn ids(which: &Which) -> Result<Vec<RecordingId>, Fail> {
    let mut records = which.records.clone();
    if let Some(path) = &which.records_from {
        records.extend(records_from(path)?);
    }
    let mut known = HashSet::new();
    records.retain(|record| known.insert(record.clone()));
    if records.is_empty() {
        return Err(Fail::usage_text("the list of records is empty"));
    }
    let id = |record: &String| {
        let id = RecordingId::new(&which.user, &which.task, record);
        which.sub_user.iter().fold(id, RecordingId::with_sub_user)
    };
    Ok(records.iter().map(id).collect())
}

/// The lines of a list, without those that are empty or a remark.
fn records_from(path: &Path) -> Result<Vec<String>, Fail> {
    let text = if path.as_os_str() == "-" { io::read_to_string(io::stdin()) } else { std::fs::read_to_string(path) };
    let text = text.map_err(|e| Error::io("read list of records", path.display(), e))?;
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    Ok(lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect())
}

fn run_url(args: &Url, credentials: &Credentials) -> Result<(), Fail> {
    let located =
        client(&args.which, credentials)?.locate_many_with(&ids(&args.which)?, &interrupt::token()).into_entries();
    let mut failed = false;
    for Located { id, result, .. } in located {
        failed |= result.is_err();
        match (result, args.which.json) {
            (Ok(url), true) => show::line(&json!({ "record": id.record_id, "url": url.expose() }).to_string())?,
            (Ok(url), false) => show::line(url.expose())?,
            (Err(error), json) => report_failure(&id, &error, json)?,
        }
    }
    if failed { Err(Fail::Reported) } else { Ok(()) }
}

fn run_get(args: &Get, credentials: &Credentials) -> Result<(), Fail> {
    let mut ids = ids(&args.which)?;
    let in_folder = args.output.is_dir();
    if ids.len() > 1 && !in_folder {
        return Err(Fail::usage_text("several recordings need -o to be an existing folder"));
    }
    let client = client(&args.which, credentials)?;
    if args.resume && in_folder {
        let (there, missing): (Vec<_>, Vec<_>) =
            ids.into_iter().partition(|id| target(&args.output, &id.record_id).is_file());
        for id in &there {
            report_there(id, &target(&args.output, &id.record_id), args.which.json)?;
        }
        ids = missing;
    }
    let cancel = interrupt::token();
    let options = DownloadOptions::default().with_resume(args.resume);
    let all = ids.len();
    let queue = Queue::new(&client, ids, &cancel);
    let done = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..usize::from(args.jobs).min(all) {
            scope.spawn(|| {
                while !cancel.is_cancelled()
                    && let Some((id, found)) = queue.next()
                {
                    let json = args.which.json;
                    let path = target(&args.output, &id.record_id);
                    let fetched = match found {
                        Ok(url) => fetch(&client, &url, &path, &options, json, &cancel),
                        Err(error) => report_failure(&id, &error, json).and(Ok(false)),
                    };
                    done.fetch_add(usize::from(matches!(fetched, Ok(true))), Ordering::Relaxed);
                }
            });
        }
    });
    let done = done.into_inner();
    if done == all {
        return Ok(());
    }
    if cancel.is_cancelled() {
        let on = if args.resume { "the same command goes on" } else { "--resume keeps what is half there" };
        show::remark(&format!("interrupted: {done} of {all} recordings are there; {on}"));
    }
    Err(Fail::Reported)
}

/// Downloads one; whether that worked out.
fn fetch(
    client: &RecordingClient,
    url: &RecordingUrl,
    path: &Path,
    options: &DownloadOptions,
    json: bool,
    cancel: &CancelToken,
) -> Result<bool> {
    let bar = Bar::new(&url.id().record_id);
    let progress = |progress: voxline::recording::DownloadProgress| {
        bar.bytes(progress.received_bytes, progress.total_bytes);
    };
    let result = client.download_url(url, path, options, progress, cancel);
    drop(bar);
    match result {
        Ok(downloaded) => report_success(url.id(), &downloaded, json).and(Ok(true)),
        Err(error) => report_failure(url.id(), &error, json).and(Ok(false)),
    }
}

fn report_success(id: &RecordingId, downloaded: &Downloaded, json: bool) -> Result<()> {
    let path = downloaded.path.display();
    if json {
        let line = json!({ "record": id.record_id, "path": path.to_string(), "bytes": downloaded.bytes,
                           "resumed_bytes": downloaded.resumed_bytes });
        return show::line(&line.to_string());
    }
    show::line(&format!("{path}: {} bytes", downloaded.bytes))
}

/// A file that an earlier run completed.
fn report_there(id: &RecordingId, path: &Path, json: bool) -> Result<()> {
    let path = path.display();
    if json {
        let line = json!({ "record": id.record_id, "path": path.to_string(), "already_there": true });
        return show::line(&line.to_string());
    }
    show::line(&format!("{path}: was there already"))
}

fn report_failure(id: &RecordingId, error: &Error, json: bool) -> Result<()> {
    if json {
        let code = error.service().and_then(|fault| fault.code.clone());
        let kind: ErrorKind = error.kind();
        let line = json!({ "record": id.record_id,
                           "error": { "code": kind.code(), "kind": kind.as_str(), "service_code": code,
                                      "message": error.context() } });
        show::line(&line.to_string())?;
    }
    show::remark(&format!("error: record {}: {error}", id.record_id));
    Ok(())
}
