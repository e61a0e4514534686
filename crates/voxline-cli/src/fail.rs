//! How the program ends when something goes wrong.

use std::fmt::Display;

use voxline::Error;

/// The exit code of a job that failed.
pub(crate) const FAILED: u8 = 1;

/// A failure with its exit code.
#[derive(Debug)]
pub(crate) enum Fail {
    /// Wrong usage: exit code 2.
    Usage(String),
    /// The job failed: exit code 1.
    Job(Error),
    /// It was reported already: exit code 1.
    Reported,
    /// Nothing failed, but what was found has an exit code of its own.
    Found(u8),
}

impl Fail {
    /// An option that cannot be.
    #[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
    pub(crate) fn usage(error: Error) -> Self {
        Self::Usage(error.to_string())
    }

    pub(crate) fn usage_text(text: impl Display) -> Self {
        Self::Usage(text.to_string())
    }

    #[expect(clippy::print_stderr, reason = "this is where the program says what went wrong")]
    pub(crate) fn print(&self) {
        match self {
            Self::Usage(text) => eprintln!("error: {text}\nSee voxline --help."),
            Self::Job(error) => eprintln!("error: {error}"),
            Self::Reported | Self::Found(_) => {}
        }
    }

    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Job(_) | Self::Reported => FAILED,
            Self::Found(code) => *code,
        }
    }
}

impl From<Error> for Fail {
    fn from(error: Error) -> Self {
        Self::Job(error)
    }
}
