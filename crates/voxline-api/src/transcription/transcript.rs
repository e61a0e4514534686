//! The result of a transcription.

use std::fmt;

use voxline_core::{Error, ErrorKind, Result};

use super::envelope::Envelope;
use super::sentences::{Sentence, find};

/// What was said in a recording, as the service tells it.
///
/// The schema of the service is not published: [`Transcript::raw`] is its answer as it came, and text and sentences
/// are looked for under the names that such services use. What they do not find is not an error, and answers of more
/// than a million values or 128 levels are not looked through.
///
/// ```
/// use voxline_api::transcription::Transcript;
/// let answer = r#"{"code":"10000","flag":1,"data":{"sentences":[{"text":"您好","start":120,"end":900,"channel":1}]}}"#;
/// let transcript = Transcript::from_answer(answer)?;
/// assert_eq!(transcript.text(), "您好");
/// assert_eq!(transcript.sentences()[0].start_ms, Some(120));
/// assert_eq!(transcript.raw(), answer);
/// # Ok::<(), voxline_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Transcript {
    raw: String,
    payload: String,
    flag: Option<i64>,
    text: String,
    sentences: Vec<Sentence>,
}

impl Transcript {
    /// Reads an answer or a delivery of the service that was kept, as a ledger keeps it.
    ///
    /// **Errors**: [`ErrorKind::MalformedInput`] for what is not a JSON object.
    pub fn from_answer(raw: &str) -> Result<Self> {
        let envelope = Envelope::parse(raw.as_bytes())
            .ok_or_else(|| Error::new(ErrorKind::MalformedInput, "read transcript", "it is not a JSON object"))?;
        Ok(Self::new(&envelope))
    }

    /// The payload of the envelope, or the whole of it if there is none.
    pub(super) fn new(envelope: &Envelope<'_>) -> Self {
        let payload = envelope.payload().unwrap_or(envelope.text);
        // JSON in a string is unpacked; other text is the transcript itself and stays a JSON string.
        let unpacked = serde_json::from_str::<String>(payload).ok();
        let payload = unpacked.filter(|text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok());
        let payload = payload.unwrap_or_else(|| envelope.payload().unwrap_or(envelope.text).to_owned());
        let (text, sentences) = find(&payload);
        let joined = || sentences.iter().map(|s| s.text.as_str()).collect::<Vec<_>>().join("\n");
        let text = text.unwrap_or_else(joined);
        Self { raw: envelope.text.to_owned(), payload, flag: envelope.flag(), text, sentences }
    }

    /// The whole answer as it came, JSON.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The part of it that is the transcript, JSON; unpacked if the service had put it into a string.
    pub fn payload(&self) -> &str {
        &self.payload
    }

    /// The field `flag`: 1 with everything that was seen to be done.
    pub fn flag(&self) -> Option<i64> {
        self.flag
    }

    /// The whole text: as the service gives it, else the sentences line by line; empty if none was found.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The sentences in the order of the answer, as far as they were found.
    pub fn sentences(&self) -> &[Sentence] {
        &self.sentences
    }
}

impl fmt::Debug for Transcript {
    /// What people said is not for logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transcript")
            .field("raw_bytes", &self.raw.len())
            .field("text_bytes", &self.text.len())
            .field("sentences", &self.sentences.len())
            .field("flag", &self.flag)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(value: &serde_json::Value) -> Transcript {
        Transcript::from_answer(&value.to_string()).unwrap()
    }

    #[test]
    fn data_as_an_object_and_as_a_string_are_the_same() {
        let data = json!({"text": "甲乙", "list": [{"text": "甲", "start": 1, "end": 2}]});
        let object = of(&json!({"code": "10000", "flag": 1, "data": data}));
        let string = of(&json!({"code": 10000, "flag": "1", "data": data.to_string()}));
        assert_eq!(object.payload(), data.to_string());
        assert_eq!(string.payload(), data.to_string());
        assert_eq!((object.text(), object.sentences()), (string.text(), string.sentences()));
        assert_eq!((object.text(), object.sentences().len(), object.flag()), ("甲乙", 1, Some(1)));
    }

    #[test]
    fn plain_text_is_the_transcript_and_no_payload_means_everything() {
        let plain = of(&json!({"data": "今天 [下雨]"}));
        assert_eq!((plain.text(), plain.payload()), ("今天 [下雨]", "\"今天 [下雨]\""));
        let bare = of(&json!({"code": "10000", "sentences": [{"text": "a"}, {"text": "b"}]}));
        assert_eq!((bare.text(), bare.payload()), ("a\nb", bare.raw()));
        let other = of(&json!({"data": {"new_schema": [1, 2]}}));
        assert_eq!((other.text(), other.sentences().len(), other.payload()), ("", 0, r#"{"new_schema":[1,2]}"#));
    }

    #[test]
    fn what_was_said_is_not_in_debug_output() {
        let shown = format!("{:?}", of(&json!({"data": {"text": "canary"}})));
        assert!(!shown.contains("canary") && shown.contains("text_bytes: 6"), "{shown}");
    }

    #[test]
    fn a_payload_of_any_depth_is_kept() {
        let raw = format!(r#"{{"code":"10000","data":{}{}}}"#, "[".repeat(1 << 20), "]".repeat(1 << 20));
        let transcript = Transcript::from_answer(&raw).unwrap();
        assert_eq!((transcript.raw().len(), transcript.text()), (raw.len(), ""));
        assert_eq!(Transcript::from_answer("[]").unwrap_err().kind(), ErrorKind::MalformedInput);
    }
}
