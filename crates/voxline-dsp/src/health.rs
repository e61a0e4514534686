//! Whether call audio is fit to be understood: the figures behind a diagnosis.
//!
//! | module | what it measures |
//! |---|---|
//! | [`clip`] | runs of samples that stand at full scale |
//! | [`holes`] | stretches in which the signal does not move at all |
//! | [`activity`] | which short steps hold speech, behind a trait |
//! | [`bandwidth`] | up to which frequency there is anything |
//! | [`raised`] | whether the rate was raised without a filter |
//! | [`pair`] | how two channels are related: copies, delays, leaks |
//! | [`channel`] | all of one channel |
//! | [`meter`] | all of interleaved frames |
//!
//! Figures only: what is good and what is bad is not decided here.

pub mod activity;
pub mod bandwidth;
mod blocker;
pub mod channel;
pub mod clip;
mod fft;
mod histogram;
pub mod holes;
pub mod meter;
pub mod pair;
pub mod raised;

pub use activity::{EnergyDetector, SpeechDetector, Step};
pub use channel::ChannelFigures;
pub use meter::{HealthFigures, HealthMeter};
pub use pair::{Match, PairFigures};

/// Length of a step, the unit in which speech is told from its absence: 20 ms hold two periods of the deepest voice and
/// are shorter than any sound of speech.
pub const STEP_MS: u32 = 20;

/// Frames of a step.
pub fn step_frames(rate_hz: u32) -> usize {
    (u64::from(rate_hz) * u64::from(STEP_MS) / 1000).max(1) as usize
}

/// 10·log10 of a mean square; `None` for silence, because JSON has no infinity.
fn power_db(power: f64) -> Option<f64> {
    (power > 0.0 && power.is_finite()).then(|| 10.0 * power.log10())
}
