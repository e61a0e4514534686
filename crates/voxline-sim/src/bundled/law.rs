//! G.711 as `assets/recipe.sh` has it from sox: the sample is rounded to the width of the law first.
//!
//! **Source**: ITU-T G.711 (11/1988), tables 1a and 2a.

const SIGN: u8 = 0x80;

/// A-law of the sample rounded to 13 bits.
pub(super) fn alaw(sample: i16) -> u8 {
    let narrow = ((i32::from(sample) + 4) >> 3).min(4_095);
    let (magnitude, sign) = if narrow < 0 { (!narrow, 0) } else { (narrow, SIGN) };
    // The first two segments have the same step, of two.
    let steps = magnitude.unsigned_abs() >> 1;
    let segment = steps.max(16).ilog2() - 3;
    let word = if steps < 16 { steps } else { segment << 4 | steps >> (segment - 1) & 15 };
    (word as u8 | sign) ^ 0x55
}

/// µ-law of the sample rounded to 14 bits.
pub(super) fn ulaw(sample: i16) -> u8 {
    let narrow = (i32::from(sample) + 2) >> 2;
    let biased = narrow.unsigned_abs().min(8_158) + 33;
    let segment = biased.ilog2() - 5;
    let word = (segment << 4 | biased >> (segment + 1) & 15) as u8;
    !(word | if narrow < 0 { SIGN } else { 0 })
}
