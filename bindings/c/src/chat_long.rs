//! Calls that are too long for one request: parts go out in order, answers come back with their times.

use std::ffi::{c_char, c_void};
use std::fmt;
use std::ops::ControlFlow;

use voxline::chat::{
    CancelToken, ChatAudio, ChatRequest, LongAnswer, LongPart, OnFailure, VoiceFormat, chat_long_with,
};
use voxline::{Error, ErrorKind, Options, Result, Source};

use crate::boundary::{Door, News, OK, Out, call, free, peek};
use crate::cancel::{token, voxline_cancel};
use crate::chat::{voxline_chat_answer, voxline_chat_client};
use crate::error::{once_more, voxline_error};
use crate::handle::{Poison, changing, shared};
use crate::options::{options_or_defaults, voxline_options};
use crate::prepare::{reader, voxline_read_fn};
use crate::report::voxline_report;
use crate::settings::{settings_or_none, voxline_settings};
use crate::split::cut_number;
use crate::status::voxline_status;

changing!(voxline_chat_long);
shared!(voxline_chat_part);

/// One part of a long recording and what came of it. It belongs to a voxline_chat_long.
pub struct voxline_chat_part {
    info: voxline_chat_part_info,
    outcome: Result<voxline_chat_answer>,
}

impl voxline_chat_part {
    fn new(part: &LongPart) -> Self {
        let outcome = match &part.result {
            Ok(answer) => Ok(voxline_chat_answer::new(answer.clone())),
            Err(error) => Err(once_more(error)),
        };
        let info = voxline_chat_part_info {
            index: part.index as u64,
            start_s: part.start_s,
            end_s: part.end_s,
            overlap_s: part.overlap_s,
            cut: cut_number(part.cut),
            status: outcome.as_ref().map_or_else(|error| error.kind().code(), |_| voxline_status::VOXLINE_OK as i32),
        };
        Self { info, outcome }
    }
}

/// Where a part lies in the recording, and whether there is an answer to it.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct voxline_chat_part_info {
    /// Which part; the first is 0.
    pub index: u64,
    /// Where it begins, in seconds, the overlap included.
    pub start_s: f64,
    /// Where it ends, in seconds.
    pub end_s: f64,
    /// How much of its beginning the part before holds too, in seconds.
    pub overlap_s: f64,
    /// A voxline_cut: what it ends in.
    pub cut: i32,
    /// VOXLINE_OK when there is an answer, else why there is none.
    pub status: i32,
}

/// What came of a long recording: the parts that were sent, in order.
pub struct voxline_chat_long {
    long: LongAnswer,
    parts: Vec<voxline_chat_part>,
    report: Option<voxline_report>,
    poison: Poison,
}

impl fmt::Debug for voxline_chat_long {
    /// Without content, which may hold signed links.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("voxline_chat_long").field("parts", &self.parts.len()).finish_non_exhaustive()
    }
}

/// What happens when the service does not take a part.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum voxline_on_failure {
    /// No more is sent.
    VOXLINE_ON_FAILURE_STOP = 0,
    /// The next part is sent.
    VOXLINE_ON_FAILURE_GO_ON = 1,
}

/// Hears of a part as soon as there is an answer to it, or none; returning anything but 0 sends no more.
///
/// `part` lives until it returns. It is called in the thread of the call.
/// It must return: no longjmp, no C++ exception.
pub type voxline_chat_part_fn =
    Option<unsafe extern "C" fn(userdata: *mut c_void, part: *const voxline_chat_part) -> i32>;

/// What the functions below share: all but the source.
struct Job<'a> {
    client: &'a voxline_chat_client,
    options: Options,
    settings: &'a voxline::settings::Settings,
    on_failure: OnFailure,
    each: voxline_chat_part_fn,
    each_data: *mut c_void,
    cancel: CancelToken,
}

impl<'a> Job<'a> {
    /// # Safety
    ///
    /// As the header says of the pointers.
    unsafe fn new(
        door: Door,
        client: *const voxline_chat_client,
        options: *const voxline_options,
        settings: *const voxline_settings,
        on_failure: i32,
        (each, each_data): (voxline_chat_part_fn, *mut c_void),
        cancel: *const voxline_cancel,
    ) -> Result<Self> {
        let on_failure = match on_failure {
            n if n == voxline_on_failure::VOXLINE_ON_FAILURE_STOP as i32 => OnFailure::Stop,
            n if n == voxline_on_failure::VOXLINE_ON_FAILURE_GO_ON as i32 => OnFailure::GoOn,
            n => return Err(door.error(ErrorKind::InvalidArgument, format!("{n} is no voxline_on_failure"))),
        };
        // SAFETY: as the caller says.
        unsafe {
            let client = door.borrow(client, "client")?;
            let (options, settings) = (options_or_defaults(door, options)?, settings_or_none(door, settings)?);
            // What does not fit is refused before anything is sent.
            settings.chat_request(no_audio())?;
            Ok(Self { client, options, settings, on_failure, each, each_data, cancel: token(door, cancel)? })
        }
    }

    fn run(self, source: Source<'_>, out: Out<*mut voxline_chat_long>) -> News {
        let mut parts = Vec::new();
        // That was tried in `new`; a request without audio would be refused.
        let request = |audio| self.settings.chat_request(audio).unwrap_or_else(|_: Error| ChatRequest::new(no_audio()));
        let each = |part: &LongPart| {
            let part = voxline_chat_part::new(part);
            // SAFETY: the header says what the function may do with its arguments.
            let verdict = self.each.map_or(0, |each| unsafe { each(self.each_data, &raw const part) });
            parts.push(part);
            if verdict == 0 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        let client = &self.client.client;
        let long = chat_long_with(client, source, &self.options, request, self.on_failure, &self.cancel, each)?;
        let report = long.report.clone().map(voxline_report::new);
        out.set_new(voxline_chat_long { long, parts, report, poison: Poison::default() });
        OK
    }
}

fn no_audio() -> ChatAudio {
    ChatAudio::new(Vec::new(), VoiceFormat::RawPcm, 16_000)
}

/// Sends a file of any length in parts, in order, and gathers the answers; free the result with voxline_chat_long_free().
///
/// `options` say how it is prepared and split, best one of the profiles chat-…; `settings` are those of voxline_chat_send(),
/// for each part. `on_failure` is a voxline_on_failure. `each` (progress: it hears of every part), `settings` and `cancel`
/// may be NULL. No part is sent twice on its own once the service may have acted on it.
///
/// Errors: VOXLINE_INVALID_ARGUMENT for options and settings that are not valid and VOXLINE_IO from opening, before anything
/// is sent. Whatever goes wrong later is told in the result, so that no answer is lost: by voxline_chat_part_answer() what is
/// about a part, by voxline_chat_long_fault() what ended the whole, be it that it was cancelled.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_chat_long_path(
    client: *const voxline_chat_client,
    path: *const c_char,
    options: *const voxline_options,
    settings: *const voxline_settings,
    on_failure: i32,
    each: voxline_chat_part_fn,
    each_data: *mut c_void,
    cancel: *const voxline_cancel,
    answer: *mut *mut voxline_chat_long,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_chat_long_path", |door| {
            let out = door.out(answer, "answer")?;
            let source = Source::Path(door.path(path, "path")?);
            Job::new(door, client, options, settings, on_failure, (each, each_data), cancel)?.run(source, out)
        })
    }
}

/// Sends the content of a file that is in memory; otherwise as voxline_chat_long_path().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_chat_long_bytes(
    client: *const voxline_chat_client,
    data: *const u8,
    size_bytes: usize,
    options: *const voxline_options,
    settings: *const voxline_settings,
    on_failure: i32,
    each: voxline_chat_part_fn,
    each_data: *mut c_void,
    cancel: *const voxline_cancel,
    answer: *mut *mut voxline_chat_long,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_chat_long_bytes", |door| {
            let out = door.out(answer, "answer")?;
            let source = Source::Bytes(door.slice(data, size_bytes, "data")?);
            Job::new(door, client, options, settings, on_failure, (each, each_data), cancel)?.run(source, out)
        })
    }
}

/// Sends what a callback reads; otherwise as voxline_chat_long_path().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_chat_long_reader(
    client: *const voxline_chat_client,
    read: voxline_read_fn,
    read_data: *mut c_void,
    options: *const voxline_options,
    settings: *const voxline_settings,
    on_failure: i32,
    each: voxline_chat_part_fn,
    each_data: *mut c_void,
    cancel: *const voxline_cancel,
    answer: *mut *mut voxline_chat_long,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_chat_long_reader", |door| {
            let out = door.out(answer, "answer")?;
            let source = reader(door, read, read_data)?;
            Job::new(door, client, options, settings, on_failure, (each, each_data), cancel)?.run(source, out)
        })
    }
}

/// Frees it, with its parts, answers and report. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_chat_long_free(answer: *mut voxline_chat_long) {
    // SAFETY: as the header says.
    unsafe { free(answer) }
}

/// 1 if every part of the recording has its answer, else 0; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_chat_long_is_complete(answer: *const voxline_chat_long) -> i32 {
    // SAFETY: as the header says.
    unsafe { peek(answer, 0, |answer| i32::from(answer.long.is_complete())) }
}

/// How many parts were sent; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_chat_long_count(answer: *const voxline_chat_long) -> usize {
    // SAFETY: as the header says.
    unsafe { peek(answer, 0, |answer| answer.parts.len()) }
}

/// Gives part number `index`, from 0; it belongs to `answer` and lives as long. VOXLINE_END when there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_chat_long_part(
    answer: *const voxline_chat_long,
    index: usize,
    part: *mut *const voxline_chat_part,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_chat_long_part", |door| {
            let out = door.out(part, "part")?;
            match door.borrow(answer, "answer")?.parts.get(index) {
                Some(part) => out.set(part),
                None => return Ok(voxline_status::VOXLINE_END),
            }
            OK
        })
    }
}

/// VOXLINE_OK if the recording was read and sent to its end, or until a part failed under VOXLINE_ON_FAILURE_STOP.
///
/// Errors: why it was not: what is wrong with the input or the options for it; VOXLINE_CANCELLED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_chat_long_fault(
    answer: *const voxline_chat_long,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_chat_long_fault", |door| match &door.borrow(answer, "answer")?.long.fault {
            Some(fault) => Err(once_more(fault)),
            None => OK,
        })
    }
}

/// Gives the report of the recording; it belongs to `answer` and lives as long. VOXLINE_END when the recording was not read
/// to its end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_chat_long_report(
    answer: *const voxline_chat_long,
    report: *mut *const voxline_report,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_chat_long_report", |door| {
            let out = door.out(report, "report")?;
            match &door.borrow(answer, "answer")?.report {
                Some(report) => out.set(report),
                None => return Ok(voxline_status::VOXLINE_END),
            }
            OK
        })
    }
}

/// Sends part number `index`, which failed, once more, by itself; with VOXLINE_OK it has its answer. VOXLINE_END when there is
/// no such part. `cancel` may be NULL.
///
/// After VOXLINE_OUTCOME_UNKNOWN the service may have answered, and been paid for, already: only the caller can know whether
/// it should be asked again.
///
/// Errors: those of voxline_chat_send(), which leave the part as it was; VOXLINE_INVALID_STATE for a part that has its answer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_chat_long_resend(
    answer: *mut voxline_chat_long,
    index: usize,
    client: *const voxline_chat_client,
    cancel: *const voxline_cancel,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_chat_long_resend", |door| {
            let this = &mut *door.borrow_mut(answer, "answer")?;
            let client = &door.borrow(client, "client")?.client;
            let token = token(door, cancel)?;
            let Some((sent, part)) = this.long.parts.get_mut(index).zip(this.parts.get_mut(index)) else {
                return Ok(voxline_status::VOXLINE_END);
            };
            sent.resend(client, &token)?;
            *part = voxline_chat_part::new(sent);
            OK
        })
    }
}

/// Says where a part lies in the recording, and whether there is an answer to it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_chat_part_describe(
    part: *const voxline_chat_part,
    info: *mut voxline_chat_part_info,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_chat_part_describe", |door| {
            let out = door.out(info, "info")?;
            out.set(door.borrow(part, "part")?.info);
            OK
        })
    }
}

/// Gives the answer to a part; it belongs to the part and is not freed.
///
/// Errors: why there is none, as voxline_chat_send() says it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_chat_part_answer(
    part: *const voxline_chat_part,
    answer: *mut *const voxline_chat_answer,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_chat_part_answer", |door| {
            let out = door.out(answer, "answer")?;
            match &door.borrow(part, "part")?.outcome {
                Ok(answer) => out.set(answer),
                Err(error) => return Err(once_more(error)),
            }
            OK
        })
    }
}
