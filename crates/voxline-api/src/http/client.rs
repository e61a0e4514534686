//! A request with all its attempts: limits, reading the answer, judging it, telling about it.

use std::sync::Arc;
use std::time::Duration;

use voxline_core::options::HttpOptions;
use voxline_core::{Error, ErrorKind, Result, Retry, ServiceFault};

use super::redirect::{self, MAX_REDIRECTS};
use super::retry::{Attempt, Retrier};
use super::{
    CancelToken, Clock, Failure, FailureClass, Headers, Limits, Random, Request, Response, Transport, TransportError,
};

/// What a service's client is built on; made by [`super::Setup`]. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct HttpClient {
    pub(super) transport: Arc<dyn Transport>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) random: Arc<dyn Random>,
    /// Checked.
    pub(super) options: Arc<HttpOptions>,
}

/// On what terms a request is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms<'a> {
    /// Whether doing it twice does no harm.
    idempotent: bool,
    /// Time for all attempts together.
    total: Duration,
    max_response_bytes: u64,
    cancel: &'a CancelToken,
}

impl Terms<'_> {
    /// The same with another time for everything.
    pub(crate) fn within(self, total: Duration) -> Self {
        Self { total, ..self }
    }

    /// The same with an answer that is known to be short.
    pub(crate) fn at_most(self, bytes: u64) -> Self {
        Self { max_response_bytes: self.max_response_bytes.min(bytes), ..self }
    }
}

/// An answer that has arrived whole.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: Headers,
    pub(crate) body: Vec<u8>,
}

/// An answer whose body was not read yet, and the request that it answers (after redirects not the first one).
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) request: Request,
    pub(crate) response: Response,
}

/// What an answer is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// An answer of the service: read at once, within the time of the attempt; redirects only within its origin.
    Answer,
    /// A file: read as fast as the caller takes it, so that only each silence is limited; redirects to any origin.
    File,
}

/// The total limit of a file: what ends it is silence, not its length.
const FILE_TOTAL: Duration = Duration::from_secs(366 * 86_400);

/// What a call is called in errors and logs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call<'a> {
    /// `chat`, `recording` …
    pub(crate) service: &'static str,
    /// The operation.
    pub(crate) op: &'static str,
    /// Our own id of it.
    pub(crate) id: &'a str,
}

impl Call<'_> {
    /// A fault with the id filled in.
    pub(crate) fn fault(&self) -> ServiceFault {
        let mut fault = ServiceFault::new(self.service);
        fault.request_id = Some(self.id.to_owned());
        fault
    }
}

impl HttpClient {
    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    pub(crate) fn random(&self) -> &dyn Random {
        &*self.random
    }

    /// The terms of the options: `http.total_timeout_ms`, `http.max_response_bytes`.
    pub(crate) fn terms<'a>(&self, idempotent: bool, cancel: &'a CancelToken) -> Terms<'a> {
        Terms { idempotent, total: self.total_timeout(), max_response_bytes: self.options.max_response_bytes, cancel }
    }

    /// A new id for a call.
    pub(crate) fn call_id(&self) -> String {
        format!("{:016x}", self.random.next_u64())
    }

    /// Sends what `make_request` makes, anew for every attempt, until `judge` is content or the policy says stop.
    ///
    /// `judge` sees every whole answer, whatever its status.
    pub(crate) fn call<T>(
        &self,
        call: Call<'_>,
        terms: Terms<'_>,
        mut make_request: impl FnMut() -> Result<Request>,
        mut judge: impl FnMut(&Answered) -> Result<T, Failure>,
    ) -> Result<T> {
        self.run(call, terms, |attempt| {
            let request = make_request().map_err(|e| Failure::new(FailureClass::Refused, e))?;
            let started = self.clock.now();
            let result = self.attempt(call, &request, attempt, terms);
            let elapsed_ms = self.clock.now().saturating_sub(started).as_millis();
            let elapsed_ms = u64::try_from(elapsed_ms).unwrap_or(u64::MAX);
            let (method, url, attempt) = (request.method.as_str(), request.shown_url(), attempt.number);
            let sent_bytes = request.body().len();
            match &result {
                Ok(answered) => tracing::debug!(
                    method,
                    url,
                    attempt,
                    elapsed_ms,
                    sent_bytes,
                    status = answered.status,
                    received_bytes = answered.body.len(),
                    "answered"
                ),
                Err(failure) => tracing::debug!(
                    method, url, attempt, elapsed_ms, sent_bytes, error = %failure.error, "no answer"
                ),
            }
            judge(&result?)
        })
    }

    /// The options, which were checked.
    pub(crate) fn options(&self) -> &HttpOptions {
        &self.options
    }

    /// `http.total_timeout_ms`.
    pub(crate) fn total_timeout(&self) -> Duration {
        Duration::from_millis(self.options.total_timeout_ms)
    }

    /// Makes attempts by the policy.
    pub(crate) fn run<T>(
        &self,
        call: Call<'_>,
        terms: Terms<'_>,
        attempt: impl FnMut(Attempt) -> Result<T, Failure>,
    ) -> Result<T> {
        let Terms { idempotent, total, cancel, .. } = terms;
        let (options, clock, random) = (&*self.options, &*self.clock, &*self.random);
        let retrier = Retrier { options, clock, random, cancel, call, idempotent, total };
        let span = tracing::info_span!("request", service = call.service, op = call.op, id = call.id);
        let _entered = span.enter();
        retrier.run(attempt)
    }

    /// Sends a `GET` once and follows its redirects: a few, never from `https` to `http`, and without `Authorization`
    /// from the first step to another origin on. The body is not read yet.
    pub(crate) fn open(
        &self,
        call: Call<'_>,
        mut request: Request,
        attempt: Attempt,
        reading: Reading,
        cancel: &CancelToken,
    ) -> Result<Opened, Failure> {
        let started = self.clock.now();
        for _ in 0..=MAX_REDIRECTS {
            let now = self.clock.now();
            let remaining = attempt.remaining.saturating_sub(now.saturating_sub(started));
            let mut limits = self.limits(remaining);
            if reading == Reading::File {
                limits.total = FILE_TOTAL;
            }
            let result = self.transport.send(&request, &limits, cancel);
            let elapsed_ms = u64::try_from(self.clock.now().saturating_sub(now).as_millis()).unwrap_or(u64::MAX);
            let (method, url, attempt) = (request.method.as_str(), request.shown_url(), attempt.number);
            let response = result.map_err(|e| {
                let failure = transport_failure(call, &request, e);
                tracing::debug!(method, url, attempt, elapsed_ms, error = %failure.error, "no answer");
                failure
            })?;
            tracing::debug!(method, url, attempt, elapsed_ms, status = response.status, "answer began");
            match redirect::target(&request.url, response.status, &response.headers) {
                None => return Ok(Opened { request, response }),
                Some(Ok(target)) => {
                    if target.origin() != request.url.origin() {
                        if reading == Reading::Answer {
                            return Err(redirect::refused(call, &request, &response, "to another origin"));
                        }
                        request.headers.remove("Authorization");
                    }
                    request.url = target;
                }
                Some(Err(why)) => return Err(redirect::refused(call, &request, &response, why)),
            }
        }
        let what = format!("GET {}: more than {MAX_REDIRECTS} redirects", request.shown_url());
        let error = Error::new(ErrorKind::Service, call.op, what).with_service(call.fault());
        Err(Failure::new(FailureClass::Rejected, error))
    }

    fn limits(&self, remaining: Duration) -> Limits {
        Limits {
            connect: Duration::from_millis(self.options.connect_timeout_ms).min(remaining),
            read: Duration::from_millis(self.options.read_timeout_ms).min(remaining),
            total: remaining,
        }
    }

    fn attempt(
        &self,
        call: Call<'_>,
        request: &Request,
        attempt: Attempt,
        terms: Terms<'_>,
    ) -> Result<Answered, Failure> {
        let limits = self.limits(attempt.remaining);
        // What may not be repeated can be given up until it is sent, and then is read to its end.
        let never = CancelToken::new();
        let cancel = if request.idempotent { terms.cancel } else { &never };
        let answered = self.transport.send(request, &limits, terms.cancel).and_then(|response| {
            let body = response.body.read_all(terms.max_response_bytes, cancel)?;
            Ok(Answered { status: response.status, headers: response.headers, body })
        });
        answered.map_err(|e| transport_failure(call, request, e))
    }
}

/// The failure of an attempt that brought no answer, or not all of it.
pub(crate) fn transport_failure(call: Call<'_>, request: &Request, error: TransportError) -> Failure {
    Failure::new(error.class(), transport_error(call, request, error))
}

/// The flat error of a transport's.
fn transport_error(call: Call<'_>, request: &Request, error: TransportError) -> Error {
    let (kind, retry) = match &error {
        TransportError::BadRequest(_) => (ErrorKind::InvalidArgument, Retry::No),
        TransportError::Proxy(_)
        | TransportError::HostNotFound { .. }
        | TransportError::Connect { .. }
        | TransportError::Lost { request_complete: false, .. } => (ErrorKind::Connect, Retry::Yes),
        // The same certificate will be refused again.
        TransportError::Tls { .. } => (ErrorKind::Connect, Retry::No),
        TransportError::Timeout { .. } => (ErrorKind::Timeout, Retry::Yes),
        TransportError::Lost { .. } | TransportError::Truncated { .. } => (ErrorKind::Io, Retry::Yes),
        TransportError::TooLarge { .. } => (ErrorKind::LimitExceeded, Retry::No),
        TransportError::Protocol(_) => (ErrorKind::Service, Retry::No),
        TransportError::Cancelled { phase } if request.idempotent || phase.is_before_arrival() => {
            (ErrorKind::Cancelled, Retry::No)
        }
        TransportError::Cancelled { .. } => (ErrorKind::Cancelled, Retry::Unknown),
    };
    let context = format!("{} {}: {error}", request.method.as_str(), request.shown_url());
    Error::new(kind, call.op, context).with_retry(retry).with_service(call.fault()).with_source(error)
}
