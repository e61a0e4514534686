//! Kernels that filter one signal, or the filters of all sub-frames at once.
//!
//! A recursive filter is slow because each sample waits for the one before. Here recursions run only for impulse
//! responses, eight filters side by side; signals pass through a filter as a convolution with its impulse response, and
//! what rings on from before enters it as an input (see `ringing`).

use super::lanes::{Lanes, get, put};
use super::{LEAD, ORDER, Response, SUBFRAME, Subframe};

/// `y[n] = Σ x[k] · h[n − k]` over one sub-frame, with silence before it.
#[inline(always)]
pub(super) fn convolve<V: Lanes>(h: &Response, x: &Subframe, y: &mut Subframe) {
    let mut sums = [V::splat(0.0); SUBFRAME / 8];
    for (k, &x) in x.iter().enumerate() {
        let x = V::splat(x);
        for block in k / 8..SUBFRAME / 8 {
            sums[block] = sums[block].add_product(x, get(h, LEAD + 8 * block - k));
        }
    }
    for (block, &sum) in sums.iter().enumerate() {
        put(sum, y, 8 * block);
    }
}

/// As [`convolve`], of an input that is zero after its first 16 samples.
#[inline(always)]
pub(super) fn convolve_start<V: Lanes>(h: &Response, x: &[f32; 16], y: &mut Subframe) {
    let mut sums = [V::splat(0.0); SUBFRAME / 8];
    // Only as many as a filter's memory has.
    for (k, &x) in x.iter().take(ORDER).enumerate() {
        let x = V::splat(x);
        for block in k / 8..SUBFRAME / 8 {
            sums[block] = sums[block].add_product(x, get(h, LEAD + 8 * block - k));
        }
    }
    for (block, &sum) in sums.iter().enumerate() {
        put(sum, y, 8 * block);
    }
}

/// `y[n] = x[n] + Σ a[k] · x[n − 1 − k]`; `x` begins ten samples before `y`, whose length is a multiple of eight.
#[inline(always)]
pub(super) fn predict<V: Lanes>(a: &[f32; ORDER], x: &[f32], y: &mut [f32]) {
    for at in (0..y.len()).step_by(8) {
        let mut sum: V = get(x, at + ORDER);
        let mut other = V::splat(0.0);
        for k in 0..ORDER / 2 {
            sum = sum.add_product(V::splat(a[2 * k]), get(x, at + ORDER - 1 - 2 * k));
            other = other.add_product(V::splat(a[2 * k + 1]), get(x, at + ORDER - 2 - 2 * k));
        }
        put(sum.plus(other), y, at);
    }
}

/// Impulse responses of eight filters `1 / A`, one in each lane.
#[inline(always)]
pub(super) fn impulse_responses<V: Lanes>(a: &[[f32; 8]; ORDER], h: &mut [[f32; 8]; SUBFRAME]) {
    let mut memory = [V::splat(0.0); ORDER + 1];
    let a = a.map(|a| V::load(&a));
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
    let mut sums = [V::splat(0.0); 2];
    for at in (0..x.len()).step_by(8) {
        let x: V = get(x, at);
        sums[at / 8 % 2] = sums[at / 8 % 2].add_product(x, x);
    }
    sums[0].plus(sums[1]).sum()
}

/// `out[i] = Σ x[n] · past[n + i]` for as many `i` as `out` has places, a multiple of eight.
#[inline(always)]
pub(super) fn correlate<V: Lanes>(x: &[f32], past: &[f32], out: &mut [f32]) {
    let lags = out.len();
    let mut lag = 0;
    while lag + 32 <= lags {
        let mut sums = [V::splat(0.0); 4];
        for (n, &x) in x.iter().enumerate() {
            let x = V::splat(x);
            for (k, sum) in sums.iter_mut().enumerate() {
                *sum = sum.add_product(x, get(past, n + lag + 8 * k));
            }
        }
        for (k, &sum) in sums.iter().enumerate() {
            put(sum, out, lag + 8 * k);
        }
        lag += 32;
    }
    while lag < lags {
        let mut sums = [V::splat(0.0); 4];
        for (n, &x) in x.iter().enumerate() {
            sums[n % 4] = sums[n % 4].add_product(V::splat(x), get(past, n + lag));
        }
        put(sums[0].plus(sums[1]).plus(sums[2].plus(sums[3])), out, lag);
        lag += 8;
    }
}

/// `out[i] = Σ past[i + n]²` over `n` below `len`, a multiple of eight; so is the length of `out`. `past` goes on for
/// `out.len() + len` samples at least; `squares` is room for eight more, zeros at the end.
#[inline(always)]
pub(super) fn window_energies<V: Lanes>(past: &[f32], len: usize, squares: &mut [f32], out: &mut [f32]) {
    let reach = out.len() + len;
    for at in (0..reach).step_by(8) {
        let x: V = get(past, at);
        put(x.times(x), squares, at);
    }
    // Sums of two, four and eight neighbours, in place: each reads ahead of what it writes.
    for step in [1, 2, 4] {
        for at in (0..reach).step_by(8) {
            let here: V = get(squares, at);
            put(here.plus(get(squares, at + step)), squares, at);
        }
    }
    for at in (0..out.len()).step_by(8) {
        let mut sum: V = get(squares, at);
        for ahead in (8..len).step_by(8) {
            sum = sum.plus(get(squares, at + ahead));
        }
        put(sum, out, at);
    }
}

/// Takes the response of a filter to a shape that begins at `start` off `target`, from the end of the shape on.
#[inline(always)]
pub(super) fn subtract_response<V: Lanes>(h: &Response, shape: &[f32], start: usize, target: &mut [f32; SUBFRAME + 8]) {
    let after = start + shape.len();
    for at in (after..SUBFRAME).step_by(8) {
        let mut left: V = get(target, at);
        for (k, &sample) in shape.iter().enumerate() {
            left = left.sub_product(V::splat(sample), get(h, LEAD + at - start - k));
        }
        put(left, target, at);
    }
}
