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
    let again = transcribe(&sim, key, &["run", "--resume", "--ledger", ledger.to_str().unwrap()]);
    assert_eq!(text(&again), "");
    let kept = std::fs::read(&ledger).unwrap();
    assert!(!kept.windows(key.len()).any(|window| window == key.as_bytes()));
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
