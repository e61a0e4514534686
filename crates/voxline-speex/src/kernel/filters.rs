//! Kernels that filter one signal, or the filters of all sub-frames at once.
//!
//! A recursive filter is slow because each sample waits for the one before. Here recursions run only for impulse
//! responses, eight filters side by side; signals pass through a filter as a convolution with its impulse response, and
//! what rings on from before enters it as an input (see `encode::subframes::tail`).

#![expect(clippy::needless_range_loop, reason = "places in several arrays at once, all known when it is compiled")]

use super::lanes::{Lanes, get, load_all, put, splat_all, window};
use super::{Filters, LEAD, ORDER, Response, SUBFRAME, Subframe};

/// Rows of eight samples in a sub-frame.
const ROWS: usize = SUBFRAME / 8;

/// What input row k gives to output row k + `D`, for all k: eight shifts of the response serve them all.
#[inline(always)]
fn diagonal<V: Lanes, const D: usize>(h: &Response, x: &Subframe, sums: &mut [V; ROWS]) {
    let mut shifted = [V::splat(0.0); 8];
    for (k, shifted) in shifted.iter_mut().enumerate() {
        *shifted = get(h, LEAD + 8 * D - k);
    }
    for row in D..ROWS {
        let from = 8 * (row - D);
        // Two chains, so that not every product waits for the one before.
        let mut even = V::splat(x[from]).times(shifted[0]);
        let mut odd = V::splat(x[from + 1]).times(shifted[1]);
        for k in 1..4 {
            even = even.add_product(V::splat(x[from + 2 * k]), shifted[2 * k]);
            odd = odd.add_product(V::splat(x[from + 2 * k + 1]), shifted[2 * k + 1]);
        }
        sums[row] = sums[row].plus(even.plus(odd));
    }
}

/// The rows of `y[n] = Σ x[k] · h[n − k]`.
#[inline(always)]
pub(super) fn convolved<V: Lanes>(h: &Response, x: &Subframe) -> [V; ROWS] {
    let mut sums = [V::splat(0.0); ROWS];
    diagonal::<V, 0>(h, x, &mut sums);
    diagonal::<V, 1>(h, x, &mut sums);
    diagonal::<V, 2>(h, x, &mut sums);
    diagonal::<V, 3>(h, x, &mut sums);
    diagonal::<V, 4>(h, x, &mut sums);
    sums
}

/// `y[n] = Σ x[k] · h[n − k]` over one sub-frame, with silence before it.
#[inline(always)]
pub(super) fn convolve<V: Lanes>(h: &Response, x: &Subframe, y: &mut Subframe) {
    for (row, sum) in convolved::<V>(h, x).into_iter().enumerate() {
        put(sum, y, 8 * row);
    }
}

/// As [`convolve`], of an input that is zero after its first ten samples.
#[inline(always)]
pub(super) fn convolve_start<V: Lanes>(h: &Response, x: &[f32; 16], y: &mut Subframe) {
    for row in 0..ROWS {
        let window = window::<24>(h, LEAD - 16 + 8 * row);
        let mut even = V::splat(x[0]).times(get(window, 16));
        let mut odd = V::splat(x[1]).times(get(window, 15));
        for k in 1..ORDER / 2 {
            even = even.add_product(V::splat(x[2 * k]), get(window, 16 - 2 * k));
            odd = odd.add_product(V::splat(x[2 * k + 1]), get(window, 15 - 2 * k));
        }
        put(even.plus(odd), y, 8 * row);
    }
}

/// `y[n] = x[n] + Σ a[k] · x[n − 1 − k]`; `x` begins ten samples before `y`, whose length is a multiple of eight.
#[inline(always)]
pub(super) fn predict<V: Lanes>(a: &[f32; ORDER], x: &[f32], y: &mut [f32]) {
    let factors = splat_all::<V, ORDER>(a);
    let (rows, _) = y.as_chunks_mut::<8>();
    for (row, y) in rows.iter_mut().enumerate() {
        let window = window::<{ ORDER + 8 }>(x, 8 * row);
        let mut sum: V = get(window, ORDER);
        let mut other = factors[1].times(get(window, ORDER - 2));
        sum = sum.add_product(factors[0], get(window, ORDER - 1));
        for k in 1..ORDER / 2 {
            sum = sum.add_product(factors[2 * k], get(window, ORDER - 1 - 2 * k));
            other = other.add_product(factors[2 * k + 1], get(window, ORDER - 2 - 2 * k));
        }
        sum.plus(other).store(y);
    }
}

/// Impulse responses of eight filters `1 / A`, one in each lane.
#[inline(always)]
pub(super) fn impulse_responses<V: Lanes>(a: &Filters, h: &mut [[f32; 8]; SUBFRAME]) {
    let mut memory = [V::splat(0.0); ORDER + 1];
    let a = load_all::<V, ORDER>(a);
    memory[0] = V::splat(1.0);
    for h in h {
        let y = memory[0];
        for k in 0..ORDER {
            memory[k] = memory[k + 1].sub_product(a[k], y);
        }
        y.store(h);
    }
}

/// `Σ x²`; the length is a multiple of eight.
#[inline(always)]
pub(super) fn energy<V: Lanes>(x: &[f32]) -> f32 {
    let (rows, _) = x.as_chunks::<8>();
    let (pairs, rest) = rows.as_chunks::<2>();
    let mut sums = [V::splat(0.0); 2];
    for [first, second] in pairs {
        let (first, second) = (V::load(first), V::load(second));
        sums[0] = sums[0].add_product(first, first);
        sums[1] = sums[1].add_product(second, second);
    }
    for row in rest {
        let row = V::load(row);
        sums[0] = sums[0].add_product(row, row);
    }
    sums[0].plus(sums[1]).sum()
}

/// `out[i] = Σ x[n] · past[n + i]` for as many `i` as `out` has places, a multiple of eight.
#[inline(always)]
pub(super) fn correlate<V: Lanes>(x: &[f32], past: &[f32], out: &mut [f32]) {
    let (wide, narrow) = out.as_chunks_mut::<64>();
    let done = 64 * wide.len();
    for (group, out) in wide.iter_mut().enumerate() {
        let mut sums = [V::splat(0.0); 8];
        for (n, &x) in x.iter().enumerate() {
            let (x, window) = (V::splat(x), window::<64>(past, n + 64 * group));
            for k in 0..8 {
                sums[k] = sums[k].add_product(x, get(window, 8 * k));
            }
        }
        for k in 0..8 {
            put(sums[k], out, 8 * k);
        }
    }
    let (rows, _) = narrow.as_chunks_mut::<8>();
    for (row, out) in rows.iter_mut().enumerate() {
        let mut sums = [V::splat(0.0); 4];
        let (four, rest) = x.as_chunks::<4>();
        for (group, x) in four.iter().enumerate() {
            let window = window::<11>(past, done + 8 * row + 4 * group);
            for k in 0..4 {
                sums[k] = sums[k].add_product(V::splat(x[k]), get(window, k));
            }
        }
        for (k, &x) in rest.iter().enumerate() {
            sums[0] = sums[0].add_product(V::splat(x), get(past, done + 8 * row + 4 * four.len() + k));
        }
        sums[0].plus(sums[1]).plus(sums[2].plus(sums[3])).store(out);
    }
}

/// `out[i] = Σ past[i + n]²` over `n` below `len`, a multiple of eight; so is the length of `out`. `past` goes on for
/// `out.len() + len` samples at least; `squares` is room for eight more, zeros at the end.
#[inline(always)]
pub(super) fn window_energies<V: Lanes>(past: &[f32], len: usize, squares: &mut [f32], out: &mut [f32]) {
    let rows = (out.len() + len) / 8;
    for row in 0..rows {
        let x: V = get(past, 8 * row);
        put(x.times(x), squares, 8 * row);
    }
    // The sum of eight neighbours at each place, in place: each row reads ahead of what it writes.
    for row in 0..rows {
        let window = window::<16>(squares, 8 * row);
        let mut sums = [get::<V>(window, 0), get::<V>(window, 1), get::<V>(window, 2), get::<V>(window, 3)];
        for k in 0..4 {
            sums[k] = sums[k].plus(get(window, k + 4));
        }
        put(sums[0].plus(sums[1]).plus(sums[2].plus(sums[3])), squares, 8 * row);
    }
    let (out, _) = out.as_chunks_mut::<8>();
    for (row, out) in out.iter_mut().enumerate() {
        let mut sum: V = get(squares, 8 * row);
        for ahead in 1..len / 8 {
            sum = sum.plus(get(squares, 8 * (row + ahead)));
        }
        sum.store(out);
    }
}

/// `left[n] = target[n]` less the response of a filter to a shape that begins at `start`, from the end of the shape on.
#[inline(always)]
pub(super) fn subtract_response<V: Lanes>(
    h: &Response,
    shape: &[f32],
    start: usize,
    target: &[f32; SUBFRAME + 8],
    left: &mut [f32; SUBFRAME + 8],
) {
    #[inline(always)]
    fn of_length<V: Lanes, const L: usize>(
        h: &Response,
        shape: &[f32],
        start: usize,
        target: &[f32; SUBFRAME + 8],
        left: &mut [f32; SUBFRAME + 8],
    ) {
        let factors = splat_all::<V, L>(shape);
        let mut at = start + L;
        while at < SUBFRAME {
            let mut sum: V = get(target, at);
            let mut other = V::splat(0.0);
            let window = window::<28>(h, LEAD + at - start - 20);
            for k in 0..L {
                if k % 2 == 0 {
                    sum = sum.sub_product(factors[k], get(window, 20 - k));
                } else {
                    other = other.sub_product(factors[k], get(window, 20 - k));
                }
            }
            put(sum.plus(other), left, at);
            at += 8;
        }
    }
    match shape.len() {
        5 => of_length::<V, 5>(h, shape, start, target, left),
        8 => of_length::<V, 8>(h, shape, start, target, left),
        10 => of_length::<V, 10>(h, shape, start, target, left),
        _ => of_length::<V, 20>(h, shape, start, target, left),
    }
}
