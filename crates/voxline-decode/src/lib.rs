//! Bytes to PCM: WAV, MP3 and headerless audio.
//!
//! Decoders own no file and no socket: [`Decode::push`] takes bytes in chunks of any size, [`Decode::pull`] gives
//! frames, [`Decode::finish`] says that no more bytes will come. The same bytes give the same frames however they
//! are cut, and memory does not grow with the length of the input.

mod error;
mod mp3;
mod stream;

pub use error::DecodeError;
pub use mp3::Mp3Decoder;
pub use stream::{Decode, PcmChunk, Pull, StreamInfo};
