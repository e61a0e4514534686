//! Judging what came back: which answer, or which failure.

use std::time::SystemTime;

use voxline_core::{Error, ErrorKind, Retry, Secret};

use super::envelope::Envelope;
use super::response::{Accepted, JobFailure, QueryState};
use super::skew;
use super::status::TranscriptionCode as Code;
use super::transcript::Transcript;
use crate::http::redact::{excerpt, hide_queries, scrub};
use crate::http::{Answered, Call, Failure, FailureClass, Request, Url, class_of_status, retry_after};

/// One answer and what is needed to speak about it.
pub(super) struct Case<'a> {
    pub(super) call: Call<'a>,
    pub(super) request: &'a Request,
    pub(super) answered: &'a Answered,
    /// What is cut out of everything that is shown.
    pub(super) secrets: &'a [Secret],
    pub(super) now: SystemTime,
}

impl Case<'_> {
    /// The answer to a submission.
    ///
    /// A known code decides over the HTTP status: it is closer to the cause. What leaves open whether the submission
    /// was taken gets a class or a [`Retry`] that says so.
    pub(super) fn submitted(&self, req_id: &str) -> Result<Accepted, Failure> {
        let envelope = Envelope::parse(&self.answered.body);
        let code = envelope.as_ref().and_then(Envelope::code);
        match (self.answered.status, code, envelope) {
            (300..=399, ..) => Err(self.redirect()),
            (200..=299, Some(Code::Success), Some(envelope)) => match envelope.request_id() {
                Some(request_id) => Ok(Accepted { request_id, req_id: req_id.to_owned() }),
                None => Err(self.failure(
                    FailureClass::Garbled,
                    ErrorKind::Service,
                    Retry::Unknown,
                    "the service says that it took the submission, but gives no requestId to ask for the result by",
                    Some(&envelope),
                )),
            },
            (200..=299, Some(code), Some(envelope)) => Err(self.vendor(&code, &envelope)),
            (200..=299, ..) => Err(self.not_understood()),
            (_, Some(code), Some(envelope)) if !matches!(code, Code::Success | Code::Other(_)) => {
                Err(self.vendor(&code, &envelope))
            }
            (status, _, envelope) => {
                let mut failure = self.http(envelope.as_ref());
                // Nobody but 429 and 503 says clearly that nothing was done.
                if matches!(status, 408 | 500..=502 | 504..=599) {
                    failure.error = failure.error.with_retry(Retry::Unknown);
                }
                Err(failure)
            }
        }
    }

    /// The answer to a question for a result.
    pub(super) fn queried(&self) -> Result<QueryState, Failure> {
        let envelope = Envelope::parse(&self.answered.body);
        let code = envelope.as_ref().and_then(Envelope::code);
        match (self.answered.status, code, envelope) {
            (300..=399, ..) => Err(self.redirect()),
            (200..=299, Some(Code::Success), Some(envelope)) => Ok(match envelope.payload() {
                Some(_) => QueryState::Done(Transcript::new(&envelope)),
                None => QueryState::Pending,
            }),
            (_, Some(Code::Pending), _) => Ok(QueryState::Pending),
            (_, Some(Code::NotAvailable), Some(envelope)) => {
                Ok(QueryState::NotAvailable { message: self.message(&envelope) })
            }
            (_, Some(code @ Code::RecognitionFailed), Some(envelope)) => {
                Ok(QueryState::Failed(JobFailure::new(code, self.message(&envelope))))
            }
            (200..=299, Some(code), Some(envelope)) => Err(self.vendor(&code, &envelope)),
            (200..=299, ..) => Err(self.not_understood()),
            (_, Some(code), Some(envelope)) if !matches!(code, Code::Success | Code::Other(_)) => {
                Err(self.vendor(&code, &envelope))
            }
            (_, _, envelope) => Err(self.http(envelope.as_ref())),
        }
    }

    /// The service's words as they may be shown.
    fn message(&self, envelope: &Envelope<'_>) -> Option<String> {
        envelope.message().map(|text| hide_queries(&scrub(&text, &self.secrets())))
    }

    fn secrets(&self) -> Vec<&Secret> {
        self.secrets.iter().collect()
    }

    /// The service answered with a code.
    fn vendor(&self, code: &Code, envelope: &Envelope<'_>) -> Failure {
        let said = self.message(envelope).map(|text| format!(": {}", excerpt(text.as_bytes(), &[])));
        let code_text = self.shown_code(code);
        // Worth quoting to the vendor beside our own id.
        let theirs = envelope.request_id().filter(|id| id != self.call.id);
        let theirs = theirs.map(|id| format!("; requestId {}", excerpt(id.as_bytes(), &self.secrets())));
        let what = format!(
            "code {code_text} ({}){}{}{}",
            code.meaning(),
            said.unwrap_or_default(),
            theirs.unwrap_or_default(),
            self.skew(code.class())
        );
        let kind = code.error_kind().unwrap_or(ErrorKind::Service);
        self.failure(code.class(), kind, code.retry(), &what, Some(envelope))
    }

    /// The status alone says what is wrong; the body may hold more.
    fn http(&self, envelope: Option<&Envelope<'_>>) -> Failure {
        let status = self.answered.status;
        let class = class_of_status(status);
        let kind = match status {
            401 => ErrorKind::Unauthenticated,
            403 => ErrorKind::PermissionDenied,
            404 | 410 => ErrorKind::NotFound,
            408 => ErrorKind::Timeout,
            413 => ErrorKind::LimitExceeded,
            429 => ErrorKind::RateLimited,
            _ => ErrorKind::Service,
        };
        let retry = if class == FailureClass::Rejected { Retry::No } else { Retry::Yes };
        let body = excerpt(&self.answered.body, &self.secrets());
        let body = if body.is_empty() { "without a body".to_owned() } else { format!("with \"{body}\"") };
        self.failure(class, kind, retry, &format!("HTTP {status} {body}{}", self.skew(class)), envelope)
    }

    /// Redirects are not followed: the signature must not travel to a place nobody chose.
    fn redirect(&self) -> Failure {
        let target = match self.answered.headers.get("Location").map(Url::parse) {
            None => "nowhere".to_owned(),
            Some(Ok(url)) => url.origin().to_owned(),
            Some(Err(_)) => "another path".to_owned(),
        };
        let target = scrub(&target, &self.secrets());
        let what = format!("HTTP {} redirects to {target}, which is not followed", self.answered.status);
        self.failure(FailureClass::Rejected, ErrorKind::Service, Retry::No, &what, None)
    }

    /// A success that is none. After a submission nobody knows what it means, which is what its class says.
    fn not_understood(&self) -> Failure {
        let kind = self.answered.headers.get("Content-Type").unwrap_or("no content type");
        let what = format!(
            "HTTP {} is not the expected answer: {} bytes of {}, beginning with \"{}\"",
            self.answered.status,
            self.answered.body.len(),
            excerpt(kind.as_bytes(), &self.secrets()),
            excerpt(&self.answered.body, &self.secrets()),
        );
        self.failure(FailureClass::Garbled, ErrorKind::Service, Retry::No, &what, None)
    }

    /// Whether the clock may be the reason, for what was refused for good.
    fn skew(&self, class: FailureClass) -> String {
        let refused = class == FailureClass::Rejected;
        refused.then(|| skew::note(&self.answered.headers, self.now)).flatten().unwrap_or_default()
    }

    fn shown_code(&self, code: &Code) -> String {
        excerpt(code.as_str().as_bytes(), &self.secrets())
    }

    fn failure(
        &self,
        class: FailureClass,
        kind: ErrorKind,
        retry: Retry,
        what: &str,
        envelope: Option<&Envelope<'_>>,
    ) -> Failure {
        let mut fault = self.call.fault();
        fault.http_status = Some(self.answered.status);
        fault.code = envelope.and_then(Envelope::code).map(|code| self.shown_code(&code));
        fault.message = envelope.and_then(|envelope| self.message(envelope));
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
