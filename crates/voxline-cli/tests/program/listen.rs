//! `voxline listen`: results that the simulator pushes.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Stdio};

use crate::chat::Sim;
use crate::support::{fine, program};

struct Listener {
    child: Child,
    out: BufReader<ChildStdout>,
    url: String,
}

impl Listener {
    fn start(ledger: &str, flags: &[&str]) -> Self {
        let mut child = program()
            .args(["listen", "--ledger", ledger])
            .args(flags)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut url = String::new();
        out.read_line(&mut url).unwrap();
        Self { child, out, url: url.trim().to_owned() }
    }

    fn connect(&self) -> TcpStream {
        let address = self.url.strip_prefix("http://").unwrap().trim_end_matches('/');
        let socket = TcpStream::connect(address).unwrap();
        // So that what hangs fails.
        socket.set_read_timeout(Some(std::time::Duration::from_secs(30))).unwrap();
        socket
    }

    /// One request over a socket of its own; the whole answer.
    fn send(&self, method: &str, body: &str) -> String {
        let mut socket = self.connect();
        let length = body.len();
        write!(socket, "{method} / HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
            .unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn pushed_results_are_in_the_ledger_and_duplicates_do_no_harm() {
    let sim = Sim::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let ledger = folder.path().join("calls.db");
    let ledger = ledger.to_str().unwrap();
    let mut listener = Listener::start(ledger, &["--count", "2", "--json"]);
    let output = program()
        .args(["transcribe", "run", "http://files.example/1.wav", "http://files.example/2.wav"])
        .args(["--ledger", ledger, "--callback-url", &listener.url, "--endpoint", &sim.url])
        .env("VOXLINE_TRANSCRIPTION_APP_ID", voxline_sim::DEMO_TRANSCRIPTION_APP_ID)
        .env("VOXLINE_TRANSCRIPTION_APP_KEY", voxline_sim::DEMO_TRANSCRIPTION_APP_KEY)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    // A delivery may be quicker than the answer to its submission.
    let said = String::from_utf8(fine(&output)).unwrap();
    assert_eq!(said.matches("awaiting callback").count() + said.matches("\tdone\t").count(), 2, "{said}");
    // It ends by itself after two results.
    assert!(listener.child.wait().unwrap().success());
    let mut lines = String::new();
    listener.out.read_to_string(&mut lines).unwrap();
    assert_eq!(lines.matches("recorded").count(), 2, "{lines}");
    let ledger = voxline::transcription::SqliteLedger::open(ledger).unwrap();
    let done = voxline::transcription::Ledger::list(&ledger, voxline::transcription::State::Done).unwrap();
    assert_eq!(done.len(), 2);
}

#[test]
fn the_acknowledgement_is_configurable_and_nonsense_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = folder.path().join("l.db");
    let listener = Listener::start(ledger.to_str().unwrap(), &["--ack", "thanks", "--max-body", "100"]);
    let unknown = listener.send("POST", r#"{"code":"10000","requestId":"stranger","data":{"text":"x"}}"#);
    assert!(unknown.starts_with("HTTP/1.1 200") && unknown.ends_with("thanks"), "{unknown}");
    assert!(listener.send("POST", "not json").starts_with("HTTP/1.1 400"));
    assert!(listener.send("GET", "").starts_with("HTTP/1.1 405"));
    assert!(listener.send("POST", &"x".repeat(200)).starts_with("HTTP/1.1 413"));
}

const STRANGER: &str = r#"{"code":"10000","requestId":"stranger","data":{"text":"x"}}"#;

#[test]
fn slow_senders_keep_nobody_out_and_are_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = folder.path().join("l.db");
    // More of them than any pool of threads; half of them in the head, half in the body.
    let listener = Listener::start(ledger.to_str().unwrap(), &["--timeout", "3600"]);
    let slow: Vec<TcpStream> = (0..100)
        .map(|n| {
            let mut socket = listener.connect();
            let part =
                if n % 2 == 0 { "POST / HTTP/1.1\r\nHost" } else { "POST / HTTP/1.1\r\nContent-Length: 99\r\n\r\n{" };
            socket.write_all(part.as_bytes()).unwrap();
            socket
        })
        .collect();
    assert!(listener.send("POST", STRANGER).starts_with("HTTP/1.1 200"));
    drop(slow);
    drop(listener);

    // Where there are few places, the time-out makes room.
    let listener = Listener::start(ledger.to_str().unwrap(), &["--timeout", "0.2", "--connections", "2"]);
    let mut slow: Vec<TcpStream> = (0..4).map(|_| listener.connect()).collect();
    slow[1].write_all(b"POST / HTTP/1.1\r\nContent-Length: 99\r\n\r\n{").unwrap();
    assert!(listener.send("POST", STRANGER).starts_with("HTTP/1.1 200"));
    for socket in &mut slow {
        let mut answer = String::new();
        // Whether it says why or just hangs up: it is over.
        drop(socket.read_to_string(&mut answer));
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
}

#[test]
fn many_deliveries_and_a_run_write_the_same_ledger() {
    use voxline::transcription::{Ledger as _, ReturnMode, SqliteLedger, State, Step, Submission};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("calls.db");
    let listener = Listener::start(path.to_str().unwrap(), &[]);
    let ledger = SqliteLedger::open(&path).unwrap();
    let submission = |n: usize| {
        Submission::new(format!("http://h/{n}"), ReturnMode::push("http://c/")).with_req_id(format!("q-{n}"))
    };
    ledger.add(&(0..80).map(submission).collect::<Vec<_>>()).unwrap();
    std::thread::scope(|scope| {
        // What a run does, while results of the first half are delivered, each twice.
        scope.spawn(|| {
            for n in 40..80 {
                ledger.advance(&format!("q-{n}"), &Step::Sending).unwrap();
                ledger.advance(&format!("q-{n}"), &Step::Accepted { request_id: format!("R-{n}") }).unwrap();
            }
        });
        for thread in 0..4 {
            let listener = &listener;
            scope.spawn(move || {
                for n in (0..80).map(|n| (n + thread * 10) % 40) {
                    let body =
                        format!(r#"{{"code":"10000","req_id":"q-{n}","requestId":"R-{n}","data":{{"text":"{n}"}}}}"#);
                    assert!(listener.send("POST", &body).starts_with("HTTP/1.1 200"));
                }
            });
        }
    });
    assert_eq!((ledger.count(State::Done).unwrap(), ledger.count(State::Accepted).unwrap()), (40, 40));
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_it_after_the_delivery_under_way() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = folder.path().join("l.db");
    let mut listener = Listener::start(ledger.to_str().unwrap(), &[]);
    // Kept open, and without a request: it must not keep the program alive.
    let _idle = listener.connect();
    let (first, second) = STRANGER.split_at(10);
    let mut socket = listener.connect();
    write!(socket, "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n", STRANGER.len())
        .unwrap();
    // It asks for the body: the delivery is under way.
    let mut line = String::new();
    let mut answer = BufReader::new(socket.try_clone().unwrap());
    answer.read_line(&mut line).unwrap();
    assert!(line.starts_with("HTTP/1.1 100"), "{line}");
    socket.write_all(first.as_bytes()).unwrap();
    let killed = std::process::Command::new("kill").args(["-INT", &listener.child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    socket.write_all(second.as_bytes()).unwrap();
    let mut rest = String::new();
    answer.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("HTTP/1.1 200"), "{rest}");
    assert_eq!(listener.child.wait().unwrap().code(), Some(130));
}
