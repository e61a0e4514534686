//! The vendor's codes in `status`, and when this simulator uses which.
//!
//! **Source**: public clients of the service agree on the numbers; only their meaning in words is known. The page
//! itself refers to a table that it does not show. Where two codes mean "bad parameter" the split below is ours.

pub(super) use crate::clip::clip;

/// `authorize.do` does not know the application key.
pub(super) const BAD_APP_KEY: i32 = 6;
/// The request as such is wrong: content type, JSON, a missing, unknown or repeated field, a wrong JSON type.
pub(super) const BAD_REQUEST: i32 = 8;
/// The token is unknown.
pub(super) const UNVERIFIED: i32 = 97;
/// A field's value is wrong: out of range, bad base64, audio that is too large or not what it is said to be.
pub(super) const BAD_VALUE: i32 = 111;
/// The token was good once.
pub(super) const TOKEN_EXPIRED: i32 = 122;

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: i32,
    pub(super) description: String,
}

impl Refusal {
    pub(super) fn new(status: i32, description: impl Into<String>) -> Self {
        Self { status, description: description.into() }
    }

    pub(super) fn request(description: impl Into<String>) -> Self {
        Self::new(BAD_REQUEST, description)
    }

    pub(super) fn value(field: &str, why: impl std::fmt::Display) -> Self {
        Self::new(BAD_VALUE, format!("{field}: {why}"))
    }
}
