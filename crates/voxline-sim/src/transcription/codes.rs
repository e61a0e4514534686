//! The vendor's codes, and when this simulator uses which.

use crate::fault::Endpoint;
use crate::outcome::Outcome;
use crate::reply::{Reply, error_body};
use crate::state::Shared;

/// Accepted, or a result. **Source**: the page.
pub(super) const SUCCESS: i32 = 10_000;
/// A required parameter is missing. **Source**: the page.
const MISSING: i32 = 10_301;
/// Too many at once. **Source**: the page.
const TOO_MANY: i32 = 10_302;
/// The body is not understood; here also a value that breaks a rule. **Source**: the page.
const BAD_BODY: i32 = 10_304;
/// A job that is still running. **Source**: public clients.
pub(super) const PENDING: i32 = 990_003;
/// The information cannot be had. **Source**: public clients.
pub(super) const UNAVAILABLE: i32 = 992_008;
/// The gateway turns the request away. The page refers to a table that it does not show; this number is ours.
const UNAUTHENTICATED: u16 = 401;

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    http_status: u16,
    code: i32,
    text: String,
}

impl Refusal {
    pub(super) fn missing(name: &str) -> Self {
        Self::new(MISSING, format!("{name} is missing"))
    }

    pub(super) fn body(text: impl Into<String>) -> Self {
        Self::new(BAD_BODY, text)
    }

    pub(super) fn too_many(text: impl Into<String>) -> Self {
        Self::new(TOO_MANY, text)
    }

    pub(super) fn new(code: i32, text: impl Into<String>) -> Self {
        Self { http_status: 200, code, text: text.into() }
    }

    pub(super) fn gateway(text: impl Into<String>) -> Self {
        Self { http_status: UNAUTHENTICATED, code: i32::from(UNAUTHENTICATED), text: text.into() }
    }

    pub(super) fn into_outcome(self, shared: &Shared, endpoint: Endpoint) -> Outcome {
        let text = shared.hide(self.text);
        let mut reply = Reply::json(&error_body(endpoint, self.code, &text));
        reply.status = self.http_status;
        Outcome::refused(reply, self.code, text)
    }
}
