//! FLAC against sox and ffmpeg: to the bit, and whole in time whatever is damaged.

use voxline_core::report::WarningCode::*;
use voxline_decode::{Probe, probe};
use voxline_testkit::tools::require;

use crate::laws::{splits, survives};
use crate::oracle::*;
use crate::support::*;

/// Half a second of speech in stereo at 16 kHz, in blocks of 4608 or fewer frames as ffmpeg likes them.
fn example() -> Option<(Vec<u8>, Signal)> {
    let ffmpeg = require("ffmpeg")?;
    let signal = signals(16_000, 2, 8_000).swap_remove(0);
    Some((ffmpeg_file(&ffmpeg, &signal, &["-c:a", "flac", "-frame_size", "576"], "x.flac"), signal))
}

/// Where frames of the example begin: 0xFFF8, code of 576 frames and 16 kHz, and at the end the rest.
fn frame_starts(bytes: &[u8]) -> Vec<usize> {
    let places = bytes.windows(3).enumerate().filter(|(_, w)| w[0] == 0xFF && w[1] == 0xF8 && w[2] & 15 == 5);
    places.map(|(at, _)| at).collect()
}

#[test]
fn every_sample_is_that_of_the_original() {
    let (Some(ffmpeg), Some(sox)) = (require("ffmpeg"), require("sox")) else { return };
    for (rate_hz, channels, frames, level) in [
        (8_000, 1, 1, "5"),
        (16_000, 2, 9_001, "0"),
        (44_100, 1, 20_000, "12"),
        (48_000, 6, 5_000, "5"),
        (11_025, 2, 30_000, "8"),
    ] {
        for signal in signals(rate_hz, channels, frames) {
            let bytes = ffmpeg_file(&ffmpeg, &signal, &["-c:a", "flac", "-compression_level", level], "x.flac");
            let got = splits(&bytes, signal.name);
            assert_eq!((got.codes(), &got.error), (vec![], &None), "{:?}", got.warnings);
            assert_same(&integers(&got), &signal.samples, signal.name);
            let info = got.info.unwrap();
            assert_eq!((info.container, info.codec.as_str(), info.states_length), ("flac", "flac", true));
            assert_eq!(info.expected_frames, Some(frames as u64));
            assert_eq!((info.spec.channels(), info.spec.sample_rate.hz()), (channels, rate_hz));
            assert_eq!(info.spec.channel_mask.0, if channels == 6 { 0x3F } else { 0 });
        }
    }
    // Other widths: sox makes noise of its own, and the WAV of the same samples.
    for (bits, compression) in [("8", "0"), ("24", "8"), ("24", "3")] {
        let args = [
            "-D",
            "-R",
            "-n",
            "-r",
            "22050",
            "-c",
            "2",
            "-b",
            bits,
            "-C",
            compression,
            "x.flac",
            "synth",
            "1",
            "whitenoise",
        ];
        let bytes = convert(&sox, b"", "none", &args, "x.flac");
        let want = wav(&convert(&sox, &bytes, "x.flac", &["-D", "x.flac", "y.wav"], "y.wav"));
        let got = splits(&bytes, bits);
        assert_eq!((got.codes(), &got.error, got.frames), (vec![], &None, 22_050));
        assert!(got.bits == want.bits, "{bits} bits");
    }
}

#[test]
fn a_stream_that_does_not_know_its_length() {
    let Some((mut bytes, signal)) = example() else { return };
    // The 36 bits of the total.
    bytes[21] &= 0xF0;
    bytes[22..26].fill(0);
    let got = splits(&bytes, "streamed");
    assert_eq!((got.codes(), &got.error), (vec![], &None));
    assert_same(&integers(&got), &signal.samples, "streamed");
    assert_eq!(got.info.unwrap().expected_frames, None);
}

/// A damaged, lost or hidden frame is silence of the same length, and all others are untouched.
#[test]
fn damage_keeps_time() {
    let Some((bytes, signal)) = example() else { return };
    let starts = frame_starts(&bytes);
    assert!(starts.len() >= 10, "{starts:?}");
    let (from, to) = (starts[4], starts[5]);
    let flipped = |at: usize| {
        let mut bytes = bytes.clone();
        bytes[at] ^= 0x10;
        bytes
    };
    let without = [&bytes[..from], &bytes[to..]].concat();
    let hole = [&bytes[..from], &vec![0; to - from], &bytes[to..]].concat();
    let hole_across = [&bytes[..from + 9], &vec![0; to - from], &bytes[to + 9..]].concat();
    for (what, damaged, silent, codes) in [
        ("a bit of the samples", flipped(from + 30), 4..5, vec![BadFrames]),
        ("a bit of the header", flipped(from + 4), 4..5, vec![BadFrames, JunkSkipped]),
        ("the last checksum", flipped(to - 1), 4..5, vec![BadFrames]),
        ("a frame cut out", without, 4..5, vec![BadFrames]),
        ("a hole", hole, 4..5, vec![BadFrames, JunkSkipped]),
        ("a hole across frames", hole_across, 4..6, vec![BadFrames]),
    ] {
        let got = splits(&damaged, what);
        let mut want = signal.samples.clone();
        want[silent.start * 576 * 2..silent.end * 576 * 2].fill(0);
        assert_same(&integers(&got), &want, what);
        let mut found = got.codes();
        found.sort_by_key(|code| format!("{code:?}"));
        assert!(codes.iter().all(|code| found.contains(code)), "{what}: {:?}", got.warnings);
        assert!(got.info.unwrap().bad_frames > 0, "{what}");
        let strictly = run(&mut voxline_decode::Decoder::new(&strict(), &Default::default()), [&damaged[..]]);
        assert!(strictly.error.is_some(), "{what}");
    }
}

#[test]
fn what_stands_around_and_between_frames() {
    let Some((bytes, signal)) = example() else { return };
    let starts = frame_starts(&bytes);
    let tag = [&b"TAG"[..], &[b' '; 125]].concat();
    let junk: Vec<u8> = noise(300).map(|n| (n >> 24) as u8).collect();
    let twice = [&signal.samples[..], &signal.samples].concat();
    for (what, input, samples, codes) in [
        ("behind ID3", [&b"ID3\x04\0\0\0\0\0\x05hello"[..], &bytes].concat(), &signal.samples, vec![]),
        ("before ID3v1", [&bytes[..], &tag].concat(), &signal.samples, vec![JunkSkipped]),
        ("junk behind", [&bytes[..], &junk].concat(), &signal.samples, vec![JunkSkipped]),
        (
            "junk between",
            [&bytes[..starts[3]], &junk, &bytes[starts[3]..]].concat(),
            &signal.samples,
            vec![JunkSkipped],
        ),
        ("glued", [&bytes[..], &bytes].concat(), &twice, vec![GluedFiles]),
    ] {
        let got = splits(&input, what);
        assert_eq!((got.codes(), &got.error), (codes, &None), "{what}: {:?}", got.warnings);
        assert_same(&integers(&got), samples, what);
    }
    // Cut in a frame: what is whole is there.
    let got = splits(&bytes[..starts[7] + 20], "cut");
    assert_eq!((got.codes(), &got.error), (vec![Truncated], &None));
    assert_same(&integers(&got), &signal.samples[..7 * 576 * 2], "cut");
    // Cut between two: the stated length tells.
    let got = splits(&bytes[..starts[7]], "cut between");
    assert_eq!((got.codes(), got.frames), (vec![Truncated], 7 * 576));
    // A piece out of a longer stream begins where it begins.
    let got = splits(&[&bytes[..starts[0]], &bytes[starts[2]..]].concat(), "a piece");
    assert_same(&integers(&got), &signal.samples[2 * 576 * 2..], "a piece");
}

#[test]
fn headers_that_are_none() {
    let Some((bytes, _)) = example() else { return };
    let with = |at: usize, value: &[u8]| {
        let mut bytes = bytes.clone();
        bytes[at..at + value.len()].copy_from_slice(value);
        bytes
    };
    for (input, want) in [
        (bytes[..20].to_vec(), "the input ends after 20 bytes, before the audio of the FLAC file"),
        (b"fLaC".to_vec(), "the input ends after 4 bytes, before the audio of the FLAC file"),
        (with(7, &[33]), "a STREAMINFO block has 34 bytes, this one 33"),
        (with(4, &[1]), "a FLAC file's first block is STREAMINFO"),
        (with(4, &[0x7F]), "the metadata of the FLAC file is none"),
        (with(18, &[0, 0, 0x02]), "a sample rate of 0 Hz is not supported; 4000 to 384000 Hz are"),
    ] {
        let got = splits(&input, want);
        assert_eq!((got.error_text().as_str(), got.frames), (want, 0));
    }
}

#[test]
fn damage_of_every_kind_is_survived() {
    let Some((bytes, _)) = example() else { return };
    // Without the padding that ffmpeg leaves for tags.
    let start = frame_starts(&bytes)[0];
    let mut short = bytes[..42].to_vec();
    short[4] |= 0x80;
    short.extend(&bytes[start..]);
    survives(&short, 1_200, "FLAC");
}

/// Headers that follow each other at once, and never a frame.
#[test]
fn contents_made_to_be_slow() {
    let Some((bytes, _)) = example() else { return };
    let start = frame_starts(&bytes)[0];
    let header = &bytes[start..start + 7];
    for body in [
        header.repeat(100_000),
        [header, &[0; 20]].concat().repeat(40_000),
        vec![0xFF; 1 << 20],
        b"fLa".repeat(300_000),
    ] {
        let got = auto(&[&bytes[..start], &body].concat());
        assert!(got.error.is_none() && got.frames < 1 << 28);
    }
}

#[test]
fn it_is_known_by_its_magic() {
    assert_eq!(probe(b"fLaC\0\0\0\x22\x10\0\x10\0", false), Probe::Flac);
    assert_eq!(probe(b"fLaC\0\0\0\x22\x10\0\x10", false), Probe::NeedMore);
}
