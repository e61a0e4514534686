//! Audio in blocks, and headerless audio.

use voxline::ErrorKind::MalformedInput;
use voxline::WarningCode::{BadFrames, BadSize, InconsistentHeader, NotANumber, Truncated};

use crate::case::{Case, case};
use crate::recipe::*;

pub(crate) fn cases() -> Vec<Case> {
    let blocks = ima_blocks(20);
    let ima = ima_wav(2_400, &blocks);
    // RIFF header, fmt chunk of 20 bytes, fact chunk.
    let head = 12 + 28 + 12;
    let unsized_ima = with_u32(&with_u32(&ima_wav(0, &blocks), 4, 0), head + 4, 0);
    let gsm = gsm_frames(30);
    let pairs =
        riff(&[chunk(b"fmt ", &coded_fmt(0x31, 65, &320_u16.to_le_bytes())), chunk(b"data", &noise(9, 65 * 12))]);
    let floats: Vec<u8> = speech(6, 1_000).iter().flat_map(|&s| (f32::from(s) / 32_768.0).to_le_bytes()).collect();
    let float = riff(&[chunk(b"fmt ", &fmt(3, 1, 8_000, 32)), chunk(b"data", &floats)]);
    let raw = |name, damage, bytes| case(name, damage, bytes).with("input.raw_format", "gsm");
    vec![
        case(
            "ima-half-a-block",
            "IMA ADPCM never closed, cut inside a block",
            unsized_ima[..head + 8 + 64 * 10 + 20].to_vec(),
        )
        .gives(10 * 121 + 33, &[BadSize])
        .keeps(&ima, &[(0, 0, 10 * 121 + 33)]),
        case("ima-cut", "IMA ADPCM cut inside the header of a block", ima[..head + 8 + 64 * 10 + 3].to_vec())
            .gives(10 * 121, &[Truncated])
            .keeps(&ima, &[(0, 0, 10 * 121)]),
        case(
            "ima-step-index",
            "a block of IMA ADPCM with the step index 200",
            patched(&ima, head + 8 + 64 * 5 + 2, &[200]),
        )
        .gives(2_400, &[BadFrames])
        .keeps(&ima, &[(0, 0, 5 * 121), (6 * 121, 6 * 121, 2_400 - 6 * 121)]),
        case(
            "ima-hole",
            "two blocks of IMA ADPCM overwritten by zeros: silence",
            patched(&ima, head + 8 + 64 * 5, &[0; 128]),
        )
        .gives(2_400, &[])
        .keeps(&ima, &[(0, 0, 5 * 121), (7 * 121, 7 * 121, 2_400 - 7 * 121)]),
        case("fact-large", "fact chunk of more frames than there are", ima_wav(9_999, &blocks))
            .gives(2_420, &[InconsistentHeader])
            .keeps(&ima, &[(0, 0, 2_400)]),
        case("fact-small", "fact chunk of fewer frames than there are", ima_wav(100, &blocks))
            .gives(2_420, &[InconsistentHeader])
            .keeps(&ima, &[(0, 0, 2_400)]),
        case(
            "gsm-wav-half-a-pair",
            "GSM in WAV cut behind the first frame of a pair",
            pairs[..pairs.len() - 65 + 33].to_vec(),
        )
        .gives(11 * 320 + 160, &[Truncated])
        .keeps(&pairs, &[(0, 0, 11 * 320 + 160)]),
        case("gsm-block-size", "GSM in WAV whose header says blocks of 64 bytes", patched(&pairs, 32, &[64, 0]))
            .gives(12 * 320, &[InconsistentHeader])
            .keeps(&pairs, &[(0, 0, 12 * 320)]),
        raw("gsm-half-a-frame", "headerless GSM cut inside a frame", gsm[..33 * 20 + 11].to_vec())
            .gives(20 * 160, &[Truncated])
            .keeps(&gsm, &[(0, 0, 20 * 160)]),
        raw("gsm-hole", "three frames of headerless GSM overwritten by zeros", patched(&gsm, 33 * 10, &[0; 99]))
            .gives(30 * 160, &[BadFrames])
            .keeps(&gsm, &[(0, 0, 10 * 160)]),
        raw("gsm-shifted", "headerless GSM that does not begin with a frame", gsm[5..].to_vec())
            .refused(MalformedInput, "is not headerless GSM"),
        case("raw-odd-byte", "headerless 16-bit samples and one byte", [le(&speech(6, 900)), vec![1]].concat())
            .with("input.raw_format", "s16le")
            .gives(900, &[Truncated])
            .keeps(&le(&speech(6, 900)), &[(0, 0, 900)]),
        case("float-nan", "three float samples that are no numbers", {
            patched(&float, 44 + 400, &[f32::NAN, -f32::NAN, f32::NAN].map(f32::to_le_bytes).concat())
        })
        .gives(1_000, &[NotANumber])
        .keeps(&float, &[(0, 0, 100), (103, 103, 897)])
        .strictly(None),
    ]
}
