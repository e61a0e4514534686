//! The entries of the line spectral pairs' codebooks that come nearest.
//!
//! Stage after stage codes what the one before left over. From the second stage on a frequency counts the more the nearer
//! its neighbours are: there the spectrum has its peaks.
//!
//! **Source**: the Speex manual, "LSP quantization"; the weights are those of libspeex 1.2.1, quant_lsp.c.

use crate::kernel::{Kernels, ORDER};
use crate::lsp_quant;
use crate::mode::{HIGH_ORDER, LOW_ORDER};
use crate::tables::{lsp_high, lsp_narrowband};

/// The first stage's steps in a radian; each later stage halves the step.
const STEPS: f32 = 256.0;
/// Frequencies of a half of the narrowband set.
const HALF: usize = LOW_ORDER / 2;

/// One codebook, as the kernels want it: eight entries side by side.
#[derive(Debug)]
struct Stage {
    lanes: Vec<[f32; 8]>,
    dimensions: usize,
}

impl Stage {
    fn new<const D: usize>(entries: &[[i8; D]]) -> Self {
        let lanes = entries.chunks_exact(8).flat_map(|eight| {
            (0..D).map(move |dimension| std::array::from_fn(|lane| f32::from(eight[lane][dimension])))
        });
        Self { lanes: lanes.collect(), dimensions: D }
    }

    /// The nearest entry's index; leaves in `x` what it does not cover, doubled for the next stage.
    fn take(&self, kernels: &Kernels, x: &mut [f32], weights: &[f32]) -> usize {
        let index = (kernels.nearest)(x, weights, &self.lanes);
        let first = index / 8 * self.dimensions;
        for (x, entries) in x.iter_mut().zip(&self.lanes[first..]) {
            *x = 2.0 * (*x - entries[index % 8]);
        }
        index
    }
}

/// How much an error of each frequency counts.
fn weights<const N: usize>(lsp: &[f32; N]) -> [f32; N] {
    std::array::from_fn(|k| {
        let below = if k == 0 { lsp[0] } else { lsp[k] - lsp[k - 1] };
        let above = if k + 1 == N { std::f32::consts::PI - lsp[k] } else { lsp[k + 1] - lsp[k] };
        10.0 / (0.04 + below.min(above))
    })
}

/// Looks for narrowband frequencies.
#[derive(Debug)]
pub(super) struct LowSearch {
    first: Stage,
    low: [Stage; 2],
    high: [Stage; 2],
}

impl LowSearch {
    pub(super) fn new() -> Self {
        Self {
            first: Stage::new(&lsp_narrowband::FIRST),
            low: [Stage::new(&lsp_narrowband::LOW_SECOND), Stage::new(&lsp_narrowband::LOW_THIRD)],
            high: [Stage::new(&lsp_narrowband::HIGH_SECOND), Stage::new(&lsp_narrowband::HIGH_THIRD)],
        }
    }

    /// Indices of all stages, in the order in which the fine coding sends them; the coarse one sends the first, second
    /// and fourth.
    pub(super) fn search(&self, kernels: &Kernels, lsp: &[f32; LOW_ORDER]) -> [usize; 5] {
        let weights = weights(lsp);
        let mut rest: [f32; LOW_ORDER] = std::array::from_fn(|k| STEPS * (lsp[k] - lsp_quant::low_spread(k)));
        let first = self.first.take(kernels, &mut rest, &[1.0; LOW_ORDER]);
        let (low, high) = rest.split_at_mut(HALF);
        let low = self.low.each_ref().map(|stage| stage.take(kernels, low, &weights[..HALF]));
        let high = self.high.each_ref().map(|stage| stage.take(kernels, high, &weights[HALF..]));
        [first, low[0], low[1], high[0], high[1]]
    }
}

/// Looks for the high band's frequencies.
#[derive(Debug)]
pub(super) struct HighSearch {
    first: Stage,
    second: Stage,
}

impl HighSearch {
    pub(super) fn new() -> Self {
        Self { first: Stage::new(&lsp_high::FIRST), second: Stage::new(&lsp_high::SECOND) }
    }

    /// Indices of both stages.
    pub(super) fn search(&self, kernels: &Kernels, lsp: &[f32; ORDER]) -> [usize; 2] {
        let lsp: [f32; HIGH_ORDER] = std::array::from_fn(|k| lsp[k]);
        let weights = weights(&lsp);
        let mut rest: [f32; HIGH_ORDER] = std::array::from_fn(|k| STEPS * (lsp[k] - lsp_quant::high_spread(k)));
        let first = self.first.take(kernels, &mut rest, &[1.0; HIGH_ORDER]);
        [first, self.second.take(kernels, &mut rest, &weights)]
    }
}
