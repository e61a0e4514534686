//! The tables of a ledger and its versions.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};
use voxline_core::{Error, ErrorKind, Result};

use super::OP;
use super::rows::failed;

/// Marks the file as a ledger of ours: the letters "VXTL".
pub(super) const APPLICATION_ID: i32 = 0x5658_544c;
/// Raised whenever the tables change. Version 1 did not count attempts.
pub(super) const SCHEMA_VERSION: i32 = 2;
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
        changed_at    INTEGER NOT NULL DEFAULT (unixepoch()),
        attempts      INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX submission_state ON submission (state, position);
    CREATE INDEX submission_request_id ON submission (request_id) WHERE request_id IS NOT NULL;
";
const FROM_1_TO_2: &str = "ALTER TABLE submission ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0";

/// Makes a connection durable, and the tables if the file is new.
///
/// **Errors**: [`ErrorKind::UnsupportedFormat`] for a file that is something else, which is left as it is.
pub(super) fn prepare(connection: &mut Connection, path: &Path) -> Result<()> {
    let fail = |e| failed(path, e);
    connection.busy_timeout(BUSY_TIMEOUT).map_err(fail)?;
    // FULL: with WAL, NORMAL may lose the last steps when power goes, and with them a submission that was paid.
    connection.pragma_update(None, "synchronous", "FULL").map_err(fail)?;
    connection.pragma_update(None, "trusted_schema", false).map_err(fail)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fail)?;
    bring_up_to_date(&transaction, path)?;
    transaction.commit().map_err(fail)?;
    // Only now: it is written into the file, which is known to be ours.
    use_write_ahead_log(connection).map_err(fail)
}

/// Switches to the write-ahead log, in which deliveries are recorded while a run reads. The rollback journal with FULL
/// is as safe, only slower.
fn use_write_ahead_log(connection: &Connection) -> rusqlite::Result<()> {
    let mode = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0));
    match mode {
        Ok(mode) if mode == "wal" => {}
        // Some network file systems cannot.
        Ok(mode) => tracing::debug!(mode, "the ledger is kept without a write-ahead log"),
        // Another program is opening the new file too. For this switch SQLite does not wait; the other makes it, or
        // the next to open the file.
        Err(e) if e.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
            tracing::debug!("another program is opening the ledger");
        }
        Err(e) => return Err(e),
    }
    Ok(())
}

fn bring_up_to_date(transaction: &Transaction<'_>, path: &Path) -> Result<()> {
    let fail = |e| failed(path, e);
    let refuse = |what| Err(Error::new(ErrorKind::UnsupportedFormat, OP, format!("{}: {what}", path.display())));
    let number = |sql: &str| transaction.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(fail);
    let tables = number("SELECT count(*) FROM sqlite_schema")?;
    let (application, version) = (number("PRAGMA application_id")?, number("PRAGMA user_version")?);
    let ours = application == i64::from(APPLICATION_ID);
    match version {
        0 if application == 0 && tables == 0 => transaction.execute_batch(SCHEMA).map_err(fail)?,
        _ if !ours => return refuse("it is a database, but not a ledger".to_owned()),
        v if v == i64::from(SCHEMA_VERSION) => return Ok(()),
        1 => transaction.execute_batch(FROM_1_TO_2).map_err(fail)?,
        v => {
            return refuse(format!(
                "it is a ledger of version {v}, and this program knows versions up to {SCHEMA_VERSION}: use the \
                 program that wrote it, or a newer one"
            ));
        }
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID).map_err(fail)?;
    transaction.pragma_update(None, "user_version", SCHEMA_VERSION).map_err(fail)
}
