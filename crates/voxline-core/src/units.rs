//! Conversions between the units of the field.

/// 20·log10 of an amplitude relative to full scale; `f64::NEG_INFINITY` for silence.
///
/// ```
/// # use voxline_core::units::amplitude_to_db;
/// assert_eq!(amplitude_to_db(1.0), 0.0);
/// assert!((amplitude_to_db(0.5) + 6.0206).abs() < 1e-4);
/// ```
pub fn amplitude_to_db(amplitude: f64) -> f64 {
    20.0 * amplitude.log10()
}

/// Seconds that `frames` take at `sample_rate_hz`; 0 when the rate is 0.
pub fn frames_to_seconds(frames: u64, sample_rate_hz: u32) -> f64 {
    if sample_rate_hz == 0 { 0.0 } else { frames as f64 / f64::from(sample_rate_hz) }
}

/// The length rule of rate conversion: `frames` at `from_hz` become round(frames · to / from) frames, ties upwards.
///
/// ```
/// # use voxline_core::units::resampled_frames;
/// assert_eq!(resampled_frames(441, 44_100, 16_000), 160);
/// assert_eq!(resampled_frames(1, 16_000, 8_000), 1);
/// ```
pub fn resampled_frames(frames: u64, from_hz: u32, to_hz: u32) -> u64 {
    let from = u128::from(from_hz.max(1));
    let exact = u128::from(frames) * u128::from(to_hz);
    u64::try_from((2 * exact + from) / (2 * from)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_rule_rounds_half_up_and_never_overflows() {
        assert_eq!(resampled_frames(0, 44_100, 16_000), 0);
        assert_eq!(resampled_frames(3, 16_000, 8_000), 2);
        assert_eq!(resampled_frames(5, 48_000, 16_000), 2);
        assert_eq!(resampled_frames(u64::MAX, 1, 1), u64::MAX);
        assert_eq!(resampled_frames(u64::MAX, 1, 2), u64::MAX);
    }
}
