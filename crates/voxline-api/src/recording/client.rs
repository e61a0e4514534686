//! The client of the recording service.

use std::fmt;
use std::sync::Arc;

use voxline_core::options::LimitOptions;
use voxline_core::{Error, ErrorKind, Result, Secret};

use super::outcome::Case;
use super::request::{RecordingId, TOKEN_PATH};
use super::response::{Envelope, all_addresses, json};
use super::status::RecordingStatus;
use super::url::{DownloadScheme, RecordingUrl};
use crate::http::{
    Answered, Attempt, Call, CancelToken, Failure, HttpClient, Opened, Reading, Request, Setup, Url, setters,
    transport_failure,
};

/// The vendor's own installation; others are on customers' premises.
pub const DEFAULT_BASE_URL: &str = "https://ai.api.longlonglong.cn";
pub(super) const SERVICE: &str = "recording";

/// Finds and fetches recordings of calls. Calls block; clones share connections.
///
/// Everything here only reads, so that whatever failed for a passing reason is tried again. The token goes to the
/// origin (scheme, host, port) of the base URL and nowhere else, unless
/// [`RecordingClientBuilder::send_token_to_download_host`] says so.
///
/// **Units**: `http.total_timeout_ms` limits finding a recording and beginning to fetch it. The audio itself may take
/// as long as it wants while it moves: at least 16 KiB in each `http.total_timeout_ms` of waiting, no silence longer
/// than `http.read_timeout_ms`.
#[derive(Clone)]
pub struct RecordingClient(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) http: HttpClient,
    pub(super) base: Url,
    token: Secret,
    pub(super) scheme: DownloadScheme,
    send_token_to_download_host: bool,
    pub(super) max_audio_bytes: Option<u64>,
}

impl RecordingClient {
    /// A client to be: [`RecordingClientBuilder::token`] is required, everything else has a default.
    pub fn builder() -> RecordingClientBuilder {
        RecordingClientBuilder {
            setup: Setup::new(DEFAULT_BASE_URL),
            token: Secret::default(),
            scheme: DownloadScheme::default(),
            send_token_to_download_host: false,
            max_audio_bytes: LimitOptions::default().max_input_bytes,
        }
    }

    /// Asks where a recording is.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] for ids that cannot be, before anything is sent;
    /// [`ErrorKind::NotFound`] for the codes 5002, 1002 and 5005; [`ErrorKind::Unauthenticated`],
    /// [`ErrorKind::PermissionDenied`], [`ErrorKind::RateLimited`] and [`ErrorKind::Service`] for what else the service
    /// says, with its code and message in [`Error::service`]; [`ErrorKind::Connect`], [`ErrorKind::Timeout`] and
    /// [`ErrorKind::Io`] when there was no answer.
    pub fn locate(&self, id: &RecordingId) -> Result<RecordingUrl> {
        self.locate_with(id, &CancelToken::new())
    }

    /// The same, given up when `cancel` is cancelled.
    ///
    /// **Errors**: as [`RecordingClient::locate`], and [`ErrorKind::Cancelled`].
    pub fn locate_with(&self, id: &RecordingId, cancel: &CancelToken) -> Result<RecordingUrl> {
        id.check()?;
        let http = &self.0.http;
        let call_id = http.call_id();
        let call = Call { service: SERVICE, op: "locate recording", id: &call_id };
        http.run(call, http.terms(true, cancel), |attempt| self.0.locate_once(call, id, attempt, cancel))
    }

    /// Asks the service whether it accepts the token.
    ///
    /// **Errors**: [`ErrorKind::Unauthenticated`] or [`ErrorKind::PermissionDenied`] if not, otherwise as
    /// [`RecordingClient::locate_with`].
    ///
    /// **Source**: public clients of the service; the vendor's page does not mention it, so that an installation
    /// without it answers [`ErrorKind::NotFound`].
    pub fn check_token(&self, cancel: &CancelToken) -> Result<TokenCheck> {
        let http = &self.0.http;
        let call_id = http.call_id();
        let call = Call { service: SERVICE, op: "check recording token", id: &call_id };
        http.run(call, http.terms(true, cancel), |attempt| {
            let (request, answered) = self.0.ask(call, TOKEN_PATH, attempt, cancel)?;
            let envelope = Envelope::parse(&answered.body);
            let is_json = json(&answered.body).is_some();
            match (answered.status, envelope) {
                (200..=299, None) if is_json => {}
                (200..=299, Some(envelope)) if envelope.status == RecordingStatus::Success => {}
                (_, envelope) => return Err(self.0.refusal(call, &request, &answered, envelope.as_ref())),
            }
            Ok(TokenCheck { raw: String::from_utf8_lossy(&answered.body).into_owned() })
        })
    }
}

impl Inner {
    /// One attempt to locate.
    pub(super) fn locate_once(
        &self,
        call: Call<'_>,
        id: &RecordingId,
        attempt: Attempt,
        cancel: &CancelToken,
    ) -> Result<RecordingUrl, Failure> {
        let (request, answered) = self.ask(call, &id.locate_path(), attempt, cancel)?;
        let envelope = match (answered.status, Envelope::parse(&answered.body)) {
            (200..=299, Some(envelope)) if envelope.status == RecordingStatus::Success => envelope,
            (_, envelope) => return Err(self.refusal(call, &request, &answered, envelope.as_ref())),
        };
        let refuse = |what: &str| {
            // The answer may hold a signed address: nothing of it is shown.
            let case = Case { body: &[], ..self.case(call, &request, &answered, &[]) };
            Err(case.failure(
                crate::http::FailureClass::Rejected,
                ErrorKind::Service,
                voxline_core::Retry::No,
                what,
                Some(&envelope),
            ))
        };
        match envelope.voice_url().map(|text| RecordingUrl::new(id.clone(), text, &self.base, self.scheme)) {
            Some(Ok(url)) => {
                if self.base.is_https() && !url.url().is_https() && self.scheme == DownloadScheme::Https {
                    tracing::warn!(origin = url.origin(), "the service says that the recording travels unencrypted");
                }
                Ok(url)
            }
            Some(Err(fault)) => refuse(&format!("the voice_url of the answer cannot be used: {fault}")),
            None => refuse("the answer says success but holds no voice_url"),
        }
    }

    /// Asks the API itself, with the token.
    pub(super) fn ask(
        &self,
        call: Call<'_>,
        path: &str,
        attempt: Attempt,
        cancel: &CancelToken,
    ) -> Result<(Request, Answered), Failure> {
        let refuse = |e| {
            let error = Error::new(ErrorKind::InvalidArgument, call.op, format!("the address of the request: {e}"));
            Failure::new(crate::http::FailureClass::Refused, error)
        };
        let url = self.base.join(path).map_err(refuse)?;
        let request = Request::get(url)
            .with_header("Content-Type", "application/json")
            .with_header("Authorization", self.bearer());
        let Opened { request, response } = self.http.open(call, request, attempt, Reading::Answer, cancel)?;
        let body = response.body.read_all(self.http.options().max_response_bytes, cancel);
        let body = body.map_err(|e| transport_failure(call, &request, e))?;
        Ok((request, Answered { status: response.status, headers: response.headers, body }))
    }

    /// What the API said instead of what was asked for. A code of the page decides over the HTTP status: it is closer
    /// to the cause.
    pub(super) fn refusal(
        &self,
        call: Call<'_>,
        request: &Request,
        answered: &Answered,
        envelope: Option<&Envelope>,
    ) -> Failure {
        let mut secrets = self.secrets(&[]);
        secrets.extend(all_addresses(&answered.body).into_iter().map(Secret::new));
        let case = self.case(call, request, answered, &secrets);
        match (answered.status, envelope) {
            (200..=299, Some(envelope)) if envelope.status != RecordingStatus::Success => case.vendor(envelope),
            (200..=299, _) => case.not_understood("is not the expected answer"),
            (_, Some(envelope)) if !matches!(envelope.status, RecordingStatus::Success | RecordingStatus::Other(_)) => {
                case.vendor(envelope)
            }
            _ => case.http(""),
        }
    }

    fn case<'a>(
        &self,
        call: Call<'a>,
        request: &'a Request,
        answered: &'a Answered,
        secrets: &'a [Secret],
    ) -> Case<'a> {
        Case {
            call,
            request,
            status: answered.status,
            headers: &answered.headers,
            body: &answered.body,
            secrets,
            now: self.http.clock().date(),
        }
    }

    /// The request for the audio; the token goes along only where it may.
    pub(super) fn file_request(&self, url: &RecordingUrl) -> Request {
        let url = url.url();
        // Who asked for encryption towards the API did not ask for the same token to travel without.
        let encrypted = url.is_https() || !self.base.is_https() || self.scheme == DownloadScheme::Http;
        let opted_in = self.send_token_to_download_host && encrypted;
        let mut request = Request::get(url.clone());
        request.hide_path = true;
        if url.origin() == self.base.origin() || opted_in {
            request = request.with_header("Authorization", self.bearer());
        }
        request
    }

    /// What must not be shown of answers about these addresses.
    pub(super) fn secrets(&self, urls: &[&Url]) -> Vec<Secret> {
        super::answer::secrets(&self.token, urls)
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token.expose())
    }
}

impl fmt::Debug for RecordingClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordingClient")
            .field("base", &self.0.base)
            .field("scheme", &self.0.scheme)
            .field("send_token_to_download_host", &self.0.send_token_to_download_host)
            .field("max_audio_bytes", &self.0.max_audio_bytes)
            .finish_non_exhaustive()
    }
}

/// What the service says about an accepted token.
#[derive(Clone)]
pub struct TokenCheck {
    raw: String,
}

impl TokenCheck {
    /// The answer as it came, JSON. Its fields are not documented, and it may repeat the token: do not log it.
    pub fn raw(&self) -> &str {
        &self.raw
    }
}

impl fmt::Debug for TokenCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCheck").field("raw_bytes", &self.raw.len()).finish_non_exhaustive()
    }
}

/// Makes a [`RecordingClient`].
#[derive(Clone)]
#[must_use]
pub struct RecordingClientBuilder {
    setup: Setup,
    token: Secret,
    scheme: DownloadScheme,
    send_token_to_download_host: bool,
    max_audio_bytes: Option<u64>,
}

impl RecordingClientBuilder {
    setters! {
        base_url: "Where the service is, without `/agent-api/…`; the default is [`DEFAULT_BASE_URL`]."
    }

    /// The token, without the word `Bearer`. Required.
    pub fn token(mut self, token: impl Into<Secret>) -> Self {
        self.token = token.into();
        self
    }

    /// What is put before the address of a recording that comes without a scheme; default `https`.
    ///
    /// An address that has one keeps it.
    pub fn download_scheme(mut self, scheme: DownloadScheme) -> Self {
        self.scheme = scheme;
        self
    }

    /// Whether the token also goes to the host of the recording, where that is not the API's own origin; default no.
    ///
    /// It never follows a redirect to another origin, and never goes unencrypted where the API itself is encrypted,
    /// unless [`RecordingClientBuilder::download_scheme`] is `http`.
    pub fn send_token_to_download_host(mut self, send: bool) -> Self {
        self.send_token_to_download_host = send;
        self
    }

    /// Most bytes of one recording (`limits.max_input_bytes`), default 8 GiB; `None` for no limit.
    pub fn max_audio_bytes(mut self, max_bytes: Option<u64>) -> Self {
        self.max_audio_bytes = max_bytes;
        self
    }

    /// Checks everything and makes the client. Nothing is sent yet.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] for a missing token, an address that cannot be used, or options out
    /// of range; what [`crate::http::HttpTransport::new`] says.
    pub fn build(self) -> Result<RecordingClient> {
        let refuse = |what: String| Error::new(ErrorKind::InvalidArgument, "build recording client", what);
        if self.token.is_empty() {
            return Err(refuse("there is no token".to_owned()));
        }
        // A token read from a file often brings its line break along, one copied from an example the word before it.
        if self.token.expose().contains(|c: char| c.is_control() || c.is_whitespace()) {
            return Err(refuse("the token holds white space; give it without \"Bearer\" and line break".to_owned()));
        }
        let base = self.setup.base("the token travels").map_err(refuse)?;
        Ok(RecordingClient(Arc::new(Inner {
            http: self.setup.client()?,
            base,
            token: self.token,
            scheme: self.scheme,
            send_token_to_download_host: self.send_token_to_download_host,
            max_audio_bytes: self.max_audio_bytes,
        })))
    }
}

impl fmt::Debug for RecordingClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The base URL was not checked yet: it may hold credentials.
        f.debug_struct("RecordingClientBuilder")
            .field("token", &self.token)
            .field("http", &self.setup.http)
            .field("scheme", &self.scheme)
            .field("send_token_to_download_host", &self.send_token_to_download_host)
            .field("max_audio_bytes", &self.max_audio_bytes)
            .finish_non_exhaustive()
    }
}
