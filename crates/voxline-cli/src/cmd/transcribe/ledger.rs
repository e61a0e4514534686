//! `voxline transcribe ledger`.

use std::path::Path;

use serde_json::{Value, json};
use voxline::transcription::{Entry, Ledger, SqliteLedger, State, Step, decide_under};
use voxline::{Error, ErrorKind, Result};

use super::{export, one_line, shown_link};
use crate::args::ledger::{Accept, GiveUp, LedgerAction, List, Requeue, StateName, Status, Where};
use crate::fail::Fail;
use crate::show;

const OP: &str = "transcription ledger";

pub(super) fn run(action: &LedgerAction) -> Result<(), Fail> {
    match action {
        LedgerAction::Status(status) => run_status(status),
        LedgerAction::List(list) => run_list(list),
        LedgerAction::Requeue(requeue) => run_requeue(requeue),
        LedgerAction::GiveUp(give_up) => run_give_up(give_up),
        LedgerAction::Accept(accept) => run_accept(accept),
        LedgerAction::Export(export) => export::run(export, &open(&export.place)?),
    }
}

fn open(place: &Where) -> Result<SqliteLedger> {
    open_existing(&place.ledger)
}

/// Opens a ledger, and makes none where there is none: a name that is mistyped must not look like an empty ledger.
pub(super) fn open_existing(path: &Path) -> Result<SqliteLedger> {
    if !path.exists() {
        return Err(Error::new(ErrorKind::NotFound, OP, format!("{}: there is no such file", path.display())));
    }
    SqliteLedger::open(path)
}

fn run_status(args: &Status) -> Result<(), Fail> {
    let ledger = open(&args.place)?;
    let counts = State::ALL.iter().map(|state| Ok((state.as_str(), ledger.count(*state)?)));
    let counts: Vec<(&str, u64)> = counts.collect::<Result<_>>()?;
    if args.json {
        let object: Value = counts.iter().map(|(name, count)| ((*name).to_owned(), json!(count))).collect();
        show::line(&object.to_string())?;
    } else {
        for (name, count) in counts {
            show::line(&format!("{name}\t{count}"))?;
        }
    }
    Ok(())
}

fn run_list(args: &List) -> Result<(), Fail> {
    let ledger = open(&args.place)?;
    let states: Vec<State> = args.states.iter().map(|name| state(*name)).collect();
    for entry in ledger.entries()?.iter().filter(|entry| states.is_empty() || states.contains(&entry.state)) {
        show::line(&if args.json { to_json(entry).to_string() } else { to_text(entry) })?;
    }
    Ok(())
}

fn state(name: StateName) -> State {
    match name {
        StateName::Queued => State::Queued,
        StateName::Sending => State::Sending,
        StateName::Unknown => State::Unknown,
        StateName::Accepted => State::Accepted,
        StateName::Done => State::Done,
        StateName::Failed => State::Failed,
    }
}

fn to_text(entry: &Entry) -> String {
    let note = one_line(entry.note.as_deref().unwrap_or_default());
    let (id, state, link) = (entry.req_id(), entry.state.as_str(), shown_link(entry.submission.file_link()));
    format!("{id}\t{state}\t{}\t{link}\t{note}", entry.attempts)
}

fn to_json(entry: &Entry) -> Value {
    json!({ "req_id": entry.req_id(), "state": entry.state.as_str(), "attempts": entry.attempts,
            "request_id": entry.request_id, "link": shown_link(entry.submission.file_link()),
            "business_data": entry.submission.business_data(), "note": entry.note })
}

fn run_requeue(args: &Requeue) -> Result<(), Fail> {
    let mut states = Vec::new();
    if args.all_unknown {
        states.push(State::Unknown);
    }
    if args.all_failed {
        states.push(State::Failed);
    }
    decide(&open(&args.place)?, &args.req_ids, &states, &Step::Requeue, State::Queued)
}

fn run_give_up(args: &GiveUp) -> Result<(), Fail> {
    let states: &[State] = if args.all_unknown { &[State::Unknown] } else { &[] };
    let step = Step::Failed { why: args.why.clone() };
    decide(&open(&args.place)?, &args.req_ids, states, &step, State::Failed)
}

fn run_accept(args: &Accept) -> Result<(), Fail> {
    let step = Step::Accepted { request_id: args.request_id.clone() };
    decide(&open(&args.place)?, std::slice::from_ref(&args.req_id), &[], &step, State::Accepted)
}

/// Takes a step with submissions by their ids, or with all in these states. One that cannot be taken does not keep the
/// others from theirs.
fn decide(ledger: &SqliteLedger, ids: &[String], states: &[State], step: &Step, next: State) -> Result<(), Fail> {
    // Nothing is decided over the head of a run. And without one, what is "being sent" was left by a crash.
    let lock = ledger.lock()?;
    ledger.resume()?;
    let mut ids = ids.to_vec();
    for state in states {
        ids.extend(ledger.list(*state)?.iter().map(|entry| entry.req_id().to_owned()));
    }
    let mut failed = false;
    for id in &ids {
        match decide_under(&lock, ledger, id, step) {
            Ok(true) => show::line(&format!("{id} {}", next.as_str()))?,
            Ok(false) => show::remark(&format!("{id} is {}: nothing changed", next.as_str())),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidState) => {
                failed = true;
                show::remark(&format!("error: {error}"));
            }
            Err(error) => return Err(error.into()),
        }
    }
    if failed { Err(Fail::Reported) } else { Ok(()) }
}
