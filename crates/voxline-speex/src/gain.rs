//! Scalar gains.
//!
//! **Source**: the Speex manual, "Innovation codebook" (gains on a logarithmic scale); the scales: libspeex 1.2.1,
//! nb_celp.c and sb_celp.c.

use crate::tables::gains::HIGH_GAIN_BOUNDS;

/// Gain of a frame's innovation from its index, 0 to 31: steps of 2.5 dB.
pub(crate) fn frame_gain(index: u32) -> f32 {
    (f64::from(index) / 3.5).exp() as f32
}

/// How much the second stage of an innovation in the low band is smaller than the first.
pub(crate) const LOW_SECOND_STAGE: f32 = 0.454_545;
/// How much the second stage of an innovation in the high band is smaller than the first.
pub(crate) const HIGH_SECOND_STAGE: f32 = 0.4;

/// Gain of the folded low band from its index, 0 to 31: steps of 1.1 dB.
pub(crate) fn folding_gain(index: u32) -> f32 {
    (0.125 * (f64::from(index) - 10.0)).exp() as f32
}

/// Gain of the high band's innovation over the low band's excitation from its index, 0 to 15.
pub(crate) fn high_gain(index: u32) -> f32 {
    (0.873_60 * f64::from(HIGH_GAIN_BOUNDS[index as usize])) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gains_grow_by_equal_ratios() {
        assert_eq!(frame_gain(0), 1.0);
        assert!((frame_gain(7) - 7.389_056).abs() < 1e-5);
        assert_eq!(folding_gain(10), 1.0);
        assert!((folding_gain(18) / std::f32::consts::E - 1.0).abs() < 1e-6);
        // Levels lie in the middle of their intervals on a logarithmic scale: 0.8736 is the root of the bounds' ratio.
        for i in 1..16 {
            let bounds = [HIGH_GAIN_BOUNDS[i - 1], HIGH_GAIN_BOUNDS[i]];
            assert!((high_gain(i as u32) / (bounds[0] * bounds[1]).sqrt() - 1.0).abs() < 1e-3, "{i}");
        }
    }
}
