//! Codebooks of the line spectral pairs.
//!
//! A set of frequencies is an even spread plus the entries of several stages, each finer than the one before. The first
//! stage covers all frequencies, the later ones may cover half of them.
//!
//! **Source**: the Speex manual, "LSP quantization"; libspeex 1.2.1, quant_lsp.c, whose steps 0.0039062, 0.0019531 and
//! 0.00097656 are 1/256, 1/512 and 1/1024 cut to five digits.

use crate::bits::BitReader;
use crate::mode::{HIGH_ORDER, LOW_ORDER};
use crate::submode::{LSP_STAGE_BITS, LspCoding};
use crate::tables::{lsp_high, lsp_narrowband};

const STEP_1: f64 = 0.003_906_2;
const STEP_2: f64 = 0.001_953_1;
const STEP_3: f64 = 0.000_976_56;

/// Frequencies of a half of the narrowband set.
const HALF: usize = LOW_ORDER / 2;

/// Where frequency `i` of the narrowband lies before the first stage, in radians.
pub(crate) fn low_spread(i: usize) -> f32 {
    0.25 * i as f32 + 0.25
}

/// Where frequency `i` of the high band lies before the first stage, in radians.
pub(crate) fn high_spread(i: usize) -> f32 {
    0.3125 * i as f32 + 0.75
}

/// The narrowband frequencies of three indices: all, lower half, upper half.
pub(crate) fn coarse(indices: [usize; 3]) -> [f32; LOW_ORDER] {
    let mut lsp = std::array::from_fn(low_spread);
    add(&mut lsp, &lsp_narrowband::FIRST[indices[0]], STEP_1);
    add(&mut lsp[..HALF], &lsp_narrowband::LOW_SECOND[indices[1]], STEP_2);
    add(&mut lsp[HALF..], &lsp_narrowband::HIGH_SECOND[indices[2]], STEP_2);
    lsp
}

/// The narrowband frequencies of five indices: all, lower half twice, upper half twice.
pub(crate) fn fine(indices: [usize; 5]) -> [f32; LOW_ORDER] {
    let mut lsp = std::array::from_fn(low_spread);
    add(&mut lsp, &lsp_narrowband::FIRST[indices[0]], STEP_1);
    add(&mut lsp[..HALF], &lsp_narrowband::LOW_SECOND[indices[1]], STEP_2);
    add(&mut lsp[..HALF], &lsp_narrowband::LOW_THIRD[indices[2]], STEP_3);
    add(&mut lsp[HALF..], &lsp_narrowband::HIGH_SECOND[indices[3]], STEP_2);
    add(&mut lsp[HALF..], &lsp_narrowband::HIGH_THIRD[indices[4]], STEP_3);
    lsp
}

/// The high band's frequencies of two indices.
pub(crate) fn high(indices: [usize; 2]) -> [f32; HIGH_ORDER] {
    let mut lsp = std::array::from_fn(high_spread);
    add(&mut lsp, &lsp_high::FIRST[indices[0]], STEP_1);
    add(&mut lsp, &lsp_high::SECOND[indices[1]], STEP_2);
    lsp
}

/// Reads the narrowband frequencies.
pub(crate) fn read_low(coding: LspCoding, bits: &mut BitReader<'_>) -> [f32; LOW_ORDER] {
    match coding {
        LspCoding::Coarse => coarse(read(bits)),
        LspCoding::Fine => fine(read(bits)),
    }
}

/// Reads the high band's frequencies.
pub(crate) fn read_high(bits: &mut BitReader<'_>) -> [f32; HIGH_ORDER] {
    high(read(bits))
}

fn read<const STAGES: usize>(bits: &mut BitReader<'_>) -> [usize; STAGES] {
    std::array::from_fn(|_| bits.take(LSP_STAGE_BITS) as usize)
}

fn add(lsp: &mut [f32], entry: &[i8], step: f64) {
    for (frequency, &steps) in lsp.iter_mut().zip(entry) {
        *frequency = (f64::from(*frequency) + step * f64::from(steps)) as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(lsp: &[f32], expected: &[f64]) {
        assert_eq!(lsp.len(), expected.len());
        for (a, b) in lsp.iter().zip(expected) {
            // Half a step of the finest stage would be 5e-4.
            assert!((f64::from(*a) - b).abs() < 1e-4, "{lsp:?}, not {expected:?}");
        }
    }

    #[test]
    fn stages_add_up_where_they_belong() {
        let expected: Vec<f64> = (0..10)
            .map(|i| {
                let first = f64::from(lsp_narrowband::FIRST[63][i]) / 256.0;
                let (second, third) = if i < 5 {
                    (lsp_narrowband::LOW_SECOND[1][i], lsp_narrowband::LOW_THIRD[2][i])
                } else {
                    (lsp_narrowband::HIGH_SECOND[3][i - 5], lsp_narrowband::HIGH_THIRD[4][i - 5])
                };
                0.25 * (i + 1) as f64 + first + f64::from(second) / 512.0 + f64::from(third) / 1024.0
            })
            .collect();
        close(&fine([63, 1, 2, 3, 4]), &expected);
    }

    #[test]
    fn bits_are_indices_in_order() {
        // 000001 000010 000011 000100 000101 and so on.
        let bytes = [0b0000_0100, 0b0010_0000, 0b1100_0100, 0b0001_0100];
        let read = |coding| read_low(coding, &mut BitReader::new(&bytes));
        assert_eq!(read(LspCoding::Coarse), coarse([1, 2, 3]));
        assert_eq!(read(LspCoding::Fine), fine([1, 2, 3, 4, 5]));
        assert_eq!(read_high(&mut BitReader::new(&bytes)), high([1, 2]));
        let both = |i: usize| f64::from(lsp_high::FIRST[1][i]) / 256.0 + f64::from(lsp_high::SECOND[2][i]) / 512.0;
        let expected: Vec<f64> = (0..8).map(|i| 0.75 + 0.3125 * i as f64 + both(i)).collect();
        close(&high([1, 2]), &expected);
    }
}
