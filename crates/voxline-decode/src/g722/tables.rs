//! Numbers of G.722.
//!
//! **Source**: ITU-T Recommendation G.722 (11/88): Table 11/G.722 (filter bank), Tables 14 to 21 (inverse quantisers,
//! logarithmic and scale factor adaptation).

/// The first half of the filter bank's 24 coefficients; the second half mirrors it.
pub(super) const FILTER_BANK: [i32; 12] = [3, -11, -11, 53, 12, -156, 32, 362, -210, -805, 951, 3_876];

/// Outputs of the lower band's quantiser of 60 levels by its six bits; four codes are not used and stand for the last
/// value.
pub(super) const LOW_6_BITS: [i32; 64] = [
    -136, -136, -136, -136, -24_808, -21_904, -19_008, -16_704, -14_984, -13_512, -12_280, -11_192, -10_232, -9_360,
    -8_576, -7_856, -7_192, -6_576, -6_000, -5_456, -4_944, -4_464, -4_008, -3_576, -3_168, -2_776, -2_400, -2_032,
    -1_688, -1_360, -1_040, -728, 24_808, 21_904, 19_008, 16_704, 14_984, 13_512, 12_280, 11_192, 10_232, 9_360, 8_576,
    7_856, 7_192, 6_576, 6_000, 5_456, 4_944, 4_464, 4_008, 3_576, 3_168, 2_776, 2_400, 2_032, 1_688, 1_360, 1_040,
    728, 432, 136, -432, -136,
];

/// Outputs by the upper four bits, which are all that adaptation sees.
pub(super) const LOW_4_BITS: [i32; 16] =
    [0, -20_456, -12_896, -8_968, -6_288, -4_240, -2_584, -1_200, 20_456, 12_896, 8_968, 6_288, 4_240, 2_584, 1_200, 0];

/// Outputs of the higher band's quantiser.
pub(super) const HIGH_2_BITS: [i32; 4] = [-7_408, -1_616, 7_408, 1_616];

/// What the upper four bits of a lower code add to the logarithm of its scale.
pub(super) const LOW_LOG_STEPS: [i32; 16] =
    [-60, 3_042, 1_198, 538, 334, 172, 58, -30, 3_042, 1_198, 538, 334, 172, 58, -30, -60];

/// The same of a higher code.
pub(super) const HIGH_LOG_STEPS: [i32; 4] = [798, -214, 798, -214];

/// An octave of scales by five bits of logarithm.
pub(super) const SCALES: [i32; 32] = [
    2_048, 2_093, 2_139, 2_186, 2_233, 2_282, 2_332, 2_383, 2_435, 2_489, 2_543, 2_599, 2_656, 2_714, 2_774, 2_834,
    2_896, 2_960, 3_025, 3_091, 3_158, 3_228, 3_298, 3_371, 3_444, 3_520, 3_597, 3_676, 3_756, 3_838, 3_922, 4_008,
];
