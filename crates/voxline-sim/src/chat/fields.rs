//! The fields of a chat request: scalars are checked to be strings.

use serde_json::Value;

use super::codes::{Refusal, clip};
use crate::fields::Object;
pub(super) use crate::fields::type_name;

/// Every field that the vendor's page lists, in its order; `rate` stands there beside `audiotype`.
pub(super) const KNOWN: &[&str] = &[
    "accessToken",
    "encodeData",
    "voiceType",
    "voiceFormat",
    "speex_size",
    "needTTS",
    "speed",
    "volume",
    "pitch",
    "audiotype",
    "rate",
    "voiceName",
    "city",
    "lat",
    "lng",
    "position",
    "data",
];

/// Names and values in the order of the request.
#[derive(Debug)]
pub(super) struct Fields(Object);

impl Fields {
    pub(super) fn parse(body: &[u8]) -> Result<Self, Refusal> {
        Object::parse(body).map(Self).map_err(Refusal::request)
    }

    /// The names for the log: the first of them, long ones clipped, because the log must not grow with the request.
    pub(super) fn names(&self) -> Vec<String> {
        self.0.names(2 * KNOWN.len())
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The text of a scalar field; the page's example sends every one of them as a string.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(Refusal::request(format!("{name} must be a string, found {}", type_name(other)))),
        }
    }

    /// The same for a field that must be there.
    pub(super) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name)?.ok_or_else(|| Refusal::request(format!("{name} is missing")))
    }

    /// Refuses names that the page does not list.
    pub(super) fn refuse_unknown(&self) -> Result<(), Refusal> {
        match self.0.unknown(KNOWN) {
            Some(name) => Err(Refusal::request(format!("{} is not a field of this call", clip(name)))),
            None => Ok(()),
        }
    }
}
