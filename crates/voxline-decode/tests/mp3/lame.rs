//! Files made by LAME come back with the original's length, aligned to the sample.

use std::path::Path;
use std::process::Command;

use crate::support::{Decoded, decode};

/// An odd length: no multiple of a coded frame.
const FRAMES: usize = 12_347;

/// Noise without much above a tenth of the rate, in bursts: survives low bit rates and has one clear alignment.
fn signal(channels: usize) -> Vec<f32> {
    let mut state = 0x2545_F491_4F6C_DD1Du64;
    let mut smooth = [[0.0f64; 3]; 2];
    let mut out = Vec::with_capacity(FRAMES * channels);
    for n in 0..FRAMES {
        let burst = 0.5 + 0.5 * (n as f64 / 1_500.0 * std::f64::consts::TAU).sin();
        for poles in smooth.iter_mut().take(channels) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let mut x = (state >> 11) as f64 / (1u64 << 53) as f64 - 0.5;
            for pole in poles {
                *pole += 0.3 * (x - *pole);
                x = *pole;
            }
            out.push((1.4 * burst * x) as f32);
        }
    }
    out
}

fn encode(lame: &Path, rate: u32, channels: usize, flags: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let (wav, mp3) = (folder.path().join("in.wav"), folder.path().join("out.mp3"));
    let spec = hound::WavSpec {
        channels: channels as u16,
        sample_rate: rate,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(&wav, spec).unwrap();
    for x in signal(channels) {
        writer.write_sample((x * 32_767.0) as i16).unwrap();
    }
    writer.finalize().unwrap();
    let khz = format!("{}", f64::from(rate) / 1000.0);
    // LAME lowers the rate at low bit rates unless it is told the rate it shall keep.
    let status =
        Command::new(lame).args(["--quiet", "--resample", &khz]).args(flags).arg(&wav).arg(&mp3).status().unwrap();
    assert!(status.success(), "lame {flags:?} at {rate}");
    std::fs::read(&mp3).unwrap()
}

/// Energy of the difference when `decoded` is `lag` frames late, over the middle of the first channel.
fn difference(original: &[f32], decoded: &Decoded, lag: isize) -> f64 {
    let channels = decoded.channels;
    (1_000..FRAMES - 1_000)
        .map(|n| {
            let shifted = n.checked_add_signed(lag).unwrap();
            f64::from(original[n * channels] - decoded.samples[shifted * channels]).powi(2)
        })
        .sum()
}

fn check(lame: &Path, rate: u32, channels: usize, flags: &[&str]) {
    let case = format!("{rate} Hz, {channels} channels, lame {}", flags.join(" "));
    let mp3 = encode(lame, rate, channels, flags);
    let decoded = decode(&mp3).unwrap_or_else(|e| panic!("{case}: {e}"));
    let info = decoded.info.as_ref().unwrap();
    assert_eq!(info.spec.sample_rate.hz(), rate, "{case}");
    assert_eq!(decoded.channels, channels, "{case}");
    // LAME leaves its tag out where a frame of a constant bit rate cannot hold it. Nothing states the length then, and
    // all that was coded comes out, LAME's delay and that of the decoder included.
    let tagged = info.encoder_delay_frames.is_some();
    assert_eq!(tagged, !is_too_small_for_tag(rate, channels, flags), "{case}");
    let late = if tagged { 0 } else { 576 + 529 };
    if tagged {
        assert_eq!(decoded.frames, FRAMES, "{case}: {info:?}");
        assert_eq!(info.expected_frames, Some(FRAMES as u64), "{case}");
    } else {
        assert!(decoded.frames >= FRAMES + late as usize, "{case}: {} frames", decoded.frames);
    }
    assert_eq!((decoded.bad_frames, decoded.warnings.as_slice()), (0, &[][..]), "{case}");
    if channels == 2 && flags.ends_with(&["-b", "8"]) {
        return; // Too little is left of the signal to say where it is.
    }
    let original = signal(channels);
    let here = difference(&original, &decoded, late);
    let energy: f64 = (1_000..FRAMES - 1_000).map(|n| f64::from(original[n * channels]).powi(2)).sum();
    assert!(here < 0.5 * energy, "{case}: nothing like the original, {here} of {energy}");
    for lag in [-2, -1, 1, 2] {
        assert!(difference(&original, &decoded, late + lag) > here, "{case}: fits better when {lag} frames late");
    }
}

/// Header, side information, Xing fields (120 bytes) and LAME's extension (36) do not fit a frame.
fn is_too_small_for_tag(rate: u32, channels: usize, flags: &[&str]) -> bool {
    if !flags.contains(&"--cbr") {
        return false;
    }
    let kbps: u32 = flags.last().unwrap().parse().unwrap();
    let (samples, side) = match (rate >= 32_000, channels) {
        (true, 1) => (1_152, 17),
        (true, _) => (1_152, 32),
        (false, 1) => (576, 9),
        (false, _) => (576, 17),
    };
    samples / 8 * kbps * 1_000 / rate < 4 + side + 120 + 36
}

/// Everything LAME offers at one rate.
fn check_rate(rate: u32) {
    let Some(lame) = voxline_testkit::tools::require("lame") else { return };
    let rates: &[&str] = match rate {
        32_000.. => &["32", "48", "64", "96", "128", "160", "192", "256", "320"],
        16_000.. => &["8", "16", "24", "32", "48", "64", "96", "128", "160"],
        _ => &["8", "16", "24", "32", "48", "64"],
    };
    for (channels, mode) in [(1, "m"), (2, "j"), (2, "s")] {
        for kbps in rates {
            check(&lame, rate, channels, &["-m", mode, "--cbr", "-b", kbps]);
        }
        if mode == "s" {
            continue;
        }
        for quality in 0..10 {
            check(&lame, rate, channels, &["-m", mode, "-V", &quality.to_string()]);
        }
        for kbps in &rates[1..4] {
            check(&lame, rate, channels, &["-m", mode, "--abr", kbps]);
        }
    }
    check(&lame, rate, 2, &["-p"]);
    // Free format has no LAME tag (LAME refuses it): only the frame counts tell.
    let free = decode(&encode(&lame, rate, 1, &["-m", "m", "--freeformat", "-b", rates[3]])).unwrap();
    assert!(free.frames >= FRAMES && free.bad_frames == 0, "{rate} Hz free format: {} frames", free.frames);
}

#[test]
fn mpeg25_8_khz() {
    check_rate(8_000);
}

#[test]
fn mpeg25_11_khz() {
    check_rate(11_025);
}

#[test]
fn mpeg25_12_khz() {
    check_rate(12_000);
}

#[test]
fn mpeg2_16_khz() {
    check_rate(16_000);
}

#[test]
fn mpeg2_22_khz() {
    check_rate(22_050);
}

#[test]
fn mpeg2_24_khz() {
    check_rate(24_000);
}

#[test]
fn mpeg1_32_khz() {
    check_rate(32_000);
}

#[test]
fn mpeg1_44_khz() {
    check_rate(44_100);
}

#[test]
fn mpeg1_48_khz() {
    check_rate(48_000);
}
