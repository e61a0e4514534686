//! Lags at which the weighted signal resembles its own past: candidates for the adaptive codebook.

use crate::kernel::{Kernels, Survivors};
use crate::mode::{BAND_FRAME, MAX_LAG, MIN_LAG};

/// Lags that there are.
const LAGS: usize = MAX_LAG - MIN_LAG + 1;

/// Offers `survivors` the lags up to `longest` at which `signal[at..at + len]` resembles the past most.
///
/// **Shape**: [`MAX_LAG`] samples lie before `at`; `len` is a multiple of eight and at most a frame.
pub(super) fn offer_lags(
    kernels: &Kernels,
    signal: &[f32],
    at: usize,
    len: usize,
    longest: usize,
    survivors: &mut Survivors,
) -> Correlations {
    let past = &signal[at - MAX_LAG..];
    let mut found = Correlations { products: [0.0; LAGS], energies: [0.0; LAGS] };
    let mut squares = [0.0; LAGS + BAND_FRAME + 8];
    (kernels.correlate)(&signal[at..at + len], past, &mut found.products);
    (kernels.window_energies)(past, len, &mut squares, &mut found.energies);
    let skipped = MAX_LAG - longest.clamp(MIN_LAG - 1, MAX_LAG);
    // Rows of eight lags; those of the first row that are too long are taken out.
    for product in &mut found.products[..skipped] {
        *product = 0.0;
    }
    (kernels.best_lags)(&found.products, &found.energies, MAX_LAG, survivors);
    found
}

/// What the search has met at each lag.
#[derive(Debug)]
pub(super) struct Correlations {
    products: [f32; LAGS],
    energies: [f32; LAGS],
}

impl Correlations {
    /// How much the signal, whose energy is given, resembles its past at that lag: at most 1, at least 0.
    pub(super) fn coefficient(&self, lag: usize, energy: f32) -> f32 {
        let place = MAX_LAG - lag;
        // The floor keeps silence from resembling anything.
        let coefficient = self.products[place] / (10.0 + energy.sqrt() * self.energies[place].sqrt());
        coefficient.max(0.0)
    }
}

/// The lag of a whole frame and how strongly it is periodic.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct FramePitch {
    pub(super) lag: usize,
    pub(super) coefficient: f32,
}

/// Lags among which the frame's is chosen.
const CANDIDATES: usize = 6;

/// The lag of the frame at `at`; of several that are nearly as good a divisor of the best one is preferred, because the
/// period is rarely a multiple of itself.
///
/// **Source**: the rule for multiples is that of libspeex 1.2.1, nb_celp.c.
pub(super) fn frame_pitch(kernels: &Kernels, signal: &[f32], at: usize) -> FramePitch {
    let mut survivors = Survivors::new(CANDIDATES);
    let found = offer_lags(kernels, signal, at, BAND_FRAME, MAX_LAG, &mut survivors);
    let energy = (kernels.energy)(&signal[at..at + BAND_FRAME]);
    let candidates = survivors.iter().map(|(_, lag, _)| usize::from(lag).max(MIN_LAG));
    let mut best: Option<FramePitch> = None;
    let mut lag = MIN_LAG;
    for candidate in candidates {
        let coefficient = found.coefficient(candidate, energy);
        match best {
            None => {
                lag = candidate;
                best = Some(FramePitch { lag, coefficient });
            }
            Some(best) => {
                let divides = (2..=5).any(|times| (times * candidate).abs_diff(lag) <= times);
                if coefficient > 0.85 * best.coefficient && divides {
                    lag = candidate;
                }
            }
        }
    }
    FramePitch { lag, coefficient: best.map_or(0.0, |best| best.coefficient) }
}
