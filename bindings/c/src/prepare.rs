//! The whole path in one call, and looking at a recording.

use std::ffi::{c_char, c_void};
use std::io::{self, Read};
use std::ops::ControlFlow;

use voxline::{Diagnosis, Options, Part, Prepared, Progress, Report, Result, Source};

use crate::boundary::{Door, OK, Out, call, free};
use crate::error::voxline_error;
use crate::handle::shared;
use crate::options::{options_or_defaults, voxline_options};
use crate::report::voxline_report;
use crate::status::voxline_status;

shared!(voxline_prepared);

/// Prepared audio in memory. It is never changed: threads may read it together.
#[derive(Debug)]
pub struct voxline_prepared {
    prepared: Prepared,
    report: voxline_report,
}

impl voxline_prepared {
    pub(crate) fn new(prepared: Prepared) -> Self {
        let report = voxline_report::new(prepared.report().clone());
        Self { prepared, report }
    }

    pub(crate) fn prepared(&self) -> &Prepared {
        &self.prepared
    }
}

/// Says how far a call is; returning anything but 0 cancels it (VOXLINE_CANCELLED).
///
/// `input_total_bytes` is UINT64_MAX when the length of the input is not known. It is called in the thread of the call.
/// It must return: no longjmp, no C++ exception.
pub type voxline_progress_fn = Option<
    unsafe extern "C" fn(userdata: *mut c_void, input_bytes: u64, input_total_bytes: u64, source_frames: u64) -> i32,
>;

/// Reads up to `capacity_bytes` (never 0) into `buffer` and returns how many, 0 at the end, less than 0 on failure
/// (VOXLINE_IO). It is called in the thread of the call. It must return: no longjmp, no C++ exception.
pub type voxline_read_fn =
    Option<unsafe extern "C" fn(userdata: *mut c_void, buffer: *mut u8, capacity_bytes: usize) -> i64>;

/// A reader that asks a C function.
pub(crate) struct CallbackReader {
    read: unsafe extern "C" fn(*mut c_void, *mut u8, usize) -> i64,
    userdata: *mut c_void,
}

impl Read for CallbackReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        // SAFETY: the header says what the function may do with its arguments, and the buffer is there.
        let read = unsafe { (self.read)(self.userdata, buffer.as_mut_ptr(), buffer.len()) };
        match usize::try_from(read) {
            Ok(read) if read <= buffer.len() => Ok(read),
            Ok(read) => Err(io::Error::other(format!(
                "the read callback returned {read} for a buffer of {} bytes",
                buffer.len()
            ))),
            Err(_) => Err(io::Error::other(format!("the read callback failed with {read}"))),
        }
    }
}

/// The callback as a closure.
fn progress_of(progress: voxline_progress_fn, userdata: *mut c_void) -> impl FnMut(Progress) -> ControlFlow<()> {
    move |p| {
        let Some(progress) = progress else { return ControlFlow::Continue(()) };
        let total = p.input_total_bytes.unwrap_or(u64::MAX);
        // SAFETY: the header says what the function may do with its arguments.
        let answer = unsafe { progress(userdata, p.input_bytes, total, p.source_frames) };
        if answer == 0 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}

/// What `voxline_prepare_…` and `voxline_decode_…` share: where input comes from and what is wanted.
pub(crate) struct Job<'a> {
    pub(crate) source: Source<'a>,
    pub(crate) options: Options,
    progress: voxline_progress_fn,
    progress_data: *mut c_void,
}

impl<'a> Job<'a> {
    /// # Safety
    ///
    /// As the header says of `options`.
    pub(crate) unsafe fn new(
        door: Door,
        source: Source<'a>,
        options: *const voxline_options,
        progress: voxline_progress_fn,
        progress_data: *mut c_void,
    ) -> Result<Self> {
        // SAFETY: as the caller says.
        let options = unsafe { options_or_defaults(door, options)? };
        Ok(Self { source, options, progress, progress_data })
    }

    pub(crate) fn prepare(self) -> Result<Prepared> {
        voxline::prepare_with(self.source, &self.options, progress_of(self.progress, self.progress_data))
    }

    pub(crate) fn split(self, each: impl FnMut(Part) -> Result<()>) -> Result<Report> {
        voxline::split_with(self.source, &self.options, progress_of(self.progress, self.progress_data), each)
    }

    pub(crate) fn examine(self) -> Result<Diagnosis> {
        voxline::doctor_with(self.source, &self.options, progress_of(self.progress, self.progress_data))
    }

    fn inspect(self) -> Result<Report> {
        voxline::inspect_with(self.source, &self.options, progress_of(self.progress, self.progress_data))
    }
}

/// The reader behind a callback.
pub(crate) fn reader(door: Door, read: voxline_read_fn, userdata: *mut c_void) -> Result<Source<'static>> {
    let read = door.callback(read, "read")?;
    Ok(Source::reader(CallbackReader { read, userdata }))
}

fn hand_over(out: Out<*mut voxline_prepared>, prepared: Prepared) {
    out.set_new(voxline_prepared::new(prepared));
}

/// Converts a file in one call; free the result with voxline_prepared_free().
///
/// `options` may be NULL for the defaults, `progress` may be NULL.
///
/// Errors: VOXLINE_IO from reading; VOXLINE_UNSUPPORTED_FORMAT, VOXLINE_MALFORMED_INPUT for content that cannot be
/// decoded; VOXLINE_LIMIT_EXCEEDED, naming the limit; VOXLINE_INVALID_ARGUMENT for options that are not valid or do not
/// fit the input; VOXLINE_CANCELLED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_prepare_path(
    path: *const c_char,
    options: *const voxline_options,
    progress: voxline_progress_fn,
    progress_data: *mut c_void,
    prepared: *mut *mut voxline_prepared,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_prepare_path", |door| {
            let out = door.out(prepared, "prepared")?;
            let source = Source::Path(door.path(path, "path")?);
            hand_over(out, Job::new(door, source, options, progress, progress_data)?.prepare()?);
            OK
        })
    }
}

/// Converts the content of a file that is in memory; otherwise as voxline_prepare_path().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_prepare_bytes(
    data: *const u8,
    size_bytes: usize,
    options: *const voxline_options,
    progress: voxline_progress_fn,
    progress_data: *mut c_void,
    prepared: *mut *mut voxline_prepared,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_prepare_bytes", |door| {
            let out = door.out(prepared, "prepared")?;
            let source = Source::Bytes(door.slice(data, size_bytes, "data")?);
            hand_over(out, Job::new(door, source, options, progress, progress_data)?.prepare()?);
            OK
        })
    }
}

/// Converts what a callback reads; otherwise as voxline_prepare_path().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_prepare_reader(
    read: voxline_read_fn,
    read_data: *mut c_void,
    options: *const voxline_options,
    progress: voxline_progress_fn,
    progress_data: *mut c_void,
    prepared: *mut *mut voxline_prepared,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_prepare_reader", |door| {
            let out = door.out(prepared, "prepared")?;
            let source = reader(door, read, read_data)?;
            hand_over(out, Job::new(door, source, options, progress, progress_data)?.prepare()?);
            OK
        })
    }
}

/// Frees prepared audio, its data and its report. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_prepared_free(prepared: *mut voxline_prepared) {
    // SAFETY: as the header says.
    unsafe { free(prepared) }
}

/// Gives the bytes of output number `output`, from 0, as target.encoding and target.base64 say; VOXLINE_END when there is
/// none. There is one, or one a channel when target.channels is split.
///
/// The bytes live as long as `prepared`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_prepared_output(
    prepared: *const voxline_prepared,
    output: usize,
    data: *mut *const u8,
    size_bytes: *mut usize,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_prepared_output", |door| {
            let (data_out, size_out) = (door.out(data, "data")?, door.out(size_bytes, "size_bytes")?);
            let outputs = door.borrow(prepared, "prepared")?.prepared.outputs();
            let Some(bytes) = outputs.get(output) else { return Ok(voxline_status::VOXLINE_END) };
            data_out.set(bytes.as_ptr());
            size_out.set(bytes.len());
            OK
        })
    }
}

/// Gives the report of prepared audio; it belongs to `prepared` and lives as long.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_prepared_report(
    prepared: *const voxline_prepared,
    report: *mut *const voxline_report,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_prepared_report", |door| {
            let out = door.out(report, "report")?;
            out.set(&raw const door.borrow(prepared, "prepared")?.report);
            OK
        })
    }
}

/// Reads a whole file and reports what is in it, without making anything of it; free the report with
/// voxline_report_free(). Arguments and errors are those of voxline_prepare_path().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_inspect_path(
    path: *const c_char,
    options: *const voxline_options,
    progress: voxline_progress_fn,
    progress_data: *mut c_void,
    report: *mut *mut voxline_report,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_inspect_path", |door| {
            let out = door.out(report, "report")?;
            let source = Source::Path(door.path(path, "path")?);
            let job = Job::new(door, source, options, progress, progress_data)?;
            out.set_new(voxline_report::new(job.inspect()?));
            OK
        })
    }
}

/// Reports what is in what a callback reads; otherwise as voxline_inspect_path().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_inspect_reader(
    read: voxline_read_fn,
    read_data: *mut c_void,
    options: *const voxline_options,
    progress: voxline_progress_fn,
    progress_data: *mut c_void,
    report: *mut *mut voxline_report,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_inspect_reader", |door| {
            let out = door.out(report, "report")?;
            let source = reader(door, read, read_data)?;
            let job = Job::new(door, source, options, progress, progress_data)?;
            out.set_new(voxline_report::new(job.inspect()?));
            OK
        })
    }
}

/// Reports what is in the content of a file that is in memory; otherwise as voxline_inspect_path().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_inspect_bytes(
    data: *const u8,
    size_bytes: usize,
    options: *const voxline_options,
    report: *mut *mut voxline_report,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_inspect_bytes", |door| {
            let out = door.out(report, "report")?;
            let source = Source::Bytes(door.slice(data, size_bytes, "data")?);
            let job = Job::new(door, source, options, None, std::ptr::null_mut())?;
            out.set_new(voxline_report::new(job.inspect()?));
            OK
        })
    }
}
