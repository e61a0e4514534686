//! The limits that every decoder keeps.

use voxline_core::options::LimitOptions;
use voxline_core::units::frames_to_seconds;
use voxline_core::{AudioSpec, ChannelMask, SampleRate};

use crate::DecodeError;

/// "1 channel", "2 channels".
pub(crate) fn counted(channels: u16) -> String {
    format!("{channels} channel{}", if channels == 1 { "" } else { "s" })
}

/// Builds a specification from header fields.
///
/// **Errors**: [`DecodeError::Unsupported`] with the range when no option would help, [`DecodeError::Limit`] when
/// `limits.max_channels` forbids it.
pub(crate) fn checked_spec(rate_hz: u32, channels: u16, limits: &LimitOptions) -> Result<AudioSpec, DecodeError> {
    let sample_rate = SampleRate::new(rate_hz).map_err(|_| {
        DecodeError::Unsupported(format!(
            "a sample rate of {rate_hz} Hz is not supported; {} to {} Hz are",
            SampleRate::MIN_HZ,
            SampleRate::MAX_HZ
        ))
    })?;
    if channels == 0 || channels > AudioSpec::MAX_CHANNELS {
        return Err(DecodeError::Unsupported(format!(
            "{channels} channels are not supported; 1 to {} are",
            AudioSpec::MAX_CHANNELS
        )));
    }
    if channels > limits.max_channels {
        return Err(DecodeError::Limit(format!(
            "{channels} channels are more than limits.max_channels = {}",
            limits.max_channels
        )));
    }
    Ok(AudioSpec { sample_rate, channel_count: channels, channel_mask: ChannelMask::UNKNOWN })
}

/// Keeps `limits.max_duration_s`, to the frame: what is inside the limit is delivered whatever the chunks.
#[derive(Debug)]
pub(crate) struct DurationGuard {
    max_s: Option<f64>,
    /// Seconds of the runs at earlier rates.
    before_s: f64,
    rate_hz: u32,
    run_frames: u64,
}

/// Forgives the rounding of seconds × rate; far below one frame.
const ROUNDING_FRAMES: f64 = 1e-6;

impl DurationGuard {
    pub(crate) fn new(limits: &LimitOptions) -> Self {
        Self { max_s: limits.max_duration_s, before_s: 0.0, rate_hz: 0, run_frames: 0 }
    }

    /// How many of `wanted` frames may be given out next; the caller then gives exactly these.
    ///
    /// **Errors**: [`DecodeError::Limit`] when frames are wanted and none is allowed.
    pub(crate) fn admit(&mut self, wanted: usize, rate: SampleRate) -> Result<usize, DecodeError> {
        if rate.hz() != self.rate_hz {
            self.before_s += frames_to_seconds(self.run_frames, self.rate_hz);
            (self.rate_hz, self.run_frames) = (rate.hz(), 0);
        }
        let Some(max_s) = self.max_s else { return Ok(wanted) };
        let run_max = ((max_s - self.before_s) * f64::from(self.rate_hz) + ROUNDING_FRAMES).floor();
        // A float beyond the range saturates, a negative one becomes 0.
        let room = (run_max as u64).saturating_sub(self.run_frames);
        let allowed = usize::try_from(room).unwrap_or(usize::MAX).min(wanted);
        if allowed == 0 && wanted > 0 {
            let seconds = self.before_s + frames_to_seconds(self.run_frames + 1, self.rate_hz);
            return Err(DecodeError::Limit(format!(
                "at least {seconds} s of audio are more than limits.max_duration_s = {max_s}"
            )));
        }
        self.run_frames = self.run_frames.saturating_add(allowed as u64);
        Ok(allowed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(max_s: f64) -> DurationGuard {
        let mut limits = LimitOptions::default();
        limits.max_duration_s = Some(max_s);
        DurationGuard::new(&limits)
    }

    #[test]
    fn the_limit_itself_is_allowed_and_one_frame_more_is_not() {
        let rate = SampleRate::new(44_100).unwrap();
        for (max_s, frames) in [(0.1, 4_410), (0.3, 13_230), (1.0, 44_100), (0.7, 30_870)] {
            let mut guard = guard(max_s);
            assert_eq!(guard.admit(frames + 5, rate).unwrap(), frames);
            let error = guard.admit(1, rate).unwrap_err().to_string();
            assert!(error.contains("limits.max_duration_s") && error.contains(&max_s.to_string()), "{error}");
            assert_eq!(guard.admit(0, rate).unwrap(), 0);
        }
    }

    #[test]
    fn seconds_add_up_over_rates() {
        let (slow, fast) = (SampleRate::new(8_000).unwrap(), SampleRate::new(16_000).unwrap());
        let mut guard = guard(1.5);
        assert_eq!(guard.admit(8_000, slow).unwrap(), 8_000);
        assert_eq!(guard.admit(10_000, fast).unwrap(), 8_000);
        assert!(guard.admit(1, slow).is_err());
    }
}
