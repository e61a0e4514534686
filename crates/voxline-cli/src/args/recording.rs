//! `voxline recording …`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};

/// Find and download call recordings.
///
/// The token comes from the environment or the file of --credentials: VOXLINE_RECORDING_TOKEN.
#[derive(Debug, ClapArgs)]
pub(crate) struct Recording {
    #[command(subcommand)]
    pub(crate) action: RecordingAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RecordingAction {
    /// Print where recordings are, one a line. Whoever has such a link can fetch the audio.
    Url(Url),
    /// Download recordings. A file appears under its name only when it is complete.
    Get(Get),
}

/// Which recordings, and where the service is.
#[derive(Debug, ClapArgs)]
pub(crate) struct Which {
    /// Account.
    #[arg(long, value_name = "ID")]
    pub(crate) user: String,
    /// Task of the calls.
    #[arg(long, value_name = "ID")]
    pub(crate) task: String,
    /// Call; may be repeated.
    #[arg(long = "record", value_name = "ID", required_unless_present = "records_from")]
    pub(crate) records: Vec<String>,
    /// Text file with one id of a call a line; - is standard input. Empty lines and lines that begin with # are passed
    /// over.
    #[arg(long, value_name = "FILE")]
    pub(crate) records_from: Option<PathBuf>,
    /// Sub-account.
    #[arg(long, value_name = "ID")]
    pub(crate) sub_user: Option<String>,
    /// Scheme of a download link that comes without one; for the simulator it is http.
    #[arg(long, value_name = "SCHEME", default_value = "https", value_parser = ["https", "http"])]
    pub(crate) download_scheme: String,
    /// Send the token to the host of the recording too, if the installation wants that; by default it goes to the
    /// service alone.
    #[arg(long)]
    pub(crate) send_token_to_download_host: bool,
    /// Base URL of the service [default: that of the vendor].
    #[arg(long, value_name = "URL", env = "VOXLINE_RECORDING_ENDPOINT")]
    pub(crate) endpoint: Option<String>,
    /// Print one JSON object a recording and line.
    #[arg(long)]
    pub(crate) json: bool,
    /// Set any option of `voxline options`; may be repeated.
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Url {
    #[command(flatten)]
    pub(crate) which: Which,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Get {
    #[command(flatten)]
    pub(crate) which: Which,
    /// File to write, or an existing folder, where each recording is named after its id (/ and the like become %2F).
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: PathBuf,
    /// Downloads at the same time, 1 to 64.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(crate) jobs: u8,
    /// Go on with what an earlier try left behind, and leave it behind when this one fails. In a folder, what is there
    /// under its final name is complete and is not fetched again.
    #[arg(long)]
    pub(crate) resume: bool,
}
