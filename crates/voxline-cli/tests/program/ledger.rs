//! `voxline transcribe ledger`: looking, deciding, taking results out.

use std::path::PathBuf;
use std::process::{Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use voxline::transcription::{Ledger as _, SqliteLedger, State, Step};

use crate::chat::Sim;
use crate::support::{fine, names, program, stderr, stdout};
use crate::transcribe::transcribe;

struct Scene {
    folder: TempDir,
    sim: Sim,
}

impl Scene {
    /// Three calls; the answer to the second submission is lost.
    fn after_a_run() -> (Self, Output) {
        let scene =
            Self { folder: tempfile::tempdir().unwrap(), sim: Sim::start(&["--faults", "submit:ok,submit:drop"]) };
        let links = [1, 2, 3].map(|n| format!("http://h.example/{n}.wav?sign=secret"));
        std::fs::write(scene.path("links.txt"), links.join("\n")).unwrap();
        let output = scene.run(&[scene.path("links.txt").to_str().unwrap(), "--jobs", "1"]);
        (scene, output)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let ledger = self.path("calls.db");
        let arguments = [&["run", "--ledger", ledger.to_str().unwrap(), "--interval", "0.05"], arguments].concat();
        transcribe(&self.sim, voxline_sim::DEMO_TRANSCRIPTION_APP_KEY, &arguments)
    }

    fn ledger(&self, verb: &str, arguments: &[&str]) -> Output {
        let command = ["transcribe", "ledger", verb, "--ledger"];
        let mut program = program();
        program.args(command).arg(self.path("calls.db")).args(arguments).stdin(Stdio::null()).output().unwrap()
    }

    fn ids(&self, state: &str) -> Vec<String> {
        let lines = fine(&self.ledger("list", &["--state", state, "--json"]));
        let id = |line: &str| serde_json::from_str::<Value>(line).unwrap()["req_id"].as_str().unwrap().to_owned();
        String::from_utf8(lines).unwrap().lines().map(id).collect()
    }

    fn open(&self) -> SqliteLedger {
        SqliteLedger::open(self.path("calls.db")).unwrap()
    }
}

#[test]
fn what_is_unknown_is_named_and_put_back_by_whoever_says_so() {
    let (scene, output) = Scene::after_a_run();
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    for part in ["now: 1 unknown, 2 done", "ledger list --ledger", "--state unknown", "accept, requeue or give-up"] {
        assert!(said.contains(part), "{said}");
    }
    let unknown = scene.ids("unknown");
    assert_eq!(unknown.len(), 1);
    // It stays so, and the program says so, until somebody decides.
    assert_eq!(scene.run(&["--resume"]).status.code(), Some(1));
    let requeued = fine(&scene.ledger("requeue", &["--all-unknown"]));
    assert_eq!(String::from_utf8(requeued).unwrap().trim(), format!("{} queued", unknown[0]));
    assert_eq!(scene.run(&["--resume"]).status.code(), Some(0));
    assert_eq!(
        stdout(&scene.ledger("status", &[])),
        "queued\t0\nsending\t0\nunknown\t0\naccepted\t0\ndone\t3\nfailed\t0\n"
    );
}

#[test]
fn giving_up_and_accepting_settle_it_too() {
    let (scene, _) = Scene::after_a_run();
    let id = scene.ids("unknown").remove(0);
    fine(&scene.ledger("give-up", &["--all-unknown", "--why", "the vendor says no"]));
    let listed = stdout(&scene.ledger("list", &["--state", "failed"]));
    assert_eq!(listed, format!("{id}\tfailed\t1\thttp://h.example/2.wav?…\tthe vendor says no\n"));
    assert_eq!(scene.run(&["--resume"]).status.code(), Some(0));
    // Another mind: it may be put back, lost again, and turn out to have been taken.
    fine(&scene.ledger("requeue", &[&id]));
    let ledger = scene.open();
    ledger.advance(&id, &Step::Sending).unwrap();
    // "Being sent" without a run is what a crash left.
    assert_eq!(stdout(&scene.ledger("requeue", &["--all-unknown"])), format!("{id} queued\n"));
    ledger.advance(&id, &Step::Sending).unwrap();
    drop(ledger);
    fine(&scene.ledger("accept", &[&id, "R-7"]));
    let entry = scene.open().entry(&id).unwrap().unwrap();
    assert_eq!((entry.state, entry.request_id.as_deref()), (State::Accepted, Some("R-7")));
}

#[test]
fn what_cannot_be_decided_is_said_and_the_rest_is_done() {
    let (scene, _) = Scene::after_a_run();
    let (unknown, done) = (scene.ids("unknown").remove(0), scene.ids("done").remove(0));
    let output = scene.ledger("requeue", &["stranger", &done, &unknown]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout(&output), format!("{unknown} queued\n"));
    assert!(stderr(&output).contains("stranger is not in the ledger") && stderr(&output).contains(&done));
    let output = scene.ledger("give-up", &[&done]);
    assert_eq!((output.status.code(), scene.ids("done").len()), (Some(1), 2));
    assert!(stderr(&output).contains("is done: nothing changed"));
    for wrong in [&["requeue"][..], &["requeue", "a", "--all-unknown"], &["give-up"], &["list", "--state", "lost"]] {
        assert_eq!(scene.ledger(wrong[0], &wrong[1..]).status.code(), Some(2), "{wrong:?}");
    }
    // Not over the head of a run.
    let ledger = scene.open();
    let lock = ledger.lock().unwrap();
    let output = scene.ledger("requeue", &["--all-failed"]);
    assert!(output.status.code() == Some(1) && stderr(&output).contains("another run"), "{}", stderr(&output));
    drop(lock);
    // And not with what is no ledger.
    for verb in ["list", "status", "export"] {
        std::fs::remove_file(scene.path("calls.db")).ok();
        assert_eq!(scene.ledger(verb, &[]).status.code(), Some(1));
        assert!(!scene.path("calls.db").exists());
    }
    std::fs::write(scene.path("calls.db"), "not a ledger at all").unwrap();
    assert!(stderr(&scene.ledger("status", &[])).contains("not a database"));
}

#[test]
fn results_come_out_as_lines_and_as_files() {
    let (scene, _) = Scene::after_a_run();
    let lines = stdout(&scene.ledger("export", &[]));
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    for line in &lines {
        let link = line["file_link"].as_str().unwrap();
        assert_eq!(line["text"], voxline_sim::transcript_text(link));
        assert!(line["raw"].is_object() && line["request_id"].is_string() && line["sentences"].is_array(), "{line}");
    }
    let folder = scene.path("out");
    let export = |form: &str| scene.ledger("export", &["-o", folder.to_str().unwrap(), "--form", form]);
    assert_eq!(export("json").status.code(), Some(2));
    std::fs::create_dir(&folder).unwrap();
    fine(&export("text"));
    fine(&export("json"));
    fine(&export("json"));
    let mut expected: Vec<String> = Vec::new();
    for line in &lines {
        let id = line["req_id"].as_str().unwrap();
        expected.extend([format!("{id}.json"), format!("{id}.txt")]);
        let text = std::fs::read_to_string(folder.join(format!("{id}.txt"))).unwrap();
        assert_eq!(text.trim_end(), line["text"].as_str().unwrap());
        let json = std::fs::read_to_string(folder.join(format!("{id}.json"))).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), *line);
    }
    expected.sort();
    assert_eq!(names(&folder), expected);
}
