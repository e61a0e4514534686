//! MP3 in WAV: what the same stream gives without a header around it.

use voxline_core::options::LimitOptions;
use voxline_core::report::WarningCode::{self, *};
use voxline_decode::{DecodeError, Mp3Decoder, WavDecoder};
use voxline_testkit::tools::require;

use crate::oracle::*;
use crate::recipe::*;
use crate::support::*;

fn mp3(bytes: &[u8]) -> Outcome {
    run(&mut Mp3Decoder::new(&lenient(), &LimitOptions::default()), [bytes])
}

fn mp3_fmt(channels: u16, rate_hz: u32) -> Vec<u8> {
    coded_fmt(0x55, channels, rate_hz, 1, 0, &[1, 0, 2, 0, 0, 0, 0, 0, 1, 0, 0x71, 5])
}

/// LAME's tag says how long the audio is: to the frame, in a container as well. The `fact` chunk has no say.
#[test]
fn streams_of_lame() {
    let Some(ffmpeg) = require("ffmpeg") else { return };
    for (channels, rate_hz, frames) in [(1, 8_000, 7_001), (2, 44_100, 20_001), (1, 16_000, 3_001)] {
        for signal in signals(rate_hz, channels, frames) {
            let stream = ffmpeg_file(&ffmpeg, &signal, &["-c:a", "libmp3lame", "-id3v2_version", "0"], "x.mp3");
            let want = mp3(&stream);
            assert_eq!(want.frames, frames);
            for fact in [None, Some(5), Some(frames as u32)] {
                let bytes = coded_wav(&mp3_fmt(channels as u16, rate_hz), fact, &stream);
                let got = wav(&bytes);
                assert_eq!((&got.bits, &got.warnings, &got.error), (&want.bits, &want.warnings, &None));
                let (info, stream_info) = (got.info.clone().unwrap(), want.info.clone().unwrap());
                assert_eq!((info.container, info.codec.as_str()), ("wav", "mp3"));
                assert!(info.encoder_delay_frames.is_some());
                assert_eq!(
                    (info.encoder_delay_frames, info.expected_frames, info.spec),
                    (stream_info.encoder_delay_frames, stream_info.expected_frames, stream_info.spec)
                );
                let split = run(&mut WavDecoder::new(&lenient(), &LimitOptions::default()), bytes.chunks(7));
                assert_eq!(split, got);
            }
        }
    }
}

/// ffmpeg's own files hold the frames alone.
#[test]
fn files_of_ffmpeg() {
    let Some(ffmpeg) = require("ffmpeg") else { return };
    for signal in signals(8_000, 1, 9_001) {
        let bytes = ffmpeg_file(&ffmpeg, &signal, &["-c:a", "libmp3lame", "-b:a", "32k"], "x.wav");
        let got = auto(&bytes);
        assert_eq!((got.codes(), &got.error), (vec![], &None));
        let data = bytes.windows(4).position(|id| id == b"data").unwrap() + 8;
        assert_eq!(got.bits, mp3(&bytes[data..]).bits);
        assert!(got.frames >= 9_001 + 1_105 && !got.info.unwrap().states_length);
    }
}

/// The stream is the authority on what it is.
#[test]
fn a_header_that_says_something_else_is_disbelieved() {
    let stream = mp3_frames(6);
    let want = mp3(&stream);
    for (channels, rate_hz, codes) in
        [(2, 44_100, &[][..]), (1, 44_100, &[InconsistentHeader]), (2, 22_050, &[InconsistentHeader])]
    {
        let bytes = coded_wav(&mp3_fmt(channels, rate_hz), None, &stream);
        let got = wav(&bytes);
        assert_eq!((&got.bits, got.codes().as_slice(), &got.error), (&want.bits, codes, &None));
        assert_eq!(got.specs, want.specs);
        assert_eq!(got.info.unwrap().spec, want.specs[0]);
        let strictly = wav_with(&strict(), &LimitOptions::default(), &bytes);
        assert_eq!(strictly.error.is_some(), !codes.is_empty());
        let split = run(&mut WavDecoder::new(&strict(), &LimitOptions::default()), bytes.chunks(5));
        assert_eq!(split, strictly);
    }
    let message = &wav(&coded_wav(&mp3_fmt(1, 22_050), None, &stream)).warnings[0].message;
    assert_eq!(message, "the fmt chunk says 1 channel of 22050 Hz, but the MP3 stream is 2 channels of 44100 Hz");
}

/// Damage of the container and of the stream, both said.
#[test]
fn sizes_and_damage() {
    let stream = mp3_frames(8);
    let whole = mp3(&stream).frames;
    let file = |riff_size: u32, data_size: u32, data: &[u8], behind: &[u8]| {
        sized_riff(
            riff_size,
            &[chunk(b"fmt ", &mp3_fmt(2, 44_100)), sized_chunk(b"data", data_size, data), behind.to_vec()],
        )
    };
    let size = stream.len() as u32;
    let right = 4 + 38 + 8 + size;
    let mut holed = stream.clone();
    holed[417 * 3..417 * 4].fill(0x55);
    let rows: &[(&str, Vec<u8>, usize, &[WarningCode])] = &[
        ("right", file(right, size, &stream, &[]), whole, &[]),
        ("chunk behind", file(right + 12, size, &stream, &chunk(b"LIST", b"INFO")), whole, &[]),
        ("streamed", file(u32::MAX, u32::MAX, &stream, &[]), whole, &[BadSize]),
        ("never closed", file(0, 0, &stream, &[]), whole, &[BadSize]),
        ("cut", file(right, size, &stream[..417 * 5 + 100], &[]), 5 * 1_152, &[Truncated]),
        ("hole", file(right, size, &holed, &[]), whole, &[BadFrames]),
        ("too small", file(right, size - 417, &stream, &[]), whole, &[BadSize]),
    ];
    for (what, bytes, frames, codes) in rows {
        let got = wav(bytes);
        assert_eq!(
            (got.frames, got.codes().as_slice(), &got.error),
            (*frames, *codes, &None),
            "{what}: {:?}",
            got.warnings
        );
        let split = run(&mut WavDecoder::new(&lenient(), &LimitOptions::default()), bytes.chunks(3));
        assert_eq!(split, got, "{what}");
    }
    assert_eq!(wav(&file(right, size, &holed, &[])).info.unwrap().bad_frames, 1);
}

#[test]
fn what_is_no_mp3_is_refused_and_nothing_is_empty() {
    let none = wav(&coded_wav(&mp3_fmt(2, 44_100), None, &[0x55; 3_000]));
    let want = DecodeError::Malformed("no complete MP3 frame was found in the input".into());
    assert_eq!((none.error, none.frames), (Some(want), 0));
    let empty = wav(&coded_wav(&mp3_fmt(2, 44_100), Some(0), &[]));
    assert_eq!((empty.codes(), empty.error, empty.info.unwrap().codec.as_str()), (vec![Empty], None, "mp3"));
}
