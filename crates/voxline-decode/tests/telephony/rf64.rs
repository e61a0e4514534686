//! RF64 and BW64, and files beyond 4 GiB.

use voxline_core::options::LimitOptions;
use voxline_core::report::WarningCode;
use voxline_decode::{Decode, PcmChunk, Pull, WavDecoder};
use voxline_testkit::tools::require;

use crate::oracle::*;
use crate::recipe::*;
use crate::support::*;

#[test]
fn rf64_of_ffmpeg() {
    let Some(ffmpeg) = require("ffmpeg") else { return };
    for signal in signals(48_000, 2, 5_001) {
        let bytes = ffmpeg_file(&ffmpeg, &signal, &["-rf64", "always"], "x.wav");
        assert_eq!(bytes[..4], *b"RF64");
        let got = auto(&bytes);
        assert_eq!((got.codes(), &got.error), (vec![], &None));
        assert_same(&integers(&got), &signal.samples, signal.name);
        let info = got.info.unwrap();
        assert_eq!((info.container, info.expected_frames), ("wav", Some(5_001)));
    }
}

fn rf64(magic: &[u8; 4], riff: u64, data_size: u64, samples: &[i16]) -> Vec<u8> {
    let data = sized_chunk(b"data", u32::MAX, &s16_bytes(samples));
    let head = [&magic[..], b"\xFF\xFF\xFF\xFFWAVE"].concat();
    [head, ds64(riff, data_size, 0, &[]), chunk(b"fmt ", &fmt(1, 1, 8_000, 16)), data].concat()
}

#[test]
fn sizes_of_64_bits_are_hints_like_those_of_32() {
    let samples = s16(100);
    // 12 + 36 of ds64 + 24 of fmt + 8 + 200.
    let right = 280 - 8;
    for (what, riff, data, frames, codes) in [
        ("right", right, 200, 100, &[][..]),
        ("never filled in", 0, 0, 100, &[WarningCode::BadSize]),
        ("riff never filled in", 0, 200, 100, &[WarningCode::BadSize]),
        ("too large", right, 400, 100, &[WarningCode::BadSize]),
        ("cut", right + 200, 400, 100, &[WarningCode::Truncated]),
        ("far too large", 1 << 40, 1 << 39, 100, &[WarningCode::Truncated]),
        ("as large as can be", u64::MAX, u64::MAX, 100, &[WarningCode::Truncated]),
        ("as large as can be, riff right", right, u64::MAX, 100, &[WarningCode::BadSize]),
        ("riff as large as can be", u64::MAX, 200, 100, &[WarningCode::BadSize]),
        ("too small", right, 100, 100, &[WarningCode::BadSize]),
    ] {
        for magic in [b"RF64", b"BW64"] {
            let bytes = rf64(magic, riff, data, &samples);
            let got = wav(&bytes);
            assert_eq!(
                (got.samples(), got.codes(), &got.error),
                (s16_f32(&samples[..frames]), codes.to_vec(), &None),
                "{what}"
            );
            let split = run(&mut WavDecoder::new(&lenient(), &LimitOptions::default()), bytes.chunks(1));
            assert_eq!(split, got, "{what}");
        }
    }
}

/// Without its `ds64` chunk the sizes are unknown; a `ds64` chunk in a RIFF file is one like others.
#[test]
fn the_chunk_and_the_magic_go_together() {
    let samples = s16(100);
    let data = sized_chunk(b"data", u32::MAX, &s16_bytes(&samples));
    let bare = [&b"RF64\xFF\xFF\xFF\xFFWAVE"[..], &chunk(b"fmt ", &fmt(1, 1, 8_000, 16)), &data].concat();
    let got = wav(&bare);
    assert_eq!((got.samples(), got.codes()), (s16_f32(&samples), vec![WarningCode::BadSize]));
    for cut in [0, 8, 27] {
        let short = chunk(b"ds64", &vec![0; cut]);
        let bytes = [&bare[..12], &short, &bare[12..]].concat();
        assert_eq!(wav(&bytes).codes(), [WarningCode::BadSize], "{cut}");
    }
    let in_riff =
        riff(&[ds64(0, 2, 0, &[]), chunk(b"fmt ", &fmt(1, 1, 8_000, 16)), chunk(b"data", &s16_bytes(&samples))]);
    assert_eq!((wav(&in_riff).samples(), wav(&in_riff).codes()), (s16_f32(&samples), vec![]));
}

/// The number of frames in `ds64` is what a `fact` chunk says elsewhere.
#[test]
fn the_sample_count_cuts_off_the_padding_of_blocks() {
    let data = ima_blocks(1, 64, 3);
    for (fact, count, frames) in [(None, 350, 350), (Some(u32::MAX), 350, 350), (Some(351), 350, 351), (None, 0, 363)] {
        let fact = fact.map_or(Vec::new(), |frames: u32| chunk(b"fact", &frames.to_le_bytes()));
        let rest = [chunk(b"fmt ", &ima_fmt(1, 64)), fact, sized_chunk(b"data", u32::MAX, &data)].concat();
        let sizes = ds64(4 + 36 + rest.len() as u64, data.len() as u64, count, &[]);
        let got = wav(&[&b"BW64\xFF\xFF\xFF\xFFWAVE"[..], &sizes, &rest].concat());
        assert_eq!((got.frames, got.codes(), &got.error), (frames, vec![], &None));
    }
}

/// More than 4 GiB of a chunk before the audio, and of audio: 32 channels of 64 bits, so that there are not too many
/// samples. Each piece is pushed and its frames dropped; only the last ones say something.
#[test]
fn more_than_4_gib() {
    const PIECE: usize = 1 << 20;
    const FRAME: u64 = 32 * 8;
    let (junk, audio) = ((1u64 << 32) + 12_345, (1u64 << 32) + 5 * FRAME);
    let head = [
        b"RF64\xFF\xFF\xFF\xFFWAVE".to_vec(),
        ds64(junk + audio + 200, audio, 0, &[(b"junk", junk)]),
        chunk(b"fmt ", &fmt(3, 32, 8_000, 64)),
        sized_chunk(b"junk", u32::MAX, &[]),
    ]
    .concat();
    let mut decoder = WavDecoder::new(&strict(), &LimitOptions::default());
    let mut out = PcmChunk::new(any_spec());
    let (mut frames, mut last) = (0, 0.0);
    let mut push = |bytes: &[u8]| {
        decoder.push(bytes).unwrap();
        while let Pull::Frames(count) = decoder.pull(&mut out).unwrap() {
            frames += count as u64;
            last = *out.samples.last().unwrap();
        }
    };
    let zeros = |push: &mut dyn FnMut(&[u8]), mut count: u64| {
        let zeros = vec![0; PIECE];
        while count > 0 {
            let piece = count.min(PIECE as u64);
            push(&zeros[..piece as usize]);
            count -= piece;
        }
    };
    push(&head);
    zeros(&mut push, junk + 1);
    push(&sized_chunk(b"data", u32::MAX, &[]));
    zeros(&mut push, audio - 8);
    push(&0.75f64.to_le_bytes());
    push(&chunk(b"LIST", b"INFO"));
    assert_eq!((frames, last), (audio / FRAME, 0.75));
    assert_eq!(decoder.warnings(), []);
    assert_eq!(decoder.info().unwrap().expected_frames, Some(audio / FRAME));
}
