//! Long recordings in parts that a service takes.

use std::ffi::{c_char, c_void};
use std::fmt;

use serde_json::json;
use voxline::{Cut, ErrorKind, Part, Source};

use crate::boundary::{Door, News, OK, Out, call, free};
use crate::error::voxline_error;
use crate::handle::shared;
use crate::json::voxline_json;
use crate::options::voxline_options;
use crate::prepare::{Job, reader, voxline_progress_fn, voxline_read_fn};
use crate::report::voxline_report;
use crate::status::voxline_status;

shared!(voxline_part);

/// A part of a recording, encoded by itself. It is never changed: threads may read it together.
pub struct voxline_part {
    part: Part,
    json: voxline_json,
}

impl fmt::Debug for voxline_part {
    /// Without the audio.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("voxline_part").field("index", &self.part.index).finish_non_exhaustive()
    }
}

impl voxline_part {
    pub(crate) fn new(part: Part) -> Self {
        let json = voxline_json::new(json!({
            "index": part.index,
            "start_frame": part.start_frame,
            "end_frame": part.end_frame(),
            "frames": part.frames,
            "overlap_frames": part.overlap_frames,
            "start_s": part.start_s(),
            "end_s": part.end_s(),
            "cut": part.cut.as_str(),
            "sample_rate_hz": part.sample_rate_hz,
            "channel_count": part.channel_count,
            "encoding": part.encoding.as_str(),
            "packet_bytes": part.packet_bytes,
            "base64": part.is_base64(),
            "output_bytes": part.outputs().iter().map(Vec::len).collect::<Vec<_>>(),
        }));
        Self { part, json }
    }
}

/// What a part ends in.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum voxline_cut {
    /// The end of the recording.
    VOXLINE_CUT_END = 0,
    /// A pause of at least split.min_pause_ms.
    VOXLINE_CUT_PAUSE = 1,
    /// A shorter pause: there was no better place.
    VOXLINE_CUT_SHORT_PAUSE = 2,
    /// Speech: there was no pause at all.
    VOXLINE_CUT_SPEECH = 3,
}

pub(crate) fn cut_number(cut: Cut) -> i32 {
    let number = match cut {
        Cut::Pause => voxline_cut::VOXLINE_CUT_PAUSE,
        Cut::ShortPause => voxline_cut::VOXLINE_CUT_SHORT_PAUSE,
        Cut::Speech => voxline_cut::VOXLINE_CUT_SPEECH,
        _ => voxline_cut::VOXLINE_CUT_END,
    };
    number as i32
}

/// Where a part lies. Frames are those of the recording as prepared, counted from its start at the part's rate.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct voxline_part_info {
    /// Which part; the first is 0.
    pub index: u64,
    /// Where it begins, the repeated frames included.
    pub start_frame: u64,
    /// Its frames, the repeated ones included.
    pub frames: u64,
    /// How many of its first frames the part before holds too.
    pub overlap_frames: u64,
    /// Frames a second.
    pub sample_rate_hz: u32,
    /// Channels of one output.
    pub channel_count: u32,
    /// A voxline_cut: what it ends in.
    pub cut: i32,
    /// How many outputs it has: 1, or the channels when target.channels is split.
    pub outputs: u32,
}

/// Receives a part as soon as it is made; returning anything but 0 cancels the call (VOXLINE_CANCELLED).
///
/// `part` lives until it returns. It is called in the thread of the call.
/// It must return: no longjmp, no C++ exception.
pub type voxline_part_fn = Option<unsafe extern "C" fn(userdata: *mut c_void, part: *const voxline_part) -> i32>;

/// The same, when it is there.
type Each = unsafe extern "C" fn(*mut c_void, *const voxline_part) -> i32;

/// Splits, hands each part to the callback, and gives the report of the whole.
fn run(
    door: Door,
    job: Job<'_>,
    (each, each_data): (Each, *mut c_void),
    out: Option<Out<*mut voxline_report>>,
) -> News {
    let whole = job.split(|part| {
        let part = voxline_part::new(part);
        // SAFETY: the header says what the function may do with its arguments.
        match unsafe { each(each_data, &raw const part) } {
            0 => Ok(()),
            _ => Err(door.error(ErrorKind::Cancelled, "cancelled by the callback for parts")),
        }
    })?;
    if let Some(out) = out {
        out.set_new(voxline_report::new(whole));
    }
    OK
}

/// Prepares a file and cuts it into parts that each obey limits.max_output_bytes, limits.max_base64_bytes and
/// split.max_duration_s, as they are after encoding; hands each to `each` as soon as it is made. At most one is held.
///
/// A part ends in a pause if there is one in the allowed window (split.window_s, split.min_pause_ms). Without the frames that
/// split.overlap_ms repeats, the parts joined are the whole to the sample. Input that fits is one part.
///
/// `options` may be NULL for the defaults, `progress` and `report` may be NULL. The report is about the whole: free it with
/// voxline_report_free().
///
/// Errors: those of voxline_prepare_path(); VOXLINE_LIMIT_EXCEEDED when not a single frame fits into a part,
/// VOXLINE_INVALID_ARGUMENT for an overlap above a quarter of the longest part.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_split_path(
    path: *const c_char,
    options: *const voxline_options,
    each: voxline_part_fn,
    each_data: *mut c_void,
    progress: voxline_progress_fn,
    progress_data: *mut c_void,
    report: *mut *mut voxline_report,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_split_path", |door| {
            let out = door.optional_out(report, "report")?;
            let each = door.callback(each, "each")?;
            let source = Source::Path(door.path(path, "path")?);
            let job = Job::new(door, source, options, progress, progress_data)?;
            run(door, job, (each, each_data), out)
        })
    }
}

/// Splits the content of a file that is in memory; otherwise as voxline_split_path().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_split_bytes(
    data: *const u8,
    size_bytes: usize,
    options: *const voxline_options,
    each: voxline_part_fn,
    each_data: *mut c_void,
    progress: voxline_progress_fn,
    progress_data: *mut c_void,
    report: *mut *mut voxline_report,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_split_bytes", |door| {
            let out = door.optional_out(report, "report")?;
            let each = door.callback(each, "each")?;
            let source = Source::Bytes(door.slice(data, size_bytes, "data")?);
            let job = Job::new(door, source, options, progress, progress_data)?;
            run(door, job, (each, each_data), out)
        })
    }
}

/// Splits what a callback reads; otherwise as voxline_split_path().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_split_reader(
    read: voxline_read_fn,
    read_data: *mut c_void,
    options: *const voxline_options,
    each: voxline_part_fn,
    each_data: *mut c_void,
    progress: voxline_progress_fn,
    progress_data: *mut c_void,
    report: *mut *mut voxline_report,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_split_reader", |door| {
            let out = door.optional_out(report, "report")?;
            let each = door.callback(each, "each")?;
            let source = reader(door, read, read_data)?;
            let job = Job::new(door, source, options, progress, progress_data)?;
            run(door, job, (each, each_data), out)
        })
    }
}

/// Frees a part that voxline_splitter_pull() gave. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_part_free(part: *mut voxline_part) {
    // SAFETY: as the header says.
    unsafe { free(part) }
}

/// Says where a part lies in the recording.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_part_describe(
    part: *const voxline_part,
    info: *mut voxline_part_info,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_part_describe", |door| {
            let out = door.out(info, "info")?;
            let part = &door.borrow(part, "part")?.part;
            out.set(voxline_part_info {
                index: part.index as u64,
                start_frame: part.start_frame,
                frames: part.frames,
                overlap_frames: part.overlap_frames,
                sample_rate_hz: part.sample_rate_hz,
                channel_count: u32::from(part.channel_count),
                cut: cut_number(part.cut),
                outputs: u32::try_from(part.outputs().len()).unwrap_or(u32::MAX),
            });
            OK
        })
    }
}

/// Gives the bytes of output number `output` of a part, from 0, as target.encoding and target.base64 say; VOXLINE_END when
/// there is none. There is one, or one a channel when target.channels is split.
///
/// The bytes live as long as `part`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_part_output(
    part: *const voxline_part,
    output: usize,
    data: *mut *const u8,
    size_bytes: *mut usize,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_part_output", |door| {
            let (data_out, size_out) = (door.out(data, "data")?, door.out(size_bytes, "size_bytes")?);
            let outputs = door.borrow(part, "part")?.part.outputs();
            let Some(bytes) = outputs.get(output) else { return Ok(voxline_status::VOXLINE_END) };
            data_out.set(bytes.as_ptr());
            size_out.set(bytes.len());
            OK
        })
    }
}

/// Gives what is known of a part by name: "index", "start_frame", "end_frame", "frames", "overlap_frames", "start_s",
/// "end_s", "cut" (pause, short_pause, speech, end), "sample_rate_hz", "channel_count", "encoding", "packet_bytes" (may be
/// null), "base64", "output_bytes" (a list). It belongs to `part` and lives as long.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_part_json(
    part: *const voxline_part,
    json: *mut *const voxline_json,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_part_json", |door| {
            let out = door.out(json, "json")?;
            out.set(&raw const door.borrow(part, "part")?.json);
            OK
        })
    }
}
