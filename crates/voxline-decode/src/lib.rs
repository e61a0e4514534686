//! Bytes to PCM: WAV, AU, AIFF, MP3, Speex and headerless audio.
//!
//! Decoders own no file and no socket: [`Decode::push`] takes bytes in chunks of any size, [`Decode::pull`] gives
//! frames, [`Decode::finish`] says that no more bytes will come. The same bytes give the same frames however they
//! are cut, and memory does not grow with the length of the input.
//!
//! [`Decoder`] finds out what the bytes are and is what most callers want; the decoders of single containers stand
//! beside it.

mod adpcm;
mod aiff;
mod au;
mod auto;
mod blocks;
mod body;
mod bytes;
mod damage;
mod error;
#[cfg(feature = "flac")]
mod flac;
pub mod g711;
mod g722;
#[cfg(any(feature = "flac", feature = "vorbis", feature = "aac", feature = "opus"))]
mod glued;
mod gsm;
#[cfg(any(feature = "flac", feature = "vorbis", feature = "aac", feature = "opus"))]
mod guarded;
#[cfg(any(feature = "flac", feature = "vorbis", feature = "aac", feature = "opus"))]
mod layout;
mod limits;
#[cfg(feature = "aac")]
mod m4a;
mod mp3;
#[cfg(any(feature = "vorbis", feature = "opus"))]
mod ogg;
mod pcm;
mod probe;
mod raw;
#[cfg(any(feature = "flac", feature = "vorbis", feature = "aac", feature = "opus"))]
mod ready;
mod source;
mod speex;
mod stream;
#[cfg(any(feature = "flac", feature = "vorbis", feature = "aac"))]
mod symphonia;
mod wav;
mod work;

pub use aiff::AiffDecoder;
pub use au::AuDecoder;
pub use auto::Decoder;
pub use error::DecodeError;
#[cfg(feature = "flac")]
pub use flac::FlacDecoder;
#[cfg(feature = "aac")]
pub use m4a::M4aDecoder;
pub use mp3::Mp3Decoder;
#[cfg(feature = "opus")]
pub use ogg::OpusDecoder;
#[cfg(feature = "vorbis")]
pub use ogg::VorbisDecoder;
pub use probe::{Probe, probe};
pub use raw::RawDecoder;
pub use speex::{SpeexDecoder, SpxDecoder};
pub use stream::{Decode, PcmChunk, Pull, StreamInfo};
pub use wav::WavDecoder;
