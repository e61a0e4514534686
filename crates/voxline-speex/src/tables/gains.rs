//! Levels of the scalar gain quantisers and the bounds between them.
//!
//! **Source**: libspeex 1.2.1, nb_celp.c and sb_celp.c; Xiph.Org, BSD-3-Clause (see NOTICE).

/// Correction of the frame's gain in a sub-frame, one bit (`exc_gain_quant_scal1`).
pub(crate) static CORRECTIONS_1_BIT: [f32; 2] = [0.70469, 1.05127];
/// The bound between the two (`exc_gain_quant_scal1_bound`).
pub(crate) static CORRECTION_BOUNDS_1_BIT: [f32; 1] = [0.87798];
/// Correction of the frame's gain in a sub-frame, three bits (`exc_gain_quant_scal3`).
pub(crate) static CORRECTIONS_3_BITS: [f32; 8] =
    [0.061130, 0.163546, 0.310413, 0.428220, 0.555887, 0.719055, 0.938694, 1.326874];
/// The bounds between them (`exc_gain_quant_scal3_bound`).
pub(crate) static CORRECTION_BOUNDS_3_BITS: [f32; 7] =
    [0.112338, 0.236980, 0.369316, 0.492054, 0.637471, 0.828874, 1.132784];
/// Upper bounds of the high band's gain relative to the low band, four bits (`gc_quant_bound`); the level of an interval
/// is 0.8736 of its bound.
pub(crate) static HIGH_GAIN_BOUNDS: [f32; 16] = [
    0.97979, 1.28384, 1.68223, 2.20426, 2.88829, 3.78458, 4.95900, 6.49787, 8.51428, 11.15642, 14.61846, 19.15484,
    25.09895, 32.88761, 43.09325, 56.46588,
];
/// Upper bounds of the gain of the folded low band, five bits (`fold_quant_bound`).
pub(crate) static FOLDING_GAIN_BOUNDS: [f32; 32] = [
    0.30498, 0.34559, 0.39161, 0.44375, 0.50283, 0.56979, 0.64565, 0.73162, 0.82903, 0.93942, 1.06450, 1.20624,
    1.36685, 1.54884, 1.75506, 1.98875, 2.25355, 2.55360, 2.89361, 3.27889, 3.71547, 4.21018, 4.77076, 5.40598,
    6.12577, 6.94141, 7.86565, 8.91295, 10.09969, 11.44445, 12.96826, 14.69497,
];
