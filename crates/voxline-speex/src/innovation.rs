//! The innovation: what the adaptive codebook cannot predict, put together from shapes.
//!
//! A sub-frame is cut into equal parts; each part is one shape of a codebook, with or without a sign.

use crate::bits::BitReader;
use crate::mode::SUBFRAME;
use crate::submode::index_bits;
use crate::tables::{shapes_high, shapes_narrowband, shapes_narrowband_256};

/// The shapes count in steps of 1/32.
pub(crate) const SHAPE_STEP: f32 = 0.03125;

/// A codebook of shapes.
#[derive(Debug)]
pub(crate) struct ShapeCodebook {
    /// All shapes one after the other, in steps of [`SHAPE_STEP`].
    pub(crate) shapes: &'static [i8],
    /// Samples of a shape.
    pub(crate) length: usize,
    /// Whether each part has a sign, sent before the index.
    pub(crate) is_signed: bool,
}

impl ShapeCodebook {
    pub(crate) const LOW_10_16: Self = Self::unsigned(&shapes_narrowband::SHAPES_10_16);
    pub(crate) const LOW_10_32: Self = Self::unsigned(&shapes_narrowband::SHAPES_10_32);
    pub(crate) const LOW_20_32: Self = Self::unsigned(&shapes_narrowband::SHAPES_20_32);
    pub(crate) const LOW_5_64: Self = Self::unsigned(&shapes_narrowband::SHAPES_5_64);
    pub(crate) const LOW_5_256: Self = Self::unsigned(&shapes_narrowband_256::SHAPES_5_256);
    pub(crate) const LOW_8_128: Self = Self::unsigned(&shapes_narrowband::SHAPES_8_128);
    pub(crate) const HIGH_10_32: Self = Self::unsigned(&shapes_high::HIGH_SHAPES_10_32);
    pub(crate) const HIGH_8_128: Self = Self { is_signed: true, ..Self::unsigned(&shapes_high::HIGH_SHAPES_8_128) };

    const fn unsigned<const LENGTH: usize>(shapes: &'static [[i8; LENGTH]]) -> Self {
        Self { shapes: shapes.as_flattened(), length: LENGTH, is_signed: false }
    }

    /// Shapes of the codebook, a power of two.
    pub(crate) const fn count(&self) -> usize {
        self.shapes.len() / self.length
    }

    /// Parts of a sub-frame.
    pub(crate) const fn parts(&self) -> usize {
        SUBFRAME / self.length
    }

    /// Bits of an index.
    pub(crate) const fn index_bits(&self) -> u32 {
        index_bits(self.count())
    }

    /// Bits of the innovation of a sub-frame.
    pub(crate) const fn subframe_bits(&self) -> u32 {
        self.parts() as u32 * (self.index_bits() + self.is_signed as u32)
    }

    /// Reads the shapes of a sub-frame and adds them, `gain` times, to `innovation`.
    pub(crate) fn add(&self, bits: &mut BitReader<'_>, gain: f32, innovation: &mut [f32; SUBFRAME]) {
        for part in innovation.chunks_exact_mut(self.length) {
            let sign = if self.is_signed && bits.take(1) == 1 { -SHAPE_STEP } else { SHAPE_STEP };
            let first = bits.take(self.index_bits()) as usize * self.length;
            for (sample, &step) in part.iter_mut().zip(&self.shapes[first..]) {
                *sample += gain * (sign * f32::from(step));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_comes_before_its_index() {
        let mut bytes = [0; 5];
        let mut writer = crate::bits::BitWriter::new(&mut bytes);
        for part in 0..5 {
            writer.put(part % 2, 1);
            writer.put(127 - part, 7);
        }
        let mut innovation = [1.0; SUBFRAME];
        ShapeCodebook::HIGH_8_128.add(&mut BitReader::new(&bytes), 2.0, &mut innovation);
        for (i, &sample) in innovation.iter().enumerate() {
            let part = i / 8;
            let shape = shapes_high::HIGH_SHAPES_8_128[127 - part];
            let sign = if part % 2 == 1 { -1.0 } else { 1.0 };
            assert_eq!(sample, 1.0 + 2.0 * sign * f32::from(shape[i % 8]) / 32.0);
        }
    }
}
