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

    /// One request over a socket of its own; the whole answer.
    fn send(&self, method: &str, body: &str) -> String {
        let address = self.url.strip_prefix("http://").unwrap().trim_end_matches('/');
        let mut socket = TcpStream::connect(address).unwrap();
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
    assert!(String::from_utf8(fine(&output)).unwrap().contains("awaiting callback"));
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
