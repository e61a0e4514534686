//! What the service posts to a callback address.

use voxline_core::{Error, ErrorKind, Result};

use super::envelope::Envelope;
use super::response::JobFailure;
use super::status::TranscriptionCode as Code;
use super::transcript::Transcript;
use crate::http::redact::hide_queries;

/// A delivery of the service.
///
/// It may come more than once, and nothing proves where it comes from: its ids must be compared with those of
/// submissions ([`super::record_callback`] does).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Callback {
    /// The service's id of the work, if it is said.
    pub request_id: Option<String>,
    /// The submission's own id, if it is said.
    pub req_id: Option<String>,
    /// The data that was to be handed back, if it is there.
    pub business_data: Option<String>,
    /// What became of the work.
    pub outcome: CallbackOutcome,
}

/// What a delivery says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallbackOutcome {
    /// The transcript.
    Done(Transcript),
    /// The work goes on (990003, 992008, or a success without any result).
    Pending,
    /// The recording could not be transcribed.
    Failed(JobFailure),
}

/// Reads the body of a delivery. Unknown fields are no fault, and missing ones neither: without a code it is taken
/// for a transcript, if there is anything that may be one.
///
/// **Errors**: [`ErrorKind::MalformedInput`] for what is not a JSON object in UTF-8. Nothing of it is repeated in the
/// error.
///
/// ```
/// use voxline_api::transcription::{CallbackOutcome, parse_callback};
/// let callback = parse_callback(br#"{"code":"10903","msg":"...","requestId":"test001","new":[1]}"#)?;
/// assert_eq!(callback.request_id.as_deref(), Some("test001"));
/// assert!(matches!(callback.outcome, CallbackOutcome::Failed(_)));
/// # Ok::<(), voxline_core::Error>(())
/// ```
pub fn parse_callback(body: &[u8]) -> Result<Callback> {
    let envelope = Envelope::parse(body).ok_or_else(|| {
        let what = format!("{} bytes that are not a JSON object", body.len());
        Error::new(ErrorKind::MalformedInput, "parse callback", what)
    })?;
    let outcome = match envelope.code() {
        // As in the answer to a question: a success with nothing to show is none yet.
        None | Some(Code::Success) if envelope.is_bare() => CallbackOutcome::Pending,
        None | Some(Code::Success) => CallbackOutcome::Done(Transcript::new(&envelope)),
        Some(Code::Pending | Code::NotAvailable) => CallbackOutcome::Pending,
        Some(code) => CallbackOutcome::Failed(JobFailure::new(code, envelope.message().map(|m| hide_queries(&m)))),
    };
    Ok(Callback {
        request_id: envelope.request_id(),
        req_id: envelope.req_id(),
        business_data: envelope.business_data(),
        outcome,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn parse(value: &serde_json::Value) -> Callback {
        parse_callback(value.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn a_result_with_its_ids() {
        let callback = parse(&json!({"code": 10000, "msg": "ok", "flag": 1, "requestId": "R", "req_id": "q",
            "business_data": "订单 7", "data": "{\"text\":\"好\"}", "unknown": {"deep": [1]}}));
        assert_eq!(callback.request_id.as_deref(), Some("R"));
        assert_eq!(callback.req_id.as_deref(), Some("q"));
        assert_eq!(callback.business_data.as_deref(), Some("订单 7"));
        assert!(matches!(callback.outcome, CallbackOutcome::Done(t) if t.text() == "好"));
    }

    #[test]
    fn failures_news_and_bare_transcripts() {
        let CallbackOutcome::Failed(failure) =
            parse(&json!({"code": "10903", "message": "服务执行失败 http://h/?sig=canary"})).outcome
        else {
            panic!("no failure")
        };
        assert_eq!(failure.to_string(), "code 10903 (recognition failed): 服务执行失败 http://h/?…");
        assert_eq!(parse(&json!({"code": 990003})).outcome, CallbackOutcome::Pending);
        let other = parse(&json!({"code": "E1"})).outcome;
        assert!(matches!(other, CallbackOutcome::Failed(f) if f.code == Code::Other("E1".to_owned())));
        let bare = parse(&json!({"reqId": "q", "sentences": [{"text": "a"}]}));
        assert!(matches!(bare.outcome, CallbackOutcome::Done(t) if t.text() == "a"));
        assert_eq!((bare.req_id.as_deref(), bare.request_id), (Some("q"), None));
    }

    #[test]
    fn a_success_that_brings_nothing_does_not_take_the_place_of_the_result() {
        for bare in [
            json!({"code": "10000", "msg": "ok", "requestId": "R"}),
            json!({"code": "10000", "data": null, "new": null, "req_id": "q"}),
            json!({"code": "10000", "data": {}, "business_data": "b"}),
            json!({"requestId": "R"}),
            json!({}),
        ] {
            assert_eq!(parse(&bare).outcome, CallbackOutcome::Pending, "{bare}");
        }
        // Silence, and a schema that nobody has seen yet.
        for result in
            [json!({"code": "10000", "flag": 1, "data": {}}), json!({"code": "10000", "utterances": [{"w": 1}]})]
        {
            assert!(matches!(parse(&result).outcome, CallbackOutcome::Done(t) if *t.raw() == *result.to_string()));
        }
    }

    #[test]
    fn what_is_no_object_is_refused_without_being_repeated() {
        for body in [&b""[..], b"canary", b"[{\"canary\":1}]", b"\xff", b"{\"canary\":"] {
            let error = parse_callback(body).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::MalformedInput);
            assert!(!format!("{error:?}").contains("canary"));
        }
    }

    proptest! {
        #[test]
        fn no_body_makes_it_panic(body in "\\PC{0,80}", extra in "[ -~]{0,40}") {
            let _ = parse_callback(body.as_bytes());
            let object = json!({"code": body.clone(), "data": extra.clone(), body: extra});
            prop_assert!(parse_callback(object.to_string().as_bytes()).is_ok());
        }
    }
}
