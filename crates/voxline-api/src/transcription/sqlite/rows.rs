//! From rows to entries, and from SQLite's errors to ours.

use std::path::Path;

use rusqlite::{ErrorCode, Row};
use voxline_core::{Error, ErrorKind, Result};

use super::OP;
use crate::transcription::ledger::{Entry, State};
use crate::transcription::request::{ReturnMode, Submission};

/// What [`entry_of`] reads, in its order.
pub(super) const COLUMNS: &str = "req_id, state, file_link, callback_url, business_data, request_id, note, attempts";

pub(super) fn entry_of(row: &Row<'_>) -> Result<Entry> {
    let text = |index: usize| row.get::<_, Option<String>>(index).map_err(broken);
    let there = |index: usize| row.get::<_, String>(index).map_err(broken);
    let mode = text(3)?.map_or(ReturnMode::Pull, ReturnMode::push);
    let mut submission = Submission::new(there(2)?, mode).with_req_id(there(0)?);
    submission.business_data = text(4)?;
    let mut entry = Entry::new(submission, state_of(&there(1)?)?, text(5)?, text(6)?);
    let attempts: i64 = row.get(7).map_err(broken)?;
    entry.attempts = u32::try_from(attempts.max(0)).unwrap_or(u32::MAX);
    Ok(entry)
}

pub(super) fn state_of(text: &str) -> Result<State> {
    State::from_text(text)
        .ok_or_else(|| Error::new(ErrorKind::MalformedInput, OP, "an entry is in a state that does not exist"))
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
fn broken(error: rusqlite::Error) -> Error {
    Error::new(ErrorKind::MalformedInput, OP, format!("an entry cannot be read: {error}"))
}

/// SQLite's messages name tables and columns, not values.
pub(super) fn failed(path: &Path, error: rusqlite::Error) -> Error {
    let (kind, hint) = match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => (ErrorKind::UnsupportedFormat, ""),
        Some(ErrorCode::DatabaseCorrupt) => (ErrorKind::MalformedInput, ""),
        Some(ErrorCode::DiskFull) => (ErrorKind::Io, "; make room and resume: what was written before is kept"),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            (ErrorKind::Io, "; another program holds the file")
        }
        _ => (ErrorKind::Io, ""),
    };
    Error::new(kind, OP, format!("{}: {error}{hint}", path.display())).with_source(error)
}
