//! How one sample lies in bytes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Error, ErrorKind, Result};

/// The encoding of one sample on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum SampleFormat {
    /// Signed 8-bit.
    S8,
    /// Unsigned 8-bit, 128 is silence.
    U8,
    /// Signed 16-bit little-endian.
    S16le,
    /// Signed 16-bit big-endian.
    S16be,
    /// Signed 24-bit little-endian, packed in 3 bytes.
    S24le,
    /// Signed 24-bit big-endian, packed in 3 bytes.
    S24be,
    /// Signed 32-bit little-endian.
    S32le,
    /// Signed 32-bit big-endian.
    S32be,
    /// IEEE 754 single precision little-endian, full scale ±1.
    F32le,
    /// IEEE 754 single precision big-endian, full scale ±1.
    F32be,
    /// IEEE 754 double precision little-endian, full scale ±1.
    F64le,
    /// IEEE 754 double precision big-endian, full scale ±1.
    F64be,
    /// ITU-T G.711 A-law.
    Alaw,
    /// ITU-T G.711 µ-law.
    Mulaw,
}

impl SampleFormat {
    /// Every format, for tables and tests.
    pub const ALL: &'static [Self] = &[
        Self::S8,
        Self::U8,
        Self::S16le,
        Self::S16be,
        Self::S24le,
        Self::S24be,
        Self::S32le,
        Self::S32be,
        Self::F32le,
        Self::F32be,
        Self::F64le,
        Self::F64be,
        Self::Alaw,
        Self::Mulaw,
    ];

    /// Bytes one sample takes.
    pub fn bytes(self) -> usize {
        match self {
            Self::S8 | Self::U8 | Self::Alaw | Self::Mulaw => 1,
            Self::S16le | Self::S16be => 2,
            Self::S24le | Self::S24be => 3,
            Self::S32le | Self::S32be | Self::F32le | Self::F32be => 4,
            Self::F64le | Self::F64be => 8,
        }
    }

    /// The name used in options and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::S8 => "s8",
            Self::U8 => "u8",
            Self::S16le => "s16le",
            Self::S16be => "s16be",
            Self::S24le => "s24le",
            Self::S24be => "s24be",
            Self::S32le => "s32le",
            Self::S32be => "s32be",
            Self::F32le => "f32le",
            Self::F32be => "f32be",
            Self::F64le => "f64le",
            Self::F64be => "f64be",
            Self::Alaw => "alaw",
            Self::Mulaw => "mulaw",
        }
    }
}

impl fmt::Display for SampleFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SampleFormat {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.iter().copied().find(|format| format.as_str() == text).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|f| f.as_str()).collect();
            Error::new(
                ErrorKind::InvalidArgument,
                "sample format",
                format!("\"{text}\" is unknown; use {}", known.join(", ")),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_through_text_and_serde() {
        for format in SampleFormat::ALL {
            assert_eq!(format.as_str().parse::<SampleFormat>().unwrap(), *format);
            assert_eq!(serde_json::to_value(format).unwrap(), format.as_str());
        }
    }
}
