//! Streams one behind the other in one input.

use voxline_core::AudioSpec;
use voxline_core::report::WarningCode;

use crate::DecodeError;
use crate::damage::Damage;

/// Files glued together may change the rate this often; each change costs whoever resamples a new filter.
const MAX_RATE_CHANGES: u32 = 256;

/// Counts the streams of an input.
#[derive(Debug, Default)]
pub(crate) struct Glued {
    last: Option<AudioSpec>,
    rate_changes: u32,
}

impl Glued {
    /// A stream begins.
    ///
    /// **Errors**: [`DecodeError::Malformed`] when the rate has changed more often than any honest input does.
    pub(crate) fn begin(&mut self, spec: AudioSpec, damage: &mut Damage) -> Result<(), DecodeError> {
        let Some(before) = self.last.replace(spec) else { return Ok(()) };
        damage.remark(WarningCode::GluedFiles, || "several files are glued together; all are decoded".to_owned());
        if before.sample_rate != spec.sample_rate {
            self.rate_changes += 1;
            damage.remark(WarningCode::RateChanged, || {
                format!("the sample rate changes from {} to {} within the stream", before.sample_rate, spec.sample_rate)
            });
        }
        if before.channel_count != spec.channel_count {
            damage.remark(WarningCode::ChannelsChanged, || {
                format!("the channel count changes from {} to {}", before.channel_count, spec.channel_count)
            });
        }
        if self.rate_changes > MAX_RATE_CHANGES {
            return Err(DecodeError::Malformed(format!(
                "files glued together change the sample rate more than {MAX_RATE_CHANGES} times"
            )));
        }
        Ok(())
    }
}
