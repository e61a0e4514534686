//! The program, its service and its ledger over many lives.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use voxline::transcription::{Entry, Ledger as _, SqliteLedger, State};
use voxline_sim::{FaultPlan, JobSeen, SimLog, SimOptions, Simulator};

pub(crate) const SUBMISSIONS: usize = 200;
/// How many the program works on at the same time.
pub(crate) const JOBS: usize = 4;
/// Longer than any life takes on any machine: what takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);
/// How many lives may be needed once nobody kills the program any more: a life ends with what the service failed at.
const LAST_LIVES: usize = 20;

/// When to kill: so many requests after the start, then so much later.
pub(crate) struct Moment {
    pub(crate) requests: u64,
    pub(crate) then: Duration,
}

/// What is in the ledger, and the jobs that the service knows by then.
pub(crate) struct Picture {
    pub(crate) entries: BTreeMap<String, Entry>,
    pub(crate) results: BTreeMap<String, String>,
    pub(crate) jobs: Vec<JobSeen>,
}

pub(crate) struct Campaign {
    simulator: Simulator,
    folder: TempDir,
}

pub(crate) fn link(number: usize) -> String {
    format!("http://files.example/call-{number}.wav")
}

impl Campaign {
    pub(crate) fn start(faults: &str) -> Self {
        let mut options = SimOptions::default();
        options.faults = FaultPlan::parse(faults).unwrap();
        options.transcription.pending_polls = 1;
        // Most of a life is spent waiting, or nearly every kill would strike a submission on its way.
        options.transcription.pending_ms = 30;
        let folder = tempfile::tempdir().unwrap();
        let links: Vec<String> = (0..SUBMISSIONS).map(link).collect();
        std::fs::write(folder.path().join("links.txt"), links.join("\n")).unwrap();
        Self { simulator: Simulator::start(options).unwrap(), folder }
    }

    pub(crate) fn log(&self) -> SimLog {
        self.simulator.log()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The same command in every life: whoever restarts it does not know how far the last one came.
    fn command(&self, resume: bool) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_voxline"));
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("VOXLINE_")) {
            command.env_remove(name);
        }
        command.env_remove("HTTP_PROXY").env_remove("http_proxy").env("NO_PROXY", "127.0.0.1");
        command.env("VOXLINE_TRANSCRIPTION_APP_ID", voxline_sim::DEMO_TRANSCRIPTION_APP_ID);
        command.env("VOXLINE_TRANSCRIPTION_APP_KEY", voxline_sim::DEMO_TRANSCRIPTION_APP_KEY);
        command.args(["transcribe", "run", "--json", "--interval", "0.005", "--deadline", "30"]);
        command.args(["--jobs", &JOBS.to_string(), "--endpoint", self.simulator.base_url()]);
        command.args(["--set", "http.backoff_initial_ms=1", "--set", "http.backoff_max_ms=5"]);
        command.arg("--ledger").arg(self.path("calls.db")).arg(self.path("links.txt"));
        if resume {
            command.arg("--resume");
        }
        command.stdin(Stdio::null());
        command
    }

    fn requests(&self) -> u64 {
        self.log().counts.values().map(|counts| counts.requests).sum()
    }

    /// One life, ended by SIGKILL. It must not end before.
    pub(crate) fn kill_at(&self, resume: bool, moment: &Moment) {
        let before = self.requests();
        let complaints = File::create(self.path("stderr")).unwrap();
        let mut child = self.command(resume).stdout(Stdio::null()).stderr(complaints).spawn().unwrap();
        let begun = Instant::now();
        // Nothing tells from outside when a request has come in.
        while self.requests() - before < moment.requests && child.try_wait().unwrap().is_none() {
            if begun.elapsed() > PATIENCE {
                child.kill().unwrap();
                panic!("the program hangs");
            }
            sleep(Duration::from_micros(500));
        }
        sleep(moment.then);
        // SIGKILL; if it is over already, the status tells.
        let _ = child.kill();
        let status = child.wait().unwrap();
        let complaints = || std::fs::read_to_string(self.path("stderr")).unwrap();
        assert_eq!(status.code(), None, "it ended by itself: {}", complaints());
    }

    /// Lives that nobody ends, until nothing is left to do; gives what the last one called unknown.
    pub(crate) fn settle(&self) -> BTreeSet<String> {
        for _ in 0..LAST_LIVES {
            let output = self.command(true).output().unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            let is_open = |entry: &Entry| !matches!(entry.state, State::Done | State::Unknown | State::Failed);
            if !self.picture().entries.values().any(is_open) {
                let unknown = lines.iter().filter(|line| line["state"] == "outcome unknown");
                return unknown.map(|line| line["req_id"].as_str().unwrap().to_owned()).collect();
            }
        }
        panic!("after {LAST_LIVES} lives there is still something to do");
    }

    /// Looks at a copy of the ledger: opening it would do the next life's repairs.
    pub(crate) fn picture(&self) -> Picture {
        let copy = tempfile::tempdir().unwrap();
        for name in ["calls.db", "calls.db-wal", "calls.db-journal"].iter().filter(|name| self.path(name).exists()) {
            std::fs::copy(self.path(name), copy.path().join(name)).unwrap();
        }
        let ledger = SqliteLedger::open(copy.path().join("calls.db")).unwrap();
        let entries = State::ALL.iter().flat_map(|state| ledger.list(*state).unwrap());
        let entries: BTreeMap<String, Entry> = entries.map(|entry| (entry.req_id().to_owned(), entry)).collect();
        let result = |id: &String| Some((id.clone(), ledger.result(id).unwrap()?));
        let results = entries.keys().filter_map(result).collect();
        Picture { entries, results, jobs: self.log().jobs }
    }
}
