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

/// `N` numbers from `at` on; zeros if they are not there, which no caller asks for. Within such a window of known size a
/// load needs no check.
#[inline(always)]
pub(super) fn window<const N: usize>(from: &[f32], at: usize) -> &[f32; N] {
    match from.get(at..) {
        Some(from) => match from.first_chunk() {
            Some(window) => window,
            None => const { &[0.0; N] },
        },
        None => const { &[0.0; N] },
    }
}

/// Loads eight numbers from `at` on.
#[inline(always)]
pub(super) fn get<V: Lanes>(from: &[f32], at: usize) -> V {
    V::load(window(from, at))
}

/// Stores to eight places from `at` on, if they are there.
#[inline(always)]
pub(super) fn put<V: Lanes>(lanes: V, to: &mut [f32], at: usize) {
    if let Some(to) = to.get_mut(at..)
        && let Some(to) = to.first_chunk_mut()
    {
        lanes.store(to);
    }
}

/// Every number in all lanes. A loop, not `map`: a closure would not be compiled for the instruction set.
#[inline(always)]
pub(super) fn splat_all<V: Lanes, const N: usize>(values: &[f32]) -> [V; N] {
    let mut all = [V::splat(0.0); N];
    for (lanes, &value) in all.iter_mut().zip(values) {
        *lanes = V::splat(value);
    }
    all
}

/// Every row in lanes.
#[inline(always)]
pub(super) fn load_all<V: Lanes, const N: usize>(rows: &[[f32; 8]]) -> [V; N] {
    let mut all = [V::splat(0.0); N];
    for (lanes, row) in all.iter_mut().zip(rows) {
        *lanes = V::load(row);
    }
    all
}
