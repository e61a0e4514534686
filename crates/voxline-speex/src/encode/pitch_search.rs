//! The adaptive codebook: the excitation's own past, one pitch period back, through three taps.
//!
//! Each candidate lag is tried for real: its three delayed excitations go through the weighted synthesis filter, and the
//! gains are those of the codebook that leave the least of the target.
//!
//! **Source**: the Speex manual, "Pitch prediction"; the repetition of lags shorter than a sub-frame, the penalty on large
//! gains and the limit on gains that accumulate are those of libspeex 1.2.1, ltp.c.

use crate::kernel::{Kernels, Response, SUBFRAME, Subframe};

/// Reach of the adaptive codebook into the past: the longest lag, a tap and the same again for nothing beyond.
pub(super) const REACH: usize = crate::mode::MAX_LAG + 2;

/// How much more than its own energy a predicted signal costs: a stream that relies less on the past survives losses
/// better.
const PENALTY: f32 = 1.04;
/// The gain carried from sub-frame to sub-frame above which only entries that let it fall are allowed.
const MOST_CARRIED: f32 = 262_144.0;
/// Where the carried gain starts.
const CARRIED_AT_FIRST: f32 = 1_024.0;
/// The weight of an entry below which the carried gain falls.
const FALLING: f32 = 31.0;

/// Chooses lag and gains.
#[derive(Debug)]
pub(super) struct PitchSearch {
    entries: &'static [[i8; 4]],
    /// Three gains and the weight, eight entries side by side.
    lanes: Vec<[[f32; 8]; 4]>,
    carried: f32,
    /// The lag that is tried and the best so far, or the other way round.
    trials: [Trial; 2],
}

/// What the adaptive codebook gives to a sub-frame.
#[derive(Debug, Clone)]
pub(super) struct Prediction {
    pub(super) lag: usize,
    pub(super) gain_index: usize,
    pub(super) excitation: Subframe,
    /// What is left of the target.
    pub(super) target: Subframe,
}

impl Prediction {
    /// Nothing predicted.
    pub(super) fn none(lag: usize, target: &Subframe) -> Self {
        Self { lag, gain_index: 0, excitation: [0.0; SUBFRAME], target: *target }
    }
}

impl PitchSearch {
    pub(super) fn new(entries: &'static [[i8; 4]]) -> Self {
        let lanes = entries.chunks_exact(8).map(|eight| {
            std::array::from_fn(|part| {
                std::array::from_fn(|lane| match part {
                    3 => f32::from(eight[lane][3]),
                    tap => gain(eight[lane][tap]),
                })
            })
        });
        Self { entries, lanes: lanes.collect(), carried: CARRIED_AT_FIRST, trials: [Trial::NONE; 2] }
    }

    pub(super) fn reset(&mut self) {
        self.carried = CARRIED_AT_FIRST;
    }

    /// The best of the candidates for this target. `past` ends where the sub-frame begins.
    pub(super) fn search(
        &mut self,
        kernels: &Kernels,
        target: &Subframe,
        h: &Response,
        past: &[f32],
        lags: impl Iterator<Item = usize>,
    ) -> Prediction {
        let limit = if self.carried > MOST_CARRIED { FALLING } else { f32::INFINITY };
        let mut found: Option<(f32, usize)> = None;
        for lag in lags {
            let best = found.map_or(1, |(_, best)| best);
            let trial = &mut self.trials[1 - best];
            delay(past, lag, &mut trial.delayed);
            let matches = (kernels.try_lag)(target, h, &trial.delayed, &mut trial.filtered);
            let mut benefit = matches;
            for own in &mut benefit[6..] {
                *own *= 0.5 * PENALTY;
            }
            trial.lag = lag;
            trial.gain_index = (kernels.pitch_gains)(&benefit, limit, &self.lanes);
            let [first, second, third, _] = self.entries[trial.gain_index].map(gain);
            trial.gains = [first, second, third];
            let error = error(&matches, trial.gains);
            if found.is_none_or(|(least, _)| error < least) {
                found = Some((error, 1 - best));
            }
        }
        let Some((_, best)) = found else { return Prediction::none(crate::mode::MIN_LAG, target) };
        let best = &self.trials[best];
        self.carried = self.carried.max(CARRIED_AT_FIRST) * f32::from(self.entries[best.gain_index][3]) / 32.0;
        best.prediction(target)
    }
}

/// A lag that has been tried.
#[derive(Debug, Clone, Copy)]
struct Trial {
    lag: usize,
    gain_index: usize,
    gains: [f32; 3],
    delayed: [Subframe; 3],
    filtered: [Subframe; 3],
}

impl Trial {
    const NONE: Self =
        Self { lag: 0, gain_index: 0, gains: [0.0; 3], delayed: [[0.0; SUBFRAME]; 3], filtered: [[0.0; SUBFRAME]; 3] };

    fn prediction(&self, target: &Subframe) -> Prediction {
        let [g1, g2, g3] = self.gains;
        let sum = |taps: &[Subframe; 3], n: usize| g1 * taps[0][n] + g2 * taps[1][n] + g3 * taps[2][n];
        Prediction {
            lag: self.lag,
            gain_index: self.gain_index,
            excitation: std::array::from_fn(|n| sum(&self.delayed, n)),
            target: std::array::from_fn(|n| target[n] - sum(&self.filtered, n)),
        }
    }
}

/// Energy that these gains leave of the target, less the target's own.
fn error([c1, c2, c3, c12, c23, c13, c11, c22, c33]: &[f32; 9], [g1, g2, g3]: [f32; 3]) -> f32 {
    let own = g1 * g1 * c11 + g2 * g2 * c22 + g3 * g3 * c33;
    own + 2.0 * (g1 * g2 * c12 + g2 * g3 * c23 + g1 * g3 * c13 - g1 * c1 - g2 * c2 - g3 * c3)
}

/// A gain as the codebook has it.
fn gain(steps: i8) -> f32 {
    f32::from(steps) / 64.0 + 0.5
}

/// The excitation `lag − 1`, `lag` and `lag + 1` samples back. What would lie in the sub-frame itself is the period before
/// it once more.
fn delay(past: &[f32], lag: usize, taps: &mut [Subframe; 3]) {
    let end = past.len();
    let nearest = lag - 1;
    let once = nearest.min(SUBFRAME);
    taps[0][..once].copy_from_slice(&past[end - nearest..end - nearest + once]);
    let twice = (nearest + lag).min(SUBFRAME);
    if twice > once {
        let from = end - nearest - lag + once;
        taps[0][once..twice].copy_from_slice(&past[from..from + twice - once]);
    }
    taps[0][twice..].fill(0.0);
    for tap in 1..3 {
        let (done, open) = taps.split_at_mut(tap);
        open[0][1..].copy_from_slice(&done[tap - 1][..SUBFRAME - 1]);
        open[0][0] = past[end - nearest - tap];
    }
}
