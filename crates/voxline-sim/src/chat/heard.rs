//! What there is to hear: length and level, by definition rather than by anybody's library.

use std::fmt;

use voxline_core::ChannelLevel;
use voxline_core::units::frames_to_seconds;

/// Quieter than this on the whole is called silence. A telephone line's own noise lies around −50 dBFS.
const SILENCE_DBFS: f64 = -60.0;
/// A block louder than this counts as active.
const ACTIVE_DBFS: f64 = -45.0;
/// Blocks of 20 ms, the frame of speech coding.
const BLOCKS_A_SECOND: u32 = 50;
/// Full scale of 16-bit samples.
const FULL_SCALE: f64 = 32_768.0;

/// What the simulator heard in a request.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Heard {
    /// `wav`, `pcm`, `speex` (each packet behind its length) or `speex-bare`.
    pub container: &'static str,
    /// Frames a second.
    pub sample_rate_hz: u32,
    /// Frames, all of one channel.
    pub frames: u64,
    /// `frames` in seconds.
    pub duration_s: f64,
    /// Level of the whole.
    pub level: ChannelLevel,
    /// Share of 20 ms blocks, the last one perhaps shorter, whose RMS lies above −45 dBFS; 0 to 1. A rough measure of speech.
    pub active_ratio: f64,
}

impl Heard {
    pub(super) fn measure(container: &'static str, samples: &[i16], sample_rate_hz: u32) -> Self {
        let frames = samples.len() as u64;
        let peak = samples.iter().map(|s| s.unsigned_abs()).max().unwrap_or(0);
        let block_frames = usize::try_from(sample_rate_hz / BLOCKS_A_SECOND).unwrap_or(1).max(1);
        let threshold = 10_f64.powf(ACTIVE_DBFS / 20.0);
        let blocks = samples.len().div_ceil(block_frames);
        let active = samples.chunks(block_frames).filter(|block| rms(block) > threshold).count();
        Self {
            container,
            sample_rate_hz,
            frames,
            duration_s: frames_to_seconds(frames, sample_rate_hz),
            level: ChannelLevel::from_linear(f64::from(peak) / FULL_SCALE, rms(samples)),
            active_ratio: if blocks == 0 { 0.0 } else { active as f64 / blocks as f64 },
        }
    }

    /// Whether there is nothing to hear.
    pub fn is_silence(&self) -> bool {
        self.level.rms_dbfs.is_none_or(|rms_dbfs| rms_dbfs < SILENCE_DBFS)
    }
}

fn rms(samples: &[i16]) -> f64 {
    // At most 300 000 squares below 2^30: exact in u64.
    let sum: u64 = samples.iter().map(|s| u64::from(s.unsigned_abs()).pow(2)).sum();
    (sum as f64 / samples.len().max(1) as f64).sqrt() / FULL_SCALE
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, khz) = (self.duration_s, f64::from(self.sample_rate_hz) / 1_000.0);
        match (self.level.rms_dbfs, self.level.peak_dbfs) {
            (Some(rms), Some(peak)) if !self.is_silence() => {
                let (rms, peak) = (tenths(rms), tenths(peak));
                write!(f, "I heard {seconds:.2} s of {khz} kHz speech at {rms:.1} dBFS (peak {peak:.1} dBFS).")
            }
            _ => write!(f, "I heard silence, {seconds:.2} s of it at {khz} kHz."),
        }
    }
}

/// Rounded, and never −0.0.
fn tenths(db: f64) -> f64 {
    (db * 10.0).round() / 10.0 + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_scale_square_wave_is_zero_everywhere() {
        let square: Vec<i16> = (0..16_000).map(|i| if i % 2 == 0 { -32_767 } else { 32_767 }).collect();
        let heard = Heard::measure("pcm", &square, 16_000);
        assert_eq!(heard.to_string(), "I heard 1.00 s of 16 kHz speech at 0.0 dBFS (peak 0.0 dBFS).");
        assert_eq!(Heard::measure("pcm", &[i16::MIN; 10], 8_000).level.rms_dbfs, Some(0.0));
    }

    #[test]
    fn a_sine_is_three_decibels_below_its_peak() {
        // 250 Hz at 8 kHz has a whole number of periods in a second: RMS = amplitude/√2 to rounding.
        let sine: Vec<i16> = (0..8_000)
            .map(|i| (16_384.0 * (f64::from(i) * 250.0 / 8_000.0 * std::f64::consts::TAU).sin()).round() as i16)
            .collect();
        let heard = Heard::measure("wav", &sine, 8_000);
        let expected = 20.0 * (0.5_f64 / 2.0_f64.sqrt()).log10();
        assert!((heard.level.rms_dbfs.unwrap() - expected).abs() < 1e-3, "{heard:?}");
        assert_eq!(heard.to_string(), "I heard 1.00 s of 8 kHz speech at -9.0 dBFS (peak -6.0 dBFS).");
    }

    #[test]
    fn activity_counts_blocks() {
        // Three blocks of silence, one loud, and half a loud one.
        let mut samples = vec![0_i16; 3 * 160];
        samples.extend([8_000; 160 + 80]);
        assert_eq!(Heard::measure("pcm", &samples, 8_000).active_ratio, 2.0 / 5.0);
    }

    #[test]
    fn silence_is_called_silence_up_to_its_threshold() {
        // 32 768 · 10^(−60/20) = 32.8.
        for (level, silent) in [(0, true), (32, true), (33, false)] {
            let heard = Heard::measure("pcm", &[level; 16_000], 8_000);
            assert_eq!(heard.is_silence(), silent, "{level}");
            assert_eq!(heard.to_string().starts_with("I heard silence, 2.00 s"), silent, "{heard}");
        }
    }
}
