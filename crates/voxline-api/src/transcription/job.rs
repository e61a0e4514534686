//! How a submission stands after a run: from what the client said about it, or from what another hand made of its entry.

use voxline_core::{Error, ErrorKind, Retry, ServiceFault};

use super::client::{SERVICE, SUBMIT_OP};
use super::ledger::{Entry, State, Step};

/// What a run brought for one submission.
#[derive(Debug)]
#[non_exhaustive]
pub struct JobReport {
    /// The submission's own id.
    pub req_id: String,
    /// Where it stands.
    pub outcome: JobOutcome,
}

/// Where a submission stands after a run. The ledger says the same.
#[derive(Debug)]
#[non_exhaustive]
pub enum JobOutcome {
    /// The result is in the ledger.
    Done,
    /// The service took it and will deliver the result.
    AwaitingCallback,
    /// The service took it; the wait for its result ended. A later run waits again.
    Running(Error),
    /// It surely had no effect, for a reason that may pass. A later run sends it again; [`Entry::attempts`] counts.
    NotSent(Error),
    /// Nobody knows whether the service took it. No run sends it again unless the caller puts it back
    /// ([`Step::Requeue`]).
    Unknown(Error),
    /// The service refused it for good or could not transcribe the recording. No run sends it again unless the caller
    /// puts it back ([`Step::Requeue`]).
    Failed(Error),
}

/// What the error of a submission means for its entry.
pub(super) fn not_submitted(error: Error) -> (Step, JobOutcome) {
    let why = error.context().to_owned();
    let answered = error.service().is_some_and(|fault| fault.code.is_some() || fault.http_status.is_some());
    match error.kind() {
        ErrorKind::OutcomeUnknown => (Step::Unknown { why }, JobOutcome::Unknown(error)),
        _ if error.retry() == Retry::Unknown => (Step::Unknown { why }, JobOutcome::Unknown(error)),
        // Nothing that is known ends here; if something does, nobody has looked at what it means.
        ErrorKind::Io => (Step::Unknown { why }, JobOutcome::Unknown(error)),
        // To be fixed by the caller, and then to be sent.
        ErrorKind::Unauthenticated | ErrorKind::PermissionDenied => (Step::NotSent { why }, JobOutcome::NotSent(error)),
        ErrorKind::InvalidArgument => (Step::Failed { why }, JobOutcome::Failed(error)),
        // The service's no, in its own words or by the status: 3xx, 400, 404, 413. Asked again, it will say the same.
        _ if answered && error.retry() == Retry::No => (Step::Failed { why }, JobOutcome::Failed(error)),
        // Surely not taken. So is what was cancelled: after its first byte a submission is not given up any more.
        _ => (Step::NotSent { why }, JobOutcome::NotSent(error)),
    }
}

/// What an entry has come to; `None` if it is accepted and goes on.
pub(super) fn of_entry(entry: &Entry) -> Option<JobOutcome> {
    Some(match entry.state {
        State::Accepted => return None,
        State::Done => JobOutcome::Done,
        State::Failed => JobOutcome::Failed(noted(entry, ErrorKind::Service, "it failed")),
        State::Unknown => unknown(entry, "nobody knows whether it was taken"),
        State::Sending => unknown(entry, "another program is sending it"),
        State::Queued => JobOutcome::NotSent(noted(entry, ErrorKind::InvalidState, "another program has put it back")),
    })
}

/// Nobody knows, for the reason that was noted or else this one.
pub(super) fn unknown(entry: &Entry, why: &str) -> JobOutcome {
    JobOutcome::Unknown(noted(entry, ErrorKind::OutcomeUnknown, why))
}

fn noted(entry: &Entry, kind: ErrorKind, why: &str) -> Error {
    let mut fault = ServiceFault::new(SERVICE);
    fault.request_id = Some(entry.req_id().to_owned());
    Error::new(kind, SUBMIT_OP, entry.note.as_deref().unwrap_or(why)).with_service(fault)
}
