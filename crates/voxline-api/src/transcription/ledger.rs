//! What was submitted, kept where a crash does not reach it.

mod decision;
mod delivery;
mod state;

use std::any::Any;
use std::collections::HashSet;
use std::fmt;

use voxline_core::Result;

use super::request::Submission;
pub use decision::{decide, decide_under};
pub use delivery::{Recorded, record_callback};
pub(super) use state::forbidden;
pub use state::{State, Step};

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
    /// How often it was sent, or about to be, since it was entered or last put back ([`Step::Requeue`]).
    pub attempts: u32,
}

impl Entry {
    /// An entry as a ledger reads it, with 0 attempts.
    pub fn new(submission: Submission, state: State, request_id: Option<String>, note: Option<String>) -> Self {
        Self { submission, state, request_id, note, attempts: 0 }
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
    /// **Errors**: [`voxline_core::ErrorKind::InvalidArgument`] if one has no `req_id` or one that is there already.
    fn add(&self, submissions: &[Submission]) -> Result<()>;

    /// Takes a step; says whether it changed the state.
    ///
    /// **Errors**: [`voxline_core::ErrorKind::NotFound`] for an id that is not there; [`voxline_core::ErrorKind::InvalidState`] for a step that
    /// [`State::after`] forbids.
    fn advance(&self, req_id: &str, step: &Step) -> Result<bool>;

    /// The entry of a submission.
    fn entry(&self, req_id: &str) -> Result<Option<Entry>>;

    /// The entry with the service's id.
    fn entry_of_request(&self, request_id: &str) -> Result<Option<Entry>>;

    /// The entries in this state, in the order in which they were added.
    fn list(&self, state: State) -> Result<Vec<Entry>>;

    /// All entries, each once; in the order in which they were added, if the ledger can.
    ///
    /// The default goes through the states. What is done comes last: a delivery may move an entry there in the
    /// meantime, but none away from it.
    fn entries(&self) -> Result<Vec<Entry>> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen = HashSet::new();
        let last = |state: &&State| **state == State::Done;
        for state in State::ALL.iter().filter(|s| !last(s)).chain(State::ALL.iter().filter(last)) {
            entries.extend(self.list(*state)?.into_iter().filter(|entry| seen.insert(entry.req_id().to_owned())));
        }
        Ok(entries)
    }

    /// How many entries are in this state.
    fn count(&self, state: State) -> Result<u64> {
        Ok(self.list(state)?.len() as u64)
    }

    /// The result of a submission as it came; read it with [`super::Transcript::from_answer`].
    fn result(&self, req_id: &str) -> Result<Option<String>>;

    /// Keeps other runs, also of other processes, away from this ledger.
    ///
    /// **Errors**: [`voxline_core::ErrorKind::InvalidState`] if there is one.
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
