//! Giving up calls from another thread.

use voxline::Result;
use voxline::chat::CancelToken;

use crate::boundary::{Door, OK, call, free, peek};
use crate::error::voxline_error;
use crate::handle::shared;

shared!(voxline_cancel);

/// Cancels calls, from any thread: give it to calls as `const voxline_cancel *` and cancel it elsewhere.
///
/// A call that is cancelled ends within a moment with VOXLINE_CANCELLED. One thing is finished first: a request that may
/// not be repeated (a submission, an utterance) and is being sent or answered. So for these VOXLINE_CANCELLED means that
/// nothing was done.
#[derive(Debug)]
pub struct voxline_cancel {
    token: CancelToken,
}

/// A token for one call; NULL stands for one that nobody cancels.
///
/// # Safety
///
/// As the header says of `cancel`.
pub(crate) unsafe fn token(door: Door, cancel: *const voxline_cancel) -> Result<CancelToken> {
    if cancel.is_null() {
        return Ok(CancelToken::new());
    }
    // SAFETY: as the header says.
    unsafe { door.borrow(cancel, "cancel") }.map(|cancel| cancel.token.child())
}

/// Makes a token that is not cancelled; free it with voxline_cancel_free() when no call uses it any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_cancel_new(cancel: *mut *mut voxline_cancel, err: *mut *mut voxline_error) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_cancel_new", |door| {
            door.out(cancel, "cancel")?.set_new(voxline_cancel { token: CancelToken::new() });
            OK
        })
    }
}

/// Cancels every call that uses it, for good.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_cancel_cancel(cancel: *const voxline_cancel, err: *mut *mut voxline_error) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_cancel_cancel", |door| {
            door.borrow(cancel, "cancel")?.token.cancel();
            OK
        })
    }
}

/// 1 if it was cancelled, else 0; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_cancel_is_cancelled(cancel: *const voxline_cancel) -> i32 {
    // SAFETY: as the header says.
    unsafe { peek(cancel, 0, |cancel| i32::from(cancel.token.is_cancelled())) }
}

/// Frees a token. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_cancel_free(cancel: *mut voxline_cancel) {
    // SAFETY: as the header says.
    unsafe { free(cancel) }
}
