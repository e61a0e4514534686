//! Reports: JSON, and single values by key.

use std::collections::BTreeMap;
use std::ffi::{CString, c_char};
use std::sync::OnceLock;

use serde_json::Value;
use voxline::{Error, ErrorKind, Report, Result};

use crate::boundary::{Door, News, OK, c_text, call, free};
use crate::error::voxline_error;
use crate::status::voxline_status;

/// What was found in the input, what was done and what was odd about it. It is never changed: threads may read it
/// together.
#[derive(Debug)]
pub struct voxline_report {
    report: Report,
    view: OnceLock<View>,
}

/// The report in the forms that C reads; made when it is asked for.
#[derive(Debug)]
struct View {
    value: Value,
    json: CString,
    texts: BTreeMap<String, CString>,
}

impl voxline_report {
    pub(crate) fn new(report: Report) -> Self {
        Self { report, view: OnceLock::new() }
    }

    fn view(&self) -> Result<&View> {
        if let Some(view) = self.view.get() {
            return Ok(view);
        }
        let failed = |e: serde_json::Error| Error::new(ErrorKind::Internal, "report", e.to_string());
        let value = serde_json::to_value(&self.report).map_err(failed)?;
        let json = c_text(&serde_json::to_string(&self.report).map_err(failed)?);
        let mut texts = BTreeMap::new();
        gather_texts(&value, String::new(), &mut texts);
        Ok(self.view.get_or_init(|| View { value, json, texts }))
    }
}

/// The value at a key; `None` when it is not there for this input.
fn at<'a>(door: Door, view: &'a View, key: &str) -> Result<Option<&'a Value>> {
    match view.value.pointer(&format!("/{}", key.replace('.', "/"))) {
        Some(Value::Null) => Ok(None),
        Some(value) => Ok(Some(value)),
        None => Err(door.error(ErrorKind::InvalidArgument, format!("the report has no \"{key}\""))),
    }
}

fn wrong_type(door: Door, key: &str, what: &str) -> Error {
    door.error(ErrorKind::InvalidArgument, format!("\"{key}\" is no {what}"))
}

fn gather_texts(value: &Value, key: String, texts: &mut BTreeMap<String, CString>) {
    let below = |name: &str| if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
    match value {
        Value::String(text) => {
            texts.insert(key, c_text(text));
        }
        Value::Object(fields) => fields.iter().for_each(|(name, value)| gather_texts(value, below(name), texts)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, value)| gather_texts(value, below(&i.to_string()), texts));
        }
        _ => {}
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
            out.set(door.borrow(report, "report")?.view()?.json.as_ptr());
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
            let read = |value: &Value| value.as_u64().or_else(|| value.as_bool().map(u64::from));
            get(door, report, key, value, "whole number", read)
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
    unsafe { call(err, "voxline_report_get_f64", |door| get(door, report, key, value, "number", Value::as_f64)) }
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
            let out = door.out(text, "text")?;
            let view = door.borrow(report, "report")?.view()?;
            let key = door.text(key, "key")?;
            match at(door, view, key)? {
                None => return Ok(voxline_status::VOXLINE_END),
                Some(_) => out.set(view.texts.get(key).ok_or_else(|| wrong_type(door, key, "text"))?.as_ptr()),
            }
            OK
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
            get(door, report, key, length, "list", |value| value.as_array().map(Vec::len))
        })
    }
}

/// # Safety
///
/// As the header says of the three pointers.
unsafe fn get<T>(
    door: Door,
    report: *const voxline_report,
    key: *const c_char,
    value: *mut T,
    what: &str,
    read: impl Fn(&Value) -> Option<T>,
) -> News {
    // SAFETY: as the caller says.
    let (out, view, key) =
        unsafe { (door.out(value, "value")?, door.borrow(report, "report")?.view()?, door.text(key, "key")?) };
    match at(door, view, key)? {
        None => return Ok(voxline_status::VOXLINE_END),
        Some(value) => out.set(read(value).ok_or_else(|| wrong_type(door, key, what))?),
    }
    OK
}
