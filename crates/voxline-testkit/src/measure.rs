//! Measures, all in `f64`.

use std::f64::consts::TAU;

/// 20·log10.
pub fn db(amplitude: f64) -> f64 {
    20.0 * amplitude.log10()
}

/// Root mean square; 0 for no samples.
pub fn rms(plane: &[f32]) -> f64 {
    if plane.is_empty() {
        return 0.0;
    }
    (plane.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / plane.len() as f64).sqrt()
}

/// Largest magnitude.
pub fn peak(plane: &[f32]) -> f64 {
    plane.iter().fold(0.0, |peak, x| peak.max(f64::from(x.abs())))
}

/// Energy of the reference over energy of the difference, in dB, over the common length; infinite when they are equal.
pub fn snr_db(reference: &[f32], test: &[f32]) -> f64 {
    let pairs = reference.iter().zip(test).map(|(r, t)| (f64::from(*r), f64::from(*t)));
    let (signal, noise) = pairs.fold((0.0, 0.0), |(s, n), (r, t)| (s + r * r, n + (r - t) * (r - t)));
    10.0 * (signal / noise).log10()
}

/// How many frames `test` lags behind `reference`: the lag within ±`max_lag` with the smallest mean squared difference.
///
/// Lags that leave less than half of the shorter signal to compare are not tried; of equal ones the lag nearest 0 wins.
/// 0 is the answer when `test` starts exactly where `reference` does.
pub fn best_lag(reference: &[f32], test: &[f32], max_lag: usize) -> isize {
    let least = reference.len().min(test.len()).div_ceil(2);
    let mut best = (f64::INFINITY, 0isize);
    let lags = (0..=max_lag).flat_map(|lag| [lag.cast_signed(), -lag.cast_signed()]);
    for lag in lags {
        let (r, t) = if lag >= 0 {
            (reference, test.get(lag.unsigned_abs()..).unwrap_or(&[]))
        } else {
            (reference.get(lag.unsigned_abs()..).unwrap_or(&[]), test)
        };
        let common = r.len().min(t.len());
        if common == 0 || common < least {
            continue;
        }
        let error = r.iter().zip(t).map(|(r, t)| (f64::from(*r) - f64::from(*t)).powi(2)).sum::<f64>() / common as f64;
        if error < best.0 {
            best = (error, lag);
        }
    }
    best.1
}

/// Amplitude of the sine of one frequency, by a Fourier sum over all samples (exact for whole periods).
pub fn magnitude(plane: &[f32], freq_hz: f64, rate_hz: u32) -> f64 {
    let (re, im) = fourier(plane, freq_hz, rate_hz);
    let scale = if freq_hz == 0.0 { 1.0 } else { 2.0 };
    scale * re.hypot(im) / plane.len().max(1) as f64
}

/// Gain at one frequency of the filter with this impulse response.
pub fn response(impulse_response: &[f32], freq_hz: f64, rate_hz: u32) -> f64 {
    let (re, im) = fourier(impulse_response, freq_hz, rate_hz);
    re.hypot(im)
}

/// Centre of gravity of an impulse response in frames: where the impulse is, to a fraction of a frame.
pub fn centre(impulse_response: &[f32]) -> f64 {
    let (moment, sum) = impulse_response
        .iter()
        .enumerate()
        .fold((0.0, 0.0), |(m, s), (n, x)| (m + n as f64 * f64::from(*x), s + f64::from(*x)));
    moment / sum
}

/// Delay in frames of a filter with this impulse response at one frequency, from its phase; of the many delays with that
/// phase the one next to `near`.
pub fn delay(impulse_response: &[f32], freq_hz: f64, rate_hz: u32, near: f64) -> f64 {
    let (re, im) = fourier(impulse_response, freq_hz, rate_hz);
    let step = TAU * freq_hz / f64::from(rate_hz);
    let lag = -im.atan2(re) - step * near;
    near + (lag - TAU * (lag / TAU).round()) / step
}

/// A sine fitted to samples, and what it leaves over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SineFit {
    /// Amplitude of the sine.
    pub amplitude: f64,
    /// Phase at the first sample in radians; 0 is a sine that starts at 0 going up.
    pub phase: f64,
    /// RMS of the samples without the sine.
    pub residual_rms: f64,
}

/// The sine of a frequency that fits best in the least-squares sense; its residual is distortion and noise.
pub fn fit_sine(plane: &[f32], freq_hz: f64, rate_hz: u32) -> SineFit {
    let angles = |n: usize| (TAU * (n as f64 * (freq_hz / f64::from(rate_hz))).fract()).sin_cos();
    let (mut cc, mut ss, mut cs, mut xc, mut xs) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (n, x) in plane.iter().enumerate() {
        let ((sin, cos), x) = (angles(n), f64::from(*x));
        cc += cos * cos;
        ss += sin * sin;
        cs += cos * sin;
        xc += x * cos;
        xs += x * sin;
    }
    let determinant = cc * ss - cs * cs;
    let a = (xc * ss - xs * cs) / determinant;
    let b = (xs * cc - xc * cs) / determinant;
    let error: f64 = plane
        .iter()
        .enumerate()
        .map(|(n, x)| {
            let (sin, cos) = angles(n);
            (f64::from(*x) - a * cos - b * sin).powi(2)
        })
        .sum();
    SineFit { amplitude: a.hypot(b), phase: a.atan2(b), residual_rms: (error / plane.len().max(1) as f64).sqrt() }
}

/// Fourier sum at one frequency, by a rotating phasor that is set right every 64 samples.
fn fourier(plane: &[f32], freq_hz: f64, rate_hz: u32) -> (f64, f64) {
    let step = freq_hz / f64::from(rate_hz);
    let (step_im, step_re) = (-TAU * step.fract()).sin_cos();
    let (mut re, mut im) = (0.0, 0.0);
    for (block, samples) in plane.chunks(64).enumerate() {
        let (mut im_now, mut re_now) = (-TAU * ((block * 64) as f64 * step).fract()).sin_cos();
        for x in samples {
            re += f64::from(*x) * re_now;
            im += f64::from(*x) * im_now;
            (re_now, im_now) = (re_now * step_re - im_now * step_im, re_now * step_im + im_now * step_re);
        }
    }
    (re, im)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal;

    #[test]
    fn closed_forms() {
        assert_eq!(rms(&[]), 0.0);
        assert!((rms(&[3.0, -4.0]) - 12.5f64.sqrt()).abs() < 1e-12);
        assert_eq!(peak(&[0.5, -0.75]), 0.75);
        assert!((snr_db(&[1.0, 1.0], &[1.1, 1.0]) - 10.0 * (2.0 / 0.01f64).log10()).abs() < 1e-5);
        assert_eq!(snr_db(&[1.0], &[1.0]), f64::INFINITY);
        assert_eq!(centre(&[0.0, 1.0, 1.0, 0.0]), 1.5);
        assert!((delay(&[0.0, 1.0, 1.0, 0.0], 1000.0, 8000, 1.0) - 1.5).abs() < 1e-12);
        assert!((delay(&signal::impulse(100, 77), 3000.0, 8000, 77.9) - 77.0).abs() < 1e-9);
        assert!((response(&[0.5, 0.5], 2000.0, 8000) - (TAU / 8.0).cos()).abs() < 1e-12);
    }

    #[test]
    fn the_lag_is_found_to_the_frame() {
        let speech = signal::speech_like(1, 8000, 4000);
        for lag in [0usize, 1, 7, 99] {
            let mut late = vec![0.0; lag];
            late.extend(&speech);
            assert_eq!(best_lag(&speech, &late, 100), lag.cast_signed());
            assert_eq!(best_lag(&late, &speech, 100), -lag.cast_signed());
        }
        assert_eq!(best_lag(&[], &[], 5), 0);
    }

    #[test]
    fn a_fit_finds_amplitude_phase_and_noise() {
        let mut samples: Vec<f32> = signal::tone(1234.5, 16_000, 5000, 0.3, 0.7).iter().map(|x| *x as f32).collect();
        let clean = fit_sine(&samples, 1234.5, 16_000);
        assert!((clean.amplitude - 0.3).abs() < 1e-7 && (clean.phase - 0.7).abs() < 1e-6, "{clean:?}");
        assert!(clean.residual_rms < 1e-7);
        samples.iter_mut().enumerate().for_each(|(n, x)| *x += if n % 2 == 0 { 0.01 } else { -0.01 });
        assert!((fit_sine(&samples, 1234.5, 16_000).residual_rms - 0.01).abs() < 1e-4);
    }

    #[test]
    fn the_phasor_does_not_drift() {
        let long = signal::sine(1000.0, 44_100, 441_000, 1.0);
        assert!((magnitude(&long, 1000.0, 44_100) - 1.0).abs() < 1e-7);
    }
}
