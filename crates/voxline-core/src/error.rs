//! One flat error for every room and every language.

mod kind;

pub use kind::ErrorKind;

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

/// `Result` with the one [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Whether doing the same again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Retry {
    /// Permanent: the same call will fail again.
    No,
    /// Transient: the same call may succeed later.
    Yes,
    /// Transient, and the server said how long to wait.
    After(Duration),
    /// The request may have taken effect: repeating it may do the work (and cost the money) twice.
    Unknown,
}

/// What a service said about a failure.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ServiceFault {
    /// Which service: `chat`, `recording`, `transcription`.
    pub service: &'static str,
    /// HTTP status, when an answer arrived at all.
    pub http_status: Option<u16>,
    /// The vendor's own code, as text because some vendors send numbers and some send strings.
    pub code: Option<String>,
    /// The vendor's message, verbatim (it may be Chinese).
    pub message: Option<String>,
    /// The id to quote to the vendor's support, or our own id of the request.
    pub request_id: Option<String>,
}

impl ServiceFault {
    /// An empty fault of the named service.
    pub fn new(service: &'static str) -> Self {
        Self { service, ..Self::default() }
    }
}

/// Everything that can go wrong, in one shape.
///
/// `Display` is one line: the kind, the operation, what happened and what to do. Neither `Display` nor
/// `Debug` holds a secret or a signed query: whoever builds an error redacts first.
///
/// ```
/// use voxline_core::{Error, ErrorKind};
/// let error = Error::new(ErrorKind::InvalidArgument, "set option", "target.sample_rate_hz is 99; use 4000 to 384000");
/// assert_eq!(error.kind(), ErrorKind::InvalidArgument);
/// assert_eq!(error.to_string(), "invalid argument (set option): target.sample_rate_hz is 99; use 4000 to 384000");
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    op: &'static str,
    context: String,
    retry: Retry,
    service: Option<ServiceFault>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of `kind` that happened during `op`; `context` says what, where and what to do about it.
    pub fn new(kind: ErrorKind, op: &'static str, context: impl Into<String>) -> Self {
        let retry = kind.default_retry();
        Self(Box::new(Inner { kind, op, context: context.into(), retry, service: None, source: None }))
    }

    /// Wraps an I/O error, keeping it as the source; `what` names the path or stream.
    pub fn io(op: &'static str, what: impl fmt::Display, source: std::io::Error) -> Self {
        Self::new(ErrorKind::Io, op, format!("{what}: {source}")).with_source(source)
    }

    /// Attaches the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// Attaches what a service said.
    #[must_use]
    pub fn with_service(mut self, fault: ServiceFault) -> Self {
        self.0.service = Some(fault);
        self
    }

    /// Overrides whether a retry can help.
    #[must_use]
    pub fn with_retry(mut self, retry: Retry) -> Self {
        self.0.retry = retry;
        self
    }

    /// Puts `prefix` and a colon before the context, for callers that know the place (a path, a file name).
    #[must_use]
    pub fn at(mut self, prefix: impl fmt::Display) -> Self {
        self.0.context = format!("{prefix}: {}", self.0.context);
        self
    }

    /// The class of failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The operation that failed.
    pub fn op(&self) -> &'static str {
        self.0.op
    }

    /// What happened, where, and what to do.
    pub fn context(&self) -> &str {
        &self.0.context
    }

    /// Whether doing the same again can help.
    pub fn retry(&self) -> Retry {
        self.0.retry
    }

    /// What the service said, when one was involved.
    pub fn service(&self) -> Option<&ServiceFault> {
        self.0.service.as_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.0.kind, self.0.op, one_line(&self.0.context))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("op", &self.0.op)
            .field("context", &self.0.context)
            .field("retry", &self.0.retry)
            .field("service", &self.0.service)
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|e| e as &(dyn StdError + 'static))
    }
}

/// Control characters (a vendor's message may hold any) become spaces, so that an error stays one line in a log.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_is_one_line_whatever_the_context_holds() {
        let error = Error::new(ErrorKind::Service, "chat", "bad\r\nthing\u{1b}[31m");
        assert_eq!(error.to_string(), "service error (chat): bad  thing [31m");
    }

    #[test]
    fn io_keeps_its_source() {
        let error = Error::io("open", "x.wav", std::io::Error::other("boom"));
        assert_eq!(error.kind(), ErrorKind::Io);
        assert_eq!(error.source().unwrap().to_string(), "boom");
    }
}
