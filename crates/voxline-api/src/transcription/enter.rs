//! Entering submissions: each link once, unless the caller wants to pay for it again.

use std::collections::HashMap;

use voxline_core::{Error, ErrorKind, Result};

use super::client::TranscriptionClient;
use super::ledger::{Ledger, State};
use super::request::Submission;

const OP: &str = "enter submissions";

/// What to do with a link that is in the ledger already, whatever became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum KnownLinks {
    /// Refuse all submissions, before anything is entered or sent. The default: each submission costs money.
    #[default]
    Refuse,
    /// Enter the others only.
    Skip,
    /// Enter everything as it is given, also a link that is given twice: it is transcribed and paid for again.
    Repeat,
}

/// What came of entering submissions.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entered {
    /// Those that are in the ledger now, with their ids.
    pub new: Vec<Submission>,
    /// How many were left out because their link was in the ledger before.
    pub known: usize,
    /// How many were left out because their link had been given before them.
    pub repeated: usize,
}

/// Enters submissions without sending any: a later [`super::resume_with_ledger`] does. One without a `req_id` gets a
/// random one. Links are compared letter by letter.
///
/// Unless links are to be repeated ([`KnownLinks::Repeat`]), a link that is given again without a `req_id` of its own is
/// entered once, the first time with everything that comes with it. So a list may be given again, as it was or grown, after a run was cut short:
/// with [`KnownLinks::Skip`] what is missing is entered, and nothing twice.
///
/// **Errors**: [`ErrorKind::InvalidState`] for known links that are to be refused, with their number in each state, or
/// if a run is under way; those of [`Ledger::add`]. Nothing is entered then.
pub fn enter_submissions(
    client: &TranscriptionClient,
    ledger: &dyn Ledger,
    submissions: &[Submission],
    known: KnownLinks,
) -> Result<Entered> {
    let _lock = ledger.lock()?;
    enter(client, ledger, submissions, known)
}

/// The same under a lock that is held already.
pub(super) fn enter(
    client: &TranscriptionClient,
    ledger: &dyn Ledger,
    submissions: &[Submission],
    known: KnownLinks,
) -> Result<Entered> {
    let mut entered = Entered { new: Vec::new(), known: 0, repeated: 0 };
    // `None` for what is being entered now.
    let mut links: HashMap<String, Option<State>> = HashMap::new();
    if known != KnownLinks::Repeat && !submissions.is_empty() {
        links.extend(ledger.entries()?.into_iter().map(|e| (e.submission.file_link().to_owned(), Some(e.state))));
    }
    let mut states: HashMap<State, usize> = HashMap::new();
    for submission in submissions {
        if known != KnownLinks::Repeat {
            match links.get(submission.file_link()) {
                Some(Some(state)) => {
                    entered.known += 1;
                    *states.entry(*state).or_default() += 1;
                    continue;
                }
                // Whoever gives it an id of its own means another submission.
                Some(None) if submission.req_id().is_none() => {
                    entered.repeated += 1;
                    continue;
                }
                Some(None) => {}
                None => drop(links.insert(submission.file_link().to_owned(), None)),
            }
        }
        entered.new.push(match submission.req_id() {
            Some(_) => submission.clone(),
            None => submission.clone().with_req_id(client.new_req_id()),
        });
    }
    if known == KnownLinks::Refuse && entered.known > 0 {
        let of_state = |state: &State| states.get(state).map(|n| format!("{n} {}", state.as_str()));
        let states: Vec<String> = State::ALL.iter().filter_map(of_state).collect();
        let what = format!(
            "{} of {} links are in the ledger already ({}), and would be paid for again; nothing was entered or sent",
            entered.known,
            submissions.len(),
            states.join(", ")
        );
        return Err(Error::new(ErrorKind::InvalidState, OP, what));
    }
    ledger.add(&entered.new)?;
    Ok(entered)
}
