//! How many frames a part may have.

use voxline_core::{Error, ErrorKind, Options, Result};

use crate::payload::{OutputFormat, base64_len};

/// Frames that no recording has: more than a year at the highest rate.
const ENDLESS: u64 = 1 << 44;

/// The most frames of one part, so that its encoded form obeys every limit; `None` when nothing limits it.
///
/// **Errors**: [`ErrorKind::LimitExceeded`] when not one frame fits.
pub(super) fn most_frames(options: &Options, format: &OutputFormat, rate_hz: u32) -> Result<Option<u64>> {
    let limits = &options.limits;
    let longest = options.split.max_duration_s.map_or(ENDLESS, |s| (s * f64::from(rate_hz)) as u64);
    let fits = |frames: u64| {
        let bytes = format.bytes(frames);
        frames <= longest
            && limits.max_output_bytes.is_none_or(|most| bytes <= most)
            && limits.max_base64_bytes.is_none_or(|most| base64_len(bytes) <= most)
            && format.most_bytes().is_none_or(|most| bytes <= most)
    };
    if fits(ENDLESS) {
        return Ok(None);
    }
    // More frames never take fewer bytes.
    let (mut fitting, mut too_many) = (0, ENDLESS);
    while too_many - fitting > 1 {
        let middle = fitting + (too_many - fitting) / 2;
        if fits(middle) {
            fitting = middle;
        } else {
            too_many = middle;
        }
    }
    if fitting == 0 {
        let shown = |limit: Option<u64>| limit.map_or("none".to_owned(), |n| n.to_string());
        let seconds = options.split.max_duration_s.map_or("none".to_owned(), |s| s.to_string());
        let context = format!(
            "a part of a single frame has {} bytes, {} as base64, but limits.max_output_bytes is {}, \
             limits.max_base64_bytes {} and split.max_duration_s {seconds}; raise them",
            format.bytes(1),
            base64_len(format.bytes(1)),
            shown(limits.max_output_bytes),
            shown(limits.max_base64_bytes),
        );
        return Err(Error::new(ErrorKind::LimitExceeded, "split", context));
    }
    Ok(Some(fitting))
}

#[cfg(test)]
mod tests {
    use voxline_core::SampleRate;

    use super::*;

    #[test]
    fn one_frame_more_would_be_too_much() {
        for encoding in ["pcm", "wav", "speex", "spx"] {
            for (key, limit) in [
                ("limits.max_output_bytes", 10_001u64),
                ("limits.max_base64_bytes", 9_999),
                ("split.max_duration_s", 2),
            ] {
                let mut options = Options::default();
                options.set("target.encoding", encoding).unwrap();
                options.set("target.sample_rate_hz", "8000").unwrap();
                options.set(key, &limit.to_string()).unwrap();
                let format = OutputFormat::new(&options, SampleRate::new(8_000).unwrap(), 1).unwrap();
                let most = most_frames(&options, &format, 8_000).unwrap().unwrap();
                let size = |frames| match key {
                    "limits.max_output_bytes" => format.bytes(frames),
                    "limits.max_base64_bytes" => base64_len(format.bytes(frames)),
                    _ => frames.div_ceil(8_000),
                };
                assert!(size(most) <= limit && size(most + 1) > limit, "{encoding} {key}: {most}");
            }
        }
    }

    #[test]
    fn without_limits_there_is_no_end_and_without_room_no_part() {
        let mut options = Options::default();
        options.set("target.encoding", "pcm").unwrap();
        let format = OutputFormat::new(&options, SampleRate::new(8_000).unwrap(), 1).unwrap();
        assert_eq!(most_frames(&options, &format, 8_000).unwrap(), None);
        options.set("limits.max_output_bytes", "1").unwrap();
        assert_eq!(most_frames(&options, &format, 8_000).unwrap_err().kind(), ErrorKind::LimitExceeded);
    }
}
