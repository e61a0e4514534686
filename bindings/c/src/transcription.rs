//! The transcription service: a link goes in, a transcript comes out later.

use std::ffi::{CString, c_char};
use std::fmt;

use serde_json::json;
use voxline::transcription::{
    Callback, CallbackOutcome, QueryState, Submission, Transcript, TranscriptionClient, parse_callback,
};

use crate::boundary::{OK, c_text, call, free, peek};
use crate::cancel::{token, voxline_cancel};
use crate::error::voxline_error;
use crate::handle::{Poison, changing, shared};
use crate::json::voxline_json;
use crate::options::{options_or_defaults, voxline_options};
use crate::settings::{settings_or_none, voxline_settings};
use crate::status::voxline_status;

changing!(voxline_submissions);
shared!(voxline_transcription_client, voxline_transcript);

/// Talks to the transcription service. It may be shared between threads and is best kept: connections are used again.
///
/// A submission costs money: it is repeated only when the service surely did not take it.
#[derive(Debug)]
pub struct voxline_transcription_client {
    pub(crate) client: TranscriptionClient,
}

/// What was said in a recording. It is never changed: threads may read it together.
pub struct voxline_transcript {
    transcript: Transcript,
    text: CString,
    raw: CString,
    payload: CString,
    sentences: Vec<CString>,
}

impl fmt::Debug for voxline_transcript {
    /// Without what people said.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("voxline_transcript").finish_non_exhaustive()
    }
}

impl voxline_transcript {
    pub(crate) fn new(transcript: Transcript) -> Self {
        Self {
            text: c_text(transcript.text()),
            raw: c_text(transcript.raw()),
            payload: c_text(transcript.payload()),
            sentences: transcript.sentences().iter().map(|sentence| c_text(&sentence.text)).collect(),
            transcript,
        }
    }
}

/// Something that was said.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct voxline_sentence {
    /// What; it lives as long as the transcript.
    pub text: *const c_char,
    /// From when, in ms from the beginning of the recording; -1 if that is not said.
    pub start_ms: i64,
    /// Until when, in ms; -1 if that is not said.
    pub end_ms: i64,
    /// On which channel of the recording, counted as the service counts; -1 if that is not said.
    pub channel: i64,
}

/// Submissions for a run, or to be entered into a ledger. One thread at a time may add; calls that take it as const may
/// share it.
#[derive(Debug)]
pub struct voxline_submissions {
    pub(crate) list: Vec<Submission>,
    poison: Poison,
}

/// Makes a client. Nothing is sent yet. Free it with voxline_transcription_client_free().
///
/// `settings`: "app_id" and "app_key", or "authorization"; and whatever voxline_setting_describe() lists for a
/// transcription client. `options` may be NULL; of them, http.* matters.
///
/// Errors: VOXLINE_INVALID_ARGUMENT for missing or unusable credentials, an address that cannot be used, or settings and
/// options that do not fit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_transcription_client_new(
    settings: *const voxline_settings,
    options: *const voxline_options,
    client: *mut *mut voxline_transcription_client,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_transcription_client_new", |door| {
            let out = door.out(client, "client")?;
            let options = options_or_defaults(door, options)?;
            let client = settings_or_none(door, settings)?.transcription_client(&options)?;
            out.set_new(voxline_transcription_client { client });
            OK
        })
    }
}

/// Frees a client. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_transcription_client_free(client: *mut voxline_transcription_client) {
    // SAFETY: as the header says.
    unsafe { free(client) }
}

/// Submits the recording behind a link that the service can reach. `accepted` has "request_id", by which the result is
/// asked for, and "req_id", the submission's own id; free it with voxline_json_free().
///
/// `settings` ("req_id", "business_data", "callback_url") and `cancel` may be NULL.
///
/// Errors: VOXLINE_INVALID_ARGUMENT before anything is sent; VOXLINE_CONNECT when the service was not reached;
/// VOXLINE_OUTCOME_UNKNOWN, or VOXLINE_RETRY_UNKNOWN in the error, when it may have taken the submission: the req_id to ask
/// the vendor about is in voxline_error_request_id(); VOXLINE_UNAUTHENTICATED, VOXLINE_PERMISSION_DENIED,
/// VOXLINE_NOT_FOUND, VOXLINE_RATE_LIMITED, VOXLINE_TIMEOUT and VOXLINE_SERVICE for what it said, with its code and message
/// in the error; VOXLINE_CANCELLED if it surely did not take it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_transcription_submit(
    client: *const voxline_transcription_client,
    file_link: *const c_char,
    settings: *const voxline_settings,
    cancel: *const voxline_cancel,
    accepted: *mut *mut voxline_json,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_transcription_submit", |door| {
            let out = door.out(accepted, "accepted")?;
            let client = &door.borrow(client, "client")?.client;
            let submission = settings_or_none(door, settings)?.submission(door.text(file_link, "file_link")?)?;
            let accepted = client.submit_with(&submission, &token(door, cancel)?)?;
            out.set_new(voxline_json::new(json!({ "request_id": accepted.request_id, "req_id": accepted.req_id })));
            OK
        })
    }
}

/// Asks once what became of a submission; free the transcript with voxline_transcript_free(). `cancel` may be NULL.
///
/// VOXLINE_NEED_MORE: it is not done yet, or the service cannot say, which is normal right after a submission.
///
/// Errors: VOXLINE_SERVICE with the service's code when the recording could not be transcribed; otherwise what the service
/// or the connection said; VOXLINE_CANCELLED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_transcription_query(
    client: *const voxline_transcription_client,
    request_id: *const c_char,
    cancel: *const voxline_cancel,
    transcript: *mut *mut voxline_transcript,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_transcription_query", |door| {
            let out = door.out(transcript, "transcript")?;
            let client = &door.borrow(client, "client")?.client;
            let request_id = door.text(request_id, "request_id")?;
            match client.query_with(request_id, &token(door, cancel)?)? {
                QueryState::Done(transcript) => out.set_new(voxline_transcript::new(transcript)),
                QueryState::Failed(failure) => return Err(failure.to_error(door.function(), Some(request_id))),
                _ => return Ok(voxline_status::VOXLINE_NEED_MORE),
            }
            OK
        })
    }
}

/// Asks for a result until it is there; free the transcript with voxline_transcript_free(). `settings` ("interval_ms",
/// "growth", "max_interval_ms", "deadline_ms", "not_available_grace_ms") and `cancel` may be NULL. A question that fails for
/// a passing reason counts as "not yet".
///
/// Errors: VOXLINE_TIMEOUT at the deadline (the work goes on and may be asked for again); VOXLINE_SERVICE with the service's
/// code when the recording could not be transcribed; VOXLINE_NOT_FOUND when the service still does not know the id after
/// the time of grace; VOXLINE_CANCELLED; what is wrong for good, such as VOXLINE_UNAUTHENTICATED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_transcription_wait(
    client: *const voxline_transcription_client,
    request_id: *const c_char,
    settings: *const voxline_settings,
    cancel: *const voxline_cancel,
    transcript: *mut *mut voxline_transcript,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_transcription_wait", |door| {
            let out = door.out(transcript, "transcript")?;
            let client = &door.borrow(client, "client")?.client;
            let options = settings_or_none(door, settings)?.wait_options()?;
            let request_id = door.text(request_id, "request_id")?;
            out.set_new(voxline_transcript::new(client.wait(request_id, &options, &token(door, cancel)?)?));
            OK
        })
    }
}

/// Reads what the service posts to a callback address. It may come more than once, and nothing proves where it comes from:
/// voxline_ledger_record_callback() compares its ids.
///
/// `callback` has "request_id", "req_id" and "business_data" (each may be null), "state" (done, pending, failed), and for
/// failed "code" and "message"; free it with voxline_json_free(). `transcript` may be NULL; else it receives what is to be
/// freed with voxline_transcript_free(), or NULL when the state is another than done.
///
/// Errors: VOXLINE_MALFORMED_INPUT for what is not a JSON object; nothing of it is repeated in the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_transcription_parse_callback(
    body: *const u8,
    size_bytes: usize,
    callback: *mut *mut voxline_json,
    transcript: *mut *mut voxline_transcript,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_transcription_parse_callback", |door| {
            let out = door.out(callback, "callback")?;
            let transcript_out = door.optional_out(transcript, "transcript")?;
            let callback = parse_callback(door.slice(body, size_bytes, "body")?)?;
            out.set_new(voxline_json::new(callback_json(&callback)));
            match (transcript_out, callback.outcome) {
                (Some(out), CallbackOutcome::Done(transcript)) => out.set_new(voxline_transcript::new(transcript)),
                (Some(out), _) => out.set(std::ptr::null_mut()),
                (None, _) => {}
            }
            OK
        })
    }
}

fn callback_json(callback: &Callback) -> serde_json::Value {
    let (state, failure) = match &callback.outcome {
        CallbackOutcome::Done(_) => ("done", None),
        CallbackOutcome::Failed(failure) => ("failed", Some(failure)),
        _ => ("pending", None),
    };
    json!({
        "request_id": callback.request_id,
        "req_id": callback.req_id,
        "business_data": callback.business_data,
        "state": state,
        "code": failure.map(|failure| failure.code.as_str()),
        "message": failure.and_then(|failure| failure.message.as_deref()),
    })
}

/// Frees a transcript. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_transcript_free(transcript: *mut voxline_transcript) {
    // SAFETY: as the header says.
    unsafe { free(transcript) }
}

/// The whole text: as the service gives it, else the sentences line by line; "" if none was found, and for NULL. It lives
/// as long as the transcript.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_transcript_text(transcript: *const voxline_transcript) -> *const c_char {
    // SAFETY: as the header says.
    unsafe { peek(transcript, c"".as_ptr(), |transcript| transcript.text.as_ptr()) }
}

/// The whole answer of the service as it came, JSON; "" for NULL. It lives as long as the transcript.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_transcript_raw(transcript: *const voxline_transcript) -> *const c_char {
    // SAFETY: as the header says.
    unsafe { peek(transcript, c"".as_ptr(), |transcript| transcript.raw.as_ptr()) }
}

/// The part of the answer that is the transcript, JSON; "" for NULL. It lives as long as the transcript.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_transcript_payload(transcript: *const voxline_transcript) -> *const c_char {
    // SAFETY: as the header says.
    unsafe { peek(transcript, c"".as_ptr(), |transcript| transcript.payload.as_ptr()) }
}

/// How many sentences were found; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_transcript_sentence_count(transcript: *const voxline_transcript) -> usize {
    // SAFETY: as the header says.
    unsafe { peek(transcript, 0, |transcript| transcript.sentences.len()) }
}

/// Gives sentence number `index`, from 0, in the order of the answer; VOXLINE_END when there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_transcript_sentence(
    transcript: *const voxline_transcript,
    index: usize,
    sentence: *mut voxline_sentence,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_transcript_sentence", |door| {
            let out = door.out(sentence, "sentence")?;
            let transcript = door.borrow(transcript, "transcript")?;
            let found = transcript.transcript.sentences().get(index).zip(transcript.sentences.get(index));
            let Some((sentence, text)) = found else { return Ok(voxline_status::VOXLINE_END) };
            let number = |value: Option<u64>| value.and_then(|value| i64::try_from(value).ok()).unwrap_or(-1);
            out.set(voxline_sentence {
                text: text.as_ptr(),
                start_ms: number(sentence.start_ms),
                end_ms: number(sentence.end_ms),
                channel: number(sentence.channel.map(u64::from)),
            });
            OK
        })
    }
}

/// Makes an empty list; free it with voxline_submissions_free().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_submissions_new(
    submissions: *mut *mut voxline_submissions,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_submissions_new", |door| {
            door.out(submissions, "submissions")?
                .set_new(voxline_submissions { list: Vec::new(), poison: Poison::default() });
            OK
        })
    }
}

/// Adds the recording behind a link that the service can reach; `settings` ("req_id", "business_data", "callback_url") may
/// be NULL.
///
/// Errors: VOXLINE_INVALID_ARGUMENT for what the service would refuse; nothing was added then, and the error does not repeat
/// the link, which may be signed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_submissions_add(
    submissions: *mut voxline_submissions,
    file_link: *const c_char,
    settings: *const voxline_settings,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_submissions_add", |door| {
            let mut submissions = door.borrow_mut(submissions, "submissions")?;
            let submission = settings_or_none(door, settings)?.submission(door.text(file_link, "file_link")?)?;
            submission.check()?;
            submissions.list.push(submission);
            OK
        })
    }
}

/// Frees a list. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_submissions_free(submissions: *mut voxline_submissions) {
    // SAFETY: as the header says.
    unsafe { free(submissions) }
}
