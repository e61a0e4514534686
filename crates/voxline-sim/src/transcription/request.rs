//! One submission, understood.

use serde_json::Value;

use super::auth::TOO_FINE;
use super::codes::Refusal;
use super::url::HttpUrl;
use crate::clip::clip;
use crate::fields::{Object, type_name};

/// Every field that the vendor's page lists, in its order.
const KNOWN: &[&str] =
    &["timestamp", "file_link", "req_id", "enable_callback", "business_data", "callback_url", "return_mode"];

/// Longer ids and business data are an error; the page names no limit.
const MAX_ID_CHARS: usize = 256;
const MAX_DATA_BYTES: usize = 64 << 10;

/// A submission that kept every rule.
#[derive(Debug)]
pub(super) struct Submission {
    pub(super) req_id: String,
    pub(super) file_link: String,
    pub(super) business_data: Option<String>,
    /// Where the result is pushed to; `None`: it is pulled.
    pub(super) callback: Option<HttpUrl>,
}

impl Submission {
    /// Checks every field.
    pub(super) fn read(body: &[u8], refuse_unknown: bool, now_s: u64, window_s: u64) -> Result<Self, Refusal> {
        let fields = Object::parse(body).map_err(Refusal::body)?;
        if let Some(name) = fields.unknown(KNOWN).filter(|_| refuse_unknown) {
            return Err(Refusal::body(format!("{} is not a field of this call", clip(name))));
        }
        check_time(integer(&fields, "timestamp")?.ok_or_else(|| Refusal::missing("timestamp"))?, now_s, window_s)?;
        let file_link = required(&fields, "file_link")?;
        HttpUrl::parse(file_link).map_err(|why| Refusal::body(format!("file_link: {why}")))?;
        let req_id = required(&fields, "req_id")?;
        if req_id.chars().count() > MAX_ID_CHARS {
            return Err(Refusal::body(format!("req_id is longer than {MAX_ID_CHARS} characters")));
        }
        match fields.get("enable_callback") {
            Some(Value::Bool(true)) => {}
            Some(Value::Bool(false)) => return Err(Refusal::body("enable_callback must be true, in pull mode too")),
            None => return Err(Refusal::missing("enable_callback")),
            Some(other) => return Err(wrong("enable_callback", "a boolean", other)),
        }
        let business_data = text(&fields, "business_data")?;
        if business_data.is_some_and(|data| data.len() > MAX_DATA_BYTES) {
            return Err(Refusal::body(format!("business_data is longer than {MAX_DATA_BYTES} bytes")));
        }
        let callback = callback(&fields)?;
        let owned = |text: &str| text.to_owned();
        let (req_id, file_link, business_data) = (owned(req_id), owned(file_link), business_data.map(owned));
        Ok(Self { req_id, file_link, business_data, callback })
    }
}

fn check_time(timestamp: i64, now_s: u64, window_s: u64) -> Result<(), Refusal> {
    let Ok(timestamp) = u64::try_from(timestamp) else { return Err(Refusal::body("timestamp is negative")) };
    if timestamp >= TOO_FINE {
        return Err(Refusal::body("timestamp is in milliseconds; seconds are needed"));
    }
    if timestamp.abs_diff(now_s) > window_s {
        let why = format!("timestamp {timestamp} lies more than {window_s} s from the server's clock, {now_s}");
        return Err(Refusal::body(why));
    }
    Ok(())
}

/// The address for the result, when it is to be pushed.
fn callback(fields: &Object) -> Result<Option<HttpUrl>, Refusal> {
    let url = match text(fields, "callback_url")? {
        None => None,
        Some(url) => Some(HttpUrl::parse(url).map_err(|why| Refusal::body(format!("callback_url: {why}")))?),
    };
    match integer(fields, "return_mode")? {
        None | Some(0) => {}
        Some(1) => return Ok(None),
        Some(other) => return Err(Refusal::body(format!("return_mode: {other} is neither 0 nor 1"))),
    }
    let url = url.ok_or_else(|| Refusal::missing("callback_url, which push mode needs,"))?;
    if url.tls || url.loopback().is_none() {
        return Err(Refusal::body("callback_url: this simulator pushes to http on loopback only"));
    }
    Ok(Some(url))
}

fn integer(fields: &Object, name: &str) -> Result<Option<i64>, Refusal> {
    match fields.get(name) {
        None => Ok(None),
        Some(value) => value.as_i64().map(Some).ok_or_else(|| match value {
            Value::Number(number) => Refusal::body(format!("{name} must be an integer, found {number}")),
            other => wrong(name, "an integer", other),
        }),
    }
}

fn text<'a>(fields: &'a Object, name: &str) -> Result<Option<&'a str>, Refusal> {
    match fields.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(wrong(name, "a string", other)),
    }
}

/// A string that is there and not empty.
fn required<'a>(fields: &'a Object, name: &str) -> Result<&'a str, Refusal> {
    text(fields, name)?.filter(|text| !text.is_empty()).ok_or_else(|| Refusal::missing(name))
}

fn wrong(name: &str, wanted: &str, found: &Value) -> Refusal {
    Refusal::body(format!("{name} must be {wanted}, found {}", type_name(found)))
}
