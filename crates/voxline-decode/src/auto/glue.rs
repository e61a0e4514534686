//! What is told of an input that holds several files.

use voxline_core::AudioSpec;
use voxline_core::report::{Warning, WarningCode, Warnings};

use crate::damage::Damage;
use crate::{Decode, DecodeError, PcmChunk, Pull, StreamInfo};

/// Files that may stand one behind the other: each costs a decoder.
const MAX_FILES: u64 = 10_000;
/// How often the rate may change: each change costs whoever resamples a new filter.
const MAX_RATE_CHANGES: u32 = 256;

/// What the decoders of an input said so far, put together.
#[derive(Debug)]
pub(super) struct Story {
    strict: bool,
    /// What was noted outside of decoders, and by those that are done.
    damage: Damage,
    /// Files that are done.
    files: u64,
    /// Something has to be put together; otherwise the decoder speaks for itself.
    several: bool,
    /// Of the files that are done, as one.
    before: Option<StreamInfo>,
    /// The same with the current one.
    info: Option<StreamInfo>,
    warnings: Vec<Warning>,
    last: Option<AudioSpec>,
    rate_changes: u32,
    /// Frames of the current file.
    frames: u64,
}

impl Story {
    pub(super) fn new(strict: bool) -> Self {
        Self {
            strict,
            damage: Damage::new(strict),
            files: 0,
            several: false,
            before: None,
            info: None,
            warnings: Vec::new(),
            last: None,
            rate_changes: 0,
            frames: 0,
        }
    }

    /// Notes damage that no decoder sees.
    pub(super) fn note(&mut self, code: WarningCode, message: impl FnOnce() -> String) -> Result<(), DecodeError> {
        self.several = true;
        self.damage.note(code, message)
    }

    /// Frames were given.
    pub(super) fn frames(&mut self, frames: usize, spec: AudioSpec) -> Result<(), DecodeError> {
        let before = self.last.replace(spec).unwrap_or(spec);
        if before.sample_rate != spec.sample_rate {
            self.rate_changes += 1;
            if self.rate_changes > MAX_RATE_CHANGES {
                let message = format!("the sample rate changes more than {MAX_RATE_CHANGES} times");
                return Err(DecodeError::Malformed(message));
            }
        }
        // Within a file its decoder says so.
        if self.frames == 0 && before.sample_rate != spec.sample_rate {
            self.damage.remark(WarningCode::RateChanged, || {
                format!(
                    "the sample rate changes from {} to {} with the next file",
                    before.sample_rate, spec.sample_rate
                )
            });
        }
        if self.frames == 0 && before.channel_count != spec.channel_count {
            self.damage.remark(WarningCode::ChannelsChanged, || {
                format!(
                    "the channel count changes from {} to {} with the next file",
                    before.channel_count, spec.channel_count
                )
            });
        }
        self.frames = self.frames.saturating_add(frames as u64);
        Ok(())
    }

    /// A file is done and another begins at `position`.
    ///
    /// **Errors**: under `strict`, that there is another; [`DecodeError::Limit`] when there are too many.
    pub(super) fn close(&mut self, decoder: &dyn Decode, position: u64) -> Result<(), DecodeError> {
        self.files += 1;
        if self.files >= MAX_FILES {
            return Err(DecodeError::Limit(format!("more than {MAX_FILES} files stand one behind the other")));
        }
        if self.frames == 0 {
            return self.note(WarningCode::JunkSkipped, || {
                format!("the header of a file without audio ends at byte {position}, where another file begins")
            });
        }
        self.damage.extend_from(decoder.warnings());
        self.before = merged(self.before.take(), decoder.info());
        self.frames = 0;
        self.note(WarningCode::GluedFiles, || {
            format!("another file begins at byte {position}; the files are decoded one behind the other")
        })
    }

    /// Whether what is wrong with the current file leaves the others as they are. `cut`: another file begins where it ends.
    pub(super) fn may_pass_over(&self, error: &DecodeError, cut: bool) -> bool {
        let passable = match error {
            DecodeError::Truncated(_) => self.files > 0 || cut,
            DecodeError::Malformed(_) | DecodeError::Unsupported(_) => self.files > 0,
            _ => false,
        };
        passable && !self.strict && self.rate_changes <= MAX_RATE_CHANGES
    }

    /// Says why a file is left out, or the rest of it; what its decoder made of it so far stays.
    pub(super) fn pass_over(&mut self, error: &DecodeError, decoder: &dyn Decode) {
        self.several = true;
        if self.frames > 0 {
            self.damage.extend_from(decoder.warnings());
            self.before = merged(self.before.take(), decoder.info());
        }
        self.damage.remark(WarningCode::JunkSkipped, || format!("one of several files cannot be decoded: {error}"));
    }

    /// Puts together what is known; after each pull.
    pub(super) fn refresh(&mut self, decoder: Option<&dyn Decode>) {
        if !self.several {
            return;
        }
        let mut warnings = Warnings::default();
        warnings.extend_from(self.damage.warnings());
        warnings.extend_from(decoder.map_or(&[], Decode::warnings));
        self.warnings = warnings.into_vec();
        if self.last.is_some() {
            self.warnings.retain(|warning| warning.code != WarningCode::Empty);
        }
        self.info = merged(self.before.clone(), decoder.and_then(Decode::info));
    }

    /// All warnings, if the current decoder does not know them all.
    pub(super) fn warnings(&self) -> Option<&[Warning]> {
        self.several.then_some(&self.warnings)
    }

    /// The stream as one, if the current decoder does not know all of it.
    pub(super) fn info(&self) -> Option<&StreamInfo> {
        self.info.as_ref().filter(|_| self.several)
    }
}

/// Files that follow each other have the name of the first.
fn merged(before: Option<StreamInfo>, next: Option<&StreamInfo>) -> Option<StreamInfo> {
    let (Some(before), Some(next)) = (&before, next) else { return before.or_else(|| next.cloned()) };
    let mut info = before.clone();
    info.expected_frames = None;
    info.states_length &= next.states_length || next.encoder_delay_frames.is_some();
    info.bad_frames = info.bad_frames.saturating_add(next.bad_frames);
    Some(info)
}

/// Takes the rest of a file that cannot be decoded.
#[derive(Debug)]
pub(super) struct Nothing(pub(super) bool);

impl Decode for Nothing {
    fn push(&mut self, _: &[u8]) -> Result<(), DecodeError> {
        Ok(())
    }

    fn finish(&mut self) {
        self.0 = true;
    }

    fn pull(&mut self, out: &mut PcmChunk) -> Result<Pull, DecodeError> {
        out.clear();
        Ok(if self.0 { Pull::End } else { Pull::NeedMore })
    }

    fn info(&self) -> Option<&StreamInfo> {
        None
    }

    fn warnings(&self) -> &[Warning] {
        &[]
    }
}
