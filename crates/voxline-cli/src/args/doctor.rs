//! `voxline doctor`.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use voxline::Options;

use super::{InputFlags, checked, from_environment};
use crate::fail::Fail;

/// Examine recordings: what is wrong with them, how bad that is, and what to do.
///
/// Exit codes of its own: 3 when the worst finding of all files is a warning, 4 when it is an error. 0 means that nothing
/// worse than a remark (info) was found, 1 that a file could not be examined. Each finding is described in docs/doctor.md.
#[derive(Debug, ClapArgs)]
pub(crate) struct Doctor {
    /// Recordings; - is standard input.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Print one JSON object a file and line.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    input: InputFlags,
}

impl Doctor {
    pub(crate) fn options(&self) -> Result<Options, Fail> {
        let mut options = from_environment()?;
        self.input.apply(&mut options)?;
        checked(options)
    }
}
