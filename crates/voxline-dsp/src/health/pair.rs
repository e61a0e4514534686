//! How two channels are related: by cross-correlation over bounded lags.

mod correlator;

use correlator::Correlator;

use super::fft::Fft;

/// Lags are looked at up to half a second, rounded up: more than any echo of a telephone network (ITU-T G.114 calls
/// 400 ms one way unacceptable).
const MOST_LAG_S: f64 = 0.5;
/// Most frames of lag: above 48 kHz the time gets shorter instead of the memory larger.
const MOST_LAG_FRAMES: usize = 24_576;
/// One side dominates when it has so many times the power of the other: 6 dB. A louder leak is a copy.
const DOMINANT: f64 = 4.0;
/// Blocks in which a side is below this say nothing about its leak: -50 dBFS.
const LEAST_POWER: f64 = 1e-5;
/// A quieter other side gets no more weight than at this ratio: -60 dB, beyond every leak that matters.
const LEAST_RATIO: f64 = 1e-6;
/// Around a peak the correlation of speech with itself is no background.
const PEAK_S: f64 = 0.05;

/// Where one signal is found in another.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Match {
    /// Frames by which the copy is late; negative when it is early.
    pub lag: i64,
    /// Correlation at this lag, -1 to 1.
    pub correlation: f64,
    /// Level of the copy relative to the original, in dB: the gain that explains most of it.
    pub gain_db: f64,
    /// How far the peak stands out: its height over the RMS of the correlation elsewhere. Periodic signals, which fit
    /// at many lags, have little of it.
    pub prominence: f64,
}

/// How two channels are related.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub struct PairFigures {
    /// Correlation at lag 0, -1 to 1; `None` while one of them is silent.
    pub correlation: Option<f64>,
    /// The first channel in the second, over everything.
    pub copy: Option<Match>,
    /// The first channel in the second, where the first is the louder one.
    pub leak_to_second: Option<Match>,
    /// The second channel in the first, where the second is the louder one.
    pub leak_to_first: Option<Match>,
    /// Blocks in which each side was the louder one: those that the leaks were looked for in.
    pub leak_blocks: [u64; 2],
}

/// Correlates two planes.
///
/// Everything is summed up block by block as cross-spectra, and brought back to time once, at the end. Blocks in which
/// one side dominates are summed up once more for the leak of that side, each weighted by the power of the other side:
/// where that one speaks itself it hides the leak.
///
/// **Allocation**: some seconds of samples, whatever the length.
#[derive(Debug)]
pub struct PairMeter {
    rate_hz: u32,
    correlator: Correlator,
    /// The last block, the present one and the next, of each side.
    history: [Vec<f32>; 2],
    all: Correlation,
    leaks: [Correlation; 2],
}

#[derive(Debug)]
struct Correlation {
    sums: correlator::Sums,
    blocks: u64,
}

impl PairMeter {
    /// A meter for two planes of this rate.
    pub fn new(rate_hz: u32) -> Self {
        let lag = lag_frames(rate_hz);
        let correlator = Correlator::new(lag, Fft::new(3 * lag));
        let new = || Correlation { sums: correlator.sums(), blocks: 0 };
        Self {
            rate_hz,
            // Before the first block lies silence.
            history: [vec![0.0; lag], vec![0.0; lag]],
            all: new(),
            leaks: [new(), new()],
            correlator,
        }
    }

    /// Takes in the next samples of both, without offset, finite and not far beyond full scale.
    ///
    /// **Shape**: as many of the first as of the second.
    pub fn push(&mut self, first: &[f32], second: &[f32]) {
        let lag = self.correlator.lag();
        let (mut first, mut second) = (first, second);
        while !first.is_empty() && !second.is_empty() {
            let now = first.len().min(second.len()).min(3 * lag - self.history[0].len());
            self.history[0].extend_from_slice(&first[..now]);
            self.history[1].extend_from_slice(&second[..now]);
            (first, second) = (&first[now..], &second[now..]);
            if self.history[0].len() == 3 * lag {
                self.block(lag);
            }
        }
    }

    /// Correlates `len` frames of the middle of the history with all of it, and moves on by a block.
    fn block(&mut self, len: usize) {
        let lag = self.correlator.lag();
        let [first, second] = &self.history;
        let power = |plane: &[f32]| {
            let middle = plane.get(lag..lag + len).unwrap_or(&[]);
            middle.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / len as f64
        };
        let powers = [power(first), power(second)];
        self.correlator.load(first, second, len);
        self.correlator.add_to(&mut self.all.sums, 1.0);
        self.all.blocks += 1;
        if powers[0] >= LEAST_POWER && powers[0] >= DOMINANT * powers[1] {
            self.correlator.add_to(&mut self.leaks[0].sums, 1.0 / powers[1].max(LEAST_RATIO * powers[0]));
            self.leaks[0].blocks += 1;
        } else if powers[1] >= LEAST_POWER && powers[1] >= DOMINANT * powers[0] {
            self.correlator.load(second, first, len);
            self.correlator.add_to(&mut self.leaks[1].sums, 1.0 / powers[0].max(LEAST_RATIO * powers[1]));
            self.leaks[1].blocks += 1;
        }
        for plane in &mut self.history {
            plane.drain(..lag);
        }
    }

    /// What was found.
    pub fn finish(mut self) -> PairFigures {
        let lag = self.correlator.lag();
        // Behind the last block lies silence, as before the first.
        let mut frames = self.history[0].len() - lag;
        while frames > 0 {
            for plane in &mut self.history {
                plane.resize(3 * lag, 0.0);
            }
            self.block(lag.min(frames));
            frames = frames.saturating_sub(lag);
        }
        let around = (PEAK_S * f64::from(self.rate_hz)) as usize;
        let Self { mut correlator, all, leaks: [to_second, to_first], .. } = self;
        let leak_blocks = [to_second.blocks, to_first.blocks];
        let (correlation, copy) = correlator.best(&all.sums, around);
        PairFigures {
            correlation,
            copy,
            leak_to_second: correlator.best(&to_second.sums, around).1,
            leak_to_first: correlator.best(&to_first.sums, around).1,
            leak_blocks,
        }
    }
}

/// The largest lag, and the length of a block: of the form 2ⁿ or 3·2ⁿ, which FFTs like.
fn lag_frames(rate_hz: u32) -> usize {
    let least = (MOST_LAG_S * f64::from(rate_hz)).ceil() as usize;
    let two = least.max(64).next_power_of_two();
    let three = two / 4 * 3;
    (if three >= least { three } else { two }).min(MOST_LAG_FRAMES)
}

#[cfg(test)]
mod tests;
