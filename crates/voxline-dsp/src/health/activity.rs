//! Which steps hold speech.

use super::histogram::LevelHistogram;

/// One step of a plane.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Step<'a> {
    /// The samples, without offset and rumble; [`step_frames`](super::step_frames) of them.
    pub samples: &'a [f32],
    /// Their level in dBFS; `None` when the recording does not move in this step: digital silence.
    pub level_dbfs: Option<f64>,
}

/// Judges step by step, and may take its time about it.
///
/// One answer comes out for each step that went in, in order.
pub trait SpeechDetector: Send {
    /// Takes in the next step and appends what is decided by now.
    fn push(&mut self, step: Step<'_>, decided: &mut Vec<bool>);

    /// Decides what is left.
    fn finish(&mut self, decided: &mut Vec<bool>);
}

/// Steps that are judged together: 30 s, long enough for pauses to show, short enough to follow a line whose noise
/// changes.
const EPOCH: usize = 1_500;
/// The share of the steps that are surely noise: even who talks without a pause closes his mouth a tenth of the time.
const FLOOR_SHARE: f64 = 0.10;
/// The share of the steps below the loudest speech; what is above may be clicks.
const TOP_SHARE: f64 = 0.99;
/// Between floor and top speech has at least this much: steady noise has 2 dB, coded noise up to 8.
const LEAST_CONTRAST_DB: f64 = 10.0;
/// What stays below this is not heard as speech, whatever its contrast.
const LEAST_TOP_DBFS: f64 = -60.0;
/// A step of speech begins this far above the floor …
const ABOVE_FLOOR_DB: f64 = 8.0;
/// … and not farther below the top than speech reaches down (30 dB, ITU-T P.56 speaks of the same range) …
const BELOW_TOP_DB: f64 = 30.0;
/// … and goes on down to this far below where it began, so that the ends of words are kept.
const HYSTERESIS_DB: f64 = 4.0;
/// Shorter bursts are clicks: 60 ms.
const LEAST_SPEECH: usize = 3;
/// Shorter gaps are stops inside words: 200 ms, as in ITU-T P.56.
const LEAST_GAP: usize = 10;

/// Tells speech by its energy: percentiles of the levels give floor and top, a threshold with hysteresis lies between.
///
/// Music and babble count as speech: they have its contrast.
///
/// ```
/// use voxline_dsp::health::{ChannelFigures, channel::ChannelMeter};
/// let mut meter = ChannelMeter::new(8_000);
/// // A second of tone after three seconds of next to nothing.
/// let call: Vec<f32> = (0..32_000).map(|n| {
///     let loud = if n < 24_000 { 0.001 } else { 0.3 };
///     loud * (0.7 * n as f32).sin()
/// }).collect();
/// meter.push(&call);
/// let figures: ChannelFigures = meter.finish();
/// assert_eq!((figures.steps, figures.speech_steps), (200, 50));
/// ```
#[derive(Debug, Clone)]
pub struct EnergyDetector {
    /// Levels that wait for their epoch to be full.
    waiting: Vec<Option<f64>>,
    histogram: LevelHistogram,
}

impl Default for EnergyDetector {
    fn default() -> Self {
        Self::new()
    }
}

impl EnergyDetector {
    /// A detector that has heard nothing.
    pub fn new() -> Self {
        Self { waiting: Vec::with_capacity(EPOCH), histogram: LevelHistogram::new() }
    }

    fn judge(&mut self, decided: &mut Vec<bool>) {
        self.histogram.fade();
        self.waiting.iter().flatten().for_each(|db| self.histogram.add(*db));
        let start = decided.len();
        match self.threshold() {
            Some(on) => {
                let mut speaking = false;
                decided.extend(self.waiting.iter().map(|level| {
                    let at = if speaking { on - HYSTERESIS_DB } else { on };
                    speaking = level.is_some_and(|db| db >= at);
                    speaking
                }));
                // Gaps first: syllables that belong together are no clicks.
                turn_short_runs(&mut decided[start..], false, LEAST_GAP);
                turn_short_runs(&mut decided[start..], true, LEAST_SPEECH);
            }
            None => decided.resize(start + self.waiting.len(), false),
        }
        self.waiting.clear();
    }

    /// Where speech begins; `None` when nothing sounds like it.
    fn threshold(&self) -> Option<f64> {
        let floor = self.histogram.percentile(FLOOR_SHARE)?;
        let top = self.histogram.percentile(TOP_SHARE)?;
        (top - floor >= LEAST_CONTRAST_DB && top >= LEAST_TOP_DBFS)
            .then(|| (floor + ABOVE_FLOOR_DB).max(top - BELOW_TOP_DB))
    }
}

impl SpeechDetector for EnergyDetector {
    fn push(&mut self, step: Step<'_>, decided: &mut Vec<bool>) {
        self.waiting.push(step.level_dbfs);
        if self.waiting.len() == EPOCH {
            self.judge(decided);
        }
    }

    fn finish(&mut self, decided: &mut Vec<bool>) {
        if !self.waiting.is_empty() {
            self.judge(decided);
        }
    }
}

/// Turns runs of `value` that are shorter than `least`. Gaps at the ends stay: nobody speaks before and after.
fn turn_short_runs(steps: &mut [bool], value: bool, least: usize) {
    let mut start = 0;
    while start < steps.len() {
        let run = steps[start..].iter().take_while(|step| **step == steps[start]).count();
        let inside = value || (start > 0 && start + run < steps.len());
        if steps[start] == value && run < least && inside {
            steps[start..start + run].fill(!value);
        }
        start += run;
    }
}
