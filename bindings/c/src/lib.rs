//! Voxline for C: checks, one call into the facade, conversion of the result. Nothing is decided here.
//!
//! `include/voxline.h` is made from this crate by `cargo xtask gen`: doc comments of what is exported are written for
//! readers of that header. The rules that hold for every function stand in `cbindgen.toml`, at its top.
#![expect(non_camel_case_types, reason = "these are the names of the header")]
#![expect(
    clippy::missing_safety_doc,
    reason = "the rules for pointers are the same everywhere and stand once in the header"
)]

mod about;
mod audio;
mod base64;
mod boundary;
mod bytes;
mod cancel;
mod chat;
mod error;
mod json;
mod ledger;
mod listener;
mod log;
mod options;
mod prepare;
mod preparer;
mod recording;
mod recording_stream;
mod report;
mod settings;
mod speex;
mod status;
mod transcription;

pub use about::*;
pub use audio::*;
pub use base64::*;
pub use bytes::*;
pub use cancel::*;
pub use chat::*;
pub use error::*;
pub use json::*;
pub use ledger::*;
pub use log::*;
pub use options::*;
pub use prepare::*;
pub use preparer::*;
pub use recording::*;
pub use recording_stream::*;
pub use report::*;
pub use settings::*;
pub use speex::*;
pub use status::*;
pub use transcription::*;
