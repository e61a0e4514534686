//! All figures of one channel.

use std::collections::VecDeque;

use super::activity::{EnergyDetector, SpeechDetector, Step};
use super::bandwidth::BandwidthMeter;
use super::blocker::Blocker;
use super::clip::{ClipFigures, ClipMeter};
use super::histogram::LevelHistogram;
use super::holes::{HoleFigures, HoleMeter};
use super::raised::RaiseMeter;
use super::{power_db, step_frames};

/// Samples are taken up to 24 dB above full scale: nobody means more, and squares and spectra stay far from infinity.
const MOST: f32 = 16.0;
/// A stretch without movement is a hole from this length on: longer than any pause between words, and than what a decoder
/// puts in place of lost frames.
const LEAST_HOLE_S: f64 = 1.0;
/// The quieter steps without speech: in the others words fade away.
const NOISE_SHARE: f64 = 0.25;
/// The loudest step of a hundred: louder ones may be clicks.
const LOUDEST_SHARE: f64 = 0.99;

/// What was measured of a channel.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct ChannelFigures {
    /// Frames measured.
    pub frames: u64,
    /// Whether no sample differs from the first: digital silence.
    pub still: bool,
    /// Mean of all samples: the DC offset.
    pub mean: f64,
    /// Runs at full scale.
    pub clip: ClipFigures,
    /// Stretches of digital silence of a second and more.
    pub holes: HoleFigures,
    /// Up to which frequency there is anything, in Hz; `None` when nothing is loud enough to tell.
    pub bandwidth_hz: Option<f64>,
    /// By which factor the rate was raised without a filter, so that there are mirror images; `None` when the samples do not
    /// show it.
    pub raised_by: Option<u32>,
    /// Steps of 20 ms.
    pub steps: u64,
    /// Steps with speech.
    pub speech_steps: u64,
    /// Mean level of the steps with speech, in dBFS; `None` without speech.
    pub speech_dbfs: Option<f64>,
    /// Noise floor: the level below which a quarter of the steps lies that hold neither speech nor digital silence, in
    /// dBFS; `None` when there are none.
    pub noise_dbfs: Option<f64>,
    /// Level that a hundredth of the steps reaches, in dBFS; `None` for digital silence.
    pub loudest_dbfs: Option<f64>,
}

/// Measures one plane.
///
/// See [`EnergyDetector`] for an example.
pub struct ChannelMeter {
    frames: u64,
    last: f32,
    sum: f64,
    clip: ClipMeter,
    holes: HoleMeter,
    blocker: Blocker,
    /// The samples of the last push without offset.
    clean: Vec<f32>,
    bandwidth: BandwidthMeter,
    raised: RaiseMeter,
    step: Vec<f32>,
    step_len: usize,
    step_moved: bool,
    detector: Box<dyn SpeechDetector>,
    /// Powers of the steps that were not judged yet; 0 for digital silence.
    waiting: VecDeque<f64>,
    /// What was decided since the last push began.
    decided: Vec<bool>,
    speech_steps: u64,
    speech_power: f64,
    noise: LevelHistogram,
    levels: LevelHistogram,
    steps: u64,
}

impl ChannelMeter {
    /// A meter for a plane of this rate that tells speech by its energy.
    pub fn new(rate_hz: u32) -> Self {
        Self::with_detector(rate_hz, Box::new(EnergyDetector::new()))
    }

    /// A meter that tells speech as `detector` does.
    pub fn with_detector(rate_hz: u32, detector: Box<dyn SpeechDetector>) -> Self {
        let step_len = step_frames(rate_hz);
        Self {
            frames: 0,
            last: 0.0,
            sum: 0.0,
            clip: ClipMeter::new(rate_hz),
            holes: HoleMeter::new(least_hole(rate_hz)),
            blocker: Blocker::new(rate_hz),
            clean: Vec::new(),
            bandwidth: BandwidthMeter::new(rate_hz),
            raised: RaiseMeter::new(),
            step: Vec::with_capacity(step_len),
            step_len,
            step_moved: false,
            detector,
            waiting: VecDeque::new(),
            decided: Vec::new(),
            speech_steps: 0,
            speech_power: 0.0,
            noise: LevelHistogram::new(),
            levels: LevelHistogram::new(),
            steps: 0,
        }
    }

    /// Takes in the next samples. NaN counts as 0; what is farther beyond full scale than 24 dB is taken as that.
    ///
    /// **Allocation**: a copy of `plane`, kept for the next time.
    pub fn push(&mut self, plane: &[f32]) {
        self.clean.clear();
        self.decided.clear();
        for x in plane {
            let x = if x.is_nan() { 0.0 } else { x.clamp(-MOST, MOST) };
            let wide = f64::from(x);
            let moved = x != self.last && self.frames > 0;
            self.last = x;
            self.frames += 1;
            self.sum += wide;
            self.clip.next(wide);
            self.raised.next(x);
            self.holes.next(moved);
            let clean = self.blocker.next(wide) as f32;
            self.clean.push(clean);
            self.step.push(clean);
            self.step_moved |= moved;
            if self.step.len() == self.step_len {
                self.end_step();
            }
        }
        self.bandwidth.push(&self.clean);
    }

    fn end_step(&mut self) {
        let energy: f64 = self.step.iter().map(|x| f64::from(*x) * f64::from(*x)).sum();
        let power = if self.step_moved { energy / self.step.len() as f64 } else { 0.0 };
        let level_dbfs = power_db(power);
        if let Some(db) = level_dbfs {
            self.levels.add(db);
        }
        self.waiting.push_back(power);
        self.steps += 1;
        let before = self.decided.len();
        self.detector.push(Step { samples: &self.step, level_dbfs }, &mut self.decided);
        self.sort(before);
        self.step.clear();
        self.step_moved = false;
    }

    /// Counts the steps that were decided, from this answer on.
    fn sort(&mut self, from: usize) {
        for speech in self.decided.get(from..).unwrap_or(&[]) {
            let power = self.waiting.pop_front().unwrap_or(0.0);
            if *speech {
                self.speech_steps += 1;
                self.speech_power += power;
            } else if let Some(db) = power_db(power) {
                self.noise.add(db);
            }
        }
    }

    /// The samples of the last push, without offset and rumble.
    pub fn clean(&self) -> &[f32] {
        &self.clean
    }

    /// What was decided about steps during the last push or at the end: whether they hold speech, in order.
    pub fn decided(&self) -> &[bool] {
        &self.decided
    }

    /// What was measured. Of the last step at least a half counts as one.
    pub fn finish(&mut self) -> ChannelFigures {
        self.decided.clear();
        if 2 * self.step.len() >= self.step_len {
            self.end_step();
        }
        let before = self.decided.len();
        self.detector.finish(&mut self.decided);
        self.sort(before);
        let speech = self.speech_steps.max(1) as f64;
        ChannelFigures {
            frames: self.frames,
            still: self.holes.still(),
            mean: self.sum / self.frames.max(1) as f64,
            clip: self.clip.figures(),
            holes: self.holes.figures(),
            bandwidth_hz: self.bandwidth.finish(),
            raised_by: self.raised.factor(),
            steps: self.steps,
            speech_steps: self.speech_steps,
            speech_dbfs: power_db(self.speech_power / speech),
            noise_dbfs: self.noise.percentile(NOISE_SHARE),
            loudest_dbfs: self.levels.percentile(LOUDEST_SHARE),
        }
    }
}

/// Frames of the shortest hole at a rate.
pub(super) fn least_hole(rate_hz: u32) -> u64 {
    (LEAST_HOLE_S * f64::from(rate_hz)).ceil() as u64
}

#[cfg(test)]
mod tests {
    use voxline_testkit::signal;

    use super::*;

    fn measure(plane: &[f32], rate_hz: u32) -> ChannelFigures {
        let mut meter = ChannelMeter::new(rate_hz);
        meter.push(plane);
        meter.finish()
    }

    /// Seconds of noise of this RMS, without the low notes that outlast its end in the high-pass.
    fn noise(seed: u64, seconds: f64, rate_hz: u32, rms_dbfs: f64) -> Vec<f32> {
        // Even noise between -1 and 1 has a mean square of 1/3, the difference of two samples twice as much.
        let gain = 1.5f64.sqrt() * 10f64.powf(rms_dbfs / 20.0);
        let even = signal::white_noise(seed, (seconds * f64::from(rate_hz)) as usize + 1);
        even.windows(2).map(|x| (gain * (f64::from(x[1]) - f64::from(x[0]))) as f32).collect()
    }

    #[test]
    fn offset_noise_speech_and_their_ratio_are_those_that_were_put_in() {
        for rate in [8000, 16_000, 44_100] {
            // Bursts of noise stand for speech: 1 s of every 4, at -20 dBFS, over -60 dBFS; 120 s are four epochs.
            let mut plane = noise(1, 120.0, rate, -60.0);
            for second in (2..120).step_by(4) {
                let start = second * rate as usize;
                for (x, loud) in plane[start..].iter_mut().zip(noise(second as u64, 1.0, rate, -20.0)) {
                    *x += loud;
                }
            }
            plane.iter_mut().for_each(|x| *x += 0.01);
            let figures = measure(&plane, rate);
            assert!((figures.mean - 0.01).abs() < 1e-4, "{}", figures.mean);
            assert_eq!((figures.steps, figures.speech_steps), (6000, 1500), "{rate}");
            // The high-pass takes 40 Hz of 4 kHz and more; of the noise it is the lower quartile.
            assert!((figures.speech_dbfs.unwrap() + 20.0).abs() < 0.15, "{figures:?}");
            assert!((figures.noise_dbfs.unwrap() + 60.2).abs() < 0.3, "{figures:?}");
            assert!((figures.loudest_dbfs.unwrap() + 20.0).abs() < 1.5, "{figures:?}");
            assert!(figures.bandwidth_hz.unwrap() > 0.49 * f64::from(rate));
            assert_eq!((figures.still, figures.clip.runs, figures.holes.holes), (false, 0, 0));
        }
    }

    #[test]
    fn steady_sounds_are_no_speech() {
        for plane in [noise(1, 40.0, 8000, -20.0), signal::sine(440.0, 8000, 320_000, 0.5), vec![0.25; 320_000]] {
            let figures = measure(&plane, 8000);
            assert_eq!((figures.steps, figures.speech_steps), (2000, 0));
            assert_eq!(figures.speech_dbfs, None);
        }
        // A click of 20 ms is none either.
        let mut clicked = noise(1, 40.0, 8000, -60.0);
        clicked[80_000..80_160].fill(0.5);
        assert_eq!(measure(&clicked, 8000).speech_steps, 0);
        // What contrasts but is too faint to be heard is none.
        let faint = [noise(1, 10.0, 8000, -90.0), noise(2, 10.0, 8000, -65.0)].concat();
        assert_eq!(measure(&faint, 8000).speech_steps, 0);
    }

    #[test]
    fn pauses_inside_words_belong_to_them_and_digital_silence_is_not_the_floor() {
        let (quiet, loud) = (noise(1, 1.0, 8000, -55.0), noise(2, 0.5, 8000, -15.0));
        let gap = |steps: usize| quiet[..160 * steps].to_vec();
        let zeros = vec![0.0; 32_000];
        let plane =
            [quiet.clone(), loud.clone(), gap(9), loud.clone(), gap(10), loud.clone(), zeros, quiet.clone()].concat();
        let figures = measure(&plane, 8000);
        assert_eq!(figures.speech_steps, 75 + 9);
        assert!((figures.noise_dbfs.unwrap() + 55.0).abs() < 0.5, "{figures:?}");
        assert_eq!((figures.holes.holes, figures.holes.longest), (1, 32_000));
    }

    #[test]
    fn the_ends_of_words_are_kept_but_begin_nothing() {
        // Floor -60, top -20: speech begins at -50 and goes on down to -54.
        let (quiet, loud, fading) =
            (noise(1, 2.0, 8000, -60.0), noise(2, 1.0, 8000, -20.0), noise(3, 0.5, 8000, -52.0));
        let word = [&loud[..], &fading].concat();
        let alone = [&quiet[..], &fading, &quiet].concat();
        assert_eq!(measure(&[&alone[..], &word, &quiet].concat(), 8000).speech_steps, 75);
        assert_eq!(measure(&[&alone[..], &loud, &quiet].concat(), 8000).speech_steps, 50);
    }

    #[test]
    fn nothing_and_next_to_nothing() {
        let figures = measure(&[], 8000);
        assert_eq!(figures, ChannelFigures { still: true, ..ChannelFigures::default() });
        assert_eq!(measure(&[0.1; 79], 8000).steps, 0);
        assert_eq!(measure(&[0.1; 80], 8000).steps, 1);
        let broken = measure(&[f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX].repeat(4000), 8000);
        assert!(broken.mean.is_finite() && broken.loudest_dbfs.unwrap() < 24.1, "{broken:?}");
    }
}
