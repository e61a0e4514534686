//! Perceptual enhancement: a comb filter that brings out the pitch and hides the noise between its harmonics.
//!
//! To each half of a frame it adds the same signal one period ago and one period ahead (or, for long periods, two ago),
//! aligned to a third of a sample, each as strongly as it resembles the half.
//!
//! **Source**: J.-H. Chen and A. Gersho, "Adaptive postfiltering for quality enhancement of coded speech", IEEE Trans.
//! Speech Audio Proc. 3, 1995; the filters and weights are those of libspeex 1.2.1, filters.c (`multicomb`).

use crate::excitation::Excitation;
use crate::filter::{correlate, dot, rms, slide};
use crate::mode::BAND_FRAME;

/// Samples that are treated alike: two sub-frames.
const WINDOW: usize = BAND_FRAME / 2;
/// Above this lag the future does not reach far enough.
const MAX_LAG_AHEAD: usize = 40;
/// Whole samples around the lag that are tried: −3 to +3.
const SHIFTS: usize = 7;
const CENTRE: isize = 3;

/// Shifts by parts of a sample: windowed sines over cardinal.
/// **Source**: libspeex 1.2.1, filters.c (`shift_filt`).
static FRACTIONS: [[f32; 7]; 3] = [
    [-0.011915, 0.046995, -0.152373, 0.614108, 0.614108, -0.152373, 0.046995],
    [-0.0324855, 0.0859768, -0.2042986, 0.9640297, 0.208642, -0.0302054, -0.0063646],
    [-0.0063646, -0.0302054, 0.208642, 0.9640297, -0.2042986, 0.0859768, -0.0324855],
];

/// Writes the enhanced excitation that is heard in this frame.
///
/// `comb_gain` is the sub-mode's: the coarser the coding, the stronger the filter.
pub(crate) fn enhance(excitation: &Excitation, lag: usize, comb_gain: f32, heard: &mut [f32; BAND_FRAME]) {
    let (samples, first) = excitation.around_heard();
    let comb = Comb::new(comb_gain);
    for (i, window) in heard.as_chunks_mut::<WINDOW>().0.iter_mut().enumerate() {
        comb.run(samples, first + i * WINDOW, lag, window);
    }
}

struct Comb {
    /// Weight of a copy that does not resemble the original; no weight gets larger than 1.
    least: f32,
    /// How fast the weight grows with the likeness.
    slope: f32,
}

impl Comb {
    fn new(comb_gain: f32) -> Self {
        let least = (0.4 * f64::from(comb_gain) + 0.07) as f32;
        Self { least, slope: (0.5 + 1.72 * (f64::from(least) - 0.07)) as f32 }
    }

    fn run(&self, samples: &[f32], first: usize, lag: usize, window: &mut [f32; WINDOW]) {
        let original = &samples[first..first + WINDOW];
        let lag = lag as isize;
        let (other_lag, shares) = if lag > MAX_LAG_AHEAD as isize { (2 * lag, [0.7, 0.3]) } else { (-lag, [0.6, 0.6]) };
        let copies = [aligned(samples, first, lag), aligned(samples, first, other_lag)];
        let size = (1.0 + dot(original, original)).sqrt();
        let gain = |i: usize| (shares[i] * f64::from(self.weight(original, size, &copies[i]))) as f32;
        let gains = [gain(0), gain(1)];
        for (i, sample) in window.iter_mut().enumerate() {
            *sample = original[i] + (gains[0] * copies[0][i] + gains[1] * copies[1][i]);
        }
        // Louder it must not get.
        let (after, before) = (rms(window).max(1.0), rms(original).max(1.0));
        let scale = before.min(after) / after;
        for sample in window {
            *sample *= scale;
        }
    }

    /// The factor on a copy: its likeness to the original brought on a curve, times what makes it equally loud.
    fn weight(&self, original: &[f32], size: f32, copy: &[f32; WINDOW]) -> f32 {
        let copy_size = (1000.0 + dot(copy, copy)).sqrt();
        let correlation = dot(copy, original).max(0.0);
        let likeness = if correlation > copy_size * size { 1.0 } else { correlation / size / copy_size };
        let weight = self.least / (1.0 - self.slope * likeness * likeness).max(self.least);
        weight * (size / copy_size)
    }
}

/// The window `lag` samples earlier (negative: later), shifted by up to three samples and a fraction to where it
/// correlates best with the window itself.
fn aligned(samples: &[f32], first: usize, lag: isize) -> [f32; WINDOW] {
    let original = &samples[first..first + WINDOW];
    let earliest = (first as isize - lag - CENTRE) as usize;
    let (fraction, shift) = best(&correlate(original, &samples[earliest..]));
    let start = earliest + shift;
    match fraction {
        None => std::array::from_fn(|i| samples[start + i]),
        // The taps reach three samples to either side.
        Some(taps) => slide(taps, &samples[start - CENTRE as usize..]),
    }
}

/// The fraction and the whole shift of the largest correlation. Those at fractions are interpolated from those at whole
/// samples, with nothing beyond the ends; the first of equals wins.
fn best(whole: &[f32; SHIFTS]) -> (Option<&'static [f32; SHIFTS]>, usize) {
    let mut best = (None, 0);
    let mut largest = whole[0];
    let mut consider = |value: f32, fraction, shift| {
        if value > largest {
            largest = value;
            best = (fraction, shift);
        }
    };
    for (shift, &value) in whole.iter().enumerate() {
        consider(value, None, shift);
    }
    for taps in &FRACTIONS {
        for shift in 0..SHIFTS {
            let reach = 3_usize.saturating_sub(shift)..(10 - shift).min(SHIFTS);
            let value = reach.fold(0.0, |sum, k| sum + taps[k] * whole[shift + k - 3]);
            consider(value, Some(taps), shift);
        }
    }
    best
}
