//! Structured results: JSON, and single values by key.

use std::collections::BTreeMap;
use std::ffi::{CString, c_char};
use std::fmt;

use serde_json::Value;
use voxline::{Error, ErrorKind, Result};

use crate::boundary::{Door, News, OK, Out, c_text, call, free};
use crate::error::voxline_error;
use crate::handle::shared;
use crate::status::voxline_status;

shared!(voxline_json);

/// What a service or a ledger says, field by field. It is never changed: threads may read it together.
#[derive(Debug)]
pub struct voxline_json {
    view: View,
}

impl voxline_json {
    pub(crate) fn new(value: Value) -> Self {
        Self { view: View::new(value) }
    }
}

/// A value in the forms that C reads.
pub(crate) struct View {
    value: Value,
    json: CString,
    texts: BTreeMap<String, CString>,
}

impl fmt::Debug for View {
    /// Without content, which may hold signed links.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View").finish_non_exhaustive()
    }
}

impl View {
    pub(crate) fn new(value: Value) -> Self {
        let json = c_text(&value.to_string());
        let mut texts = BTreeMap::new();
        gather_texts(&value, String::new(), &mut texts);
        Self { value, json, texts }
    }

    /// All of it as one line, for as long as this lives.
    pub(crate) fn text(&self) -> *const c_char {
        self.json.as_ptr()
    }

    pub(crate) fn whole_number(&self, door: Door, key: &str, out: Out<u64>) -> News {
        let read = |value: &Value| value.as_u64().or_else(|| value.as_bool().map(u64::from));
        self.give(door, key, out, "whole number", read)
    }

    pub(crate) fn number(&self, door: Door, key: &str, out: Out<f64>) -> News {
        self.give(door, key, out, "number", Value::as_f64)
    }

    pub(crate) fn length(&self, door: Door, key: &str, out: Out<usize>) -> News {
        self.give(door, key, out, "list", |value| value.as_array().map(Vec::len))
    }

    pub(crate) fn text_at(&self, door: Door, key: &str, out: Out<*const c_char>) -> News {
        self.give(door, key, out, "text", |_| self.texts.get(key).map(|text| text.as_ptr()))
    }

    fn give<T>(&self, door: Door, key: &str, out: Out<T>, what: &str, read: impl Fn(&Value) -> Option<T>) -> News {
        let wrong_type = || door.error(ErrorKind::InvalidArgument, format!("\"{key}\" is no {what}"));
        match self.at(door, key)? {
            None => return Ok(voxline_status::VOXLINE_END),
            Some(value) => out.set(read(value).ok_or_else(wrong_type)?),
        }
        OK
    }

    /// The value at a key; `None` when it is not there for this one.
    fn at(&self, door: Door, key: &str) -> Result<Option<&Value>, Error> {
        let pointer = if key.is_empty() { String::new() } else { format!("/{}", key.replace('.', "/")) };
        match self.value.pointer(&pointer) {
            Some(Value::Null) => Ok(None),
            Some(value) => Ok(Some(value)),
            None => Err(door.error(ErrorKind::InvalidArgument, format!("there is no \"{key}\""))),
        }
    }
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

/// Frees it. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_json_free(json: *mut voxline_json) {
    // SAFETY: as the header says.
    unsafe { free(json) }
}

/// Gives all of it as JSON in one line, with a NUL; it lives as long as `json`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_json_text(
    json: *const voxline_json,
    text: *mut *const c_char,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_json_text", |door| {
            let out = door.out(text, "text")?;
            out.set(door.borrow(json, "json")?.view.text());
            OK
        })
    }
}

/// Gives a whole number or a truth value (0 or 1) by its place: "known", "0.attempts", "0.error.status".
///
/// VOXLINE_END: it is null, which is how fields say that there is nothing.
///
/// Errors: VOXLINE_INVALID_ARGUMENT for a key that is not there or is no whole number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_json_get_i64(
    json: *const voxline_json,
    key: *const c_char,
    value: *mut i64,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_json_get_i64", |door| {
            let (out, json) = (door.out(value, "value")?, door.borrow(json, "json")?);
            let read = |value: &Value| value.as_i64().or_else(|| value.as_bool().map(i64::from));
            json.view.give(door, door.text(key, "key")?, out, "whole number", read)
        })
    }
}

/// Gives a number by its place. Otherwise as voxline_json_get_i64().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_json_get_f64(
    json: *const voxline_json,
    key: *const c_char,
    value: *mut f64,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_json_get_f64", |door| {
            let (out, json) = (door.out(value, "value")?, door.borrow(json, "json")?);
            json.view.number(door, door.text(key, "key")?, out)
        })
    }
}

/// Gives a text by its place: "request_id", "0.error.message". It lives as long as `json`. Otherwise as
/// voxline_json_get_i64().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_json_get_text(
    json: *const voxline_json,
    key: *const c_char,
    text: *mut *const c_char,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_json_get_text", |door| {
            let (out, json) = (door.out(text, "text")?, door.borrow(json, "json")?);
            json.view.text_at(door, door.text(key, "key")?, out)
        })
    }
}

/// Gives the length of a list; "" is the place of the whole. Otherwise as voxline_json_get_i64().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_json_length(
    json: *const voxline_json,
    key: *const c_char,
    length: *mut usize,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_json_length", |door| {
            let (out, json) = (door.out(length, "length")?, door.borrow(json, "json")?);
            json.view.length(door, door.text(key, "key")?, out)
        })
    }
}
