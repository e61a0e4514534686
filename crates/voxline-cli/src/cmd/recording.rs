//! `voxline recording`.

use std::path::{Path, PathBuf};
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
        .http(options.http)
        .build()?;
    Ok(client)
}

fn ids(which: &Which) -> Vec<RecordingId> {
    let id = |record: &String| {
        let id = RecordingId::new(&which.user, &which.task, record);
        which.sub_user.iter().fold(id, RecordingId::with_sub_user)
    };
    which.records.iter().map(id).collect()
}

fn run_url(args: &Url, credentials: &Credentials) -> Result<(), Fail> {
    let located =
        client(&args.which, credentials)?.locate_many_with(&ids(&args.which), &interrupt::token()).into_entries();
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
    let ids = ids(&args.which);
    if ids.len() > 1 && !args.output.is_dir() {
        return Err(Fail::usage_text("several recordings need -o to be an existing folder"));
    }
    let client = client(&args.which, credentials)?;
    let cancel = interrupt::token();
    let located = client.locate_many_with(&ids, &cancel).into_entries();
    let options = DownloadOptions::default().with_resume(args.resume);
    let next = AtomicUsize::new(0);
    let done = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..usize::from(args.jobs).min(located.len()) {
            scope.spawn(|| {
                while !cancel.is_cancelled()
                    && let Some(Located { id, result, .. }) = located.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    let json = args.which.json;
                    let fetched = match result {
                        Ok(url) => fetch(&client, url, &target(&args.output, id), &options, json, &cancel),
                        Err(error) => report_failure(id, error, json).and(Ok(false)),
                    };
                    done.fetch_add(usize::from(matches!(fetched, Ok(true))), Ordering::Relaxed);
                }
            });
        }
    });
    let (done, all) = (done.into_inner(), located.len());
    if done == all {
        return Ok(());
    }
    if cancel.is_cancelled() {
        let on = if args.resume { "the same command goes on" } else { "--resume keeps what is half there" };
        show::remark(&format!("interrupted: {done} of {all} recordings are there; {on}"));
    }
    Err(Fail::Reported)
}

/// A file name for a record: what is no plain character of an id must not lead elsewhere.
fn target(output: &Path, id: &RecordingId) -> PathBuf {
    if !output.is_dir() {
        return output.to_owned();
    }
    let plain = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    let name: String = id.record_id.chars().map(plain).collect();
    // No ending: what the recording is tells its content. And no name that is hidden or means a folder.
    output.join(if name.starts_with('.') { format!("_{name}") } else { name })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_id_cannot_leave_the_folder() {
        let folder = std::env::temp_dir();
        for record in ["../../x", "a/b", "..", "c:\\d"] {
            let path = target(&folder, &RecordingId::new("u", "t", record));
            assert_eq!(path.parent(), Some(folder.as_path()), "{record}: {}", path.display());
        }
    }
}
