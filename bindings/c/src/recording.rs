//! The recording service: finding, downloading and reading recordings of calls.

use std::ffi::{CString, c_char, c_void};
use std::fmt;

use serde_json::json;
use voxline::Result;
use voxline::recording::{DownloadProgress, Downloaded, RecordingClient, RecordingId, RecordingUrl};

use crate::boundary::{Door, OK, c_text, call, free, peek};
use crate::cancel::{token, voxline_cancel};
use crate::error::{once_more, voxline_error};
use crate::handle::shared;
use crate::json::voxline_json;
use crate::options::{options_or_defaults, voxline_options};
use crate::settings::{settings_or_none, voxline_settings};
use crate::status::voxline_status;

shared!(voxline_recording_client, voxline_recording_url, voxline_located);

/// Finds and fetches recordings of calls. It may be shared between threads and is best kept: connections are used again.
/// Everything here only reads, so that whatever failed for a passing reason is tried again.
#[derive(Debug)]
pub struct voxline_recording_client {
    pub(crate) client: RecordingClient,
}

/// Where a recording is. It is never changed: threads may read it together.
pub struct voxline_recording_url {
    pub(crate) url: RecordingUrl,
    text: CString,
    origin: CString,
    record_id: CString,
}

impl fmt::Debug for voxline_recording_url {
    /// Without content, which may hold signed links.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("voxline_recording_url").finish_non_exhaustive()
    }
}

impl voxline_recording_url {
    fn new(url: RecordingUrl) -> Self {
        let (text, origin, record_id) = (c_text(url.expose()), c_text(url.origin()), c_text(&url.id().record_id));
        Self { url, text, origin, record_id }
    }
}

/// Where many recordings are, or why that is not known. It is never changed: threads may read it together.
#[derive(Debug)]
pub struct voxline_located {
    entries: Vec<Result<voxline_recording_url>>,
}

/// Says how far a download is; returning anything but 0 cancels it (VOXLINE_CANCELLED).
///
/// `total_bytes` is UINT64_MAX when the server did not say. It is called in the thread of the call.
/// It must return: no longjmp, no C++ exception.
pub type voxline_transfer_fn =
    Option<unsafe extern "C" fn(userdata: *mut c_void, received_bytes: u64, total_bytes: u64) -> i32>;

/// Makes a client. Nothing is sent yet. Free it with voxline_recording_client_free().
///
/// `settings`: "token", and whatever voxline_setting_describe() lists for a recording client. `options` may be NULL; of
/// them, http.* matters.
///
/// Errors: VOXLINE_INVALID_ARGUMENT for a missing token, an address that cannot be used, or settings and options that do
/// not fit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_recording_client_new(
    settings: *const voxline_settings,
    options: *const voxline_options,
    client: *mut *mut voxline_recording_client,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_recording_client_new", |door| {
            let out = door.out(client, "client")?;
            let options = options_or_defaults(door, options)?;
            let client = settings_or_none(door, settings)?.recording_client(&options)?;
            out.set_new(voxline_recording_client { client });
            OK
        })
    }
}

/// Frees a client. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_recording_client_free(client: *mut voxline_recording_client) {
    // SAFETY: as the header says.
    unsafe { free(client) }
}

/// Asks the service whether it accepts the token. `cancel` may be NULL.
///
/// Errors: VOXLINE_UNAUTHENTICATED or VOXLINE_PERMISSION_DENIED if not; VOXLINE_NOT_FOUND from an installation that cannot
/// be asked; otherwise as voxline_recording_locate().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_recording_check_token(
    client: *const voxline_recording_client,
    cancel: *const voxline_cancel,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_recording_check_token", |door| {
            let client = &door.borrow(client, "client")?.client;
            client.check_token(&token(door, cancel)?)?;
            OK
        })
    }
}

/// # Safety
///
/// As the header says of the three pointers.
pub(crate) unsafe fn id(
    door: Door,
    user_id: *const c_char,
    task_id: *const c_char,
    record_id: *const c_char,
) -> Result<RecordingId> {
    // SAFETY: as the caller says.
    unsafe {
        Ok(RecordingId::new(
            door.text(user_id, "user_id")?,
            door.text(task_id, "task_id")?,
            door.text(record_id, "record_id")?,
        ))
    }
}

/// Asks where a recording is; free the result with voxline_recording_url_free(). `settings` ("sub_user_id") and `cancel` may
/// be NULL.
///
/// Errors: VOXLINE_INVALID_ARGUMENT for ids that cannot be, before anything is sent; VOXLINE_NOT_FOUND,
/// VOXLINE_UNAUTHENTICATED, VOXLINE_PERMISSION_DENIED, VOXLINE_RATE_LIMITED and VOXLINE_SERVICE for what the service says,
/// with its code and message in the error; VOXLINE_CONNECT, VOXLINE_TIMEOUT and VOXLINE_IO when there was no answer;
/// VOXLINE_CANCELLED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_recording_locate(
    client: *const voxline_recording_client,
    user_id: *const c_char,
    task_id: *const c_char,
    record_id: *const c_char,
    settings: *const voxline_settings,
    cancel: *const voxline_cancel,
    url: *mut *mut voxline_recording_url,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_recording_locate", |door| {
            let out = door.out(url, "url")?;
            let client = &door.borrow(client, "client")?.client;
            let id = settings_or_none(door, settings)?.recording(id(door, user_id, task_id, record_id)?)?;
            out.set_new(voxline_recording_url::new(client.locate_with(&id, &token(door, cancel)?)?));
            OK
        })
    }
}

/// Frees an address that was located by itself. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_recording_url_free(url: *mut voxline_recording_url) {
    // SAFETY: as the header says.
    unsafe { free(url) }
}

/// The whole address; "" for NULL. It lives as long as `url`. Whoever has it can fetch the audio: do not log it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_recording_url_text(url: *const voxline_recording_url) -> *const c_char {
    // SAFETY: as the header says.
    unsafe { peek(url, c"".as_ptr(), |url| url.text.as_ptr()) }
}

/// Scheme, host and port of the address, which may be shown; "" for NULL. It lives as long as `url`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_recording_url_origin(url: *const voxline_recording_url) -> *const c_char {
    // SAFETY: as the header says.
    unsafe { peek(url, c"".as_ptr(), |url| url.origin.as_ptr()) }
}

/// The record id that the address belongs to; "" for NULL. It lives as long as `url`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_recording_url_record_id(url: *const voxline_recording_url) -> *const c_char {
    // SAFETY: as the header says.
    unsafe { peek(url, c"".as_ptr(), |url| url.record_id.as_ptr()) }
}

/// Asks where many recordings of one task are, in as few requests as the service allows; free the result with
/// voxline_located_free(). `settings` ("sub_user_id") and `cancel` may be NULL.
///
/// What goes wrong with one recording is in its entry; ids without an answer when `cancel` is cancelled have
/// VOXLINE_CANCELLED there.
///
/// Errors: VOXLINE_INVALID_ARGUMENT and VOXLINE_NULL_POINTER for the arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_recording_locate_many(
    client: *const voxline_recording_client,
    user_id: *const c_char,
    task_id: *const c_char,
    record_ids: *const *const c_char,
    count: usize,
    settings: *const voxline_settings,
    cancel: *const voxline_cancel,
    located: *mut *mut voxline_located,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_recording_locate_many", |door| {
            let out = door.out(located, "located")?;
            let client = &door.borrow(client, "client")?.client;
            let settings = settings_or_none(door, settings)?;
            let record_ids = door.slice(record_ids, count, "record_ids")?.iter();
            let ids = record_ids.map(|record_id| settings.recording(id(door, user_id, task_id, *record_id)?));
            let ids = ids.collect::<Result<Vec<RecordingId>>>()?;
            let entries = client.locate_many_with(&ids, &token(door, cancel)?).into_entries().into_iter();
            let entries = entries.map(|entry| entry.result.map(voxline_recording_url::new)).collect();
            out.set_new(voxline_located { entries });
            OK
        })
    }
}

/// How many entries there are, one for each id in the order they were given; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_located_count(located: *const voxline_located) -> usize {
    // SAFETY: as the header says.
    unsafe { peek(located, 0, |located| located.entries.len()) }
}

/// Gives the address of entry number `index`, from 0; it belongs to `located` and lives as long. VOXLINE_END when there is
/// no such entry.
///
/// Errors: what went wrong with this recording, as voxline_recording_locate() says it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_located_url(
    located: *const voxline_located,
    index: usize,
    url: *mut *const voxline_recording_url,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_located_url", |door| {
            let out = door.out(url, "url")?;
            match door.borrow(located, "located")?.entries.get(index) {
                None => return Ok(voxline_status::VOXLINE_END),
                Some(Ok(url)) => out.set(url),
                Some(Err(error)) => return Err(once_more(error)),
            }
            OK
        })
    }
}

/// Frees what locate_many gave, its addresses included. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_located_free(located: *mut voxline_located) {
    // SAFETY: as the header says.
    unsafe { free(located) }
}

/// Finds a recording and downloads it to `path`; what is there is replaced.
///
/// What arrives goes to `path` with ".part" behind it (and a note in ".part.json", which holds no secret). Only when all
/// bytes are there and on disk does the file get its name. A lost connection, or a later call after a failed one, goes on
/// where it stopped if the server still has the same file.
///
/// `settings` ("sub_user_id", "resume"), `progress`, `cancel` and `done` may be NULL. `done` has "bytes", "resumed_bytes"
/// (of an earlier try) and "content_type" (may be null); free it with voxline_json_free().
///
/// Errors: those of voxline_recording_locate() and voxline_recording_open(); VOXLINE_INVALID_STATE if another download
/// writes to the same path; VOXLINE_IO when writing fails.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_recording_download(
    client: *const voxline_recording_client,
    user_id: *const c_char,
    task_id: *const c_char,
    record_id: *const c_char,
    path: *const c_char,
    settings: *const voxline_settings,
    progress: voxline_transfer_fn,
    progress_data: *mut c_void,
    cancel: *const voxline_cancel,
    done: *mut *mut voxline_json,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_recording_download", |door| {
            let out = door.optional_out(done, "done")?;
            let client = &door.borrow(client, "client")?.client;
            let (id, options) = settings_or_none(door, settings)?.download(id(door, user_id, task_id, record_id)?)?;
            let (path, token) = (door.path(path, "path")?, token(door, cancel)?);
            let progress = watched(progress, progress_data, &token);
            let downloaded = client.download(&id, path, &options, progress, &token)?;
            if let Some(out) = out {
                out.set_new(downloaded_json(&downloaded));
            }
            OK
        })
    }
}

/// The same for a recording that was located; `settings` has "resume" only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_recording_download_url(
    client: *const voxline_recording_client,
    url: *const voxline_recording_url,
    path: *const c_char,
    settings: *const voxline_settings,
    progress: voxline_transfer_fn,
    progress_data: *mut c_void,
    cancel: *const voxline_cancel,
    done: *mut *mut voxline_json,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_recording_download_url", |door| {
            let out = door.optional_out(done, "done")?;
            let client = &door.borrow(client, "client")?.client;
            let url = &door.borrow(url, "url")?.url;
            let options = settings_or_none(door, settings)?.download_options()?;
            let (path, token) = (door.path(path, "path")?, token(door, cancel)?);
            let progress = watched(progress, progress_data, &token);
            let downloaded = client.download_url(url, path, &options, progress, &token)?;
            if let Some(out) = out {
                out.set_new(downloaded_json(&downloaded));
            }
            OK
        })
    }
}

/// The callback as a closure; its no cancels this call alone.
fn watched(
    progress: voxline_transfer_fn,
    userdata: *mut c_void,
    token: &voxline::chat::CancelToken,
) -> impl FnMut(DownloadProgress) {
    let token = token.clone();
    move |p| {
        let Some(progress) = progress.filter(|_| !token.is_cancelled()) else { return };
        // SAFETY: the header says what the function may do with its arguments.
        let answer = unsafe { progress(userdata, p.received_bytes, p.total_bytes.unwrap_or(u64::MAX)) };
        if answer != 0 {
            token.cancel();
        }
    }
}

fn downloaded_json(done: &Downloaded) -> voxline_json {
    voxline_json::new(json!({
        "bytes": done.bytes,
        "resumed_bytes": done.resumed_bytes,
        "content_type": done.content_type,
    }))
}
