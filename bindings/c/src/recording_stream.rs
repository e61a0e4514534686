//! A recording that is read as it arrives.

use std::ffi::{CString, c_char};
use std::io::Read as _;
use std::ptr::null;

use voxline::recording::RecordingStream;
use voxline::{Error, ErrorKind};

use crate::boundary::{OK, c_text, call, free, peek};
use crate::cancel::{token, voxline_cancel};
use crate::error::voxline_error;
use crate::handle::{Alone, Poison, changing};
use crate::recording::{id, voxline_recording_client, voxline_recording_url};
use crate::settings::{settings_or_none, voxline_settings};
use crate::status::voxline_status;

changing!(voxline_recording_stream);

/// The bytes of a recording, read as they arrive. One thread at a time may use it.
#[derive(Debug)]
pub struct voxline_recording_stream {
    stream: Alone<RecordingStream>,
    content_type: Option<CString>,
    poison: Poison,
}

/// Finds a recording and begins to fetch it; free the stream with voxline_recording_stream_free(). `settings`
/// ("sub_user_id") and `cancel` may be NULL; `cancel` also ends reads that come later.
///
/// Errors: those of voxline_recording_locate(); VOXLINE_SERVICE if what comes is not audio; VOXLINE_LIMIT_EXCEEDED if it is
/// longer than the client's "max_audio_bytes".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_recording_open(
    client: *const voxline_recording_client,
    user_id: *const c_char,
    task_id: *const c_char,
    record_id: *const c_char,
    settings: *const voxline_settings,
    cancel: *const voxline_cancel,
    stream: *mut *mut voxline_recording_stream,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_recording_open", |door| {
            let out = door.out(stream, "stream")?;
            let client = &door.borrow(client, "client")?.client;
            let id = settings_or_none(door, settings)?.recording(id(door, user_id, task_id, record_id)?)?;
            out.set_new(voxline_recording_stream::new(client.open_with(&id, &token(door, cancel)?)?));
            OK
        })
    }
}

/// The same for a recording that was located.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_recording_open_url(
    client: *const voxline_recording_client,
    url: *const voxline_recording_url,
    cancel: *const voxline_cancel,
    stream: *mut *mut voxline_recording_stream,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_recording_open_url", |door| {
            let out = door.out(stream, "stream")?;
            let client = &door.borrow(client, "client")?.client;
            let url = &door.borrow(url, "url")?.url;
            out.set_new(voxline_recording_stream::new(client.open_url(url, &token(door, cancel)?)?));
            OK
        })
    }
}

impl voxline_recording_stream {
    fn new(stream: RecordingStream) -> Self {
        let content_type = stream.content_type().map(c_text);
        Self { stream: Alone::new(stream), content_type, poison: Poison::default() }
    }
}

/// Reads up to `capacity_bytes` into `buffer` and writes how many into `size_bytes`; VOXLINE_END with 0 when all that was
/// announced is there. A lost connection is not noticed: the rest is asked for. What is read can be pushed into a
/// voxline_preparer: memory stays bounded whatever the length.
///
/// Errors: those of voxline_recording_open(), and VOXLINE_BUFFER_TOO_SMALL for a capacity of 0. After any other error
/// reading fails with VOXLINE_INVALID_STATE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_recording_stream_read(
    stream: *mut voxline_recording_stream,
    buffer: *mut u8,
    capacity_bytes: usize,
    size_bytes: *mut usize,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_recording_stream_read", |door| {
            let out = door.out(size_bytes, "size_bytes")?;
            let mut held = door.borrow_mut(stream, "stream")?;
            let buffer = door.slice_mut(buffer, capacity_bytes, "buffer")?;
            if buffer.is_empty() {
                return Err(door.error(ErrorKind::BufferTooSmall, "the buffer has no bytes"));
            }
            let read = held.stream.get().read(buffer).map_err(|error| match error.downcast::<Error>() {
                Ok(error) => error,
                Err(other) => Error::io(door.function(), "recording", other),
            })?;
            out.set(read);
            Ok(if read == 0 { voxline_status::VOXLINE_END } else { voxline_status::VOXLINE_OK })
        })
    }
}

/// Gives the length of the whole recording in bytes; VOXLINE_END if the server did not say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_recording_stream_total(
    stream: *const voxline_recording_stream,
    total_bytes: *mut u64,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_recording_stream_total", |door| {
            let out = door.out(total_bytes, "total_bytes")?;
            match door.borrow(stream, "stream")?.stream.look().total_bytes() {
                Some(total) => out.set(total),
                None => return Ok(voxline_status::VOXLINE_END),
            }
            OK
        })
    }
}

/// How many bytes were read so far; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_recording_stream_position(stream: *const voxline_recording_stream) -> u64 {
    // SAFETY: as the header says.
    unsafe { peek(stream, 0, |stream| stream.stream.look().position_bytes()) }
}

/// What the server says about the format; NULL if nothing. It lives as long as the stream. The bytes are more reliable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_recording_stream_content_type(
    stream: *const voxline_recording_stream,
) -> *const c_char {
    // SAFETY: as the header says.
    unsafe { peek(stream, null(), |stream| stream.content_type.as_ref().map_or(null(), |text| text.as_ptr())) }
}

/// Frees a stream, read to its end or not. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_recording_stream_free(stream: *mut voxline_recording_stream) {
    // SAFETY: as the header says.
    unsafe { free(stream) }
}
