//! The option groups, one a stage. Units and defaults stand at each field and, for other languages, in the key table.

use serde::{Deserialize, Serialize};

use super::{ChannelNames, ChannelSelection, Dither, Encoding, ProxyUrl, Quality, SpeexFraming, TargetRate};
use crate::RawFormat;

/// How the input is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct InputOptions {
    /// What headerless input is; `None` (default): the content is probed.
    pub raw_format: Option<RawFormat>,
    /// Whether the name of a file that is opened by its path may say that it is headerless (`.alaw`, `.ulaw`, `.gsm`,
    /// `.g722`, `.sln16` …), default off. Not when `raw_format` or `speex_framing` is set.
    pub raw_by_name: bool,
    /// Layout of headerless Speex packets; `None` (default): the content is probed. Not together with `raw_format`;
    /// `raw_rate_hz` 8000 means narrowband, 16000 wideband.
    pub speex_framing: Option<SpeexFraming>,
    /// Whether decoded Speex is enhanced perceptually, default on.
    pub speex_enhancement: bool,
    /// Sample rate of headerless input in Hz, default 8000. Only used with `speex_framing` and for headerless samples: GSM
    /// and G.722 have their own.
    pub raw_rate_hz: u32,
    /// Interleaved channels of headerless input, default 1. Only used with `raw_format`.
    pub raw_channels: u16,
    /// A name for each channel, for reports and file names; `None` (default): they have none.
    pub channel_names: Option<ChannelNames>,
    /// Whether encoder delay and padding are removed, default on.
    pub gapless: bool,
    /// Whether damage (truncation, wrong sizes, undecodable frames) is an error instead of a warning, default off.
    pub strict: bool,
}

impl Default for InputOptions {
    fn default() -> Self {
        Self {
            raw_format: None,
            raw_by_name: false,
            speex_framing: None,
            speex_enhancement: true,
            raw_rate_hz: 8_000,
            raw_channels: 1,
            channel_names: None,
            gapless: true,
            strict: false,
        }
    }
}

/// What comes out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct TargetOptions {
    /// Output rate, default 16000 Hz.
    pub sample_rate_hz: TargetRate,
    /// Output channels, default all mixed into one.
    pub channels: ChannelSelection,
    /// Output bytes, default WAV.
    pub encoding: Encoding,
    /// Whether the output is base64 text without line breaks, default off.
    pub base64: bool,
    /// Noise added before rounding, default none.
    pub dither: Dither,
}

impl Default for TargetOptions {
    fn default() -> Self {
        Self {
            sample_rate_hz: TargetRate::Hz(16_000),
            channels: ChannelSelection::Mix,
            encoding: Encoding::Wav,
            base64: false,
            dither: Dither::None,
        }
    }
}

/// How rates are converted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ResampleOptions {
    /// Filter quality, default standard.
    pub quality: Quality,
}

/// How Speex is encoded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct SpeexOptions {
    /// Quality and with it the bit rate, 0 to 10, default 8; constant over a stream.
    pub quality: u8,
    /// How hard the encoder searches, 1 to 10, default 3; costs time, not bytes.
    pub complexity: u8,
    /// How packets follow each other, default each behind its length. Only used with the encodings `speex` and
    /// `speex-wb`; an Ogg file has its own.
    pub framing: SpeexFraming,
}

impl Default for SpeexOptions {
    fn default() -> Self {
        Self { quality: 8, complexity: 3, framing: SpeexFraming::Prefixed }
    }
}

/// How long recordings are cut into parts. Only used by what splits; the bytes of a part are limited by
/// [`LimitOptions::max_output_bytes`] and [`LimitOptions::max_base64_bytes`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct SplitOptions {
    /// Longest part in seconds; `None` (default): only the bytes count.
    pub max_duration_s: Option<f64>,
    /// How far before the latest possible place a pause is looked for, in seconds, default 10; never more than half of
    /// the longest part.
    pub window_s: f64,
    /// Shortest pause that is preferred for a cut, in ms, 20 to 10 000, default 300.
    pub min_pause_ms: u32,
    /// Audio in ms that a part repeats from the end of the one before, default 0; at most a quarter of the longest part.
    pub overlap_ms: u32,
}

impl Default for SplitOptions {
    fn default() -> Self {
        Self { max_duration_s: None, window_s: 10.0, min_pause_ms: 300, overlap_ms: 0 }
    }
}

/// What is refused. `None` means no limit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct LimitOptions {
    /// Most input bytes, default 8 GiB.
    pub max_input_bytes: Option<u64>,
    /// Longest decoded audio in seconds, default 24 hours.
    pub max_duration_s: Option<f64>,
    /// Most channels, 1 to 32, default 32.
    pub max_channels: u16,
    /// Most bytes of one output before base64; profiles set the limit of their service. Default none.
    pub max_output_bytes: Option<u64>,
    /// Most bytes of one output as base64 text. Default none.
    pub max_base64_bytes: Option<u64>,
}

impl Default for LimitOptions {
    fn default() -> Self {
        Self {
            max_input_bytes: Some(8 << 30),
            max_duration_s: Some(86_400.0),
            max_channels: 32,
            max_output_bytes: None,
            max_base64_bytes: None,
        }
    }
}

/// How services are talked to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct HttpOptions {
    /// Longest wait for a connection in ms, default 10 000.
    pub connect_timeout_ms: u64,
    /// Longest wait for the answer to one attempt in ms, default 60 000.
    pub read_timeout_ms: u64,
    /// Longest time for the whole call, retries included, in ms, default 180 000.
    pub total_timeout_ms: u64,
    /// Attempts in all, 1 to 20, default 4.
    pub max_attempts: u32,
    /// First wait between attempts in ms, doubled each time, default 500.
    pub backoff_initial_ms: u64,
    /// Longest wait between attempts in ms, default 20 000.
    pub backoff_max_ms: u64,
    /// Most bytes of an answer, default 64 MiB.
    pub max_response_bytes: u64,
    /// Proxy for all requests; `None` (default): `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` of the environment.
    pub proxy: Option<ProxyUrl>,
    /// PEM file with additional certificate authorities, default none.
    pub ca_file: Option<String>,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            connect_timeout_ms: 10_000,
            read_timeout_ms: 60_000,
            total_timeout_ms: 180_000,
            max_attempts: 4,
            backoff_initial_ms: 500,
            backoff_max_ms: 20_000,
            max_response_bytes: 64 << 20,
            proxy: None,
            ca_file: None,
        }
    }
}
