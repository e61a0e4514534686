//! Lanes of x86-64: AVX2 with FMA where the processor has them, otherwise SSE2, which every such processor has.
#![expect(unsafe_code, reason = "vector instructions; each block says why it is sound")]

/// Whether the processor has what [`avx2`] needs.
pub(super) fn has_avx2() -> bool {
    use std::arch::is_x86_feature_detected as has;
    has!("avx2") && has!("fma") && has!("popcnt")
}

/// Eight numbers in one register of 256 bits.
pub(super) mod avx2 {
    use super::super::lanes::Lanes;
    use std::arch::x86_64::*;

    /// Only made inside the kernels of this module, which run only where AVX2 and FMA have been found.
    #[derive(Clone, Copy)]
    pub(in super::super) struct Wide(__m256);

    // SAFETY of every block here: the instructions need AVX, AVX2 or FMA. The methods are called by nobody but the
    // kernels below, whose functions enable these and are reached only through `Kernels::best` or `Kernels::all`, which
    // ask the processor first. Loads and stores go to references of exactly eight numbers.
    impl Lanes for Wide {
        #[inline(always)]
        fn splat(value: f32) -> Self {
            // SAFETY: see above.
            Self(unsafe { _mm256_set1_ps(value) })
        }

        #[inline(always)]
        fn load(from: &[f32; 8]) -> Self {
            // SAFETY: see above; the reference is valid for eight numbers, and the load needs no alignment.
            Self(unsafe { _mm256_loadu_ps(from.as_ptr()) })
        }

        #[inline(always)]
        fn store(self, to: &mut [f32; 8]) {
            // SAFETY: see above; the reference is valid for eight numbers, and the store needs no alignment.
            unsafe { _mm256_storeu_ps(to.as_mut_ptr(), self.0) }
        }

        #[inline(always)]
        fn plus(self, other: Self) -> Self {
            // SAFETY: see above.
            Self(unsafe { _mm256_add_ps(self.0, other.0) })
        }

        #[inline(always)]
        fn minus(self, other: Self) -> Self {
            // SAFETY: see above.
            Self(unsafe { _mm256_sub_ps(self.0, other.0) })
        }

        #[inline(always)]
        fn times(self, other: Self) -> Self {
            // SAFETY: see above.
            Self(unsafe { _mm256_mul_ps(self.0, other.0) })
        }

        #[inline(always)]
        fn over(self, other: Self) -> Self {
            // SAFETY: see above.
            Self(unsafe { _mm256_div_ps(self.0, other.0) })
        }

        #[inline(always)]
        fn add_product(self, factor: Self, other: Self) -> Self {
            // SAFETY: see above.
            Self(unsafe { _mm256_fmadd_ps(factor.0, other.0, self.0) })
        }

        #[inline(always)]
        fn sub_product(self, factor: Self, other: Self) -> Self {
            // SAFETY: see above.
            Self(unsafe { _mm256_fnmadd_ps(factor.0, other.0, self.0) })
        }

        #[inline(always)]
        fn least(self, other: Self) -> Self {
            // SAFETY: see above.
            Self(unsafe { _mm256_min_ps(self.0, other.0) })
        }

        #[inline(always)]
        fn greatest(self, other: Self) -> Self {
            // SAFETY: see above.
            Self(unsafe { _mm256_max_ps(self.0, other.0) })
        }

        #[inline(always)]
        fn magnitude(self) -> Self {
            // SAFETY: see above.
            Self(unsafe { _mm256_andnot_ps(_mm256_set1_ps(-0.0), self.0) })
        }

        #[inline(always)]
        fn where_below(self, limit: Self, yes: Self, no: Self) -> Self {
            // SAFETY: see above.
            Self(unsafe { _mm256_blendv_ps(no.0, yes.0, _mm256_cmp_ps::<_CMP_LT_OQ>(self.0, limit.0)) })
        }

        #[inline(always)]
        fn below(self, limit: Self) -> u32 {
            // SAFETY: see above.
            unsafe { _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_LT_OQ>(self.0, limit.0)) as u32 }
        }

        #[inline(always)]
        fn sum(self) -> f32 {
            // SAFETY: see above.
            unsafe {
                let four = _mm_add_ps(_mm256_castps256_ps128(self.0), _mm256_extractf128_ps::<1>(self.0));
                let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
                _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)))
            }
        }
    }

    super::super::instantiate!(super::Wide, { #[target_feature(enable = "avx2,fma,popcnt")] });
}

/// Eight numbers in two registers of 128 bits.
pub(super) mod sse2 {
    use super::super::lanes::Lanes;
    use std::arch::x86_64::*;

    /// The low and the high half.
    #[derive(Clone, Copy)]
    pub(in super::super) struct Pair(__m128, __m128);

    // SAFETY of every block here: the instructions are SSE and SSE2, which the target x86-64 always has. Loads and stores
    // go to references of exactly eight numbers.
    impl Lanes for Pair {
        #[inline(always)]
        fn splat(value: f32) -> Self {
            // SAFETY: see above.
            let half = unsafe { _mm_set1_ps(value) };
            Self(half, half)
        }

        #[inline(always)]
        fn load(from: &[f32; 8]) -> Self {
            let from = from.as_ptr();
            // SAFETY: see above; both halves lie within the eight numbers, and the load needs no alignment.
            unsafe { Self(_mm_loadu_ps(from), _mm_loadu_ps(from.add(4))) }
        }

        #[inline(always)]
        fn store(self, to: &mut [f32; 8]) {
            let to = to.as_mut_ptr();
            // SAFETY: see above; both halves lie within the eight numbers, and the store needs no alignment.
            unsafe {
                _mm_storeu_ps(to, self.0);
                _mm_storeu_ps(to.add(4), self.1);
            }
        }

        #[inline(always)]
        fn plus(self, other: Self) -> Self {
            // SAFETY: see above.
            unsafe { Self(_mm_add_ps(self.0, other.0), _mm_add_ps(self.1, other.1)) }
        }

        #[inline(always)]
        fn minus(self, other: Self) -> Self {
            // SAFETY: see above.
            unsafe { Self(_mm_sub_ps(self.0, other.0), _mm_sub_ps(self.1, other.1)) }
        }

        #[inline(always)]
        fn times(self, other: Self) -> Self {
            // SAFETY: see above.
            unsafe { Self(_mm_mul_ps(self.0, other.0), _mm_mul_ps(self.1, other.1)) }
        }

        #[inline(always)]
        fn over(self, other: Self) -> Self {
            // SAFETY: see above.
            unsafe { Self(_mm_div_ps(self.0, other.0), _mm_div_ps(self.1, other.1)) }
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
            // SAFETY: see above.
            unsafe { Self(_mm_min_ps(self.0, other.0), _mm_min_ps(self.1, other.1)) }
        }

        #[inline(always)]
        fn greatest(self, other: Self) -> Self {
            // SAFETY: see above.
            unsafe { Self(_mm_max_ps(self.0, other.0), _mm_max_ps(self.1, other.1)) }
        }

        #[inline(always)]
        fn magnitude(self) -> Self {
            // SAFETY: see above.
            unsafe {
                let sign = _mm_set1_ps(-0.0);
                Self(_mm_andnot_ps(sign, self.0), _mm_andnot_ps(sign, self.1))
            }
        }

        #[inline(always)]
        fn where_below(self, limit: Self, yes: Self, no: Self) -> Self {
            // SAFETY: see above.
            unsafe {
                let (low, high) = (_mm_cmplt_ps(self.0, limit.0), _mm_cmplt_ps(self.1, limit.1));
                Self(
                    _mm_or_ps(_mm_and_ps(low, yes.0), _mm_andnot_ps(low, no.0)),
                    _mm_or_ps(_mm_and_ps(high, yes.1), _mm_andnot_ps(high, no.1)),
                )
            }
        }

        #[inline(always)]
        fn below(self, limit: Self) -> u32 {
            // SAFETY: see above.
            unsafe {
                let low = _mm_movemask_ps(_mm_cmplt_ps(self.0, limit.0)) as u32;
                low | (_mm_movemask_ps(_mm_cmplt_ps(self.1, limit.1)) as u32) << 4
            }
        }

        #[inline(always)]
        fn sum(self) -> f32 {
            // SAFETY: see above.
            unsafe {
                let four = _mm_add_ps(self.0, self.1);
                let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
                _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps::<0b01>(two, two)))
            }
        }
    }

    super::super::instantiate!(super::Pair, { #[target_feature(enable = "sse2")] });
}
