//! Line spectral pairs: interpolation between frames, stability, conversion to the coefficients of the filter.
//!
//! An all-pole filter 1/A(z) is stable when the frequencies of the pair P(z) = A(z) + z⁻⁽ᴺ⁺¹⁾A(1/z) and
//! Q(z) = A(z) − z⁻⁽ᴺ⁺¹⁾A(1/z) alternate on the unit circle; so frequencies can be interpolated, coefficients cannot.
//!
//! **Source**: F. Itakura, "Line spectrum representation of linear predictive coefficients of speech signals", JASA 57,
//! 1975; P. Kabal and R. P. Ramachandran, "The computation of line spectral frequencies using Chebyshev polynomials",
//! IEEE Trans. ASSP 34, 1986; the margins and the approximation of the cosine are those of libspeex 1.2.1.

use std::f64::consts::PI;

use crate::mode::SUBFRAMES;

/// Least distance between two frequencies of the low band, in radians.
pub(crate) const LOW_MARGIN: f32 = 0.002;
/// Least distance between two frequencies of the high band, in radians.
pub(crate) const HIGH_MARGIN: f32 = 0.05;

/// The frequencies of sub-frame `subframe` (0 to 3) on the way from the last frame's to this frame's, kept apart from
/// each other, from 0 and from π.
pub(crate) fn interpolate<const N: usize>(last: &[f32; N], this: &[f32; N], subframe: usize, margin: f32) -> [f32; N] {
    let weight = (1 + subframe) as f32 / SUBFRAMES as f32;
    let mut lsp = std::array::from_fn(|i| (1.0 - weight) * last[i] + weight * this[i]);
    keep_apart(&mut lsp, margin);
    lsp
}

fn keep_apart<const N: usize>(lsp: &mut [f32; N], margin: f32) {
    lsp[0] = lsp[0].max(margin);
    let highest = PI - f64::from(margin);
    if f64::from(lsp[N - 1]) > highest {
        lsp[N - 1] = highest as f32;
    }
    for i in 1..N - 1 {
        lsp[i] = lsp[i].max(lsp[i - 1] + margin);
        // The one above is not settled yet: meet it half-way.
        if lsp[i] > lsp[i + 1] - margin {
            lsp[i] = 0.5 * (lsp[i] + lsp[i + 1] - margin);
        }
    }
}

/// The coefficients a₁ … a_N of A(z) = 1 + Σ aᵢ z⁻ⁱ whose line spectral pairs lie at these frequencies, in radians.
pub(crate) fn to_lpc<const N: usize>(lsp: &[f32; N]) -> [f32; N] {
    // P(z) without its root at −1 and Q(z) without its root at 1: each a product of 1 − 2·cos(ω)·z⁻¹ + z⁻² over every
    // second frequency. Room for the coefficients of orders −2 to 10 spares the ends a special case.
    const { assert!(N.is_multiple_of(2) && N <= 10) };
    let mut sum = [0.0_f32; 13];
    let mut difference = [0.0_f32; 13];
    sum[2] = 1.0;
    difference[2] = 1.0;
    for (i, pair) in lsp.chunks_exact(2).enumerate() {
        let of_sum = 2.0 * cos(pair[0]);
        let of_difference = 2.0 * cos(pair[1]);
        for order in (3..=2 * i + 4).rev() {
            sum[order] = sum[order] - of_sum * sum[order - 1] + sum[order - 2];
            difference[order] = difference[order] - of_difference * difference[order - 1] + difference[order - 2];
        }
    }
    std::array::from_fn(|i| {
        let order = i + 3;
        0.5 * ((sum[order] + sum[order - 1]) + (difference[order] - difference[order - 1]))
    })
}

/// The cosine on 0 to π, within 2·10⁻⁵.
///
/// **Source**: libspeex 1.2.1, math_approx.h (`spx_cos`). The exact cosine would move the coefficients by more than
/// rounding does and part us from other decoders.
pub(crate) fn cos(angle: f32) -> f32 {
    const C: [f32; 4] = [0.999_993_3, -0.499_912_44, 0.041_487_746, -0.001_271_209_5];
    let polynomial = |x: f32| {
        let square = x * x;
        C[0] + square * (C[1] + square * (C[2] + C[3] * square))
    };
    if f64::from(angle) < PI / 2.0 { polynomial(angle) } else { -polynomial((PI - f64::from(angle)) as f32) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_cosine_is_one() {
        for i in 0..=1000 {
            let angle = PI * f64::from(i) / 1000.0;
            assert!((f64::from(cos(angle as f32)) - angle.cos()).abs() < 2e-5, "cos({angle})");
        }
    }

    #[test]
    fn an_even_spread_is_a_flat_filter() {
        // A(z) = 1 has its line spectral pairs at kπ/(N+1).
        let lpc = to_lpc::<10>(&std::array::from_fn(|i| (PI * (i + 1) as f64 / 11.0) as f32));
        assert!(lpc.iter().all(|a| a.abs() < 1e-3), "{lpc:?}");
    }

    #[test]
    fn interpolation_ends_at_the_new_frame() {
        let last: [f32; 8] = std::array::from_fn(|i| 0.3 * (i + 1) as f32);
        let this: [f32; 8] = std::array::from_fn(|i| 0.35 * (i + 1) as f32);
        assert_eq!(interpolate(&last, &this, 3, HIGH_MARGIN), this);
        let quarter = interpolate(&last, &this, 0, HIGH_MARGIN);
        for (i, lsp) in quarter.iter().enumerate() {
            assert!((lsp - 0.3125 * (i + 1) as f32).abs() < 1e-6);
        }
    }

    /// |A(e^{jω})|² at ω, from the coefficients, in double precision.
    fn power(lpc: &[f32], angle: f64) -> f64 {
        let (mut re, mut im) = (1.0, 0.0);
        for (i, &a) in lpc.iter().enumerate() {
            re += f64::from(a) * (angle * (i + 1) as f64).cos();
            im -= f64::from(a) * (angle * (i + 1) as f64).sin();
        }
        re * re + im * im
    }

    proptest! {
        /// At frequency i the polynomial P (even i) or Q (odd i) has a root: there A(z) and its mirror image are equal but
        /// for the sign, which says what the phase of A is.
        #[test]
        fn frequencies_are_where_the_pairs_have_roots(steps in prop::collection::vec(1u32..20, 11)) {
            let total: u32 = steps.iter().sum();
            let mut at = 0;
            let lsp: [f32; 10] = std::array::from_fn(|i| {
                at += steps[i];
                (PI * f64::from(at) / f64::from(total)) as f32
            });
            let lpc = to_lpc(&lsp);
            for (i, &frequency) in lsp.iter().enumerate() {
                let angle = f64::from(frequency);
                // A(z) + or − z⁻¹¹·A(1/z): the mirror image has the coefficients in reverse order.
                let sign = if i % 2 == 0 { 1.0 } else { -1.0 };
                let mut coefficients = [0.0; 12];
                coefficients[0] = 1.0;
                coefficients[11] = sign;
                for k in 0..10 {
                    coefficients[k + 1] = f64::from(lpc[k]) + sign * f64::from(lpc[9 - k]);
                }
                let (re, im) = coefficients.iter().enumerate().fold((0.0, 0.0), |(re, im), (k, c)| {
                    (re + c * (angle * k as f64).cos(), im + c * (angle * k as f64).sin())
                });
                // Against the size of the terms that cancel.
                let size: f64 = coefficients.iter().map(|c| c.abs()).sum();
                prop_assert!((re * re + im * im).sqrt() < 1e-4 * size, "{}: {re} {im} of {size}", i);
            }
            prop_assert!(power(&lpc, 1.0) > 0.0);
        }

        #[test]
        fn frequencies_stay_apart_from_the_ends(
            last in prop::array::uniform10(-0.5f32..4.0),
            this in prop::array::uniform10(-0.5f32..4.0),
            subframe in 0usize..4,
        ) {
            let lsp = interpolate(&last, &this, subframe, LOW_MARGIN);
            prop_assert!(lsp[0] >= LOW_MARGIN);
            prop_assert!(f64::from(lsp[9]) <= PI);
            prop_assert!(to_lpc(&lsp).iter().all(|a| a.is_finite()));
        }
    }
}
