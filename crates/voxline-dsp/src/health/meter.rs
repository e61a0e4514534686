//! All figures of interleaved frames.

use std::collections::VecDeque;

use super::activity::{EnergyDetector, SpeechDetector};
use super::channel::{ChannelFigures, ChannelMeter, least_hole};
use super::holes::{HoleFigures, HoleMeter};
use super::pair::{PairFigures, PairMeter};

/// Frames taken apart in one go.
const BLOCK_FRAMES: usize = 2048;

/// What was measured.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct HealthFigures {
    /// Frames measured.
    pub frames: u64,
    /// Each channel.
    pub channels: Vec<ChannelFigures>,
    /// Stretches in which no channel moves.
    pub holes: HoleFigures,
    /// How the two channels are related; only when there are two.
    pub pair: Option<PairFigures>,
    /// Steps in which any channel has speech.
    pub any_speech_steps: u64,
    /// Steps in which all channels have speech.
    pub all_speech_steps: u64,
}

/// Measures interleaved frames of any channel count. Any cutting gives the same figures.
///
/// ```
/// use voxline_dsp::HealthMeter;
/// let mut meter = HealthMeter::new(8_000, 2);
/// meter.push(&[0.25, -0.25, 0.5, -0.5]);
/// let figures = meter.finish();
/// assert_eq!(figures.channels[0].mean, 0.375);
/// assert!(figures.pair.and_then(|pair| pair.correlation).is_some_and(|c| c < -0.999));
/// ```
pub struct HealthMeter {
    frames: u64,
    channels: Vec<ChannelMeter>,
    last: Vec<f32>,
    holes: HoleMeter,
    pair: Option<PairMeter>,
    plane: Vec<f32>,
    /// Decisions that wait for those of the other channels.
    decided: Vec<VecDeque<bool>>,
    any: u64,
    all: u64,
}

impl HealthMeter {
    /// A meter for frames of `channels` samples that tells speech by its energy.
    pub fn new(rate_hz: u32, channels: usize) -> Self {
        Self::with_detectors(rate_hz, channels, || Box::new(EnergyDetector::new()))
    }

    /// A meter that tells speech as the detectors do that `detector` makes, one for each channel.
    pub fn with_detectors(
        rate_hz: u32,
        channels: usize,
        mut detector: impl FnMut() -> Box<dyn SpeechDetector>,
    ) -> Self {
        Self {
            frames: 0,
            channels: (0..channels).map(|_| ChannelMeter::with_detector(rate_hz, detector())).collect(),
            last: vec![0.0; channels],
            holes: HoleMeter::new(least_hole(rate_hz)),
            pair: (channels == 2).then(|| PairMeter::new(rate_hz)),
            plane: Vec::with_capacity(BLOCK_FRAMES),
            decided: vec![VecDeque::new(); channels],
            any: 0,
            all: 0,
        }
    }

    /// Takes in the next frames. NaN counts as 0; what is farther beyond full scale than 24 dB is taken as that.
    ///
    /// **Shape**: whole frames.
    ///
    /// **Allocation**: buffers of a block on the first call.
    pub fn push(&mut self, interleaved: &[f32]) {
        let count = self.channels.len();
        if count == 0 {
            return;
        }
        for block in interleaved.chunks(BLOCK_FRAMES * count) {
            for frame in block.chunks_exact(count) {
                self.holes.next(frame != self.last);
                self.last.copy_from_slice(frame);
                self.frames += 1;
            }
            for (n, channel) in self.channels.iter_mut().enumerate() {
                self.plane.clear();
                self.plane.extend(block.chunks_exact(count).map(|frame| frame[n]));
                channel.push(&self.plane);
            }
            if let (Some(pair), [first, second]) = (&mut self.pair, &self.channels[..]) {
                pair.push(first.clean(), second.clean());
            }
            self.count();
        }
    }

    /// Counts the steps that were decided for all channels.
    fn count(&mut self) {
        for (channel, decided) in self.channels.iter().zip(&mut self.decided) {
            decided.extend(channel.decided());
        }
        let ready = self.decided.iter().map(VecDeque::len).min().unwrap_or(0);
        for _ in 0..ready {
            let speaking = self.decided.iter_mut().filter_map(VecDeque::pop_front).filter(|speech| *speech).count();
            self.any += u64::from(speaking > 0);
            self.all += u64::from(speaking == self.channels.len());
        }
    }

    /// What was measured.
    pub fn finish(mut self) -> HealthFigures {
        let channels = self.channels.iter_mut().map(ChannelMeter::finish).collect();
        self.count();
        HealthFigures {
            frames: self.frames,
            channels,
            holes: self.holes.figures(),
            pair: self.pair.map(PairMeter::finish),
            any_speech_steps: self.any,
            all_speech_steps: self.all,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use voxline_testkit::signal;

    use super::super::activity::Step;
    use super::*;

    fn interleave(planes: &[Vec<f32>]) -> Vec<f32> {
        (0..planes[0].len()).flat_map(|n| planes.iter().map(move |plane| plane[n])).collect()
    }

    fn measure(planes: &[Vec<f32>], rate_hz: u32) -> HealthFigures {
        let mut meter = HealthMeter::new(rate_hz, planes.len());
        meter.push(&interleave(planes));
        meter.finish()
    }

    /// Bursts of noise over faint noise, without low notes: `spoken` are seconds.
    fn side(seed: u64, seconds: usize, spoken: &[usize]) -> Vec<f32> {
        let noise = signal::white_noise(seed, seconds * 8000 + 1);
        let gain = |n: usize| if spoken.contains(&(n / 8000)) { 0.3 } else { 0.0003 };
        noise.windows(2).enumerate().map(|(n, x)| gain(n) * (x[1] - x[0])).collect()
    }

    #[test]
    fn steps_with_any_and_with_all_voices_are_counted() {
        let figures = measure(&[side(1, 40, &[3, 4, 5, 35]), side(2, 40, &[5, 6, 35])], 8000);
        assert_eq!((figures.any_speech_steps, figures.all_speech_steps), (250, 100));
        let speech: Vec<u64> = figures.channels.iter().map(|channel| channel.speech_steps).collect();
        assert_eq!((speech, figures.frames), (vec![200, 150], 320_000));
        let three = measure(&[side(1, 10, &[1, 2]), side(2, 10, &[2, 3]), side(3, 10, &[2, 8])], 8000);
        assert_eq!((three.any_speech_steps, three.all_speech_steps, three.pair), (200, 50, None));
    }

    #[test]
    fn a_hole_of_all_is_one_that_each_has_at_the_same_time() {
        let mut planes = [signal::white_noise(1, 80_000), signal::white_noise(2, 80_000)];
        planes[0][20_000..40_000].fill(0.0);
        planes[1][30_000..50_000].fill(0.1);
        let figures = measure(&planes, 8000);
        assert_eq!((figures.holes.holes, figures.holes.longest, figures.holes.longest_at), (1, 10_000, 30_000));
        assert_eq!(figures.channels[1].holes.longest_at, 30_000);
        assert_eq!(figures.channels[1].holes.longest, 20_000);
    }

    /// Says after so many more steps whether a step was loud.
    struct Loud(VecDeque<bool>, usize);

    impl SpeechDetector for Loud {
        fn push(&mut self, step: Step<'_>, decided: &mut Vec<bool>) {
            assert_eq!(step.samples.len(), 160);
            self.0.push_back(step.level_dbfs.is_some_and(|db| db > -40.0));
            if self.0.len() > self.1 {
                decided.extend(self.0.pop_front());
            }
        }

        fn finish(&mut self, decided: &mut Vec<bool>) {
            decided.extend(self.0.drain(..));
        }
    }

    #[test]
    fn another_detector_may_take_its_time() {
        let mut delays = [3, 17].into_iter();
        let mut meter =
            HealthMeter::with_detectors(8000, 2, || Box::new(Loud(VecDeque::new(), delays.next().unwrap())));
        // Every third step of one side is loud, every second of the other.
        let planes = [3, 2].map(|of| {
            let noise = signal::white_noise(of, 160 * 100 + 1);
            let gain = |n: usize| if (n as u64 / 160).is_multiple_of(of) { 0.3 } else { 0.0003 };
            noise.windows(2).enumerate().map(|(n, x)| gain(n) * (x[1] - x[0])).collect()
        });
        meter.push(&interleave(&planes));
        let figures = meter.finish();
        let speech: Vec<u64> = figures.channels.iter().map(|channel| channel.speech_steps).collect();
        assert_eq!((speech, figures.all_speech_steps, figures.any_speech_steps), (vec![34, 50], 17, 67));
    }

    #[test]
    fn no_channels_and_no_frames_do_no_harm() {
        let mut none = HealthMeter::new(8000, 0);
        none.push(&[1.0, 2.0]);
        assert_eq!(none.finish().channels, []);
        assert_eq!(HealthMeter::new(384_000, 2).finish().pair.unwrap(), PairFigures::default());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn any_split_gives_the_same_figures(channels in 1usize..=3, mut cuts in prop::collection::vec(0usize..=40_000, 0..12)) {
            let frames = 40_000;
            let planes: Vec<Vec<f32>> = (0..channels as u64).map(|n| signal::speech_like(n, 8000, frames)).collect();
            let input = interleave(&planes);
            let whole = measure(&planes, 8000);
            prop_assert!(whole.any_speech_steps > 0);
            let mut meter = HealthMeter::new(8000, channels);
            cuts.extend([0, frames]);
            cuts.sort_unstable();
            for cut in cuts.windows(2) {
                meter.push(&input[cut[0] * channels..cut[1] * channels]);
            }
            prop_assert_eq!(meter.finish(), whole);
        }
    }
}
