//! What the chat service answers.

use std::fmt;

use serde_json::{Map, Value};
use voxline_core::Secret;

use super::request::AnswerAudio;
use super::status::ChatStatus;
use crate::http::redact::{hide_queries, scrub};
use crate::http::{Url, UrlError};

/// What the vendor's page advises to say where an answer consists of instructions that a plain chat cannot carry out
/// ("this function is not known yet").
pub const UNKNOWN_FUNCTION_TEXT: &str = "暂不知道该功能";

/// An answer of the service.
#[derive(Clone)]
pub struct ChatAnswer {
    answer: Answer,
    audio_url: Option<AudioUrl>,
    description: Option<String>,
    raw: String,
}

impl ChatAnswer {
    /// What was answered.
    pub fn answer(&self) -> &Answer {
        &self.answer
    }

    /// Where the spoken answer is, if one was asked for. It is short-lived: fetch it soon.
    pub fn audio_url(&self) -> Option<&AudioUrl> {
        self.audio_url.as_ref()
    }

    /// The status, which is that of success: every other is an error.
    pub fn status(&self) -> ChatStatus {
        ChatStatus::Success
    }

    /// The same, whose spoken answer was asked for in this form.
    pub(super) fn spoken_as(mut self, kind: AnswerAudio) -> Self {
        self.audio_url = self.audio_url.map(|link| link.with_kind(kind));
        self
    }

    /// The service's remark, mostly none.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// The whole answer as it came, JSON. It holds the signed link of the spoken answer: do not log it.
    pub fn raw(&self) -> &str {
        &self.raw
    }
}

impl fmt::Debug for ChatAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatAnswer")
            .field("answer", &self.answer)
            .field("audio_url", &self.audio_url)
            .field("description", &self.description)
            .field("raw_bytes", &self.raw.len())
            .finish_non_exhaustive()
    }
}

/// Text, or instructions to a device.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// Text to show or speak.
    Text(String),
    /// A JSON object with instructions.
    Instructions(Instructions),
}

impl Answer {
    /// Text for a plain chat: the text itself; for instructions the text that comes with them, or else
    /// [`UNKNOWN_FUNCTION_TEXT`].
    pub fn chat_text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Instructions(instructions) => {
                instructions.rtext().filter(|text| !text.is_empty()).unwrap_or(UNKNOWN_FUNCTION_TEXT)
            }
        }
    }

    /// Instructions only if the text is a JSON object: `123` and `"x"` are JSON too, but also fine answers.
    fn from_text(text: String) -> Self {
        match serde_json::from_str::<Map<String, Value>>(&text) {
            Ok(object) => Self::Instructions(Instructions::new(text, &object)),
            Err(_) => Self::Text(text),
        }
    }
}

/// Instructions to a device, such as playing a song.
#[derive(Clone, PartialEq, Eq)]
pub struct Instructions {
    raw: String,
    rtext: Option<String>,
    outc: Option<i64>,
    action_count: usize,
}

impl Instructions {
    fn new(raw: String, object: &Map<String, Value>) -> Self {
        Self {
            raw,
            rtext: object.get("rtext").and_then(Value::as_str).map(str::to_owned),
            outc: object.get("outc").and_then(integer),
            action_count: object.get("actions").and_then(Value::as_array).map_or(0, Vec::len),
        }
    }

    /// The whole object, JSON.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The text that goes with the instructions (`rtext`).
    pub fn rtext(&self) -> Option<&str> {
        self.rtext.as_deref()
    }

    /// The outcome code (`outc`).
    pub fn outc(&self) -> Option<i64> {
        self.outc
    }

    /// Number of entries of `actions`.
    pub fn action_count(&self) -> usize {
        self.action_count
    }
}

impl fmt::Debug for Instructions {
    /// Without the raw text: actions may hold signed links.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instructions")
            .field("rtext", &self.rtext)
            .field("outc", &self.outc)
            .field("action_count", &self.action_count)
            .field("raw_bytes", &self.raw.len())
            .finish_non_exhaustive()
    }
}

/// The link of a spoken answer. It may carry a signature, so only its origin is shown.
#[derive(Clone, PartialEq, Eq)]
pub struct AudioUrl {
    text: Secret,
    kind: Option<AnswerAudio>,
}

impl AudioUrl {
    /// Takes a link as it is; it is checked when it is fetched.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: Secret::new(text), kind: None }
    }

    /// The same with what is expected there, so that anything else is an error. Links of answers know what was asked for.
    #[must_use]
    pub fn with_kind(self, kind: AnswerAudio) -> Self {
        Self { kind: Some(kind), ..self }
    }

    /// What is expected there, if that is known.
    pub fn kind(&self) -> Option<AnswerAudio> {
        self.kind
    }

    /// The whole link. Do not log it.
    pub fn expose(&self) -> &str {
        self.text.expose()
    }

    pub(super) fn parse(&self) -> Result<Url, UrlError> {
        Url::parse(self.expose())
    }
}

impl fmt::Display for AudioUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parse() {
            Ok(url) => write!(f, "{}/…", url.origin()),
            Err(error) => write!(f, "[{error}]"),
        }
    }
}

impl fmt::Debug for AudioUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

/// The fields of an answer, whatever its status.
pub(super) struct Parsed {
    pub(super) status: ChatStatus,
    pub(super) description: Option<String>,
    answer: Answer,
    audio_url: Option<AudioUrl>,
    raw: String,
}

impl Parsed {
    /// Takes a body apart; `None` if it is not a JSON object with a `status`. Unknown fields are ignored, numbers may
    /// be strings. Secrets are cut out of everything that is meant to be shown.
    pub(super) fn new(body: &[u8], secrets: &[&Secret]) -> Option<Self> {
        let text = std::str::from_utf8(body).ok()?.trim_start_matches('\u{feff}');
        let mut object: Map<String, Value> = serde_json::from_str(text).ok()?;
        let status = ChatStatus::from_code(object.get("status").and_then(integer)?);
        let description = object.get("description").and_then(Value::as_str).filter(|text| !text.trim().is_empty());
        let description = description.map(|text| hide_queries(&scrub(text, secrets)));
        let answer = match object.remove("answer") {
            None | Some(Value::Null) => Answer::Text(String::new()),
            Some(Value::String(text)) => Answer::from_text(without_secrets(text, secrets)),
            // The page says string; an object or a number that was not put into one is understood all the same.
            Some(other) => Answer::from_text(without_secrets(other.to_string(), secrets)),
        };
        let audio_url = object.get("audioURL").and_then(Value::as_str).filter(|url| !url.trim().is_empty());
        Some(Self { status, description, answer, audio_url: audio_url.map(AudioUrl::new), raw: text.to_owned() })
    }

    pub(super) fn into_answer(self) -> ChatAnswer {
        let Self { answer, audio_url, description, raw, .. } = self;
        ChatAnswer { answer, audio_url, description, raw }
    }
}

/// Real secrets are long: one in an answer is an echo. A short one, as in tests, might be an ordinary word.
const MIN_SECRET_BYTES: usize = 8;

fn without_secrets(text: String, secrets: &[&Secret]) -> String {
    let long = |secret: &&Secret| secret.expose().len() >= MIN_SECRET_BYTES;
    let secrets: Vec<&Secret> = secrets.iter().copied().filter(long).collect();
    if secrets.is_empty() { text } else { scrub(&text, &secrets) }
}

/// An integer, also as a string or with a fraction of zero.
fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(n) => n.as_i64().or_else(|| {
            let f = n.as_f64()?;
            // Exactly representable in both types: below 2^53.
            (f.fract() == 0.0 && f.abs() < 9_007_199_254_740_992.0).then_some(f as i64)
        }),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse(body: &Value) -> Parsed {
        Parsed::new(body.to_string().as_bytes(), &[&Secret::new("token-canary")]).unwrap()
    }

    fn answer(text: &str) -> Answer {
        parse(&json!({"status": 0, "answer": text})).into_answer().answer
    }

    #[test]
    fn text_stays_text_unless_it_is_a_json_object() {
        for text in ["广州今天大雨", "123", "\"x\"", "[1]", "null", "true", "{not json", "", "{} {}"] {
            assert_eq!(answer(text), Answer::Text(text.to_owned()));
        }
    }

    #[test]
    fn instructions_of_the_vendors_example() {
        // Shortened from the vendor's page: the shapes are kept.
        let text = "{\"rtext\":\"好的\",\"outc\":0, \"actions\":[{\"action\":\"QUERY\"},{\"action\":\"SET\"}]}";
        let Answer::Instructions(found) = answer(text) else { panic!("not taken as instructions") };
        assert_eq!((found.rtext(), found.outc(), found.action_count()), (Some("好的"), Some(0), 2));
        assert_eq!(found.raw(), text);
        assert_eq!(answer(text).chat_text(), "好的");
        assert_eq!(answer("{}").chat_text(), UNKNOWN_FUNCTION_TEXT);
        assert_eq!(answer(r#"{"rtext":"","outc":"7","actions":{}}"#).chat_text(), UNKNOWN_FUNCTION_TEXT);
        assert_eq!(answer("好").chat_text(), "好");
    }

    #[test]
    fn an_object_that_was_not_put_into_a_string_is_understood() {
        let found = parse(&json!({"status": 0, "answer": {"rtext": "a", "outc": 3}})).into_answer();
        assert!(matches!(found.answer(), Answer::Instructions(i) if i.outc() == Some(3)));
        assert_eq!(parse(&json!({"status": 0, "answer": 5})).into_answer().answer(), &Answer::Text("5".to_owned()));
        assert_eq!(parse(&json!({"status": 0})).into_answer().answer(), &Answer::Text(String::new()));
    }

    #[test]
    fn status_may_be_a_number_or_a_string() {
        for (status, code) in [(json!(0), 0), (json!("0"), 0), (json!(" 122 "), 122), (json!(-1), -1), (json!(3.0), 3)]
        {
            assert_eq!(parse(&json!({"status": status, "new": [1]})).status.code(), code);
        }
        for body in [&b"{}"[..], b"[]", b"", b"{\"status\":null}", b"{\"status\":\"ok\"}", b"{\"status\":1.5}", b"\xff"]
        {
            assert!(Parsed::new(body, &[]).is_none(), "{body:?}");
        }
        assert!(Parsed::new("\u{feff}{\"status\":0}".as_bytes(), &[]).is_some());
    }

    #[test]
    fn deep_nesting_is_refused_instead_of_overflowing() {
        let deep = format!("{{\"status\":0,\"answer\":{}", "[".repeat(1_000_000));
        assert!(Parsed::new(deep.as_bytes(), &[]).is_none());
        let nested = "{\"a\":".repeat(200_000);
        assert_eq!(answer(&nested), Answer::Text(nested.clone()));
    }

    #[test]
    fn the_token_and_signatures_are_not_in_what_is_shown() {
        let found = parse(&json!({
            "status": 0,
            "answer": "you sent token-canary",
            "description": "see http://h/x?sig=query-canary for token-canary",
            "audioURL": "https://cdn.example/token-canary/a.mp3?sig=query-canary",
        }))
        .into_answer();
        let shown = format!("{found:?} {}", found.audio_url().unwrap());
        assert!(!shown.contains("canary"), "{shown}");
        assert!(shown.contains("https://cdn.example/…"), "{shown}");
        assert_eq!(found.answer(), &Answer::Text("you sent [secret]".to_owned()));
        // The link itself must stay usable.
        assert!(found.audio_url().unwrap().expose().ends_with("sig=query-canary"));
    }

    #[test]
    fn an_empty_link_is_no_link() {
        for url in [json!(""), json!(" "), Value::Null, json!(5)] {
            assert!(parse(&json!({"status": 0, "audioURL": url})).into_answer().audio_url().is_none());
        }
        assert_eq!(format!("{:?}", AudioUrl::new("canary")), "\"[an address must start with http:// or https://]\"");
    }
}
