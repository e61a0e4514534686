//! How far a submission has come, and what may happen to it.

use std::fmt;

use voxline_core::{Error, ErrorKind};

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
        /// The service's answer as it came ([`crate::transcription::Transcript::raw`]).
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

/// The error of a step that must not be taken.
pub(crate) fn forbidden(op: &'static str, req_id: &str, state: State, step: &Step) -> Error {
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
