//! The client of the chat service.

use std::fmt;
use std::sync::Arc;

use voxline_core::options::HttpOptions;
use voxline_core::{Error, ErrorKind, Result, Secret};

use super::check::SizeLimit;
use super::outcome::{judge_audio, judge_chat};
use super::request::ChatRequest;
use super::response::{AudioUrl, ChatAnswer};
use super::wire;
use crate::http::{Call, CancelToken, Clock, HttpClient, Parts, Random, Request, Transport, Url};

/// The vendor's trial host: not for production, says its page.
pub const DEFAULT_BASE_URL: &str = "https://temp1.lingju.ai";
const TRIAL_HOST: &str = "temp1.lingju.ai";
const CHAT_PATH: &str = "/httpapi/AudioChat.do";
/// Exactly so, says the vendor's page.
const CONTENT_TYPE: &str = "application/json;charset=UTF-8";
const SERVICE: &str = "chat";

/// Talks to the voice-chat service. Calls block; clones share connections.
///
/// An utterance sent twice may be answered twice, so a call is repeated on its own only when the service surely did
/// not act on it: no connection, HTTP 408, 429 and 503, and the service's own codes −1, 40 and 124. After a lost
/// connection, a read time-out or a gateway error the error is [`ErrorKind::OutcomeUnknown`], unless
/// [`ChatClientBuilder::repeat_unknown`] allows to repeat.
#[derive(Clone)]
pub struct ChatClient(Arc<Inner>);

struct Inner {
    http: HttpClient,
    chat_url: Url,
    token: Secret,
    size_limit: SizeLimit,
    repeat_unknown: bool,
    trial_host: bool,
}

impl ChatClient {
    /// A client to be: [`ChatClientBuilder::access_token`] is required, everything else has a default.
    pub fn builder() -> ChatClientBuilder {
        ChatClientBuilder {
            base_url: DEFAULT_BASE_URL.to_owned(),
            token: Secret::default(),
            http: HttpOptions::default(),
            size_limit: SizeLimit::default(),
            repeat_unknown: false,
            parts: Parts::default(),
        }
    }

    /// Whether the vendor's trial host is used, which is not for production.
    pub fn uses_trial_host(&self) -> bool {
        self.0.trial_host
    }

    /// Sends an utterance and waits for the answer.
    ///
    /// **Errors**: those of [`ChatRequest::check`], before anything is sent; [`ErrorKind::Connect`] and
    /// [`ErrorKind::Timeout`] when the service was not reached; [`ErrorKind::OutcomeUnknown`] when it may have been;
    /// [`ErrorKind::Unauthenticated`], [`ErrorKind::PermissionDenied`], [`ErrorKind::NotFound`],
    /// [`ErrorKind::RateLimited`] and [`ErrorKind::Service`] for what it said, with its code and message in
    /// [`Error::service`]. [`Error::retry`] says whether trying again can help.
    pub fn send(&self, request: &ChatRequest) -> Result<ChatAnswer> {
        self.send_with(request, &CancelToken::new())
    }

    /// The same, given up when `cancel` is cancelled.
    ///
    /// **Errors**: as [`ChatClient::send`], and [`ErrorKind::Cancelled`].
    pub fn send_with(&self, request: &ChatRequest, cancel: &CancelToken) -> Result<ChatAnswer> {
        let Inner { http, chat_url, token, size_limit, repeat_unknown, .. } = &*self.0;
        request.check(*size_limit)?;
        let body = wire::body(request, token)?;
        let mut post = Request::post(chat_url.clone(), body).with_header("Content-Type", CONTENT_TYPE);
        post.idempotent = *repeat_unknown;
        let id = http.call_id();
        let call = Call { service: SERVICE, op: "send chat request", id: &id };
        let clock = http.clock();
        http.call(
            call,
            *repeat_unknown,
            cancel,
            || Ok(post.clone()),
            |answered| judge_chat(call, &post, answered, token, clock.date()),
        )
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
        let Inner { http, token, .. } = &*self.0;
        let url = link
            .parse()
            .map_err(|e| Error::new(ErrorKind::InvalidArgument, OP, format!("the link cannot be used: {e}")))?;
        let mut get = Request::get(url);
        get.hide_path = true;
        let id = http.call_id();
        let call = Call { service: SERVICE, op: OP, id: &id };
        let clock = http.clock();
        http.call(
            call,
            true,
            cancel,
            || Ok(get.clone()),
            |answered| judge_audio(call, &get, answered, token, clock.date()),
        )
    }
}

impl fmt::Debug for ChatClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatClient")
            .field("chat_url", &self.0.chat_url)
            .field("size_limit", &self.0.size_limit)
            .field("repeat_unknown", &self.0.repeat_unknown)
            .finish_non_exhaustive()
    }
}

/// Makes a [`ChatClient`].
#[derive(Clone)]
#[must_use]
pub struct ChatClientBuilder {
    base_url: String,
    token: Secret,
    http: HttpOptions,
    size_limit: SizeLimit,
    repeat_unknown: bool,
    parts: Parts,
}

impl ChatClientBuilder {
    /// Where the service is, without `/httpapi/…`; the default is the vendor's trial host.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// The access token. Required.
    pub fn access_token(mut self, token: impl Into<Secret>) -> Self {
        self.token = token.into();
        self
    }

    /// Time-outs, attempts, proxy, certificate authorities, limits.
    pub fn http(mut self, options: HttpOptions) -> Self {
        self.http = options;
        self
    }

    /// How the service's size limit is read; the default is less than 600 000 bytes of audio.
    pub fn size_limit(mut self, limit: SizeLimit) -> Self {
        self.size_limit = limit;
        self
    }

    /// Whether an utterance is sent again when nobody knows whether the service got it; default no.
    ///
    /// For those to whom a second answer does no harm.
    pub fn repeat_unknown(mut self, repeat: bool) -> Self {
        self.repeat_unknown = repeat;
        self
    }

    /// Sends through this transport; proxy and certificate authorities of the options are then its business.
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.parts.transport = Some(Arc::new(transport));
        self
    }

    /// Takes time from this clock.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.parts.clock = Some(Arc::new(clock));
        self
    }

    /// Takes chance from this source.
    pub fn random(mut self, random: impl Random + 'static) -> Self {
        self.parts.random = Some(Arc::new(random));
        self
    }

    /// Checks everything and makes the client. Nothing is sent yet.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] for a missing token, an address that cannot be used, or options out
    /// of range; what [`crate::http::UreqTransport::new`] says.
    pub fn build(self) -> Result<ChatClient> {
        let refuse = |what: String| Error::new(ErrorKind::InvalidArgument, "build chat client", what);
        if self.token.is_empty() {
            return Err(refuse("there is no access token".to_owned()));
        }
        // A token read from a file often brings its line break along, which no server forgives.
        if self.token.expose().contains(|c: char| c.is_control() || c.is_whitespace()) {
            return Err(refuse("the access token holds white space or a line break".to_owned()));
        }
        let base = Url::parse(&self.base_url).map_err(|e| refuse(format!("base URL: {e}")))?;
        if base.has_query() || self.base_url.contains('#') {
            return Err(refuse("base URL: it must not have a query or fragment".to_owned()));
        }
        let chat_url = base.join(CHAT_PATH).map_err(|e| refuse(format!("base URL: {e}")))?;
        let trial_host = base.host() == TRIAL_HOST;
        if trial_host {
            tracing::warn!(host = TRIAL_HOST, "the vendor's trial host is in use; it is not meant for production");
        }
        if !base.is_https() && !base.is_loopback() {
            tracing::warn!(origin = base.origin(), "the access token travels unencrypted");
        }
        let http = HttpClient::new(self.http, self.parts)?;
        Ok(ChatClient(Arc::new(Inner {
            http,
            chat_url,
            token: self.token,
            size_limit: self.size_limit,
            repeat_unknown: self.repeat_unknown,
            trial_host,
        })))
    }
}

impl fmt::Debug for ChatClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The base URL was not checked yet: it may hold credentials.
        f.debug_struct("ChatClientBuilder")
            .field("token", &self.token)
            .field("http", &self.http)
            .field("size_limit", &self.size_limit)
            .field("repeat_unknown", &self.repeat_unknown)
            .finish_non_exhaustive()
    }
}
