//! PCM to PCM: channel mixing, sample-rate conversion, conversion to 16 bits, level measurement, voice activity.
//!
//! Every stage takes chunks of any length and gives the same bits however the audio is cut. Samples are `f32` with full
//! scale ±1; a *plane* is all samples of one channel.
//!
//! | module | what it does |
//! |---|---|
//! | [`mix`] | interleaved frames to one plane per output channel: downmix, selection, split |
//! | [`resample`] | one plane from one sample rate to another |
//! | [`convert`] | `f32` to signed 16 bits and back |
//! | [`level`] | peak and RMS per channel; identical or inverted pairs |
//! | [`health`] | what says whether a call can be understood: speech and noise, clipping, bandwidth, copies and leaks |
//! | [`voice`] | where somebody speaks |

pub mod convert;
mod error;
pub mod health;
pub mod level;
pub mod mix;
pub mod resample;
pub mod voice;

pub use convert::{Quantiser, s16_to_f32};
pub use error::DspError;
pub use health::HealthMeter;
pub use level::{FrameMeter, LevelMeter, PairRelation, StereoMeter};
pub use mix::Mixer;
pub use resample::{Resample, resampler};
pub use voice::{VoiceBlock, VoiceDetector, speaking};
