//! Linear prediction of a frame: window, autocorrelation, Levinson–Durbin recursion.
//!
//! **Source**: J. Makhoul, "Linear prediction: a tutorial review", Proc. IEEE 63 (4), 1975; N. Levinson 1947 and
//! J. Durbin 1960 for the recursion. Windows, noise floor and the damping of the recursion are those of libspeex 1.2.1
//! (lpc.c, nb_celp.c, sb_celp.c), so that the filters are like those that the quantisers were made for.

use crate::kernel::{Kernels, ORDER};
use crate::mode::{BAND_FRAME, SUBFRAME};
use crate::tables::windows::{ANALYSIS_WINDOW, LAG_WINDOW};

/// Samples that are analysed for one frame: the frame and a sub-frame more.
pub(super) const ANALYSED: usize = BAND_FRAME + SUBFRAME;

/// Zeros before the windowed signal, one for each lag that a kernel looks back.
const LEAD: usize = 16;
/// What silence has for energy, so that nothing is divided by zero.
const FLOOR: f32 = 10.0;
/// White noise under the signal, relative to its energy: it bounds how sharp the spectrum can be.
const NOISE: f32 = 0.0002;
/// Damping of the recursion, relative to the energy.
const DAMPING: f32 = 0.003;

/// Coefficients of `A(z) = 1 + Σ a[k]·z⁻¹⁻ᵏ` that whitens the signal; those beyond `order` are zero.
///
/// **Shape**: `signal` has [`ANALYSED`] samples.
pub(super) fn prediction_filter(kernels: &Kernels, signal: &[f32], order: usize) -> [f32; ORDER] {
    let mut windowed = [0.0; LEAD + ANALYSED];
    for ((out, &x), &weight) in windowed[LEAD..].iter_mut().zip(signal).zip(&ANALYSIS_WINDOW) {
        *out = x * weight;
    }
    let mut products = [0.0; LEAD];
    (kernels.correlate)(&windowed[LEAD..], &windowed, &mut products);
    let mut correlations = [0.0; ORDER + 1];
    correlations[0] = ((kernels.energy)(&windowed[LEAD..]) + FLOOR) * (1.0 + NOISE);
    for (lag, correlation) in correlations.iter_mut().enumerate().skip(1) {
        *correlation = products[LEAD - lag] * LAG_WINDOW[lag];
    }
    levinson(&correlations, order)
}

/// Solves the normal equations of an autocorrelation.
fn levinson(correlations: &[f32; ORDER + 1], order: usize) -> [f32; ORDER] {
    let mut a = [0.0; ORDER];
    let mut error = correlations[0];
    for step in 0..order.min(ORDER) {
        let known: f32 = (0..step).map(|k| a[k] * correlations[step - k]).sum();
        let reflection = -(correlations[step + 1] + known) / (error + DAMPING * correlations[0]);
        a[step] = reflection;
        for k in 0..step.div_ceil(2) {
            let (near, far) = (a[k], a[step - 1 - k]);
            a[k] = near + reflection * far;
            a[step - 1 - k] = far + reflection * near;
        }
        error -= error * reflection * reflection;
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_autoregression_is_recognised() {
        // x[n] = 1.2·x[n−1] − 0.6·x[n−2] + noise, so A(z) = 1 − 1.2·z⁻¹ + 0.6·z⁻²; r from the Yule–Walker equations.
        let mut r = [0.0f64; ORDER + 1];
        r[0] = 1.0;
        r[1] = 1.2 / 1.6;
        for k in 2..=ORDER {
            r[k] = 1.2 * r[k - 1] - 0.6 * r[k - 2];
        }
        let a = levinson(&r.map(|r| (r * 1e6) as f32), ORDER);
        // The damping, which adds 3 ‰ of the energy to errors down to a tenth of it, moves them a little.
        assert!((a[0] + 1.2).abs() < 0.05 && (a[1] - 0.6).abs() < 0.05, "{a:?}");
        assert!(a[2..].iter().all(|a| a.abs() < 0.05), "{a:?}");
        assert_eq!(levinson(&r.map(|r| r as f32), 8)[8..], [0.0; 2]);
    }

    #[test]
    fn silence_has_a_flat_filter() {
        for (_, kernels) in Kernels::all() {
            assert_eq!(prediction_filter(kernels, &[0.0; ANALYSED], ORDER), [0.0; ORDER]);
        }
    }

    #[test]
    fn a_tone_is_predicted() {
        let signal: Vec<f32> = (0..ANALYSED).map(|n| 8_000.0 * (0.6 * n as f32).sin()).collect();
        for (name, kernels) in Kernels::all() {
            let a = prediction_filter(kernels, &signal, ORDER);
            let residual: f32 = (ORDER..ANALYSED)
                .map(|n| (signal[n] + (0..ORDER).map(|k| a[k] * signal[n - 1 - k]).sum::<f32>()).powi(2))
                .sum();
            let energy: f32 = signal[ORDER..].iter().map(|x| x * x).sum();
            assert!(residual < 0.02 * energy, "{name}: {residual} of {energy}");
        }
    }
}
