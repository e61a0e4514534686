//! Splitting a recording while it arrives: push, pull, finish.

use voxline::{Result, Splitter};

use crate::boundary::{OK, call, free};
use crate::error::voxline_error;
use crate::handle::{Alone, Poison, changing};
use crate::options::{options_or_defaults, voxline_options};
use crate::report::voxline_report;
use crate::split::voxline_part;
use crate::status::voxline_status;

changing!(voxline_splitter);

/// Splits a recording while it arrives. One thread at a time may use it.
pub struct voxline_splitter {
    splitter: Alone<Splitter>,
    /// Nothing more can be pushed: the input is over, or there was an error.
    is_over: bool,
    poison: Poison,
}

impl voxline_splitter {
    fn keep_state<T>(&mut self, result: Result<T>) -> Result<T> {
        self.is_over |= result.is_err();
        result
    }
}

/// Makes a splitter for one input; `options` may be NULL for the defaults. Free it with voxline_splitter_free().
///
/// Push input in pieces of any size and pull after each push until VOXLINE_NEED_MORE comes; end the input, pull until
/// VOXLINE_END, and finish. The same input gives the same parts however it is cut, and the first part is there before the
/// input ends. What is held is the samples of one part and about a second more, if what is ready is pulled; without any
/// limit there is only one part.
///
/// Errors: VOXLINE_INVALID_ARGUMENT when the options are not valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_splitter_new(
    options: *const voxline_options,
    splitter: *mut *mut voxline_splitter,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_splitter_new", |door| {
            let out = door.out(splitter, "splitter")?;
            let splitter = Alone::new(Splitter::new(&options_or_defaults(door, options)?)?);
            out.set_new(voxline_splitter { splitter, is_over: false, poison: Poison::default() });
            OK
        })
    }
}

/// Frees a splitter. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_splitter_free(splitter: *mut voxline_splitter) {
    // SAFETY: as the header says.
    unsafe { free(splitter) }
}

/// Takes the next bytes of the input.
///
/// Errors: what is wrong with the input, as voxline_preparer_push() says it, and VOXLINE_INVALID_STATE after the end of the
/// input or an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_splitter_push(
    splitter: *mut voxline_splitter,
    data: *const u8,
    size_bytes: usize,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_splitter_push", |door| {
            let this = &mut *door.borrow_mut(splitter, "splitter")?;
            let data = door.slice(data, size_bytes, "data")?;
            let pushed = this.splitter.get().push(data);
            this.keep_state(pushed)?;
            OK
        })
    }
}

/// Says that the input is over: what is left can then be pulled.
///
/// Errors: VOXLINE_INVALID_STATE after the end of the input or an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_splitter_end_input(
    splitter: *mut voxline_splitter,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_splitter_end_input", |door| {
            let this = &mut *door.borrow_mut(splitter, "splitter")?;
            this.splitter.get().end_input()?;
            this.is_over = true;
            OK
        })
    }
}

/// Gives the next part; free it with voxline_part_free(). VOXLINE_NEED_MORE when more has to be pushed, VOXLINE_END when this
/// was all; nothing is written then.
///
/// Errors: those of voxline_splitter_push(), because input that did not fit is decoded here, and those of
/// voxline_split_path() about options that do not fit the input.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_splitter_pull(
    splitter: *mut voxline_splitter,
    part: *mut *mut voxline_part,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_splitter_pull", |door| {
            let out = door.out(part, "part")?;
            let this = &mut *door.borrow_mut(splitter, "splitter")?;
            let pulled = this.splitter.get().pull();
            match this.keep_state(pulled)? {
                Some(part) => out.set_new(voxline_part::new(part)),
                None if this.is_over => return Ok(voxline_status::VOXLINE_END),
                None => return Ok(voxline_status::VOXLINE_NEED_MORE),
            }
            OK
        })
    }
}

/// Ends the input, if it is not over yet, and reports about the whole. Parts that were not pulled are made now and can be
/// pulled afterwards. `report` may be NULL; else free it with voxline_report_free().
///
/// Errors: those of voxline_splitter_pull(), and VOXLINE_INVALID_STATE when it was finished before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_splitter_finish(
    splitter: *mut voxline_splitter,
    report: *mut *mut voxline_report,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_splitter_finish", |door| {
            let out = door.optional_out(report, "report")?;
            let this = &mut *door.borrow_mut(splitter, "splitter")?;
            let finished = this.splitter.get().finish();
            let whole = this.keep_state(finished)?;
            this.is_over = true;
            if let Some(out) = out {
                out.set_new(voxline_report::new(whole));
            }
            OK
        })
    }
}
