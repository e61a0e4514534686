//! Base64 piece by piece.

use std::ffi::c_char;

use voxline::ErrorKind;
use voxline::payload::{Base64Encoder, base64_len};

use crate::boundary::{OK, call, free};
use crate::error::voxline_error;
use crate::handle::{Poison, changing};

changing!(voxline_base64);

/// Streaming base64 (RFC 4648 §4): standard alphabet, padded, no line breaks, the same text however the input is cut.
/// One thread at a time may use it.
#[derive(Debug)]
pub struct voxline_base64 {
    encoder: Base64Encoder,
    /// Bytes that do not fill a group of three yet: 0 to 2.
    carried: usize,
    text: Vec<u8>,
    poison: Poison,
}

/// The bytes that a buffer needs for the text of `size_bytes` bytes, whatever was pushed before, with a NUL; SIZE_MAX when
/// that is more than memory can hold.
#[unsafe(no_mangle)]
pub extern "C" fn voxline_base64_max(size_bytes: usize) -> usize {
    // Up to two bytes wait from before.
    let text = base64_len((size_bytes as u64).saturating_add(2)).saturating_add(1);
    usize::try_from(text).ok().filter(|bytes| isize::try_from(*bytes).is_ok()).unwrap_or(usize::MAX)
}

/// Makes an encoder; free it with voxline_base64_free().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_base64_new(base64: *mut *mut voxline_base64, err: *mut *mut voxline_error) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_base64_new", |door| {
            let encoder = Base64Encoder::new();
            let fresh = voxline_base64 { encoder, carried: 0, text: Vec::new(), poison: Poison::default() };
            door.out(base64, "base64")?.set_new(fresh);
            OK
        })
    }
}

/// Frees an encoder. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_base64_free(base64: *mut voxline_base64) {
    // SAFETY: as the header says.
    unsafe { free(base64) }
}

/// Writes the text of all whole groups of three bytes into `buffer`, without a NUL, and its length into `length`; what is
/// left waits for the next call. voxline_base64_max(size_bytes) is room enough.
///
/// Errors: VOXLINE_BUFFER_TOO_SMALL; nothing was taken then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_base64_push(
    base64: *mut voxline_base64,
    data: *const u8,
    size_bytes: usize,
    buffer: *mut c_char,
    capacity_bytes: usize,
    length: *mut usize,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_base64_push", |door| {
            let out = door.out(length, "length")?;
            let this = &mut *door.borrow_mut(base64, "base64")?;
            let data = door.slice(data, size_bytes, "data")?;
            let buffer = door.slice_mut(buffer.cast::<u8>(), capacity_bytes, "buffer")?;
            let whole = this.carried + data.len();
            let needed = whole / 3 * 4;
            if buffer.len() < needed {
                let context = format!("{needed} bytes are needed, the buffer has {}", buffer.len());
                return Err(door.error(ErrorKind::BufferTooSmall, context));
            }
            this.text.clear();
            this.encoder.push(data, &mut this.text);
            this.carried = whole % 3;
            door.fill(buffer, &this.text)?;
            out.set(this.text.len());
            OK
        })
    }
}

/// Writes the last group, padded, and a NUL into `buffer` (5 bytes are enough), the length without the NUL into `length`,
/// and starts anew.
///
/// Errors: VOXLINE_BUFFER_TOO_SMALL; nothing was changed then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_base64_finish(
    base64: *mut voxline_base64,
    buffer: *mut c_char,
    capacity_bytes: usize,
    length: *mut usize,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_base64_finish", |door| {
            let out = door.out(length, "length")?;
            let this = &mut *door.borrow_mut(base64, "base64")?;
            let buffer = door.slice_mut(buffer.cast::<u8>(), capacity_bytes, "buffer")?;
            this.text.clear();
            this.encoder.clone().finish(&mut this.text);
            let text_bytes = this.text.len();
            this.text.push(0);
            door.fill(buffer, &this.text)?;
            this.encoder = Base64Encoder::new();
            this.carried = 0;
            out.set(text_bytes);
            OK
        })
    }
}
