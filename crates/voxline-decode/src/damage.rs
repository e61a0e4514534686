//! Damage is a warning, or an error under `strict`.

use voxline_core::report::{Warning, WarningCode, Warnings};

use crate::DecodeError;

/// Collects what is wrong with an input.
#[derive(Debug)]
pub(crate) struct Damage {
    strict: bool,
    warnings: Warnings,
}

impl Damage {
    pub(crate) fn new(strict: bool) -> Self {
        Self { strict, warnings: Warnings::default() }
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
