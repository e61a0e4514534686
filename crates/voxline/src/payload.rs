//! Prepared samples to bytes: WAV headers and base64.

mod base64;
pub(crate) mod wav;

pub use base64::{Base64Encoder, Base64Writer, base64_len};
