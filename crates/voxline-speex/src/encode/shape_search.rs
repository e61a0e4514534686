//! The search for the innovation's shapes.
//!
//! Part by part, each kept path is continued by every shape of the codebook, and the best continuations of all paths are
//! kept. Instead of filtering every shape, the target is correlated with the filter backwards, which gives the same
//! products; only the shapes' filtered energies are needed beside them, once for a sub-frame.
//!
//! **Source**: the Speex manual, "Innovation codebook"; I. M. Trancoso and B. S. Atal, "Efficient procedures for finding
//! the optimum innovation in stochastic coders", ICASSP 1986, for the backward filtering; F. Jelinek and J. B. Anderson,
//! "Instrumentable tree encoding of information sources", IEEE Trans. Inf. Theory 17 (1), 1971, for the paths (the
//! M-algorithm).

use crate::bits::BitWriter;
use crate::innovation::{SHAPE_STEP, ShapeCodebook};
use crate::kernel::{Kernels, MOST_PARTS, MOST_SURVIVORS, Path, Response, SUBFRAME, Subframe, Survivors};

/// Chooses shapes of one codebook.
#[derive(Debug)]
pub(super) struct ShapeSearch {
    codebook: &'static ShapeCodebook,
    /// The shapes one after the other.
    shapes: Vec<f32>,
    /// The shapes, eight side by side.
    lanes: Vec<[f32; 8]>,
    /// Half of each shape's filtered energy.
    halves: Vec<[f32; 8]>,
    /// Room for what each continuation of each path costs.
    distances: Vec<[f32; 8]>,
    keep: usize,
    paths: [Vec<Path>; 2],
}

impl ShapeSearch {
    /// A search that keeps so many paths.
    pub(super) fn new(codebook: &'static ShapeCodebook, keep: usize) -> Self {
        let length = codebook.length;
        let keep = keep.clamp(1, MOST_SURVIVORS);
        let shapes: Vec<f32> = codebook.shapes.iter().map(|&steps| SHAPE_STEP * f32::from(steps)).collect();
        let lanes: Vec<[f32; 8]> = shapes
            .chunks_exact(8 * length)
            .flat_map(|eight| (0..length).map(move |n| std::array::from_fn(|lane| eight[lane * length + n])))
            .collect();
        let rows = codebook.count() / 8;
        Self {
            codebook,
            shapes,
            lanes,
            halves: vec![[0.0; 8]; rows],
            distances: vec![[0.0; 8]; rows * keep],
            keep,
            paths: [vec![Path::EMPTY; keep], vec![Path::EMPTY; keep]],
        }
    }

    /// Makes ready for a sub-frame whose weighted synthesis filter has this impulse response.
    pub(super) fn prepare(&mut self, kernels: &Kernels, h: &Response) {
        (kernels.shape_energies)(h, &self.lanes, self.codebook.length, &mut self.halves);
    }

    /// Finds the shapes whose response comes nearest to `target`.
    pub(super) fn search(&mut self, kernels: &Kernels, h: &Response, target: &Subframe) -> Shapes {
        let Self { codebook, shapes, lanes, halves, distances, keep, paths: [old, new] } = self;
        let (length, parts) = (codebook.length, codebook.parts());
        old[0] = Path::EMPTY;
        old[0].target[..SUBFRAME].copy_from_slice(target);
        let mut kept = 1;
        for part in 0..parts {
            let start = part * length;
            let is_last = part + 1 == parts;
            let mut survivors = Survivors::new(if is_last { 1 } else { *keep });
            (kernels.continue_paths)(
                h,
                &old[..kept],
                start,
                (lanes, halves),
                codebook.is_signed,
                distances,
                &mut survivors,
            );
            kept = survivors.len();
            for ((cost, entry, source), path) in survivors.iter().zip(new.iter_mut()) {
                let before = &old[usize::from(source)];
                path.choices = before.choices;
                path.choices[part] = entry;
                path.cost = cost;
                if !is_last {
                    let mut signed = [0.0; LONGEST];
                    let (shape, sign) = shape(shapes, codebook, entry);
                    for (signed, sample) in signed.iter_mut().zip(shape) {
                        *signed = sign * sample;
                    }
                    (kernels.subtract_response)(h, &signed[..length], start, &before.target, &mut path.target);
                }
            }
            std::mem::swap(old, new);
        }
        let choices = old[0].choices;
        let mut sum = [0.0; SUBFRAME];
        for (&choice, part) in choices.iter().zip(sum.chunks_exact_mut(length)) {
            let (shape, sign) = shape(shapes, codebook, choice);
            for (out, sample) in part.iter_mut().zip(shape) {
                *out = sign * sample;
            }
        }
        Shapes { choices, sum }
    }

    /// Sends the indices of shapes that have been found.
    pub(super) fn send(&self, found: &Shapes, bits: &mut BitWriter<'_>) {
        for &choice in &found.choices[..self.codebook.parts()] {
            // The sign, where there is one, is the highest bit.
            bits.put(u32::from(choice), self.codebook.index_bits() + u32::from(self.codebook.is_signed));
        }
    }
}

/// Shapes that have been found for a sub-frame.
#[derive(Debug, Clone)]
pub(super) struct Shapes {
    choices: [u16; MOST_PARTS],
    /// The shapes side by side, at gain 1.
    pub(super) sum: Subframe,
}

/// The longest shape.
const LONGEST: usize = 20;

/// The samples of a choice and their sign.
fn shape<'a>(shapes: &'a [f32], codebook: &ShapeCodebook, choice: u16) -> (&'a [f32], f32) {
    let choice = usize::from(choice);
    let (index, sign) = if choice >= codebook.count() { (choice - codebook.count(), -1.0) } else { (choice, 1.0) };
    (&shapes[index * codebook.length..(index + 1) * codebook.length], sign)
}
