//! `voxline transcribe …`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};

use super::ledger::Ledger;

/// Submit recordings for transcription and fetch the results.
///
/// Credentials come from the environment: VOXLINE_TRANSCRIPTION_APP_ID with VOXLINE_TRANSCRIPTION_APP_KEY, or a ready
/// VOXLINE_TRANSCRIPTION_AUTHORIZATION.
#[derive(Debug, ClapArgs)]
pub(crate) struct Transcribe {
    #[command(subcommand)]
    pub(crate) action: TranscribeAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TranscribeAction {
    /// Submit one recording and print the service's id of the work.
    Submit(Submit),
    /// Ask once for a result; prints "pending" while there is none, and "not available" if the service says that it
    /// knows nothing of it: right after a submission that is normal, later the id is wrong or no longer kept.
    Query(Query),
    /// Wait for a result and print the transcript.
    Wait(Wait),
    /// Submit many recordings and wait for their results, with a ledger that survives a crash.
    ///
    /// Prints a line for each, separated by tabs: id (req_id), the service's id (or -), outcome, link (without its
    /// query), and the transcript or what is wrong.
    ///
    /// Once interrupted (Ctrl-C), it sends nothing more, records what is under way and ends; --resume goes on.
    Run(Run),
    Ledger(Ledger),
}

/// Where the service is.
#[derive(Debug, ClapArgs)]
pub(crate) struct ServiceFlags {
    /// Base URL of the service [default: that of the vendor].
    #[arg(long, value_name = "URL", env = "VOXLINE_TRANSCRIPTION_ENDPOINT")]
    pub(crate) endpoint: Option<String>,
    /// Region that signatures name: QG is the whole country, others are codes of provinces (SH, NM, BJ) [default: QG].
    #[arg(long, value_name = "CODE", env = "VOXLINE_TRANSCRIPTION_REGION")]
    pub(crate) region: Option<String>,
    /// Seconds for which a signature holds [default: 1800].
    #[arg(long, value_name = "S", env = "VOXLINE_TRANSCRIPTION_SIGNATURE_EXPIRY_S")]
    pub(crate) signature_expiry: Option<u32>,
    /// Id of a device registered with the vendor, sent as `Device-Uuid` [default: none].
    #[arg(long, value_name = "ID", env = "VOXLINE_TRANSCRIPTION_DEVICE_UUID")]
    pub(crate) device_uuid: Option<String>,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Set any option of `voxline options`; may be repeated.
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Submit {
    /// The recording: an http or https address that the service can reach.
    #[arg(value_name = "URL")]
    pub(crate) link: String,
    /// Fetch the result later (query, wait). The default unless --callback-url is given.
    #[arg(long, conflicts_with = "callback_url")]
    pub(crate) pull: bool,
    /// Have the result delivered to this address.
    #[arg(long, value_name = "URL")]
    pub(crate) callback_url: Option<String>,
    /// Text that comes back with the result.
    #[arg(long, value_name = "TEXT")]
    pub(crate) business_data: Option<String>,
    /// Own id of the submission, unique for ever [default: random].
    #[arg(long, value_name = "ID")]
    pub(crate) req_id: Option<String>,
    #[command(flatten)]
    pub(crate) service: ServiceFlags,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Query {
    /// The service's id of the work, as `submit` printed it.
    #[arg(value_name = "ID")]
    pub(crate) request_id: String,
    #[command(flatten)]
    pub(crate) service: ServiceFlags,
}

/// How long results are waited for.
#[derive(Debug, ClapArgs)]
pub(crate) struct WaitFlags {
    /// Seconds between the first two questions.
    #[arg(long, value_name = "S", default_value_t = 3.0)]
    pub(crate) interval: f64,
    /// Longest wait for one result in seconds.
    #[arg(long, value_name = "S", default_value_t = 7200.0)]
    pub(crate) deadline: f64,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Wait {
    /// The service's id of the work, as `submit` printed it.
    #[arg(value_name = "ID")]
    pub(crate) request_id: String,
    #[command(flatten)]
    pub(crate) wait: WaitFlags,
    #[command(flatten)]
    pub(crate) service: ServiceFlags,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Run {
    /// Links of recordings, or text files with one link a line. A link that is listed twice is submitted once.
    #[arg(value_name = "FILE-OR-URL", required_unless_present = "resume")]
    pub(crate) inputs: Vec<String>,
    /// Where submissions and results are kept. It holds the links, which may be signed, but no credentials.
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: PathBuf,
    /// Go on with what an earlier run left. Nothing that may have been taken is submitted again; links that are in the
    /// ledger already, whatever became of them, are not entered again, and new ones are. What failed or whose outcome
    /// is unknown waits for `voxline transcribe ledger`.
    #[arg(long)]
    pub(crate) resume: bool,
    /// Submit every link as it is listed, also those that are in the ledger already or listed twice, and pay for them
    /// again.
    #[arg(long, conflicts_with = "resume")]
    pub(crate) again: bool,
    /// Have results delivered to this address instead of fetching them.
    #[arg(long, value_name = "URL")]
    pub(crate) callback_url: Option<String>,
    /// Submissions at work at the same time, 1 to 256.
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub(crate) jobs: usize,
    #[command(flatten)]
    pub(crate) wait: WaitFlags,
    #[command(flatten)]
    pub(crate) service: ServiceFlags,
}
