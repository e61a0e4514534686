//! A kind of damage and what is expected of it.

use voxline::{ErrorKind, Options, WarningCode};

/// Frames that come out as they went in: so many at one place of the output are those at one place of the whole.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept {
    pub(crate) at: usize,
    pub(crate) from: usize,
    pub(crate) frames: usize,
}

/// What comes of the damaged bytes.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// So many frames of the source, with these warnings and no others.
    Salvaged { frames: u64, warnings: Vec<WarningCode>, kept: Vec<Kept> },
    /// An error of this kind whose text holds this.
    Refused { kind: ErrorKind, says: &'static str },
}

/// One row of the table.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// What was done to the file, in words.
    pub(crate) damage: &'static str,
    pub(crate) bytes: Vec<u8>,
    /// The undamaged bytes, if there is anything to compare with.
    pub(crate) whole: Option<Vec<u8>>,
    pub(crate) outcome: Outcome,
    /// What `input.strict` makes of it; `None`: the same.
    pub(crate) strict: Option<ErrorKind>,
    pub(crate) options: Vec<(&'static str, &'static str)>,
}

/// Begins a case; without more it is one of a file that is as it should be.
pub(crate) fn case(name: &'static str, damage: &'static str, bytes: Vec<u8>) -> Case {
    let outcome = Outcome::Salvaged { frames: 0, warnings: Vec::new(), kept: Vec::new() };
    Case { name, damage, bytes, whole: None, outcome, strict: None, options: Vec::new() }
}

impl Case {
    /// So many frames come out, and under `strict` as many or an error.
    pub(crate) fn gives(mut self, frames: usize, warnings: &[WarningCode]) -> Self {
        self.outcome = Outcome::Salvaged { frames: frames as u64, warnings: warnings.to_vec(), kept: Vec::new() };
        self.strict = match warnings {
            [] => None,
            [WarningCode::Truncated, ..] => Some(ErrorKind::TruncatedInput),
            _ => Some(ErrorKind::MalformedInput),
        };
        self
    }

    /// These frames are those of `whole`.
    pub(crate) fn keeps(mut self, whole: &[u8], kept: &[(usize, usize, usize)]) -> Self {
        self.whole = Some(whole.to_vec());
        if let Outcome::Salvaged { kept: all, .. } = &mut self.outcome {
            all.extend(kept.iter().map(|&(at, from, frames)| Kept { at, from, frames }));
        }
        self
    }

    /// The error is the same with and without `strict`.
    pub(crate) fn refused(mut self, kind: ErrorKind, says: &'static str) -> Self {
        self.outcome = Outcome::Refused { kind, says };
        self.strict = Some(kind);
        self
    }

    /// What `strict` says, where it is not told by the first warning.
    pub(crate) fn strictly(mut self, strict: Option<ErrorKind>) -> Self {
        self.strict = strict;
        self
    }

    pub(crate) fn with(mut self, key: &'static str, value: &'static str) -> Self {
        self.options.push((key, value));
        self
    }

    /// Options under which the samples come out as they are.
    pub(crate) fn options(&self, strict: bool) -> Options {
        let mut options = Options::default();
        let fixed = [("target.sample_rate_hz", "keep"), ("target.encoding", "pcm")];
        for (key, value) in fixed.iter().chain(&self.options) {
            options.set(key, value).unwrap();
        }
        options.input.strict = strict;
        options
    }
}
