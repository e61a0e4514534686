//! Numbers of GSM 06.10.
//!
//! **Source**: ETSI EN 300 961 v8.1.1: Table 5.1 (log area ratios), Table 5.3b (gain of the long term predictor), Table
//! 5.6 (mantissas), and the constant of clause 5.2.4 (pre-emphasis, the same in 5.3.5).

/// How a coded log area ratio becomes a number.
pub(super) struct LarRule {
    /// The least code.
    pub(super) min: i16,
    /// Its offset.
    pub(super) offset: i16,
    /// One over its slope.
    pub(super) inverse_slope: i16,
}

const fn rule(min: i16, offset: i16, inverse_slope: i16) -> LarRule {
    LarRule { min, offset, inverse_slope }
}

/// MIC, B and INVA.
pub(super) const LAR_RULES: [LarRule; 8] = [
    rule(-32, 0, 13_107),
    rule(-32, 0, 13_107),
    rule(-16, 2_048, 13_107),
    rule(-16, -2_560, 13_107),
    rule(-8, 94, 19_223),
    rule(-8, -1_792, 17_476),
    rule(-4, -341, 31_454),
    rule(-4, -1_144, 29_708),
];

/// QLB.
pub(super) const GAINS: [i16; 4] = [3_277, 11_469, 21_299, 32_767];

/// FAC.
pub(super) const MANTISSAS: [i16; 8] = [18_431, 20_479, 22_527, 24_575, 26_623, 28_671, 30_719, 32_767];

/// The pole that undoes pre-emphasis.
pub(super) const DEEMPHASIS: i16 = 28_180;
