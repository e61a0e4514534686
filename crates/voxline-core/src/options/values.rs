//! The option values that are more than a number.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::ChannelNames;
use crate::{Error, ErrorKind, Result};

/// The output rate: a number of Hz or that of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Text", into = "String")]
#[non_exhaustive]
pub enum TargetRate {
    /// The rate of the source.
    Keep,
    /// This many Hz.
    Hz(u32),
}

/// Which channels come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Text", into = "String")]
#[non_exhaustive]
pub enum ChannelSelection {
    /// All channels mixed into one by the documented downmix matrix.
    Mix,
    /// Channel 1.
    Left,
    /// Channel 2; a mono source gives its only channel.
    Right,
    /// All channels, interleaved, in one output.
    Keep,
    /// Each channel as an output of its own.
    Split,
    /// This one channel; the first is 1.
    Channel(u16),
}

/// How sharp rate conversion is; "flat" is within ±0.1 dB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Quality {
    /// Least delay: flat to 0.80 of the lower Nyquist frequency, aliases at least 60 dB down. It waits for two to eight
    /// times fewer frames than `Standard`, but is no faster and at some rates slower: only for live audio.
    Fast,
    /// Flat to 0.90 of the lower Nyquist frequency, aliases at least 100 dB down.
    #[default]
    Standard,
    /// Flat to 0.95 of the lower Nyquist frequency, aliases at least 120 dB down.
    Best,
}

/// What the output bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Encoding {
    /// Signed 16-bit little-endian PCM without a header.
    Pcm,
    /// The same with a WAV header.
    #[default]
    Wav,
    /// Speex narrowband packets (8 kHz, mono), laid out as `speex.framing` says.
    Speex,
    /// Speex wideband packets (16 kHz, mono), laid out as `speex.framing` says.
    #[serde(rename = "speex-wb")]
    SpeexWb,
    /// An Ogg Speex file (mono), narrowband at 8 kHz and wideband at 16 kHz.
    Spx,
}

impl Encoding {
    /// The name used in options and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pcm => "pcm",
            Self::Wav => "wav",
            Self::Speex => "speex",
            Self::SpeexWb => "speex-wb",
            Self::Spx => "spx",
        }
    }

    /// Whether the samples are coded with Speex.
    pub fn is_speex(self) -> bool {
        matches!(self, Self::Speex | Self::SpeexWb | Self::Spx)
    }

    /// The rates in Hz that this encoding can hold; empty: any.
    pub fn rates_hz(self) -> &'static [u32] {
        match self {
            Self::Pcm | Self::Wav => &[],
            Self::Speex => &[8_000],
            Self::SpeexWb => &[16_000],
            Self::Spx => &[8_000, 16_000],
        }
    }
}

/// How Speex packets follow each other without a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum SpeexFraming {
    /// Each packet behind one byte that holds its length.
    #[default]
    Prefixed,
    /// Packets of one size, one behind the other.
    Bare,
}

/// Noise added before rounding to 16 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Dither {
    /// None: what speech services expect.
    #[default]
    None,
    /// Triangular noise of ±1 least significant bit, the same for every run.
    Tpdf,
}

/// A number or a word: both are welcome where a key takes either.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Text {
    Number(u64),
    Word(String),
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        match text {
            Text::Number(n) => n.to_string(),
            Text::Word(word) => word,
        }
    }
}

/// Ties `Text` (in) and `String` (out) to `FromStr` and `Display`, so that serde and text use one rule.
macro_rules! text_value {
    ($type:ty) => {
        impl TryFrom<Text> for $type {
            type Error = Error;

            fn try_from(text: Text) -> Result<Self> {
                String::from(text).parse()
            }
        }

        impl From<$type> for String {
            fn from(value: $type) -> Self {
                value.to_string()
            }
        }
    };
}
text_value!(TargetRate);
text_value!(ChannelSelection);
text_value!(ChannelNames);

/// What the text is instead, in the words of those values above that have more to say than what they take.
pub(super) fn reason(key: &str, text: &str) -> Option<String> {
    let error = match key {
        "input.channel_names" => text.parse::<ChannelNames>().err(),
        "target.sample_rate_hz" => text.parse::<TargetRate>().err(),
        "target.channels" => text.parse::<ChannelSelection>().err(),
        _ => None,
    };
    let context = error.as_ref()?.context();
    Some(context.strip_prefix(&format!("\"{text}\" is ")).unwrap_or(context).to_owned())
}

impl fmt::Display for TargetRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keep => f.write_str("keep"),
            Self::Hz(hz) => write!(f, "{hz}"),
        }
    }
}

impl FromStr for TargetRate {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if text == "keep" {
            return Ok(Self::Keep);
        }
        text.parse().map(Self::Hz).map_err(|_| {
            Error::new(
                ErrorKind::InvalidArgument,
                "target rate",
                format!("\"{text}\" is neither \"keep\" nor a number of Hz, such as 16000"),
            )
        })
    }
}

impl fmt::Display for ChannelSelection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mix => f.write_str("mix"),
            Self::Left => f.write_str("left"),
            Self::Right => f.write_str("right"),
            Self::Keep => f.write_str("keep"),
            Self::Split => f.write_str("split"),
            Self::Channel(n) => write!(f, "{n}"),
        }
    }
}

impl FromStr for ChannelSelection {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Ok(match text {
            "mix" => Self::Mix,
            "left" => Self::Left,
            "right" => Self::Right,
            "keep" => Self::Keep,
            "split" => Self::Split,
            _ => match text.parse() {
                Ok(n) if n >= 1 => Self::Channel(n),
                _ => {
                    return Err(Error::new(
                        ErrorKind::InvalidArgument,
                        "channel selection",
                        format!("\"{text}\" is not mix, left, right, split, keep or a channel number from 1"),
                    ));
                }
            },
        })
    }
}
