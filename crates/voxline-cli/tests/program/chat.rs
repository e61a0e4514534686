//! `voxline chat` and `voxline sim`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Output, Stdio};

use serde_json::Value;

use crate::support::{asset, fine, names, program, stderr, stdout};

/// Looks like nothing else: it must turn up nowhere.
const CANARY: &str = "canary-7f3a9c51e2";

/// A simulator process that ends with the test.
pub(crate) struct Sim {
    child: Child,
    pub(crate) url: String,
}

impl Sim {
    pub(crate) fn start(flags: &[&str]) -> Self {
        let mut child = program()
            .arg("sim")
            .args(flags)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { child, url: url.trim().to_owned() }
    }

    /// What it saw.
    pub(crate) fn log(&self) -> Value {
        let mut stream = TcpStream::connect(self.url.strip_prefix("http://").unwrap()).unwrap();
        stream.write_all(b"GET /_log HTTP/1.1\r\nHost: sim\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn chat(endpoint: &str, token: &str, flags: &[&str]) -> Output {
    let call = asset("call.mp3");
    program()
        .args(["-vv", "chat", call.to_str().unwrap(), "--endpoint", endpoint])
        .args(["--set", "http.backoff_initial_ms=1", "--set", "http.backoff_max_ms=5"])
        .args(flags)
        .env("VOXLINE_CHAT_TOKEN", token)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn the_answer_is_printed_as_text_and_as_json() {
    let sim = Sim::start(&[]);
    assert!(sim.url.starts_with("http://127.0.0.1:"), "{}", sim.url);
    let text = String::from_utf8(fine(&chat(&sim.url, voxline_sim::DEMO_TOKEN, &[]))).unwrap();
    assert!(text.contains("15.4") && text.lines().count() == 1, "{text}");
    let json = fine(&chat(
        &sim.url,
        voxline_sim::DEMO_TOKEN,
        &["--json", "--profile", "chat-8k", "--lat", "-23.1", "--lng", "113.3", "--city", "广州"],
    ));
    let json: Value = serde_json::from_slice(&json).unwrap();
    assert_eq!((&json["type"], &json["status"]), (&"text".into(), &0.into()));
    assert!(json["answer"].as_str().unwrap().contains("15.4"), "{json}");
    assert_eq!(json["report"]["target"]["sample_rate_hz"], 8_000);
}

#[test]
fn the_spoken_answer_is_saved_in_every_form() {
    let sim = Sim::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    for (form, rate) in [
        ("mp3", 24_000),
        ("pcm16k", 16_000),
        ("pcm8k", 8_000),
        ("wav16k", 16_000),
        ("wav8k", 8_000),
        ("alaw8k", 8_000),
        ("mulaw8k", 8_000),
    ] {
        let out = folder.path().join(form);
        let path = out.to_str().unwrap();
        fine(&chat(
            &sim.url,
            voxline_sim::DEMO_TOKEN,
            &["--tts", path, "--audiotype", form, "--speed", "4.5", "--voice", "girl"],
        ));
        let reader = hound::WavReader::open(&out).unwrap();
        assert_eq!((reader.spec().sample_rate, reader.spec().channels), (rate, 1), "{form}");
        let seconds = f64::from(reader.len()) / f64::from(rate);
        assert!((seconds - 2.283).abs() < 0.01, "{form}: {seconds}");
    }
}

#[test]
fn transient_faults_are_retried() {
    let sim = Sim::start(&["--faults", "http=503*2"]);
    fine(&chat(&sim.url, voxline_sim::DEMO_TOKEN, &[]));
}

#[test]
fn a_token_is_shown_in_no_failure() {
    let plans = [
        "http=503*9",
        "http=500",
        "http=401",
        "http=404",
        "drop",
        "truncate",
        "garbage",
        "html",
        "status=122",
        "status=-1*9",
        "status=77",
    ];
    let mut failures: Vec<Output> = Vec::new();
    for plan in plans {
        let sim = Sim::start(&["--faults", plan]);
        // A token that the simulator does not know fails even where the fault is over.
        failures.push(chat(&sim.url, CANARY, &[]));
    }
    failures.push(chat("http://127.0.0.1:1", CANARY, &[]));
    failures.push(chat(&format!("http://user:{CANARY}@127.0.0.1:1"), CANARY, &[]));
    failures.push(chat(&format!("http://127.0.0.1:1/?key={CANARY}"), CANARY, &[]));
    failures.push(chat("not a url", CANARY, &[]));
    for output in failures {
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        assert!(stderr(&output).contains("error:"), "{}", stderr(&output));
        let shown = stdout(&output) + &stderr(&output);
        assert!(!shown.contains(CANARY), "{shown}");
    }
}

#[test]
fn audio_that_is_too_long_is_refused_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let long = folder.path().join("long.mp3");
    let call = std::fs::read(asset("call.mp3")).unwrap();
    std::fs::write(&long, [call.as_slice(), call.as_slice()].concat()).unwrap();
    let output = program()
        .args(["chat", long.to_str().unwrap(), "--endpoint", "http://127.0.0.1:1"])
        .env("VOXLINE_CHAT_TOKEN", CANARY)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("limit exceeded"), "{}", stderr(&output));
}

#[test]
fn nothing_is_sent_when_the_spoken_answer_has_no_place() {
    let sim = Sim::start(&[]);
    for path in ["/no-such-folder/answer.wav", "-"] {
        let output = chat(&sim.url, voxline_sim::DEMO_TOKEN, &["--tts", path]);
        assert!(!output.status.success(), "{path}");
    }
    assert_eq!(sim.log()["counts"]["chat"], Value::Null);
}

#[test]
fn the_answer_is_printed_even_when_its_sound_cannot_be_had() {
    let sim = Sim::start(&["--faults", "tts:http=404"]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("answer.wav");
    let output = chat(&sim.url, voxline_sim::DEMO_TOKEN, &["--tts", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("15.4"), "{}", stdout(&output));
    assert!(names(folder.path()).is_empty());
}

#[test]
fn what_the_page_leaves_open_can_be_set() {
    let sim = Sim::start(&[]);
    let literal = chat(&sim.url, voxline_sim::DEMO_TOKEN, &["--voice-type", "16000"]);
    assert!(stderr(&literal).contains("16000"), "{}", stderr(&literal));
    assert_eq!(sim.log()["counts"]["chat"]["refused"], 1);
    let strict = chat(&sim.url, voxline_sim::DEMO_TOKEN, &["--strict-size"]);
    let text = stderr(&strict);
    assert!(text.contains("limit exceeded") && text.contains("less than 600000 bytes of base64 text"), "{text}");
    assert_eq!(sim.log()["counts"]["chat"]["requests"], 1);
}
