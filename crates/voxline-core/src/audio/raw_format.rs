//! What bytes without a header are.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::SampleFormat;
use crate::{Error, ErrorKind, Result};

/// What headerless bytes are: samples one behind the other, or a telephony codec.
///
/// ```
/// use voxline_core::{RawFormat, SampleFormat};
/// assert_eq!("alaw".parse::<RawFormat>()?, RawFormat::from(SampleFormat::Alaw));
/// assert_eq!("gsm".parse::<RawFormat>()?, RawFormat::Gsm);
/// # Ok::<(), voxline_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[non_exhaustive]
pub enum RawFormat {
    /// Interleaved samples.
    Samples(SampleFormat),
    /// GSM 06.10 full rate in frames of 33 bytes: mono, 8000 Hz.
    Gsm,
    /// ITU-T G.722 at 64 kbit/s: mono, 16000 Hz.
    G722,
}

impl RawFormat {
    /// The name used in options and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Samples(format) => format.as_str(),
            Self::Gsm => "gsm",
            Self::G722 => "g722",
        }
    }

    /// The rate that a codec has of itself, in Hz; `None` for samples, whose rate has to be said.
    pub fn fixed_rate_hz(self) -> Option<u32> {
        match self {
            Self::Samples(_) => None,
            Self::Gsm => Some(8_000),
            Self::G722 => Some(16_000),
        }
    }
}

impl From<SampleFormat> for RawFormat {
    fn from(format: SampleFormat) -> Self {
        Self::Samples(format)
    }
}

impl From<RawFormat> for String {
    fn from(format: RawFormat) -> Self {
        format.as_str().to_owned()
    }
}

impl TryFrom<String> for RawFormat {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl fmt::Display for RawFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for RawFormat {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut all = SampleFormat::ALL.iter().map(|&format| Self::Samples(format)).chain([Self::Gsm, Self::G722]);
        all.find(|format| format.as_str() == text).ok_or_else(|| {
            let known: Vec<_> = SampleFormat::ALL.iter().map(|f| f.as_str()).collect();
            let context = format!("\"{text}\" is unknown; use {}, gsm or g722", known.join(", "));
            Error::new(ErrorKind::InvalidArgument, "raw format", context)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_through_text_and_serde() {
        let codecs = [RawFormat::Gsm, RawFormat::G722];
        for format in SampleFormat::ALL.iter().map(|&f| RawFormat::from(f)).chain(codecs) {
            assert_eq!(format.as_str().parse::<RawFormat>().unwrap(), format);
            let json = serde_json::to_value(format).unwrap();
            assert_eq!(json, format.as_str());
            assert_eq!(serde_json::from_value::<RawFormat>(json).unwrap(), format);
        }
        let error = "gsm2".parse::<RawFormat>().unwrap_err();
        assert!(error.context().ends_with("mulaw, gsm or g722"), "{error}");
    }
}
