//! The levels of two interleaved channels and how they relate.

use std::ops::{AddAssign, Mul};

use voxline_core::ChannelLevel;

use super::{BLOCK_FRAMES, Blocks, Totals, measured};

/// Frames whose sums run side by side.
const LANES: usize = 4;
/// RMS below which a channel is too quiet to say anything about its polarity: -80 dBFS.
const AUDIBLE: f64 = 1e-4;
/// Correlation from which on a pair counts as inverted. Two microphones of one room stay far above it.
const INVERTED: f64 = -0.98;

/// How two channels relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PairRelation {
    /// Neither of the others, or silence.
    Distinct,
    /// The same samples in both channels, and not silence.
    Identical,
    /// One channel is nearly the other upside down: they cancel when mixed.
    Inverted,
}

/// Measures two interleaved channels: levels, and whether they are identical or inverted.
///
/// ```
/// use voxline_dsp::{PairRelation, StereoMeter};
/// let mut meter = StereoMeter::new();
/// meter.push(&[0.5, -0.5, 0.25, -0.25]);
/// assert_eq!(meter.relation(), PairRelation::Inverted);
/// ```
#[derive(Debug, Clone, Default)]
pub struct StereoMeter {
    blocks: Blocks,
    sums: PairSums,
    frames: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct PairSums {
    left: Totals,
    right: Totals,
    products: f64,
    differs: bool,
}

impl PairSums {
    fn add(&mut self, block: Self) {
        self.left.add(block.left);
        self.right.add(block.right);
        self.products += block.products;
        self.differs |= block.differs;
    }
}

impl StereoMeter {
    /// A meter that has heard nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in the next frames. NaN counts as 0, infinity as the largest finite number.
    ///
    /// **Shape**: whole frames of two samples.
    ///
    /// **Allocation**: one block on the first call.
    pub fn push(&mut self, interleaved: &[f32]) {
        self.frames = self.frames.saturating_add(interleaved.len() as u64 / 2);
        let sums = &mut self.sums;
        self.blocks.push(interleaved, 2 * BLOCK_FRAMES, |block| sums.add(measure(block)));
    }

    /// The levels of left and right so far.
    pub fn levels(&self) -> [ChannelLevel; 2] {
        let sums = self.so_far();
        [sums.left.level(self.frames), sums.right.level(self.frames)]
    }

    /// Correlation of the channels so far, -1 to 1; `None` while one of them is silent.
    ///
    /// The mean is not taken out: what counts is what happens when the channels are added.
    pub fn correlation(&self) -> Option<f64> {
        let sums = self.so_far();
        let norm = sums.left.squares.sqrt() * sums.right.squares.sqrt();
        (norm > 0.0).then(|| (sums.products / norm).clamp(-1.0, 1.0))
    }

    /// How the channels relate so far.
    pub fn relation(&self) -> PairRelation {
        let sums = self.so_far();
        let floor = AUDIBLE * AUDIBLE * self.frames as f64;
        if sums.left.peak > 0.0 && !sums.differs {
            PairRelation::Identical
        } else if sums.left.squares.min(sums.right.squares) > floor && self.correlation().is_some_and(|c| c <= INVERTED)
        {
            PairRelation::Inverted
        } else {
            PairRelation::Distinct
        }
    }

    fn so_far(&self) -> PairSums {
        let mut sums = self.sums;
        sums.add(measure(&self.blocks.waiting));
        sums
    }
}

/// All sums of at most a block.
fn measure(block: &[f32]) -> PairSums {
    let raw = sum::<f32>(block);
    // No sample in reach of audio can make these sums infinite: only a bad one, and those are rare enough for a second
    // look.
    if (raw.left.squares + raw.right.squares).is_finite() {
        return raw;
    }
    let cleaned: Vec<f32> = block.iter().map(|x| measured(*x)).collect();
    PairSums { differs: raw.differs, ..sum::<f64>(&cleaned) }
}

/// What squares are added in: `f32` is twice as fast and exact enough for a run, `f64` holds any finite sample.
trait Accumulator: Copy + Default + From<f32> + Into<f64> + AddAssign + Mul<Output = Self> {}
impl Accumulator for f32 {}
impl Accumulator for f64 {}

/// Frames of a lane that are added up in the accumulator before the sum goes on in `f64`.
const RUN: usize = 32;

fn sum<A: Accumulator>(block: &[f32]) -> PairSums {
    let mut peaks = Peaks::default();
    let mut sums = PairSums::default();
    let (whole, rest) = block.as_chunks::<{ 2 * LANES }>();
    for run in whole.chunks(RUN) {
        let mut squares = Squares::<A>::default();
        for samples in run {
            // Sorted into sides first: written like this, the whole loop becomes vector code.
            let (mut left, mut right) = ([0.0; LANES], [0.0; LANES]);
            for (lane, [l, r]) in samples.as_chunks::<2>().0.iter().enumerate() {
                (left[lane], right[lane]) = (*l, *r);
            }
            for lane in 0..LANES {
                peaks.add(lane, left[lane], right[lane]);
                squares.add(lane, left[lane], right[lane]);
            }
        }
        squares.add_to(&mut sums);
    }
    let mut squares = Squares::<A>::default();
    for (lane, [left, right]) in rest.as_chunks::<2>().0.iter().enumerate() {
        peaks.add(lane, *left, *right);
        squares.add(lane, *left, *right);
    }
    squares.add_to(&mut sums);
    let highest = |peaks: [f32; LANES]| peaks.iter().fold(0.0, |a: f32, b| a.max(*b));
    sums.left.peak = highest(peaks.left);
    sums.right.peak = highest(peaks.right);
    sums.differs = peaks.differing.iter().any(|bits| *bits != 0);
    sums
}

/// What is compared and not added, for each lane.
#[derive(Default)]
struct Peaks {
    left: [f32; LANES],
    right: [f32; LANES],
    differing: [u32; LANES],
}

impl Peaks {
    #[inline(always)]
    fn add(&mut self, lane: usize, left: f32, right: f32) {
        let higher = |x: f32, peak: f32| if x > peak { x } else { peak };
        self.left[lane] = higher(left.abs(), self.left[lane]);
        self.right[lane] = higher(right.abs(), self.right[lane]);
        self.differing[lane] |= u32::from(left != right);
    }
}

/// Sums of a run, for each lane.
#[derive(Default)]
struct Squares<A> {
    left: [A; LANES],
    right: [A; LANES],
    products: [A; LANES],
}

impl<A: Accumulator> Squares<A> {
    #[inline(always)]
    fn add(&mut self, lane: usize, left: f32, right: f32) {
        let (left, right) = (A::from(left), A::from(right));
        self.left[lane] += left * left;
        self.right[lane] += right * right;
        self.products[lane] += left * right;
    }

    fn add_to(&self, sums: &mut PairSums) {
        let total = |lanes: &[A; LANES]| lanes.iter().map(|&x| x.into()).sum::<f64>();
        sums.left.squares += total(&self.left);
        sums.right.squares += total(&self.right);
        sums.products += total(&self.products);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use voxline_testkit::signal;

    use super::*;
    use crate::LevelMeter;

    fn meter(frames: impl Iterator<Item = (f32, f32)>) -> StereoMeter {
        let mut meter = StereoMeter::new();
        meter.push(&frames.flat_map(|(l, r)| [l, r]).collect::<Vec<_>>());
        meter
    }

    #[test]
    fn levels_are_those_of_the_planes() {
        let (left, right) = (signal::white_noise(1, 2777), signal::sine(440.0, 8000, 2777, 0.3));
        let levels = meter(left.iter().copied().zip(right.iter().copied())).levels();
        for (plane, level) in [left, right].iter().zip(levels) {
            let mut alone = LevelMeter::new();
            alone.push(plane);
            let alone = alone.level();
            assert_eq!(level.peak_dbfs, alone.peak_dbfs);
            assert!((level.rms_dbfs.unwrap() - alone.rms_dbfs.unwrap()).abs() < 1e-5);
        }
    }

    #[test]
    fn relations_are_told_apart() {
        let noise = signal::white_noise(1, 5001);
        let other = signal::white_noise(2, 5001);
        let with =
            |right: &dyn Fn(usize) -> f32| meter(noise.iter().enumerate().map(|(i, l)| (*l, right(i)))).relation();
        assert_eq!(with(&|i| noise[i]), PairRelation::Identical);
        assert_eq!(with(&|i| -noise[i]), PairRelation::Inverted);
        // Attenuated and a little noisy on the way: correlation -1/sqrt(1 + 0.1^2) = -0.995.
        assert_eq!(with(&|i| -0.4 * (noise[i] + 0.1 * other[i])), PairRelation::Inverted);
        // Too much noise: -1/sqrt(1 + 0.4^2) = -0.928.
        assert_eq!(with(&|i| -(noise[i] + 0.4 * other[i])), PairRelation::Distinct);
        assert_eq!(with(&|i| other[i]), PairRelation::Distinct);
        assert_eq!(with(&|_| 0.0), PairRelation::Distinct);
        // The first or the last sample alone differs, by the least bit.
        assert_eq!(with(&|i| if i == 0 { noise[i].next_up() } else { noise[i] }), PairRelation::Distinct);
        assert_eq!(with(&|i| if i == 5000 { noise[i].next_up() } else { noise[i] }), PairRelation::Distinct);
        // Inverted but inaudible.
        assert_eq!(with(&|i| -1e-6 * noise[i]), PairRelation::Distinct);
        assert_eq!(meter([(0.0, 0.0); 9].into_iter()).relation(), PairRelation::Distinct);
        assert_eq!(StereoMeter::new().relation(), PairRelation::Distinct);
        assert_eq!(StereoMeter::new().correlation(), None);
    }

    #[test]
    fn a_bad_sample_does_not_hide_the_rest() {
        let mut input = signal::white_noise(1, 4000);
        input[700] = 0.0;
        let clean = meter(input.iter().map(|x| (*x, -x)));
        input[700] = f32::NAN;
        let broken = meter(input.iter().map(|x| (*x, -x)));
        // The second look adds up in f64; a lost sample would be a hundred times this.
        for (broken, clean) in broken.levels().iter().zip(clean.levels()) {
            assert_eq!(broken.peak_dbfs, clean.peak_dbfs);
            assert!((broken.rms_dbfs.unwrap() - clean.rms_dbfs.unwrap()).abs() < 1e-5);
        }
        assert_eq!(broken.relation(), PairRelation::Inverted);
        input[700] = f32::INFINITY;
        let levels = meter(input.iter().map(|x| (*x, 0.5 * x))).levels();
        assert!(levels.iter().all(|level| level.peak_dbfs.is_some_and(|peak| peak > 770.0)), "{levels:?}");
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_bits(mut cuts in prop::collection::vec(0usize..=3000, 0..8)) {
            let input = signal::white_noise(5, 6000);
            let mut whole = StereoMeter::new();
            whole.push(&input);
            cuts.extend([0, 3000]);
            cuts.sort_unstable();
            let mut parts = StereoMeter::new();
            for pair in cuts.windows(2) {
                parts.push(&input[2 * pair[0]..2 * pair[1]]);
            }
            prop_assert_eq!(parts.levels(), whole.levels());
            prop_assert_eq!(parts.correlation(), whole.correlation());
        }
    }
}
