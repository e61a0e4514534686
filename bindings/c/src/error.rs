//! Error objects.

use std::ffi::{CString, c_char};
use std::ptr::null;

use serde_json::{Value, json};
use voxline::{Error, Retry};

use crate::boundary::{c_text, free, peek};
use crate::handle::shared;
use crate::status::voxline_status;

shared!(voxline_error);

/// What went wrong, in detail. It is the caller's and freed with voxline_error_free().
///
/// Neither a secret nor a signed URL is ever in it. An error is never changed: threads may read it together.
#[derive(Debug)]
pub struct voxline_error {
    status: i32,
    message: CString,
    operation: CString,
    context: CString,
    retry: voxline_retry,
    retry_after_ms: u64,
    service: Option<ServiceText>,
}

#[derive(Debug)]
struct ServiceText {
    name: CString,
    http_status: i32,
    code: Option<CString>,
    message: Option<CString>,
    request_id: Option<CString>,
}

/// Whether doing the same again can help.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum voxline_retry {
    /// Permanent: the same call will fail again.
    VOXLINE_RETRY_NO = 0,
    /// Transient: the same call may succeed later.
    VOXLINE_RETRY_YES = 1,
    /// Transient, and the server said how long to wait: voxline_error_retry_after_ms().
    VOXLINE_RETRY_AFTER = 2,
    /// The request may have taken effect: repeating it may do the work, and cost the money, twice.
    VOXLINE_RETRY_UNKNOWN = 3,
}

impl voxline_error {
    pub(crate) fn new(error: &Error) -> Self {
        let (retry, retry_after_ms) = match error.retry() {
            Retry::No => (voxline_retry::VOXLINE_RETRY_NO, 0),
            Retry::After(wait) => {
                (voxline_retry::VOXLINE_RETRY_AFTER, u64::try_from(wait.as_millis()).unwrap_or(u64::MAX))
            }
            Retry::Unknown => (voxline_retry::VOXLINE_RETRY_UNKNOWN, 0),
            // `Yes`, and whatever finer form of it comes later.
            _ => (voxline_retry::VOXLINE_RETRY_YES, 0),
        };
        let service = error.service().map(|fault| ServiceText {
            name: c_text(fault.service),
            http_status: fault.http_status.map_or(0, i32::from),
            code: fault.code.as_deref().map(c_text),
            message: fault.message.as_deref().map(c_text),
            request_id: fault.request_id.as_deref().map(c_text),
        });
        Self {
            status: error.kind().code(),
            message: c_text(&error.to_string()),
            operation: c_text(error.op()),
            context: c_text(error.context()),
            retry,
            retry_after_ms,
            service,
        }
    }
}

/// An error as a part of a structured result: what the functions below say of it, by the same names.
pub(crate) fn to_json(error: &Error) -> Value {
    let (retry, retry_after_ms) = match error.retry() {
        Retry::No => ("no", None),
        Retry::After(wait) => ("after", Some(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX))),
        Retry::Unknown => ("unknown", None),
        _ => ("yes", None),
    };
    let service = error.service();
    json!({
        "status": error.kind().code(),
        "message": error.to_string(),
        "operation": error.op(),
        "context": error.context(),
        "retry": retry,
        "retry_after_ms": retry_after_ms,
        "service": service.map(|fault| fault.service),
        "http_status": service.and_then(|fault| fault.http_status),
        "service_code": service.and_then(|fault| fault.code.as_deref()),
        "service_message": service.and_then(|fault| fault.message.as_deref()),
        "request_id": service.and_then(|fault| fault.request_id.as_deref()),
    })
}

/// An error cannot be copied, because its cause cannot; what C sees of it can.
pub(crate) fn once_more(error: &Error) -> Error {
    let copy = Error::new(error.kind(), error.op(), error.context()).with_retry(error.retry());
    match error.service() {
        Some(fault) => copy.with_service(fault.clone()),
        None => copy,
    }
}

/// Frees an error. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_error_free(error: *mut voxline_error) {
    // SAFETY: as the header says.
    unsafe { free(error) }
}

/// The status that came with the error; VOXLINE_OK for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_error_status(error: *const voxline_error) -> i32 {
    // SAFETY: as the header says.
    unsafe { peek(error, voxline_status::VOXLINE_OK as i32, |e| e.status) }
}

/// One line for people: kind, operation, what happened, what to do. It lives as long as the error; "" for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_error_message(error: *const voxline_error) -> *const c_char {
    // SAFETY: as the header says.
    unsafe { peek(error, c"".as_ptr(), |e| e.message.as_ptr()) }
}

/// The operation that failed. It lives as long as the error; "" for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_error_operation(error: *const voxline_error) -> *const c_char {
    // SAFETY: as the header says.
    unsafe { peek(error, c"".as_ptr(), |e| e.operation.as_ptr()) }
}

/// What happened, where and what to do, without kind and operation. It lives as long as the error; "" for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_error_context(error: *const voxline_error) -> *const c_char {
    // SAFETY: as the header says.
    unsafe { peek(error, c"".as_ptr(), |e| e.context.as_ptr()) }
}

/// A voxline_retry: whether doing the same again can help. VOXLINE_RETRY_NO for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_error_retry(error: *const voxline_error) -> i32 {
    // SAFETY: as the header says.
    unsafe { peek(error, voxline_retry::VOXLINE_RETRY_NO as i32, |e| e.retry as i32) }
}

/// How long to wait under VOXLINE_RETRY_AFTER, in milliseconds; else 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_error_retry_after_ms(error: *const voxline_error) -> u64 {
    // SAFETY: as the header says.
    unsafe { peek(error, 0, |e| e.retry_after_ms) }
}

/// The service that failed: "chat", "recording", "transcription"; NULL when none was involved.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_error_service(error: *const voxline_error) -> *const c_char {
    // SAFETY: as the header says.
    unsafe { peek(error, null(), |e| e.service.as_ref().map_or(null(), |s| s.name.as_ptr())) }
}

/// The HTTP status of the service's answer; 0 when there was none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_error_http_status(error: *const voxline_error) -> i32 {
    // SAFETY: as the header says.
    unsafe { peek(error, 0, |e| e.service.as_ref().map_or(0, |s| s.http_status)) }
}

/// The service's own error code; NULL when it gave none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_error_service_code(error: *const voxline_error) -> *const c_char {
    // SAFETY: as the header says.
    unsafe { peek(error, null(), |e| text_of(e, |s| &s.code)) }
}

/// The service's own message, verbatim; NULL when it gave none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_error_service_message(error: *const voxline_error) -> *const c_char {
    // SAFETY: as the header says.
    unsafe { peek(error, null(), |e| text_of(e, |s| &s.message)) }
}

/// The id to quote to the service's support; NULL when there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_error_request_id(error: *const voxline_error) -> *const c_char {
    // SAFETY: as the header says.
    unsafe { peek(error, null(), |e| text_of(e, |s| &s.request_id)) }
}

fn text_of(error: &voxline_error, field: impl Fn(&ServiceText) -> &Option<CString>) -> *const c_char {
    let text = error.service.as_ref().and_then(|service| field(service).as_ref());
    text.map_or(null(), |text| text.as_ptr())
}
