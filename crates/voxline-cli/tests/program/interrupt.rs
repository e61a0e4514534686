//! Ctrl-C and SIGTERM: nothing more is begun, what is under way is recorded, and a second one ends at once.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use voxline::transcription::{Ledger as _, SqliteLedger, State};
use voxline_sim::{SimOptions, Simulator};

use crate::support::{asset, program};

/// Longer than anything here takes on any machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn with_keys(endpoint: &str, arguments: &[&str]) -> Command {
    let mut command = program();
    command
        .args(arguments)
        .args(["--endpoint", endpoint])
        // Were the wait not cut short, the test would hang.
        .args(["--set", "http.backoff_initial_ms=600000", "--set", "http.backoff_max_ms=600000"])
        .args(["--set", "http.total_timeout_ms=3000000"])
        .env("VOXLINE_TRANSCRIPTION_APP_ID", voxline_sim::DEMO_TRANSCRIPTION_APP_ID)
        .env("VOXLINE_TRANSCRIPTION_APP_KEY", voxline_sim::DEMO_TRANSCRIPTION_APP_KEY)
        .env("VOXLINE_CHAT_TOKEN", "token")
        .env("VOXLINE_RECORDING_TOKEN", "token")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

struct Running {
    child: Child,
    errors: BufReader<ChildStderr>,
}

impl Running {
    fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let errors = BufReader::new(child.stderr.take().unwrap());
        Self { child, errors }
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// Waits until it says that it was interrupted.
    fn until_interrupted(&mut self) {
        let mut line = String::new();
        while !line.starts_with("interrupted: what is under way") {
            line.clear();
            assert_ne!(self.errors.read_line(&mut line).unwrap(), 0, "it ended before");
        }
    }

    /// How it ended, and what it said after all that was read.
    fn end(mut self) -> (Option<i32>, String) {
        let mut said = String::new();
        self.errors.read_to_string(&mut said).unwrap();
        (self.child.wait().unwrap().code(), said)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A service that answers when the test wants it to.
struct Slow(TcpListener);

impl Slow {
    fn start() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").unwrap())
    }

    fn url(&self) -> String {
        format!("http://{}", self.0.local_addr().unwrap())
    }

    /// The next request, read to its end.
    fn request(&self) -> TcpStream {
        let (mut socket, _) = self.0.accept().unwrap();
        let (mut text, mut buffer) = (Vec::new(), [0; 65_536]);
        loop {
            let n = socket.read(&mut buffer).unwrap();
            assert_ne!(n, 0, "half a request");
            text.extend_from_slice(&buffer[..n]);
            let Some(head) = text.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
            let fields = String::from_utf8_lossy(&text[..head]).to_lowercase();
            let length = fields.lines().find_map(|line| line.strip_prefix("content-length:"));
            let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
            if text.len() >= head + 4 + length {
                return socket;
            }
        }
    }
}

fn answer(mut socket: TcpStream, status: &str, body: &str) {
    let length = body.len();
    // Who gave up a question that costs nothing does not listen any more.
    drop(write!(socket, "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"));
}

fn ledger(folder: &TempDir) -> String {
    folder.path().join("calls.db").to_str().unwrap().to_owned()
}

fn counts(path: &str) -> Vec<u64> {
    let ledger = SqliteLedger::open(path).unwrap();
    State::ALL.iter().map(|state| ledger.count(*state).unwrap()).collect()
}

#[test]
fn a_run_ends_in_good_order_and_can_be_resumed() {
    for signal in ["INT", "TERM"] {
        let mut options = SimOptions::default();
        options.transcription.pending_polls = u32::MAX;
        let simulator = Simulator::start(options).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = ledger(&folder);
        let links: Vec<String> = (0..5).map(|n| format!("http://h.example/{n}.wav")).collect();
        let links: Vec<&str> = links.iter().map(String::as_str).collect();
        let arguments =
            [&["transcribe", "run", "--ledger", &path, "--jobs", "2", "--interval", "600"], &links[..]].concat();
        let mut running = Running::start(with_keys(simulator.base_url(), &arguments));
        let begun = Instant::now();
        while simulator.log().counts.get("query").is_none_or(|counts| counts.requests < 2) {
            assert!(begun.elapsed() < PATIENCE && running.child.try_wait().unwrap().is_none());
            std::thread::yield_now();
        }
        running.signal(signal);
        running.until_interrupted();
        let (code, said) = running.end();
        assert_eq!(code, Some(130), "{said}");
        assert!(said.contains("now: 3 queued, 2 accepted") && said.contains("--resume goes on"), "{said}");
        assert_eq!(counts(&path), [3, 0, 0, 2, 0, 0]);
        assert_eq!(simulator.log().paid_submissions, 2);
    }
}

#[test]
fn a_submission_under_way_gets_its_answer() {
    let (service, folder) = (Slow::start(), tempfile::tempdir().unwrap());
    let path = ledger(&folder);
    let arguments = ["transcribe", "run", "--ledger", &path, "--jobs", "1", "http://h.example/1", "http://h.example/2"];
    let mut running = Running::start(with_keys(&service.url(), &arguments));
    let socket = service.request();
    running.signal("INT");
    running.until_interrupted();
    answer(socket, "200 OK", r#"{"code":"10000","requestId":"R-1"}"#);
    let (code, said) = running.end();
    assert_eq!((code, counts(&path)), (Some(130), vec![1, 0, 0, 1, 0, 0]), "{said}");
    let accepted = SqliteLedger::open(&path).unwrap().entry_of_request("R-1").unwrap().unwrap();
    assert_eq!(accepted.submission.file_link(), "http://h.example/1");
}

#[test]
fn a_second_interrupt_ends_it_at_once() {
    let (service, folder) = (Slow::start(), tempfile::tempdir().unwrap());
    let path = ledger(&folder);
    let arguments = ["transcribe", "run", "--ledger", &path, "http://h.example/1"];
    let mut running = Running::start(with_keys(&service.url(), &arguments));
    let _socket = service.request();
    running.signal("INT");
    running.until_interrupted();
    running.signal("INT");
    assert_eq!(running.end().0, Some(130));
    // Nobody knows what became of it, and the ledger knows that.
    assert_eq!(counts(&path), [0, 1, 0, 0, 0, 0]);
    SqliteLedger::open(&path).unwrap().resume().unwrap();
    assert_eq!(counts(&path), [0, 0, 1, 0, 0, 0]);
}

#[test]
fn a_submission_that_is_never_answered_ends_by_its_time_outs_and_is_unknown() {
    let (service, folder) = (Slow::start(), tempfile::tempdir().unwrap());
    let path = ledger(&folder);
    let arguments = ["transcribe", "run", "--ledger", &path, "http://h.example/1", "--set", "http.read_timeout_ms=300"];
    let mut running = Running::start(with_keys(&service.url(), &arguments));
    let _socket = service.request();
    running.signal("INT");
    running.until_interrupted();
    let (code, said) = running.end();
    assert_eq!((code, counts(&path)), (Some(130), vec![0, 0, 1, 0, 0, 0]), "{said}");
}

#[test]
fn other_verbs_end_too_instead_of_waiting_for_another_try() {
    let (call, folder) = (asset("call.mp3"), tempfile::tempdir().unwrap());
    let out = folder.path().join("out.wav");
    let recording = ["--user", "u", "--task", "t", "--record", "r"];
    let commands: [Vec<&str>; 5] = [
        vec!["chat", call.to_str().unwrap()],
        [&["recording", "get", "-o", out.to_str().unwrap()], &recording[..]].concat(),
        [&["recording", "url"], &recording[..]].concat(),
        vec!["transcribe", "submit", "http://h.example/1"],
        vec!["transcribe", "wait", "R-1", "--interval", "600"],
    ];
    for arguments in commands {
        let service = Slow::start();
        let mut running = Running::start(with_keys(&service.url(), &arguments));
        let socket = service.request();
        running.signal("INT");
        running.until_interrupted();
        answer(socket, "503 Service Unavailable", "");
        let (code, said) = running.end();
        assert_eq!(code, Some(130), "{arguments:?}: {said}");
        let reasons = ["cancelled", "gave up", "interrupted: 0 of 1"];
        assert!(reasons.iter().any(|reason| said.contains(reason)), "{arguments:?}: {said}");
        assert!(std::fs::read_dir(&folder).unwrap().next().is_none());
    }
}
