//! Kernels between line spectral pairs and prediction filters, eight filters or eight frequencies at a time.

use super::lanes::{Lanes, load_all, splat_all};
use super::{Filters, ORDER};
use std::f32::consts::{FRAC_PI_2, PI};

/// Cosine of an angle within 0 to π, as a polynomial of the format's reference: what the decoder computes too.
///
/// **Source**: libspeex 1.2.1, math_approx.h (`spx_cos`, float); Xiph.Org, BSD-3-Clause (see NOTICE).
#[inline(always)]
fn cosine<V: Lanes>(angle: V) -> V {
    let mirrored = V::splat(PI).minus(angle);
    let right = V::splat(FRAC_PI_2);
    let near = angle.where_below(right, angle, mirrored);
    let square = near.times(near);
    let series = V::splat(0.041_487_747).add_product(square, V::splat(-0.001_271_209_5));
    let series = V::splat(-0.499_912_44).add_product(square, series);
    let series = V::splat(0.999_993_3).add_product(square, series);
    angle.where_below(right, series, V::splat(0.0).minus(series))
}

/// Keeps neighbours `margin` apart, so that the filter stays stable.
///
/// **Source**: libspeex 1.2.1, lsp.c (`lsp_interpolate`, float): the order of the steps is part of the format.
#[inline(always)]
fn spread<V: Lanes, const N: usize>(lsp: &mut [V; ORDER], margin: f32) {
    let apart = V::splat(margin);
    lsp[0] = lsp[0].greatest(apart);
    lsp[N - 1] = lsp[N - 1].least(V::splat(PI - margin));
    for k in 1..N - 1 {
        let free = lsp[k].greatest(lsp[k - 1].plus(apart));
        let roof = lsp[k + 1].minus(apart);
        // The middle between both where the roof is lower, which is less than `free` exactly then.
        lsp[k] = free.least(free.plus(roof).times(V::splat(0.5)));
    }
}

/// `P(z)/(1 + z⁻¹)` (`FIRST` 0) or `Q(z)/(1 − z⁻¹)` (1): the product of `1 − 2·cos ω·z⁻¹ + z⁻²` over every other line
/// spectral pair. It is symmetric, so that half of its coefficients are enough.
#[inline(always)]
fn product<V: Lanes, const HALF: usize, const FIRST: usize>(lsp: &[V; ORDER]) -> [V; ORDER / 2 + 1] {
    let mut poly = [V::splat(0.0); ORDER / 2 + 1];
    poly[0] = V::splat(1.0);
    for section in 0..HALF {
        let twice = cosine(lsp[2 * section + FIRST]).times(V::splat(2.0));
        // The middle is at `section` so far: what lies beyond mirrors what lies before.
        let previous = poly;
        let beyond = if section > 0 { previous[section - 1] } else { V::splat(0.0) };
        poly[section + 1] = beyond.plus(beyond).sub_product(twice, previous[section]);
        for k in 1..=section {
            let near = if k >= 2 { previous[k].plus(previous[k - 2]) } else { previous[k] };
            poly[k] = near.sub_product(twice, previous[k - 1]);
        }
    }
    poly
}

/// Coefficients of A = (P + Q) / 2.
#[inline(always)]
fn of_order<V: Lanes, const HALF: usize>(lsp: &[V; ORDER], a: &mut Filters) {
    let p = product::<V, HALF, 0>(lsp);
    let q = product::<V, HALF, 1>(lsp);
    let half = V::splat(0.5);
    for k in 1..=HALF {
        // The factors 1 + z⁻¹ and 1 − z⁻¹.
        let even = p[k].plus(p[k - 1]);
        let odd = q[k].minus(q[k - 1]);
        even.plus(odd).times(half).store(&mut a[k - 1]);
        even.minus(odd).times(half).store(&mut a[2 * HALF - k]);
    }
}

/// Coefficients of the prediction filters whose line spectral pairs lie between two sets.
///
/// Lane j is at `old + part[j] · (new − old)` of its own two sets. The coefficients beyond `order` (8 or 10) are zero.
#[inline(always)]
pub(super) fn interpolated_filters<V: Lanes>(
    old: &Filters,
    new: &Filters,
    part: &[f32; 8],
    order: usize,
    margin: f32,
    a: &mut Filters,
) {
    let part = V::load(part);
    let rest = V::splat(1.0).minus(part);
    let (old, new) = (load_all::<V, ORDER>(old), load_all::<V, ORDER>(new));
    let mut lsp = old;
    for k in 0..ORDER {
        lsp[k] = rest.times(old[k]).add_product(part, new[k]);
    }
    *a = [[0.0; 8]; ORDER];
    if order == ORDER {
        spread::<V, ORDER>(&mut lsp, margin);
        of_order::<V, 5>(&lsp, a);
    } else {
        spread::<V, 8>(&mut lsp, margin);
        of_order::<V, 4>(&lsp, a);
    }
}

/// Value of a Chebyshev series `c[0] + Σ c[k]·Tₖ(x)` in each lane.
#[inline(always)]
fn chebyshev<V: Lanes>(c: &[V; ORDER / 2 + 1], x: V) -> V {
    let twice = x.plus(x);
    let (mut near, mut far) = (V::splat(0.0), V::splat(0.0));
    for k in (1..=ORDER / 2).rev() {
        let next = c[k].minus(far).add_product(twice, near);
        (near, far) = (next, near);
    }
    c[0].minus(far).add_product(x, near)
}

/// At which of 128 places a Chebyshev series is negative, the first in the lowest bit.
#[inline(always)]
pub(super) fn negative_places<V: Lanes>(c: &[f32; ORDER / 2 + 1], places: &[[f32; 8]; 16]) -> u128 {
    let c = splat_all::<V, { ORDER / 2 + 1 }>(c);
    let mut negative = 0;
    for (row, x) in places.iter().enumerate() {
        let below = chebyshev(&c, V::load(x)).below(V::splat(0.0));
        negative |= u128::from(below) << (8 * row);
    }
    negative
}

/// Roots of two Chebyshev series, each lane between `from` and `to`, where the series changes its sign: bisection, then a
/// straight line. A lane without such a change gets some number.
#[inline(always)]
pub(super) fn refine_roots<V: Lanes>(
    c: &[[f32; ORDER / 2 + 1]; 2],
    from: &[[f32; 8]; 2],
    to: &[[f32; 8]; 2],
    roots: &mut [[f32; 8]; 2],
) {
    const HALVINGS: usize = 7;
    let c = [splat_all::<V, { ORDER / 2 + 1 }>(&c[0]), splat_all::<V, { ORDER / 2 + 1 }>(&c[1])];
    let mut near = [V::load(&from[0]), V::load(&from[1])];
    let mut far = [V::load(&to[0]), V::load(&to[1])];
    let mut at_near = [chebyshev(&c[0], near[0]), chebyshev(&c[1], near[1])];
    let mut at_far = [chebyshev(&c[0], far[0]), chebyshev(&c[1], far[1])];
    let zero = V::splat(0.0);
    for _ in 0..HALVINGS {
        for k in 0..2 {
            let middle = near[k].plus(far[k]).times(V::splat(0.5));
            let at_middle = chebyshev(&c[k], middle);
            let changes = at_near[k].times(at_middle);
            far[k] = changes.where_below(zero, middle, far[k]);
            at_far[k] = changes.where_below(zero, at_middle, at_far[k]);
            near[k] = changes.where_below(zero, near[k], middle);
            at_near[k] = changes.where_below(zero, at_near[k], at_middle);
        }
    }
    for k in 0..2 {
        let slope = at_near[k].minus(at_far[k]);
        near[k].add_product(far[k].minus(near[k]), at_near[k].over(slope)).store(&mut roots[k]);
    }
}
