//! What was submitted, kept where a crash does not reach it.

use std::any::Any;
use std::fmt;

use voxline_core::{Error, ErrorKind, Result};

use super::callback::{Callback, CallbackOutcome};
use super::request::Submission;

/// How far a submission has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// Not sent, or surely not taken by the service: it is sent by the next run.
    Queued,
    /// A request is under way; after a crash, nobody knows whether it arrived.
    Sending,
    /// It was sent, and nobody knows whether the service took it. Never sent again unless the caller decides so
    /// ([`Step::Requeue`]).
    Unknown,
    /// The service took it; the result is to come.
    Accepted,
    /// The result is here.
    Done,
    /// The service refused it or could not transcribe the recording.
    Failed,
}

impl State {
    /// All states.
    pub const ALL: &'static [Self] =
        &[Self::Queued, Self::Sending, Self::Unknown, Self::Accepted, Self::Done, Self::Failed];

    /// The word that stands in ledgers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Accepted => "accepted",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// The state with this word.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.as_str() == text)
    }

    /// The state after `step`; the same if the step comes too late to matter; `None` if it must not be taken.
    ///
    /// A result may overtake the answer to its own submission (it is delivered before the answer was written down)
    /// and may come twice: what is done stays done.
    pub fn after(self, step: &Step) -> Option<Self> {
        let next = match (self, step) {
            (_, Step::Done { .. }) => Self::Done,
            (Self::Sending, Step::NotSent { .. }) | (Self::Unknown | Self::Failed, Step::Requeue) => Self::Queued,
            // Nothing brings to life what failed, and nothing but the caller sends again what was sent.
            (_, Step::Requeue) | (Self::Failed, Step::Sending) => return None,
            (Self::Done | Self::Failed, _) => self,
            (_, Step::Failed { .. }) => Self::Failed,
            (_, Step::Accepted { .. }) => Self::Accepted,
            (Self::Queued, Step::Sending) => Self::Sending,
            (Self::Sending | Self::Unknown, Step::Unknown { .. }) => Self::Unknown,
            _ => return None,
        };
        Some(next)
    }
}

/// What happened to a submission.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Its request is about to be sent.
    Sending,
    /// The request surely had no effect.
    NotSent {
        /// Why.
        why: String,
    },
    /// Nobody knows whether the request had an effect.
    Unknown {
        /// Why.
        why: String,
    },
    /// The service took it.
    Accepted {
        /// The service's id of the work.
        request_id: String,
    },
    /// The result came.
    Done {
        /// The service's answer as it came ([`super::Transcript::raw`]).
        result: String,
    },
    /// It will not be transcribed.
    Failed {
        /// Why.
        why: String,
    },
    /// The caller wants it sent (again), from [`State::Unknown`] or [`State::Failed`], knowing that it may be
    /// transcribed and charged twice.
    Requeue,
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sending => "Sending",
            Self::NotSent { .. } => "NotSent",
            Self::Unknown { .. } => "Unknown",
            Self::Accepted { .. } => "Accepted",
            Self::Done { .. } => "Done",
            Self::Failed { .. } => "Failed",
            Self::Requeue => "Requeue",
        })
    }
}

/// A submission in a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// What was or is to be submitted; its `req_id` is there.
    pub submission: Submission,
    /// How far it has come.
    pub state: State,
    /// The service's id of the work, once it is known.
    pub request_id: Option<String>,
    /// What was last said about it: why it failed, was not sent, or is unknown.
    pub note: Option<String>,
}

impl Entry {
    /// An entry as a ledger reads it.
    pub fn new(submission: Submission, state: State, request_id: Option<String>, note: Option<String>) -> Self {
        Self { submission, state, request_id, note }
    }

    /// The id under which it is kept.
    pub fn req_id(&self) -> &str {
        self.submission.req_id().unwrap_or_default()
    }
}

/// What a crash left, in the order of entry.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resume {
    /// Never sent, or surely not taken.
    pub never_sent: Vec<Entry>,
    /// Sent, and nobody knows whether they were taken: for the caller to decide.
    pub unknown: Vec<Entry>,
    /// Taken; the results are to come.
    pub accepted: Vec<Entry>,
}

/// Held while submissions are sent; dropping it (also by dying) lets the next run begin.
pub struct RunLock(#[expect(dead_code, reason = "held for what its drop does")] Option<Box<dyn Any + Send>>);

impl RunLock {
    /// A lock that lasts as long as `guard` does.
    pub fn new(guard: impl Any + Send) -> Self {
        Self(Some(Box::new(guard)))
    }
}

impl fmt::Debug for RunLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RunLock")
    }
}

/// Where submissions are remembered.
///
/// Every method returns only when what it did is on disk: it survives the end of the process and of power. A ledger
/// holds links and business data, because they are needed to submit, but never credentials; links may be signed, so
/// it must be readable by its owner alone and neither logged nor shown.
pub trait Ledger: Send + Sync + fmt::Debug {
    /// Enters submissions as [`State::Queued`]: all of them or none.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] if one has no `req_id` or one that is there already.
    fn add(&self, submissions: &[Submission]) -> Result<()>;

    /// Takes a step; says whether it changed the state.
    ///
    /// **Errors**: [`ErrorKind::NotFound`] for an id that is not there; [`ErrorKind::InvalidState`] for a step that
    /// [`State::after`] forbids.
    fn advance(&self, req_id: &str, step: &Step) -> Result<bool>;

    /// The entry of a submission.
    fn entry(&self, req_id: &str) -> Result<Option<Entry>>;

    /// The entry with the service's id.
    fn entry_of_request(&self, request_id: &str) -> Result<Option<Entry>>;

    /// The entries in this state, in the order in which they were added.
    fn list(&self, state: State) -> Result<Vec<Entry>>;

    /// The result of a submission as it came; read it with [`super::Transcript::from_answer`].
    fn result(&self, req_id: &str) -> Result<Option<String>>;

    /// Keeps other runs, also of other processes, away from this ledger.
    ///
    /// **Errors**: [`ErrorKind::InvalidState`] if there is one.
    fn lock(&self) -> Result<RunLock>;

    /// What a crash left. What was being sent becomes [`State::Unknown`], so this is for when nothing is: under the
    /// lock.
    fn resume(&self) -> Result<Resume> {
        for entry in self.list(State::Sending)? {
            let why = "the program ended while it was being sent".to_owned();
            self.advance(entry.req_id(), &Step::Unknown { why })?;
        }
        Ok(Resume {
            never_sent: self.list(State::Queued)?,
            unknown: self.list(State::Unknown)?,
            accepted: self.list(State::Accepted)?,
        })
    }
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recorded {
    /// It is in the ledger now.
    New,
    /// It said nothing new: a duplicate, or news that the work goes on.
    Nothing,
    /// Its ids are not in the ledger.
    UnknownId,
}

/// Writes a delivery into the ledger. When it returns, the result is on disk: only then acknowledge it.
///
/// A delivery with a `req_id` belongs to that submission; one without, to that with its `requestId`.
///
/// **Errors**: those of the ledger. Unknown ids and duplicates are none.
pub fn record_callback(ledger: &dyn Ledger, callback: &Callback) -> Result<Recorded> {
    let by_own = callback.req_id.as_deref().map(|id| ledger.entry(id)).transpose()?.flatten();
    let by_theirs = || callback.request_id.as_deref().map(|id| ledger.entry_of_request(id)).transpose();
    let entry = match by_own {
        Some(entry) => entry,
        None => match by_theirs()?.flatten() {
            Some(entry) => entry,
            None => return Ok(Recorded::UnknownId),
        },
    };
    // Whoever guessed one id does not know the other.
    if let (Some(kept), Some(said)) = (&entry.request_id, &callback.request_id)
        && kept != said
    {
        return Ok(Recorded::UnknownId);
    }
    let step = match &callback.outcome {
        CallbackOutcome::Done(transcript) => Step::Done { result: transcript.raw().to_owned() },
        CallbackOutcome::Failed(failure) => Step::Failed { why: failure.to_string() },
        CallbackOutcome::Pending => return Ok(Recorded::Nothing),
    };
    if let (Some(request_id), None) = (&callback.request_id, &entry.request_id) {
        ledger.advance(entry.req_id(), &Step::Accepted { request_id: request_id.clone() })?;
    }
    Ok(if ledger.advance(entry.req_id(), &step)? { Recorded::New } else { Recorded::Nothing })
}

/// The error of a step that must not be taken.
pub(super) fn forbidden(op: &'static str, req_id: &str, state: State, step: &Step) -> Error {
    let context = format!("{req_id} is {}, where {step:?} is no possible step", state.as_str());
    Error::new(ErrorKind::InvalidState, op, context)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_states() {
        use State::{Accepted, Done, Failed, Queued, Sending, Unknown};
        let why = String::new;
        let steps = [
            Step::Sending,
            Step::NotSent { why: why() },
            Step::Unknown { why: why() },
            Step::Accepted { request_id: why() },
            Step::Done { result: why() },
            Step::Failed { why: why() },
            Step::Requeue,
        ];
        let table = [
            (Queued, [Some(Sending), None, None, Some(Accepted), Some(Done), Some(Failed), None]),
            (Sending, [None, Some(Queued), Some(Unknown), Some(Accepted), Some(Done), Some(Failed), None]),
            (Unknown, [None, None, Some(Unknown), Some(Accepted), Some(Done), Some(Failed), Some(Queued)]),
            (Accepted, [None, None, None, Some(Accepted), Some(Done), Some(Failed), None]),
            (Done, [Some(Done), Some(Done), Some(Done), Some(Done), Some(Done), Some(Done), None]),
            (Failed, [None, Some(Failed), Some(Failed), Some(Failed), Some(Done), Some(Failed), Some(Queued)]),
        ];
        assert_eq!(table.map(|(state, _)| state), State::ALL);
        for (state, row) in table {
            assert_eq!(steps.each_ref().map(|step| state.after(step)), row, "{state:?}");
            assert_eq!(State::from_text(state.as_str()), Some(state));
        }
        // Only what is queued is ever sent, and nothing is queued again on its own once it may have arrived.
        assert_eq!(State::from_text("Queued"), None);
    }
}
