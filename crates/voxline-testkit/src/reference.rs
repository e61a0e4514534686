//! A slow resampler of known quality: the oracle for the fast ones.

use std::f64::consts::PI;

/// Half the length of the filter, in zeros of the sinc.
const ZEROS: f64 = 256.0;
/// Shape of the Kaiser window: 15 is 145 dB.
const BETA: f64 = 15.0;
/// Middle of the transition as a share of the lower Nyquist frequency: flat to 0.96, stopped from 1.0.
const CUTOFF: f64 = 0.98;
/// Filters are kept per position when there are at most this many numbers in all.
const MAX_KEPT: usize = 1 << 23;

/// Resamples a plane by evaluating the definition in `f64`: each output frame is the sum of a Kaiser-windowed sinc at its
/// exact place, with silence before and after the input.
///
/// The length is round(n · to / from), ties upwards. Flat within 10^-6 up to 0.96 of the lower Nyquist frequency, 140 dB
/// down from 1.0 on. It takes seconds per minute of audio.
pub fn resample(input: &[f32], from_hz: u32, to_hz: u32) -> Vec<f32> {
    if from_hz == to_hz {
        return input.to_vec();
    }
    let divisor = gcd(u64::from(from_hz), u64::from(to_hz));
    let (from, to) = (u64::from(from_hz) / divisor, u64::from(to_hz) / divisor);
    let filter = Filter::new(from, to);
    let frames = (2 * input.len() as u64 * to + from) / (2 * from);
    let positions = usize::try_from(to).unwrap_or(usize::MAX);
    let keep = positions.saturating_mul(2 * filter.half) <= MAX_KEPT;
    let mut kept: Vec<Vec<f64>> = vec![Vec::new(); if keep { positions } else { 0 }];
    (0..frames)
        .map(|k| {
            let (whole, fraction) = (k * from / to, k * from % to);
            let fresh;
            let taps = match kept.get_mut(fraction as usize) {
                Some(slot) => {
                    if slot.is_empty() {
                        *slot = filter.taps(fraction as f64 / to as f64);
                    }
                    &*slot
                }
                None => {
                    fresh = filter.taps(fraction as f64 / to as f64);
                    &fresh
                }
            };
            apply(taps, input, whole, filter.half) as f32
        })
        .collect()
}

struct Filter {
    cutoff: f64,
    /// Input frames on either side.
    half: usize,
}

impl Filter {
    fn new(from: u64, to: u64) -> Self {
        let stretch = (from as f64 / to as f64).max(1.0);
        Self { cutoff: CUTOFF / stretch, half: (ZEROS * stretch).ceil() as usize }
    }

    /// The filter for a position between two input frames; tap m belongs to the input frame `half` - 1 - m before it.
    fn taps(&self, fraction: f64) -> Vec<f64> {
        let half = self.half as f64;
        (0..2 * self.half)
            .map(|m| {
                let t = fraction + half - 1.0 - m as f64;
                let x = t / half;
                let shape = if x.abs() < 1.0 { bessel_i0(BETA * (1.0 - x * x).sqrt()) / bessel_i0(BETA) } else { 0.0 };
                let phase = PI * self.cutoff * t;
                self.cutoff * shape * if phase == 0.0 { 1.0 } else { phase.sin() / phase }
            })
            .collect()
    }
}

fn apply(taps: &[f64], input: &[f32], whole: u64, half: usize) -> f64 {
    let first = whole as i64 + 1 - half as i64;
    let skip = usize::try_from(-first).unwrap_or(0);
    let start = usize::try_from(first).unwrap_or(0);
    let inside = input.get(start..).unwrap_or(&[]);
    taps.get(skip..).unwrap_or(&[]).iter().zip(inside).map(|(tap, x)| tap * f64::from(*x)).sum()
}

fn bessel_i0(x: f64) -> f64 {
    let mut sum = 1.0;
    let mut term = 1.0;
    for k in 1..500 {
        term *= (x / 2.0 / f64::from(k)).powi(2);
        sum += term;
        if term < sum * 1e-17 {
            break;
        }
    }
    sum
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{measure, signal};

    #[test]
    fn a_sine_becomes_the_same_sine_at_the_other_rate() {
        for (from, to) in [(8000, 16_000), (44_100, 16_000), (16_000, 11_025), (8000, 8001)] {
            let freq = 0.96 * f64::from(from.min(to)) / 2.0;
            let input = signal::sine(freq, from, from as usize / 4, 0.9);
            let output = resample(&input, from, to);
            assert_eq!(output.len(), to as usize / 4 + usize::from(to % 4 >= 2));
            let exact = signal::sine(freq, to, output.len(), 0.9);
            let inside = output.len() / 3..output.len() * 2 / 3;
            let snr = measure::snr_db(&exact[inside.clone()], &output[inside]);
            assert!(snr > 115.0, "{from} to {to}: {snr} dB");
        }
    }

    #[test]
    fn what_cannot_be_represented_is_gone() {
        let input = signal::sine(8010.0, 48_000, 24_000, 1.0);
        let output = resample(&input, 48_000, 16_000);
        assert!(measure::rms(&output[2000..6000]) < 1e-6);
    }

    #[test]
    fn an_impulse_stays_where_it_is() {
        let output = resample(&signal::impulse(4410, 441 * 3), 44_100, 16_000);
        assert!((measure::centre(&output) - 480.0).abs() < 1e-5);
    }
}
