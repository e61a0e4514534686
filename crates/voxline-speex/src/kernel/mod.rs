//! The inner loops of the encoder, in the vector instructions that the processor turns out to have.
//!
//! Every kernel is written once, over eight lanes ([`lanes`]); an instruction set brings the type of the lanes and gets all
//! kernels compiled for it. `scalar` does without special instructions; the tests hold the others against it.

mod cases;
mod codebooks;
mod filters;
mod lanes;
#[cfg(target_arch = "aarch64")]
mod neon;
mod scalar;
mod spectra;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use cases::{KernelCase, kernel_cases};

/// Order of the longest prediction filter: the arrays are made for it.
pub(crate) use crate::mode::LOW_ORDER as ORDER;
pub(crate) use crate::mode::SUBFRAME;

/// Samples of one sub-frame.
pub(crate) type Subframe = [f32; SUBFRAME];
/// Zeros before an impulse response.
pub(crate) const LEAD: usize = 16;
/// An impulse response over one sub-frame, between [`LEAD`] zeros and eight more.
pub(crate) type Response = [f32; LEAD + SUBFRAME + 8];
/// Eight numbers for each lag of a prediction filter: eight filters, one in each lane.
pub(crate) type Filters = [[f32; 8]; ORDER];

/// The most paths that a search keeps.
pub(crate) const MOST_SURVIVORS: usize = 16;

/// The best entries that a search has met, best first.
#[derive(Debug, Clone)]
pub(crate) struct Survivors {
    len: usize,
    distances: [f32; MOST_SURVIVORS],
    /// Which entry, and which path it continues.
    choices: [(u16, u8); MOST_SURVIVORS],
}

impl Survivors {
    /// Room for the best `len`, at least one; each is entry 0 until something is offered.
    pub(crate) fn new(len: usize) -> Self {
        Self {
            len: len.clamp(1, MOST_SURVIVORS),
            distances: [f32::INFINITY; MOST_SURVIVORS],
            choices: [(0, 0); MOST_SURVIVORS],
        }
    }

    /// How many are kept.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Keeps the entry if it is among the best. Of equals the one that came first stays ahead.
    pub(crate) fn offer(&mut self, distance: f32, entry: u16, source: u8) {
        if distance < self.distances[self.len - 1] {
            let mut place = self.len - 1;
            while place > 0 && distance < self.distances[place - 1] {
                self.distances[place] = self.distances[place - 1];
                self.choices[place] = self.choices[place - 1];
                place -= 1;
            }
            self.distances[place] = distance;
            self.choices[place] = (entry, source);
        }
    }

    /// The kept ones, best first: distance, entry, the path it continues.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (f32, u16, u8)> + '_ {
        let kept = self.distances.iter().zip(&self.choices).take(self.len);
        kept.map(|(&distance, &(entry, source))| (distance, entry, source))
    }
}

/// The most parts of a sub-frame that have a shape each.
pub(crate) const MOST_PARTS: usize = 8;

/// A choice of shapes for the parts of a sub-frame so far.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Path {
    /// What is left of the target from the next part on.
    pub(crate) target: [f32; SUBFRAME + 8],
    pub(crate) choices: [u16; MOST_PARTS],
    pub(crate) cost: f32,
}

impl Path {
    pub(crate) const EMPTY: Self = Self { target: [0.0; SUBFRAME + 8], choices: [0; MOST_PARTS], cost: 0.0 };
}

/// Compiles all kernels for one type of lanes, with these attributes on the functions that do the work.
macro_rules! instantiate {
    ($lanes:path, { $($features:tt)* }) => {
        $crate::kernel::instantiate!(@module $lanes, { $($features)* }
            filters::convolve(h: &Response, x: &Subframe, y: &mut Subframe);
            filters::convolve_start(h: &Response, x: &[f32; 16], y: &mut Subframe);
            filters::predict(a: &[f32; ORDER], x: &[f32], y: &mut [f32]);
            filters::impulse_responses(a: &Filters, h: &mut [[f32; 8]; SUBFRAME]);
            filters::energy(x: &[f32]) -> f32;
            filters::correlate(x: &[f32], past: &[f32], out: &mut [f32]);
            filters::window_energies(past: &[f32], len: usize, squares: &mut [f32], out: &mut [f32]);
            filters::subtract_response(
                h: &Response, shape: &[f32], start: usize, target: &[f32; SUBFRAME + 8],
                left: &mut [f32; SUBFRAME + 8]
            );
            codebooks::best_lags(
                correlations: &[f32; 128], energies: &[f32; 128], last: usize, lags: &mut Survivors
            );
            codebooks::try_lag(
                target: &Subframe, h: &Response, delayed: &[Subframe; 3], filtered: &mut [Subframe; 3]
            ) -> [f32; 9];
            codebooks::pitch_gains(benefit: &[f32; 9], limit: f32, table: &[[[f32; 8]; 4]]) -> usize;
            codebooks::nearest(x: &[f32], weights: &[f32], table: &[[f32; 8]]) -> usize;
            codebooks::shape_energies(h: &Response, shapes: &[[f32; 8]], len: usize, halves: &mut [[f32; 8]]);
            codebooks::continue_paths(
                h: &Response, paths: &[Path], start: usize, book: (&[[f32; 8]], &[[f32; 8]]), signed: bool,
                distances: &mut [[f32; 8]], survivors: &mut Survivors
            );
            spectra::interpolated_filters(
                old: &Filters, new: &Filters, part: &[f32; 8], order: usize, margin: f32,
                a: &mut Filters
            );
            spectra::negative_places(c: &[f32; ORDER / 2 + 1], places: &[[f32; 8]; 16]) -> u128;
            spectra::refine_roots(
                c: &[[f32; ORDER / 2 + 1]; 2], from: &[[f32; 8]; 2], to: &[[f32; 8]; 2], roots: &mut [[f32; 8]; 2]
            );
        );
    };
    (@module $lanes:path, $features:tt
        $($room:ident::$name:ident($($arg:ident: $type:ty),* $(,)?) $(-> $out:ty)?;)*) => {
        mod compiled {
            use $crate::kernel::*;
            use $crate::kernel as kernel;
            $($crate::kernel::instantiate!(@kernel $lanes, $features kernel::$room::$name, $name($($arg: $type),*) $(-> $out)?);)*
        }
        /// The kernels of this instruction set.
        pub(in $crate::kernel) static KERNELS: $crate::kernel::Kernels =
            $crate::kernel::Kernels { $($name: compiled::$name),* };
    };
    (@kernel $lanes:path, {} $generic:path, $name:ident($($arg:ident: $type:ty),*) $(-> $out:ty)?) => {
        pub(super) fn $name($($arg: $type),*) $(-> $out)? {
            use $generic as generic;
            generic::<$lanes>($($arg),*)
        }
    };
    (@kernel $lanes:path, { $($features:tt)+ } $generic:path, $name:ident($($arg:ident: $type:ty),*) $(-> $out:ty)?) => {
        pub(super) fn $name($($arg: $type),*) $(-> $out)? {
            use $generic as generic;
            $($features)+
            fn work($($arg: $type),*) $(-> $out)? {
                generic::<$lanes>($($arg),*)
            }
            // SAFETY: reached only through `Kernels::best` and `Kernels::all`, which offer an instruction set only where
            // the processor has it.
            unsafe { work($($arg),*) }
        }
    };
}
use instantiate;

/// The kernels of one instruction set; what they do stands at their definitions.
#[derive(Debug)]
#[expect(clippy::type_complexity, reason = "signatures, each written once")]
pub(crate) struct Kernels {
    pub(crate) convolve: fn(&Response, &Subframe, &mut Subframe),
    pub(crate) convolve_start: fn(&Response, &[f32; 16], &mut Subframe),
    pub(crate) predict: fn(&[f32; ORDER], &[f32], &mut [f32]),
    pub(crate) impulse_responses: fn(&Filters, &mut [[f32; 8]; SUBFRAME]),
    pub(crate) energy: fn(&[f32]) -> f32,
    pub(crate) correlate: fn(&[f32], &[f32], &mut [f32]),
    pub(crate) window_energies: fn(&[f32], usize, &mut [f32], &mut [f32]),
    pub(crate) subtract_response: fn(&Response, &[f32], usize, &[f32; SUBFRAME + 8], &mut [f32; SUBFRAME + 8]),
    pub(crate) best_lags: fn(&[f32; 128], &[f32; 128], usize, &mut Survivors),
    pub(crate) try_lag: fn(&Subframe, &Response, &[Subframe; 3], &mut [Subframe; 3]) -> [f32; 9],
    pub(crate) pitch_gains: fn(&[f32; 9], f32, &[[[f32; 8]; 4]]) -> usize,
    pub(crate) nearest: fn(&[f32], &[f32], &[[f32; 8]]) -> usize,
    pub(crate) shape_energies: fn(&Response, &[[f32; 8]], usize, &mut [[f32; 8]]),
    pub(crate) continue_paths:
        fn(&Response, &[Path], usize, (&[[f32; 8]], &[[f32; 8]]), bool, &mut [[f32; 8]], &mut Survivors),
    pub(crate) interpolated_filters: fn(&Filters, &Filters, &[f32; 8], usize, f32, &mut Filters),
    pub(crate) negative_places: fn(&[f32; ORDER / 2 + 1], &[[f32; 8]; 16]) -> u128,
    pub(crate) refine_roots: fn(&[[f32; ORDER / 2 + 1]; 2], &[[f32; 8]; 2], &[[f32; 8]; 2], &mut [[f32; 8]; 2]),
}

impl Kernels {
    /// The fastest that this processor can run.
    pub(crate) fn best() -> &'static Self {
        #[cfg(target_arch = "x86_64")]
        {
            if x86::has_avx2() { &x86::avx2::KERNELS } else { &x86::sse2::KERNELS }
        }
        #[cfg(target_arch = "aarch64")]
        return &neon::KERNELS;
        #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
        &scalar::KERNELS
    }

    /// All that this processor can run, the scalar ones first, with their names.
    pub(crate) fn all() -> Vec<(&'static str, &'static Self)> {
        let mut all = vec![("scalar", &scalar::KERNELS)];
        #[cfg(target_arch = "x86_64")]
        {
            all.push(("sse2", &x86::sse2::KERNELS));
            if x86::has_avx2() {
                all.push(("avx2", &x86::avx2::KERNELS));
            }
        }
        #[cfg(target_arch = "aarch64")]
        all.push(("neon", &neon::KERNELS));
        all
    }
}
