//! Every kernel of every instruction set that this processor has against sums in double precision.

use super::*;
use crate::tables::pitch_gains::PITCH_GAINS_128;
use voxline_testkit::rng::Rng;

/// Numbers in −1 to 1.
fn numbers<const N: usize>(rng: &mut Rng) -> [f32; N] {
    std::array::from_fn(|_| 2.0 * rng.unit() as f32 - 1.0)
}

/// An impulse response between its zeros.
fn response(rng: &mut Rng) -> Response {
    let mut h = [0.0; LEAD + SUBFRAME + 8];
    h[LEAD..LEAD + SUBFRAME].copy_from_slice(&numbers::<SUBFRAME>(rng));
    h
}

/// The sum of products and what rounding may cost: a few units in the last place of the largest sum on the way.
fn products(pairs: impl Iterator<Item = (f32, f32)>) -> (f64, f64) {
    pairs.fold((0.0, 1e-30), |(sum, size), (a, b)| {
        let product = f64::from(a) * f64::from(b);
        (sum + product, size + product.abs() * 2e-6)
    })
}

fn assert_close(name: &str, what: &str, actual: f32, (expected, allowed): (f64, f64)) {
    assert!((f64::from(actual) - expected).abs() <= allowed, "{name}, {what}: {actual}, not {expected} ± {allowed:e}");
}

/// Runs a test with several random inputs on every instruction set; each gets the same.
fn on_all(test: impl Fn(&str, &Kernels, &mut Rng)) {
    for (name, kernels) in Kernels::all() {
        for seed in 0..8 {
            test(name, kernels, &mut Rng::new(seed));
        }
    }
}

#[test]
fn convolutions_are_sums_of_products() {
    on_all(|name, kernels, rng| {
        let (h, x) = (response(rng), numbers::<SUBFRAME>(rng));
        let mut start = [0.0; 16];
        start[..ORDER].copy_from_slice(&x[..ORDER]);
        let (mut whole, mut started) = ([0.0; SUBFRAME], [0.0; SUBFRAME]);
        (kernels.convolve)(&h, &x, &mut whole);
        (kernels.convolve_start)(&h, &start, &mut started);
        for n in 0..SUBFRAME {
            let sum = |inputs: usize| products((0..inputs.min(n + 1)).map(|k| (x[k], h[LEAD + n - k])));
            assert_close(name, "convolve", whole[n], sum(SUBFRAME));
            assert_close(name, "convolve_start", started[n], sum(ORDER));
        }
    });
}

#[test]
fn prediction_and_its_inverse_are_recursions() {
    on_all(|name, kernels, rng| {
        let (a, x) = (numbers::<ORDER>(rng), numbers::<{ ORDER + 160 }>(rng));
        let mut y = [0.0; 160];
        (kernels.predict)(&a, &x, &mut y);
        for n in 0..160 {
            let past = (0..ORDER).map(|k| (a[k], x[n + ORDER - 1 - k])).chain([(1.0, x[n + ORDER])]);
            assert_close(name, "predict", y[n], products(past));
        }
        let filters: Filters = std::array::from_fn(|_| numbers::<8>(rng).map(|a| 0.1 * a));
        let mut h = [[0.0; 8]; SUBFRAME];
        (kernels.impulse_responses)(&filters, &mut h);
        for lane in 0..8 {
            // 1 / A, then A, is an impulse again.
            for n in 0..SUBFRAME {
                let past = (0..ORDER.min(n)).map(|k| (filters[k][lane], h[n - 1 - k][lane]));
                let (sum, allowed) = products(past.chain([(1.0, h[n][lane])]));
                let expected = if n == 0 { 1.0 } else { 0.0 };
                assert!((sum - expected).abs() <= allowed + 1e-7, "{name}: lane {lane}, sample {n}: {sum}");
            }
        }
    });
}

#[test]
fn correlations_are_sums_at_each_lag() {
    on_all(|name, kernels, rng| {
        let (x, past) = (numbers::<200>(rng), numbers::<400>(rng));
        for (len, lags) in [(40, 128), (160, 128), (32, 160), (200, 16), (7, 8)] {
            let mut out = vec![0.0; lags];
            (kernels.correlate)(&x[..len], &past, &mut out);
            for (i, &out) in out.iter().enumerate() {
                assert_close(name, "correlate", out, products((0..len).map(|n| (x[n], past[n + i]))));
            }
        }
        assert_close(name, "energy", (kernels.energy)(&x), products(x.iter().map(|&x| (x, x))));
        assert_close(name, "energy", (kernels.energy)(&x[..40]), products(x[..40].iter().map(|&x| (x, x))));
        for len in [40, 160] {
            let (mut squares, mut out) = ([0.0; 128 + 160 + 8], [0.0; 128]);
            (kernels.window_energies)(&past, len, &mut squares, &mut out);
            for (i, &out) in out.iter().enumerate() {
                assert_close(name, "window_energies", out, products(past[i..i + len].iter().map(|&x| (x, x))));
            }
        }
    });
}

#[test]
fn responses_are_taken_off_after_their_shape() {
    on_all(|name, kernels, rng| {
        let (h, shape, target) = (response(rng), numbers::<20>(rng), numbers::<{ SUBFRAME + 8 }>(rng));
        for length in [5, 8, 10, 20] {
            for start in (0..SUBFRAME - length).step_by(length) {
                let mut left = [0.0; SUBFRAME + 8];
                (kernels.subtract_response)(&h, &shape[..length], start, &target, &mut left);
                for n in start + length..SUBFRAME {
                    let response = (0..length).map(|k| (-shape[k], h[LEAD + n - start - k]));
                    assert_close(name, "subtract_response", left[n], products(response.chain([(1.0, target[n])])));
                }
            }
        }
    });
}

#[test]
fn the_best_lags_are_the_best() {
    on_all(|name, kernels, rng| {
        let correlations = numbers::<128>(rng);
        let energies = numbers::<128>(rng).map(|x| 1.0 + x);
        for len in 1..=MOST_SURVIVORS {
            let mut lags = Survivors::new(len);
            (kernels.best_lags)(&correlations, &energies, 144, &mut lags);
            let mut all: Vec<(f32, usize)> =
                (0..128).map(|i| (correlations[i] * correlations[i] / (1.0 + energies[i]), 144 - i)).collect();
            all.sort_by(|a, b| b.0.total_cmp(&a.0));
            for ((distance, lag, _), best) in lags.iter().zip(&all) {
                assert_eq!(usize::from(lag), best.1, "{name}, {len} lags");
                assert!((distance + best.0).abs() <= 1e-6, "{name}: {distance}, {best:?}");
            }
        }
    });
}

#[test]
fn taps_are_filtered_and_matched() {
    on_all(|name, kernels, rng| {
        let (h, target) = (response(rng), numbers::<SUBFRAME>(rng));
        let signal = numbers::<{ SUBFRAME + 2 }>(rng);
        // Each tap is the one before, a sample later.
        let delayed: [Subframe; 3] = std::array::from_fn(|tap| std::array::from_fn(|n| signal[2 - tap + n]));
        let mut filtered = [[0.0; SUBFRAME]; 3];
        let found = (kernels.try_lag)(&target, &h, &delayed, &mut filtered);
        for tap in 0..3 {
            for n in 0..SUBFRAME {
                let sum = products((0..=n).map(|k| (delayed[tap][k], h[LEAD + n - k])));
                assert_close(name, "try_lag", filtered[tap][n], sum);
            }
        }
        let pairs = [
            (&target, 0),
            (&target, 1),
            (&target, 2),
            (&filtered[0], 1),
            (&filtered[1], 2),
            (&filtered[0], 2),
            (&filtered[0], 0),
            (&filtered[1], 1),
            (&filtered[2], 2),
        ];
        for (found, (with, tap)) in found.iter().zip(pairs) {
            assert_close(name, "try_lag", *found, products(with.iter().copied().zip(filtered[tap])));
        }
    });
}

#[test]
fn the_best_pitch_gains_are_the_best() {
    let gain = |steps: i8| f32::from(steps) / 64.0 + 0.5;
    let table: Vec<[[f32; 8]; 4]> = PITCH_GAINS_128
        .chunks_exact(8)
        .map(|eight| {
            std::array::from_fn(|part| {
                std::array::from_fn(|lane| if part < 3 { gain(eight[lane][part]) } else { f32::from(eight[lane][3]) })
            })
        })
        .collect();
    on_all(|name, kernels, rng| {
        let benefit = numbers::<9>(rng);
        for limit in [f32::INFINITY, 31.0] {
            let cost = |entry: usize| {
                let [g1, g2, g3] = [0, 1, 2].map(|tap| f64::from(gain(PITCH_GAINS_128[entry][tap])));
                let [c1, c2, c3, c12, c23, c13, c11, c22, c33] = benefit.map(f64::from);
                let own = g1 * g1 * c11 + g2 * g2 * c22 + g3 * g3 * c33;
                own + g1 * g2 * c12 + g2 * g3 * c23 + g1 * g3 * c13 - g1 * c1 - g2 * c2 - g3 * c3
            };
            let found = (kernels.pitch_gains)(&benefit, limit, &table);
            let allowed = |entry: &usize| f32::from(PITCH_GAINS_128[*entry][3]) <= limit;
            let least = (0..128).filter(allowed).map(cost).fold(f64::INFINITY, f64::min);
            assert!(allowed(&found), "{name}: entry {found}");
            assert!(cost(found) <= least + 1e-5, "{name}: entry {found} costs {}, not {least}", cost(found));
        }
    });
}

#[test]
fn the_nearest_entry_is_the_nearest() {
    on_all(|name, kernels, rng| {
        for dimensions in [5, 8, 10] {
            let table: Vec<[f32; 8]> = (0..8 * dimensions).map(|_| numbers::<8>(rng)).collect();
            let (x, weights) = (numbers::<10>(rng), numbers::<10>(rng).map(|w| 1.5 + w));
            let (x, weights) = (&x[..dimensions], &weights[..dimensions]);
            let distance = |entry: usize| -> f64 {
                let rows = &table[entry / 8 * dimensions..];
                (0..dimensions)
                    .map(|k| f64::from(weights[k]) * (f64::from(x[k]) - f64::from(rows[k][entry % 8])).powi(2))
                    .sum()
            };
            let found = (kernels.nearest)(x, weights, &table);
            let least = (0..64).map(distance).fold(f64::INFINITY, f64::min);
            assert!(distance(found) <= least + 1e-5, "{name}: entry {found}");
        }
    });
}

#[test]
fn paths_are_continued_by_the_best_shapes() {
    on_all(|name, kernels, rng| {
        for (length, count, is_signed) in
            [(5, 64, false), (8, 128, false), (8, 128, true), (10, 16, false), (20, 32, false)]
        {
            let h = response(rng);
            let lanes: Vec<[f32; 8]> = (0..count / 8 * length).map(|_| numbers::<8>(rng)).collect();
            let mut halves = vec![[0.0; 8]; count / 8];
            (kernels.shape_energies)(&h, &lanes, length, &mut halves);
            let sample = |entry: usize, n: usize| f64::from(lanes[entry / 8 * length + n][entry % 8]);
            let filtered = |entry: usize, n: usize| -> f64 {
                (0..=n).map(|k| sample(entry, k) * f64::from(h[LEAD + n - k])).sum()
            };
            for (entry, &half) in halves.as_flattened().iter().enumerate() {
                let expected: f64 = (0..length).map(|n| 0.5 * filtered(entry, n).powi(2)).sum();
                assert_close(name, "shape_energies", half, (expected, 1e-5 * expected));
            }

            let paths: Vec<Path> =
                (0..3).map(|_| Path { target: numbers(rng), cost: rng.unit() as f32, ..Path::EMPTY }).collect();
            let start = SUBFRAME - length;
            let mut all: Vec<(f64, usize, usize)> = Vec::new();
            for (source, path) in paths.iter().enumerate() {
                for entry in 0..if is_signed { 2 * count } else { count } {
                    let sign = if entry >= count { -1.0 } else { 1.0 };
                    let left = (0..length)
                        .map(|n| (f64::from(path.target[start + n]) - sign * filtered(entry % count, n)).powi(2));
                    all.push((f64::from(path.cost) + 0.5 * left.sum::<f64>(), entry, source));
                }
            }
            all.sort_by(|a, b| a.0.total_cmp(&b.0));
            for len in 1..=MOST_SURVIVORS {
                let mut distances = vec![[0.0; 8]; 3 * count / 8];
                let mut survivors = Survivors::new(len);
                let book = (lanes.as_slice(), halves.as_slice());
                (kernels.continue_paths)(&h, &paths, start, book, is_signed, &mut distances, &mut survivors);
                for ((distance, entry, source), best) in survivors.iter().zip(&all) {
                    assert_close(name, "continue_paths", distance, (best.0, 2e-5 * best.0.max(1.0)));
                    let same = all.iter().find(|&&(_, e, s)| (e, s) == (usize::from(entry), usize::from(source)));
                    assert!(same.is_some_and(|same| (same.0 - best.0).abs() < 1e-4), "{name}: {entry} of {source}");
                }
            }
        }
    });
}

/// Coefficients of A whose line spectral pairs these are, from the products over all of them.
fn polynomial(lsp: &[f64]) -> Vec<f64> {
    let product = |first: usize, factor: f64| {
        let mut poly = vec![1.0, factor];
        for &frequency in lsp.iter().skip(first).step_by(2) {
            let mut next = vec![0.0; poly.len() + 2];
            for (k, &c) in poly.iter().enumerate() {
                next[k] += c;
                next[k + 1] -= 2.0 * frequency.cos() * c;
                next[k + 2] += c;
            }
            poly = next;
        }
        poly
    };
    let (p, q) = (product(0, 1.0), product(1, -1.0));
    (1..=lsp.len()).map(|k| 0.5 * (p[k] + q[k])).collect()
}

#[test]
fn filters_have_the_interpolated_spectrum() {
    on_all(|name, kernels, rng| {
        for order in [ORDER, 8] {
            let mut spectrum = || -> Filters {
                let gap = std::f32::consts::PI / (order + 1) as f32;
                std::array::from_fn(|k| numbers::<8>(rng).map(|x| gap * ((k + 1) as f32 + 0.3 * x)))
            };
            let (old, new) = (spectrum(), spectrum());
            let part = [0.25, 0.5, 0.75, 1.0, 0.0, 0.625, 0.1, 0.9];
            let mut a = [[1.0; 8]; ORDER];
            (kernels.interpolated_filters)(&old, &new, &part, order, 0.002, &mut a);
            for lane in 0..8 {
                let lsp: Vec<f64> = (0..order)
                    .map(|k| {
                        let part = f64::from(part[lane]);
                        (1.0 - part) * f64::from(old[k][lane]) + part * f64::from(new[k][lane])
                    })
                    .collect();
                for (k, expected) in polynomial(&lsp).into_iter().enumerate() {
                    // The reference's cosine is good to 2e-5; the coefficients are sums of up to a few hundred.
                    assert!((f64::from(a[k][lane]) - expected).abs() < 2e-3, "{name}, {k}: {} {expected}", a[k][lane]);
                }
                assert!(a[order..].iter().all(|lanes| lanes[lane] == 0.0), "{name}: beyond the order");
            }
        }
    });
}

#[test]
fn spectra_are_spread_as_by_the_decoder() {
    // Crowded and crossing: the steps that keep them apart must be the decoder's, in its order.
    on_all(|name, kernels, rng| {
        let mut lsp: [f32; ORDER] = numbers::<ORDER>(rng).map(|x| 1.5 + 1.5 * x);
        lsp.sort_by(f32::total_cmp);
        lsp[3] = lsp[4] + 0.01;
        let all = lsp.map(|frequency| [frequency; 8]);
        let mut a = [[0.0; 8]; ORDER];
        (kernels.interpolated_filters)(&all, &all, &[1.0; 8], ORDER, 0.002, &mut a);
        let spread = crate::lsp::interpolate(&lsp, &lsp, 3, 0.002);
        let expected = crate::lsp::to_lpc(&spread);
        for (k, expected) in expected.into_iter().enumerate() {
            assert!((a[k][0] - expected).abs() < 2e-4 * expected.abs().max(1.0), "{name}, {k}: {} {expected}", a[k][0]);
        }
    });
}

#[test]
fn roots_are_found_between_changes_of_sign() {
    on_all(|name, kernels, _| {
        // T₅ has its roots at cos((2k + 1)π / 10), T₄ at cos((2k + 1)π / 8).
        let series = [[0.0, 0.0, 0.0, 0.0, 0.0, 1.0], [0.0, 0.0, 0.0, 0.0, 1.0, 0.0]];
        let root = |which: usize, k: usize| ((2 * k + 1) as f64 * std::f64::consts::PI / [10.0, 8.0][which]).cos();
        let (mut from, mut to) = ([[1.0; 8]; 2], [[1.0; 8]; 2]);
        for which in 0..2 {
            for k in 0..5 - which {
                from[which][k] = root(which, k) as f32 + 0.011;
                to[which][k] = root(which, k) as f32 - 0.013;
            }
        }
        let mut roots = [[0.0; 8]; 2];
        (kernels.refine_roots)(&series, &from, &to, &mut roots);
        for (which, roots) in roots.iter().enumerate() {
            for (k, &found) in roots[..5 - which].iter().enumerate() {
                assert!((f64::from(found) - root(which, k)).abs() < 1e-6, "{name}: {which}, {k}");
            }
        }
        let places: [[f32; 8]; 16] = std::array::from_fn(|row| {
            std::array::from_fn(|lane| (std::f32::consts::PI * ((8 * row + lane) as f32 + 0.5) / 128.0).cos())
        });
        let negative = (kernels.negative_places)(&series[0], &places);
        for place in 0..128 {
            let angle = std::f64::consts::PI * (f64::from(place) + 0.5) / 128.0;
            assert_eq!(negative >> place & 1 == 1, (5.0 * angle).cos() < 0.0, "{name}: place {place}");
        }
    });
}
