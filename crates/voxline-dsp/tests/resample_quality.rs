//! The promised figures of the resampler, computed from tones, sweeps and impulses.

#![expect(clippy::unwrap_used, reason = "the helpers of a test stop it where they cannot go on")]
#![expect(clippy::print_stdout, reason = "the measured figures are worth reading beside the promised ones")]

use voxline_core::{Quality, SampleRate};
use voxline_dsp::{Resample, resampler};
use voxline_testkit::{measure, reference, signal};

/// What a quality promises.
struct Promise {
    quality: Quality,
    /// Flat up to this share of the lower Nyquist frequency …
    passband: f64,
    /// … within ± this many dB,
    ripple_db: f64,
    /// and everything that does not belong there at least this many dB down.
    stopband_db: f64,
}

const FAST: Promise = Promise { quality: Quality::Fast, passband: 0.80, ripple_db: 0.1, stopband_db: 60.0 };
const STANDARD: Promise = Promise { quality: Quality::Standard, passband: 0.90, ripple_db: 0.1, stopband_db: 100.0 };
const BEST: Promise = Promise { quality: Quality::Best, passband: 0.95, ripple_db: 0.1, stopband_db: 120.0 };

/// The pairs that matter, then: ratios for the interpolated sinc, a prime block, the extremes.
const PAIRS: [(u32, u32); 16] = [
    (44_100, 16_000),
    (48_000, 16_000),
    (48_000, 8000),
    (44_100, 8000),
    (22_050, 16_000),
    (8000, 16_000),
    (11_025, 8000),
    (32_000, 16_000),
    (16_000, 8000),
    (12_000, 16_000),
    (44_100, 16_001),
    (8001, 44_100),
    (7919, 8000),
    (383_987, 4000),
    (384_000, 4000),
    (4000, 384_000),
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

/// One pair of rates under test.
struct Bench {
    from: u32,
    to: u32,
    lower_nyquist_hz: f64,
    resampler: Box<dyn Resample>,
    /// Input frames of a test signal.
    frames: usize,
    /// Input frames at either end where a tone that starts or stops is heard through the filter.
    margin: usize,
}

impl Bench {
    fn new(from: u32, to: u32, quality: Quality) -> Self {
        let resampler = build(from, to, quality);
        let margin = 2 * resampler.latency_frames();
        let lower = from.min(to);
        let frames = 2 * margin + (400 * from as usize).div_ceil(lower as usize);
        Self { from, to, lower_nyquist_hz: f64::from(lower) / 2.0, resampler, frames, margin }
    }

    fn margin_out(&self) -> usize {
        self.margin * self.to as usize / self.from as usize
    }

    /// The steady part of the output for a full-scale tone.
    fn tone(&mut self, freq_hz: f64) -> Vec<f32> {
        let out = run(self.resampler.as_mut(), &signal::sine(freq_hz, self.from, self.frames, 1.0));
        let margin = self.margin_out();
        out[margin..out.len() - margin].to_vec()
    }
}

/// Shares of the lower Nyquist frequency above 1, up to the input's own Nyquist frequency: close together near 1.
fn stopband(from: u32, to: u32) -> Vec<f64> {
    let end = f64::from(from) / f64::from(to) * 0.9995;
    let mut shares: Vec<f64> = [1.0005, 1.001, 1.002, 1.005, 1.01, 1.02, 1.05, 1.1, 1.2, 1.35, 1.5, 1.75, 2.0, 2.01]
        .into_iter()
        .filter(|share| *share < end)
        .collect();
    for far in [2.5, 2.9, 3.0, 3.7, 5.0, 9.9, 24.0, 50.3, 77.0] {
        if far < end {
            shares.push(far);
        }
    }
    if end > 1.0 {
        shares.push(end);
    }
    shares
}

fn tones_keep_the_promise(promise: &Promise) {
    for (from, to) in PAIRS {
        let mut bench = Bench::new(from, to, promise.quality);
        let (mut ripple, mut spurious, mut leak) = (0f64, f64::NEG_INFINITY, f64::NEG_INFINITY);
        // Above the passband the gain is free, but nothing else may come out than the tone itself.
        for share in [0.011, 0.1, 0.37, 0.5, 0.7, 0.8, promise.passband - 0.03, promise.passband, 0.97, 0.99, 0.999] {
            let freq = share * bench.lower_nyquist_hz;
            let fit = measure::fit_sine(&bench.tone(freq), freq, to);
            if share <= promise.passband {
                ripple = ripple.max(measure::db(fit.amplitude).abs());
                // The phase of a tone is its delay: a thousandth of a frame at 0.1 Nyquist is 3e-4 rad.
                let expected = std::f64::consts::TAU * freq * bench.margin_out() as f64 / f64::from(to);
                let phase = (fit.phase - expected + std::f64::consts::PI).rem_euclid(std::f64::consts::TAU);
                let fault = (phase - std::f64::consts::PI).abs();
                assert!(fault < 1e-4, "{from} to {to}: {fault:e} rad at {share} Nyquist");
            }
            let rest = measure::db(fit.residual_rms * 2f64.sqrt());
            assert!(rest <= -promise.stopband_db, "{from} to {to}: {rest:.1} dB beside the tone at {share} Nyquist");
            spurious = spurious.max(rest);
        }
        for share in stopband(from, to) {
            let freq = share * bench.lower_nyquist_hz;
            let rest = measure::db(measure::rms(&bench.tone(freq)) * 2f64.sqrt());
            assert!(rest <= -promise.stopband_db, "{from} to {to}: {rest:.1} dB of a tone at {share} Nyquist");
            leak = leak.max(rest);
        }
        println!(
            "{:?} {from} to {to}: ripple {ripple:.4} dB, beside {spurious:.1} dB, aliases {leak:.1} dB",
            promise.quality
        );
        assert!(ripple <= promise.ripple_db, "{from} to {to}: {ripple:.3} dB of ripple");
    }
}

#[test]
fn tones_through_fast_keep_the_promise() {
    tones_keep_the_promise(&FAST);
}

#[test]
fn tones_through_standard_keep_the_promise() {
    tones_keep_the_promise(&STANDARD);
}

#[test]
fn tones_through_best_keep_the_promise() {
    tones_keep_the_promise(&BEST);
}

#[test]
fn impulses_show_a_flat_passband_and_stay_where_they_were() {
    for promise in [FAST, STANDARD, BEST] {
        for (from, to) in PAIRS {
            let mut resampler = build(from, to, promise.quality);
            let ratio = f64::from(to) / f64::from(from);
            let around = 2 * resampler.latency_frames();
            for at in [around, around + 1, around + 17] {
                let out = run(resampler.as_mut(), &signal::impulse(2 * around + 17, at));
                let expected = at as f64 * ratio;
                // Faults of alignment are whole frames, half frames, or a position of the sinc table (1/128). Rounding
                // and what `Fast` leaves of the images move the centre of gravity far less, and the phase hardly at all.
                let frame = ratio.max(1.0);
                let centre = (measure::centre(&out) - expected) / frame;
                // The prime block makes a filter so long that rounding noise has too long a lever: the phase alone then.
                assert!(centre.abs() < 5e-3 || from == 7919, "{:?}, {from} to {to}: {centre} off", promise.quality);
                let low = 0.1 * f64::from(from.min(to)) / 2.0;
                let delay = (measure::delay(&out, low, to, expected) - expected) / frame;
                assert!(delay.abs() < 1e-4, "{:?}, {from} to {to}: {delay} frames off", promise.quality);
                let highest = promise.passband * f64::from(from.min(to)) / 2.0;
                for step in 0..=100 {
                    let freq = highest * f64::from(step) / 100.0;
                    let gain = measure::db(measure::response(&out, freq, to) / ratio);
                    assert!(gain.abs() <= promise.ripple_db, "{from} to {to}: {gain:.3} dB at {freq:.0} Hz");
                }
            }
        }
    }
}

#[test]
fn an_impulse_on_a_common_frame_has_its_peak_there_and_is_symmetrical() {
    for (from, to) in PAIRS {
        let divisor = (1..=from.min(to)).rev().find(|d| from % d == 0 && to % d == 0).unwrap();
        let (step_in, step_out) = ((from / divisor) as usize, (to / divisor) as usize);
        let mut resampler = build(from, to, Quality::Standard);
        let steps = (2 * resampler.latency_frames()).div_ceil(step_in);
        let out = run(resampler.as_mut(), &signal::impulse(2 * steps * step_in + 1, steps * step_in));
        let (peak_at, peak) = (steps * step_out, f64::from(out[steps * step_out]));
        assert_eq!(measure::peak(&out), peak, "{from} to {to}");
        for n in 1..peak_at.min(out.len() - peak_at - 1) {
            let skew = (out[peak_at + n] - out[peak_at - n]).abs();
            assert!(f64::from(skew) < 1e-5 * peak, "{from} to {to}: {skew:e} at {n} frames");
        }
    }
}

#[test]
fn sweeps_above_the_output_nyquist_frequency_vanish() {
    for promise in [FAST, STANDARD, BEST] {
        for (from, to) in PAIRS.into_iter().filter(|(from, to)| from > to) {
            let mut resampler = build(from, to, promise.quality);
            let edge = f64::from(to) / 2.0;
            let frames = 40_000usize.max(20 * resampler.latency_frames());
            let mut sweep = signal::log_sweep(1.001 * edge, 0.4999 * f64::from(from), from, frames, 1.0);
            // A sweep that starts at once would have energy everywhere.
            let fade = frames / 4;
            for n in 0..fade {
                let gain = (std::f64::consts::FRAC_PI_2 * n as f64 / fade as f64).sin().powi(4) as f32;
                sweep[n] *= gain;
                sweep[frames - 1 - n] *= gain;
            }
            let rest = measure::db(measure::peak(&run(resampler.as_mut(), &sweep)));
            // 3 dB: the tones above are judged by their RMS, this by its highest peak.
            assert!(rest <= 3.0 - promise.stopband_db, "{:?}, {from} to {to}: {rest:.1} dB", promise.quality);
        }
    }
}

#[test]
fn noise_is_resampled_like_by_the_reference() {
    for promise in [STANDARD, BEST] {
        // The reference takes too long for the one with large numbers and a high ratio; its tones are looked at above.
        for (from, to) in PAIRS.into_iter().filter(|(from, _)| *from != 383_987) {
            let mut resampler = build(from, to, promise.quality);
            let edge = promise.passband * f64::from(from.min(to)) / 2.0;
            // Long enough that the start and the end, where noise sets in, are not heard in the middle third.
            let frames = (3 * resampler.latency_frames()).max(2048 * (from / to) as usize).max(4096);
            let noise = signal::band_noise(3, edge, from, frames);
            let expected = reference::resample(&noise, from, to);
            let got = run(resampler.as_mut(), &noise);
            assert_eq!(got.len(), expected.len());
            let third = got.len() / 3;
            let snr = measure::snr_db(&expected[third..2 * third], &got[third..2 * third]);
            // A shift by 1/50 000 of a frame would already be too much.
            assert!(snr >= 90.0, "{:?}, {from} to {to}: {snr:.1} dB", promise.quality);
            assert_eq!(measure::best_lag(&expected, &got, 8), 0, "{from} to {to}");
        }
    }
}
