//! Lanes of AArch64: NEON, which every such processor has.
#![expect(unsafe_code, reason = "vector instructions; each block says why it is sound")]

use super::lanes::Lanes;
use std::arch::aarch64::*;

/// Eight numbers in two registers: the low and the high half.
#[derive(Clone, Copy)]
pub(super) struct Pair(float32x4_t, float32x4_t);

// SAFETY of every block here: the instructions are NEON, which the target always has. Loads and stores go to references
// of exactly eight numbers.
impl Lanes for Pair {
    #[inline(always)]
    fn splat(value: f32) -> Self {
        // SAFETY: see above.
        let half = unsafe { vdupq_n_f32(value) };
        Self(half, half)
    }

    #[inline(always)]
    fn load(from: &[f32; 8]) -> Self {
        let from = from.as_ptr();
        // SAFETY: see above; both halves lie within the eight numbers.
        unsafe { Self(vld1q_f32(from), vld1q_f32(from.add(4))) }
    }

    #[inline(always)]
    fn store(self, to: &mut [f32; 8]) {
        let to = to.as_mut_ptr();
        // SAFETY: see above; both halves lie within the eight numbers.
        unsafe {
            vst1q_f32(to, self.0);
            vst1q_f32(to.add(4), self.1);
        }
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        // SAFETY: see above.
        unsafe { Self(vaddq_f32(self.0, other.0), vaddq_f32(self.1, other.1)) }
    }

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        // SAFETY: see above.
        unsafe { Self(vsubq_f32(self.0, other.0), vsubq_f32(self.1, other.1)) }
    }

    #[inline(always)]
    fn times(self, other: Self) -> Self {
        // SAFETY: see above.
        unsafe { Self(vmulq_f32(self.0, other.0), vmulq_f32(self.1, other.1)) }
    }

    #[inline(always)]
    fn over(self, other: Self) -> Self {
        // SAFETY: see above.
        unsafe { Self(vdivq_f32(self.0, other.0), vdivq_f32(self.1, other.1)) }
    }

    #[inline(always)]
    fn add_product(self, factor: Self, other: Self) -> Self {
        // SAFETY: see above.
        unsafe { Self(vfmaq_f32(self.0, factor.0, other.0), vfmaq_f32(self.1, factor.1, other.1)) }
    }

    #[inline(always)]
    fn sub_product(self, factor: Self, other: Self) -> Self {
        // SAFETY: see above.
        unsafe { Self(vfmsq_f32(self.0, factor.0, other.0), vfmsq_f32(self.1, factor.1, other.1)) }
    }

    #[inline(always)]
    fn least(self, other: Self) -> Self {
        // SAFETY: see above.
        unsafe { Self(vminq_f32(self.0, other.0), vminq_f32(self.1, other.1)) }
    }

    #[inline(always)]
    fn greatest(self, other: Self) -> Self {
        // SAFETY: see above.
        unsafe { Self(vmaxq_f32(self.0, other.0), vmaxq_f32(self.1, other.1)) }
    }

    #[inline(always)]
    fn magnitude(self) -> Self {
        // SAFETY: see above.
        unsafe { Self(vabsq_f32(self.0), vabsq_f32(self.1)) }
    }

    #[inline(always)]
    fn where_below(self, limit: Self, yes: Self, no: Self) -> Self {
        // SAFETY: see above.
        unsafe {
            Self(vbslq_f32(vcltq_f32(self.0, limit.0), yes.0, no.0), vbslq_f32(vcltq_f32(self.1, limit.1), yes.1, no.1))
        }
    }

    #[inline(always)]
    fn below(self, limit: Self) -> u32 {
        // SAFETY: see above; the table has four numbers.
        unsafe {
            let bits = vld1q_u32([1, 2, 4, 8].as_ptr());
            let low = vaddvq_u32(vandq_u32(vcltq_f32(self.0, limit.0), bits));
            low | vaddvq_u32(vandq_u32(vcltq_f32(self.1, limit.1), bits)) << 4
        }
    }

    #[inline(always)]
    fn sum(self) -> f32 {
        // SAFETY: see above.
        unsafe { vaddvq_f32(vaddq_f32(self.0, self.1)) }
    }
}

super::instantiate!(super::Pair, { #[target_feature(enable = "neon")] });
