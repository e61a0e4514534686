//! The quadrature mirror filter: two bands of half the rate and the signal they make together.
//!
//! **Source**: J. D. Johnston, "A filter family designed for use in quadrature mirror filter banks", ICASSP 1980.

use crate::mode::BAND_FRAME;
use crate::tables::qmf::PROTOTYPE;

/// Taps of the prototype that meet samples, since every other sample of a band at the full rate is zero.
const PHASE_TAPS: usize = PROTOTYPE.len() / 2;
const HISTORY: usize = PHASE_TAPS - 1;

/// The taps at even and at odd places.
static PHASES: [[f32; PHASE_TAPS]; 2] = {
    let mut phases = [[0.0; PHASE_TAPS]; 2];
    let mut i = 0;
    while i < PROTOTYPE.len() {
        phases[i % 2][i / 2] = PROTOTYPE[i];
        i += 1;
    }
    phases
};

/// Joins the bands: the polyphase form, one filter of 32 taps for the even and one for the odd samples.
#[derive(Debug, Clone)]
pub(crate) struct Synthesis {
    /// Low minus high band, the past before the frame.
    difference: [f32; HISTORY + BAND_FRAME],
    /// Low plus high band.
    sum: [f32; HISTORY + BAND_FRAME],
}

impl Synthesis {
    pub(crate) fn new() -> Self {
        Self { difference: [0.0; HISTORY + BAND_FRAME], sum: [0.0; HISTORY + BAND_FRAME] }
    }

    /// The signal of a frame of both bands.
    pub(crate) fn run(&mut self, low: &[f32; BAND_FRAME], high: &[f32; BAND_FRAME], signal: &mut [f32]) {
        for (i, (low, high)) in low.iter().zip(high).enumerate() {
            self.difference[HISTORY + i] = low - high;
            self.sum[HISTORY + i] = low + high;
        }
        let even = convolve(&PHASES[0], &self.difference);
        let odd = convolve(&PHASES[1], &self.sum);
        for (pair, (even, odd)) in signal.chunks_exact_mut(2).zip(even.iter().zip(&odd)) {
            pair[0] = 2.0 * even;
            pair[1] = 2.0 * odd;
        }
        self.difference.copy_within(BAND_FRAME.., 0);
        self.sum.copy_within(BAND_FRAME.., 0);
    }
}

/// One phase of the filter over a frame that its past precedes.
fn convolve(taps: &[f32; PHASE_TAPS], input: &[f32; HISTORY + BAND_FRAME]) -> [f32; BAND_FRAME] {
    let mut output = [0.0; BAND_FRAME];
    for (block, output) in output.as_chunks_mut::<16>().0.iter_mut().enumerate() {
        let newest = HISTORY + 16 * block;
        for (age, tap) in taps.iter().enumerate() {
            let samples = &input[newest - age..newest - age + 16];
            for (sum, sample) in output.iter_mut().zip(samples) {
                *sum += tap * sample;
            }
        }
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition: both bands at the full rate with zeros between, through the low-pass and the mirrored high-pass.
    fn defined(low: &[f32], high: &[f32]) -> Vec<f32> {
        let at = |band: &[f32], n: usize| if n.is_multiple_of(2) { f64::from(band[n / 2]) } else { 0.0 };
        (0..2 * low.len())
            .map(|n| {
                let terms = (0..=n.min(63)).map(|k| {
                    let tap = f64::from(PROTOTYPE[k]);
                    let mirrored = if k % 2 == 0 { -tap } else { tap };
                    tap * at(low, n - k) + mirrored * at(high, n - k)
                });
                (2.0 * terms.sum::<f64>()) as f32
            })
            .collect()
    }

    #[test]
    fn frames_join_to_the_filtered_bands() {
        let band = |seed| voxline_testkit::signal::white_noise(seed, 3 * BAND_FRAME);
        let (low, high) = (band(1), band(2));
        let expected = defined(&low, &high);
        let mut synthesis = Synthesis::new();
        let mut signal = Vec::new();
        for i in 0..3 {
            let frame = |band: &[f32]| std::array::from_fn(|k| band[i * BAND_FRAME + k]);
            let mut part = [0.0; 2 * BAND_FRAME];
            synthesis.run(&frame(&low), &frame(&high), &mut part);
            signal.extend(part);
        }
        let snr = voxline_testkit::measure::snr_db(&expected, &signal);
        assert!(snr > 120.0, "{snr} dB");
    }
}
