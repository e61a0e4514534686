//! AU against sox and ffmpeg, and its header by recipe.

use voxline_core::options::LimitOptions;
use voxline_core::report::WarningCode::{self, *};
use voxline_decode::{AuDecoder, DecodeError};
use voxline_testkit::tools::require;

use crate::oracle::*;
use crate::support::*;

fn au(bytes: &[u8]) -> Outcome {
    run(&mut AuDecoder::new(&lenient(), &LimitOptions::default()), [bytes])
}

pub(crate) fn file(size: u32, encoding: u32, rate_hz: u32, channels: u32, annotation: &[u8], audio: &[u8]) -> Vec<u8> {
    let words = [24 + annotation.len() as u32, size, encoding, rate_hz, channels];
    [b".snd", &words.map(u32::to_be_bytes).concat()[..], annotation, audio].concat()
}

/// Each encoding that sox writes, decoded from the same file converted to WAV by sox: nothing is rounded on the way.
#[test]
fn encodings_of_sox() {
    let Some(sox) = require("sox") else { return };
    for (flags, codec, wav_flags) in [
        (["-e", "mu-law", "-b", "8"], "pcm_mulaw", ["-e", "signed", "-b", "16"]),
        (["-e", "a-law", "-b", "8"], "pcm_alaw", ["-e", "signed", "-b", "16"]),
        (["-e", "signed", "-b", "8"], "pcm_s8", ["-e", "signed", "-b", "16"]),
        (["-e", "signed", "-b", "16"], "pcm_s16be", ["-e", "signed", "-b", "16"]),
        (["-e", "signed", "-b", "24"], "pcm_s24be", ["-e", "signed", "-b", "32"]),
        (["-e", "signed", "-b", "32"], "pcm_s32be", ["-e", "signed", "-b", "32"]),
        (["-e", "float", "-b", "32"], "pcm_f32be", ["-e", "float", "-b", "32"]),
        (["-e", "float", "-b", "64"], "pcm_f64be", ["-e", "float", "-b", "64"]),
    ] {
        for (channels, frames) in [(1, 4_097), (2, 1_001)] {
            for signal in signals(8_000, channels, frames) {
                let bytes = sox_file(&sox, &signal, &flags, "x.au");
                let as_wav = [&["-D", "x.au"][..], &wav_flags, &["y.wav"]].concat();
                let want = wav(&convert(&sox, &bytes, "x.au", &as_wav, "y.wav"));
                let got = au(&bytes);
                assert_eq!((&got.bits, got.codes(), &got.error), (&want.bits, vec![], &None), "{codec}");
                let info = got.info.unwrap();
                assert_eq!((info.container, info.codec.as_str()), ("au", codec));
                assert_eq!((info.expected_frames, info.states_length), (Some(frames as u64), true));
                assert_eq!((info.spec.channels(), info.spec.sample_rate.hz()), (channels, 8_000));
            }
        }
    }
}

#[test]
fn g722_of_ffmpeg() {
    let Some(ffmpeg) = require("ffmpeg") else { return };
    for signal in signals(16_000, 1, 5_000) {
        let bytes = ffmpeg_file(&ffmpeg, &signal, &["-c:a", "g722"], "x.au");
        let got = au(&bytes);
        assert_eq!((got.codes(), &got.error), (vec![], &None));
        assert_same(&integers(&got), &ffmpeg_samples(&ffmpeg, &bytes, &[], "x.au"), "au");
        assert_eq!((got.info.unwrap().codec.as_str(), got.frames), ("g722", 5_000));
    }
}

#[test]
fn annotations_of_any_length_are_passed_over() {
    let samples = s16(50);
    let audio: Vec<u8> = samples.iter().flat_map(|s| s.to_be_bytes()).collect();
    for length in [0, 1, 4, 8, 20, 70_000] {
        let bytes = file(100, 3, 8_000, 1, &vec![b'x'; length], &audio);
        let got = au(&bytes);
        assert_eq!((got.samples(), got.codes(), &got.error), (s16_f32(&samples), vec![], &None), "{length}");
        assert_eq!(auto(&bytes), got);
        let split = run(&mut AuDecoder::new(&lenient(), &LimitOptions::default()), bytes.chunks(1));
        assert_eq!(split, got);
    }
}

/// What it is, size, bytes of audio, and what comes of it: frames, warnings, forecast.
type Row<'a> = (&'a str, u32, usize, usize, &'a [WarningCode], Option<u64>);

#[test]
fn matrix_of_sizes() {
    let samples = s16(50);
    let audio: Vec<u8> = samples.iter().flat_map(|s| s.to_be_bytes()).collect();
    let rows: &[Row<'_>] = &[
        ("right", 100, 100, 50, &[], Some(50)),
        ("unknown", u32::MAX, 100, 50, &[], None),
        ("unknown, half a frame", u32::MAX, 99, 49, &[Truncated], None),
        ("0 with audio", 0, 100, 50, &[BadSize], None),
        ("0 and nothing", 0, 0, 0, &[Empty], Some(0)),
        ("unknown and nothing", u32::MAX, 0, 0, &[Empty], None),
        ("cut", 100, 60, 30, &[Truncated], Some(50)),
        ("cut in a frame", 100, 61, 30, &[Truncated], Some(50)),
        ("too small", 60, 100, 30, &[JunkSkipped], Some(30)),
        ("odd", 61, 61, 30, &[Truncated], Some(30)),
        ("odd and more", 61, 100, 30, &[Truncated, JunkSkipped], Some(30)),
    ];
    for &(what, size, there, frames, codes, expected) in rows {
        let bytes = file(size, 3, 8_000, 1, b"note", &audio[..there]);
        let got = au(&bytes);
        assert_eq!(
            (got.samples(), got.codes().as_slice(), &got.error),
            (s16_f32(&samples[..frames]), codes, &None),
            "{what}"
        );
        assert_eq!(got.info.as_ref().unwrap().expected_frames, expected, "{what}");
        let split = run(&mut AuDecoder::new(&lenient(), &LimitOptions::default()), bytes.chunks(1));
        assert_eq!(split, got, "{what}");
        let strictly = run(&mut AuDecoder::new(&strict(), &LimitOptions::default()), [&bytes[..]]);
        assert_eq!(strictly.error.is_none(), codes.is_empty() || codes == [Empty], "{what}");
    }
}

#[test]
fn headers_that_are_none() {
    let audio = [0; 64];
    let mut inside = file(64, 3, 8_000, 1, b"", &audio);
    inside[7] = 23;
    for (bytes, want) in [
        (b".snd\0\0".to_vec(), "the input ends after 6 bytes, before the audio of the AU file"),
        (
            file(64, 3, 8_000, 1, &[0; 9], b"")[..30].to_vec(),
            "the input ends after 30 bytes, before the audio of the AU file",
        ),
        (b".snx".to_vec(), "an AU file starts with \".snd\""),
        (inside, "the AU header says that the audio starts at byte 23, inside the header"),
        (file(64, 23, 8_000, 1, b"", &audio), "AU encoding 23 (G.721 ADPCM) is not supported"),
        (file(64, 99, 8_000, 1, b"", &audio), "AU encoding 99 (unknown) is not supported"),
        (file(64, 24, 16_000, 2, b"", &audio), "AU encoding 24 (G.722) with 2 channels is not supported; 1 is"),
        (file(64, 3, 8_000, 70_000, b"", &audio), "70000 channels are not supported"),
        (file(64, 3, 1, 1, b"", &audio), "a sample rate of 1 Hz is not supported; 4000 to 384000 Hz are"),
    ] {
        let got = au(&bytes);
        assert_eq!((got.error_text().as_str(), got.frames), (want, 0));
        let split = run(&mut AuDecoder::new(&lenient(), &LimitOptions::default()), bytes.chunks(1));
        assert_eq!(split, got);
        assert!(!matches!(got.error, Some(DecodeError::State(_))));
    }
}
