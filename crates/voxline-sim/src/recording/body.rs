//! What a recording consists of.

use std::borrow::Cow;
use std::fmt;

use axum::body::Bytes;

use crate::bundled::{self, Lazy};
use crate::fault::mix64;

/// Bytes of the header that [`RecordingBody::noise_wav`] writes.
const WAV_HEADER_BYTES: u32 = 44;

/// The bytes of a recording: given ones, then any number of made-up ones that are never held in memory.
///
/// ```
/// use voxline_sim::RecordingBody;
/// let body = RecordingBody::noise(7, 200_000_000);
/// let (mut one, mut other) = ([0; 1_000], [0; 400]);
/// assert_eq!(body.read_at(123_456_000, &mut one), 1_000);
/// assert_eq!(body.read_at(123_456_600, &mut other), 400);
/// assert_eq!(one[600..], other);
/// ```
#[derive(Clone)]
pub struct RecordingBody {
    given: Given,
    seed: u64,
    noise_bytes: u64,
    content_type: Cow<'static, str>,
}

/// Bytes that are there, or are when they are asked for.
#[derive(Clone)]
enum Given {
    Here(Bytes),
    Packed(&'static Lazy),
}

impl RecordingBody {
    /// These bytes, as `audio/wav`.
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self { given: Given::Here(Bytes::from(bytes.into())), ..Self::from_static(&[], "audio/wav") }
    }

    /// The bundled phone call, as WAV.
    pub fn call_wav() -> Self {
        Self { given: Given::Packed(&bundled::CALL_WAV), ..Self::from_static(&[], "audio/wav") }
    }

    /// The bundled phone call, as MP3.
    pub fn call_mp3() -> Self {
        Self::from_static(bundled::CALL_MP3, "audio/mpeg")
    }

    /// `length` bytes that depend on the seed alone, as `audio/wav`, although they are none; the first is at least
    /// 0x80, so that they are never taken for text.
    pub fn noise(seed: u64, length: u64) -> Self {
        Self { seed, noise_bytes: length, ..Self::from_static(&[], "audio/wav") }
    }

    /// A WAV file of 8 000 Hz, two channels and 16 bits with this many frames of noise.
    ///
    /// **Source** of the header: Microsoft/IBM, *Multimedia Programming Interface and Data Specifications 1.0* (1991).
    pub fn noise_wav(seed: u64, frames: u32) -> Self {
        let data_bytes = frames.saturating_mul(4);
        let mut header = Vec::with_capacity(44);
        header.extend_from_slice(b"RIFF");
        header.extend_from_slice(&data_bytes.saturating_add(WAV_HEADER_BYTES - 8).to_le_bytes());
        header.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
        header.extend_from_slice(&8_000_u32.to_le_bytes());
        header.extend_from_slice(&32_000_u32.to_le_bytes());
        header.extend_from_slice(b"\x04\0\x10\0data");
        header.extend_from_slice(&data_bytes.to_le_bytes());
        Self { seed, noise_bytes: u64::from(data_bytes), ..Self::from_bytes(header) }
    }

    /// The recording service's form of an error, served as HTTP 200 where audio was expected.
    pub fn error_envelope(code: i32, message: &str) -> Self {
        let value = crate::reply::error_body(crate::fault::Endpoint::Download, code, message);
        Self::from_bytes(value.to_string()).with_content_type("application/json")
    }

    /// The same under another `Content-Type`.
    #[must_use]
    pub fn with_content_type(self, content_type: impl Into<String>) -> Self {
        Self { content_type: content_type.into().into(), ..self }
    }

    /// How many bytes it has.
    pub fn len_bytes(&self) -> u64 {
        (self.given().len() as u64).saturating_add(self.noise_bytes)
    }

    /// Fills `out` with the bytes from `position` on and returns how many there were.
    pub fn read_at(&self, position: u64, out: &mut [u8]) -> usize {
        let mut done = 0;
        let given = self.given();
        if let Some(rest) = usize::try_from(position).ok().and_then(|at| given.get(at..)) {
            done = rest.len().min(out.len());
            out.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        }
        let first = position.saturating_add(done as u64).saturating_sub(given.len() as u64);
        let left = self.noise_bytes.saturating_sub(first);
        let out = out.get_mut(done..).unwrap_or_default();
        let count = usize::try_from(left).unwrap_or(usize::MAX).min(out.len());
        self.fill(first, out.get_mut(..count).unwrap_or_default());
        done + count
    }

    pub(crate) fn content_type(&self) -> &Cow<'static, str> {
        &self.content_type
    }

    fn from_static(bytes: &'static [u8], content_type: &'static str) -> Self {
        let (given, content_type) = (Given::Here(Bytes::from_static(bytes)), Cow::Borrowed(content_type));
        Self { given, seed: 0, noise_bytes: 0, content_type }
    }

    fn given(&self) -> &[u8] {
        match &self.given {
            Given::Here(bytes) => bytes,
            Given::Packed(bytes) => bytes,
        }
    }

    /// Noise from byte `first` of the noise on: eight bytes for each number of the sequence.
    fn fill(&self, first: u64, out: &mut [u8]) {
        let (mut word, mut skip) = (first / 8, (first % 8) as usize);
        let mut rest = out;
        while !rest.is_empty() {
            let mut bytes = mix64(self.seed, word).to_le_bytes();
            if word == 0 && self.given().is_empty() {
                bytes[0] |= 0x80;
            }
            let piece = bytes.get(skip..).unwrap_or_default();
            let count = piece.len().min(rest.len());
            let (now, later) = rest.split_at_mut(count);
            now.copy_from_slice(&piece[..count]);
            (rest, word, skip) = (later, word + 1, 0);
        }
    }
}

impl fmt::Debug for RecordingBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordingBody({} bytes, {})", self.len_bytes(), self.content_type)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_piece_is_a_piece_of_the_whole() {
        for body in [RecordingBody::noise(1, 100), RecordingBody::noise_wav(2, 15), RecordingBody::from_bytes([9; 20])]
        {
            let mut whole = vec![0; 200];
            let length = body.read_at(0, &mut whole);
            assert_eq!(length as u64, body.len_bytes());
            for from in 0..=length {
                for count in [0, 1, 7, 8, 9, 60] {
                    let mut piece = vec![0; count];
                    let got = body.read_at(from as u64, &mut piece);
                    assert_eq!(got, count.min(length - from));
                    assert_eq!(piece[..got], whole[from..from + got], "{body:?} {from} {count}");
                }
            }
            assert_eq!(body.read_at(u64::MAX, &mut whole), 0);
        }
        let start = |seed| {
            let mut bytes = [0; 64];
            RecordingBody::noise(seed, 64).read_at(0, &mut bytes);
            bytes
        };
        assert_ne!(start(1), start(2));
        assert!((0..100).all(|seed| start(seed)[0] >= 0x80));
    }

    #[test]
    fn made_up_files_are_wav_to_an_independent_reader() {
        let body = RecordingBody::noise_wav(3, 1_000);
        let mut bytes = vec![0; usize::try_from(body.len_bytes()).unwrap()];
        body.read_at(0, &mut bytes);
        let reader = hound::WavReader::new(&bytes[..]).unwrap();
        let spec = reader.spec();
        assert_eq!((spec.sample_rate, spec.channels, spec.bits_per_sample, reader.duration()), (8_000, 2, 16, 1_000));
    }
}
