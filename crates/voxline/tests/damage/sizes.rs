//! Sizes that are wrong and files that were cut.

use voxline::ErrorKind::{MalformedInput, TruncatedInput};
use voxline::WarningCode::{BadSize, JunkSkipped, Truncated};

use crate::case::{Case, case};
use crate::recipe::*;

pub(crate) fn cases() -> Vec<Case> {
    let samples = speech(1, 4_000);
    let whole = wav(&samples);
    let all = [(0, 0, 4_000)];
    let sized = |riff, data| with_u32(&with_u32(&whole, 4, riff), 40, data);
    let stereo = wav_of(8_000, 2, &samples);
    vec![
        case("sizes-zero", "recorder stopped: RIFF and data size 0", sized(0, 0))
            .gives(4_000, &[BadSize])
            .keeps(&whole, &all),
        case("sizes-all-ones", "streamed: RIFF and data size 0xFFFFFFFF", sized(u32::MAX, u32::MAX))
            .gives(4_000, &[BadSize])
            .keeps(&whole, &all),
        case("riff-size-zero", "RIFF size 0, data size right", sized(0, 8_000))
            .gives(4_000, &[BadSize])
            .keeps(&whole, &all),
        case("data-size-zero", "data size 0, RIFF size right", sized(8_036, 0))
            .gives(4_000, &[BadSize])
            .keeps(&whole, &all),
        case("data-size-small", "data size of half the audio, RIFF size right", sized(8_036, 4_000))
            .gives(4_000, &[BadSize])
            .keeps(&whole, &all),
        case("data-size-large", "data size beyond the RIFF form", sized(8_036, 9_000))
            .gives(4_000, &[BadSize])
            .keeps(&whole, &all),
        case("riff-size-large", "RIFF size beyond the end, data size right", sized(9_036, 8_000))
            .gives(4_000, &[BadSize])
            .keeps(&whole, &all),
        case("riff-size-small", "RIFF size that ends inside the audio", sized(1_036, 8_000))
            .gives(4_000, &[BadSize])
            .keeps(&whole, &all),
        case("sizes-zero-half-a-frame", "sizes 0, cut inside a sample", sized(0, 0)[..WAV_HEADER + 4_001].to_vec())
            .gives(2_000, &[BadSize, Truncated])
            .keeps(&whole, &[(0, 0, 2_000)])
            .strictly(Some(MalformedInput)),
        case("cut-in-audio", "copy stopped after 3 000 bytes of audio", whole[..WAV_HEADER + 3_000].to_vec())
            .gives(1_500, &[Truncated])
            .keeps(&whole, &[(0, 0, 1_500)]),
        case(
            "cut-in-a-stereo-frame",
            "copy stopped between the channels of a frame",
            stereo[..WAV_HEADER + 4_002].to_vec(),
        )
        .gives(1_000, &[Truncated])
        .keeps(&stereo, &[(0, 0, 1_000)]),
        case("cut-in-header", "copy stopped inside the fmt chunk", whole[..30].to_vec())
            .refused(TruncatedInput, "before the fmt chunk was complete"),
        case("cut-before-data", "copy stopped behind the fmt chunk", whole[..36].to_vec())
            .refused(TruncatedInput, "before the data chunk was complete"),
        case("no-data-chunk", "a form without a data chunk", riff(&[chunk(b"fmt ", &fmt(1, 1, 8_000, 16))]))
            .refused(MalformedInput, "has no data chunk"),
        case("pad-byte-missing", "odd chunk in front of the audio, its pad byte forgotten", {
            let odd = [&b"LIST\x05\0\0\0"[..], b"notes"].concat();
            riff(&[chunk(b"fmt ", &fmt(1, 1, 8_000, 16)), odd, chunk(b"data", &le(&samples))])
        })
        .gives(4_000, &[BadSize])
        .keeps(&whole, &all),
        case("chunk-size-large", "a chunk in front of the audio claims 20 bytes more than it has", {
            let list = [&b"LIST\x18\0\0\0"[..], b"note"].concat();
            let mut pad = riff(&[chunk(b"fmt ", &fmt(1, 1, 8_000, 16)), list, chunk(b"JUNK", &[0; 32])]);
            pad.extend(chunk(b"data", &le(&samples)));
            with_u32(&pad, 4, pad.len() as u32 - 8)
        })
        .gives(4_000, &[BadSize])
        .keeps(&whole, &all),
        case(
            "sector-padding",
            "recorder's disk filled up its last sector with zeros",
            [&whole[..], &[0; 468]].concat(),
        )
        .gives(4_000, &[JunkSkipped])
        .keeps(&whole, &all),
        case("rf64-without-ds64", "RF64 whose ds64 chunk is missing", {
            let mut out = sized(u32::MAX, u32::MAX);
            out[..4].copy_from_slice(b"RF64");
            out
        })
        .gives(4_000, &[BadSize])
        .keeps(&whole, &all),
        case("rf64-zeros", "RF64 whose ds64 chunk was never filled in", {
            let body = [chunk(b"ds64", &[0; 28]), sized(0, u32::MAX)[12..].to_vec()].concat();
            [&b"RF64\xFF\xFF\xFF\xFFWAVE"[..], &body].concat()
        })
        .gives(4_000, &[BadSize])
        .keeps(&whole, &all),
    ]
}
