//! Headers that say odd things, damaged blocks, and damage by the thousand.

use voxline_core::options::LimitOptions;
use voxline_core::report::WarningCode;
use voxline_decode::{DecodeError, Decoder, WavDecoder};

use crate::recipe::*;
use crate::support::*;

/// What cannot be decoded, by its reason.
#[test]
fn headers_that_are_refused() {
    for (fmt_chunk, want) in [
        (
            coded_fmt(0x11, 1, 8_000, 64, 3, &[]),
            "WAV format 0x0011 (IMA ADPCM) with 3 bits is not supported; 4 bits are",
        ),
        (
            coded_fmt(0x02, 3, 8_000, 64, 4, &[]),
            "WAV format 0x0002 (MS ADPCM) with 3 channels is not supported; 1 and 2 are",
        ),
        (coded_fmt(0x31, 2, 8_000, 65, 0, &[]), "WAV format 0x0031 (GSM 6.10) with 2 channels is not supported; 1 is"),
        (
            coded_fmt(0x65, 2, 16_000, 1, 8, &[]),
            "WAV format 0x0065 (G.722 ADPCM) with 2 channels is not supported; 1 is",
        ),
        (coded_fmt(0x11, 0, 8_000, 64, 4, &[]), "0 channels are not supported; 1 to 32 are"),
        (coded_fmt(0x55, 1, 1, 1, 0, &[]), "a sample rate of 1 Hz is not supported; 4000 to 384000 Hz are"),
    ] {
        let got = wav(&coded_wav(&fmt_chunk, None, &[0; 200]));
        assert_eq!(got.error, Some(DecodeError::Unsupported(want.into())));
    }
    for (fmt_chunk, want) in [
        (
            coded_fmt(0x11, 1, 8_000, 7, 4, &[]),
            "the fmt chunk says blocks of 7 bytes, too few for 1 channel of IMA ADPCM",
        ),
        (
            coded_fmt(0x11, 32, 8_000, 255, 4, &[]),
            "the fmt chunk says blocks of 255 bytes, too few for 32 channels of IMA ADPCM",
        ),
        (ms_fmt_with_block(2, 13), "the fmt chunk says blocks of 13 bytes, too few for 2 channels of MS ADPCM"),
        (ms_fmt_with_block(1, 0), "the fmt chunk says blocks of 0 bytes, too few for 1 channel of MS ADPCM"),
    ] {
        let got = wav(&coded_wav(&fmt_chunk, None, &[0; 200]));
        assert_eq!(got.error, Some(DecodeError::Malformed(want.into())));
    }
}

fn ms_fmt_with_block(channels: u16, block_bytes: u16) -> Vec<u8> {
    let mut chunk = ms_fmt(channels, 64);
    chunk[12..14].copy_from_slice(&block_bytes.to_le_bytes());
    chunk[18..20].fill(0);
    chunk
}

/// What is not followed: the audio is the same as with a right header, and the difference is said.
#[test]
fn headers_that_are_corrected() {
    let with = |mut chunk: Vec<u8>, at: usize, bytes: &[u8]| {
        chunk[at..at + bytes.len()].copy_from_slice(bytes);
        chunk
    };
    let (ima, ms, gsm) = (ima_blocks(1, 64, 3), ms_blocks(1, 64, 3), any_bytes(65 * 3));
    let g722 = coded_fmt(0x65, 1, 16_000, 1, 8, &[]);
    for (what, right, wrong, data, message) in [
        (
            "bits",
            ima_fmt(1, 64),
            with(ima_fmt(1, 64), 14, &[16]),
            &ima,
            "the fmt chunk says 16 bits a sample; IMA ADPCM has 4, which is used",
        ),
        (
            "frames",
            ima_fmt(1, 64),
            with(ima_fmt(1, 64), 18, &[120]),
            &ima,
            "the fmt chunk says 120 frames a block, but 64 bytes hold 121",
        ),
        (
            "predictors",
            ms_fmt(1, 64),
            with(ms_fmt(1, 64), 22, &[9]),
            &ms,
            "the predictors in the fmt chunk do not begin with the usual 7, which are used",
        ),
        (
            "few predictors",
            ms_fmt(1, 64),
            with(ms_fmt(1, 64), 20, &[6]),
            &ms,
            "the fmt chunk says 6 predictors and holds 6; the usual 7 are used",
        ),
        (
            "many predictors",
            ms_fmt(1, 64),
            with(ms_fmt(1, 64), 20, &[0, 1]),
            &ms,
            "the fmt chunk says 256 predictors and holds 7; the usual 7 are used",
        ),
        (
            "no predictors",
            ms_fmt(1, 64),
            ms_fmt(1, 64)[..18].to_vec(),
            &ms,
            "the fmt chunk says 0 predictors and holds 0; the usual 7 are used",
        ),
        (
            "block",
            gsm_fmt(),
            with(gsm_fmt(), 12, &[33]),
            &gsm,
            "the fmt chunk says blocks of 33 bytes, but those of GSM 6.10 have 65",
        ),
        (
            "rate",
            g722.clone(),
            with(g722, 4, &8_000u32.to_le_bytes()),
            &gsm,
            "the fmt chunk says 8000 Hz, but G.722 has 16000, which is used",
        ),
    ] {
        let want = wav(&coded_wav(&right, None, data));
        assert_eq!((want.codes(), &want.error), (vec![], &None), "{what}: {:?}", want.warnings);
        let bytes = coded_wav(&wrong, None, data);
        let got = wav(&bytes);
        assert_eq!((&got.bits, &got.specs, &got.error), (&want.bits, &want.specs, &None), "{what}");
        assert_eq!((got.codes(), got.warnings[0].message.as_str()), (vec![WarningCode::InconsistentHeader], message));
        assert!(matches!(wav_with(&strict(), &LimitOptions::default(), &bytes).error, Some(DecodeError::Malformed(_))));
    }
}

/// A sub-format stands for its tag.
#[test]
fn extensible_headers() {
    let data = any_bytes(65 * 3);
    let got = wav(&riff(&[chunk(b"fmt ", &extensible(0x31, 1, 8_000, 0, 0, 4)), chunk(b"data", &data)]));
    assert_eq!(got.bits, wav(&coded_wav(&gsm_fmt(), None, &data)).bits);
    // Its field for the size of blocks is 0 here.
    assert_eq!(got.codes(), [WarningCode::InconsistentHeader]);
}

/// Predictors beyond the usual seven come from the file.
#[test]
fn a_file_may_bring_predictors() {
    let mut chunk = ms_fmt(1, 64);
    chunk[16] += 4;
    chunk[20] = 8;
    chunk.extend([0, 1, 0, 0]);
    let mut data = ms_blocks(1, 64, 2);
    (data[0], data[64]) = (7, 0);
    let got = wav(&coded_wav(&chunk, None, &data));
    (data[0], data[64]) = (0, 7);
    // The eighth is the first one once more.
    assert_eq!((got.codes(), &got.bits), (vec![], &wav(&coded_wav(&chunk, None, &data)).bits));
    let without = wav(&coded_wav(&ms_fmt(1, 64), None, &data));
    assert_eq!((without.codes(), &without.bits), (vec![WarningCode::BadFrames], &got.bits));
}

/// A block that cannot be right is decoded as well as may be, counted, and refused under `strict` after those before it.
#[test]
fn damaged_blocks() {
    for (fmt_chunk, mut data, block, frames, at, value, message) in [
        (
            ima_fmt(1, 64),
            ima_blocks(1, 64, 40),
            64,
            121,
            2,
            89,
            "a block of IMA ADPCM starts with step index 89, 88 is the last",
        ),
        (
            ima_fmt(2, 72),
            ima_blocks(2, 72, 40),
            72,
            65,
            6,
            255,
            "a block of IMA ADPCM starts with step index 255, 88 is the last",
        ),
        (
            ms_fmt(1, 64),
            ms_blocks(1, 64, 40),
            64,
            116,
            0,
            7,
            "a block of MS ADPCM starts with predictor 7, there are 7",
        ),
        (ms_fmt(2, 70), ms_blocks(2, 70, 40), 70, 58, 1, 9, "a block of MS ADPCM starts with predictor 9, there are 7"),
    ] {
        for damaged in [17, 18, 39] {
            data[damaged * block + at] = value;
        }
        let bytes = coded_wav(&fmt_chunk, None, &data);
        let got = wav(&bytes);
        assert_eq!((got.frames, got.codes(), got.warnings[0].count), (40 * frames, vec![WarningCode::BadFrames], 3));
        assert_eq!((got.warnings[0].message.as_str(), got.info.as_ref().unwrap().bad_frames), (message, 3));
        for size in [1, 1_000, bytes.len()] {
            let strictly = run(&mut WavDecoder::new(&strict(), &LimitOptions::default()), bytes.chunks(size));
            assert_eq!((strictly.frames, strictly.error), (17 * frames, Some(DecodeError::Malformed(message.into()))));
        }
    }
}

/// Cut at every byte: never a panic, never more than the whole, the same byte by byte.
#[test]
fn cut_at_every_byte() {
    for (name, whole) in files() {
        let all = auto(&whole);
        assert!(all.error.is_none() && all.frames > 100, "{name}: {all:?}");
        for cut in (0..whole.len().min(200)).chain((200..whole.len()).step_by(7)) {
            let got = auto(&whole[..cut]);
            assert!(got.frames <= all.frames, "{name} {cut}");
            let same = got.bits.iter().zip(&all.bits).filter(|(a, b)| a != b).count();
            assert_eq!(same, 0, "{name} {cut}");
            let split = run(&mut Decoder::new(&lenient(), &LimitOptions::default()), whole[..cut].chunks(1));
            assert_eq!(split, got, "{name} {cut}");
        }
    }
}

#[test]
fn flipped_bits() {
    for (name, whole) in files() {
        for (round, n) in noise(600).enumerate() {
            let mut bytes = whole.clone();
            // Half of the damage goes into the header.
            let span = if round % 2 == 0 { whole.len().min(120) } else { whole.len() };
            for k in 0..=round % 3 {
                let at = (n.unsigned_abs() as usize).rotate_left(k as u32 * 7) % span;
                bytes[at] ^= 1 << (n as u32 >> (k + 3) & 7);
            }
            for input in [lenient(), strict()] {
                let limits = LimitOptions::default();
                let got = run(&mut Decoder::new(&input, &limits), [&bytes[..]]);
                assert!(got.error.is_some() || got.info.is_some(), "{name} {round}");
                let split = run(&mut Decoder::new(&input, &limits), bytes.chunks(13));
                assert_eq!(split, got, "{name} {round}");
            }
        }
    }
}

#[test]
fn every_byte_of_the_header_with_every_extreme() {
    for (name, whole) in files() {
        for at in 0..whole.len().min(110) {
            for value in [0, 1, 0x7F, 0x80, 0xFF] {
                let mut bytes = whole.clone();
                bytes[at] = value;
                let got = auto(&bytes);
                let split = run(&mut Decoder::new(&lenient(), &LimitOptions::default()), bytes.chunks(5));
                assert_eq!(split, got, "{name}: byte {at} = {value}");
            }
        }
    }
}
