//! What is expected of the next sample of one channel: the same for who packs (`build.rs`) and who unpacks.
//!
//! An adaptive filter (normalised least mean squares: Widrow and Stearns, *Adaptive Signal Processing*, 1985) over the
//! differences of neighbours, and the Rice parameter from the errors of late. The sums are done in one order, without
//! functions of a mathematical library: every machine has the same.

/// Differences that the filter sees.
const TAPS: usize = 12;
/// How much of the sample before is taken off to make a difference.
const EMPHASIS: f64 = 0.9;
/// How fast the filter learns.
const STEP: f64 = 0.04;
/// Keeps the filter still in silence.
const FLOOR: f64 = 100.0;
/// Errors whose mean tells how large the next will be.
const MEMORY: u32 = 16;

/// One channel of 16-bit sound.
#[derive(Clone, Copy)]
pub(crate) struct Model {
    weights: [f64; TAPS],
    /// The newest first.
    differences: [f64; TAPS],
    last: f64,
    /// The mean of the folded errors, times [`MEMORY`].
    errors: u32,
}

impl Model {
    pub(crate) const fn new() -> Self {
        Self { weights: [0.0; TAPS], differences: [0.0; TAPS], last: 0.0, errors: 1 << 12 }
    }

    /// The next sample, as far as one can tell.
    pub(crate) fn expected(&self) -> i32 {
        // Towards zero; a cast holds whatever comes.
        self.forecast().clamp(-32_768.0, 32_767.0) as i32
    }

    /// Bits of the next folded error that are not worth counting.
    pub(crate) fn low_bits(&self) -> u32 {
        (self.errors / MEMORY).max(1).next_power_of_two().ilog2().saturating_sub(1)
    }

    /// What it was, and by how much [`Self::expected`] was wrong.
    pub(crate) fn learn(&mut self, sample: i32, folded: u32) {
        self.errors = (self.errors - self.errors / MEMORY).saturating_add(folded);
        let sample = f64::from(sample);
        let energy = self.differences.iter().fold(FLOOR, |sum, difference| sum + difference * difference);
        let rate = STEP * (sample - self.forecast()) / energy;
        for (weight, difference) in self.weights.iter_mut().zip(&self.differences) {
            *weight += rate * difference;
        }
        self.differences.rotate_right(1);
        self.differences[0] = sample - EMPHASIS * self.last;
        self.last = sample;
    }

    fn forecast(&self) -> f64 {
        let pairs = self.weights.iter().zip(&self.differences);
        pairs.fold(EMPHASIS * self.last, |sum, (weight, difference)| sum + weight * difference)
    }
}
