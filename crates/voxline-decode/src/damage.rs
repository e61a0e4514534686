//! Damage is a warning, or an error under `strict`.

use voxline_core::SampleFormat;
use voxline_core::report::{Warning, WarningCode, Warnings};

use crate::holes::Holes;
use crate::{DecodeError, PcmChunk};

/// Collects what is wrong with an input.
#[derive(Debug)]
pub(crate) struct Damage {
    strict: bool,
    warnings: Warnings,
    holes: Holes,
    /// What is wrong behind the frames that were given last.
    pending: Option<DecodeError>,
}

impl Damage {
    pub(crate) fn new(strict: bool) -> Self {
        Self { strict, warnings: Warnings::default(), holes: Holes::default(), pending: None }
    }

    /// Notes damage.
    ///
    /// **Errors**: under `strict`, [`DecodeError::Truncated`] for a missing end and [`DecodeError::Malformed`] for the
    /// rest, with the same message.
    pub(crate) fn note(&mut self, code: WarningCode, message: impl FnOnce() -> String) -> Result<(), DecodeError> {
        self.note_many(code, 1, message)
    }

    /// Notes damage that happened `count` times.
    ///
    /// **Errors**: as [`note`](Self::note).
    pub(crate) fn note_many(
        &mut self,
        code: WarningCode,
        count: u64,
        message: impl FnOnce() -> String,
    ) -> Result<(), DecodeError> {
        if self.strict {
            return Err(match code {
                WarningCode::Truncated => DecodeError::Truncated(message()),
                _ => DecodeError::Malformed(message()),
            });
        }
        self.warnings.add_many(code, count, message);
        Ok(())
    }

    /// What stands behind the frames that were given last.
    ///
    /// **Errors**: under `strict`, the hole that [`fill_holes`](Self::fill_holes) found.
    pub(crate) fn check_pending(&mut self) -> Result<(), DecodeError> {
        self.pending.take().map_or(Ok(()), Err)
    }

    /// Silences holes of zeros in decoded samples of this format; how many frames are left.
    ///
    /// **Errors**: under `strict`, that there is a hole, once the frames in front of it were given.
    pub(crate) fn fill_holes(&mut self, format: SampleFormat, chunk: &mut PcmChunk) -> Result<usize, DecodeError> {
        let Some(zero) = Holes::zero(format) else { return Ok(chunk.frames()) };
        let channels = chunk.spec.channels();
        if let Some((count, first)) = self.holes.fill(zero, channels, &mut chunk.samples) {
            let note =
                || format!("a hole of zero bytes stands in the audio ({format}), where they are loud: it is silenced");
            if let Err(error) = self.note_many(WarningCode::BadFrames, count, note) {
                chunk.samples.truncate(first / channels * channels);
                if chunk.samples.is_empty() {
                    return Err(error);
                }
                self.pending = Some(error);
            }
        }
        Ok(chunk.frames())
    }

    /// Notes what is odd but allowed, even under `strict`.
    pub(crate) fn remark(&mut self, code: WarningCode, message: impl FnOnce() -> String) {
        self.warnings.add(code, message);
    }

    /// Notes that there is no audio: odd, but no damage, so that `strict` does not matter.
    pub(crate) fn note_empty(&mut self) {
        self.warnings.add(WarningCode::Empty, || "the input holds no audio".to_owned());
    }

    /// Takes over what was noted elsewhere.
    pub(crate) fn extend_from(&mut self, other: &[Warning]) {
        self.warnings.extend_from(other);
    }

    pub(crate) fn warnings(&self) -> &[Warning] {
        self.warnings.as_slice()
    }
}
