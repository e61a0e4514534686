//! Bytes that a call brought.

use crate::boundary::{OK, call, free};
use crate::error::voxline_error;
use crate::handle::shared;

shared!(voxline_bytes);

/// Bytes that a call brought. They are never changed: threads may read them together.
#[derive(Debug)]
pub struct voxline_bytes {
    pub(crate) bytes: Vec<u8>,
}

/// Gives the bytes; they live as long as the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_bytes_data(
    bytes: *const voxline_bytes,
    data: *mut *const u8,
    size_bytes: *mut usize,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_bytes_data", |door| {
            let (data_out, size_out) = (door.out(data, "data")?, door.out(size_bytes, "size_bytes")?);
            let bytes = &door.borrow(bytes, "bytes")?.bytes;
            data_out.set(bytes.as_ptr());
            size_out.set(bytes.len());
            OK
        })
    }
}

/// Frees the bytes. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_bytes_free(bytes: *mut voxline_bytes) {
    // SAFETY: as the header says.
    unsafe { free(bytes) }
}
