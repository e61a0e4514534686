//! Filters that take speech apart: the voice below, the hiss above, and what is neither left out.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// Below is hum, above the voice.
const HUM_HZ: f64 = 150.0;
/// Between the voice with its first formant and everything above.
const MIDDLE_HZ: f64 = 900.0;
/// Above is nothing that a telephone carries.
const TOP_HZ: f64 = 3_800.0;

/// How many bands there are.
pub(super) const BANDS: usize = 2;

/// Splits samples into bands, one by one.
#[derive(Debug, Clone)]
pub(super) struct Bands {
    hum: Biquad,
    top: Option<Biquad>,
    low: Biquad,
    high: Biquad,
}

impl Bands {
    pub(super) fn new(rate_hz: u32) -> Self {
        let rate_hz = f64::from(rate_hz);
        Self {
            hum: Biquad::new(true, HUM_HZ, rate_hz),
            // Not too near to half the rate.
            top: (TOP_HZ < 0.45 * rate_hz).then(|| Biquad::new(false, TOP_HZ, rate_hz)),
            low: Biquad::new(false, MIDDLE_HZ, rate_hz),
            high: Biquad::new(true, MIDDLE_HZ, rate_hz),
        }
    }

    /// To be called now and then: in digital silence the states would become numbers too small to compute with quickly.
    pub(super) fn settle(&mut self) {
        let Self { hum, top, low, high } = self;
        for filter in [Some(hum), top.as_mut(), Some(low), Some(high)].into_iter().flatten() {
            if filter.state.iter().all(|x| x.abs() < SETTLED) {
                filter.state = [0.0; 2];
            }
        }
    }

    /// The next sample in each band.
    pub(super) fn next(&mut self, sample: f64) -> [f64; BANDS] {
        let mut x = self.hum.next(sample);
        if let Some(top) = &mut self.top {
            x = top.next(x);
        }
        [self.low.next(x), self.high.next(x)]
    }
}

/// A state below this is silence.
const SETTLED: f64 = 1e-20;

/// A Butterworth filter of second order, low-pass or high-pass.
///
/// **Source**: R. Bristow-Johnson, "Cookbook formulae for audio equalizer biquad filter coefficients", LPF and HPF with
/// Q = 1/√2; transposed direct form II.
#[derive(Debug, Clone)]
struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
    state: [f64; 2],
}

impl Biquad {
    fn new(is_high_pass: bool, edge_hz: f64, rate_hz: f64) -> Self {
        let (sin, cos) = (2.0 * PI * edge_hz / rate_hz).sin_cos();
        let alpha = sin * FRAC_1_SQRT_2;
        let a0 = 1.0 + alpha;
        let side = if is_high_pass { 1.0 + cos } else { 1.0 - cos };
        let middle = if is_high_pass { -side } else { side };
        Self {
            b: [0.5 * side / a0, middle / a0, 0.5 * side / a0],
            a: [-2.0 * cos / a0, (1.0 - alpha) / a0],
            state: [0.0; 2],
        }
    }

    fn next(&mut self, x: f64) -> f64 {
        let y = self.b[0] * x + self.state[0];
        self.state[0] = self.b[1] * x - self.a[0] * y + self.state[1];
        self.state[1] = self.b[2] * x - self.a[1] * y;
        y
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_becomes_exactly_that() {
        let mut bands = Bands::new(16_000);
        bands.next(1.0);
        for _ in 0..1_600 {
            bands.next(0.0);
        }
        // The slowest of the filters has not quite come to rest.
        assert!(bands.next(0.0)[0] != 0.0);
        bands.settle();
        assert_eq!(bands.next(0.0), [0.0; BANDS]);
        // What still sounds goes on.
        bands.next(1.0);
        bands.settle();
        assert!(bands.next(0.0)[0] != 0.0);
    }
}
