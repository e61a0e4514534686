//! Prepared samples to bytes: WAV headers, Speex and base64.

mod base64;
mod output;
mod speex;
mod wav;

pub(crate) use output::{OutputEncoder, OutputFormat};

pub(crate) use base64::base64_text;
pub use base64::{Base64Encoder, Base64Writer, base64_len};
