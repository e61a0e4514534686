//! `voxline recording` against the simulator.

use std::process::{Output, Stdio};

use serde_json::Value;
use voxline_sim::{DEMO_MP3_RECORD_ID, DEMO_RECORD_ID, DEMO_RECORDING_TOKEN, DEMO_TASK_ID, DEMO_USER_ID};

use crate::chat::Sim;
use crate::support::{asset, fine, names, program, stderr};

/// Looks like nothing else: it must turn up nowhere.
const CANARY: &str = "canary-0ff1ce2bad";

fn recording(sim: &Sim, token: &str, verb: &str, arguments: &[&str]) -> Output {
    program()
        .args(["-vv", "recording", verb, "--user", DEMO_USER_ID, "--task", DEMO_TASK_ID])
        .args(["--download-scheme", "http", "--endpoint", &sim.url])
        .args(["--set", "http.backoff_initial_ms=1", "--set", "http.backoff_max_ms=5"])
        .args(arguments)
        .env("VOXLINE_RECORDING_TOKEN", token)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn one_and_many_come_whole_and_can_be_prepared() {
    let sim = Sim::start(&["--faults", "download:truncate=5000*2"]);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("one.wav");
    fine(&recording(&sim, DEMO_RECORDING_TOKEN, "get", &["--record", DEMO_RECORD_ID, "-o", out.to_str().unwrap()]));
    assert_eq!(std::fs::read(&out).unwrap(), std::fs::read(asset("call.wav")).unwrap());
    let many = folder.path().join("many");
    std::fs::create_dir(&many).unwrap();
    let records = ["--record", DEMO_RECORD_ID, "--record", DEMO_MP3_RECORD_ID, "-o", many.to_str().unwrap(), "--json"];
    let text = fine(&recording(&sim, DEMO_RECORDING_TOKEN, "get", &records));
    assert_eq!(String::from_utf8(text).unwrap().lines().count(), 2);
    assert_eq!(names(&many), [DEMO_RECORD_ID, DEMO_MP3_RECORD_ID]);
    assert_eq!(std::fs::read(many.join(DEMO_MP3_RECORD_ID)).unwrap(), std::fs::read(asset("call.mp3")).unwrap());
}

#[test]
fn a_missing_record_is_named_and_the_others_still_come() {
    let sim = Sim::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let records = ["--record", "no-such", "--record", DEMO_RECORD_ID, "-o", folder.path().to_str().unwrap(), "--json"];
    let output = recording(&sim, DEMO_RECORDING_TOKEN, "get", &records);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert_eq!(names(folder.path()), [DEMO_RECORD_ID]);
    let lines: Vec<Value> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let missing = lines.iter().find(|line| line["record"] == "no-such").unwrap();
    assert_eq!(missing["error"]["service_code"], "5005");
}

#[cfg(unix)]
#[test]
fn a_file_of_credentials_must_be_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let sim = Sim::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys");
    std::fs::write(&file, format!("# keys\nVOXLINE_RECORDING_TOKEN = {DEMO_RECORDING_TOKEN}\n")).unwrap();
    let url = |mode| {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        let with = ["--record", DEMO_RECORD_ID, "--credentials", file.to_str().unwrap()];
        recording(&sim, "", "url", &with)
    };
    fine(&url(0o600));
    let shared = url(0o640);
    assert_eq!(shared.status.code(), Some(2));
    assert!(stderr(&shared).contains("chmod 600") && !stderr(&shared).contains(DEMO_RECORDING_TOKEN));
}

#[test]
fn a_link_is_printed_and_a_token_is_not() {
    let sim = Sim::start(&[]);
    let url = fine(&recording(&sim, DEMO_RECORDING_TOKEN, "url", &["--record", DEMO_RECORD_ID]));
    assert!(String::from_utf8(url).unwrap().starts_with("http://127.0.0.1:"));
    let output = recording(&sim, CANARY, "url", &["--record", DEMO_RECORD_ID]);
    assert_eq!(output.status.code(), Some(1));
    let shown = stderr(&output) + &String::from_utf8_lossy(&output.stdout);
    assert!(shown.contains("error:") && !shown.contains(CANARY), "{shown}");
    let output = program().args(["recording", "url", "--user", "u", "--task", "t", "--record", "r"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

/// A simulator with these recordings besides its own.
fn with_recordings(recordings: &[(&str, &str)]) -> Sim {
    let pairs: Vec<String> =
        recordings.iter().map(|(id, name)| format!("{id}={}", asset(name).to_str().unwrap())).collect();
    Sim::start(&pairs.iter().flat_map(|pair| ["--recording", pair]).collect::<Vec<_>>())
}

#[test]
fn ids_that_look_alike_come_to_files_of_their_own() {
    let recordings = [("a/b", "call.wav"), ("a_b", "call.mp3"), ("x", "call.mp3"), ("x.part", "call.wav")];
    let sim = with_recordings(&recordings);
    let folder = tempfile::tempdir().unwrap();
    let records = recordings.iter().chain(&recordings[..1]).flat_map(|(id, _)| ["--record", id]);
    let arguments: Vec<&str> = records.chain(["-o", folder.path().to_str().unwrap()]).collect();
    let text = String::from_utf8(fine(&recording(&sim, DEMO_RECORDING_TOKEN, "get", &arguments))).unwrap();
    // The one that is named twice is fetched once.
    assert_eq!(text.lines().count(), 4, "{text}");
    let expected = ["a%2Fb", "a_b", "x", "x%2Epart"];
    assert_eq!(names(folder.path()), expected);
    for (name, (_, content)) in expected.iter().zip(recordings) {
        assert!(std::fs::read(folder.path().join(name)).unwrap() == std::fs::read(asset(content)).unwrap(), "{name}");
    }
}

#[test]
fn a_list_is_read_and_resuming_fetches_only_what_is_missing() {
    let sim = with_recordings(&[("one", "call.wav"), ("two", "call.mp3")]);
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.txt");
    std::fs::write(&list, "\u{feff}# calls of today\r\none\r\n\r\n  two  \r\none\r\n").unwrap();
    let calls = folder.path().join("calls");
    std::fs::create_dir(&calls).unwrap();
    std::fs::write(calls.join("one"), "complete").unwrap();
    let arguments = ["--records-from", list.to_str().unwrap(), "-o", calls.to_str().unwrap(), "--json"];
    let resumed = fine(&recording(&sim, DEMO_RECORDING_TOKEN, "get", &[&arguments[..], &["--resume"]].concat()));
    let lines: Vec<Value> =
        String::from_utf8(resumed).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[0]["record"], &lines[0]["already_there"]), (&"one".into(), &true.into()));
    assert_eq!((&lines[1]["record"], &lines[1]["already_there"]), (&"two".into(), &Value::Null));
    assert_eq!(std::fs::read(calls.join("one")).unwrap(), b"complete");
    assert_eq!(sim.log()["counts"]["download"]["requests"], 1);
    // Without it everything is fetched, and what is there is replaced.
    fine(&recording(&sim, DEMO_RECORDING_TOKEN, "get", &arguments));
    assert_eq!(names(&calls), ["one", "two"]);
    assert_eq!(std::fs::read(calls.join("one")).unwrap(), std::fs::read(asset("call.wav")).unwrap());
    std::fs::write(&list, "# nothing\n").unwrap();
    let empty = recording(&sim, DEMO_RECORDING_TOKEN, "get", &arguments);
    assert_eq!(empty.status.code(), Some(2), "{}", stderr(&empty));
}

#[test]
fn a_refused_token_is_not_tried_for_every_recording() {
    let sim = Sim::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.txt");
    std::fs::write(&list, (0..100).map(|n| format!("r{n}\n")).collect::<String>()).unwrap();
    let arguments = ["--records-from", list.to_str().unwrap(), "-o", folder.path().to_str().unwrap(), "--json"];
    let output = recording(&sim, CANARY, "get", &arguments);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 100);
    assert_eq!(sim.log()["counts"]["batch"]["requests"], 1);
}

#[test]
fn the_limit_of_an_input_holds_for_downloads() {
    let sim = Sim::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("call.wav");
    let arguments = ["--record", DEMO_RECORD_ID, "-o", out.to_str().unwrap(), "--set", "limits.max_input_bytes=100000"];
    let output = recording(&sim, DEMO_RECORDING_TOKEN, "get", &arguments);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("limit exceeded"), "{}", stderr(&output));
    assert!(names(folder.path()).is_empty());
}

#[test]
fn the_token_goes_to_the_download_host_only_on_demand() {
    let sim = Sim::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("call.wav");
    let arguments = ["--record", DEMO_RECORD_ID, "-o", out.to_str().unwrap()];
    fine(&recording(&sim, DEMO_RECORDING_TOKEN, "get", &arguments));
    assert_eq!(sim.log()["leaks"], Value::Array(Vec::new()));
    let with_token = [&arguments[..], &["--send-token-to-download-host"]].concat();
    fine(&recording(&sim, DEMO_RECORDING_TOKEN, "get", &with_token));
    assert_eq!(sim.log()["leaks"].as_array().unwrap().len(), 1);
}

#[test]
fn the_simulator_can_do_without_ranges() {
    let sim = Sim::start(&["--no-ranges", "--faults", "download:truncate=100000"]);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("call.wav");
    fine(&recording(&sim, DEMO_RECORDING_TOKEN, "get", &["--record", DEMO_RECORD_ID, "-o", out.to_str().unwrap()]));
    let log = sim.log();
    let starts = log["requests"].as_array().unwrap().iter().filter(|seen| seen["endpoint"] == "download");
    assert!(starts.clone().count() >= 2 && starts.clone().all(|seen| seen["range_start"] == Value::Null), "{log}");
}
