//! The client of the chat service.

use std::fmt;
use std::sync::Arc;

use voxline_core::{Error, ErrorKind, Result, Secret};

use super::authorize;
use super::builder::ChatClientBuilder;
use super::check::SizeLimit;
use super::credentials::fault_of_user_id;
use super::errand::{Errand, Service};
use super::outcome::judge_audio;
use super::request::ChatRequest;
use super::response::{AudioUrl, ChatAnswer};
use super::status::Tried;
use super::tokens::UserTokens;
use crate::http::{CancelToken, Request};

/// Talks to the voice-chat service. Calls block; clones share connections and access tokens.
///
/// An utterance sent twice may be answered twice, so a call is repeated on its own only when the service surely did
/// not act on it: no connection, HTTP 429 and 503, and the service's own codes −1, 40 and 124. After a lost
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

    /// How the service's size limit is read: longer audio is refused before it is sent.
    pub fn size_limit(&self) -> SizeLimit {
        self.0.service.size_limit
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

    /// The same, given up when `cancel` is cancelled. An utterance that is being sent or answered is finished first.
    ///
    /// **Errors**: as [`ChatClient::send`], and [`ErrorKind::Cancelled`] if the service surely did nothing.
    pub fn send_with(&self, request: &ChatRequest, cancel: &CancelToken) -> Result<ChatAnswer> {
        let Inner { service, access } = &*self.0;
        request.check(service.size_limit)?;
        let errand = Errand::new(service, cancel);
        match access {
            Access::Given(token) => errand.chat(request, token, Tried::GivenToken),
            Access::Renewed { user_id, tokens } => errand.chat_renewing(request, user_id, tokens),
        }
    }

    /// Fetches the spoken answer: bytes of the kind that was asked for (MP3 unless said otherwise).
    ///
    /// What is declared as or looks like JSON or a web page, what is compressed, and what is not of the kind that the link
    /// knows ([`AudioUrl::kind`]) is an error of kind [`ErrorKind::Service`]. Headerless samples can be told from other
    /// bytes only so far: by their number, and by the headers that they do not have.
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
        let errand = Errand::new(service, cancel);
        let token = match access {
            Access::Given(token) => Some(token.clone()),
            Access::Renewed { tokens, .. } => tokens.known(),
        };
        let secrets = service.secrets(token.as_deref());
        let call = errand.call(OP);
        service.http.call(
            call,
            service.http.terms(true, cancel),
            || Ok(get.clone()),
            |answered| judge_audio(errand.scene(call, &get, &secrets), answered, link.kind()),
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
