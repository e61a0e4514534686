//! What the library has to say, for those who want to hear it.

use std::ffi::{c_char, c_void};

use voxline::ErrorKind;

use crate::boundary::{OK, call};
use crate::error::voxline_error;
use crate::listener;
use crate::status::voxline_status;

/// How important a line of the log is.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum voxline_log_level {
    /// Nothing: the log is off.
    VOXLINE_LOG_OFF = 0,
    /// What went wrong and has no other way to be told.
    VOXLINE_LOG_ERROR = 1,
    /// What somebody should look at: secrets that travel unencrypted, files left behind.
    VOXLINE_LOG_WARN = 2,
    /// What was tried again, and why.
    VOXLINE_LOG_INFO = 3,
    /// Every request: method, address without its query, status, time, sizes.
    VOXLINE_LOG_DEBUG = 4,
    /// More than that.
    VOXLINE_LOG_TRACE = 5,
}

/// Receives a line of the log: its voxline_log_level, the part of the library that speaks, such as "voxline_api::http", and
/// the text. Both texts live until it returns; neither holds a secret or a signed query.
///
/// It is called in whichever thread has something to say, in several at once. What the library would say to calls made from
/// here is dropped. It must return: no longjmp, no C++ exception.
pub type voxline_log_fn =
    Option<unsafe extern "C" fn(userdata: *mut c_void, level: i32, target: *const c_char, message: *const c_char)>;

/// Has lines up to a voxline_log_level handed to `log`, for the whole process, in place of what was set before. It is off
/// at first, and VOXLINE_LOG_OFF, with which `log` may be NULL, turns it off again.
///
/// When it returns, no thread is in the earlier function any more: what that used may be freed.
///
/// Errors: VOXLINE_INVALID_ARGUMENT for another level; VOXLINE_NULL_POINTER; VOXLINE_INVALID_STATE from within the function,
/// and if the process hears what Voxline says in another way (a `tracing` subscriber of Rust code that has Voxline linked
/// into it).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_log_set(
    level: i32,
    log: voxline_log_fn,
    userdata: *mut c_void,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_log_set", |door| {
            let filter = listener::filter(level)
                .ok_or_else(|| door.error(ErrorKind::InvalidArgument, format!("{level} is no voxline_log_level")))?;
            let sink = match log {
                _ if filter == listener::OFF => None,
                None => return Err(door.error(ErrorKind::NullPointer, "log is NULL")),
                Some(log) => Some(listener::Sink { log, userdata, level }),
            };
            listener::set(sink).map_err(|what| door.error(ErrorKind::InvalidState, what))?;
            OK
        })
    }
}

/// Turns the log off if it is handed to this very `log` with this very `userdata`; VOXLINE_END if it is not, and nothing is
/// changed: whoever gives up a function does not silence the one that was set after it.
///
/// When it returns, no thread is in the function with this userdata any more: what that used may be freed.
///
/// Errors: VOXLINE_NULL_POINTER; VOXLINE_INVALID_STATE from within a log function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_log_clear(
    log: voxline_log_fn,
    userdata: *mut c_void,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_log_clear", |door| {
            let log = door.callback(log, "log")?;
            match listener::clear(log, userdata).map_err(|what| door.error(ErrorKind::InvalidState, what))? {
                true => OK,
                false => Ok(voxline_status::VOXLINE_END),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    unsafe extern "C" fn ignore(_: *mut c_void, _: i32, _: *const c_char, _: *const c_char) {}

    #[test]
    fn who_listens_already_is_not_pushed_aside() {
        tracing::subscriber::set_global_default(tracing::subscriber::NoSubscriber::default()).unwrap();
        let (level, mut err) = (voxline_log_level::VOXLINE_LOG_WARN as i32, std::ptr::null_mut());
        // SAFETY: `err` is a local variable, and the function takes whatever comes.
        unsafe {
            let status = voxline_log_set(level, Some(ignore), std::ptr::null_mut(), &raw mut err);
            assert_eq!(status, ErrorKind::InvalidState.code());
            let message = std::ffi::CStr::from_ptr(crate::voxline_error_message(err)).to_str().unwrap();
            assert!(message.contains("in another way already"), "{message}");
            crate::voxline_error_free(err);
            // Silence needs nobody who listens.
            assert_eq!(voxline_log_set(0, None, std::ptr::null_mut(), std::ptr::null_mut()), 0);
        }
    }
}
