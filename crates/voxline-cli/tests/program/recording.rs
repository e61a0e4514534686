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
