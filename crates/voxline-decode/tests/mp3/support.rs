//! Decoding in one call, for the tests.

use voxline_core::options::{InputOptions, LimitOptions};
use voxline_core::report::Warning;
use voxline_core::{AudioSpec, SampleRate};
use voxline_decode::{Decode, DecodeError, Mp3Decoder, PcmChunk, Pull, StreamInfo};

/// A whole decoded stream.
#[derive(Debug, PartialEq)]
pub(crate) struct Decoded {
    /// All chunks, interleaved, one behind the other.
    pub(crate) samples: Vec<f32>,
    pub(crate) frames: usize,
    /// Channels of the first chunk.
    pub(crate) channels: usize,
    pub(crate) info: Option<StreamInfo>,
    pub(crate) bad_frames: u64,
    pub(crate) warnings: Vec<Warning>,
}

pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, DecodeError> {
    decode_with(bytes, &InputOptions::default(), |_| 4_096)
}

/// Decodes `bytes`, pushed in pieces whose sizes `piece` gives from the position.
pub(crate) fn decode_with(
    bytes: &[u8],
    options: &InputOptions,
    mut piece: impl FnMut(usize) -> usize,
) -> Result<Decoded, DecodeError> {
    let mut decoder = Mp3Decoder::new(options, &LimitOptions::default());
    let mut out =
        Decoded { samples: Vec::new(), frames: 0, channels: 0, info: None, bad_frames: 0, warnings: Vec::new() };
    let mut chunk = PcmChunk::new(AudioSpec::new(SampleRate::new(8_000).unwrap(), 1).unwrap());
    let mut place = 0;
    loop {
        match decoder.pull(&mut chunk)? {
            Pull::Frames(frames) => {
                assert_eq!(frames * chunk.spec.channels(), chunk.samples.len());
                if out.channels == 0 {
                    out.channels = chunk.spec.channels();
                }
                out.frames += frames;
                out.samples.extend_from_slice(&chunk.samples);
            }
            Pull::NeedMore if place < bytes.len() => {
                let end = bytes.len().min(place + piece(place).max(1));
                decoder.push(&bytes[place..end])?;
                place = end;
            }
            Pull::NeedMore => decoder.finish(),
            Pull::End => break,
        }
    }
    out.channels = out.channels.max(1);
    out.info = decoder.info().cloned();
    out.bad_frames = out.info.as_ref().map_or(0, |info| info.bad_frames);
    out.warnings = decoder.warnings().to_vec();
    Ok(out)
}

/// To the units of the references.
pub(crate) fn s16(sample: f32) -> i32 {
    (f64::from(sample) * 32_768.0).round_ties_even().clamp(-32_768.0, 32_767.0) as i32
}
