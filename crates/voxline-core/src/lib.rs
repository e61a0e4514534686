//! The vocabulary every part of Voxline speaks: errors, audio specifications, options, reports.
//!
//! Nothing here does I/O or knows a codec. Bindings, program and services all use these names, so a
//! word that every language must know is defined here and only here.

pub mod audio;
pub mod error;
pub mod options;
pub mod report;
mod secret;
pub mod units;

pub use audio::{AudioSpec, ChannelMask, RawFormat, SampleFormat, SampleRate};
pub use error::{Error, ErrorKind, Result, Retry, ServiceFault};
pub use options::{ChannelNames, ChannelSelection, Dither, Encoding, Options, Quality, SpeexFraming, TargetRate};
pub use report::{ChannelLevel, Report, SourceReport, TargetReport, Warning, WarningCode};
pub use secret::Secret;
