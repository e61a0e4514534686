//! Headerless GSM and G.722: to the sample what sox and ffmpeg decode.

use voxline_core::RawFormat;
use voxline_core::options::{InputOptions, LimitOptions};
use voxline_core::report::WarningCode;
use voxline_decode::{DecodeError, Decoder, RawDecoder};
use voxline_testkit::tools::require;

use crate::oracle::*;
use crate::support::*;

pub(crate) fn input(format: RawFormat) -> InputOptions {
    let mut input = lenient();
    input.raw_format = Some(format);
    input
}

fn raw(format: RawFormat, bytes: &[u8]) -> Outcome {
    run(&mut RawDecoder::new(&input(format), &LimitOptions::default()), [bytes])
}

#[test]
fn gsm_of_sox() {
    let (Some(sox), Some(ffmpeg)) = (require("sox"), require("ffmpeg")) else { return };
    for frames in [160, 320, 4_801, 12_000] {
        for signal in signals(8_000, 1, frames) {
            let bytes = sox_file(&sox, &signal, &[], "x.gsm");
            let got = raw(RawFormat::Gsm, &bytes);
            assert_eq!((got.warnings.as_slice(), &got.error), (&[][..], &None));
            assert_same(&integers(&got), &sox_samples(&sox, &bytes, "x.gsm"), signal.name);
            // A decoder of its own, which wraps where the standard saturates: compared where nothing does.
            if signal.name == "speech" {
                assert_same(&integers(&got), &ffmpeg_samples(&ffmpeg, &bytes, &["-f", "gsm"], "x.gsm"), signal.name);
            }
            let info = got.info.unwrap();
            assert_eq!((info.container, info.codec.as_str(), info.states_length), ("raw", "gsm", false));
            assert_eq!((info.spec.sample_rate.hz(), info.spec.channel_count), (8_000, 1));
        }
    }
}

/// Any parameters whatever, forbidden lags among them.
#[test]
fn gsm_of_chance() {
    let Some(sox) = require("sox") else { return };
    let mut bytes: Vec<u8> = noise(33 * 400).map(|n| (n >> 24) as u8).collect();
    bytes.iter_mut().step_by(33).for_each(|byte| *byte = *byte & 15 | 0xD0);
    assert_same(&integers(&raw(RawFormat::Gsm, &bytes)), &sox_samples(&sox, &bytes, "x.gsm"), "chance");
}

#[test]
fn g722_of_ffmpeg() {
    let Some(ffmpeg) = require("ffmpeg") else { return };
    let coded = |signal: &Signal| ffmpeg_file(&ffmpeg, signal, &["-c:a", "g722"], "x.g722");
    let mut inputs: Vec<Vec<u8>> = signals(16_000, 1, 30_001).iter().map(coded).collect();
    // Any bytes, and those that drive the predictors to their limits.
    inputs.push(noise(50_000).map(|n| (n >> 24) as u8).collect());
    for pair in [[0x04, 0x20], [0x84, 0xA0], [0x20, 0x20], [0xA4, 0x24], [0x3F, 0xFF]] {
        inputs.push(pair.repeat(3_000));
    }
    for bytes in inputs {
        let got = raw(RawFormat::G722, &bytes);
        assert_eq!((got.frames, got.warnings.as_slice(), &got.error), (2 * bytes.len(), &[][..], &None));
        assert_same(&integers(&got), &ffmpeg_samples(&ffmpeg, &bytes, &["-f", "g722"], "x.g722"), "g722");
        let info = got.info.unwrap();
        assert_eq!((info.container, info.codec.as_str(), info.states_length), ("raw", "g722", true));
        assert_eq!((info.spec.sample_rate.hz(), info.spec.channel_count), (16_000, 1));
    }
}

/// 20 frames of any parameters.
fn some_gsm() -> Vec<u8> {
    let mut bytes: Vec<u8> = noise(33 * 20).map(|n| (n >> 24) as u8).collect();
    bytes.iter_mut().step_by(33).for_each(|byte| *byte = *byte & 15 | 0xD0);
    bytes
}

#[test]
fn a_gsm_frame_without_signature_is_silence_and_said() {
    let mut bytes = some_gsm();
    let whole = raw(RawFormat::Gsm, &bytes);
    for damaged in [0, 7, 8, 19] {
        bytes[33 * damaged] ^= 0x80;
    }
    let got = raw(RawFormat::Gsm, &bytes);
    assert_eq!((got.frames, got.codes()), (3_200, vec![WarningCode::BadFrames]));
    assert_eq!((got.warnings[0].count, got.info.as_ref().unwrap().bad_frames), (4, 4));
    let samples = got.samples();
    for damaged in [0, 7, 8, 19] {
        assert!(samples[160 * damaged..][..160].iter().all(|&s| s == 0.0));
    }
    // Whether a frame was there matters to what comes after it, but not for long.
    assert!(samples[160..320] != [0.0; 160]);
    let mut strictly = input(RawFormat::Gsm);
    strictly.strict = true;
    bytes[0] |= 0x80;
    let got = run(&mut RawDecoder::new(&strictly, &LimitOptions::default()), [&bytes[..]]);
    assert_eq!((got.samples(), got.frames), (whole.samples()[..7 * 160].to_vec(), 7 * 160));
    assert!(matches!(got.error, Some(DecodeError::Malformed(_))), "{:?}", got.error);
}

#[test]
fn what_is_no_gsm_is_refused() {
    for bytes in [plain(&s16(100)), vec![0x55; 66], vec![0x55; 33]] {
        let want = format!("the input is not headerless GSM: its frames start with {:X} instead of D", bytes[0] >> 4);
        for size in [1, 33, 1_000] {
            let mut decoder = Decoder::new(&input(RawFormat::Gsm), &LimitOptions::default());
            let got = run(&mut decoder, bytes.chunks(size));
            assert_eq!((got.error_text(), got.frames), (want.clone(), 0));
        }
    }
}

#[test]
fn cut_gsm_and_next_to_nothing() {
    let bytes = some_gsm();
    for (cut, frames, message) in [
        (33 * 3 + 1, 480, "the input ends inside a block, after 1 of 33 bytes"),
        (33 * 4 - 1, 480, "the input ends inside a block, after 32 of 33 bytes"),
        (5, 0, "the input ends inside a block, after 5 of 33 bytes"),
    ] {
        let got = raw(RawFormat::Gsm, &bytes[..cut]);
        assert_eq!((got.frames, got.warnings[0].message.as_str(), &got.error), (frames, message, &None));
    }
    assert_eq!(raw(RawFormat::Gsm, &[]).codes(), [WarningCode::Empty]);
    assert_eq!(raw(RawFormat::G722, &[]).codes(), [WarningCode::Empty]);
}
