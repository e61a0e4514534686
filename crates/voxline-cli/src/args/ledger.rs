//! `voxline transcribe ledger …`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};

/// Look into the ledger of `transcribe run`, and decide what becomes of submissions.
///
/// A submission whose outcome is unknown may or may not have been taken and charged. Ask the vendor about its id
/// (req_id), then say what is so: `accept` if it was taken, `requeue` to submit it (again), `give-up` to leave it.
#[derive(Debug, ClapArgs)]
pub(crate) struct Ledger {
    #[command(subcommand)]
    pub(crate) action: LedgerAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LedgerAction {
    /// Count the submissions in each state.
    Status(Status),
    /// List submissions: id, state, attempts, link (without its query), what was last said; separated by tabs.
    List(List),
    /// Put back what is unknown or failed: the next `run --resume` submits it. It may be transcribed and paid for twice.
    Requeue(Requeue),
    /// Record that it is not to be transcribed: unknown, queued or accepted submissions become failed. A result that is
    /// delivered all the same is kept.
    GiveUp(GiveUp),
    /// Record that the service took a submission, and under which id: the next `run --resume` waits for its result.
    Accept(Accept),
    /// Write the results: one JSON object a line, or one file each.
    Export(Export),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Where {
    /// The ledger of `voxline transcribe run`.
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Status {
    #[command(flatten)]
    pub(crate) place: Where,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// The states by name.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum StateName {
    /// Not sent, or surely not taken.
    Queued,
    /// Under way; if no run is at work, its outcome is unknown.
    Sending,
    /// It may have been taken.
    Unknown,
    /// Taken; the result is to come.
    Accepted,
    /// The result is here.
    Done,
    /// Refused, not transcribed, or given up.
    Failed,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) place: Where,
    /// Only those in this state; may be repeated.
    #[arg(long = "state", value_name = "STATE")]
    pub(crate) states: Vec<StateName>,
    /// Print one JSON object a submission and line.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Requeue {
    #[command(flatten)]
    pub(crate) place: Where,
    /// Ids of submissions (req_id).
    #[arg(value_name = "REQ_ID", required_unless_present_any = ["all_unknown", "all_failed"])]
    pub(crate) req_ids: Vec<String>,
    /// All whose outcome is unknown.
    #[arg(long, conflicts_with = "req_ids")]
    pub(crate) all_unknown: bool,
    /// All that failed.
    #[arg(long, conflicts_with = "req_ids")]
    pub(crate) all_failed: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct GiveUp {
    #[command(flatten)]
    pub(crate) place: Where,
    /// Ids of submissions (req_id).
    #[arg(value_name = "REQ_ID", required_unless_present = "all_unknown")]
    pub(crate) req_ids: Vec<String>,
    /// All whose outcome is unknown.
    #[arg(long, conflicts_with = "req_ids")]
    pub(crate) all_unknown: bool,
    /// Why; kept with the submission.
    #[arg(long, value_name = "TEXT", default_value = "given up by the user")]
    pub(crate) why: String,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Accept {
    #[command(flatten)]
    pub(crate) place: Where,
    /// Id of the submission.
    #[arg(value_name = "REQ_ID")]
    pub(crate) req_id: String,
    /// The service's id of the work.
    #[arg(value_name = "REQUEST_ID")]
    pub(crate) request_id: String,
}

/// What is written of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// Ids, link, business data, text, sentences, and the service's answer as it came.
    Json,
    /// The text alone.
    Text,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) place: Where,
    /// An existing folder for one file a result, named after the submission's id [default: JSON lines to standard output].
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// What is written into each file.
    #[arg(long, value_name = "FORM", value_enum, default_value = "json", requires = "output")]
    pub(crate) form: Form,
}
