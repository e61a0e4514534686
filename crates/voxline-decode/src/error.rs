//! What can be wrong with input.

use voxline_core::{Error, ErrorKind};

/// Why bytes cannot be decoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// Content that no decoder takes; says what was seen and what is supported.
    #[error("{0}")]
    Unsupported(String),
    /// Content that breaks its own format beyond repair.
    #[error("{0}")]
    Malformed(String),
    /// Content that ends before any audio, or, under `strict`, before its own end.
    #[error("{0}")]
    Truncated(String),
    /// More than the options allow.
    #[error("{0}")]
    Limit(String),
    /// A call out of order, such as push after finish.
    #[error("{0}")]
    State(&'static str),
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        let kind = match &error {
            DecodeError::Unsupported(_) => ErrorKind::UnsupportedFormat,
            DecodeError::Malformed(_) => ErrorKind::MalformedInput,
            DecodeError::Truncated(_) => ErrorKind::TruncatedInput,
            DecodeError::Limit(_) => ErrorKind::LimitExceeded,
            DecodeError::State(_) => ErrorKind::InvalidState,
        };
        Error::new(kind, "decode", error.to_string()).with_source(error)
    }
}
