//! Bytes to PCM: WAV, AU, MP3, Speex and headerless audio.
//!
//! Decoders own no file and no socket: [`Decode::push`] takes bytes in chunks of any size, [`Decode::pull`] gives
//! frames, [`Decode::finish`] says that no more bytes will come. The same bytes give the same frames however they
//! are cut, and memory does not grow with the length of the input.
//!
//! [`Decoder`] finds out what the bytes are and is what most callers want; the decoders of single containers stand
//! beside it.

mod adpcm;
mod au;
mod auto;
mod blocks;
mod body;
mod bytes;
mod damage;
mod error;
pub mod g711;
mod g722;
mod gsm;
mod holes;
mod limits;
mod mp3;
mod pcm;
mod probe;
mod raw;
mod speex;
mod stream;
mod wav;
mod work;

pub use au::AuDecoder;
pub use auto::Decoder;
pub use error::DecodeError;
pub use mp3::Mp3Decoder;
pub use probe::{Probe, probe};
pub use raw::RawDecoder;
pub use speex::{SpeexDecoder, SpxDecoder};
pub use stream::{Decode, PcmChunk, Pull, StreamInfo};
pub use wav::WavDecoder;
