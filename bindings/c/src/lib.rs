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
mod error;
mod options;
mod prepare;
mod preparer;
mod report;
mod speex;
mod status;

pub use about::*;
pub use audio::*;
pub use base64::*;
pub use error::*;
pub use options::*;
pub use prepare::*;
pub use preparer::*;
pub use report::*;
pub use speex::*;
pub use status::*;
