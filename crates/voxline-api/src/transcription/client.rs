//! The client of the transcription service.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use voxline_core::{Error, ErrorKind, Result, Retry, Secret};

use super::credentials::{Credentials, unix_s};
use super::outcome::Case;
use super::request::{Submission, check_id};
use super::response::{Accepted, QueryState};
use super::sign::canonical_query;
use super::wire;
use crate::http::{Answered, Call, CancelToken, Clock, Failure, HttpClient, Request, Setup, Terms, Url, setters};

/// Where the service is. **Source**: public clients; the vendor's page names no host.
pub const DEFAULT_BASE_URL: &str = "https://openapi.teleagi.cn";
const SUBMIT_PATH: &str = "/aipaas/voice/v1/tts/largeFileTrans";
const QUERY_PATH: &str = "/aipaas/lm/v1/asyncResult/query";
pub(super) const SERVICE: &str = "transcription";
pub(super) const SUBMIT_OP: &str = "submit transcription";
pub(super) const QUERY_OP: &str = "query transcription";

/// Talks to the transcription service. Calls block; clones share connections.
///
/// A submission costs money and is not known to be idempotent, so it is repeated on its own only when the service
/// surely did not take it: no connection, HTTP 429 and 503, and the service's codes 10302 and 10503. In all other
/// cases of doubt the error is [`ErrorKind::OutcomeUnknown`] or its [`Error::retry`] is [`Retry::Unknown`], and the
/// `req_id` to ask the vendor about is in [`voxline_core::ServiceFault::request_id`]. Timestamp and signature are made
/// anew for every attempt; the `req_id` stays.
#[derive(Clone)]
pub struct TranscriptionClient(Arc<Inner>);

struct Inner {
    http: HttpClient,
    submit_url: Url,
    query_url: Url,
    credentials: Credentials,
    device_uuid: Option<String>,
}

impl TranscriptionClient {
    /// A client to be: [`TranscriptionClientBuilder::credentials`] is required, everything else has a default.
    pub fn builder() -> TranscriptionClientBuilder {
        TranscriptionClientBuilder { setup: Setup::new(DEFAULT_BASE_URL), credentials: None, device_uuid: None }
    }

    /// Submits a recording.
    ///
    /// **Errors**: those of [`Submission::check`], before anything is sent; [`ErrorKind::Connect`] when the service
    /// was not reached; [`ErrorKind::OutcomeUnknown`] when it may have taken the submission;
    /// [`ErrorKind::Unauthenticated`], [`ErrorKind::PermissionDenied`], [`ErrorKind::NotFound`],
    /// [`ErrorKind::RateLimited`], [`ErrorKind::Timeout`] and [`ErrorKind::Service`] for what it said, with its code
    /// and message in [`Error::service`].
    pub fn submit(&self, submission: &Submission) -> Result<Accepted> {
        self.submit_with(submission, &CancelToken::new())
    }

    /// The same, given up when `cancel` is cancelled. A request that is being sent or answered is finished first.
    ///
    /// **Errors**: as [`TranscriptionClient::submit`], and [`ErrorKind::Cancelled`] if the service surely did not take
    /// it.
    pub fn submit_with(&self, submission: &Submission, cancel: &CancelToken) -> Result<Accepted> {
        submission.check()?;
        let inner = &*self.0;
        let req_id = submission.req_id().map_or_else(|| self.new_req_id(), str::to_owned);
        let call = Call { service: SERVICE, op: SUBMIT_OP, id: &req_id };
        let prepare = || {
            let body = wire::body(submission, &req_id, unix_s(inner.http.clock().date()))?;
            Ok(Request::post(inner.submit_url.clone(), body))
        };
        let terms = inner.http.terms(false, cancel);
        let result = self.call(call, terms, &submission.secrets(), &[], prepare, |case| case.submitted(&req_id));
        let result = result.map_err(|error| match error.kind() {
            // The answer was there and too long to be read: the submission had arrived.
            ErrorKind::LimitExceeded if error.service().is_some_and(|fault| fault.http_status.is_none()) => {
                let context = format!("the answer to a submission that was sent cannot be read: {}", error.context());
                Error::new(ErrorKind::OutcomeUnknown, SUBMIT_OP, context).with_service(call.fault()).with_source(error)
            }
            _ if error.service().is_none() => error.with_service(call.fault()),
            _ => error,
        });
        // Whoever has to find out whether it was taken can only ask by this id.
        let open = |error: &Error| error.retry() == Retry::Unknown || error.kind() == ErrorKind::OutcomeUnknown;
        result.map_err(|error| if open(&error) { error.at(format_args!("req_id {req_id}")) } else { error })
    }

    /// Asks once (with the usual retries, for asking does no harm) what became of a submission.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] for an id that cannot be one; otherwise what the service or the
    /// connection said. That the recording could not be transcribed is not an error here but [`QueryState::Failed`].
    pub fn query(&self, request_id: &str) -> Result<QueryState> {
        self.query_with(request_id, &CancelToken::new())
    }

    /// The same, given up when `cancel` is cancelled.
    ///
    /// **Errors**: as [`TranscriptionClient::query`], and [`ErrorKind::Cancelled`].
    pub fn query_with(&self, request_id: &str, cancel: &CancelToken) -> Result<QueryState> {
        self.query_on(self.0.http.terms(true, cancel), request_id)
    }

    /// The same with no more time than this.
    pub(super) fn query_within(&self, limit: Duration, request_id: &str, cancel: &CancelToken) -> Result<QueryState> {
        let http = &self.0.http;
        self.query_on(http.terms(true, cancel).within(limit.min(http.total_timeout())), request_id)
    }

    #[expect(clippy::redundant_closure_for_method_calls, reason = "the method's own lifetime is too narrow")]
    fn query_on(&self, terms: Terms<'_>, request_id: &str) -> Result<QueryState> {
        let refuse = |what: String| Error::new(ErrorKind::InvalidArgument, QUERY_OP, format!("requestId: {what}"));
        check_id(request_id).map_err(|what| refuse(what.to_owned()))?;
        let query = [("requestId", request_id)];
        let url = format!("{}?{}", self.0.query_url.expose(), canonical_query(&query));
        let url = Url::parse(&url).map_err(|e| refuse(e.to_string()))?;
        let call = Call { service: SERVICE, op: QUERY_OP, id: request_id };
        let prepare = || Ok(Request::get(url.clone()));
        self.call(call, terms, &[], &query, prepare, |case| case.queried())
    }

    /// A random id in the form of a UUID of version 4 (RFC 9562, 5.4).
    pub fn new_req_id(&self) -> String {
        let [high, low] = [self.0.http.random().next_u64(), self.0.http.random().next_u64()];
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xfff,
            low >> 48 & 0x3fff | 0x8000,
            low & 0xffff_ffff_ffff
        )
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        self.0.http.clock()
    }

    /// Sends what `prepare` makes, signed anew for every attempt, and judges what comes back.
    fn call<T>(
        &self,
        call: Call<'_>,
        terms: Terms<'_>,
        secrets: &[Secret],
        query: &[(&str, &str)],
        prepare: impl Fn() -> Result<Request>,
        judge: impl Fn(&Case<'_>) -> Result<T, Failure>,
    ) -> Result<T> {
        let inner = &*self.0;
        let lasting: Vec<Secret> = [inner.credentials.secrets(), secrets.to_vec()].concat();
        // The judge must know the request of its own attempt, and cut this attempt's signature out of what it says.
        let sent = RefCell::new(None);
        let make = || {
            // A query has no body, but the service's clients send the same headers with it.
            let mut request = prepare()?.with_header("Content-Type", "application/json");
            if let Some(uuid) = &inner.device_uuid {
                request = request.with_header("Device-Uuid", uuid.as_str());
            }
            let (request, passing) = inner.credentials.authorize(request, query, inner.http.clock().date());
            // Longer ones first: a part that is cut out would hide the whole from the search.
            let secrets: Vec<Secret> = passing.into_iter().chain(lasting.iter().cloned()).collect();
            *sent.borrow_mut() = Some((request.clone(), secrets));
            Ok(request)
        };
        inner.http.call(call, terms, make, |answered: &Answered| {
            let sent = sent.borrow();
            let Some((request, secrets)) = &*sent else {
                let error = Error::new(ErrorKind::Internal, call.op, "an answer without a request");
                return Err(Failure::new(crate::http::FailureClass::Rejected, error.with_retry(Retry::Unknown)));
            };
            judge(&Case { call, request, answered, secrets, now: inner.http.clock().date() })
        })
    }
}

impl fmt::Debug for TranscriptionClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TranscriptionClient").field("submit_url", &self.0.submit_url).finish_non_exhaustive()
    }
}

/// Makes a [`TranscriptionClient`].
#[derive(Clone)]
#[must_use]
pub struct TranscriptionClientBuilder {
    setup: Setup,
    credentials: Option<Credentials>,
    device_uuid: Option<String>,
}

impl TranscriptionClientBuilder {
    setters! {
        base_url: "Where the service is, without `/aipaas/…`; the default is [`DEFAULT_BASE_URL`]."
    }

    /// What proves who the caller is. Required.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// The id of a device registered with the vendor, sent as `Device-Uuid`; default none.
    pub fn device_uuid(mut self, uuid: impl Into<String>) -> Self {
        self.device_uuid = Some(uuid.into());
        self
    }

    /// Checks everything and makes the client. Nothing is sent yet.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] for missing or unfit credentials, an address that cannot be used, or
    /// options out of range; what [`crate::http::HttpTransport::new`] says.
    pub fn build(self) -> Result<TranscriptionClient> {
        let refuse = |what: String| Error::new(ErrorKind::InvalidArgument, "build transcription client", what);
        let credentials = self.credentials.ok_or_else(|| refuse("there are no credentials".to_owned()))?;
        credentials.check()?;
        let unfit = |text: &String| text.is_empty() || text.contains(|c: char| !c.is_ascii_graphic());
        if self.device_uuid.as_ref().is_some_and(unfit) {
            return Err(refuse("the device's id must be ASCII text without white space".to_owned()));
        }
        let base = self.setup.base("links and signatures travel").map_err(refuse)?;
        let join = |path| base.join(path).map_err(|e| refuse(format!("base URL: {e}")));
        let (submit_url, query_url) = (join(SUBMIT_PATH)?, join(QUERY_PATH)?);
        Ok(TranscriptionClient(Arc::new(Inner {
            http: self.setup.client()?,
            submit_url,
            query_url,
            credentials,
            device_uuid: self.device_uuid,
        })))
    }
}

impl fmt::Debug for TranscriptionClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The base URL was not checked yet: it may hold credentials.
        f.debug_struct("TranscriptionClientBuilder")
            .field("credentials", &self.credentials)
            .field("http", &self.setup.http)
            .finish_non_exhaustive()
    }
}
