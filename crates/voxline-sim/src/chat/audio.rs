//! From `encodeData` to samples, without mercy.

use base64::engine::general_purpose::STANDARD;
use base64::{DecodeError, Engine};

use super::codes::Refusal;
use super::request::ChatRequest;
use super::{speex, wav};
use crate::options::SimOptions;

const FIELD: &str = "encodeData";

/// The audio of a request.
#[derive(Debug)]
pub(super) struct Audio {
    /// `wav`, `pcm`, `speex` or `speex-bare`.
    pub(super) container: &'static str,
    pub(super) samples: Vec<i16>,
    /// As it was before base64.
    pub(super) bytes: Vec<u8>,
}

/// Starts of files that are no PCM, whatever they are called: no speech begins with these words.
const FOREIGN: [(&[u8], &str); 5] =
    [(b"ID3", "MP3"), (b"OggS", "Ogg"), (b"fLaC", "FLAC"), (b"RIFX", "big-endian WAV"), (b"RF64", "RF64")];

pub(super) fn decode(request: &ChatRequest<'_>, options: &SimOptions) -> Result<Audio, Refusal> {
    let bytes = from_base64(request.encode_data, options)?;
    let refuse = |why: String| Refusal::value(FIELD, why);
    if let Some(size) = request.speex_size {
        let (container, samples) = speex::decode(&bytes, size, request.rate_hz).map_err(refuse)?;
        if samples.is_empty() {
            return Err(refuse("there is no audio in it".to_owned()));
        }
        return Ok(Audio { container, samples, bytes });
    }
    if let Some((_, name)) = FOREIGN.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(refuse(format!("this is {name}; raw takes 16-bit mono PCM or WAV")));
    }
    let (container, samples) = if bytes.starts_with(b"RIFF") {
        ("wav", s16le(wav::data(&bytes, request.rate_hz, request.voice_type).map_err(refuse)?))
    } else if bytes.len() % 2 != 0 {
        return Err(refuse(format!("16-bit PCM has an even number of bytes, found {}", bytes.len())));
    } else {
        ("pcm", s16le(&bytes))
    };
    if samples.is_empty() {
        return Err(refuse("there is no audio in it".to_owned()));
    }
    Ok(Audio { container, samples, bytes })
}

fn s16le(bytes: &[u8]) -> Vec<i16> {
    bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
}

fn from_base64(text: &str, options: &SimOptions) -> Result<Vec<u8>, Refusal> {
    let refuse = |why: String| Err(Refusal::value(FIELD, why));
    if text.is_empty() {
        return refuse("it is empty".to_owned());
    }
    if let Some(limit) = options.max_base64_bytes.filter(|limit| text.len() >= *limit) {
        return refuse(format!("{} bytes of base64; it must be smaller than {limit}", text.len()));
    }
    if let Some(at) = text.find(['\r', '\n']) {
        return refuse(format!("a line break at character {at}; base64 must be one line"));
    }
    let bytes = match STANDARD.decode(text) {
        Ok(bytes) => bytes,
        Err(DecodeError::InvalidByte(at, byte)) => {
            return refuse(format!("not standard base64: {:?} at character {at}", char::from(byte)));
        }
        Err(other) => return refuse(format!("not standard base64: {other}")),
    };
    let limit = options.max_audio_bytes;
    if bytes.len() >= limit {
        return refuse(format!("{} bytes of audio; it must be smaller than {limit}", bytes.len()));
    }
    Ok(bytes)
}
