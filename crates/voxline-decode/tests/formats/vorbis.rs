//! Ogg Vorbis against ffmpeg's decoder.

use voxline_core::report::WarningCode::*;
use voxline_testkit::tools::require;

use crate::laws::{splits, survives};
use crate::lossy::{agrees, pages, with_checksums};
use crate::oracle::*;
use crate::support::*;

/// Decoders differ in the rounding of their arithmetic only.
const LEAST_DB: f64 = 100.0;
const FLAGS: [&str; 4] = ["-c:a", "libvorbis", "-q:a", "3"];

#[test]
fn files_of_ffmpeg() {
    let Some(ffmpeg) = require("ffmpeg") else { return };
    for (rate_hz, channels, frames) in [(8_000, 1, 500), (8_000, 1, 4_000), (16_000, 2, 16_001), (44_100, 2, 30_000)] {
        for signal in signals(rate_hz, channels, frames).drain(..2) {
            let (_, got) = agrees(&ffmpeg, &signal, &FLAGS, "x.ogg", LEAST_DB);
            assert_eq!(got.frames, frames, "{}", signal.name);
            let info = got.info.unwrap();
            assert_eq!((info.container, info.codec.as_str(), info.states_length), ("ogg", "vorbis", true));
            assert_eq!((info.spec.channels(), info.spec.sample_rate.hz()), (channels, rate_hz));
        }
    }
}

/// Half a second at 16 kHz.
fn example() -> Option<(Vec<u8>, Outcome)> {
    let ffmpeg = require("ffmpeg")?;
    let signal = signals(16_000, 1, 24_000).swap_remove(0);
    let bytes = ffmpeg_file(&ffmpeg, &signal, &["-c:a", "libvorbis", "-q:a", "0", "-page_duration", "100000"], "x.ogg");
    let whole = auto(&bytes);
    Some((bytes, whole))
}

#[test]
fn a_lost_page_is_silence_of_its_length() {
    let Some((bytes, whole)) = example() else { return };
    let pages = pages(&bytes);
    assert!(pages.len() > 8, "{pages:?}");
    let (from, to) = (pages[5], pages[6]);
    let mut flipped = bytes.clone();
    flipped[from + 60] ^= 1;
    let cut_out = [&bytes[..from], &bytes[to..]].concat();
    for (what, damaged, codes) in [
        ("a page cut out", cut_out, vec![BadFrames]),
        ("a wrong checksum", flipped, vec![BadFrames, JunkSkipped]),
        ("a hole", [&bytes[..from], &vec![0; to - from], &bytes[to..]].concat(), vec![BadFrames, JunkSkipped]),
    ] {
        let got = splits(&damaged, what);
        assert_eq!((got.frames, got.codes(), &got.error), (whole.frames, codes, &None), "{what}: {:?}", got.warnings);
        // Before it and some blocks after it everything is as it was.
        let (a, b) = (got.samples(), whole.samples());
        let first = a.iter().zip(&b).position(|(a, b)| a != b).unwrap();
        let last = a.iter().zip(&b).rposition(|(a, b)| a != b).unwrap();
        assert!(first > 1_000 && last - first < 6_000 && last < 20_000, "{what}: {first} {last}");
        assert!(run(&mut voxline_decode::Decoder::new(&strict(), &Default::default()), [&damaged[..]]).error.is_some());
    }
}

#[test]
fn around_and_after() {
    let Some((bytes, whole)) = example() else { return };
    let pages = pages(&bytes);
    let glued = splits(&[&bytes[..], &bytes].concat(), "glued");
    assert_eq!((glued.frames, glued.codes(), &glued.error), (2 * whole.frames, vec![GluedFiles], &None));
    assert_eq!(glued.bits[whole.frames..], whole.bits);
    let cut = splits(&bytes[..pages[6] + 10], "cut");
    assert_eq!((cut.codes(), &cut.error), (vec![Truncated], &None));
    assert_eq!(cut.bits, whole.bits[..cut.frames]);
    assert!(cut.frames > 5_000, "{}", cut.frames);
    let headers = splits(&bytes[..pages[1] + 100], "cut in the headers");
    assert_eq!(headers.error_text(), "the input ends before the audio of the Ogg Vorbis file");
    let tagged = splits(&[&b"ID3\x04\0\0\0\0\0\x05hello"[..], &bytes].concat(), "behind ID3");
    assert_eq!((tagged.bits, tagged.warnings), (whole.bits, vec![]));
}

#[test]
fn damage_of_every_kind_is_survived() {
    let Some((bytes, _)) = example() else { return };
    survives(&bytes, 600, "Vorbis");
}

/// Damage that the checksums do not tell reaches the codec: headers and audio of any bits.
#[test]
fn damage_behind_right_checksums_is_survived() {
    let Some((bytes, whole)) = example() else { return };
    let headers = pages(&bytes)[2];
    for (round, n) in noise(500).enumerate() {
        let mut damaged = bytes.clone();
        let span = if round % 2 == 0 { headers } else { bytes.len() };
        for k in 0..1 + round % 5 {
            let at = 58 + n.unsigned_abs().rotate_left(7 * k as u32) as usize % (span - 58);
            damaged[at] ^= 1 << (n >> k & 7);
        }
        let damaged = with_checksums(&damaged);
        let got = run(&mut voxline_decode::Decoder::new(&lenient(), &Default::default()), [&damaged[..]]);
        assert!(got.frames <= 3 * whole.frames + 500_000, "{round}: {}", got.frames);
    }
}

/// Why more than two channels are refused: symphonia 0.6.1 decodes coupled channels wrongly there.
#[test]
fn mono_and_stereo_only() {
    let Some(ffmpeg) = require("ffmpeg") else { return };
    let signal = signals(48_000, 6, 9_999).swap_remove(0);
    let got = splits(&ffmpeg_file(&ffmpeg, &signal, &FLAGS, "x.ogg"), "six channels");
    assert_eq!(got.error_text(), "Vorbis with 6 channels is not supported; mono and stereo are");
}
