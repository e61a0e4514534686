//! What audio is: rates, channels, sample formats.

mod format;
mod mask;
mod raw_format;

pub use format::SampleFormat;
pub use mask::ChannelMask;
pub use raw_format::RawFormat;

use std::fmt;
use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use crate::{Error, ErrorKind, Result};

/// A sample rate that Voxline can work with: 4 000 to 384 000 Hz, never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct SampleRate(NonZeroU32);

impl SampleRate {
    /// The lowest rate accepted, in Hz.
    pub const MIN_HZ: u32 = 4_000;
    /// The highest rate accepted, in Hz.
    pub const MAX_HZ: u32 = 384_000;

    /// Checks the range.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] with the accepted range.
    pub fn new(hz: u32) -> Result<Self> {
        match NonZeroU32::new(hz) {
            Some(rate) if (Self::MIN_HZ..=Self::MAX_HZ).contains(&hz) => Ok(Self(rate)),
            _ => Err(Error::new(
                ErrorKind::InvalidArgument,
                "sample rate",
                format!("{hz} Hz is outside {} to {} Hz", Self::MIN_HZ, Self::MAX_HZ),
            )),
        }
    }

    /// The rate in Hz.
    pub fn hz(self) -> u32 {
        self.0.get()
    }
}

impl TryFrom<u32> for SampleRate {
    type Error = Error;

    fn try_from(hz: u32) -> Result<Self> {
        Self::new(hz)
    }
}

impl From<SampleRate> for u32 {
    fn from(rate: SampleRate) -> Self {
        rate.hz()
    }
}

impl fmt::Display for SampleRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} Hz", self.0)
    }
}

/// What a run of frames means: rate, number of channels and, where known, which loudspeaker each channel is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AudioSpec {
    /// Frames a second.
    pub sample_rate: SampleRate,
    /// Samples in a frame, 1 to [`AudioSpec::MAX_CHANNELS`].
    pub channel_count: u16,
    /// Loudspeaker positions in channel order; empty when the source does not say.
    pub channel_mask: ChannelMask,
}

impl AudioSpec {
    /// The most channels Voxline handles.
    pub const MAX_CHANNELS: u16 = 32;

    /// Checks the channel count; the mask is left unknown.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] with the accepted range.
    pub fn new(sample_rate: SampleRate, channel_count: u16) -> Result<Self> {
        if channel_count == 0 || channel_count > Self::MAX_CHANNELS {
            return Err(Error::new(
                ErrorKind::InvalidArgument,
                "audio spec",
                format!("{channel_count} channels; 1 to {} are supported", Self::MAX_CHANNELS),
            ));
        }
        Ok(Self { sample_rate, channel_count, channel_mask: ChannelMask::UNKNOWN })
    }

    /// The same with known loudspeaker positions.
    #[must_use]
    pub fn with_mask(self, channel_mask: ChannelMask) -> Self {
        Self { channel_mask, ..self }
    }

    /// The channel count as an index type.
    pub fn channels(&self) -> usize {
        usize::from(self.channel_count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_closed() {
        for (hz, fine) in [(0, false), (3_999, false), (4_000, true), (384_000, true), (384_001, false)] {
            assert_eq!(SampleRate::new(hz).is_ok(), fine, "{hz}");
        }
        let rate = SampleRate::new(8_000).unwrap();
        for (n, fine) in [(0, false), (1, true), (32, true), (33, false)] {
            assert_eq!(AudioSpec::new(rate, n).is_ok(), fine, "{n}");
        }
    }

    #[test]
    fn serde_refuses_what_new_refuses() {
        assert!(serde_json::from_str::<SampleRate>("16000").is_ok());
        assert!(serde_json::from_str::<SampleRate>("3").is_err());
    }
}
