//! Judging what came back: an answer, or which failure.

use std::time::SystemTime;

use voxline_core::{Error, ErrorKind, Retry, Secret};

use super::authorize::Granted;
use super::credentials::ExpiresUnit;
use super::request::AnswerAudio;
use super::response::{ChatAnswer, Parsed};
use super::sound;
use super::status::{ChatStatus, Tried};
use crate::http::redact::{excerpt, scrub};
use crate::http::{Answered, Call, Failure, FailureClass, Request, Url, class_of_status, retry_after};

/// What a judge sees besides the answer.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) call: Call<'a>,
    pub(super) request: &'a Request,
    /// What must not be repeated from the answer.
    pub(super) secrets: &'a [&'a Secret],
    pub(super) now: SystemTime,
}

/// The answer to an utterance.
///
/// A known code of the service decides over the HTTP status: it is closer to the cause.
pub(super) fn judge_chat(scene: Scene<'_>, answered: &Answered, tried: Tried) -> Result<ChatAnswer, Failure> {
    let case = Case { scene, answered, may_hold_token: false };
    let parsed = Parsed::new(&answered.body, scene.secrets);
    match (answered.status, parsed) {
        (300..=399, _) => Err(case.redirect()),
        (200..=299, Some(parsed)) if parsed.status == ChatStatus::Success => Ok(parsed.into_answer()),
        (_, Some(parsed)) if case.is_told_by(&parsed) => Err(case.vendor(&parsed, parsed.status.hint(tried))),
        (200..=299, _) => Err(case.not_understood()),
        (_, parsed) => Err(case.http(parsed.as_ref())),
    }
}

/// A new access token.
pub(super) fn judge_token(scene: Scene<'_>, answered: &Answered, unit: ExpiresUnit) -> Result<Granted, Failure> {
    let granted = Granted::parse(&answered.body, unit);
    let mut secrets = scene.secrets.to_vec();
    secrets.extend(granted.as_ref().map(|granted| &granted.token));
    let case = Case { scene: Scene { secrets: &secrets, ..scene }, answered, may_hold_token: true };
    let parsed = Parsed::new(&answered.body, &secrets);
    match (answered.status, parsed) {
        (300..=399, _) => Err(case.redirect()),
        (200..=299, Some(parsed)) if parsed.status == ChatStatus::Success => match granted.clone() {
            Some(granted) => Ok(granted),
            None => Err(case.not_understood()),
        },
        (_, Some(parsed)) if case.is_told_by(&parsed) => Err(case.vendor(&parsed, parsed.status.authorize_hint())),
        (200..=299, _) => Err(case.not_understood()),
        (_, parsed) => Err(case.http(parsed.as_ref())),
    }
}

/// The bytes of a spoken answer.
pub(super) fn judge_audio(
    scene: Scene<'_>,
    answered: &Answered,
    kind: Option<AnswerAudio>,
) -> Result<Vec<u8>, Failure> {
    let case = Case { scene, answered, may_hold_token: false };
    match answered.status {
        300..=399 => Err(case.redirect()),
        200 => match sound::fault(&answered.body, &answered.headers, kind) {
            None => Ok(answered.body.clone()),
            Some(fault) => Err(case.not_as_expected(&fault)),
        },
        201..=299 => Err(case.not_understood()),
        _ => Err(case.http(None)),
    }
}

struct Case<'a> {
    scene: Scene<'a>,
    answered: &'a Answered,
    /// Whether the body can hold a secret that nobody knows yet.
    may_hold_token: bool,
}

impl Case<'_> {
    /// Whether the service's own code says what is wrong. Under an HTTP error an unknown code says less than the status.
    fn is_told_by(&self, parsed: &Parsed) -> bool {
        let fine = (200..=299).contains(&self.answered.status);
        fine || !matches!(parsed.status, ChatStatus::Success | ChatStatus::Other(_))
    }

    /// The service answered with a code.
    fn vendor(&self, parsed: &Parsed, hint: &str) -> Failure {
        let status = parsed.status;
        let said = parsed.description.as_deref().map(|text| format!(": {}", excerpt(text.as_bytes(), &[])));
        let what = format!("{status}{}{hint}", said.unwrap_or_default());
        let kind = status.error_kind().unwrap_or(ErrorKind::Service);
        self.failure(status.class(), kind, status.retry(), &what, Some(parsed))
    }

    /// The beginning of the body, unless it may be a damaged answer with a token in it: then only a web page is shown,
    /// and none that speaks of what was sent or asked for (a secret cut short would not be found).
    fn shown_body(&self) -> Option<String> {
        let body = &self.answered.body;
        let names = |word: &[u8]| body.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word));
        let is_page = || {
            let begins = body.iter().find(|byte| byte.is_ascii() && !byte.is_ascii_whitespace());
            begins == Some(&b'<') && !names(b"token") && !names(b"appkey") && !names(b"authcode")
        };
        (!self.may_hold_token || is_page()).then(|| excerpt(body, self.scene.secrets))
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
        let body = match self.shown_body() {
            _ if self.answered.body.is_empty() => "without a body".to_owned(),
            Some(body) => format!("with \"{body}\""),
            None => format!("with {} bytes that are not shown", self.answered.body.len()),
        };
        let what = format!("HTTP {} {body}", self.answered.status);
        self.failure(class, kind, retry, &what, parsed)
    }

    /// Redirects are not followed: the token must not travel to a place nobody chose.
    fn redirect(&self) -> Failure {
        let target = match self.answered.headers.get("Location") {
            None => "nowhere".to_owned(),
            // Secrets go first: in an address a host loses its capitals, and would not be found any more.
            Some(location) => match Url::parse(&scrub(location, self.scene.secrets)) {
                Ok(url) => url.origin().to_owned(),
                Err(_) => "another path".to_owned(),
            },
        };
        let what = format!("HTTP {} redirects to {target}, which is not followed", self.answered.status);
        self.failure(FailureClass::Rejected, ErrorKind::Service, Retry::No, &what, None)
    }

    /// A success that is none.
    fn not_understood(&self) -> Failure {
        self.not_as_expected("")
    }

    fn not_as_expected(&self, fault: &str) -> Failure {
        let kind = self.answered.headers.get("Content-Type").unwrap_or("no content type");
        let body = self.shown_body().map(|body| format!("beginning with \"{body}\""));
        let what = format!(
            "HTTP {} is not the expected answer{fault}: {} bytes of {}, {}",
            self.answered.status,
            self.answered.body.len(),
            excerpt(kind.as_bytes(), self.scene.secrets),
            body.as_deref().unwrap_or("which are not shown"),
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
        let mut fault = self.scene.call.fault();
        fault.http_status = Some(self.answered.status);
        fault.code = parsed.map(|p| p.status.code().to_string());
        fault.message = parsed.and_then(|p| p.description.clone());
        let wait = retry_after(&self.answered.headers, self.scene.now);
        let retry = match (retry, wait) {
            (Retry::Yes, Some(wait)) => Retry::After(wait),
            (retry, _) => retry,
        };
        let context = format!("{} {}: {what}", self.scene.request.method.as_str(), self.scene.request.shown_url());
        let error = Error::new(kind, self.scene.call.op, context).with_retry(retry).with_service(fault);
        Failure { class, retry_after: wait, error }
    }
}
