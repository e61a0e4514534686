//! The recordings that come along, some of them packed: a program with the simulator carries them.

mod law;
mod model;

use std::sync::LazyLock;

use model::Model;

macro_rules! packed {
    ($name:literal) => {
        LazyLock::new(|| unpacked(include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".packed"))))
    };
}

/// What a plain WAV file has before its samples.
const HEADER_BYTES: usize = 44;

/// Bytes that are there when they are first asked for.
pub(crate) type Lazy = LazyLock<Vec<u8>>;

pub(crate) static CALL_WAV: Lazy = packed!("call");
pub(crate) static CALL_MP3: &[u8] = include_bytes!("../../../assets/call.mp3");
pub(crate) static ANSWER_16K_WAV: Lazy = packed!("answer-16k");
pub(crate) static ANSWER_8K_WAV: Lazy = packed!("answer-8k");
pub(crate) static ANSWER_MP3: &[u8] = include_bytes!("../../../assets/answer/answer.mp3");
pub(crate) static ANSWER_ALAW: Lazy = LazyLock::new(|| companded(law::alaw));
pub(crate) static ANSWER_ULAW: Lazy = LazyLock::new(|| companded(law::ulaw));

/// What is behind the header of a plain WAV file.
pub(crate) fn samples(wav: &[u8]) -> &[u8] {
    wav.get(HEADER_BYTES..).unwrap_or_default()
}

fn companded(law: fn(i16) -> u8) -> Vec<u8> {
    samples(&ANSWER_8K_WAV).chunks_exact(2).map(|pair| law(i16::from_le_bytes([pair[0], pair[1]]))).collect()
}

/// What `build.rs` packed.
fn unpacked(packed: &[u8]) -> Vec<u8> {
    let (header, data) = packed.split_at_checked(HEADER_BYTES).unwrap_or((packed, &[]));
    let byte = |at| header.get(at).copied().unwrap_or_default();
    let samples = u32::from_le_bytes([40, 41, 42, 43].map(byte)) / 2;
    let mut models = vec![Model::new(); usize::from(byte(22))];
    let mut bits = data.iter().flat_map(|byte| (0..8).rev().map(move |bit| u32::from(byte >> bit & 1)));
    let mut wav = header.to_vec();
    for at in 0..samples as usize {
        let channel = at % models.len().max(1);
        let Some(model) = models.get_mut(channel) else { break };
        let high = bits.by_ref().take_while(|bit| *bit == 1).count() as u32;
        let folded = (0..model.low_bits()).fold(high, |sum, _| sum << 1 | bits.next().unwrap_or_default());
        let sample = model.expected().wrapping_add((folded >> 1) as i32 ^ -((folded & 1) as i32));
        model.learn(sample, folded);
        wav.extend_from_slice(&(sample as i16).to_le_bytes());
    }
    wav
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_out_is_what_was_packed() {
        macro_rules! asset {
            ($name:literal) => {
                &include_bytes!(concat!("../../../assets/", $name))[..]
            };
        }
        for (name, bytes, original) in [
            ("call.wav", &*CALL_WAV, asset!("call.wav")),
            ("answer-16k.wav", &*ANSWER_16K_WAV, asset!("answer/answer-16k.wav")),
            ("answer-8k.wav", &*ANSWER_8K_WAV, asset!("answer/answer-8k.wav")),
            ("answer-8k.alaw", &*ANSWER_ALAW, asset!("answer/answer-8k.alaw")),
            ("answer-8k.ulaw", &*ANSWER_ULAW, asset!("answer/answer-8k.ulaw")),
        ] {
            let different = bytes.iter().zip(original).position(|(one, other)| one != other);
            assert_eq!((bytes.len(), different), (original.len(), None), "{name}");
        }
        assert_eq!(samples(&ANSWER_16K_WAV), asset!("answer/answer-16k.pcm"));
        assert_eq!(samples(&ANSWER_8K_WAV), asset!("answer/answer-8k.pcm"));
    }
}
