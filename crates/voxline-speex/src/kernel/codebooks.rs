//! Kernels that look for the best entry of a codebook, eight entries at a time.

use super::lanes::{Lanes, get};
use super::{SUBFRAME, Subframe, Survivors};

/// Correlations that say how well three filtered taps match a target: of the target with tap 1, 2 and 3; of the taps 1
/// and 2, 2 and 3, 1 and 3; of each with itself.
#[inline(always)]
pub(super) fn tap_correlations<V: Lanes>(target: &Subframe, taps: &[Subframe; 3]) -> [f32; 9] {
    let mut sums = [V::splat(0.0); 9];
    for at in (0..SUBFRAME).step_by(8) {
        let t: V = get(target, at);
        let [x, y, z]: [V; 3] = [get(&taps[0], at), get(&taps[1], at), get(&taps[2], at)];
        for (sum, (a, b)) in
            sums.iter_mut().zip([(t, x), (t, y), (t, z), (x, y), (y, z), (x, z), (x, x), (y, y), (z, z)])
        {
            *sum = sum.add_product(a, b);
        }
    }
    sums.map(V::sum)
}

/// Which row of eight and lane of a table has the least value, when every lane knows its own least and where it was.
#[inline(always)]
fn least_lane<V: Lanes>(value: V, row: V) -> usize {
    let (mut values, mut rows) = ([0.0; 8], [0.0; 8]);
    value.store(&mut values);
    row.store(&mut rows);
    let mut best = 0;
    for lane in 1..8 {
        // Of equals the first entry wins, whatever lane it is in.
        if values[lane] < values[best] || (values[lane] == values[best] && rows[lane] < rows[best]) {
            best = lane;
        }
    }
    rows[best] as usize * 8 + best
}

/// The entry of a pitch gain codebook that takes most of the target away, among those whose weight is within `limit`.
///
/// `benefit` holds, in this order, what a unit of g₁, g₂, g₃ brings and what a unit of g₁g₂, g₂g₃, g₁g₃, g₁², g₂², g₃²
/// costs. A row of the table has the gains of eight entries and their weights.
#[inline(always)]
pub(super) fn pitch_gains<V: Lanes>(benefit: &[f32; 9], limit: f32, table: &[[[f32; 8]; 4]]) -> usize {
    let [c1, c2, c3, c12, c23, c13, c11, c22, c33] = benefit.map(V::splat);
    let limit = V::splat(limit);
    let mut least = V::splat(f32::INFINITY);
    let mut place = V::splat(0.0);
    for (row, [g1, g2, g3, weight]) in table.iter().enumerate() {
        let (g1, g2, g3) = (V::load(g1), V::load(g2), V::load(g3));
        // Σ g·(cost of g with all gains − benefit of g), less is better.
        let first = g1.times(c11).minus(c1).add_product(g2, c12).add_product(g3, c13);
        let second = g2.times(c22).minus(c2).add_product(g3, c23);
        let third = g3.times(c33).minus(c3);
        let cost = g1.times(first).add_product(g2, second).add_product(g3, third);
        let cost = limit.where_below(V::load(weight), V::splat(f32::INFINITY), cost);
        place = cost.where_below(least, V::splat(row as f32), place);
        least = least.least(cost);
    }
    least_lane(least, place)
}

/// The entry of a codebook nearest to `x` when dimension k counts `weights[k]`-fold. A row of the table has one dimension
/// of eight entries, `x.len()` rows follow each other.
#[inline(always)]
pub(super) fn nearest<V: Lanes>(x: &[f32], weights: &[f32], table: &[[f32; 8]]) -> usize {
    let mut least = V::splat(f32::INFINITY);
    let mut place = V::splat(0.0);
    for (row, entries) in table.chunks_exact(x.len()).enumerate() {
        let mut distance = V::splat(0.0);
        for ((&x, &weight), entries) in x.iter().zip(weights).zip(entries) {
            let apart = V::splat(x).minus(V::load(entries));
            distance = distance.add_product(apart.times(V::splat(weight)), apart);
        }
        place = distance.where_below(least, V::splat(row as f32), place);
        least = least.least(distance);
    }
    least_lane(least, place)
}

/// Half the energy of each shape after the filter whose impulse response begins with `h`, within the shape's length.
#[inline(always)]
pub(super) fn shape_energies<V: Lanes>(h: &[f32], shapes: &[[f32; 8]], len: usize, halves: &mut [[f32; 8]]) {
    #[inline(always)]
    fn of_length<V: Lanes, const L: usize>(h: &[f32], shapes: &[[f32; 8]], halves: &mut [[f32; 8]]) {
        let mut response = [V::splat(0.0); L];
        for (lanes, &h) in response.iter_mut().zip(h) {
            *lanes = V::splat(h);
        }
        let (shapes, _) = shapes.as_chunks::<L>();
        for (shape, half) in shapes.iter().zip(halves) {
            let shape = shape.map(|shape| V::load(&shape));
            let mut energy = V::splat(0.0);
            for n in 0..L {
                let mut y = shape[0].times(response[n]);
                for k in 1..=n {
                    y = y.add_product(shape[k], response[n - k]);
                }
                energy = energy.add_product(y, y);
            }
            energy.times(V::splat(0.5)).store(half);
        }
    }
    match len {
        5 => of_length::<V, 5>(h, shapes, halves),
        8 => of_length::<V, 8>(h, shapes, halves),
        10 => of_length::<V, 10>(h, shapes, halves),
        _ => of_length::<V, 20>(h, shapes, halves),
    }
}

/// Offers every shape to the survivors: its distance is half its filtered energy less its correlation with `aim`, plus
/// what the path it continues has cost.
#[inline(always)]
pub(super) fn search_shapes<V: Lanes>(
    aim: &[f32],
    shapes: &[[f32; 8]],
    halves: &[[f32; 8]],
    signed: bool,
    path: (u8, f32),
    survivors: &mut Survivors,
) {
    #[inline(always)]
    fn of_kind<V: Lanes, const L: usize, const SIGNED: bool>(
        aim: &[f32],
        shapes: &[[f32; 8]],
        halves: &[[f32; 8]],
        (source, cost): (u8, f32),
        survivors: &mut Survivors,
    ) {
        let mut wanted = [V::splat(0.0); L];
        for (lanes, &aim) in wanted.iter_mut().zip(aim) {
            *lanes = V::splat(aim);
        }
        let (shapes, _) = shapes.as_chunks::<L>();
        let cost = V::splat(cost);
        let mut limit = V::splat(survivors.limit());
        for (row, (shape, half)) in shapes.iter().zip(halves).enumerate() {
            let mut correlation = wanted[0].times(V::load(&shape[0]));
            for k in 1..L {
                correlation = correlation.add_product(wanted[k], V::load(&shape[k]));
            }
            let gained = if SIGNED { correlation.magnitude() } else { correlation };
            let distance = V::load(half).plus(cost).minus(gained);
            let mut hits = distance.below(limit);
            if hits != 0 {
                let (mut distances, mut correlations) = ([0.0; 8], [0.0; 8]);
                distance.store(&mut distances);
                correlation.store(&mut correlations);
                while hits != 0 {
                    let lane = (hits.trailing_zeros() & 7) as usize;
                    hits &= hits - 1;
                    let negative = SIGNED && correlations[lane] <= 0.0;
                    let entry = 8 * row + lane + if negative { 8 * halves.len() } else { 0 };
                    survivors.offer(distances[lane], entry as u16, source);
                }
                limit = V::splat(survivors.limit());
            }
        }
    }
    match (aim.len(), signed) {
        (5, _) => of_kind::<V, 5, false>(aim, shapes, halves, path, survivors),
        (8, false) => of_kind::<V, 8, false>(aim, shapes, halves, path, survivors),
        (8, true) => of_kind::<V, 8, true>(aim, shapes, halves, path, survivors),
        (10, _) => of_kind::<V, 10, false>(aim, shapes, halves, path, survivors),
        _ => of_kind::<V, 20, false>(aim, shapes, halves, path, survivors),
    }
}

/// Offers the lags whose past correlates best with a signal: the measure is the energy that prediction from there takes
/// away, correlation² / energy. Place i of both slices is lag `last − i`.
#[inline(always)]
pub(super) fn best_lags<V: Lanes>(correlations: &[f32], energies: &[f32], last: usize, lags: &mut Survivors) {
    for at in (0..correlations.len()).step_by(8) {
        let correlation: V = get(correlations, at);
        let gained = correlation.times(correlation).over(V::splat(1.0).plus(get(energies, at)));
        let distance = V::splat(0.0).minus(gained);
        let mut hits = distance.below(V::splat(lags.limit()));
        if hits != 0 {
            let mut distances = [0.0; 8];
            distance.store(&mut distances);
            while hits != 0 {
                let lane = (hits.trailing_zeros() & 7) as usize;
                hits &= hits - 1;
                lags.offer(distances[lane], (last - at - lane) as u16, 0);
            }
        }
    }
}
