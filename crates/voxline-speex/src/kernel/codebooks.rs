//! Kernels that look for the best entries of a codebook, eight entries at a time.
//!
//! A list of the best is short, the codebook long: so all distances are computed first, and a bound that the best cannot
//! exceed, taken from the least of each lane, leaves only few to look at one by one.

use super::filters::convolved;
use super::lanes::{Lanes, get, put, splat_all, window};
use super::{LEAD, Path, Response, SUBFRAME, Subframe, Survivors};

/// A bound that at least `len` values do not exceed, up to 16, from the least that each lane of even and of odd rows has
/// met: the least of these that `len` of them do not exceed. Mostly it lets exactly `len` values through.
#[inline(always)]
fn bound<V: Lanes>(even: V, odd: V, len: usize) -> f32 {
    let mut least = [[0.0; 8]; 2];
    even.store(&mut least[0]);
    odd.store(&mut least[1]);
    let mut bound = f32::INFINITY;
    for &value in least.as_flattened() {
        let limit = V::splat(value);
        let within = 16 - (limit.below(even) | limit.below(odd) << 8).count_ones();
        // No branch: which values these are cannot be predicted.
        bound = if within as usize >= len && value < bound { value } else { bound };
    }
    bound
}

/// Calls `offer` with the places, row times eight and lane, where a row of numbers does not exceed `limit`.
///
/// All rows are compared before the first place is looked at: how few there are is known then, not which row has one.
macro_rules! for_places_within {
    ($lanes:ty, $rows:expr, $limit:expr, $place:ident => $offer:block) => {
        for (group, rows) in $rows.chunks(8).enumerate() {
            let mut hits = 0_u64;
            for (row, numbers) in rows.iter().enumerate() {
                let beyond = $limit.below(<$lanes>::load(numbers));
                hits |= u64::from(!beyond & 0xFF) << (8 * row);
            }
            while hits != 0 {
                let $place = 64 * group + hits.trailing_zeros() as usize;
                hits &= hits - 1;
                $offer
            }
        }
    };
}

/// Offers the lags whose past correlates best with a signal: the measure is the energy that prediction from there takes
/// away, correlation² / energy. Place i of both slices is lag `last − i`; there are 128.
#[inline(always)]
pub(super) fn best_lags<V: Lanes>(correlations: &[f32; 128], energies: &[f32; 128], last: usize, lags: &mut Survivors) {
    let mut distances = [[0.0; 8]; 16];
    let mut least = [V::splat(f32::INFINITY); 2];
    for row in 0..16 {
        let correlation: V = get(correlations, 8 * row);
        let gained = correlation.times(correlation).over(V::splat(1.0).plus(get(energies, 8 * row)));
        let distance = V::splat(0.0).minus(gained);
        distance.store(&mut distances[row]);
        least[row % 2] = least[row % 2].least(distance);
    }
    let limit = V::splat(bound(least[0], least[1], lags.len()));
    for_places_within!(V, distances, limit, place => {
        lags.offer(distances[place / 8][place % 8], (last - place) as u16, 0);
    });
}

/// Filters the excitation at a lag's three taps and says how well they match a target: the correlation of the target with
/// tap 1, 2 and 3; of the taps 1 and 2, 2 and 3, 1 and 3; of each with itself.
///
/// Each tap is the one before, a sample later, with one new sample in front: so is its response.
#[inline(always)]
pub(super) fn try_lag<V: Lanes>(
    target: &Subframe,
    h: &Response,
    delayed: &[Subframe; 3],
    filtered: &mut [Subframe; 3],
) -> [f32; 9] {
    let mut shifted = [0.0; 8 + SUBFRAME];
    for (row, rows) in convolved::<V>(h, &delayed[0]).into_iter().enumerate() {
        put(rows, &mut filtered[0], 8 * row);
    }
    for tap in 1..3 {
        let first = V::splat(delayed[tap][0]);
        shifted[8..].copy_from_slice(&filtered[tap - 1]);
        for row in 0..SUBFRAME / 8 {
            let before: V = get(&shifted, 7 + 8 * row);
            put(before.add_product(first, get(h, LEAD + 8 * row)), &mut filtered[tap], 8 * row);
        }
    }
    let mut sums = [V::splat(0.0); 9];
    for at in (0..SUBFRAME).step_by(8) {
        let (t, x, y, z): (V, V, V, V) =
            (get(target, at), get(&filtered[0], at), get(&filtered[1], at), get(&filtered[2], at));
        let pairs = [(t, x), (t, y), (t, z), (x, y), (y, z), (x, z), (x, x), (y, y), (z, z)];
        for (sum, (a, b)) in sums.iter_mut().zip(pairs) {
            *sum = sum.add_product(a, b);
        }
    }
    let mut correlations = [0.0; 9];
    for (correlation, sum) in correlations.iter_mut().zip(sums) {
        *correlation = sum.sum();
    }
    correlations
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
    let [c1, c2, c3, c12, c23, c13, c11, c22, c33] = splat_all::<V, 9>(benefit);
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
    #[inline(always)]
    fn of_length<V: Lanes, const L: usize>(x: &[f32], weights: &[f32], table: &[[f32; 8]]) -> usize {
        let (x, weights) = (splat_all::<V, L>(x), splat_all::<V, L>(weights));
        let mut least = V::splat(f32::INFINITY);
        let mut place = V::splat(0.0);
        let (entries, _) = table.as_chunks::<L>();
        for (row, entries) in entries.iter().enumerate() {
            let mut distance = V::splat(0.0);
            for k in 0..L {
                let apart = x[k].minus(V::load(&entries[k]));
                distance = distance.add_product(apart.times(weights[k]), apart);
            }
            place = distance.where_below(least, V::splat(row as f32), place);
            least = least.least(distance);
        }
        least_lane(least, place)
    }
    match x.len() {
        5 => of_length::<V, 5>(x, weights, table),
        8 => of_length::<V, 8>(x, weights, table),
        _ => of_length::<V, 10>(x, weights, table),
    }
}

/// Half the energy of each shape after the filter whose impulse response begins with `h`, within the shape's length.
#[inline(always)]
pub(super) fn shape_energies<V: Lanes>(h: &Response, shapes: &[[f32; 8]], len: usize, halves: &mut [[f32; 8]]) {
    /// `ROWS` rows at a time, so that sums need not wait for each other.
    #[inline(always)]
    fn of_length<V: Lanes, const L: usize, const ROWS: usize>(
        h: &Response,
        shapes: &[[f32; 8]],
        halves: &mut [[f32; 8]],
    ) {
        let response = splat_all::<V, L>(&h[LEAD..]);
        let shapes = shapes.as_chunks::<L>().0.as_chunks::<ROWS>().0;
        for (shapes, halves) in shapes.iter().zip(halves.as_chunks_mut::<ROWS>().0) {
            let mut energies = [V::splat(0.0); ROWS];
            for n in 0..L {
                let mut y = [V::splat(0.0); ROWS];
                for k in 0..=n {
                    for row in 0..ROWS {
                        y[row] = y[row].add_product(V::load(&shapes[row][k]), response[n - k]);
                    }
                }
                for row in 0..ROWS {
                    energies[row] = energies[row].add_product(y[row], y[row]);
                }
            }
            for row in 0..ROWS {
                energies[row].times(V::splat(0.5)).store(&mut halves[row]);
            }
        }
    }
    match len {
        5 => of_length::<V, 5, 2>(h, shapes, halves),
        8 => of_length::<V, 8, 2>(h, shapes, halves),
        10 => of_length::<V, 10, 2>(h, shapes, halves),
        _ => of_length::<V, 20, 4>(h, shapes, halves),
    }
}

/// Offers every continuation of every path by a shape that begins at `start`: what a shape costs is half its filtered
/// energy less its correlation with the target through the filter. `distances` is room for all of them.
#[inline(always)]
pub(super) fn continue_paths<V: Lanes>(
    h: &Response,
    paths: &[Path],
    start: usize,
    (shapes, halves): (&[[f32; 8]], &[[f32; 8]]),
    signed: bool,
    distances: &mut [[f32; 8]],
    survivors: &mut Survivors,
) {
    #[inline(always)]
    fn of_kind<V: Lanes, const L: usize, const SIGNED: bool>(
        h: &Response,
        paths: &[Path],
        start: usize,
        (shapes, halves): (&[[f32; 8]], &[[f32; 8]]),
        distances: &mut [[f32; 8]],
        survivors: &mut Survivors,
    ) {
        let (shapes, _) = shapes.as_chunks::<L>();
        let mut least = [V::splat(f32::INFINITY); 2];
        for (path, distances) in paths.iter().zip(distances.chunks_exact_mut(halves.len())) {
            let wanted = window::<L>(&path.target, start);
            // The target filtered backwards: its correlation with a shape is that of the target with the response.
            let mut aim = [0.0; L];
            let mut energy = 0.0;
            let mut padded = [[0.0; L]; 2];
            padded[0] = *wanted;
            for (distance, &h) in h[LEAD..LEAD + L].iter().enumerate() {
                for (aim, &wanted) in aim.iter_mut().zip(&padded.as_flattened()[distance..]) {
                    *aim += wanted * h;
                }
            }
            for &wanted in wanted {
                energy += wanted * wanted;
            }
            let aim = splat_all::<V, L>(&aim);
            let cost = V::splat(path.cost + 0.5 * energy);
            let (halves, distances) = (halves.as_chunks::<2>().0, distances.as_chunks_mut::<2>().0);
            for ((shapes, halves), out) in shapes.as_chunks::<2>().0.iter().zip(halves).zip(distances) {
                for row in 0..2 {
                    let mut distance = V::load(&halves[row]).plus(cost);
                    if SIGNED {
                        let mut correlation = aim[0].times(V::load(&shapes[row][0]));
                        for k in 1..L {
                            correlation = correlation.add_product(aim[k], V::load(&shapes[row][k]));
                        }
                        distance = distance.minus(correlation.magnitude());
                    } else {
                        for k in 0..L {
                            distance = distance.sub_product(aim[k], V::load(&shapes[row][k]));
                        }
                    }
                    distance.store(&mut out[row]);
                    least[row] = least[row].least(distance);
                }
            }
        }
        let limit = V::splat(bound(least[0], least[1], survivors.len()));
        for (source, (path, distances)) in paths.iter().zip(distances.chunks_exact(halves.len())).enumerate() {
            for_places_within!(V, distances, limit, place => {
                let (row, lane) = (place / 8, place % 8);
                let mut entry = place;
                if SIGNED {
                    let wanted = window::<L>(&path.target, start);
                    let mut correlation = 0.0;
                    for from in 0..L {
                        for k in from..L {
                            correlation += shapes[row][from][lane] * wanted[k] * h[LEAD + k - from];
                        }
                    }
                    if correlation <= 0.0 {
                        entry += 8 * halves.len();
                    }
                }
                survivors.offer(distances[row][lane], entry as u16, source as u8);
            });
        }
    }
    let book = (shapes, halves);
    match (shapes.len() / halves.len(), signed) {
        (5, _) => of_kind::<V, 5, false>(h, paths, start, book, distances, survivors),
        (8, false) => of_kind::<V, 8, false>(h, paths, start, book, distances, survivors),
        (8, true) => of_kind::<V, 8, true>(h, paths, start, book, distances, survivors),
        (10, _) => of_kind::<V, 10, false>(h, paths, start, book, distances, survivors),
        _ => of_kind::<V, 20, false>(h, paths, start, book, distances, survivors),
    }
}
