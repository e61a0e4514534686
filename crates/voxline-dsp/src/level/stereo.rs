//! The levels of two interleaved channels and how they relate.

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
    let raw = sum(block);
    // No finite sample can make these sums infinite: only a bad one, and those are rare enough for a second look.
    if (raw.left.squares + raw.right.squares).is_finite() {
        return raw;
    }
    let cleaned: Vec<f32> = block.iter().map(|x| measured(*x)).collect();
    PairSums { differs: raw.differs, ..sum(&cleaned) }
}

fn sum(block: &[f32]) -> PairSums {
    let mut lanes = Lanes::default();
    let (whole, rest) = block.as_chunks::<{ 2 * LANES }>();
    for samples in whole {
        // Sorted into sides first: written like this, the whole loop becomes vector code.
        let (mut left, mut right) = ([0.0; LANES], [0.0; LANES]);
        for lane in 0..LANES {
            left[lane] = samples[2 * lane];
            right[lane] = samples[2 * lane + 1];
        }
        for lane in 0..LANES {
            lanes.add(lane, left[lane], right[lane]);
        }
    }
    for (lane, [left, right]) in rest.as_chunks::<2>().0.iter().enumerate() {
        lanes.add(lane, *left, *right);
    }
    let total = |peaks: [f32; LANES], squares: [f64; LANES]| Totals {
        peak: peaks.iter().fold(0.0, |a, b| a.max(*b)),
        squares: squares.iter().sum(),
    };
    PairSums {
        left: total(lanes.left_peaks, lanes.left_squares),
        right: total(lanes.right_peaks, lanes.right_squares),
        products: lanes.products.iter().sum(),
        differs: lanes.differing.iter().any(|bits| *bits != 0),
    }
}

/// The sums of each lane.
#[derive(Default)]
struct Lanes {
    left_peaks: [f32; LANES],
    right_peaks: [f32; LANES],
    left_squares: [f64; LANES],
    right_squares: [f64; LANES],
    products: [f64; LANES],
    differing: [u32; LANES],
}

impl Lanes {
    #[inline(always)]
    fn add(&mut self, lane: usize, left: f32, right: f32) {
        let higher = |x: f32, peak: f32| if x > peak { x } else { peak };
        self.left_peaks[lane] = higher(left.abs(), self.left_peaks[lane]);
        self.right_peaks[lane] = higher(right.abs(), self.right_peaks[lane]);
        let (wide_left, wide_right) = (f64::from(left), f64::from(right));
        self.left_squares[lane] += wide_left * wide_left;
        self.right_squares[lane] += wide_right * wide_right;
        self.products[lane] += wide_left * wide_right;
        self.differing[lane] |= u32::from(left != right);
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
            assert!((level.rms_dbfs.unwrap() - alone.rms_dbfs.unwrap()).abs() < 1e-9);
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
        assert_eq!(broken.levels(), clean.levels());
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
