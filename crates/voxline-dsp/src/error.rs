//! What can be asked for wrongly.

use voxline_core::{Error, ErrorKind};

/// Why a stage cannot be built; the source of the [`voxline_core::Error`] that the constructors return.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DspError {
    /// A channel number that the source does not have.
    #[error("channel {wanted} was asked for, but the source has {channel_count}; channels count from 1")]
    NoSuchChannel {
        /// The number asked for; the first channel is 1.
        wanted: u16,
        /// Channels of the source.
        channel_count: u16,
    },
    /// A selection or quality that this crate does not know.
    #[error("{0} is not supported by this version")]
    Unknown(String),
    /// A filter that could not be designed: a fault of ours, not of the caller.
    #[error("no resampler from {from_hz} to {to_hz} Hz: {reason}")]
    Design {
        /// Source rate.
        from_hz: u32,
        /// Target rate.
        to_hz: u32,
        /// What the designer said.
        reason: String,
    },
}

impl From<DspError> for Error {
    fn from(error: DspError) -> Self {
        let (kind, op) = match &error {
            DspError::NoSuchChannel { .. } => (ErrorKind::InvalidArgument, "select channel"),
            DspError::Unknown(_) => (ErrorKind::InvalidArgument, "set up processing"),
            DspError::Design { .. } => (ErrorKind::Internal, "set up resampling"),
        };
        Error::new(kind, op, error.to_string()).with_source(error)
    }
}
