//! Reports: JSON, and single values by key.

use std::ffi::c_char;
use std::sync::OnceLock;

use voxline::{Error, ErrorKind, Report, Result};

use crate::boundary::{OK, call, free};
use crate::error::voxline_error;
use crate::handle::shared;
use crate::json::View;

shared!(voxline_report);

/// What was found in the input, what was done and what was odd about it. It is never changed: threads may read it
/// together.
#[derive(Debug)]
pub struct voxline_report {
    report: Report,
    /// Made when it is asked for.
    view: OnceLock<View>,
}

impl voxline_report {
    pub(crate) fn new(report: Report) -> Self {
        Self { report, view: OnceLock::new() }
    }

    fn view(&self) -> Result<&View> {
        if let Some(view) = self.view.get() {
            return Ok(view);
        }
        let value = serde_json::to_value(&self.report);
        let value = value.map_err(|e| Error::new(ErrorKind::Internal, "report", e.to_string()))?;
        Ok(self.view.get_or_init(|| View::new(value)))
    }
}

/// Frees a report. NULL is fine. A report that belongs to another handle is freed with that and not here.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_report_free(report: *mut voxline_report) {
    // SAFETY: as the header says.
    unsafe { free(report) }
}

/// Gives the whole report as JSON in one line, with a NUL; it lives as long as the report.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_report_json(
    report: *const voxline_report,
    json: *mut *const c_char,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_report_json", |door| {
            let out = door.out(json, "json")?;
            out.set(door.borrow(report, "report")?.view()?.text());
            OK
        })
    }
}

/// Gives a whole number or a truth value (0 or 1) by its place in the JSON: "target.frames", "warnings.0.count".
///
/// VOXLINE_END: not known for this input, as "source.encoder_delay_frames" often is.
///
/// Errors: VOXLINE_INVALID_ARGUMENT for a key that is not there or is no whole number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_report_get_u64(
    report: *const voxline_report,
    key: *const c_char,
    value: *mut u64,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_report_get_u64", |door| {
            let (out, report) = (door.out(value, "value")?, door.borrow(report, "report")?);
            report.view()?.whole_number(door, door.text(key, "key")?, out)
        })
    }
}

/// Gives a number by its place in the JSON: "source.duration_s", "target.channels.0.peak_dbfs".
///
/// VOXLINE_END: not known for this input, as the level of silence is.
///
/// Errors: VOXLINE_INVALID_ARGUMENT for a key that is not there or is no number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_report_get_f64(
    report: *const voxline_report,
    key: *const c_char,
    value: *mut f64,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_report_get_f64", |door| {
            let (out, report) = (door.out(value, "value")?, door.borrow(report, "report")?);
            report.view()?.number(door, door.text(key, "key")?, out)
        })
    }
}

/// Gives a text by its place in the JSON: "source.codec", "warnings.0.message". It lives as long as the report.
///
/// Errors: VOXLINE_INVALID_ARGUMENT for a key that is not there or is no text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_report_get_text(
    report: *const voxline_report,
    key: *const c_char,
    text: *mut *const c_char,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_report_get_text", |door| {
            let (out, report) = (door.out(text, "text")?, door.borrow(report, "report")?);
            report.view()?.text_at(door, door.text(key, "key")?, out)
        })
    }
}

/// Gives the length of a list: "warnings", "source.channels", "target.channels".
///
/// Errors: VOXLINE_INVALID_ARGUMENT for a key that is not there or is no list.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_report_length(
    report: *const voxline_report,
    key: *const c_char,
    length: *mut usize,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_report_length", |door| {
            let (out, report) = (door.out(length, "length")?, door.borrow(report, "report")?);
            report.view()?.length(door, door.text(key, "key")?, out)
        })
    }
}
