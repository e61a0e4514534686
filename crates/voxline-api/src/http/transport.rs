//! The contract of transports: one request, sent once.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::{CancelToken, FailureClass, Request, Response};

/// How long one attempt may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Finding the host, connecting and TLS.
    pub connect: Duration,
    /// Sending the body, waiting for the answer to begin, and each silence within it.
    pub read: Duration,
    /// Everything, to the last byte of the answer.
    pub total: Duration,
}

impl Limits {
    /// The three limits.
    pub fn new(connect: Duration, read: Duration, total: Duration) -> Self {
        Self { connect, read, total }
    }
}

/// Sends requests.
///
/// A transport sends each request once: it repeats nothing, follows no redirect and treats no status as an error.
/// What it says about a failure decides whether the request is repeated, so [`TransportError`] must be truthful about
/// whether the request can have reached the server.
pub trait Transport: Send + Sync + fmt::Debug {
    /// Sends `request` and returns when the header of the answer is there. Once `cancel` is cancelled it gives up, as
    /// does reading the body; but a request that is not [`Request::idempotent`] should not be given up from its first
    /// byte on, because its answer is about to say what became of it. Whoever does so all the same says
    /// [`TransportError::Cancelled`] with the true phase, and the caller is told that the outcome is unknown.
    ///
    /// **Errors**: what went wrong and whether the request can have taken effect. No error holds a secret.
    fn send(&self, request: &Request, limits: &Limits, cancel: &CancelToken) -> Result<Response, TransportError>;
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(&self, request: &Request, limits: &Limits, cancel: &CancelToken) -> Result<Response, TransportError> {
        (**self).send(request, limits, cancel)
    }
}

/// What an attempt was doing when its time ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// Asking for the address of the host.
    Resolve,
    /// Connecting, TLS included.
    Connect,
    /// Sending; the request is not complete at the server.
    Send,
    /// Waiting for the answer to begin.
    Answer,
    /// Receiving the body of the answer.
    Body,
}

impl Phase {
    /// Whether the request cannot have been complete at the server.
    pub(crate) fn is_before_arrival(self) -> bool {
        matches!(self, Self::Resolve | Self::Connect | Self::Send)
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Resolve => "looking up the host",
            Self::Connect => "connecting",
            Self::Send => "sending the request",
            Self::Answer => "waiting for the answer",
            Self::Body => "receiving the answer",
        }
    }
}

/// Why an attempt brought no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The request cannot be sent as it is (a header field with a line break, for instance). Nothing was sent.
    #[error("the request cannot be sent: {0}")]
    BadRequest(String),
    /// The proxy's address cannot be used, or the proxy refused. Nothing reached the server.
    #[error("proxy: {0}")]
    Proxy(String),
    /// The host name is unknown. Nothing was sent.
    #[error("host {host} was not found")]
    HostNotFound {
        /// The host asked for.
        host: String,
    },
    /// No connection could be made. Nothing was sent.
    #[error("no connection to {origin}: {source}")]
    Connect {
        /// Scheme, host and port.
        origin: String,
        /// What the system said.
        source: io::Error,
    },
    /// TLS failed: mostly a certificate that is not trusted. Nothing was sent.
    #[error("TLS with {origin} failed: {detail}")]
    Tls {
        /// Scheme, host and port.
        origin: String,
        /// What is wrong.
        detail: String,
    },
    /// Time ran out.
    #[error("time ran out after {} ms while {}", limit.as_millis(), phase.as_str())]
    Timeout {
        /// What was being done.
        phase: Phase,
        /// The limit that was passed.
        limit: Duration,
    },
    /// The connection broke before the answer began.
    #[error("the connection broke while {}: {source}", if *request_complete { "waiting for the answer" } else { "sending the request" })]
    Lost {
        /// Whether the last byte of the request had been handed to the system: only then can it have taken effect.
        request_complete: bool,
        /// What the system said.
        source: io::Error,
    },
    /// The connection broke within the answer.
    #[error("the answer is cut off: {received_bytes} bytes of {}", expected_bytes.map_or_else(|| "an unknown number".to_owned(), |n| n.to_string()))]
    Truncated {
        /// Bytes of the body that came.
        received_bytes: u64,
        /// Bytes that were announced.
        expected_bytes: Option<u64>,
    },
    /// The answer is longer than allowed.
    #[error("the answer is longer than {max_bytes} bytes (http.max_response_bytes)")]
    TooLarge {
        /// The limit.
        max_bytes: u64,
    },
    /// What came is not HTTP.
    #[error("the answer is not proper HTTP: {0}")]
    Protocol(String),
    /// The caller gave up.
    #[error("cancelled while {}", phase.as_str())]
    Cancelled {
        /// What was being done. Before [`Phase::Answer`] the request was not complete at the server.
        phase: Phase,
    },
}

impl TransportError {
    /// Unpacks what [`super::Body`] gave as an `io::Error`.
    pub(crate) fn from_body_read(error: io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(own) => own,
            Err(source) => Self::Lost { request_complete: true, source },
        }
    }

    /// The row of the policy table.
    pub(crate) fn class(&self) -> FailureClass {
        match self {
            Self::BadRequest(_) | Self::Proxy(_) | Self::Tls { .. } => FailureClass::Refused,
            Self::HostNotFound { .. } | Self::Connect { .. } | Self::Lost { request_complete: false, .. } => {
                FailureClass::NotSent
            }
            Self::Timeout { phase, .. } if phase.is_before_arrival() => FailureClass::NotSent,
            Self::Timeout { .. } => FailureClass::TimedOut,
            Self::Lost { request_complete: true, .. } => FailureClass::Lost,
            Self::Truncated { .. } => FailureClass::Truncated,
            Self::TooLarge { .. } => FailureClass::TooLarge,
            Self::Protocol(_) => FailureClass::Garbled,
            Self::Cancelled { phase } if phase.is_before_arrival() => FailureClass::Cancelled,
            Self::Cancelled { .. } => FailureClass::Abandoned,
        }
    }
}
