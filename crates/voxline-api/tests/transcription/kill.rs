//! A program with a ledger is killed again and again: nothing is lost, nothing is paid twice, nothing is fetched that
//! is there.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::server::Server;
use voxline_api::CancelToken;
use voxline_api::transcription::{
    Credentials, Ledger, ReturnMode, RunOptions, SqliteLedger, State, Submission, Transcript, TranscriptionClient,
    resume_with_ledger, run_with_ledger,
};
use voxline_core::options::HttpOptions;

const JOBS: usize = 40;
const KILLS: usize = 12;
const URL: &str = "VOXLINE_TEST_TRANSCRIPTION_URL";
const LEDGER: &str = "VOXLINE_TEST_TRANSCRIPTION_LEDGER";

fn id(n: usize) -> String {
    format!("job-{n}")
}

/// The program that is killed.
#[test]
#[ignore = "started by the other test, in a process of its own"]
fn child() {
    let (url, path) = (std::env::var(URL).unwrap(), std::env::var(LEDGER).unwrap());
    let mut http = HttpOptions::default();
    (http.backoff_initial_ms, http.backoff_max_ms) = (1, 2);
    let builder = TranscriptionClient::builder().base_url(url).http(http);
    let client = builder.credentials(Credentials::app_key("app", "key")).build().unwrap();
    let ledger = SqliteLedger::open(path).unwrap();
    let mut options = RunOptions::default();
    options.wait.interval = Duration::from_millis(1);
    let cancel = CancelToken::new();
    // All submissions are entered at once, so the first tells whether they are.
    if ledger.entry(&id(0)).unwrap().is_some() {
        resume_with_ledger(&client, &ledger, &options, &cancel, &|_| {}).unwrap();
    } else {
        let submission = |n| Submission::new(format!("http://h.example/{n}.wav"), ReturnMode::Pull).with_req_id(id(n));
        let submissions: Vec<_> = (0..JOBS).map(submission).collect();
        run_with_ledger(&client, &ledger, &submissions, &options, &cancel, &|_| {}).unwrap();
    }
    assert!(ledger.list(State::Queued).unwrap().is_empty() && ledger.list(State::Accepted).unwrap().is_empty());
}

fn start(server: &Server, ledger: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::child", "--ignored"])
        .env(URL, &server.url)
        .env(LEDGER, ledger)
        // The loopback is not behind anybody's proxy.
        .env("NO_PROXY", "127.0.0.1")
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Lets the program go on for this many events and a little longer; says whether it is still there.
fn let_run(server: &Server, child: &mut Child, events: u64, longer: Duration) -> bool {
    let mut left = events;
    while left > 0 {
        match server.events.recv_timeout(Duration::from_millis(20)) {
            Ok(()) => left -= 1,
            Err(_) if child.try_wait().unwrap().is_some() => return false,
            Err(_) => {}
        }
    }
    let _ = server.events.recv_timeout(longer);
    child.try_wait().unwrap().is_none()
}

fn states(path: &Path) -> BTreeMap<String, State> {
    let ledger = SqliteLedger::open(path).unwrap();
    (0..JOBS).filter_map(|n| Some((id(n), ledger.entry(&id(n)).unwrap()?.state))).collect()
}

#[test]
fn killed_at_any_moment_it_forgets_nothing_and_pays_nothing_twice() {
    let dir = tempfile::TempDir::new().unwrap();
    let path = dir.path().join("ledger");
    let server = Server::start();
    // Different moments, and the same ones at every run of the test as far as the machine allows.
    let mut seed = 0x5eed_u64;
    let mut random = |below: u64| {
        // Knuth's constants for a linear congruential generator ("MMIX").
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let (mut kills, mut was_sending, mut was_done) = (0, Vec::new(), BTreeMap::new());
    for _ in 0..KILLS {
        let mut child = start(&server, &path);
        let alive = let_run(&server, &mut child, random(16), Duration::from_micros(random(4000)));
        child.kill().unwrap();
        let ended = child.wait().unwrap();
        kills += usize::from(alive && !ended.success());
        assert!(alive || ended.success(), "the program failed on its own");
        let counts = server.counts();
        for (id, state) in states(&path) {
            let polls = counts.polls.get(&id).copied();
            match state {
                State::Sending => was_sending.push(id),
                // A result that was there at an earlier death was not asked for since.
                State::Done => assert_eq!(*was_done.entry(id.clone()).or_insert(polls), polls, "{id}"),
                _ => assert!(!was_done.contains_key(&id), "{id} was done and is {state:?}"),
            }
        }
    }
    assert!(start(&server, &path).wait().unwrap().success());
    assert!(kills >= KILLS / 2, "only {kills} of {KILLS} hit");

    let ledger = SqliteLedger::open(&path).unwrap();
    let counts = server.counts();
    let last = states(&path);
    assert_eq!(last.len(), JOBS);
    for (id, state) in &last {
        let taken = counts.taken.get(id).copied().unwrap_or(0);
        match state {
            State::Done => {
                assert_eq!(taken, 1, "{id}");
                let result = ledger.result(id).unwrap().unwrap();
                assert_eq!(Transcript::from_answer(&result).unwrap().text(), id);
            }
            State::Unknown => assert!(taken <= 1 && was_sending.contains(id), "{id} was taken {taken} times"),
            _ => panic!("{id} is {state:?} in the end"),
        }
    }
    for (id, polls) in was_done {
        assert_eq!(counts.polls.get(&id).copied(), polls, "{id} was asked for although it was there");
    }
}
