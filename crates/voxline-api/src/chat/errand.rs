//! One call of the user with everything it takes: a token, the utterance, and both once more if the token is refused.

use std::time::Duration;

use voxline_core::{Error, ErrorKind, Result, Secret};

use super::authorize::{self, Granted};
use super::check::SizeLimit;
use super::credentials::ExpiresUnit;
use super::outcome::{Scene, judge_chat, judge_token};
use super::request::{AnswerAudio, ChatRequest};
use super::response::ChatAnswer;
use super::status::{ChatStatus, Tried};
use super::tokens::{Held, Patience, UserTokens, Users};
use super::wire;
use crate::http::{Call, CancelToken, HttpClient, Request, Terms, Url};

/// Exactly so, says the vendor's page.
const CONTENT_TYPE: &str = "application/json;charset=UTF-8";
const SERVICE: &str = "chat";
const OP: &str = "send chat request";
/// An answer of `authorize.do` has a few hundred bytes.
const MAX_AUTHORIZE_BYTES: u64 = 1 << 20;

/// What all users of a client share.
pub(super) struct Service {
    pub(super) http: HttpClient,
    pub(super) base: Url,
    pub(super) chat_url: Url,
    pub(super) size_limit: SizeLimit,
    pub(super) repeat_unknown: bool,
    pub(super) trial_host: bool,
    pub(super) app: Option<App>,
}

/// How new tokens are got.
pub(super) struct App {
    pub(super) app_key: Secret,
    pub(super) auth_code: Secret,
    pub(super) expires_unit: ExpiresUnit,
    pub(super) renew_before: Duration,
    pub(super) users: Users,
}

impl Service {
    /// What must not be repeated from an answer.
    pub(super) fn secrets<'a>(&'a self, token: Option<&'a Secret>) -> Vec<&'a Secret> {
        let app = self.app.iter().flat_map(|app| [&app.app_key, &app.auth_code]);
        token.into_iter().chain(app).collect()
    }
}

/// One call of the user: all its requests together have `http.total_timeout_ms`.
pub(super) struct Errand<'a> {
    service: &'a Service,
    cancel: &'a CancelToken,
    id: String,
    deadline: Duration,
}

impl<'a> Errand<'a> {
    pub(super) fn new(service: &'a Service, cancel: &'a CancelToken) -> Self {
        let http = &service.http;
        let deadline = http.clock().now().saturating_add(http.total_timeout());
        Self { service, cancel, id: http.call_id(), deadline }
    }

    pub(super) fn call(&self, op: &'static str) -> Call<'_> {
        Call { service: SERVICE, op, id: &self.id }
    }

    pub(super) fn scene<'s>(&self, call: Call<'s>, request: &'s Request, secrets: &'s [&'s Secret]) -> Scene<'s> {
        Scene { call, request, secrets, now: self.service.http.clock().date() }
    }

    /// The terms of a request that must be over at `deadline`.
    fn terms(&self, op: &'static str, idempotent: bool, deadline: Duration) -> Result<Terms<'a>> {
        let http = &self.service.http;
        let left = deadline.saturating_sub(http.clock().now());
        if left.is_zero() {
            let what = "time ran out (http.total_timeout_ms) before this could be sent";
            return Err(Error::new(ErrorKind::Timeout, op, what).with_service(self.call(op).fault()));
        }
        Ok(http.terms(idempotent, self.cancel).within(left))
    }

    pub(super) fn chat(&self, request: &ChatRequest, token: &Secret, tried: Tried) -> Result<ChatAnswer> {
        let service = self.service;
        let body = wire::body(request, token)?;
        let mut post = Request::post(service.chat_url.clone(), body).with_header("Content-Type", CONTENT_TYPE);
        post.idempotent = service.repeat_unknown;
        let secrets = service.secrets(Some(token));
        let call = self.call(OP);
        let terms = self.terms(OP, service.repeat_unknown, self.deadline)?;
        let answer = service.http.call(
            call,
            terms,
            || Ok(post.clone()),
            |answered| judge_chat(self.scene(call, &post, &secrets), answered, tried),
        )?;
        // The service's own choice is MP3.
        Ok(answer.spoken_as(request.answer_audio.unwrap_or(AnswerAudio::Mp3)))
    }

    /// The same with a token of our own: refused once, it is renewed once.
    pub(super) fn chat_renewing(
        &self,
        request: &ChatRequest,
        user_id: &str,
        tokens: &UserTokens,
    ) -> Result<ChatAnswer> {
        let held = self.token(user_id, tokens, None)?;
        let refused = match self.chat(request, &held.token, Tried::Renewable) {
            Ok(answer) => return Ok(answer),
            Err(error) => refusal(&error).ok_or(error)?,
        };
        tracing::info!(code = refused.code(), id = self.id, "the access token was refused; it is renewed");
        let held = self
            .token(user_id, tokens, Some(held.serial))
            .map_err(|e| e.at(format_args!("{refused}, and the access token could not be renewed")))?;
        self.chat(request, &held.token, Tried::Renewed)
    }

    /// The user's token, another than the refused one.
    fn token(&self, user_id: &str, tokens: &UserTokens, refused: Option<u64>) -> Result<Held> {
        let app = self.service.app.as_ref();
        let app = app.ok_or_else(|| Error::new(ErrorKind::Internal, OP, "the app credentials are missing"))?;
        let patience = Patience {
            clock: self.service.http.clock(),
            cancel: self.cancel,
            deadline: self.deadline,
            renew_before: app.renew_before,
            longest_wait: Duration::from_millis(self.service.http.options().backoff_max_ms),
        };
        tokens.get(&patience, refused, |deadline| self.authorize(app, user_id, deadline))
    }

    /// Asks for a token. Asking twice does no harm.
    fn authorize(&self, app: &App, user_id: &str, deadline: Duration) -> Result<Granted> {
        let url = authorize::url(&self.service.base, &app.app_key, &app.auth_code, user_id)
            .map_err(|e| Error::new(ErrorKind::InvalidArgument, authorize::OP, e.to_string()))?;
        let get = Request::get(url);
        let secrets = self.service.secrets(None);
        let call = self.call(authorize::OP);
        let terms = self.terms(authorize::OP, true, deadline)?.at_most(MAX_AUTHORIZE_BYTES);
        self.service.http.call(
            call,
            terms,
            || Ok(get.clone()),
            |answered| judge_token(self.scene(call, &get, &secrets), answered, app.expires_unit),
        )
    }
}

/// The status of an answer that asks for a new token.
fn refusal(error: &Error) -> Option<ChatStatus> {
    let code = error.service()?.code.as_deref()?.parse().ok()?;
    let status = ChatStatus::from_code(code);
    (error.kind() == ErrorKind::Unauthenticated && status.asks_for_new_token()).then_some(status)
}
