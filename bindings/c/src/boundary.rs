//! The one door: every exported function runs its body here.
//!
//! A panic becomes a status, a NULL or misaligned pointer an error, and what a function gives back is written only when it
//! succeeded.

use std::any::Any;
use std::ffi::{CStr, CString, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::ptr::null_mut;

use voxline::{Error, ErrorKind, Result};

use crate::error::voxline_error;
use crate::handle::{Changing, Handle, Held};
use crate::status::voxline_status;

/// What a body gives back when nothing went wrong.
pub(crate) type News = Result<voxline_status>;

/// Shorthand for the end of most bodies.
pub(crate) const OK: News = Ok(voxline_status::VOXLINE_OK);

/// Runs the body of the exported function `function`.
///
/// `err` receives NULL or the error, whatever was in it before.
///
/// # Safety
///
/// `err` is NULL or may be written to.
pub(crate) unsafe fn call(
    err: *mut *mut voxline_error,
    function: &'static str,
    body: impl FnOnce(Door) -> News,
) -> i32 {
    if !err.is_aligned() {
        return ErrorKind::InvalidArgument.code();
    }
    // Putting an error into words is part of what may panic.
    let told = |outcome: News| match outcome {
        Ok(news) => (news as i32, null_mut()),
        Err(error) if err.is_null() => (error.kind().code(), null_mut()),
        Err(error) => (error.kind().code(), Box::into_raw(Box::new(voxline_error::new(&error)))),
    };
    let outcome = catch_unwind(AssertUnwindSafe(|| told(body(Door { function }))));
    let (status, object) = outcome.unwrap_or_else(|payload| told(Err(panic_error(function, payload))));
    if !err.is_null() {
        // SAFETY: the caller says that it may be written to, and it is aligned.
        unsafe { err.write(object) };
    }
    status
}

/// For what has no status to return: NULL, a panic, and a handle that an earlier panic left, give `otherwise`.
///
/// # Safety
///
/// `handle` is NULL or came from this library and was not freed.
pub(crate) unsafe fn peek<T: Handle, R>(handle: *const T, otherwise: R, look: impl FnOnce(&T) -> R) -> R {
    if handle.is_null() || !handle.is_aligned() {
        return otherwise;
    }
    // SAFETY: the caller says that it is a live handle.
    let handle = unsafe { &*handle };
    if handle.is_poisoned() {
        return otherwise;
    }
    sheltered(otherwise, || look(handle))
}

/// For what takes no handle either: a panic gives `otherwise`.
pub(crate) fn sheltered<R>(otherwise: R, look: impl FnOnce() -> R) -> R {
    catch_unwind(AssertUnwindSafe(look)).unwrap_or(otherwise)
}

/// Frees a handle; NULL is fine.
///
/// # Safety
///
/// `handle` is NULL or came from this library and was not freed.
pub(crate) unsafe fn free<T: Handle>(handle: *mut T) {
    if handle.is_null() || !handle.is_aligned() {
        return;
    }
    // SAFETY: handles are boxes, and the caller gives this one up.
    let handle = unsafe { Box::from_raw(handle) };
    // There is nobody to tell, and nothing left to save.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(handle)));
}

fn panic_error(function: &'static str, payload: Box<dyn Any + Send>) -> Error {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
    // Dropping what somebody panicked with may panic again.
    std::mem::forget(payload);
    Error::new(ErrorKind::Panic, function, text.unwrap_or_else(|| "no message".to_owned()))
}

/// Text for C: what stands behind a NUL would be lost, so each becomes a space.
pub(crate) fn c_text(text: &str) -> CString {
    CString::new(text.replace('\0', " ")).unwrap_or_default()
}

/// Arguments of one call, checked; errors name the function and the parameter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Door {
    function: &'static str,
}

impl Door {
    /// An error of this call.
    pub(crate) fn error(self, kind: ErrorKind, context: impl Into<String>) -> Error {
        Error::new(kind, self.function, context)
    }

    /// The name of the function.
    pub(crate) fn function(self) -> &'static str {
        self.function
    }

    fn check<T>(self, pointer: *const T, name: &str) -> Result<()> {
        if pointer.is_null() {
            return Err(self.error(ErrorKind::NullPointer, format!("{name} is NULL")));
        }
        if !pointer.is_aligned() {
            let context = format!("{name} is not aligned to {} bytes", align_of::<T>());
            return Err(self.error(ErrorKind::InvalidArgument, context));
        }
        Ok(())
    }

    /// A handle; one that a panic left half changed is refused.
    ///
    /// # Safety
    ///
    /// `pointer` is NULL, or points to a live `T` that nobody changes during the call.
    pub(crate) unsafe fn borrow<'a, T: Handle>(self, pointer: *const T, name: &str) -> Result<&'a T> {
        self.check(pointer, name)?;
        // SAFETY: the caller says so, and it is neither NULL nor misaligned.
        let handle = unsafe { &*pointer };
        self.check_whole(handle, name)?;
        Ok(handle)
    }

    /// A handle, to be changed; one that a panic left half changed is refused, and a panic before the end of the call is
    /// remembered.
    ///
    /// # Safety
    ///
    /// `pointer` is NULL, or points to a live `T` that nobody else uses during the call.
    pub(crate) unsafe fn borrow_mut<'a, T: Changing>(self, pointer: *mut T, name: &str) -> Result<Held<'a, T>> {
        self.check(pointer, name)?;
        // SAFETY: as above.
        let handle = unsafe { &mut *pointer };
        self.check_whole(handle, name)?;
        Ok(Held::new(handle))
    }

    fn check_whole(self, handle: &impl Handle, name: &str) -> Result<()> {
        if handle.is_poisoned() {
            let context = format!("an earlier call panicked while it changed {name}, which can only be freed now");
            return Err(self.error(ErrorKind::InvalidState, context));
        }
        Ok(())
    }

    /// A slice; NULL with length 0 is an empty one.
    ///
    /// # Safety
    ///
    /// `pointer` is NULL, or points to `length` values of `T` that nobody changes during the call.
    pub(crate) unsafe fn slice<'a, T>(self, pointer: *const T, length: usize, name: &str) -> Result<&'a [T]> {
        if length == 0 {
            return Ok(&[]);
        }
        self.check_range(pointer, length, name)?;
        // SAFETY: the caller says so; pointer and length are possible ones.
        Ok(unsafe { std::slice::from_raw_parts(pointer, length) })
    }

    /// A buffer to be written to; NULL with length 0 is an empty one.
    ///
    /// # Safety
    ///
    /// `pointer` is NULL, or points to `length` initialised values of `T` that nobody else uses during the call.
    pub(crate) unsafe fn slice_mut<'a, T>(self, pointer: *mut T, length: usize, name: &str) -> Result<&'a mut [T]> {
        if length == 0 {
            return Ok(&mut []);
        }
        self.check_range(pointer, length, name)?;
        // SAFETY: as above.
        Ok(unsafe { std::slice::from_raw_parts_mut(pointer, length) })
    }

    fn check_range<T>(self, pointer: *const T, length: usize, name: &str) -> Result<()> {
        self.check(pointer, name)?;
        let bytes = length.checked_mul(size_of::<T>()).filter(|bytes| isize::try_from(*bytes).is_ok());
        // A length such as (size_t)-1 is a slip, not memory.
        match bytes.and_then(|bytes| pointer.addr().checked_add(bytes)) {
            Some(_) => Ok(()),
            None => {
                let context = format!("{name} has a length of {length}, which is more than memory can hold");
                Err(self.error(ErrorKind::InvalidArgument, context))
            }
        }
    }

    /// Text that ends with NUL.
    ///
    /// # Safety
    ///
    /// `pointer` is NULL, or points to bytes that end with NUL and that nobody changes during the call.
    pub(crate) unsafe fn text<'a>(self, pointer: *const c_char, name: &str) -> Result<&'a str> {
        self.check(pointer, name)?;
        // SAFETY: the caller says so.
        let text = unsafe { CStr::from_ptr(pointer) };
        text.to_str().map_err(|_| self.error(ErrorKind::InvalidArgument, format!("{name} is not UTF-8")))
    }

    /// A path: on Unix any bytes, elsewhere UTF-8.
    ///
    /// # Safety
    ///
    /// As [`text`](Self::text).
    pub(crate) unsafe fn path(self, pointer: *const c_char, name: &str) -> Result<PathBuf> {
        self.check(pointer, name)?;
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStrExt as _;
            // SAFETY: as the caller says.
            let text = unsafe { CStr::from_ptr(pointer) };
            Ok(PathBuf::from(std::ffi::OsStr::from_bytes(text.to_bytes())))
        }
        #[cfg(not(unix))]
        {
            // SAFETY: as the caller says.
            unsafe { self.text(pointer, name) }.map(PathBuf::from)
        }
    }

    /// Copies `value` to the start of the caller's buffer.
    ///
    /// **Errors**: [`ErrorKind::BufferTooSmall`] with both sizes.
    pub(crate) fn fill(self, buffer: &mut [u8], value: &[u8]) -> Result<()> {
        let capacity = buffer.len();
        match buffer.get_mut(..value.len()) {
            Some(start) => {
                start.copy_from_slice(value);
                Ok(())
            }
            None => {
                let context = format!("{} bytes are needed, the buffer has {capacity}", value.len());
                Err(self.error(ErrorKind::BufferTooSmall, context))
            }
        }
    }

    /// A callback that must be there.
    pub(crate) fn callback<F>(self, function: Option<F>, name: &str) -> Result<F> {
        function.ok_or_else(|| self.error(ErrorKind::NullPointer, format!("{name} is NULL")))
    }

    /// A place for a result that is optional.
    ///
    /// # Safety
    ///
    /// As [`out`](Self::out).
    pub(crate) unsafe fn optional_out<T>(self, pointer: *mut T, name: &str) -> Result<Option<Out<T>>> {
        if pointer.is_null() {
            return Ok(None);
        }
        // SAFETY: as the caller says.
        unsafe { self.out(pointer, name) }.map(Some)
    }

    /// A place for a result, checked before the work begins and written when it is done.
    ///
    /// # Safety
    ///
    /// `pointer` is NULL or may be written to until the call ends.
    pub(crate) unsafe fn out<T>(self, pointer: *mut T, name: &str) -> Result<Out<T>> {
        self.check(pointer, name)?;
        Ok(Out(pointer))
    }
}

/// A place for a result; see [`Door::out`].
pub(crate) struct Out<T>(*mut T);

impl<T> Out<T> {
    /// Writes the result.
    pub(crate) fn set(self, value: T) {
        // SAFETY: `Door::out` checked it and its caller vouches for it.
        unsafe { self.0.write(value) };
    }
}

impl<T> Out<*mut T> {
    /// Hands a new handle over.
    pub(crate) fn set_new(self, value: T) {
        self.set(Box::into_raw(Box::new(value)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_comes_back_as_a_status_with_its_message() {
        let mut err = null_mut();
        // SAFETY: `err` is a local variable.
        let status = unsafe { call(&raw mut err, "test", |_| panic!("on purpose {}", 7)) };
        assert_eq!(status, ErrorKind::Panic.code());
        // SAFETY: it was just made.
        let message = unsafe { CStr::from_ptr(crate::voxline_error_message(err)) }.to_str().unwrap().to_owned();
        assert_eq!(message, "panic (test): on purpose 7");
        // SAFETY: it was just made.
        unsafe { crate::voxline_error_free(err) };
        // Without a place for the error, and with a payload that is no text.
        // SAFETY: NULL is allowed.
        assert_eq!(unsafe { call(null_mut(), "test", |_| std::panic::panic_any(7)) }, ErrorKind::Panic.code());
        let bytes = crate::voxline_bytes { bytes: Vec::new() };
        // SAFETY: the handle is a local variable.
        assert_eq!(unsafe { peek(&raw const bytes, 5, |_| panic!("on purpose")) }, 5);
    }

    #[test]
    fn success_leaves_no_error_behind() {
        let mut err = std::ptr::dangling_mut();
        // SAFETY: `err` is a local variable.
        assert_eq!(unsafe { call(&raw mut err, "test", |_| Ok(voxline_status::VOXLINE_END)) }, 1);
        assert!(err.is_null());
    }

    #[test]
    fn pointers_and_lengths_that_cannot_be_are_refused() {
        let door = Door { function: "test" };
        let words = [1_u32, 2];
        let crooked = words.as_ptr().wrapping_byte_add(1);
        // SAFETY: none of these is followed but the last.
        unsafe {
            let kind = |result: Result<&[u32]>| result.unwrap_err().kind();
            assert_eq!(kind(door.slice(std::ptr::null(), 1, "words")), ErrorKind::NullPointer);
            assert_eq!(kind(door.slice(crooked, 1, "words")), ErrorKind::InvalidArgument);
            for length in [usize::MAX, usize::MAX / 4, isize::MAX as usize / 4 + 1] {
                assert_eq!(kind(door.slice(words.as_ptr(), length, "words")), ErrorKind::InvalidArgument);
            }
            assert_eq!(door.slice::<u32>(std::ptr::null(), 0, "words").unwrap(), [0; 0]);
            assert_eq!(door.slice(words.as_ptr(), 2, "words").unwrap(), [1, 2]);
        }
    }
}
