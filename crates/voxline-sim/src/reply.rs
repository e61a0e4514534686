//! Answers, and what the ordered faults make of them.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, Response, StatusCode};

use crate::fault::{Due, Fault};
use crate::wire::WireHandle;

/// What the vendor's page says its answers carry.
pub(crate) const JSON: &str = "application/json;charset=UTF-8";

/// An answer before it meets its fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) body: Vec<u8>,
    pub(crate) retry_after_s: Option<u32>,
}

impl Reply {
    /// A vendor's answer: always HTTP 200.
    pub(crate) fn json(value: &serde_json::Value) -> Self {
        Self::new(200, JSON, value.to_string())
    }

    /// A vendor's error.
    pub(crate) fn vendor_error(status: i32, description: &str) -> Self {
        Self::json(&serde_json::json!({ "status": status, "description": description }))
    }

    pub(crate) fn text(status: u16, text: &str) -> Self {
        Self::new(status, "text/plain;charset=UTF-8", text)
    }

    pub(crate) fn new(status: u16, content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, content_type, body: body.into(), retry_after_s: None }
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body));
        // Statuses come from constants and from plans, which hold no others.
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Sends `reply`, or what `due` makes of it.
pub(crate) async fn deliver(reply: Reply, due: Due, wire: &WireHandle) -> Response<Body> {
    if !due.delay.is_zero() {
        tokio::time::sleep(due.delay).await;
    }
    match due.fault {
        None | Some(Fault::ExpireTokens) => reply,
        Some(Fault::Http { status, retry_after_s }) => {
            Reply { retry_after_s, ..Reply::text(status, &format!("simulated HTTP {status}")) }
        }
        Some(Fault::Drop) => {
            wire.cut_now();
            reply
        }
        Some(Fault::Reset) => {
            wire.reset();
            reply
        }
        Some(Fault::Truncate { keep_bytes }) => {
            let most = reply.body.len().saturating_sub(1);
            wire.cut_in_body(keep_bytes.unwrap_or(reply.body.len() / 2).min(most));
            reply
        }
        Some(Fault::Garbage) => Reply::new(200, JSON, &b"\xff\xfe{\"status\":0,\0\"answer\":\xc3"[..]),
        Some(Fault::Html) => {
            let page =
                "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Please sign in.</body></html>\n";
            Reply::new(200, "text/html;charset=UTF-8", page)
        }
        Some(Fault::VendorStatus(status)) => Reply::vendor_error(status, "simulated vendor status"),
    }
    .into_response()
}
