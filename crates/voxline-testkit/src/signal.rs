//! Test signals, full scale ±1.

use std::f64::consts::TAU;

use crate::rng::Rng;

/// A sine that starts at 0 going up.
pub fn sine(freq_hz: f64, rate_hz: u32, frames: usize, amplitude: f64) -> Vec<f32> {
    tone(freq_hz, rate_hz, frames, amplitude, 0.0).iter().map(|x| *x as f32).collect()
}

/// A sine in `f64` that starts at the phase given in radians.
pub fn tone(freq_hz: f64, rate_hz: u32, frames: usize, amplitude: f64, phase: f64) -> Vec<f64> {
    let cycles_per_frame = freq_hz / f64::from(rate_hz);
    (0..frames).map(|n| amplitude * (TAU * (n as f64 * cycles_per_frame).fract() + phase).sin()).collect()
}

/// A sine whose frequency rises (or falls) exponentially from one frequency to the other.
pub fn log_sweep(from_hz: f64, to_hz: f64, rate_hz: u32, frames: usize, amplitude: f64) -> Vec<f32> {
    let duration = frames as f64 / f64::from(rate_hz);
    let octaves = (to_hz / from_hz).ln();
    (0..frames)
        .map(|n| {
            let x = n as f64 / frames as f64;
            let cycles = from_hz * duration * ((x * octaves).exp() - 1.0) / octaves;
            (amplitude * (TAU * cycles.fract()).sin()) as f32
        })
        .collect()
}

/// Even noise between -1 and 1.
pub fn white_noise(seed: u64, frames: usize) -> Vec<f32> {
    let mut rng = Rng::new(seed);
    (0..frames).map(|_| (2.0 * rng.unit() - 1.0) as f32).collect()
}

/// Noise without energy above `edge_hz`, of about -12 dBFS RMS: a sum of many sines at random frequencies and phases.
pub fn band_noise(seed: u64, edge_hz: f64, rate_hz: u32, frames: usize) -> Vec<f32> {
    const SINES: usize = 64;
    let mut rng = Rng::new(seed);
    let mut sum = vec![0f64; frames];
    for _ in 0..SINES {
        let sine = tone(rng.unit() * edge_hz, rate_hz, frames, 1.0, TAU * rng.unit());
        sum.iter_mut().zip(sine).for_each(|(s, x)| *s += x);
    }
    // RMS of the sum is sqrt(SINES / 2).
    let gain = 0.25 / (SINES as f64 / 2.0).sqrt();
    sum.iter().map(|x| (gain * x) as f32).collect()
}

/// Silence with a single 1 at frame `at`.
pub fn impulse(frames: usize, at: usize) -> Vec<f32> {
    let mut plane = vec![0.0; frames];
    if let Some(x) = plane.get_mut(at) {
        *x = 1.0;
    }
    plane
}

/// Something like speech: syllables of harmonics and hiss with pauses between them.
pub fn speech_like(seed: u64, rate_hz: u32, frames: usize) -> Vec<f32> {
    let mut rng = Rng::new(seed);
    let rate = f64::from(rate_hz);
    let mut plane = Vec::with_capacity(frames);
    let mut hiss = 0.0;
    while plane.len() < frames {
        let length = (rate * (0.08 + 0.17 * rng.unit())) as usize + 1;
        let pitch = 90.0 + 130.0 * rng.unit();
        let glide = 0.85 + 0.3 * rng.unit();
        let voiced = rng.unit() < 0.7;
        let pause = rng.unit() < 0.25;
        let mut cycles = 0.0;
        for n in 0..length.min(frames - plane.len()) {
            let x = n as f64 / length as f64;
            let envelope = (std::f64::consts::PI * x).sin().powi(2);
            cycles += pitch * (1.0 + (glide - 1.0) * x) / rate;
            hiss = 0.6 * hiss + 0.4 * (2.0 * rng.unit() - 1.0);
            let harmonics: f64 = (1..=8)
                .take_while(|h| f64::from(*h) * pitch * 1.3 < rate / 2.0)
                .map(|h| (TAU * f64::from(h) * cycles).sin() / f64::from(h))
                .sum();
            let source = if voiced { 0.3 * harmonics + 0.02 * hiss } else { 0.3 * hiss };
            plane.push(if pause { 0.0 } else { (envelope * source) as f32 });
        }
    }
    plane
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure;

    #[test]
    fn a_sine_has_one_frequency() {
        let sine = sine(1000.0, 8000, 8000, 0.5);
        assert!((measure::magnitude(&sine, 1000.0, 8000) - 0.5).abs() < 1e-6);
        assert!(measure::magnitude(&sine, 1100.0, 8000) < 1e-6);
    }

    #[test]
    fn a_sweep_passes_each_frequency_when_it_should() {
        let sweep = log_sweep(100.0, 1600.0, 16_000, 160_000, 1.0);
        // Half way through the octaves: 400 Hz, at half time. Crossings of 0 count half periods.
        let around = &sweep[80_000 - 800..80_000 + 800];
        let crossings = around.windows(2).filter(|w| (w[0] < 0.0) != (w[1] < 0.0)).count();
        assert!((78..=82).contains(&crossings), "{crossings}");
    }

    #[test]
    fn band_noise_stays_in_its_band() {
        let noise = band_noise(1, 3000.0, 16_000, 16_000);
        assert!((measure::rms(&noise) - 0.25).abs() < 0.02);
        // Hann-windowed spectrum: far above the edge nothing of sines is left.
        let windowed: Vec<f32> =
            noise.iter().enumerate().map(|(n, x)| x * (0.5 - 0.5 * (TAU * n as f64 / 16_000.0).cos()) as f32).collect();
        assert!(measure::magnitude(&windowed, 5000.0, 16_000) < 1e-6);
    }

    #[test]
    fn speech_has_sound_and_pauses_and_does_not_clip() {
        let speech = speech_like(1, 8000, 80_000);
        assert_eq!(speech.len(), 80_000);
        assert!(measure::peak(&speech) < 1.0 && measure::rms(&speech) > 0.03);
        assert!(speech.chunks(400).any(|c| c.iter().all(|x| *x == 0.0)));
        assert_ne!(speech, speech_like(2, 8000, 80_000));
    }

    #[test]
    fn an_impulse_is_one_sample() {
        assert_eq!(impulse(3, 1), [0.0, 1.0, 0.0]);
        assert_eq!(impulse(2, 2), [0.0, 0.0]);
    }
}
