//! From prediction filters to line spectral pairs.
//!
//! The roots of `A(z) ± z⁻ᵖ⁻¹·A(z⁻¹)` lie on the unit circle and take turns; their angles are the line spectral pairs. On
//! the circle both polynomials are cosine series, that is Chebyshev series in cos ω: their changes of sign on a fine grid
//! show where the roots are.
//!
//! **Source**: F. Itakura, "Line spectrum representation of linear predictor coefficients of speech signals", J. Acoust.
//! Soc. Am. 57, S35, 1975; P. Kabal and R. P. Ramachandran, "The computation of line spectral frequencies using Chebyshev
//! polynomials", IEEE Trans. ASSP 34 (6), 1986.

use crate::kernel::{Kernels, ORDER};

/// Places that are looked at, evenly spread over the angles from 0 to π.
const PLACES: usize = 128;

/// Finds line spectral pairs; keeps the grid.
#[derive(Debug, Clone)]
pub(super) struct LineSpectrum {
    cosines: [[f32; 8]; PLACES / 8],
}

impl LineSpectrum {
    pub(super) fn new() -> Self {
        let cosine = |place: usize| (std::f64::consts::PI * place as f64 / (PLACES - 1) as f64).cos() as f32;
        Self { cosines: std::array::from_fn(|row| std::array::from_fn(|lane| cosine(8 * row + lane))) }
    }

    /// The pairs in ascending order, in radians; `None` if they cannot be told apart or do not take turns, which is so
    /// when the filter is not stable.
    pub(super) fn of(&self, kernels: &Kernels, a: &[f32; ORDER], order: usize) -> Option<[f32; ORDER]> {
        let half = order / 2;
        let (mut even, mut odd) = (1.0, 1.0);
        let mut series = [[0.0; ORDER / 2 + 1]; 2];
        for k in 0..=half {
            // Coefficients from the outside in; the middle one is the constant of the series and counts once.
            let weight = if k == half { 1.0 } else { 2.0 };
            series[0][half - k] = weight * even;
            series[1][half - k] = weight * odd;
            if k < half {
                (even, odd) = (a[k] + a[order - 1 - k] - even, a[k] - a[order - 1 - k] + odd);
            }
        }
        let (mut from, mut to) = ([[1.0; 8]; 2], [[1.0; 8]; 2]);
        for (which, series) in series.iter().enumerate() {
            let negative = (kernels.negative_places)(series, &self.cosines);
            let mut changes = (negative ^ (negative >> 1)) & (u128::MAX >> 1);
            if changes.count_ones() as usize != half {
                return None;
            }
            for lane in 0..half {
                let place = changes.trailing_zeros() as usize;
                changes &= changes - 1;
                from[which][lane] = self.cosines[place / 8][place % 8];
                to[which][lane] = self.cosines[(place + 1) / 8][(place + 1) % 8];
            }
        }
        let mut roots = [[0.0; 8]; 2];
        (kernels.refine_roots)(&series, &from, &to, &mut roots);
        let mut lsp = [0.0; ORDER];
        for (k, lsp) in lsp.iter_mut().take(order).enumerate() {
            *lsp = roots[k % 2][k / 2].acos();
        }
        lsp[..order].is_sorted_by(|a, b| a < b).then_some(lsp)
    }
}
