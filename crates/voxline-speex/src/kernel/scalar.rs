//! Lanes without special instructions: the twin that the others are judged by, and what every processor can do.

use super::lanes::Lanes;

/// Eight numbers in an array.
#[derive(Clone, Copy)]
pub(super) struct Array([f32; 8]);

impl Array {
    #[inline(always)]
    fn zip(self, other: Self, with: impl Fn(f32, f32) -> f32) -> Self {
        Self(std::array::from_fn(|k| with(self.0[k], other.0[k])))
    }
}

impl Lanes for Array {
    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self([value; 8])
    }

    #[inline(always)]
    fn load(from: &[f32; 8]) -> Self {
        Self(*from)
    }

    #[inline(always)]
    fn store(self, to: &mut [f32; 8]) {
        *to = self.0;
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self.zip(other, |a, b| a + b)
    }

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        self.zip(other, |a, b| a - b)
    }

    #[inline(always)]
    fn times(self, other: Self) -> Self {
        self.zip(other, |a, b| a * b)
    }

    #[inline(always)]
    fn over(self, other: Self) -> Self {
        self.zip(other, |a, b| a / b)
    }

    #[inline(always)]
    fn add_product(self, factor: Self, other: Self) -> Self {
        self.plus(factor.times(other))
    }

    #[inline(always)]
    fn sub_product(self, factor: Self, other: Self) -> Self {
        self.minus(factor.times(other))
    }

    #[inline(always)]
    fn least(self, other: Self) -> Self {
        self.zip(other, |a, b| if a < b { a } else { b })
    }

    #[inline(always)]
    fn greatest(self, other: Self) -> Self {
        self.zip(other, |a, b| if a > b { a } else { b })
    }

    #[inline(always)]
    fn magnitude(self) -> Self {
        Self(self.0.map(f32::abs))
    }

    #[inline(always)]
    fn where_below(self, limit: Self, yes: Self, no: Self) -> Self {
        Self(std::array::from_fn(|k| if self.0[k] < limit.0[k] { yes.0[k] } else { no.0[k] }))
    }

    #[inline(always)]
    fn below(self, limit: Self) -> u32 {
        self.0.iter().zip(&limit.0).rev().fold(0, |mask, (a, b)| mask << 1 | u32::from(a < b))
    }

    #[inline(always)]
    fn sum(self) -> f32 {
        let [a, b, c, d, e, f, g, h] = self.0;
        ((a + e) + (c + g)) + ((b + f) + (d + h))
    }
}

super::instantiate!(super::Array, {});
