//! The ledger in an SQLite file.

mod file;
mod rows;
mod schema;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension as _, ToSql, TransactionBehavior, params};
use voxline_core::{Error, ErrorKind, Result};

use super::ledger::{Entry, Ledger, RunLock, State, Step, forbidden};
use super::request::{ReturnMode, Submission};
use rows::{COLUMNS, entry_of, failed, state_of};

const OP: &str = "transcription ledger";

/// A [`Ledger`] in a file, for one program at a time to send and any number to record results.
///
/// The file is readable by its owner alone (on Unix) and written through to the disk with every step. It holds the
/// links and business data as they were given; no credentials. Beside it stand SQLite's `-wal` and `-shm` files while
/// it is open, and an empty `-lock` file.
///
/// ```
/// use voxline_api::transcription::{Ledger, ReturnMode, SqliteLedger, State, Submission};
/// # let dir = std::env::temp_dir().join(format!("voxline-doc-{}", std::process::id()));
/// # std::fs::create_dir_all(&dir).unwrap();
/// let ledger = SqliteLedger::open(dir.join("calls.ledger"))?;
/// ledger.add(&[Submission::new("https://files.example/a.wav", ReturnMode::Pull).with_req_id("call-1")])?;
/// assert_eq!(ledger.list(State::Queued)?[0].req_id(), "call-1");
/// # std::fs::remove_dir_all(&dir).unwrap();
/// # Ok::<(), voxline_core::Error>(())
/// ```
pub struct SqliteLedger {
    connection: Mutex<Connection>,
    path: PathBuf,
}

impl SqliteLedger {
    /// Opens a ledger, making the file if it is not there.
    ///
    /// **Errors**: [`ErrorKind::Io`] if the file cannot be opened or made; [`ErrorKind::UnsupportedFormat`] if it is
    /// something else or of a newer version; [`ErrorKind::MalformedInput`] if it is damaged.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref().to_owned();
        // Before SQLite does: it gives its other files the rights of this one.
        file::make_private(&path)?;
        let mut connection = Connection::open(&path).map_err(|e| failed(&path, e))?;
        schema::prepare(&mut connection, &path)?;
        // Not before it is known to be ours: the rights of other files are none of our business.
        file::close_to_others(&path)?;
        Ok(Self { connection: Mutex::new(connection), path })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A panic elsewhere leaves no half transaction: dropping it rolls back.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, column: &str, id: &str) -> Result<Option<Entry>> {
        let sql = format!("SELECT {COLUMNS} FROM submission WHERE {column} = ?1");
        let connection = self.connection();
        let mut statement = connection.prepare_cached(&sql).map_err(|e| failed(&self.path, e))?;
        let entry = statement.query_row([id], |row| Ok(entry_of(row))).optional();
        entry.map_err(|e| failed(&self.path, e))?.transpose()
    }

    /// Those that fulfil the condition, in the order in which they were added.
    fn select(&self, condition: &str, values: &[&dyn ToSql]) -> Result<Vec<Entry>> {
        let fail = |e| failed(&self.path, e);
        let sql = format!("SELECT {COLUMNS} FROM submission {condition} ORDER BY position");
        let connection = self.connection();
        let mut statement = connection.prepare_cached(&sql).map_err(fail)?;
        let rows = statement.query_map(values, |row| Ok(entry_of(row))).map_err(fail)?;
        rows.map(|row| row.map_err(fail)?).collect()
    }
}

impl Ledger for SqliteLedger {
    fn add(&self, submissions: &[Submission]) -> Result<()> {
        let fail = |e| failed(&self.path, e);
        let refuse = |what: String| Error::new(ErrorKind::InvalidArgument, OP, what);
        let mut connection = self.connection();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fail)?;
        for submission in submissions {
            submission.check()?;
            let req_id = submission.req_id().ok_or_else(|| refuse("a submission has no req_id".to_owned()))?;
            let callback_url = match submission.mode() {
                ReturnMode::Push { callback_url } => Some(callback_url),
                ReturnMode::Pull => None,
            };
            let added = transaction
                .prepare_cached(
                    "INSERT INTO submission (req_id, state, file_link, callback_url, business_data)
                     VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (req_id) DO NOTHING",
                )
                .and_then(|mut statement| {
                    let state = State::Queued.as_str();
                    let link = submission.file_link();
                    statement.execute(params![req_id, state, link, callback_url, submission.business_data()])
                })
                .map_err(fail)?;
            if added == 0 {
                return Err(refuse(format!(
                    "req_id {req_id} is in the ledger already; none of the submissions was added"
                )));
            }
        }
        transaction.commit().map_err(fail)
    }

    fn advance(&self, req_id: &str, step: &Step) -> Result<bool> {
        let fail = |e| failed(&self.path, e);
        let mut connection = self.connection();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fail)?;
        let state: Option<String> = transaction
            .prepare_cached("SELECT state FROM submission WHERE req_id = ?1")
            .and_then(|mut statement| statement.query_row([req_id], |row| row.get(0)).optional())
            .map_err(fail)?;
        let missing = || Error::new(ErrorKind::NotFound, OP, format!("req_id {req_id} is not in the ledger"));
        let state = state_of(&state.ok_or_else(missing)?)?;
        let next = state.after(step).ok_or_else(|| forbidden(OP, req_id, state, step))?;
        let changed = next != state;
        // What is sent anew gets a new id from the service; the old one must not be waited for.
        let anew = *step == Step::Requeue;
        let sent = u32::from(changed && *step == Step::Sending);
        // A second reason replaces the first; a late one is not of interest any more.
        let (request_id, result, note) = match step {
            Step::Accepted { request_id } => (Some(request_id), None, None),
            Step::Done { result } if changed => (None, Some(result), None),
            Step::NotSent { why } | Step::Unknown { why } | Step::Failed { why } if changed => (None, None, Some(why)),
            _ => (None, None, None),
        };
        transaction
            .prepare_cached(
                "UPDATE submission SET state = ?2,
                     request_id = CASE WHEN ?7 THEN NULL ELSE coalesce(request_id, ?3) END,
                     result = coalesce(result, ?4), note = CASE WHEN ?6 THEN ?5 ELSE note END,
                     attempts = CASE WHEN ?7 THEN 0 ELSE attempts + ?8 END, changed_at = unixepoch()
                 WHERE req_id = ?1",
            )
            .and_then(|mut statement| {
                statement.execute(params![req_id, next.as_str(), request_id, result, note, changed, anew, sent])
            })
            .map_err(fail)?;
        transaction.commit().map_err(fail)?;
        Ok(changed)
    }

    fn entry(&self, req_id: &str) -> Result<Option<Entry>> {
        self.find("req_id", req_id)
    }

    fn entry_of_request(&self, request_id: &str) -> Result<Option<Entry>> {
        self.find("request_id", request_id)
    }

    fn list(&self, state: State) -> Result<Vec<Entry>> {
        self.select("WHERE state = ?1", &[&state.as_str()])
    }

    fn entries(&self) -> Result<Vec<Entry>> {
        self.select("", &[])
    }

    fn count(&self, state: State) -> Result<u64> {
        let connection = self.connection();
        let count = connection
            .prepare_cached("SELECT count(*) FROM submission WHERE state = ?1")
            .and_then(|mut statement| statement.query_row([state.as_str()], |row| row.get::<_, i64>(0)));
        count.map(i64::unsigned_abs).map_err(|e| failed(&self.path, e))
    }

    fn result(&self, req_id: &str) -> Result<Option<String>> {
        let connection = self.connection();
        let result = connection
            .prepare_cached("SELECT result FROM submission WHERE req_id = ?1")
            .and_then(|mut statement| statement.query_row([req_id], |row| row.get(0)).optional());
        result.map(Option::flatten).map_err(|e| failed(&self.path, e))
    }

    fn lock(&self) -> Result<RunLock> {
        file::lock(&self.path)
    }
}

impl fmt::Debug for SqliteLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteLedger").field("path", &self.path).finish_non_exhaustive()
    }
}
