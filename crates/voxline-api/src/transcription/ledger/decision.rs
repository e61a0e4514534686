//! What only the caller decides.

use voxline_core::{Error, ErrorKind, Result};

use super::{Entry, Ledger, RunLock, State, Step};
use crate::transcription::request::check_id;

const OP: &str = "decide in ledger";

/// Takes a step that only the caller can decide on: [`Step::Requeue`], [`Step::Accepted`] or [`Step::Failed`]. Says
/// whether it changed anything: a decision that the ledger holds already, with the same words, changes nothing.
///
/// Nothing is decided over the head of a run; and without one, what is "being sent" was left by a crash and counts as
/// [`State::Unknown`].
///
/// **Errors**: [`ErrorKind::InvalidArgument`] for another step, and for an id of the service that is none;
/// [`ErrorKind::NotFound`]; [`ErrorKind::InvalidState`] while a run is under way, and whenever what was decided is not
/// what the ledger then says, because the state forbids it, or another id or reason is kept.
pub fn decide(ledger: &dyn Ledger, req_id: &str, step: &Step) -> Result<bool> {
    check(step)?;
    let lock = ledger.lock()?;
    ledger.resume()?;
    decide_under(&lock, ledger, req_id, step)
}

/// The same for who holds the lock and has called [`Ledger::resume`]: many decisions in a row.
///
/// **Errors**: those of [`decide`].
pub fn decide_under(_: &RunLock, ledger: &dyn Ledger, req_id: &str, step: &Step) -> Result<bool> {
    let wanted = check(step)?;
    if let Some(entry) = ledger.entry(req_id)? {
        refuse_another_id(&entry, step)?;
        if entry.state.after(step) == Some(entry.state) {
            return is_kept(&entry, step, wanted).map(|()| false);
        }
    }
    if ledger.advance(req_id, step)? {
        return Ok(true);
    }
    // A delivery was recorded in between.
    let gone = || Error::new(ErrorKind::NotFound, OP, format!("req_id {req_id} is not in the ledger any more"));
    is_kept(&ledger.entry(req_id)?.ok_or_else(gone)?, step, wanted).map(|()| false)
}

/// The state that the step is to lead to.
fn check(step: &Step) -> Result<State> {
    let refuse = |what: String| Err(Error::new(ErrorKind::InvalidArgument, OP, what));
    match step {
        Step::Requeue => Ok(State::Queued),
        Step::Failed { .. } => Ok(State::Failed),
        Step::Accepted { request_id } => match check_id(request_id) {
            Ok(()) => Ok(State::Accepted),
            Err(what) => refuse(format!("request_id: {what}")),
        },
        _ => refuse(format!("{step:?} is nothing to decide")),
    }
}

fn refuse(context: String) -> Result<()> {
    Err(Error::new(ErrorKind::InvalidState, OP, context))
}

fn refuse_another_id(entry: &Entry, step: &Step) -> Result<()> {
    match (step, &entry.request_id) {
        (Step::Accepted { request_id }, Some(kept)) if kept != request_id => {
            let (id, state) = (entry.req_id(), entry.state.as_str());
            refuse(format!("{id} is {state} as {kept}; {request_id} was not noted"))
        }
        _ => Ok(()),
    }
}

/// Whether the ledger says what was decided.
fn is_kept(entry: &Entry, step: &Step, wanted: State) -> Result<()> {
    let id = entry.req_id();
    if entry.state != wanted {
        return refuse(format!("{id} is {}: nothing changed", entry.state.as_str()));
    }
    match step {
        Step::Failed { why } if entry.note.as_ref() != Some(why) => {
            refuse(format!("{id} is failed for another reason, which is kept; this one was not noted"))
        }
        _ => refuse_another_id(entry, step),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcription::{ReturnMode, SqliteLedger, Submission};

    fn accepted(id: &str) -> Step {
        Step::Accepted { request_id: id.to_owned() }
    }

    fn failed(why: &str) -> Step {
        Step::Failed { why: why.to_owned() }
    }

    fn ledger_of(ids: &[&str]) -> (tempfile::TempDir, SqliteLedger) {
        let dir = tempfile::TempDir::new().unwrap();
        let ledger = SqliteLedger::open(dir.path().join("l")).unwrap();
        let submission = |id: &&str| Submission::new("https://h.example/a", ReturnMode::Pull).with_req_id(*id);
        ledger.add(&ids.iter().map(submission).collect::<Vec<_>>()).unwrap();
        (dir, ledger)
    }

    #[test]
    fn an_id_is_kept_or_refused_and_never_dropped() {
        let (_dir, ledger) = ledger_of(&["a", "b"]);
        // What a crash left.
        ledger.advance("a", &Step::Sending).unwrap();
        assert!(decide(&ledger, "a", &accepted("job-7")).unwrap());
        assert!(!decide(&ledger, "a", &accepted("job-7")).unwrap());
        let error = decide(&ledger, "a", &accepted("job-8")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidState);
        assert_eq!(error.context(), "a is accepted as job-7; job-8 was not noted");
        for empty in ["", " ", "a\nb"] {
            let kind = decide(&ledger, "b", &accepted(empty)).unwrap_err().kind();
            assert_eq!(kind, ErrorKind::InvalidArgument, "{empty:?}");
        }
        assert_eq!(ledger.entry("b").unwrap().unwrap().state, State::Queued);
        // What is over takes no id, not even in passing.
        ledger.advance("b", &Step::Done { result: "{}".to_owned() }).unwrap();
        let error = decide(&ledger, "b", &accepted("job-9")).unwrap_err();
        assert_eq!((error.kind(), error.context()), (ErrorKind::InvalidState, "b is done: nothing changed"));
        assert_eq!(ledger.entry("b").unwrap().unwrap().request_id, None);
        assert_eq!(decide(&ledger, "c", &accepted("job-1")).unwrap_err().kind(), ErrorKind::NotFound);
    }

    #[test]
    fn the_reason_is_kept_or_refused() {
        let (_dir, ledger) = ledger_of(&["a"]);
        assert!(decide(&ledger, "a", &failed("not wanted")).unwrap());
        assert!(!decide(&ledger, "a", &failed("not wanted")).unwrap());
        assert_eq!(decide(&ledger, "a", &failed("too long")).unwrap_err().kind(), ErrorKind::InvalidState);
        assert_eq!(ledger.entry("a").unwrap().unwrap().note.as_deref(), Some("not wanted"));
        assert!(decide(&ledger, "a", &Step::Requeue).unwrap());
        assert_eq!(decide(&ledger, "a", &Step::Requeue).unwrap_err().kind(), ErrorKind::InvalidState);
    }

    #[test]
    fn what_is_not_to_be_decided_and_a_run_under_way_are_refused() {
        let (_dir, ledger) = ledger_of(&["a"]);
        assert_eq!(decide(&ledger, "a", &Step::Sending).unwrap_err().kind(), ErrorKind::InvalidArgument);
        let lock = ledger.lock().unwrap();
        assert_eq!(decide(&ledger, "a", &failed("x")).unwrap_err().kind(), ErrorKind::InvalidState);
        assert!(decide_under(&lock, &ledger, "a", &failed("x")).unwrap());
    }
}
