//! Every kernel on inputs as the encoder has them, for the benchmarks.

use super::*;

/// A kernel of an instruction set, ready to run.
#[doc(hidden)]
pub struct KernelCase {
    /// The kernel.
    pub name: &'static str,
    /// The instruction set.
    pub set: &'static str,
    /// Runs it once.
    pub run: Box<dyn FnMut()>,
}

/// All kernels of all instruction sets that this processor has; for benchmarks, not part of the interface.
#[doc(hidden)]
pub fn kernel_cases() -> Vec<KernelCase> {
    Kernels::all().into_iter().flat_map(|(set, kernels)| cases(set, kernels)).collect()
}

/// Numbers that look arbitrary and are the same each time.
fn numbers<const N: usize>(seed: usize) -> [f32; N] {
    std::array::from_fn(|n| ((n * 37 + seed * 11) as f32 * 0.7).sin())
}

fn cases(set: &'static str, kernels: &'static Kernels) -> Vec<KernelCase> {
    let case = |name: &'static str, run: Box<dyn FnMut()>| KernelCase { name, set, run };
    let mut h: Response = numbers(1);
    h[..LEAD].fill(0.0);
    let (x, taps) = (numbers::<SUBFRAME>(2), [numbers(3), numbers(4), numbers(5)]);
    let (past, correlations): ([f32; 400], [f32; 128]) = (numbers(6), numbers(7));
    let (a, benefit, target) = (numbers::<ORDER>(8), numbers::<9>(9), numbers::<{ SUBFRAME + 8 }>(10));
    let filters: Filters = std::array::from_fn(|k| [0.3 * (k + 1) as f32; 8]);
    let shapes: Vec<[f32; 8]> = (0..64 / 8 * 5).map(numbers).collect();
    let gains: Vec<[[f32; 8]; 4]> = (0..16).map(|row| std::array::from_fn(|part| numbers(4 * row + part))).collect();
    let table: Vec<[f32; 8]> = (0..64 / 8 * ORDER).map(numbers).collect();
    let energies = correlations.map(f32::abs);
    let paths = [Path { target, ..Path::EMPTY }; 2];
    let book = (shapes.clone(), vec![[1.0; 8]; 8]);
    let (mut y, mut out, mut responses) = ([0.0; SUBFRAME], [0.0; 128], [[0.0; 8]; SUBFRAME]);
    let (mut squares, mut made) = ([0.0; 128 + SUBFRAME + 8], Filters::default());
    let (mut halves, mut distances, mut left) = (vec![[0.0; 8]; 8], vec![[0.0; 8]; 16], target);
    let mut filtered = [[0.0; SUBFRAME]; 3];
    vec![
        case("convolve", Box::new(move || (kernels.convolve)(&h, &x, &mut y))),
        case("predict", Box::new(move || (kernels.predict)(&a, &past[..ORDER + SUBFRAME], &mut y))),
        case("impulse_responses", Box::new(move || (kernels.impulse_responses)(&filters, &mut responses))),
        case("correlate", Box::new(move || (kernels.correlate)(&x, &past, &mut out))),
        case("window_energies", Box::new(move || (kernels.window_energies)(&past, SUBFRAME, &mut squares, &mut out))),
        case("subtract_response", Box::new(move || (kernels.subtract_response)(&h, &x[..5], 10, &target, &mut left))),
        case("best_lags", Box::new(move || (kernels.best_lags)(&correlations, &energies, 144, &mut Survivors::new(4)))),
        case(
            "try_lag",
            Box::new(move || {
                std::hint::black_box((kernels.try_lag)(&x, &h, &taps, &mut filtered));
            }),
        ),
        case(
            "pitch_gains",
            Box::new(move || {
                std::hint::black_box((kernels.pitch_gains)(&benefit, f32::INFINITY, &gains));
            }),
        ),
        case(
            "nearest",
            Box::new(move || {
                std::hint::black_box((kernels.nearest)(&a, &[1.0; ORDER], &table));
            }),
        ),
        case("shape_energies", Box::new(move || (kernels.shape_energies)(&h, &shapes, 5, &mut halves))),
        case(
            "continue_paths",
            Box::new(move || {
                let mut survivors = Survivors::new(3);
                (kernels.continue_paths)(&h, &paths, 10, (&book.0, &book.1), false, &mut distances, &mut survivors);
            }),
        ),
        case(
            "interpolated_filters",
            Box::new(move || {
                (kernels.interpolated_filters)(&filters, &filters, &[0.5; 8], ORDER, 0.002, &mut made);
            }),
        ),
    ]
}
