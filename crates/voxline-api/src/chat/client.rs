//! The client of the chat service.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use voxline_core::options::HttpOptions;
use voxline_core::{Error, ErrorKind, Result, Secret};

use super::authorize::{self, Granted};
use super::builder::ChatClientBuilder;
use super::check::SizeLimit;
use super::credentials::{ExpiresUnit, fault_of_user_id};
use super::outcome::{Scene, judge_audio, judge_chat, judge_token};
use super::request::ChatRequest;
use super::response::{AudioUrl, ChatAnswer};
use super::status::{ChatStatus, Tried};
use super::tokens::{Held, Patience, UserTokens, Users};
use super::wire;
use crate::http::{Call, CancelToken, HttpClient, Parts, Request, Url};

/// Exactly so, says the vendor's page.
const CONTENT_TYPE: &str = "application/json;charset=UTF-8";
const SERVICE: &str = "chat";
const OP: &str = "send chat request";
/// An answer of `authorize.do` has a few hundred bytes.
const MAX_AUTHORIZE_BYTES: u64 = 1 << 20;

/// Talks to the voice-chat service. Calls block; clones share connections and access tokens.
///
/// An utterance sent twice may be answered twice, so a call is repeated on its own only when the service surely did
/// not act on it: no connection, HTTP 408, 429 and 503, and the service's own codes −1, 40 and 124. After a lost
/// connection, a read time-out or a gateway error the error is [`ErrorKind::OutcomeUnknown`], unless
/// [`ChatClientBuilder::repeat_unknown`] allows to repeat.
///
/// With [`ChatClientBuilder::app_credentials`] the client gets its access tokens itself: at the first call, a little
/// before one expires, and once more within a call whose token the service refuses (codes 122, 19 and 99), which is
/// then repeated once. Tokens are kept per user and shared by all clones; however many threads need a new one, one of
/// them asks for it.
#[derive(Clone)]
pub struct ChatClient(Arc<Inner>);

struct Inner {
    service: Arc<Service>,
    access: Access,
}

/// What all users of a client share.
pub(super) struct Service {
    pub(super) options: HttpOptions,
    /// All of them set.
    pub(super) parts: Parts,
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

/// What is sent as access token.
pub(super) enum Access {
    /// What the caller gave; it cannot be renewed.
    Given(Arc<Secret>),
    /// What the service gives this user.
    Renewed { user_id: String, tokens: Arc<UserTokens> },
}

impl ChatClient {
    /// A client to be: [`ChatClientBuilder::access_token`] or [`ChatClientBuilder::app_credentials`] is required,
    /// everything else has a default.
    pub fn builder() -> ChatClientBuilder {
        ChatClientBuilder::new()
    }

    pub(super) fn new(service: Service, access: Access) -> Self {
        Self(Arc::new(Inner { service: Arc::new(service), access }))
    }

    /// Whether the vendor's trial host is used, which is not for production.
    pub fn uses_trial_host(&self) -> bool {
        self.0.service.trial_host
    }

    /// The same client speaking for another user: same connections and credentials, an access token of the user's own.
    ///
    /// Tokens are kept with the client: asking for the same user again finds them. Those of users for whom nobody holds
    /// a client may be forgotten once there are 10 000, and are then asked for again.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] if the client has no app credentials or the user id cannot be sent.
    ///
    /// ```
    /// use voxline_api::chat::{AppCredentials, ChatClient};
    /// let credentials = AppCredentials::new("app-key", "auth-code", "first");
    /// let first = ChatClient::builder().base_url("http://127.0.0.1:9").app_credentials(credentials).build()?;
    /// let second = first.for_user("second")?;
    /// # Ok::<(), voxline_core::Error>(())
    /// ```
    pub fn for_user(&self, user_id: &str) -> Result<Self> {
        const OP: &str = "choose chat user";
        let refuse = |what: String| Error::new(ErrorKind::InvalidArgument, OP, what);
        let service = self.0.service.clone();
        let Some(app) = &service.app else {
            return Err(refuse(
                "the client was given an access token, which is one user's; use app credentials".into(),
            ));
        };
        if let Some(fault) = fault_of_user_id(user_id) {
            return Err(refuse(fault));
        }
        authorize::url(&service.base, &app.app_key, &app.auth_code, user_id).map_err(|e| refuse(e.to_string()))?;
        let access = Access::Renewed { user_id: user_id.to_owned(), tokens: app.users.tokens_of(user_id) };
        Ok(Self(Arc::new(Inner { service, access })))
    }

    /// Sends an utterance and waits for the answer.
    ///
    /// **Errors**: those of [`ChatRequest::check`], before anything is sent; [`ErrorKind::Connect`] and
    /// [`ErrorKind::Timeout`] when the service was not reached; [`ErrorKind::OutcomeUnknown`] when it may have been;
    /// [`ErrorKind::Unauthenticated`], [`ErrorKind::PermissionDenied`], [`ErrorKind::NotFound`],
    /// [`ErrorKind::RateLimited`] and [`ErrorKind::Service`] for what it said, with its code and message in
    /// [`Error::service`]. [`Error::retry`] says whether trying again can help. An error whose [`Error::op`] is
    /// `get access token` came before the utterance was taken.
    pub fn send(&self, request: &ChatRequest) -> Result<ChatAnswer> {
        self.send_with(request, &CancelToken::new())
    }

    /// The same, given up when `cancel` is cancelled.
    ///
    /// **Errors**: as [`ChatClient::send`], and [`ErrorKind::Cancelled`].
    pub fn send_with(&self, request: &ChatRequest, cancel: &CancelToken) -> Result<ChatAnswer> {
        let Inner { service, access } = &*self.0;
        request.check(service.size_limit)?;
        let errand = Errand::new(service, cancel)?;
        match access {
            Access::Given(token) => errand.chat(request, token, Tried::GivenToken),
            Access::Renewed { user_id, tokens } => errand.chat_renewing(request, user_id, tokens),
        }
    }

    /// Fetches the spoken answer: bytes of the kind that was asked for (MP3 unless said otherwise).
    ///
    /// The access token is not sent along: the link is often on another host.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] for a link that is not `http` or `https`;
    /// [`ErrorKind::LimitExceeded`] beyond `http.max_response_bytes`; otherwise as [`ChatClient::send`], except that
    /// fetching is repeated freely.
    pub fn fetch_audio(&self, link: &AudioUrl, cancel: &CancelToken) -> Result<Vec<u8>> {
        const OP: &str = "fetch spoken answer";
        let Inner { service, access } = &*self.0;
        let url = link
            .parse()
            .map_err(|e| Error::new(ErrorKind::InvalidArgument, OP, format!("the link cannot be used: {e}")))?;
        let mut get = Request::get(url);
        get.hide_path = true;
        let errand = Errand::new(service, cancel)?;
        let token = match access {
            Access::Given(token) => Some(token.clone()),
            Access::Renewed { tokens, .. } => tokens.known(),
        };
        let secrets = service.secrets(token.as_deref());
        let call = errand.call(OP);
        errand.http.call(
            call,
            true,
            cancel,
            || Ok(get.clone()),
            |answered| judge_audio(errand.scene(call, &get, &secrets), answered),
        )
    }
}

impl fmt::Debug for ChatClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let service = &self.0.service;
        f.debug_struct("ChatClient")
            .field("chat_url", &service.chat_url)
            .field("renews_tokens", &service.app.is_some())
            .field("size_limit", &service.size_limit)
            .field("repeat_unknown", &service.repeat_unknown)
            .finish_non_exhaustive()
    }
}

impl Service {
    /// What must not be repeated from an answer.
    fn secrets<'a>(&'a self, token: Option<&'a Secret>) -> Vec<&'a Secret> {
        let app = self.app.iter().flat_map(|app| [&app.app_key, &app.auth_code]);
        token.into_iter().chain(app).collect()
    }
}

/// One call of the user: all its requests together have `http.total_timeout_ms`.
struct Errand<'a> {
    service: &'a Service,
    cancel: &'a CancelToken,
    http: HttpClient,
    id: String,
    deadline: Duration,
}

impl<'a> Errand<'a> {
    fn new(service: &'a Service, cancel: &'a CancelToken) -> Result<Self> {
        let http = HttpClient::new(service.options.clone(), service.parts.clone())?;
        let total = Duration::from_millis(service.options.total_timeout_ms);
        let deadline = http.clock().now().saturating_add(total);
        let id = http.call_id();
        Ok(Self { service, cancel, http, id, deadline })
    }

    fn call(&self, op: &'static str) -> Call<'_> {
        Call { service: SERVICE, op, id: &self.id }
    }

    fn scene<'s>(&self, call: Call<'s>, request: &'s Request, secrets: &'s [&'s Secret]) -> Scene<'s> {
        Scene { call, request, secrets, now: self.http.clock().date() }
    }

    /// The client for a request that must be over at `deadline`.
    fn http_until(&self, op: &'static str, deadline: Duration, max_bytes: u64) -> Result<HttpClient> {
        let left = deadline.saturating_sub(self.http.clock().now());
        if left.is_zero() {
            let what = "time ran out (http.total_timeout_ms) before this could be sent";
            return Err(Error::new(ErrorKind::Timeout, op, what).with_service(self.call(op).fault()));
        }
        let mut options = self.service.options.clone();
        options.total_timeout_ms = u64::try_from(left.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
        options.max_response_bytes = options.max_response_bytes.min(max_bytes);
        HttpClient::new(options, self.service.parts.clone())
    }

    fn chat(&self, request: &ChatRequest, token: &Secret, tried: Tried) -> Result<ChatAnswer> {
        let service = self.service;
        let body = wire::body(request, token)?;
        let mut post = Request::post(service.chat_url.clone(), body).with_header("Content-Type", CONTENT_TYPE);
        post.idempotent = service.repeat_unknown;
        let secrets = service.secrets(Some(token));
        let call = self.call(OP);
        self.http_until(OP, self.deadline, u64::MAX)?.call(
            call,
            service.repeat_unknown,
            self.cancel,
            || Ok(post.clone()),
            |answered| judge_chat(self.scene(call, &post, &secrets), answered, tried),
        )
    }

    /// The same with a token of our own: refused once, it is renewed once.
    fn chat_renewing(&self, request: &ChatRequest, user_id: &str, tokens: &UserTokens) -> Result<ChatAnswer> {
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
            clock: self.http.clock(),
            cancel: self.cancel,
            deadline: self.deadline,
            renew_before: app.renew_before,
            longest_wait: Duration::from_millis(self.service.options.backoff_max_ms),
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
        self.http_until(authorize::OP, deadline, MAX_AUTHORIZE_BYTES)?.call(
            call,
            true,
            self.cancel,
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
