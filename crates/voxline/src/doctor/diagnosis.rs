//! What an examination says.

use serde::{Deserialize, Serialize};
use voxline_core::{Report, SampleRate};
use voxline_dsp::health::{ChannelFigures, HealthFigures, Match, STEP_MS, step_frames};

use super::{Finding, Severity};

/// The outcome of an examination.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[non_exhaustive]
pub struct Diagnosis {
    /// What was found: of the file, of each channel, of the two together.
    pub findings: Vec<Finding>,
    /// Each channel in numbers, good or bad; empty when there is no audio.
    pub channels: Vec<ChannelHealth>,
    /// The two channels together; only when there are two.
    pub pair: Option<PairHealth>,
    /// The rate of the frames that `channels` and `pair` are about. In a stream that changes its rate it is the one that
    /// most of the time has.
    pub sample_rate_hz: u32,
    /// How many frames that are.
    pub frames: u64,
    /// What [`inspect`](crate::inspect()) says.
    pub report: Report,
}

impl Diagnosis {
    /// The severity of the worst finding; `None` when nothing was found.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }
}

/// One channel in numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelHealth {
    /// Which one, counted from 1.
    pub channel: u16,
    /// Whether all its samples are the same.
    pub digital_silence: bool,
    /// Level that a hundredth of the time reaches (in steps of 20 ms), in dBFS.
    pub loudest_dbfs: Option<f64>,
    /// Mean of all samples, as a share of full scale.
    pub dc_offset: f64,
    /// Runs of samples at full scale.
    pub clipped_runs: u64,
    /// Samples in these runs.
    pub clipped_samples: u64,
    /// Length of the longest of these runs in ms.
    pub longest_clip_ms: f64,
    /// Stretches of digital silence of at least a second with sound before and after.
    pub holes: u64,
    /// All of them together in seconds.
    pub holes_s: f64,
    /// The longest of them in seconds.
    pub longest_hole_s: f64,
    /// Where the longest begins, in seconds.
    pub longest_hole_at_s: f64,
    /// Digital silence at the beginning, in seconds.
    pub leading_silence_s: f64,
    /// Digital silence at the end, in seconds.
    pub trailing_silence_s: f64,
    /// Up to which frequency there is anything; `None` when it is too quiet to tell.
    pub bandwidth_hz: Option<f64>,
    /// By which factor the rate was raised by repeating samples or by straight lines between them, 2 to 6; `None` when the
    /// samples do not show it.
    pub raised_by: Option<u32>,
    /// Seconds in which there is speech, judged by energy in steps of 20 ms.
    pub speech_s: f64,
    /// The same as a share of all.
    pub speech_ratio: f64,
    /// Mean level of speech in dBFS; `None` without speech.
    pub speech_dbfs: Option<f64>,
    /// Noise floor between speech in dBFS; `None` when there is only speech or digital silence.
    pub noise_dbfs: Option<f64>,
}

/// One signal found in another.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SignalMatch {
    /// Frames by which the copy is late; negative when it is early.
    pub lag_frames: i64,
    /// The same in ms.
    pub lag_ms: f64,
    /// Correlation at this lag, -1 to 1.
    pub correlation: f64,
    /// Level of the copy relative to the original in dB.
    pub gain_db: f64,
    /// How many times the correlation there is that elsewhere; large for a real match, small for tones and for chance.
    pub prominence: f64,
}

/// Two channels together in numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PairHealth {
    /// Correlation without any lag, -1 to 1; `None` while one is silent.
    pub correlation: Option<f64>,
    /// Where channel 1 fits channel 2 best, be it by chance.
    pub best_match: Option<SignalMatch>,
    /// Where channel 1 fits channel 2 best while channel 1 is the louder one, be it by chance.
    pub leak_1_to_2: Option<SignalMatch>,
    /// Where channel 2 fits channel 1 best while channel 2 is the louder one, be it by chance.
    pub leak_2_to_1: Option<SignalMatch>,
    /// Half-second blocks in which channel 1 was the louder one by 6 dB and more, and those of channel 2.
    pub leak_blocks: [u64; 2],
    /// Seconds in which at least one side speaks.
    pub any_speech_s: f64,
    /// Seconds in which both speak.
    pub talk_over_s: f64,
    /// Talk-over as a share of all speech; `None` without speech.
    pub talk_over_ratio: Option<f64>,
}

/// Turns figures in frames and steps into figures in seconds.
pub(super) struct Units {
    hz: f64,
    step_s: f64,
}

impl Units {
    pub(super) fn new(rate: SampleRate) -> Self {
        // Steps are whole frames: at odd rates a little less than their nominal length.
        let hz = f64::from(rate.hz());
        debug_assert!(step_frames(rate.hz()) as f64 / hz <= f64::from(STEP_MS) / 1000.0 + 1.0 / hz);
        Self { hz, step_s: step_frames(rate.hz()) as f64 / hz }
    }

    pub(super) fn seconds(&self, frames: u64) -> f64 {
        frames as f64 / self.hz
    }

    fn speech(&self, steps: u64) -> f64 {
        steps as f64 * self.step_s
    }

    fn found(&self, found: Match) -> SignalMatch {
        SignalMatch {
            lag_frames: found.lag,
            lag_ms: 1000.0 * found.lag as f64 / self.hz,
            correlation: found.correlation,
            gain_db: found.gain_db,
            prominence: found.prominence,
        }
    }

    pub(super) fn channel(&self, channel: u16, figures: &ChannelFigures) -> ChannelHealth {
        let (clip, holes) = (figures.clip, figures.holes);
        ChannelHealth {
            channel,
            digital_silence: figures.still,
            loudest_dbfs: figures.loudest_dbfs,
            dc_offset: figures.mean,
            clipped_runs: clip.runs,
            clipped_samples: clip.samples,
            longest_clip_ms: 1000.0 * self.seconds(clip.longest),
            holes: holes.holes,
            holes_s: self.seconds(holes.frames),
            longest_hole_s: self.seconds(holes.longest),
            longest_hole_at_s: self.seconds(holes.longest_at),
            // A single frame is no silence: every stretch has one.
            leading_silence_s: self.seconds(if holes.leading > 1 { holes.leading } else { 0 }),
            trailing_silence_s: self.seconds(if holes.trailing > 1 { holes.trailing } else { 0 }),
            bandwidth_hz: figures.bandwidth_hz,
            raised_by: figures.raised_by,
            speech_s: self.speech(figures.speech_steps),
            speech_ratio: figures.speech_steps as f64 / figures.steps.max(1) as f64,
            speech_dbfs: figures.speech_dbfs,
            noise_dbfs: figures.noise_dbfs,
        }
    }

    pub(super) fn pair(&self, figures: &HealthFigures) -> Option<PairHealth> {
        let pair = figures.pair?;
        let (any, all) = (figures.any_speech_steps, figures.all_speech_steps);
        Some(PairHealth {
            correlation: pair.correlation,
            best_match: pair.copy.map(|found| self.found(found)),
            leak_1_to_2: pair.leak_to_second.map(|found| self.found(found)),
            leak_2_to_1: pair.leak_to_first.map(|found| self.found(found)),
            leak_blocks: pair.leak_blocks,
            any_speech_s: self.speech(any),
            talk_over_s: self.speech(all),
            talk_over_ratio: (any > 0).then(|| all as f64 / any as f64),
        })
    }
}
