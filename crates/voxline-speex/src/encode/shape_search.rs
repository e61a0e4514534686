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
use crate::kernel::{Kernels, LEAD, MOST_SURVIVORS, Response, SUBFRAME, Subframe, Survivors};

/// The most parts of a sub-frame.
const MOST_PARTS: usize = 8;
/// The longest shape.
const LONGEST: usize = 20;

/// A choice of shapes for the parts so far.
#[derive(Debug, Clone, Copy)]
struct Path {
    /// What is left of the target from the next part on.
    target: [f32; SUBFRAME + 8],
    choices: [u16; MOST_PARTS],
    cost: f32,
}

impl Path {
    const EMPTY: Self = Self { target: [0.0; SUBFRAME + 8], choices: [0; MOST_PARTS], cost: 0.0 };
}

/// Chooses shapes of one codebook.
#[derive(Debug)]
pub(super) struct ShapeSearch {
    codebook: &'static ShapeCodebook,
    /// The shapes, eight side by side.
    lanes: Vec<[f32; 8]>,
    /// Half of each shape's filtered energy.
    halves: Vec<[f32; 8]>,
    keep: usize,
    paths: [Box<[Path; MOST_SURVIVORS]>; 2],
}

impl ShapeSearch {
    /// A search that keeps so many paths.
    pub(super) fn new(codebook: &'static ShapeCodebook, keep: usize) -> Self {
        let length = codebook.length;
        let lanes: Vec<[f32; 8]> = codebook
            .shapes
            .chunks_exact(8 * length)
            .flat_map(|eight| {
                (0..length).map(move |n| std::array::from_fn(|lane| SHAPE_STEP * f32::from(eight[lane * length + n])))
            })
            .collect();
        let halves = vec![[0.0; 8]; codebook.count() / 8];
        let paths = [Box::new([Path::EMPTY; MOST_SURVIVORS]), Box::new([Path::EMPTY; MOST_SURVIVORS])];
        Self { codebook, lanes, halves, keep: keep.clamp(1, MOST_SURVIVORS), paths }
    }

    /// Makes ready for a sub-frame whose weighted synthesis filter has this impulse response.
    pub(super) fn prepare(&mut self, kernels: &Kernels, h: &Response) {
        (kernels.shape_energies)(&h[LEAD..], &self.lanes, self.codebook.length, &mut self.halves);
    }

    /// Finds the shapes whose response comes nearest to `target`; sends their indices and returns their sum.
    pub(super) fn search(
        &mut self,
        kernels: &Kernels,
        h: &Response,
        target: &Subframe,
        bits: &mut BitWriter<'_>,
    ) -> Subframe {
        let length = self.codebook.length;
        let [old, new] = &mut self.paths;
        old[0] = Path::EMPTY;
        old[0].target[..SUBFRAME].copy_from_slice(target);
        let mut kept = 1;
        for part in 0..self.codebook.parts() {
            let start = part * length;
            let is_last = part + 1 == self.codebook.parts();
            let mut survivors = Survivors::new(if is_last { 1 } else { self.keep });
            for (source, path) in old[..kept].iter().enumerate() {
                let wanted = &path.target[start..start + length];
                let mut aim = [0.0; LONGEST];
                for (from, aim) in aim[..length].iter_mut().enumerate() {
                    *aim = wanted[from..].iter().zip(&h[LEAD..]).map(|(&x, &h)| x * h).sum();
                }
                let cost = path.cost + 0.5 * wanted.iter().map(|x| x * x).sum::<f32>();
                (kernels.search_shapes)(
                    &aim[..length],
                    &self.lanes,
                    &self.halves,
                    self.codebook.is_signed,
                    (source as u8, cost),
                    &mut survivors,
                );
            }
            kept = 0;
            for ((cost, entry, source), path) in survivors.iter().zip(new.iter_mut()) {
                *path = old[usize::from(source)];
                path.cost = cost;
                path.choices[part] = entry;
                kept += 1;
                if !is_last {
                    let shape = shape(&self.lanes, self.codebook, entry);
                    (kernels.subtract_response)(h, &shape[..length], start, &mut path.target);
                }
            }
            std::mem::swap(old, new);
        }
        let best = &old[0].choices;
        let mut sum = [0.0; SUBFRAME];
        for (&choice, part) in best.iter().zip(sum.chunks_exact_mut(length)) {
            // The sign, where there is one, is the highest bit.
            bits.put(u32::from(choice), self.codebook.index_bits() + u32::from(self.codebook.is_signed));
            part.copy_from_slice(&shape(&self.lanes, self.codebook, choice)[..length]);
        }
        sum
    }
}

/// The samples of a choice, sign and all.
fn shape(lanes: &[[f32; 8]], codebook: &ShapeCodebook, choice: u16) -> [f32; LONGEST] {
    let choice = usize::from(choice);
    let (index, sign) = if choice >= codebook.count() { (choice - codebook.count(), -1.0) } else { (choice, 1.0) };
    let first = index / 8 * codebook.length;
    let mut shape = [0.0; LONGEST];
    for (sample, lanes) in shape.iter_mut().zip(&lanes[first..first + codebook.length]) {
        *sample = sign * lanes[index % 8];
    }
    shape
}
