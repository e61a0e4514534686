//! The JSON object of a request: field by field, repeated names noticed, scalars checked to be strings.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::Value;

use super::codes::{Refusal, clip};

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
pub(super) struct Fields(Vec<(String, Value)>);

impl Fields {
    pub(super) fn parse(body: &[u8]) -> Result<Self, Refusal> {
        serde_json::from_slice(body).map_err(|e| Refusal::request(format!("the body is not one JSON object: {e}")))
    }

    /// The names for the log: the first of them, long ones clipped, because the log must not grow with the request.
    pub(super) fn names(&self) -> Vec<String> {
        self.0.iter().take(2 * KNOWN.len()).map(|(name, _)| clip(name)).collect()
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
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
        match self.0.iter().find(|(name, _)| !KNOWN.contains(&name.as_str())) {
            Some((name, _)) => Err(Refusal::request(format!("{} is not a field of this call", clip(name)))),
            None => Ok(()),
        }
    }
}

/// What a message calls a JSON value; never the value itself, which may be a secret.
pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Vec::new();
                let mut names = std::collections::HashSet::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if !names.insert(name.clone()) {
                        return Err(A::Error::custom(format!("{} stands twice", clip(&name))));
                    }
                    fields.push((name, value));
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_map(Object)
    }
}
