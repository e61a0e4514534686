//! Eight numbers side by side: what a kernel is written in.

/// Eight `f32` that every instruction set offers in its own way.
///
/// The kernels are written once over this trait; an instruction set brings the type. Whether a product and a sum round
/// once or twice is the set's affair: kernels of different sets agree to rounding, not bit for bit.
pub(super) trait Lanes: Copy {
    /// The same number in every lane.
    fn splat(value: f32) -> Self;
    fn load(from: &[f32; 8]) -> Self;
    fn store(self, to: &mut [f32; 8]);
    fn plus(self, other: Self) -> Self;
    fn minus(self, other: Self) -> Self;
    fn times(self, other: Self) -> Self;
    fn over(self, other: Self) -> Self;
    /// `self + factor · other`.
    fn add_product(self, factor: Self, other: Self) -> Self;
    /// `self − factor · other`.
    fn sub_product(self, factor: Self, other: Self) -> Self;
    fn least(self, other: Self) -> Self;
    fn greatest(self, other: Self) -> Self;
    fn magnitude(self) -> Self;
    /// Lane by lane, `yes` where this is less than `limit`, otherwise `no`.
    fn where_below(self, limit: Self, yes: Self, no: Self) -> Self;
    /// Bit k is set where lane k is less than that of `limit`.
    fn below(self, limit: Self) -> u32;
    /// All lanes added up.
    fn sum(self) -> f32;
}

/// Eight numbers from `at` on; zeros if they are not there, which no caller asks for.
#[inline(always)]
pub(super) fn eight(from: &[f32], at: usize) -> &[f32; 8] {
    from.get(at..).and_then(<[f32]>::first_chunk).unwrap_or(&[0.0; 8])
}

/// Stores to eight places from `at` on, if they are there.
#[inline(always)]
pub(super) fn put<V: Lanes>(lanes: V, to: &mut [f32], at: usize) {
    if let Some(to) = to.get_mut(at..).and_then(<[f32]>::first_chunk_mut) {
        lanes.store(to);
    }
}

/// [`Lanes::load`] from a place in a slice.
#[inline(always)]
pub(super) fn get<V: Lanes>(from: &[f32], at: usize) -> V {
    V::load(eight(from, at))
}
