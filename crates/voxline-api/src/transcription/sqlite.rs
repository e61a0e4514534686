//! The ledger in an SQLite file.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior, params};
use voxline_core::{Error, ErrorKind, Result};

use super::ledger::{Entry, Ledger, RunLock, State, Step, forbidden};
use super::request::{ReturnMode, Submission};

const OP: &str = "transcription ledger";
/// Marks the file as a ledger of ours: the letters "VXTL".
const APPLICATION_ID: i32 = 0x5658_544c;
/// Raised whenever the tables change.
const SCHEMA_VERSION: i32 = 1;
/// How long another process may hold the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

const SCHEMA: &str = "
    CREATE TABLE submission (
        position      INTEGER PRIMARY KEY,
        req_id        TEXT NOT NULL UNIQUE,
        state         TEXT NOT NULL,
        file_link     TEXT NOT NULL,
        callback_url  TEXT,
        business_data TEXT,
        request_id    TEXT,
        result        TEXT,
        note          TEXT,
        changed_at    INTEGER NOT NULL DEFAULT (unixepoch())
    ) STRICT;
    CREATE INDEX submission_state ON submission (state, position);
    CREATE INDEX submission_request_id ON submission (request_id) WHERE request_id IS NOT NULL;
";
const COLUMNS: &str = "req_id, state, file_link, callback_url, business_data, request_id, note";

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
    /// something else or of a newer version.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref().to_owned();
        // Before SQLite does: it gives its other files the rights of this one.
        make_private(&path)?;
        let ledger = Self { connection: Mutex::new(Connection::open(&path).map_err(|e| failed(&path, e))?), path };
        ledger.prepare()?;
        Ok(ledger)
    }

    fn prepare(&self) -> Result<()> {
        let fail = |e| failed(&self.path, e);
        let mut connection = self.connection();
        connection.busy_timeout(BUSY_TIMEOUT).map_err(fail)?;
        // FULL: with WAL, NORMAL may lose the last steps when power goes, and with them a submission that was paid.
        connection.pragma_update(None, "synchronous", "FULL").map_err(fail)?;
        connection.pragma_update(None, "trusted_schema", false).map_err(fail)?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fail)?;
        let pragma = |name| transaction.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i32>(0));
        let tables: i64 =
            transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(fail)?;
        let (application, version) = (pragma("application_id").map_err(fail)?, pragma("user_version").map_err(fail)?);
        if application == 0 && version == 0 && tables == 0 {
            transaction.execute_batch(SCHEMA).map_err(fail)?;
            transaction.pragma_update(None, "application_id", APPLICATION_ID).map_err(fail)?;
            transaction.pragma_update(None, "user_version", SCHEMA_VERSION).map_err(fail)?;
        } else if application != APPLICATION_ID || version != SCHEMA_VERSION {
            let what = if application == APPLICATION_ID {
                format!("it is a ledger of version {version}, and this program knows version {SCHEMA_VERSION}")
            } else {
                "it is a database, but not a ledger".to_owned()
            };
            return Err(Error::new(ErrorKind::UnsupportedFormat, OP, format!("{}: {what}", self.path.display())));
        }
        transaction.commit().map_err(fail)?;
        // Only now: it is written into the file, which is known to be ours.
        let mode: String =
            connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0)).map_err(fail)?;
        if mode != "wal" {
            // Some network file systems cannot; the rollback journal with FULL is as safe, only slower.
            tracing::debug!(mode, "the ledger is kept without a write-ahead log");
        }
        Ok(())
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
                     result = coalesce(result, ?4), note = CASE WHEN ?6 THEN ?5 ELSE note END, changed_at = unixepoch()
                 WHERE req_id = ?1",
            )
            .and_then(|mut statement| {
                statement.execute(params![req_id, next.as_str(), request_id, result, note, changed, anew])
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
        let sql = format!("SELECT {COLUMNS} FROM submission WHERE state = ?1 ORDER BY position");
        let fail = |e| failed(&self.path, e);
        let connection = self.connection();
        let mut statement = connection.prepare_cached(&sql).map_err(fail)?;
        let rows = statement.query_map([state.as_str()], |row| Ok(entry_of(row))).map_err(fail)?;
        rows.map(|row| row.map_err(fail)?).collect()
    }

    fn result(&self, req_id: &str) -> Result<Option<String>> {
        let connection = self.connection();
        let result = connection
            .prepare_cached("SELECT result FROM submission WHERE req_id = ?1")
            .and_then(|mut statement| statement.query_row([req_id], |row| row.get(0)).optional());
        result.map(Option::flatten).map_err(|e| failed(&self.path, e))
    }

    fn lock(&self) -> Result<RunLock> {
        let mut path = self.path.clone().into_os_string();
        path.push("-lock");
        let path = PathBuf::from(path);
        make_private(&path)?;
        let file = OpenOptions::new().write(true).open(&path).map_err(|e| Error::io(OP, path.display(), e))?;
        match file.try_lock() {
            Ok(()) => Ok(RunLock::new(Locked(file))),
            Err(std::fs::TryLockError::WouldBlock) => {
                let what = format!("{}: another run is using this ledger", self.path.display());
                Err(Error::new(ErrorKind::InvalidState, OP, what))
            }
            Err(std::fs::TryLockError::Error(e)) => Err(Error::io(OP, path.display(), e)),
        }
    }
}

/// The file that is locked. It is unlocked on purpose: a process that is just being started by another thread still has
/// a copy of the file, and with it the lock.
struct Locked(File);

impl Drop for Locked {
    fn drop(&mut self) {
        // If it fails, closing does it.
        let _ = self.0.unlock();
    }
}

impl fmt::Debug for SqliteLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteLedger").field("path", &self.path).finish_non_exhaustive()
    }
}

fn entry_of(row: &Row<'_>) -> Result<Entry> {
    let text = |index: usize| row.get::<_, Option<String>>(index);
    let read = || -> rusqlite::Result<_> {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
    };
    let (req_id, state, link) = read().map_err(broken)?;
    let mode = text(3).map_err(broken)?.map_or(ReturnMode::Pull, ReturnMode::push);
    let mut submission = Submission::new(link, mode).with_req_id(req_id);
    submission.business_data = text(4).map_err(broken)?;
    Ok(Entry::new(submission, state_of(&state)?, text(5).map_err(broken)?, text(6).map_err(broken)?))
}

fn state_of(text: &str) -> Result<State> {
    State::from_text(text)
        .ok_or_else(|| Error::new(ErrorKind::MalformedInput, OP, "an entry is in a state that does not exist"))
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
fn broken(error: rusqlite::Error) -> Error {
    Error::new(ErrorKind::MalformedInput, OP, format!("an entry cannot be read: {error}"))
}

/// SQLite's messages name tables and columns, not values.
fn failed(path: &Path, error: rusqlite::Error) -> Error {
    let kind = match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => ErrorKind::UnsupportedFormat,
        _ => ErrorKind::Io,
    };
    Error::new(kind, OP, format!("{}: {error}", path.display())).with_source(error)
}

/// Makes the file for its owner alone, or closes it to others if it is there: it holds links that need no other key.
///
/// One that is there is not opened: closing it again would take away the locks that another connection of this
/// process holds on it, as POSIX has it.
fn make_private(path: &Path) -> Result<()> {
    let fail = |e| Error::io(OP, path.display(), e);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(file) => {
            file.sync_all().map_err(fail)?;
            sync_parent(path)
        }
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt as _;
                if std::fs::metadata(path).map_err(fail)?.permissions().mode() & 0o077 != 0 {
                    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(fail)?;
                }
            }
            Ok(())
        }
        Err(e) => Err(fail(e)),
    }
}

/// Makes a new name in a folder last.
fn sync_parent(path: &Path) -> Result<()> {
    if cfg!(unix) {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(parent).and_then(|folder| folder.sync_all()).map_err(|e| Error::io(OP, parent.display(), e))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    fn submission(id: &str) -> Submission {
        Submission::new("https://h.example/a?sig=x", ReturnMode::Pull).with_req_id(id)
    }

    #[test]
    fn every_step_is_written_through_to_the_disk() {
        let dir = TempDir::new().unwrap();
        let ledger = SqliteLedger::open(dir.path().join("l")).unwrap();
        let connection = ledger.connection();
        let pragma = |name: &str| -> rusqlite::types::Value {
            connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0)).unwrap()
        };
        // 2 is FULL (https://sqlite.org/pragma.html#pragma_synchronous).
        assert_eq!(pragma("synchronous"), 2.into());
        assert_eq!(pragma("journal_mode"), "wal".to_owned().into());
        assert_eq!(pragma("application_id"), i64::from(APPLICATION_ID).into());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("l");
        let modes = || {
            let mode = |entry: std::fs::DirEntry| entry.metadata().unwrap().permissions().mode() & 0o777;
            std::fs::read_dir(&dir).unwrap().map(|entry| mode(entry.unwrap())).collect::<Vec<_>>()
        };
        let ledger = SqliteLedger::open(&path).unwrap();
        ledger.add(&[submission("a")]).unwrap();
        let _lock = ledger.lock().unwrap();
        // The file, its two companions, the lock.
        assert_eq!(modes(), [0o600; 4]);
        drop(ledger);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let _ledger = SqliteLedger::open(&path).unwrap();
        assert!(modes().iter().all(|mode| *mode == 0o600));
    }

    #[test]
    fn all_or_none_are_added_and_everything_comes_back() {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("l");
        let push = Submission::new("http://h/语?k=a+/b==", ReturnMode::push("http://c.example/?t=1"))
            .with_business_data("\0 数据")
            .with_req_id("b");
        let ledger = SqliteLedger::open(&path).unwrap();
        ledger.add(&[submission("a"), push.clone()]).unwrap();
        let no_id = Submission::new("http://h/", ReturnMode::Pull);
        for wrong in [submission("a"), no_id, submission("").with_req_id("\n")] {
            let error = ledger.add(&[submission("c"), wrong]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            assert_eq!(ledger.entry("c").unwrap(), None);
        }
        assert_eq!(ledger.add(&[submission("d"), submission("d")]).unwrap_err().kind(), ErrorKind::InvalidArgument);
        drop(ledger);
        let ledger = SqliteLedger::open(&path).unwrap();
        let queued = ledger.list(State::Queued).unwrap();
        assert_eq!(queued.iter().map(|e| &e.submission).collect::<Vec<_>>(), [&submission("a"), &push]);
        assert_eq!(ledger.entry("b").unwrap().unwrap(), queued[1]);
        assert_eq!(ledger.result("a").unwrap(), None);
    }

    #[test]
    fn steps_leave_what_they_say_and_forbidden_ones_nothing() {
        let dir = TempDir::new().unwrap();
        let ledger = SqliteLedger::open(dir.path().join("l")).unwrap();
        ledger.add(&[submission("a")]).unwrap();
        let why = |text: &str| text.to_owned();
        let accepted = Step::Accepted { request_id: why("R") };
        let now = || ledger.entry("a").unwrap().unwrap();
        assert_eq!(ledger.advance("x", &Step::Sending).unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(ledger.advance("a", &Step::Requeue).unwrap_err().kind(), ErrorKind::InvalidState);
        assert!(ledger.advance("a", &Step::Sending).unwrap());
        assert_eq!(ledger.advance("a", &Step::Sending).unwrap_err().kind(), ErrorKind::InvalidState);
        assert!(ledger.advance("a", &Step::NotSent { why: why("busy") }).unwrap());
        assert_eq!((now().state, now().note.as_deref()), (State::Queued, Some("busy")));
        assert!(ledger.advance("a", &Step::Sending).unwrap());
        assert_eq!(now().note, None);
        assert!(ledger.advance("a", &accepted).unwrap());
        assert_eq!(ledger.entry_of_request("R").unwrap().unwrap(), now());
        assert!(!ledger.advance("a", &Step::Accepted { request_id: why("other") }).unwrap());
        assert_eq!(now().request_id.as_deref(), Some("R"));
        assert!(ledger.advance("a", &Step::Failed { why: why("bad") }).unwrap());
        assert!(!ledger.advance("a", &Step::Failed { why: why("worse") }).unwrap());
        assert_eq!(now().note.as_deref(), Some("bad"));
        assert!(ledger.advance("a", &Step::Requeue).unwrap());
        assert_eq!((now().state, now().request_id, now().note), (State::Queued, None, None));
        assert!(ledger.advance("a", &Step::Done { result: why("{}") }).unwrap());
        assert!(!ledger.advance("a", &Step::Done { result: why("{1}") }).unwrap());
        assert_eq!(ledger.result("a").unwrap().as_deref(), Some("{}"));
    }

    #[test]
    fn other_files_are_not_touched() {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("x");
        let refused = || SqliteLedger::open(&path).unwrap_err();
        std::fs::write(&path, "a".repeat(5000)).unwrap();
        assert_eq!(refused().kind(), ErrorKind::UnsupportedFormat);
        assert_eq!(std::fs::read(&path).unwrap(), "a".repeat(5000).as_bytes());
        for sql in ["CREATE TABLE other (x)", "PRAGMA application_id = 7", "PRAGMA user_version = 7"] {
            std::fs::remove_file(&path).unwrap();
            Connection::open(&path).unwrap().execute_batch(sql).unwrap();
            let before = std::fs::read(&path).unwrap();
            assert_eq!(refused().kind(), ErrorKind::UnsupportedFormat, "{sql}");
            assert_eq!(std::fs::read(&path).unwrap(), before, "{sql}");
        }
        std::fs::remove_file(&path).unwrap();
        drop(SqliteLedger::open(&path).unwrap());
        Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 2").unwrap();
        assert!(refused().context().contains("version 2"), "{}", refused());
        let error = SqliteLedger::open(dir.path().join("none").join("x")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
    }

    #[test]
    fn two_programs_may_write_and_one_may_run() {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("l");
        let (one, two) = (SqliteLedger::open(&path).unwrap(), SqliteLedger::open(&path).unwrap());
        std::thread::scope(|scope| {
            for (ledger, name) in [(&one, "one"), (&two, "two")] {
                scope.spawn(move || (0..20).for_each(|i| ledger.add(&[submission(&format!("{name}-{i}"))]).unwrap()));
            }
        });
        assert_eq!(one.list(State::Queued).unwrap().len(), 40);
        let lock = one.lock().unwrap();
        assert_eq!(two.lock().unwrap_err().kind(), ErrorKind::InvalidState);
        drop(lock);
        two.lock().unwrap();
    }
}
