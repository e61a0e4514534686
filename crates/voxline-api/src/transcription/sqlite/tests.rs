//! The ledger in its file: what is on disk, who may read it, what is refused.

use super::schema::{APPLICATION_ID, SCHEMA_VERSION};
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
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        refused();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);
    }
    for sql in ["CREATE TABLE other (x)", "PRAGMA application_id = 7", "PRAGMA user_version = 7"] {
        std::fs::remove_file(&path).unwrap();
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        let before = std::fs::read(&path).unwrap();
        assert_eq!(refused().kind(), ErrorKind::UnsupportedFormat, "{sql}");
        assert_eq!(std::fs::read(&path).unwrap(), before, "{sql}");
    }
    std::fs::remove_file(&path).unwrap();
    drop(SqliteLedger::open(&path).unwrap());
    Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 3").unwrap();
    assert!(refused().context().contains("version 3"), "{}", refused());
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

#[test]
fn attempts_are_counted_until_it_is_put_back() {
    let dir = TempDir::new().unwrap();
    let ledger = SqliteLedger::open(dir.path().join("l")).unwrap();
    ledger.add(&[submission("a")]).unwrap();
    let attempts = || ledger.entry("a").unwrap().unwrap().attempts;
    let why = || "w".to_owned();
    assert_eq!(attempts(), 0);
    for n in 1..=3 {
        ledger.advance("a", &Step::Sending).unwrap();
        assert_eq!(attempts(), n);
        ledger.advance("a", &Step::NotSent { why: why() }).unwrap();
        assert_eq!(attempts(), n);
    }
    ledger.advance("a", &Step::Failed { why: why() }).unwrap();
    ledger.advance("a", &Step::Requeue).unwrap();
    assert_eq!(attempts(), 0);
}

#[test]
fn entries_come_once_each_in_their_order_and_are_counted() {
    let dir = TempDir::new().unwrap();
    let ledger = SqliteLedger::open(dir.path().join("l")).unwrap();
    ledger.add(&["a", "b", "c"].map(submission)).unwrap();
    ledger.advance("b", &Step::Done { result: "{}".to_owned() }).unwrap();
    ledger.advance("a", &Step::Failed { why: String::new() }).unwrap();
    let ids: Vec<_> = ledger.entries().unwrap().iter().map(|entry| entry.req_id().to_owned()).collect();
    assert_eq!(ids, ["a", "b", "c"]);
    let counts: Vec<_> = State::ALL.iter().map(|state| ledger.count(*state).unwrap()).collect();
    assert_eq!(counts, [1, 0, 0, 0, 1, 1]);
}

/// The tables of version 1 as they were written, with an entry in them.
const VERSION_1: &str = "
    CREATE TABLE submission (
        position INTEGER PRIMARY KEY, req_id TEXT NOT NULL UNIQUE, state TEXT NOT NULL, file_link TEXT NOT NULL,
        callback_url TEXT, business_data TEXT, request_id TEXT, result TEXT, note TEXT,
        changed_at INTEGER NOT NULL DEFAULT (unixepoch())
    ) STRICT;
    CREATE INDEX submission_state ON submission (state, position);
    CREATE INDEX submission_request_id ON submission (request_id) WHERE request_id IS NOT NULL;
    INSERT INTO submission (req_id, state, file_link, request_id) VALUES ('a', 'accepted', 'http://h/', 'R');
    PRAGMA application_id = 1448629324; PRAGMA user_version = 1;
";

#[test]
fn a_ledger_of_version_1_is_brought_up_to_date() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("l");
    Connection::open(&path).unwrap().execute_batch(VERSION_1).unwrap();
    for _ in 0..2 {
        let ledger = SqliteLedger::open(&path).unwrap();
        let entry = ledger.entry("a").unwrap().unwrap();
        assert_eq!((entry.state, entry.request_id.as_deref(), entry.attempts), (State::Accepted, Some("R"), 0));
        let version: i32 = ledger.connection().query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
        assert_eq!(version, SCHEMA_VERSION);
    }
}

#[test]
fn a_full_disk_is_an_error_that_loses_nothing() {
    let dir = TempDir::new().unwrap();
    let ledger = SqliteLedger::open(dir.path().join("l")).unwrap();
    ledger.add(&[submission("a")]).unwrap();
    ledger.advance("a", &Step::Sending).unwrap();
    // SQLite's own bound on the file fails as a full disk does (SQLITE_FULL).
    let pages = |sql: &str| -> i64 { ledger.connection().query_row(sql, [], |row| row.get(0)).unwrap() };
    let now = pages("PRAGMA page_count");
    pages(&format!("PRAGMA max_page_count = {now}"));
    let before = ledger.entries().unwrap();
    let many: Vec<_> = (0..1000).map(|i| submission(&format!("b-{i}"))).collect();
    let result = Step::Done { result: "x".repeat(100_000) };
    let errors = [ledger.add(&many).unwrap_err(), ledger.advance("a", &result).unwrap_err()];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.context().contains("full") && error.context().contains("make room"), "{error}");
    }
    assert_eq!(ledger.entries().unwrap(), before);
    pages("PRAGMA max_page_count = 1000000");
    ledger.add(&many).unwrap();
    assert!(ledger.advance("a", &result).unwrap());
    assert_eq!(ledger.count(State::Queued).unwrap(), 1000);
}

#[test]
fn a_damaged_ledger_is_an_error() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("l");
    {
        let ledger = SqliteLedger::open(&path).unwrap();
        ledger.add(&(0..500).map(|i| submission(&format!("a-{i}"))).collect::<Vec<_>>()).unwrap();
    }
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4096..].fill(0xa5);
    std::fs::write(&path, &bytes).unwrap();
    let error = SqliteLedger::open(&path).and_then(|ledger| ledger.entries()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MalformedInput, "{error}");
}

#[test]
fn many_open_a_new_ledger_at_once() {
    let dir = TempDir::new().unwrap();
    for round in 0..10 {
        let path = dir.path().join(format!("l{round}"));
        let start = std::sync::Barrier::new(8);
        std::thread::scope(|scope| {
            for n in 0..8 {
                let (path, start) = (&path, &start);
                scope.spawn(move || {
                    start.wait();
                    SqliteLedger::open(path).unwrap().add(&[submission(&n.to_string())]).unwrap();
                });
            }
        });
        assert_eq!(SqliteLedger::open(&path).unwrap().count(State::Queued).unwrap(), 8);
    }
}
