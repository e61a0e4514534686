//! Decoding to samples in one call.

use std::ffi::{c_char, c_void};

use voxline::{Encoding, Result, Source};

use crate::boundary::{OK, call, free};
use crate::error::voxline_error;
use crate::handle::shared;
use crate::options::voxline_options;
use crate::prepare::{Job, reader, voxline_progress_fn, voxline_read_fn};
use crate::report::voxline_report;
use crate::status::voxline_status;

shared!(voxline_audio);

/// Decoded audio in memory: 16-bit samples. It is never changed: threads may read it together.
#[derive(Debug)]
pub struct voxline_audio {
    outputs: Vec<Vec<i16>>,
    sample_rate_hz: u32,
    channel_count: u16,
    report: voxline_report,
}

fn decode(mut job: Job<'_>) -> Result<voxline_audio> {
    job.options.target.encoding = Encoding::Pcm;
    job.options.target.base64 = false;
    let prepared = job.prepare()?;
    let report = prepared.report().clone();
    let samples = |bytes: Vec<u8>| bytes.chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect();
    Ok(voxline_audio {
        outputs: prepared.into_outputs().into_iter().map(samples).collect(),
        sample_rate_hz: report.target.sample_rate_hz,
        channel_count: report.target.channel_count,
        report: voxline_report::new(report),
    })
}

/// Decodes a file to samples at the rate and with the channels that `options` ask for (target.encoding and target.base64
/// have no meaning here); free the result with voxline_audio_free(). Arguments and errors are those of
/// voxline_prepare_path().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_decode_path(
    path: *const c_char,
    options: *const voxline_options,
    progress: voxline_progress_fn,
    progress_data: *mut c_void,
    audio: *mut *mut voxline_audio,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_decode_path", |door| {
            let out = door.out(audio, "audio")?;
            let source = Source::Path(door.path(path, "path")?);
            out.set_new(decode(Job::new(door, source, options, progress, progress_data)?)?);
            OK
        })
    }
}

/// Decodes the content of a file that is in memory; otherwise as voxline_decode_path().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_decode_bytes(
    data: *const u8,
    size_bytes: usize,
    options: *const voxline_options,
    progress: voxline_progress_fn,
    progress_data: *mut c_void,
    audio: *mut *mut voxline_audio,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_decode_bytes", |door| {
            let out = door.out(audio, "audio")?;
            let source = Source::Bytes(door.slice(data, size_bytes, "data")?);
            out.set_new(decode(Job::new(door, source, options, progress, progress_data)?)?);
            OK
        })
    }
}

/// Decodes what a callback reads; otherwise as voxline_decode_path().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_decode_reader(
    read: voxline_read_fn,
    read_data: *mut c_void,
    options: *const voxline_options,
    progress: voxline_progress_fn,
    progress_data: *mut c_void,
    audio: *mut *mut voxline_audio,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_decode_reader", |door| {
            let out = door.out(audio, "audio")?;
            let source = reader(door, read, read_data)?;
            out.set_new(decode(Job::new(door, source, options, progress, progress_data)?)?);
            OK
        })
    }
}

/// Frees decoded audio, its samples and its report. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_audio_free(audio: *mut voxline_audio) {
    // SAFETY: as the header says.
    unsafe { free(audio) }
}

/// Gives the samples of output number `output`, from 0, interleaved; VOXLINE_END when there is none. There is one, or one
/// a channel when target.channels is split.
///
/// `frames` times the channel count of voxline_audio_format() is the number of samples. They live as long as `audio`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_audio_samples(
    audio: *const voxline_audio,
    output: usize,
    samples: *mut *const i16,
    frames: *mut usize,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_audio_samples", |door| {
            let (samples_out, frames_out) = (door.out(samples, "samples")?, door.out(frames, "frames")?);
            let audio = door.borrow(audio, "audio")?;
            let Some(samples) = audio.outputs.get(output) else { return Ok(voxline_status::VOXLINE_END) };
            samples_out.set(samples.as_ptr());
            frames_out.set(samples.len() / usize::from(audio.channel_count.max(1)));
            OK
        })
    }
}

/// Gives the rate in Hz and the number of channels of one output.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_audio_format(
    audio: *const voxline_audio,
    sample_rate_hz: *mut u32,
    channel_count: *mut u16,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_audio_format", |door| {
            let rate_out = door.out(sample_rate_hz, "sample_rate_hz")?;
            let channels_out = door.out(channel_count, "channel_count")?;
            let audio = door.borrow(audio, "audio")?;
            rate_out.set(audio.sample_rate_hz);
            channels_out.set(audio.channel_count);
            OK
        })
    }
}

/// Gives the report of decoded audio; it belongs to `audio` and lives as long.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_audio_report(
    audio: *const voxline_audio,
    report: *mut *const voxline_report,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_audio_report", |door| {
            let out = door.out(report, "report")?;
            out.set(&raw const door.borrow(audio, "audio")?.report);
            OK
        })
    }
}
