//! `voxline split`.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use voxline::Options;

use super::{InputFlags, TargetFlags, checked, from_environment, set_all};
use crate::fail::Fail;

/// Convert a long recording and cut it, in its pauses, into parts that a service takes.
///
/// Each part obeys the limits of the profile (limits.max_output_bytes, limits.max_base64_bytes) as it is sent, and
/// --max-duration. A part is written as soon as it is complete: call.wav gives call-001.wav, call-002.wav …
#[derive(Debug, ClapArgs)]
pub(crate) struct Split {
    /// The recording; - is standard input.
    #[arg(value_name = "IN")]
    pub(crate) input: PathBuf,
    /// Name of the parts, which get their number before the extension. A name that ends in .wav, .pcm or .spx chooses the encoding; only --encoding and --set override it.
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: PathBuf,
    /// Longest part, in seconds.
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    max_duration: Option<String>,
    /// Most bytes of a part, headers counted.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    max_bytes: Option<String>,
    /// What each part repeats of the one before, in milliseconds.
    #[arg(long, value_name = "MS", allow_negative_numbers = true)]
    overlap: Option<String>,
    /// Print one JSON object a part and line.
    #[arg(long)]
    pub(crate) json: bool,
    /// Write the report about the whole as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    #[command(flatten)]
    target: TargetFlags,
    #[command(flatten)]
    flags: InputFlags,
}

impl Split {
    pub(crate) fn options(&self) -> Result<Options, Fail> {
        let mut options = from_environment()?;
        self.target.apply_profile(&mut options, None)?;
        self.target.apply_named(&mut options, &self.flags, &self.output)?;
        set_all(
            &mut options,
            [
                ("split.max_duration_s", &self.max_duration),
                ("limits.max_output_bytes", &self.max_bytes),
                ("split.overlap_ms", &self.overlap),
            ],
        )?;
        self.flags.apply(&mut options)?;
        checked(options)
    }
}
