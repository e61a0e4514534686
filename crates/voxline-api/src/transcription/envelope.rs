//! The frame around every answer and every delivery: code, message, ids, and the payload as it came.

use std::fmt;

use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use super::status::TranscriptionCode;

/// Longest code, id or other short field that is taken for one.
const MAX_SHORT_BYTES: usize = 1024;

/// The fields of an answer that mean something to us, each as it stands; unknown ones are passed over.
///
/// Values stay text: deep nesting costs no stack and a long payload no tree.
#[derive(Default)]
pub(super) struct Envelope<'a> {
    code: Option<&'a RawValue>,
    msg: Option<&'a RawValue>,
    message: Option<&'a RawValue>,
    flag: Option<&'a RawValue>,
    data: Option<&'a RawValue>,
    result: Option<&'a RawValue>,
    request_id: Option<&'a RawValue>,
    req_id: Option<&'a RawValue>,
    business_data: Option<&'a RawValue>,
    /// Whether there is anything besides these.
    other: bool,
    /// The whole text.
    pub(super) text: &'a str,
}

impl<'a> Envelope<'a> {
    /// Takes a body apart; `None` if it is not a JSON object in UTF-8.
    pub(super) fn parse(body: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(body).ok()?.trim_start_matches('\u{feff}');
        Self::of(text)
    }

    fn of(text: &'a str) -> Option<Self> {
        let mut envelope: Self = serde_json::from_str(text).ok()?;
        envelope.text = text;
        Some(envelope)
    }

    /// The code, which may be a string or a number.
    pub(super) fn code(&self) -> Option<TranscriptionCode> {
        self.code.and_then(short).map(|text| TranscriptionCode::from_text(&text))
    }

    /// The service's words, under `msg` or `message`.
    pub(super) fn message(&self) -> Option<String> {
        let text = |raw: &RawValue| string(raw).filter(|text| !text.trim().is_empty());
        self.msg.and_then(text).or_else(|| self.message.and_then(text))
    }

    pub(super) fn flag(&self) -> Option<i64> {
        self.flag.and_then(short)?.trim().parse().ok()
    }

    pub(super) fn request_id(&self) -> Option<String> {
        self.id(|fields| fields.request_id)
    }

    pub(super) fn req_id(&self) -> Option<String> {
        self.id(|fields| fields.req_id)
    }

    /// Business data, which may be of any length; what is not a string is given as its JSON.
    pub(super) fn business_data(&self) -> Option<String> {
        let text = |raw: &RawValue| string(raw).unwrap_or_else(|| raw.get().to_owned());
        self.business_data.map(text).or_else(|| self.inner()?.business_data.map(text))
    }

    /// Whether it holds nothing but a code, words, and ids: no result under any name.
    pub(super) fn is_bare(&self) -> bool {
        self.payload().is_none() && !self.other
    }

    /// An id, here or one level down.
    fn id(&self, field: impl Fn(&Self) -> Option<&'a RawValue>) -> Option<String> {
        let id = |fields: &Self| field(fields).and_then(short).filter(|text| !text.trim().is_empty());
        id(self).or_else(|| id(&self.inner()?))
    }

    fn inner(&self) -> Option<Self> {
        self.data.filter(|data| data.get().starts_with('{')).and_then(|data| Self::of(data.get()))
    }

    /// What stands under `data`, or under `result` if it is a list or object there; `None` if it is as good as nothing.
    ///
    /// A number or a truth value is no transcript. An empty list or object is one only if the flag says that the work
    /// is done: silence has no sentences.
    pub(super) fn payload(&self) -> Option<&'a str> {
        let finished = self.flag() == Some(1);
        let structured = |raw: &&RawValue| raw.get().starts_with(['{', '[']);
        [self.data, self.result.filter(structured)].into_iter().flatten().map(RawValue::get).find(|raw| {
            let start: String = raw.chars().filter(|c| !c.is_whitespace()).take(3).collect();
            match start.as_str() {
                "{}" | "[]" => finished,
                _ if raw.starts_with('"') => raw.trim_matches('"').chars().any(|c| !c.is_whitespace()),
                _ => raw.starts_with(['{', '[']),
            }
        })
    }
}

/// The text of a JSON string.
pub(super) fn string(raw: &RawValue) -> Option<String> {
    serde_json::from_str(raw.get()).ok()
}

/// The text of a JSON string or number of reasonable length.
fn short(raw: &RawValue) -> Option<String> {
    let text = raw.get();
    if text.len() > MAX_SHORT_BYTES {
        None
    } else if text.starts_with('"') {
        string(raw)
    } else {
        text.starts_with(|c: char| c == '-' || c.is_ascii_digit()).then(|| text.to_owned())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Envelope<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Envelope<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut found = Envelope::default();
                while let Some((key, value)) = map.next_entry::<String, &'de RawValue>()? {
                    let field = match key.as_str() {
                        "code" => &mut found.code,
                        "msg" => &mut found.msg,
                        "message" => &mut found.message,
                        "flag" => &mut found.flag,
                        "data" => &mut found.data,
                        "result" => &mut found.result,
                        "requestId" | "request_id" => &mut found.request_id,
                        "req_id" | "reqId" => &mut found.req_id,
                        "business_data" | "businessData" => &mut found.business_data,
                        _ => {
                            found.other |= value.get() != "null";
                            continue;
                        }
                    };
                    // The first counts; a null is as if it were not there.
                    if field.is_none() && value.get() != "null" {
                        *field = Some(value);
                    }
                }
                Ok(found)
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Envelope<'_> {
        Envelope::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn codes_are_strings_or_numbers_and_messages_have_two_names() {
        for text in [r#"{"code":"10000"}"#, r#"{"code":10000}"#, "\u{feff} {\"x\":[{}],\"code\":\" 10000\"}"] {
            assert_eq!(parse(text).code(), Some(TranscriptionCode::Success), "{text}");
        }
        for text in ["{}", r#"{"code":null}"#, r#"{"code":{}}"#, r#"{"code":true}"#] {
            assert_eq!(parse(text).code(), None, "{text}");
        }
        assert_eq!(parse(&format!(r#"{{"code":"{}"}}"#, "1".repeat(2000))).code(), None);
        assert_eq!(parse(r#"{"message":"调用成功","msg":" "}"#).message().unwrap(), "调用成功");
        assert_eq!(parse(r#"{"message":"b","msg":"a"}"#).message().unwrap(), "a");
    }

    #[test]
    fn ids_are_found_here_or_one_level_down() {
        assert_eq!(parse(r#"{"requestId":"test001","data":{"requestId":"x"}}"#).request_id().unwrap(), "test001");
        assert_eq!(parse(r#"{"data":{"request_id":17,"reqId":"r"}}"#).request_id().unwrap(), "17");
        assert_eq!(parse(r#"{"data":{"request_id":17,"reqId":"r"}}"#).req_id().unwrap(), "r");
        assert_eq!(parse(r#"{"requestId":"","data":[1]}"#).request_id(), None);
        assert_eq!(parse(r#"{"business_data":{"a":1}}"#).business_data().unwrap(), r#"{"a":1}"#);
        assert_eq!(parse(r#"{"data":{"businessData":"x"}}"#).business_data().unwrap(), "x");
    }

    #[test]
    fn an_empty_payload_is_none_unless_the_flag_says_done() {
        for empty in ["null", r#""""#, r#""  ""#, "{}", "[ ]", "{\n}"] {
            assert_eq!(parse(&format!(r#"{{"data":{empty}}}"#)).payload(), None, "{empty}");
        }
        assert_eq!(parse(r#"{"data":[],"flag":"1"}"#).payload(), Some("[]"));
        assert_eq!(parse(r#"{"data":null,"flag":1}"#).payload(), None);
        assert_eq!(parse(r#"{"data":"","result":[0]}"#).payload(), Some("[0]"));
        assert_eq!(parse(r#"{"data":"{}"}"#).payload(), Some(r#""{}""#));
        for nothing in [r#"{"data":0}"#, r#"{"data":true}"#, r#"{"result":"success"}"#, r#"{"result":true,"flag":1}"#] {
            assert_eq!(parse(nothing).payload(), None, "{nothing}");
        }
        assert_eq!(parse(r#"{"data":"好"}"#).payload(), Some("\"好\""));
    }

    #[test]
    fn what_is_no_object_is_refused_and_depth_costs_nothing() {
        for body in [&b""[..], b"[]", b"\"x\"", b"<html>", b"{", b"{\"a\":1}}", b"\xff{}"] {
            assert!(Envelope::parse(body).is_none(), "{body:?}");
        }
        let deep = format!(r#"{{"unknown":{}{},"code":"10301"}}"#, "[".repeat(1 << 20), "]".repeat(1 << 20));
        assert_eq!(parse(&deep).code(), Some(TranscriptionCode::MissingParameter));
    }
}
