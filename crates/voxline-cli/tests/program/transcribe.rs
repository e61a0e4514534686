//! `voxline transcribe` against the simulator.

use std::process::{Output, Stdio};

use serde_json::Value;

use crate::chat::Sim;
use crate::support::{fine, program, stderr};

/// Looks like nothing else: it must turn up nowhere.
const CANARY: &str = "canary-51c0ffee77";

pub(crate) fn transcribe(sim: &Sim, key: &str, arguments: &[&str]) -> Output {
    program()
        .args(["-vv", "transcribe"])
        .args(arguments)
        .args(["--endpoint", &sim.url])
        .args(["--set", "http.backoff_initial_ms=1", "--set", "http.backoff_max_ms=5"])
        .env("VOXLINE_TRANSCRIPTION_APP_ID", voxline_sim::DEMO_TRANSCRIPTION_APP_ID)
        .env("VOXLINE_TRANSCRIPTION_APP_KEY", key)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(fine(output)).unwrap().trim().to_owned()
}

#[test]
fn a_recording_goes_in_and_its_transcript_comes_out() {
    let sim = Sim::start(&[]);
    let key = voxline_sim::DEMO_TRANSCRIPTION_APP_KEY;
    let link = "http://files.example/call.wav?sign=abc";
    let id = text(&transcribe(&sim, key, &["submit", link, "--pull", "--business-data", "order 7"]));
    let waited = text(&transcribe(&sim, key, &["wait", &id, "--interval", "0.05"]));
    assert_eq!(waited, voxline_sim::transcript_text(link));
    let json: Value = serde_json::from_str(&text(&transcribe(&sim, key, &["query", &id, "--json"]))).unwrap();
    assert_eq!((&json["state"], &json["text"]), (&"done".into(), &waited.as_str().into()));
    assert!(json["raw"].is_object());
}

#[test]
fn a_run_keeps_its_ledger_and_resuming_repeats_nothing() {
    let sim = Sim::start(&[]);
    let key = voxline_sim::DEMO_TRANSCRIPTION_APP_KEY;
    let folder = tempfile::tempdir().unwrap();
    let (ledger, list) = (folder.path().join("calls.db"), folder.path().join("links.txt"));
    std::fs::write(&list, "# two calls\nhttp://files.example/1.wav\n\nhttp://files.example/2.wav\n").unwrap();
    let arguments = ["run", list.to_str().unwrap(), "http://files.example/3.wav", "--ledger", ledger.to_str().unwrap()];
    let lines = text(&transcribe(&sim, key, &[&arguments[..], &["--json", "--interval", "0.05"]].concat()));
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert!(lines.iter().all(|line| line["state"] == "done" && line["text"].is_string()), "{lines:?}");
    let mut links: Vec<&str> = lines.iter().map(|line| line["link"].as_str().unwrap()).collect();
    links.sort_unstable();
    assert_eq!(links, [1, 2, 3].map(|n| format!("http://files.example/{n}.wav")));
    assert!(lines.iter().all(|line| line["req_id"].is_string() && line["request_id"].is_string()), "{lines:?}");
    let again = transcribe(&sim, key, &["run", "--resume", "--ledger", ledger.to_str().unwrap()]);
    assert_eq!(text(&again), "");
    let kept = std::fs::read(&ledger).unwrap();
    assert!(!kept.windows(key.len()).any(|window| window == key.as_bytes()));
}

#[test]
fn every_line_names_ids_outcome_and_link_and_shows_no_signature() {
    let sim = Sim::start(&["--faults", "submit:ok,submit:drop,submit:status=10301"]);
    let key = voxline_sim::DEMO_TRANSCRIPTION_APP_KEY;
    let folder = tempfile::tempdir().unwrap();
    let ledger = folder.path().join("calls.db");
    let links = [1, 2, 3].map(|n| format!("http://files.example/{n}.wav?sign={CANARY}"));
    let arguments = ["run", "--ledger", ledger.to_str().unwrap(), "--jobs", "1", "--interval", "0.05"];
    let arguments: Vec<&str> = arguments.into_iter().chain(links.iter().map(String::as_str)).collect();
    let output = transcribe(&sim, key, &arguments);
    let shown = crate::support::stdout(&output);
    let lines: Vec<Vec<&str>> = shown.lines().map(|line| line.split('\t').collect()).collect();
    let states: Vec<[&str; 2]> = lines.iter().map(|line| [line[2], line[3]]).collect();
    let link = |n: u32| format!("http://files.example/{n}.wav?…");
    assert_eq!(states, [["done", &link(1)], ["outcome unknown", &link(2)], ["failed", &link(3)]], "{shown}");
    for line in &lines {
        assert_eq!(line.len(), 5, "{line:?}");
        assert!(line[0].len() == 36 && !line[4].is_empty(), "{line:?}");
        assert_eq!(line[1] == "-", line[2] != "done", "{line:?}");
    }
    assert_eq!(lines[0][4], voxline_sim::transcript_text(&links[0]));

    let submitted = transcribe(&sim, key, &["submit", &links[0], "--json"]);
    let line: Value = serde_json::from_str(&text(&submitted)).unwrap();
    assert_eq!((&line["state"], &line["link"]), (&"accepted".into(), &link(1).into()), "{line}");
    assert!(line["req_id"].is_string() && line["request_id"].is_string(), "{line}");
    // People are told the same; what a script takes is the id alone.
    let submitted = transcribe(&sim, key, &["submit", &links[0], "--req-id", "call-7"]);
    assert_eq!(text(&submitted).split_whitespace().count(), 1);
    let said = stderr(&submitted);
    assert!(said.lines().any(|line| line == format!("accepted: req_id call-7, {}", link(1))), "{said}");
    for shown in [shown, stderr(&output), said] {
        assert!(!shown.contains(CANARY), "{shown}");
    }
}

#[test]
fn an_id_that_the_service_does_not_know_is_not_pending() {
    let sim = Sim::start(&[]);
    let key = voxline_sim::DEMO_TRANSCRIPTION_APP_KEY;
    let asked = transcribe(&sim, key, &["query", "nobody-knows-this"]);
    assert_eq!(text(&asked), "not available");
    let said = stderr(&asked);
    assert!(said.contains("992008") && said.contains("right after a submission"), "{said}");
    let line: Value =
        serde_json::from_str(&text(&transcribe(&sim, key, &["query", "nobody-knows-this", "--json"]))).unwrap();
    assert_eq!((&line["state"], &line["code"]), (&"not available".into(), &"992008".into()), "{line}");
}

#[test]
fn region_life_of_signatures_and_device_can_be_chosen() {
    let service = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", service.local_addr().unwrap());
    let told = std::thread::spawn(move || {
        let (mut socket, _) = service.accept().unwrap();
        let (mut head, mut piece) = (Vec::new(), [0; 4096]);
        while !head.windows(4).any(|window| window == b"\r\n\r\n") {
            let n = std::io::Read::read(&mut socket, &mut piece).unwrap();
            head.extend_from_slice(&piece[..n]);
        }
        std::io::Write::write_all(&mut socket, b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n").unwrap();
        String::from_utf8(head).unwrap()
    });
    let flags = ["--region", "SH", "--signature-expiry", "600", "--device-uuid", "device-7", "--endpoint", &url];
    let command = |credential: (&str, &str)| {
        let mut command = program();
        command.args(["transcribe", "query", "R-1"]).args(flags).env(credential.0, credential.1);
        command.env("VOXLINE_TRANSCRIPTION_APP_ID", "app").output().unwrap()
    };
    assert_eq!(command(("VOXLINE_TRANSCRIPTION_APP_KEY", "key")).status.code(), Some(1));
    let head = told.join().unwrap();
    assert!(head.contains("teleai-cloud-auth-v1/app/SH/") && head.contains("/600/x-app-id/"), "{head}");
    assert!(head.contains("Device-Uuid: device-7\r\n"), "{head}");
    // What is ready cannot be signed otherwise.
    let refused = command(("VOXLINE_TRANSCRIPTION_AUTHORIZATION", "ready"));
    assert!(refused.status.code() == Some(2) && stderr(&refused).contains("--region"), "{}", stderr(&refused));
}

#[test]
fn what_is_in_the_ledger_is_not_paid_for_again_by_accident() {
    let sim = Sim::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let (ledger, list) = (folder.path().join("calls.db"), folder.path().join("links.txt"));
    let (ledger, path) = (ledger.to_str().unwrap(), list.to_str().unwrap());
    let run = |flags: &[&str]| {
        let arguments = [&["run", path, "--ledger", ledger, "--interval", "0.05", "--json"], flags].concat();
        transcribe(&sim, voxline_sim::DEMO_TRANSCRIPTION_APP_KEY, &arguments)
    };
    let lines = |output: &Output| text(output).lines().count();
    std::fs::write(&list, "http://h.example/1.wav?k=canary\nhttp://h.example/2.wav\nhttp://h.example/1.wav?k=canary\n")
        .unwrap();
    let first = run(&[]);
    assert_eq!(lines(&first), 2);
    assert!(stderr(&first).contains("1 links are listed more than once"), "{}", stderr(&first));
    // Again as it was, and grown.
    std::fs::write(&list, "http://h.example/2.wav\nhttp://h.example/3.wav\nhttp://h.example/3.wav").unwrap();
    let refused = run(&[]);
    assert_eq!((refused.status.code(), refused.stdout.len()), (Some(2), 0));
    let said = stderr(&refused);
    for part in ["1 of 3 links are in the ledger already (1 done)", "--resume", "--again"] {
        assert!(said.contains(part), "{said}");
    }
    assert!(!said.contains("canary"));
    assert_eq!(lines(&run(&["--resume"])), 1);
    assert_eq!(text(&run(&["--resume"])), "");
    // Who says so pays again, also for what is listed twice.
    assert_eq!(lines(&run(&["--again"])), 3);
    assert_eq!(run(&["--again", "--resume"]).status.code(), Some(2));
}

#[test]
fn a_submission_that_nobody_knows_about_is_named() {
    let sim = Sim::start(&["--faults", "submit:drop"]);
    let output = transcribe(&sim, voxline_sim::DEMO_TRANSCRIPTION_APP_KEY, &["submit", "http://h.example/1.wav"]);
    let said = stderr(&output);
    let error = said.lines().find(|line| line.starts_with("error:")).unwrap();
    assert!(error.contains("outcome unknown") && error.contains("req_id "), "{said}");
}

#[test]
fn lists_are_looked_at_before_anything_is_sent() {
    let sim = Sim::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let (ledger, list) = (folder.path().join("calls.db"), folder.path().join("links.txt"));
    let run = |flags: &[&str]| {
        let arguments = [&["run", "--ledger", ledger.to_str().unwrap()], flags].concat();
        transcribe(&sim, voxline_sim::DEMO_TRANSCRIPTION_APP_KEY, &arguments)
    };
    std::fs::write(&list, "\u{feff}http://h.example/1.wav\n\nh.example/canary\n").unwrap();
    let refused = run(&[list.to_str().unwrap()]);
    assert_eq!((refused.status.code(), refused.stdout.len()), (Some(2), 0));
    let said = stderr(&refused);
    assert!(said.contains("links.txt, line 3: file link:") && !said.contains("canary"), "{said}");
    std::fs::write(&list, "# nothing\n").unwrap();
    assert_eq!(run(&[list.to_str().unwrap()]).status.code(), Some(2));
    // A name that is mistyped makes no ledger.
    assert_eq!(run(&["--resume"]).status.code(), Some(1));
    assert!(!ledger.exists());
}

#[test]
fn refusals_are_typed_and_show_no_key() {
    let sim = Sim::start(&[]);
    let link = "http://files.example/call.wav";
    for arguments in [&["submit", link][..], &["query", "nothing"], &["submit", "ftp://files.example/x.wav"]] {
        let output = transcribe(&sim, CANARY, arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", stderr(&output));
        let shown = format!("{}{}", String::from_utf8_lossy(&output.stdout), stderr(&output));
        assert!(shown.contains("error:") && !shown.contains(CANARY), "{shown}");
    }
    let output = program().args(["transcribe", "submit", link]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}
