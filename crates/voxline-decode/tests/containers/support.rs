//! Files by recipe, and decoders run to the end.

use voxline_core::options::{InputOptions, LimitOptions};
use voxline_core::report::{Warning, WarningCode};
use voxline_core::{AudioSpec, SampleRate};
use voxline_decode::{Decode, DecodeError, Decoder, PcmChunk, Pull, StreamInfo, WavDecoder};

/// Everything that a decoder says about an input, comparable to the bit.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outcome {
    /// Bits of the samples, so that NaN equals itself.
    pub(crate) bits: Vec<u32>,
    pub(crate) frames: usize,
    pub(crate) specs: Vec<AudioSpec>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) error: Option<DecodeError>,
    pub(crate) info: Option<StreamInfo>,
}

impl Outcome {
    pub(crate) fn samples(&self) -> Vec<f32> {
        self.bits.iter().map(|&bits| f32::from_bits(bits)).collect()
    }

    pub(crate) fn codes(&self) -> Vec<WarningCode> {
        self.warnings.iter().map(|w| w.code).collect()
    }

    pub(crate) fn error_text(&self) -> String {
        self.error.as_ref().map_or_else(|| panic!("no error in {self:?}"), ToString::to_string)
    }
}

pub(crate) fn any_spec() -> AudioSpec {
    AudioSpec::new(SampleRate::new(8_000).unwrap(), 1).unwrap()
}

/// Pushes the pieces, pulling in between, and checks the contract of every pull.
pub(crate) fn run<'a>(decoder: &mut dyn Decode, pieces: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    let mut outcome =
        Outcome { bits: Vec::new(), frames: 0, specs: Vec::new(), warnings: Vec::new(), error: None, info: None };
    let mut chunks = [PcmChunk::with_s16(any_spec()), PcmChunk::new(any_spec())];
    for piece in pieces {
        decoder.push(piece).unwrap();
        if drain(decoder, &mut chunks, &mut outcome) == Some(Pull::End) {
            panic!("the end came before finish");
        }
    }
    decoder.finish();
    let last = drain(decoder, &mut chunks, &mut outcome);
    if outcome.error.is_none() {
        assert_eq!(last, Some(Pull::End));
        assert_eq!(decoder.pull(&mut chunks[0]), Ok(Pull::End), "the end stays");
    }
    assert_eq!(decoder.push(&[0]), Err(DecodeError::State("push after finish")));
    outcome.warnings = decoder.warnings().to_vec();
    outcome.info = decoder.info().cloned();
    outcome
}

/// Takes turns between a chunk that takes integers and one that does not: both must say the same.
fn drain(decoder: &mut dyn Decode, chunks: &mut [PcmChunk; 2], outcome: &mut Outcome) -> Option<Pull> {
    loop {
        chunks.swap(0, 1);
        let chunk = &mut chunks[0];
        chunk.samples.resize(3, f32::NAN); // left-overs must not come back
        match decoder.pull(chunk) {
            Ok(Pull::Frames(n)) => {
                assert!(outcome.error.is_none(), "frames after an error");
                assert!((1..=16_384).contains(&n), "{n} frames in one pull");
                assert_eq!(chunk.frames(), n);
                assert!(chunk.s16().is_empty() || chunk.samples.is_empty(), "either or");
                let mut floats = chunk.clone();
                floats.make_floats();
                assert_eq!(floats.samples.len(), n * chunk.spec.channels());
                outcome.bits.extend(floats.samples.iter().map(|s| s.to_bits()));
                outcome.frames += n;
                if outcome.specs.last() != Some(&chunk.spec) {
                    outcome.specs.push(chunk.spec);
                }
            }
            Ok(other) => {
                assert_eq!(chunk.frames(), 0, "no frames but samples");
                return Some(other);
            }
            Err(error) => {
                assert_eq!(chunk.frames(), 0, "an error and samples");
                if let Some(first) = &outcome.error {
                    assert_eq!(&error, first, "the error stays");
                }
                outcome.error = Some(error);
                return None;
            }
        }
    }
}

/// Cut into pieces at these places.
pub(crate) fn pieces<'a>(bytes: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let mut places: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
    places.extend([0, bytes.len()]);
    places.sort_unstable();
    places.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect()
}

pub(crate) fn lenient() -> InputOptions {
    InputOptions::default()
}

pub(crate) fn strict() -> InputOptions {
    let mut input = InputOptions::default();
    input.strict = true;
    input
}

/// One shot through the WAV decoder.
pub(crate) fn wav(bytes: &[u8]) -> Outcome {
    wav_with(&lenient(), &LimitOptions::default(), bytes)
}

pub(crate) fn wav_with(input: &InputOptions, limits: &LimitOptions, bytes: &[u8]) -> Outcome {
    run(&mut WavDecoder::new(input, limits), [bytes])
}

/// One shot through the decoder that probes.
pub(crate) fn auto(bytes: &[u8]) -> Outcome {
    run(&mut Decoder::new(&lenient(), &LimitOptions::default()), [bytes])
}

/// Numbers that look random and are the same everywhere (the multiplier of Knuth's MMIX generator).
pub(crate) fn noise(count: usize) -> impl Iterator<Item = i32> {
    let mut state = 0x2545_F491_4F6C_DD1Du64;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 32) as u32 as i32
    })
    .take(count)
}

/// 16-bit audio with no byte that looks like a chunk: small values of both signs.
pub(crate) fn s16(count: usize) -> Vec<i16> {
    noise(count).map(|n| (n >> 24) as i16).collect()
}

pub(crate) fn s16_bytes(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|s| s.to_le_bytes()).collect()
}

pub(crate) fn s16_f32(samples: &[i16]) -> Vec<f32> {
    samples.iter().map(|&s| f32::from(s) / 32_768.0).collect()
}

/// The fmt chunk's 16 bytes, consistent.
pub(crate) fn fmt(tag: u16, channels: u16, rate_hz: u32, bits: u16) -> Vec<u8> {
    let block = u32::from(channels) * u32::from(bits.div_ceil(8));
    fmt_fields(tag, channels, rate_hz, rate_hz.wrapping_mul(block), block as u16, bits)
}

pub(crate) fn fmt_fields(tag: u16, channels: u16, rate_hz: u32, byte_rate: u32, block: u16, bits: u16) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend(tag.to_le_bytes());
    out.extend(channels.to_le_bytes());
    out.extend(rate_hz.to_le_bytes());
    out.extend(byte_rate.to_le_bytes());
    out.extend(block.to_le_bytes());
    out.extend(bits.to_le_bytes());
    out
}

/// The fmt chunk of `WAVE_FORMAT_EXTENSIBLE`.
pub(crate) fn extensible(tag: u16, channels: u16, rate_hz: u32, bits: u16, valid: u16, mask: u32) -> Vec<u8> {
    let mut out = fmt(0xFFFE, channels, rate_hz, bits);
    out.extend(22u16.to_le_bytes());
    out.extend(valid.to_le_bytes());
    out.extend(mask.to_le_bytes());
    out.extend(tag.to_le_bytes());
    out.extend(b"\0\0\0\0\x10\0\x80\0\0\xAA\0\x38\x9B\x71");
    out
}

/// A chunk with its pad byte.
pub(crate) fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut out = sized_chunk(id, body.len() as u32, body);
    if body.len() % 2 == 1 {
        out.push(0);
    }
    out
}

/// A chunk that says any size, without pad byte.
pub(crate) fn sized_chunk(id: &[u8; 4], size: u32, body: &[u8]) -> Vec<u8> {
    [&id[..], &size.to_le_bytes(), body].concat()
}

/// RIFF/WAVE around chunks.
pub(crate) fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = chunks.concat();
    sized_riff(body.len() as u32 + 4, &[body])
}

pub(crate) fn sized_riff(size: u32, chunks: &[Vec<u8>]) -> Vec<u8> {
    [&b"RIFF"[..], &size.to_le_bytes(), b"WAVE", &chunks.concat()].concat()
}

/// An ordinary mono file of 16 bits, 44 bytes of header.
pub(crate) fn plain(samples: &[i16]) -> Vec<u8> {
    riff(&[chunk(b"fmt ", &fmt(1, 1, 8_000, 16)), chunk(b"data", &s16_bytes(samples))])
}
