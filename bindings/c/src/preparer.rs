//! The streaming path: push, pull, finish.

use voxline::{Error, ErrorKind, Preparer, Result};

use crate::boundary::{Door, OK, call, free};
use crate::error::voxline_error;
use crate::handle::{Alone, Poison, changing};
use crate::options::{options_or_defaults, voxline_options};
use crate::report::voxline_report;
use crate::status::voxline_status;

changing!(voxline_preparer);

/// Converts audio while it arrives. One thread at a time may use it.
pub struct voxline_preparer {
    preparer: Alone<Preparer>,
    /// Nothing more comes: it was finished, or it failed.
    is_over: bool,
    /// What was pulled and did not fit into the caller's buffer, one entry an output.
    bytes: Vec<Pending<u8>>,
    samples: Vec<Pending<i16>>,
    poison: Poison,
}

/// The rest of one pull, handed out from the front.
struct Pending<T> {
    values: Vec<T>,
    taken: usize,
    /// Only whole groups of this many values are handed out.
    unit: usize,
}

impl<T: Copy> Pending<T> {
    fn rest(&self) -> &[T] {
        self.values.get(self.taken..).unwrap_or_default()
    }

    fn take(&mut self, door: Door, buffer: &mut [T]) -> Result<usize> {
        let rest = self.rest();
        let count = rest.len().min(buffer.len()) / self.unit * self.unit;
        if count == 0 && !rest.is_empty() {
            let context =
                format!("the buffer has {}, but {} are the least that is handed out", buffer.len(), self.unit);
            return Err(door.error(ErrorKind::BufferTooSmall, context));
        }
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        self.taken += count;
        Ok(count)
    }
}

/// Hands out what is pending of output `index`; when that is nothing, pulls first. `pull` appends and tells how many
/// groups of values that were.
fn hand_out<T: Copy>(
    door: Door,
    preparer: &mut Preparer,
    list: &mut Vec<Pending<T>>,
    (index, buffer): (usize, &mut [T]),
    pull: impl FnOnce(&mut Preparer, usize, &mut Vec<T>) -> Result<usize>,
) -> Result<usize> {
    if list.get(index).is_none_or(|pending| pending.rest().is_empty()) {
        let mut values = list.get_mut(index).map(|pending| std::mem::take(&mut pending.values)).unwrap_or_default();
        values.clear();
        let groups = pull(preparer, index, &mut values)?;
        // It may only now be known how many outputs there are.
        list.resize_with(preparer.outputs().unwrap_or(0), || Pending { values: Vec::new(), taken: 0, unit: 1 });
        let Some(pending) = list.get_mut(index) else { return Ok(0) };
        let unit = values.len().checked_div(groups).unwrap_or(1).max(1);
        *pending = Pending { values, taken: 0, unit };
    }
    list.get_mut(index).map_or(Ok(0), |pending| pending.take(door, buffer))
}

impl voxline_preparer {
    fn keep_state<T>(&mut self, result: Result<T>) -> Result<T> {
        // A wrong argument is the only error that does no harm.
        let is_harmless = |e: &Error| matches!(e.kind(), ErrorKind::InvalidArgument | ErrorKind::BufferTooSmall);
        self.is_over |= result.as_ref().is_err_and(|e| !is_harmless(e));
        result
    }

    fn news(&self, ready: usize) -> voxline_status {
        match (ready, self.is_over) {
            (0, true) => voxline_status::VOXLINE_END,
            (0, false) => voxline_status::VOXLINE_NEED_MORE,
            _ => voxline_status::VOXLINE_OK,
        }
    }
}

/// Makes a preparer for one input; `options` may be NULL for the defaults. Free it with voxline_preparer_free().
///
/// Push input in pieces of any size and pull after each push until VOXLINE_NEED_MORE comes; finish, and pull until
/// VOXLINE_END. The same input gives the same output however it is cut. Memory stays bounded when what is ready is
/// pulled; WAV as base64 is held back to the end, because its header states a length.
///
/// Errors: VOXLINE_INVALID_ARGUMENT when the options are not valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_preparer_new(
    options: *const voxline_options,
    preparer: *mut *mut voxline_preparer,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_preparer_new", |door| {
            let out = door.out(preparer, "preparer")?;
            let preparer = Alone::new(Preparer::new(&options_or_defaults(door, options)?)?);
            let (bytes, samples) = (Vec::new(), Vec::new());
            out.set_new(voxline_preparer { preparer, is_over: false, bytes, samples, poison: Poison::default() });
            OK
        })
    }
}

/// Frees a preparer. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_preparer_free(preparer: *mut voxline_preparer) {
    // SAFETY: as the header says.
    unsafe { free(preparer) }
}

/// Takes the next bytes of the input.
///
/// Errors: what is wrong with the input (VOXLINE_UNSUPPORTED_FORMAT, VOXLINE_MALFORMED_INPUT and, under input.strict,
/// VOXLINE_TRUNCATED_INPUT), VOXLINE_LIMIT_EXCEEDED, and VOXLINE_INVALID_STATE after finish or an error. What was ready
/// before the error can still be pulled.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_preparer_push(
    preparer: *mut voxline_preparer,
    data: *const u8,
    size_bytes: usize,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_preparer_push", |door| {
            let this = &mut *door.borrow_mut(preparer, "preparer")?;
            let pushed = this.preparer.get().push(door.slice(data, size_bytes, "data")?);
            this.keep_state(pushed)?;
            OK
        })
    }
}

/// Ends the input: what is left can then be pulled. `report` may be NULL; else free it with voxline_report_free().
///
/// Errors: those of voxline_preparer_push().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_preparer_finish(
    preparer: *mut voxline_preparer,
    report: *mut *mut voxline_report,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_preparer_finish", |door| {
            let out = door.optional_out(report, "report")?;
            let this = &mut *door.borrow_mut(preparer, "preparer")?;
            let finished = this.preparer.get().finish();
            let report = this.keep_state(finished)?;
            this.is_over = true;
            if let Some(out) = out {
                out.set_new(voxline_report::new(report));
            }
            OK
        })
    }
}

/// Gives how many outputs there are: 1, or the channels of the input when target.channels is split. VOXLINE_NEED_MORE
/// until that is known.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_preparer_outputs(
    preparer: *const voxline_preparer,
    outputs: *mut usize,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_preparer_outputs", |door| {
            let out = door.out(outputs, "outputs")?;
            match door.borrow(preparer, "preparer")?.preparer.look().outputs() {
                Some(outputs) => out.set(outputs),
                None => return Ok(voxline_status::VOXLINE_NEED_MORE),
            }
            OK
        })
    }
}

/// Fills `buffer` with bytes of output number `output` (from 0) that are ready, as target.encoding and target.base64 say,
/// and writes how many into `size_bytes`.
///
/// With VOXLINE_OK there is at least one byte and there may be more; VOXLINE_NEED_MORE and VOXLINE_END come with 0.
/// WAV starts with a header whose sizes are 0xFFFFFFFF: put the one of voxline_preparer_wav_header() over it at the end
/// where the output can be rewritten.
///
/// Errors: VOXLINE_INVALID_ARGUMENT for an output that does not exist, VOXLINE_BUFFER_TOO_SMALL when something is ready and
/// `capacity_bytes` is 0, and those of voxline_preparer_push(), because input that did not fit is decoded here.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_preparer_pull(
    preparer: *mut voxline_preparer,
    output: usize,
    buffer: *mut u8,
    capacity_bytes: usize,
    size_bytes: *mut usize,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_preparer_pull", |door| {
            let out = door.out(size_bytes, "size_bytes")?;
            let this = &mut *door.borrow_mut(preparer, "preparer")?;
            let buffer = door.slice_mut(buffer, capacity_bytes, "buffer")?;
            let wanted = (output, buffer);
            let pulled = hand_out(door, this.preparer.get(), &mut this.bytes, wanted, |preparer, index, out| {
                preparer.pull(index, out)
            });
            let ready = this.keep_state(pulled)?;
            out.set(ready);
            Ok(this.news(ready))
        })
    }
}

/// Fills `buffer` with samples of output number `output` (from 0) that are ready, interleaved, whole frames only, and
/// writes how many samples into `count`. Otherwise as voxline_preparer_pull(); use only one of the two on
/// one output: each takes what is ready.
///
/// Errors: as there; VOXLINE_BUFFER_TOO_SMALL when not even one frame fits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_preparer_pull_s16(
    preparer: *mut voxline_preparer,
    output: usize,
    buffer: *mut i16,
    capacity_samples: usize,
    count: *mut usize,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_preparer_pull_s16", |door| {
            let out = door.out(count, "count")?;
            let this = &mut *door.borrow_mut(preparer, "preparer")?;
            let buffer = door.slice_mut(buffer, capacity_samples, "buffer")?;
            let wanted = (output, buffer);
            let pulled = hand_out(door, this.preparer.get(), &mut this.samples, wanted, |preparer, index, out| {
                preparer.pull_s16(index, out)
            });
            let ready = this.keep_state(pulled)?;
            out.set(ready);
            Ok(this.news(ready))
        })
    }
}

/// Writes the final WAV header of each output into `buffer` and its size into `size_bytes`; VOXLINE_END when there is none:
/// before finish, or when the target is not WAV or is base64. 68 bytes are enough.
///
/// Errors: VOXLINE_BUFFER_TOO_SMALL; VOXLINE_LIMIT_EXCEEDED past 4 GiB.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_preparer_wav_header(
    preparer: *const voxline_preparer,
    buffer: *mut u8,
    capacity_bytes: usize,
    size_bytes: *mut usize,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_preparer_wav_header", |door| {
            let out = door.out(size_bytes, "size_bytes")?;
            let this = door.borrow(preparer, "preparer")?;
            let buffer = door.slice_mut(buffer, capacity_bytes, "buffer")?;
            let Some(header) = this.preparer.look().wav_header()? else { return Ok(voxline_status::VOXLINE_END) };
            door.fill(buffer, &header)?;
            out.set(header.len());
            OK
        })
    }
}
