//! Judging what came back: an answer, or which failure.

use std::time::SystemTime;

use voxline_core::{Error, ErrorKind, Retry, Secret};

use super::response::{ChatAnswer, Parsed};
use super::status::ChatStatus;
use crate::http::redact::{excerpt, scrub};
use crate::http::{Answered, Call, Failure, FailureClass, Request, Url, class_of_status, retry_after};

/// The answer to an utterance.
///
/// A known code of the service decides over the HTTP status: it is closer to the cause.
pub(super) fn judge_chat(
    call: Call<'_>,
    request: &Request,
    answered: &Answered,
    token: &Secret,
    now: SystemTime,
) -> Result<ChatAnswer, Failure> {
    let case = Case { call, request, answered, token, now };
    let parsed = Parsed::new(&answered.body, token);
    match (answered.status, parsed) {
        (300..=399, _) => Err(case.redirect()),
        (200..=299, Some(parsed)) if parsed.status == ChatStatus::Success => Ok(parsed.into_answer()),
        (200..=299, Some(parsed)) => Err(case.vendor(&parsed)),
        (200..=299, None) => Err(case.not_understood()),
        (_, Some(parsed)) if !matches!(parsed.status, ChatStatus::Success | ChatStatus::Other(_)) => {
            Err(case.vendor(&parsed))
        }
        (_, parsed) => Err(case.http(parsed.as_ref())),
    }
}

/// The bytes of a spoken answer.
pub(super) fn judge_audio(
    call: Call<'_>,
    request: &Request,
    answered: &Answered,
    token: &Secret,
    now: SystemTime,
) -> Result<Vec<u8>, Failure> {
    let case = Case { call, request, answered, token, now };
    let is_text = answered.headers.get("Content-Type").is_some_and(|value| {
        let value = value.trim_start().to_ascii_lowercase();
        value.starts_with("application/json") || value.starts_with("text/")
    });
    match answered.status {
        300..=399 => Err(case.redirect()),
        200 if answered.body.is_empty() || is_text => Err(case.not_understood()),
        200 => Ok(answered.body.clone()),
        201..=299 => Err(case.not_understood()),
        _ => Err(case.http(None)),
    }
}

struct Case<'a> {
    call: Call<'a>,
    request: &'a Request,
    answered: &'a Answered,
    token: &'a Secret,
    now: SystemTime,
}

impl Case<'_> {
    /// The service answered with a code.
    fn vendor(&self, parsed: &Parsed) -> Failure {
        let status = parsed.status;
        let said = parsed.description.as_deref().map(|text| format!(": {}", excerpt(text.as_bytes(), &[])));
        let what = format!("{status}{}{}", said.unwrap_or_default(), status.hint());
        let kind = status.error_kind().unwrap_or(ErrorKind::Service);
        self.failure(status.class(), kind, status.retry(), &what, Some(parsed))
    }

    /// The status alone says what is wrong; the body may hold more.
    fn http(&self, parsed: Option<&Parsed>) -> Failure {
        let class = class_of_status(self.answered.status);
        let kind = match self.answered.status {
            401 => ErrorKind::Unauthenticated,
            403 => ErrorKind::PermissionDenied,
            404 | 410 => ErrorKind::NotFound,
            408 => ErrorKind::Timeout,
            413 => ErrorKind::LimitExceeded,
            429 => ErrorKind::RateLimited,
            _ => ErrorKind::Service,
        };
        let retry = if class == FailureClass::Rejected { Retry::No } else { Retry::Yes };
        let body = excerpt(&self.answered.body, &[self.token]);
        let body = if body.is_empty() { "without a body".to_owned() } else { format!("with \"{body}\"") };
        self.failure(class, kind, retry, &format!("HTTP {} {body}", self.answered.status), parsed)
    }

    /// Redirects are not followed: the token must not travel to a place nobody chose.
    fn redirect(&self) -> Failure {
        let target = match self.answered.headers.get("Location") {
            None => "nowhere".to_owned(),
            Some(location) => match Url::parse(location) {
                Ok(url) => url.origin().to_owned(),
                Err(_) => "another path".to_owned(),
            },
        };
        let target = scrub(&target, &[self.token]);
        let what = format!("HTTP {} redirects to {target}, which is not followed", self.answered.status);
        self.failure(FailureClass::Rejected, ErrorKind::Service, Retry::No, &what, None)
    }

    /// A success that is none.
    fn not_understood(&self) -> Failure {
        let kind = self.answered.headers.get("Content-Type").unwrap_or("no content type");
        let body = excerpt(&self.answered.body, &[self.token]);
        let what = format!(
            "HTTP {} is not the expected answer: {} bytes of {}, beginning with \"{body}\"",
            self.answered.status,
            self.answered.body.len(),
            excerpt(kind.as_bytes(), &[self.token]),
        );
        self.failure(FailureClass::Rejected, ErrorKind::Service, Retry::No, &what, None)
    }

    fn failure(
        &self,
        class: FailureClass,
        kind: ErrorKind,
        retry: Retry,
        what: &str,
        parsed: Option<&Parsed>,
    ) -> Failure {
        let mut fault = self.call.fault();
        fault.http_status = Some(self.answered.status);
        fault.code = parsed.map(|p| p.status.code().to_string());
        fault.message = parsed.and_then(|p| p.description.clone());
        let wait = retry_after(&self.answered.headers, self.now);
        let retry = match (retry, wait) {
            (Retry::Yes, Some(wait)) => Retry::After(wait),
            (retry, _) => retry,
        };
        let context = format!("{} {}: {what}", self.request.method.as_str(), self.request.shown_url());
        let error = Error::new(kind, self.call.op, context).with_retry(retry).with_service(fault);
        Failure { class, retry_after: wait, error }
    }
}
