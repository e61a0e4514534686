//! The ledger of submissions, and runs that keep it.

use std::ffi::{c_char, c_void};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use voxline::chat::CancelToken;
use voxline::transcription::{
    self, Entry, JobOutcome, JobReport, Ledger, Recorded, SqliteLedger, State, Step, Transcript, enter_submissions,
    parse_callback, record_callback, resume_with_ledger, run_with_ledger,
};
use voxline::{ErrorKind, Result};

use crate::boundary::{Door, News, OK, call, free};
use crate::cancel::{token, voxline_cancel};
use crate::error::{to_json, voxline_error};
use crate::handle::shared;
use crate::json::voxline_json;
use crate::settings::{settings_or_none, voxline_settings};
use crate::status::voxline_status;
use crate::transcription::{voxline_submissions, voxline_transcript, voxline_transcription_client};

shared!(voxline_ledger);

/// What was submitted, in a file that survives crashes: whatever it says is on disk. It may be shared between threads.
///
/// It holds links and business data as they were given, and no credentials; the file is readable by its owner alone.
#[derive(Debug)]
pub struct voxline_ledger {
    ledger: SqliteLedger,
}

/// Hears how one submission ended; returning anything but 0 lets the run end early, as if it were cancelled.
///
/// `job` lives until it returns and has "req_id", "outcome" (done, awaiting callback, running, not sent, unknown, failed)
/// and "error" (null, or status, message, operation, context, retry (no, yes, after, unknown), retry_after_ms, service,
/// http_status, service_code, service_message, request_id). It is called in threads of the run, one at a time.
/// It must return: no longjmp, no C++ exception.
pub type voxline_job_fn = Option<unsafe extern "C" fn(userdata: *mut c_void, job: *const voxline_json) -> i32>;

/// Opens a ledger, making the file if it is not there; free it with voxline_ledger_free().
///
/// Errors: VOXLINE_IO if the file cannot be opened or made; VOXLINE_UNSUPPORTED_FORMAT if it is something else or of a newer
/// version; VOXLINE_MALFORMED_INPUT if it is damaged.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_ledger_open(
    path: *const c_char,
    ledger: *mut *mut voxline_ledger,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_ledger_open", |door| {
            let out = door.out(ledger, "ledger")?;
            out.set_new(voxline_ledger { ledger: SqliteLedger::open(door.path(path, "path")?)? });
            OK
        })
    }
}

/// Closes a ledger. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_ledger_free(ledger: *mut voxline_ledger) {
    // SAFETY: as the header says.
    unsafe { free(ledger) }
}

/// # Safety
///
/// As the header says of `name`.
unsafe fn state(door: Door, name: *const c_char) -> Result<State> {
    // SAFETY: as the caller says.
    let name = unsafe { door.text(name, "state")? };
    State::from_text(name).ok_or_else(|| {
        let names: Vec<&str> = State::ALL.iter().map(|state| state.as_str()).collect();
        door.error(ErrorKind::InvalidArgument, format!("\"{name}\" is no state; use {}", names.join(", ")))
    })
}

/// Gives how many submissions are in a state: queued, sending, unknown, accepted, done, failed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_ledger_count(
    ledger: *const voxline_ledger,
    state: *const c_char,
    count: *mut u64,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_ledger_count", |door| {
            let out = door.out(count, "count")?;
            out.set(door.borrow(ledger, "ledger")?.ledger.count(self::state(door, state)?)?);
            OK
        })
    }
}

/// Gives a list of the submissions in a state, or of all when `state` is NULL, in the order in which they were entered; free
/// it with voxline_json_free().
///
/// Each has "req_id", "state", "attempts", "link" (without its query, which may be a signature), and "request_id",
/// "business_data" and "note", which may be null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_ledger_list(
    ledger: *const voxline_ledger,
    state: *const c_char,
    list: *mut *mut voxline_json,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_ledger_list", |door| {
            let out = door.out(list, "list")?;
            let ledger = &door.borrow(ledger, "ledger")?.ledger;
            let entries = if state.is_null() { ledger.entries()? } else { ledger.list(self::state(door, state)?)? };
            out.set_new(voxline_json::new(entries.iter().map(entry_json).collect()));
            OK
        })
    }
}

fn entry_json(entry: &Entry) -> Value {
    let link = entry.submission.file_link();
    let link = link.split_once('?').map_or_else(|| link.to_owned(), |(place, _)| format!("{place}?…"));
    json!({
        "req_id": entry.req_id(),
        "state": entry.state.as_str(),
        "attempts": entry.attempts,
        "link": link,
        "request_id": entry.request_id,
        "business_data": entry.submission.business_data(),
        "note": entry.note,
    })
}

/// Gives the transcript of a submission that is done; free it with voxline_transcript_free(). VOXLINE_END when there is
/// none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_ledger_result(
    ledger: *const voxline_ledger,
    req_id: *const c_char,
    transcript: *mut *mut voxline_transcript,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_ledger_result", |door| {
            let out = door.out(transcript, "transcript")?;
            let ledger = &door.borrow(ledger, "ledger")?.ledger;
            let Some(result) = ledger.result(door.text(req_id, "req_id")?)? else {
                return Ok(voxline_status::VOXLINE_END);
            };
            out.set_new(voxline_transcript::new(Transcript::from_answer(&result)?));
            OK
        })
    }
}

/// Takes a step that only the caller can decide on.
///
/// # Safety
///
/// As the header says of the pointers.
unsafe fn decide(door: Door, ledger: *const voxline_ledger, req_id: *const c_char, step: &Step) -> News {
    // SAFETY: as the caller says.
    let (ledger, req_id) = unsafe { (&door.borrow(ledger, "ledger")?.ledger, door.text(req_id, "req_id")?) };
    transcription::decide(ledger, req_id, step)?;
    OK
}

/// Puts a submission back that failed or whose outcome is unknown: the next run sends it again. If the service had taken it,
/// it is transcribed and charged twice.
///
/// Errors: VOXLINE_NOT_FOUND; VOXLINE_INVALID_STATE in any other state, and while a run is under way.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_ledger_requeue(
    ledger: *const voxline_ledger,
    req_id: *const c_char,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe { call(err, "voxline_ledger_requeue", |door| decide(door, ledger, req_id, &Step::Requeue)) }
}

/// Gives a submission up; `why` is kept with it. Saying the same twice is fine.
///
/// Errors: VOXLINE_NOT_FOUND; VOXLINE_INVALID_STATE for what is done, for what failed for another reason, which stays, and
/// while a run is under way.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_ledger_give_up(
    ledger: *const voxline_ledger,
    req_id: *const c_char,
    why: *const c_char,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_ledger_give_up", |door| {
            let step = Step::Failed { why: door.text(why, "why")?.to_owned() };
            decide(door, ledger, req_id, &step)
        })
    }
}

/// Notes that the service took a submission, under the id that it gave: the next run waits for the result. Saying the same
/// twice is fine.
///
/// Errors: VOXLINE_INVALID_ARGUMENT for an id that is empty, longer than 1024 bytes, or holds control characters;
/// VOXLINE_NOT_FOUND; VOXLINE_INVALID_STATE for what is done or failed or has another id, which stays, and while a run is
/// under way.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_ledger_accept(
    ledger: *const voxline_ledger,
    req_id: *const c_char,
    request_id: *const c_char,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_ledger_accept", |door| {
            let step = Step::Accepted { request_id: door.text(request_id, "request_id")?.to_owned() };
            decide(door, ledger, req_id, &step)
        })
    }
}

/// Writes what the service posted to a callback address into the ledger. When it returns, the result is on disk: only then
/// acknowledge it.
///
/// VOXLINE_END: it said nothing new, as a duplicate does.
///
/// Errors: VOXLINE_NOT_FOUND if its ids are not in the ledger; VOXLINE_MALFORMED_INPUT for what is not a JSON object; those
/// of the ledger.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_ledger_record_callback(
    ledger: *const voxline_ledger,
    body: *const u8,
    size_bytes: usize,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_ledger_record_callback", |door| {
            let ledger = &door.borrow(ledger, "ledger")?.ledger;
            let callback = parse_callback(door.slice(body, size_bytes, "body")?)?;
            match record_callback(ledger, &callback)? {
                Recorded::New => OK,
                Recorded::Nothing => Ok(voxline_status::VOXLINE_END),
                _ => Err(door.error(ErrorKind::NotFound, "the ids of the delivery are not in the ledger")),
            }
        })
    }
}

/// Enters submissions without sending any: voxline_transcription_resume() does. One without a "req_id" gets a random one.
///
/// `settings` ("known_links") may be NULL: then links that are in the ledger already are refused. `entered` may be NULL; it
/// has "new" (a list of req_ids), "known" and "repeated" (how many were left out); free it with voxline_json_free().
///
/// Errors: VOXLINE_INVALID_STATE for known links that are to be refused, or while a run is under way;
/// VOXLINE_INVALID_ARGUMENT for a req_id that is there already. Nothing is entered then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_transcription_enter(
    client: *const voxline_transcription_client,
    ledger: *const voxline_ledger,
    submissions: *const voxline_submissions,
    settings: *const voxline_settings,
    entered: *mut *mut voxline_json,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_transcription_enter", |door| {
            let out = door.optional_out(entered, "entered")?;
            let client = &door.borrow(client, "client")?.client;
            let ledger = &door.borrow(ledger, "ledger")?.ledger;
            let submissions = &door.borrow(submissions, "submissions")?.list;
            let known = settings_or_none(door, settings)?.known_links()?;
            let entered = enter_submissions(client, ledger, submissions, known)?;
            if let Some(out) = out {
                let new: Vec<&str> = entered.new.iter().filter_map(|submission| submission.req_id()).collect();
                let value = json!({ "new": new, "known": entered.known, "repeated": entered.repeated });
                out.set_new(voxline_json::new(value));
            }
            OK
        })
    }
}

/// Submits recordings, waits for the results of those that are asked for, and writes every step into the ledger before the
/// next is taken.
///
/// All submissions are entered before the first is sent. When `cancel` is cancelled, or `job` says so, nothing more is sent:
/// a submission that is under way is still answered and recorded, waits end, and what was not begun stays queued; that is
/// no error. `jobs` receives a list of what `job` heard; free it with voxline_json_free(). `settings` ("in_flight",
/// "known_links", "stop_after_refusals" and those of voxline_transcription_wait()), `job`, `cancel` and `jobs` may be NULL.
///
/// Errors: the ledger's, which end the run; VOXLINE_INVALID_STATE for links that are known or while another run is under
/// way, VOXLINE_INVALID_ARGUMENT for settings out of range, before anything is sent. What goes wrong with one submission is
/// no error here but in its job.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_transcription_run(
    client: *const voxline_transcription_client,
    ledger: *const voxline_ledger,
    submissions: *const voxline_submissions,
    settings: *const voxline_settings,
    job: voxline_job_fn,
    job_data: *mut c_void,
    cancel: *const voxline_cancel,
    jobs: *mut *mut voxline_json,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_transcription_run", |door| {
            let out = door.optional_out(jobs, "jobs")?;
            let client = &door.borrow(client, "client")?.client;
            let ledger = &door.borrow(ledger, "ledger")?.ledger;
            let submissions = &door.borrow(submissions, "submissions")?.list;
            let options = settings_or_none(door, settings)?.run_options()?;
            let token = token(door, cancel)?;
            let observer = Observer::new(job, job_data, &token);
            let hear = |report: &JobReport| observer.hear(report);
            let reports = run_with_ledger(client, ledger, submissions, &options, &token, &hear)?;
            if let Some(out) = out {
                out.set_new(voxline_json::new(reports.iter().map(job_json).collect()));
            }
            OK
        })
    }
}

/// Goes on where an earlier run ended, however it ended: sends what surely was not taken, waits for what was, and reports as
/// "unknown", without touching it, what may have been. Otherwise as voxline_transcription_run(), without "known_links".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_transcription_resume(
    client: *const voxline_transcription_client,
    ledger: *const voxline_ledger,
    settings: *const voxline_settings,
    job: voxline_job_fn,
    job_data: *mut c_void,
    cancel: *const voxline_cancel,
    jobs: *mut *mut voxline_json,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_transcription_resume", |door| {
            let out = door.optional_out(jobs, "jobs")?;
            let client = &door.borrow(client, "client")?.client;
            let ledger = &door.borrow(ledger, "ledger")?.ledger;
            let options = settings_or_none(door, settings)?.resume_options()?;
            let token = token(door, cancel)?;
            let observer = Observer::new(job, job_data, &token);
            let hear = |report: &JobReport| observer.hear(report);
            let reports = resume_with_ledger(client, ledger, &options, &token, &hear)?;
            if let Some(out) = out {
                out.set_new(voxline_json::new(reports.iter().map(job_json).collect()));
            }
            OK
        })
    }
}

fn job_json(report: &JobReport) -> Value {
    let (outcome, error) = match &report.outcome {
        JobOutcome::Done => ("done", None),
        JobOutcome::AwaitingCallback => ("awaiting callback", None),
        JobOutcome::Running(error) => ("running", Some(error)),
        JobOutcome::NotSent(error) => ("not sent", Some(error)),
        JobOutcome::Failed(error) => ("failed", Some(error)),
        JobOutcome::Unknown(error) => ("unknown", Some(error)),
        // A later kind of outcome: the ledger knows more.
        _ => ("unknown", None),
    };
    json!({ "req_id": report.req_id, "outcome": outcome, "error": error.map(to_json) })
}

/// The callback of a run, for threads that call it in turn.
struct Observer {
    job: voxline_job_fn,
    userdata: *mut c_void,
    token: CancelToken,
    turn: Mutex<()>,
}

// SAFETY: the header says that the callback is called in threads of the run; the lock makes it one at a time.
unsafe impl Sync for Observer {}

impl Observer {
    fn new(job: voxline_job_fn, userdata: *mut c_void, token: &CancelToken) -> Self {
        Self { job, userdata, token: token.clone(), turn: Mutex::new(()) }
    }

    fn hear(&self, report: &JobReport) {
        let Some(job) = self.job else { return };
        let value = voxline_json::new(job_json(report));
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: the header says what the function may do with its arguments.
        if unsafe { job(self.userdata, &raw const value) } != 0 {
            self.token.cancel();
        }
    }
}
