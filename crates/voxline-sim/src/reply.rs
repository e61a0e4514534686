//! Answers, and what the ordered faults make of them.

mod payload;

pub(crate) use payload::{Pace, Payload};

use std::borrow::Cow;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HeaderName, RETRY_AFTER};
use axum::http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use crate::fault::{Due, Endpoint, Fault};
use crate::wire::WireHandle;

/// What the vendor's page says its answers carry.
pub(crate) const JSON: &str = "application/json;charset=UTF-8";

/// An answer before it meets its fault.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: Cow<'static, str>,
    pub(crate) headers: Vec<(HeaderName, String)>,
    pub(crate) body: Payload,
    pub(crate) pace: Option<Pace>,
}

impl Reply {
    /// A vendor's answer: always HTTP 200.
    pub(crate) fn json(value: &Value) -> Self {
        Self::new(200, JSON, value.to_string())
    }

    /// An error of the chat service.
    pub(crate) fn vendor_error(status: i32, description: &str) -> Self {
        Self::json(&error_body(Endpoint::Chat, status, description))
    }

    pub(crate) fn text(status: u16, text: &str) -> Self {
        Self::new(status, "text/plain;charset=UTF-8", text)
    }

    pub(crate) fn new(status: u16, content_type: impl Into<Cow<'static, str>>, body: impl Into<Payload>) -> Self {
        Self { status, content_type: content_type.into(), headers: Vec::new(), body: body.into(), pace: None }
    }

    #[must_use]
    pub(crate) fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let mut response = Response::new(self.body.into_body(self.pace));
        // Statuses come from constants, settings and plans; a setting may be nonsense.
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = std::iter::once((CONTENT_TYPE, self.content_type.into_owned())).chain(self.headers);
        for (name, value) in headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().append(name, value);
            }
        }
        response
    }

    /// What `fault` makes of the answer of `endpoint`, as far as it is not a matter of the connection.
    pub(crate) fn spoiled(self, endpoint: Endpoint, fault: Option<Fault>) -> Self {
        match fault {
            Some(Fault::Http { status, retry_after_s }) => {
                let reply = Self::text(status, &format!("simulated HTTP {status}"));
                match retry_after_s {
                    Some(seconds) => reply.with(RETRY_AFTER, seconds.to_string()),
                    None => reply,
                }
            }
            Some(Fault::Garbage) => Self::new(200, JSON, GARBAGE),
            Some(Fault::Html) => Self::new(200, "text/html;charset=UTF-8", PAGE.as_bytes()),
            Some(Fault::VendorStatus(code)) => Self::json(&error_body(endpoint, code, "simulated vendor status")),
            Some(Fault::WrongType) => Self { content_type: wrong_type(endpoint).into(), ..self },
            Some(Fault::UnknownFields) => match self.body.bytes().and_then(|b| serde_json::from_slice(b).ok()) {
                Some(value) => Self { body: add_unknown(value, endpoint).to_string().into(), ..self },
                None => self,
            },
            Some(Fault::Slow { bytes, every_ms }) => {
                let bytes = usize::try_from(bytes).unwrap_or(usize::MAX).max(1);
                Self { pace: Some(Pace { bytes, every: Duration::from_millis(u64::from(every_ms)) }), ..self }
            }
            None | Some(Fault::ExpireTokens | Fault::Drop | Fault::Reset | Fault::Truncate { .. }) => self,
        }
    }

    /// HTTP status and bytes of body that `fault` lets onto the connection; `None`: not even the head.
    pub(crate) fn sent(&self, fault: Option<Fault>) -> (Option<u16>, u64) {
        match fault {
            Some(Fault::Drop | Fault::Reset) => (None, 0),
            Some(Fault::Truncate { keep_bytes }) => (Some(self.status), kept(self.body.len(), keep_bytes)),
            _ => (Some(self.status), self.body.len()),
        }
    }
}

/// Neither JSON nor UTF-8.
pub(crate) const GARBAGE: &[u8] = b"\xff\xfe{\"status\":0,\0\"answer\":\xc3";

/// As captive portals and proxies send it.
pub(crate) const PAGE: &str =
    "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Please sign in.</body></html>\n";

/// A media type that the answers of `endpoint` never have.
pub(crate) fn wrong_type(endpoint: Endpoint) -> &'static str {
    if endpoint.speaks_json() { "text/plain" } else { "text/html" }
}

/// How many of `length` bytes a truncated body has.
pub(crate) fn kept(length: u64, keep_bytes: Option<usize>) -> u64 {
    let wanted = keep_bytes.map_or(length / 2, |keep| u64::try_from(keep).unwrap_or(u64::MAX));
    wanted.min(length.saturating_sub(1))
}

/// How the service behind `endpoint` says that something is wrong.
pub(crate) fn error_body(endpoint: Endpoint, code: i32, text: &str) -> Value {
    match endpoint {
        Endpoint::Chat | Endpoint::Tts | Endpoint::Authorize => json!({ "status": code, "description": text }),
        Endpoint::Recording | Endpoint::Batch | Endpoint::Token | Endpoint::Download => {
            json!({ "code": code, "status": "error", "message": text, "data": [] })
        }
        Endpoint::Submit => json!({ "code": code.to_string(), "msg": text }),
        Endpoint::Query | Endpoint::Push => json!({ "code": code.to_string(), "message": text }),
    }
}

/// Members that a reader must pass over.
pub(crate) fn add_unknown(mut value: Value, endpoint: Endpoint) -> Value {
    let add = |value: &mut Value| {
        if let Value::Object(object) = value {
            object
                .insert("simUnknown".to_owned(), json!({ "nested": [1, null, { "code": "x" }], "text": "\u{1F600}" }));
            object.insert("simNull".to_owned(), Value::Null);
        }
    };
    add(&mut value);
    // In a batch the members of `data` may be record ids.
    if endpoint != Endpoint::Batch
        && let Some(data) = value.get_mut("data")
    {
        add(data);
    }
    value
}

/// Sends `reply`, which has met its fault, or cuts the connection under it.
pub(crate) async fn deliver(reply: Reply, due: Due, wire: &WireHandle) -> Response<Body> {
    if !due.delay.is_zero() {
        tokio::time::sleep(due.delay).await;
    }
    match due.fault {
        Some(Fault::Drop) => wire.cut_now(),
        Some(Fault::Reset) => wire.reset(),
        Some(Fault::Truncate { keep_bytes }) => wire.cut_in_body(kept(reply.body.len(), keep_bytes)),
        _ => {}
    }
    reply.into_response()
}
