//! Call audio as it really comes, turned into exactly what a speech API accepts.
//!
//! ```
//! # const CALL: &[u8] = include_bytes!("../../../assets/call.mp3");
//! # fn main() -> voxline::Result<()> {
//! let options = voxline::profile("chat-16k")?;
//! let prepared = voxline::prepare(CALL, &options)?;
//! assert_eq!(prepared.report().target.sample_rate_hz, 16_000);
//! assert_eq!(prepared.report().target.frames, 246_498);
//! let text = prepared.base64(); // no line breaks
//! # assert!(text.len() > 600_000);
//! # Ok(())
//! # }
//! ```
//!
//! | to | use |
//! |---|---|
//! | convert a file, bytes or a reader in one call | [`prepare`], [`prepare_with`] for progress and cancelling |
//! | convert while bytes arrive, in bounded memory | [`Preparer`] |
//! | cut a long recording into parts that a service takes | [`split`](split()), [`split_with`], [`Splitter`] |
//! | have samples | [`load`] |
//! | convert rates, companded telephony samples | [`Resampler`], [`g711`] |
//! | look at a recording | [`inspect`] |
//! | know whether a recording is fit to be understood | [`doctor()`] |
//! | choose what comes out | [`Options`], [`profile`] |
//! | talk to the voice-chat service | [`chat`] |
//! | find and download call recordings | [`recording`] |
//! | have recordings transcribed | [`transcription`] |
//! | set clients and calls up by names and text | [`settings`] |
//! | encode base64 piece by piece | [`payload`] |
//! | encode and decode Speex packets | [`speex`] |

/// The code of docs/splitting.md compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/splitting.md")]
struct Splitting;

pub mod chat;
mod doctor;
mod engine;
mod inspect;
mod load;
pub mod payload;
mod prepare;
mod preparer;
mod profile;
mod raw_name;
mod resampler;
pub mod settings;
mod source;
pub mod speex;
mod split;
mod stage;

/// What this build can do, as words: containers and codecs that it reads, the services, and what else there is.
pub const FEATURES: &[&str] = &[
    "wav",
    "rf64",
    "au",
    "aiff",
    "mp3",
    "ogg",
    "speex",
    "g711",
    "ima-adpcm",
    "ms-adpcm",
    "gsm",
    "g722",
    "split",
    "doctor",
    "base64",
    "chat",
    "recording",
    "transcription",
];

pub use voxline_api::{recording, transcription};
pub use voxline_decode::g711;

pub use doctor::{
    ChannelHealth, Diagnosis, Figure, Finding, FindingName, PairHealth, Severity, SignalMatch, doctor, doctor_with,
};
pub use engine::Sample;
pub use inspect::{inspect, inspect_with};
pub use load::{Loaded, load};
pub use prepare::{Prepared, Sink, prepare, prepare_to, prepare_with};
pub use preparer::Preparer;
pub use profile::{PROFILES, Profile, profile};
pub use raw_name::options_for;
pub use resampler::Resampler;
pub use source::{Progress, Source};
pub use split::{Cut, Part, Splitter, split, split_with};
pub use voxline_core::{
    AudioSpec, ChannelLevel, ChannelMask, ChannelNames, ChannelSelection, Dither, Encoding, Error, ErrorKind, Options,
    Quality, RawFormat, Report, Result, Retry, SampleFormat, SampleRate, Secret, ServiceFault, SourceReport,
    TargetRate, TargetReport, Warning, WarningCode, options, units,
};
