//! Ogg Opus against ffmpeg with libopus.

use voxline_core::report::WarningCode::*;
use voxline_testkit::tools::require;

use crate::laws::{splits, survives};
use crate::lossy::{agrees, pages, with_checksums};
use crate::oracle::*;
use crate::support::*;

/// What SILK decodes is the same to the bit; of CELT, libopus computes in floating point and our codec in integers. A frame
/// lost, or shifted by one sample, is below 40 dB.
const LEAST_DB: f64 = 65.0;

/// The modes of the codec by rate, bit rate and application: SILK, hybrid and CELT, frames of 2.5 to 60 ms.
#[test]
fn files_of_ffmpeg() {
    let Some(ffmpeg) = require("ffmpeg") else { return };
    for (rate_hz, channels, kbps, application, duration) in [
        (8_000, 1, "8k", "voip", "20"),
        (8_000, 1, "12k", "voip", "60"),
        (16_000, 1, "16k", "voip", "20"),
        (16_000, 2, "24k", "voip", "40"),
        (24_000, 1, "28k", "voip", "10"),
        (48_000, 1, "32k", "voip", "20"),
        (48_000, 2, "40k", "voip", "20"),
        (48_000, 1, "48k", "audio", "20"),
        (48_000, 2, "96k", "audio", "20"),
        (48_000, 2, "128k", "lowdelay", "2.5"),
        (48_000, 1, "64k", "lowdelay", "5"),
    ] {
        let flags = ["-c:a", "libopus", "-b:a", kbps, "-application", application, "-frame_duration", duration];
        for mut signal in signals(rate_hz, channels, rate_hz as usize + 77).drain(..2) {
            // The coded sound is louder than the original and would be clipped, by libopus later than by ours.
            signal.samples.iter_mut().for_each(|sample| *sample /= 4);
            let (_, got) = agrees(&ffmpeg, &signal, &flags, "x.opus", LEAST_DB);
            let wanted = (1.0 + 77.0 / f64::from(rate_hz)) * 48_000.0;
            assert!((got.frames as f64 - wanted).abs() < 7.0, "{} of {wanted}", got.frames);
            let info = got.info.unwrap();
            assert_eq!((info.container, info.codec.as_str(), info.states_length), ("ogg", "opus", true));
            assert_eq!((info.spec.channels(), info.spec.sample_rate.hz()), (channels, 48_000));
            assert!(info.encoder_delay_frames.is_some());
        }
    }
}

/// A second and a half in pages of a tenth.
fn example() -> Option<(Vec<u8>, Outcome)> {
    let ffmpeg = require("ffmpeg")?;
    let signal = signals(16_000, 1, 24_000).swap_remove(0);
    let flags = ["-c:a", "libopus", "-b:a", "24k", "-application", "voip", "-page_duration", "100000"];
    let bytes = ffmpeg_file(&ffmpeg, &signal, &flags, "x.opus");
    let whole = auto(&bytes);
    assert_eq!((whole.frames, whole.codes()), (72_000, vec![]));
    Some((bytes, whole))
}

#[test]
fn a_lost_page_is_silence_of_its_length() {
    let Some((bytes, whole)) = example() else { return };
    let pages = pages(&bytes);
    assert!(pages.len() > 10, "{pages:?}");
    let cut_out = [&bytes[..pages[6]], &bytes[pages[7]..]].concat();
    let got = splits(&cut_out, "a page cut out");
    assert_eq!((got.frames, got.codes(), &got.error), (whole.frames, vec![BadFrames], &None));
    let (a, b) = (got.samples(), whole.samples());
    let first = a.iter().zip(&b).position(|(a, b)| a != b).unwrap();
    assert_eq!(a[..first], b[..first]);
    assert!(first > 12_000 && a[first..first + 4_400].iter().all(|&sample| sample == 0.0), "{first}");
    assert!(run(&mut voxline_decode::Decoder::new(&strict(), &Default::default()), [&cut_out[..]]).error.is_some());
    let glued = splits(&[&bytes[..], &bytes].concat(), "glued");
    assert_eq!((glued.frames, glued.codes()), (2 * whole.frames, vec![GluedFiles]));
    assert_eq!(glued.bits[whole.frames..], whole.bits);
    let cut = splits(&bytes[..pages[6] + 10], "cut");
    assert_eq!((cut.codes(), &cut.error), (vec![Truncated], &None));
    assert_eq!(cut.bits, whole.bits[..cut.frames]);
}

/// Without `gapless` delay and padding stay; the gain of the header is obeyed.
#[test]
fn what_the_header_says_is_done() {
    let Some((bytes, whole)) = example() else { return };
    let mut input = lenient();
    input.gapless = false;
    let untrimmed = run(&mut voxline_decode::Decoder::new(&input, &Default::default()), [&bytes[..]]);
    let delay = whole.info.as_ref().unwrap().encoder_delay_frames.unwrap() as usize;
    assert_eq!(untrimmed.bits[delay..delay + whole.frames], whole.bits);
    assert!(untrimmed.frames > whole.frames + delay && !untrimmed.info.unwrap().states_length);
    let head = bytes.windows(8).position(|window| window == b"OpusHead").unwrap();
    let mut quieter = bytes.clone();
    // 6.0206 dB below.
    quieter[head + 16..head + 18].copy_from_slice(&(-1_541i16).to_le_bytes());
    let got = auto(&with_checksums(&quieter));
    let half = got.samples().iter().zip(whole.samples()).all(|(a, b)| (a * 2.0 - b).abs() < 1e-4);
    assert!(half && got.frames == whole.frames);
    for (at, value, want) in [
        (8, 16, "version 16 of the Opus header is not supported"),
        (9, 0, "0 channels are not supported; 1 to 32 are"),
        (9, 3, "the header of the Opus stream says more than two channels of family 0"),
        (18, 2, "Opus with 1 channel of family 2 is not supported; mono and stereo of families 0 and 1 are"),
    ] {
        let mut other = bytes.clone();
        other[head + at] = value;
        assert_eq!(splits(&with_checksums(&other), want).error_text(), want);
    }
}

#[test]
fn damage_of_every_kind_is_survived() {
    let Some((bytes, _)) = example() else { return };
    // The headers and one page: a page more costs a hundred milliseconds of decoding for every byte.
    let short = &bytes[..pages(&bytes)[3]];
    survives(short, 250, "Opus");
}

/// Damage that the checksums do not tell reaches the codec: packets of any mode and any bits.
#[test]
fn damage_behind_right_checksums_is_survived() {
    let Some((bytes, _)) = example() else { return };
    let starts = pages(&bytes);
    for (round, n) in noise(150).enumerate() {
        let mut damaged = bytes.clone();
        let from = starts[2] + 27;
        for k in 0..1 + round % 40 {
            let at = from
                + n.unsigned_abs().rotate_left(3 * k as u32).wrapping_mul(k as u32 * 2 + 1) as usize
                    % (bytes.len() - from);
            damaged[at] ^= 1 << (n >> (k % 24) & 7);
        }
        let got =
            run(&mut voxline_decode::Decoder::new(&lenient(), &Default::default()), [&with_checksums(&damaged)[..]]);
        // No packet is longer than 120 ms.
        assert!(got.frames < 5_760 * 200 + 480_000 * starts.len(), "{round}: {}", got.frames);
        assert!(got.samples().iter().all(|sample| sample.is_finite()), "{round}");
    }
}
