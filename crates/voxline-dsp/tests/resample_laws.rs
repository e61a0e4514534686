//! Laws of the resampler: cuts, lengths, state.

#![expect(clippy::unwrap_used, reason = "the helpers of a test stop it where they cannot go on")]

use proptest::prelude::*;
use voxline_core::units::resampled_frames;
use voxline_core::{Quality, SampleRate};
use voxline_dsp::{Resample, resampler};
use voxline_testkit::signal;

const QUALITIES: [Quality; 3] = [Quality::Fast, Quality::Standard, Quality::Best];
/// Small ratios, a ratio of large numbers, a prime one, the same rate.
const PAIRS: [(u32, u32); 8] = [
    (48_000, 16_000),
    (44_100, 16_000),
    (8000, 16_000),
    (11_025, 8000),
    (44_100, 16_001),
    (8001, 44_100),
    (7919, 8000),
    (16_000, 16_000),
];

fn build(from: u32, to: u32, quality: Quality) -> Box<dyn Resample> {
    resampler(SampleRate::new(from).unwrap(), SampleRate::new(to).unwrap(), quality).unwrap()
}

fn run(resampler: &mut dyn Resample, input: &[f32]) -> Vec<f32> {
    let mut out = Vec::new();
    resampler.push(input, &mut out);
    resampler.finish(&mut out);
    out
}

#[test]
fn every_length_gives_the_length_of_the_rule() {
    for quality in QUALITIES {
        for (from, to) in PAIRS {
            let mut resampler = build(from, to, quality);
            // The block of the FFT kernel is two thirds of the latency; both, and what surrounds them.
            let latency = resampler.latency_frames();
            let marks = [1, 100, latency / 3, latency / 3 * 2, latency, 2 * latency];
            for frames in marks.iter().flat_map(|n| [n.saturating_sub(1), *n, n + 1]).chain([0, from as usize]) {
                let expected = resampled_frames(frames as u64, from, to);
                let out = run(resampler.as_mut(), &signal::white_noise(1, frames));
                assert_eq!(out.len() as u64, expected, "{quality:?}, {from} to {to}, {frames} frames");
            }
        }
    }
}

#[test]
fn a_clip_shorter_than_the_filter_is_not_lost() {
    for quality in QUALITIES {
        for (from, to) in PAIRS {
            // 10 ms of a tone well inside the band: level and phase are right in the middle.
            let frames = from as usize / 100;
            let freq = 0.2 * f64::from(from.min(to)) / 2.0;
            let out = run(build(from, to, quality).as_mut(), &signal::sine(freq, from, frames, 0.5));
            let exact = signal::sine(freq, to, out.len(), 0.5);
            let middle = out.len() * 2 / 5..out.len() * 3 / 5;
            let snr = voxline_testkit::measure::snr_db(&exact[middle.clone()], &out[middle]);
            assert!(snr > 25.0, "{quality:?}, {from} to {to}: {snr:.1} dB");
        }
    }
}

#[test]
fn equal_rates_pass_every_bit() {
    let odd = [0.1, -0.0, f32::MAX, f32::INFINITY, f32::from_bits(1), f32::from_bits(0x7FC0_1234)];
    let out = run(build(8000, 8000, Quality::Best).as_mut(), &odd);
    assert_eq!(out.map_bits(), odd.to_vec().map_bits());
}

trait MapBits {
    fn map_bits(&self) -> Vec<u32>;
}

impl MapBits for Vec<f32> {
    fn map_bits(&self) -> Vec<u32> {
        self.iter().map(|x| x.to_bits()).collect()
    }
}

#[test]
fn a_bad_sample_is_silence_and_is_counted() {
    for (from, to) in PAIRS.into_iter().filter(|(from, to)| from != to) {
        let mut resampler = build(from, to, Quality::Standard);
        let mut input = signal::white_noise(1, 6000);
        input[2000] = 0.0;
        input[2001] = 0.0;
        input[2002] = 0.0;
        let expected = run(resampler.as_mut(), &input);
        input[2000] = f32::NAN;
        input[2001] = f32::NEG_INFINITY;
        input[2002] = f32::MAX;
        let mut out = Vec::new();
        resampler.push(&input, &mut out);
        assert_eq!(resampler.replaced(), 3, "{from} to {to}");
        resampler.finish(&mut out);
        assert_eq!(resampler.replaced(), 0);
        assert_eq!(out, expected, "{from} to {to}");
    }
}

#[test]
fn latency_is_kept() {
    for quality in QUALITIES {
        for (from, to) in PAIRS {
            let mut resampler = build(from, to, quality);
            let latency = resampler.latency_frames() as u64;
            let mut out = Vec::new();
            let noise = signal::white_noise(1, 97);
            let mut pushed = 0;
            while pushed < 3 * latency + 200 {
                resampler.push(&noise, &mut out);
                pushed += noise.len() as u64;
                let due = pushed.saturating_sub(latency) * u64::from(to) / u64::from(from);
                assert!(out.len() as u64 >= due, "{quality:?}, {from} to {to}: {} of {due}", out.len());
            }
        }
    }
}

#[test]
fn fast_waits_for_less() {
    for (from, to) in [(48_000, 16_000), (44_100, 16_000), (8000, 16_000), (44_100, 16_001)] {
        let [fast, standard, best] = QUALITIES.map(|quality| build(from, to, quality).latency_frames());
        assert!(fast < standard && standard <= best, "{from} to {to}: {fast}, {standard}, {best}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_split_gives_the_same_bits_and_finish_or_reset_starts_anew(
        pair in 0..PAIRS.len(),
        quality in 0usize..3,
        frames in 0usize..12_000,
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        by_reset in any::<bool>(),
    ) {
        let (from, to) = PAIRS[pair];
        let input = signal::white_noise(9, frames);
        let whole = run(build(from, to, QUALITIES[quality]).as_mut(), &input);
        let mut resampler = build(from, to, QUALITIES[quality]);
        resampler.push(&input[frames / 2..], &mut Vec::new());
        if by_reset {
            resampler.reset();
        } else {
            resampler.finish(&mut Vec::new());
        }
        let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(frames + 1)).chain([0, frames]).collect();
        at.sort_unstable();
        let mut out = Vec::new();
        for pair in at.windows(2) {
            resampler.push(&input[pair[0]..pair[1]], &mut out);
        }
        resampler.finish(&mut out);
        prop_assert_eq!(out.map_bits(), whole.map_bits());
    }
}

#[test]
fn one_frame_at_a_time_gives_the_same_bits() {
    for (from, to) in PAIRS {
        let input = signal::white_noise(9, 5000);
        let whole = run(build(from, to, Quality::Standard).as_mut(), &input);
        let mut resampler = build(from, to, Quality::Standard);
        let mut out = Vec::new();
        input.iter().for_each(|x| resampler.push(&[*x], &mut out));
        resampler.finish(&mut out);
        assert_eq!(out.map_bits(), whole.map_bits(), "{from} to {to}");
    }
}

#[test]
fn silence_stays_silent_and_a_constant_stays_the_same() {
    for (from, to) in PAIRS {
        assert!(run(build(from, to, Quality::Standard).as_mut(), &[0.0; 5000]).iter().all(|x| *x == 0.0));
        let out = run(build(from, to, Quality::Standard).as_mut(), &vec![0.5; 30_000]);
        let middle = &out[out.len() / 3..out.len() / 2];
        assert!(middle.iter().all(|x| (x - 0.5).abs() < 2e-6), "{from} to {to}");
    }
}
