//! Ctrl-C ends the wait. In a file of its own, because the child that is started holds copies of the sockets of the
//! tests beside it for a moment.

// Only there a process can be asked from outside whether it catches the signal yet.
#![cfg(target_os = "linux")]

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use voxline_sim::{SimOptions, Simulator};

/// Set in the child, which is this same test.
const CHILD: &str = "VOXLINE_SIM_TEST_CHILD";

#[test]
fn ctrl_c_ends_the_wait() {
    if std::env::var_os(CHILD).is_some() {
        return child();
    }
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "ctrl_c_ends_the_wait", "--nocapture"])
        .env(CHILD, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // The child lives no longer than this end of its input.
    let _lifeline = child.stdin.take();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.starts_with("listening http://127.0.0.1:")));
    // Before the handler is set the signal would end the process.
    while !catches_sigint(child.id()) {
        assert!(child.try_wait().unwrap().is_none());
        std::thread::yield_now();
    }
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    assert!(lines.any(|line| line == "stopped"));
    assert!(child.wait().unwrap().success());
}

#[expect(clippy::unwrap_used, clippy::print_stdout, reason = "a part of the test above, which reads the output")]
fn child() {
    let simulator = Simulator::start(SimOptions::default()).unwrap();
    std::thread::spawn(|| {
        let _ = std::io::stdin().read(&mut [0]);
        std::process::exit(1);
    });
    println!("\nlistening {}", simulator.base_url());
    simulator.wait().unwrap();
    println!("\nstopped");
}

/// The signals that a process catches, from proc(5): `SigCgt`, SIGINT is bit 1.
#[expect(clippy::unwrap_used, reason = "a part of the test above")]
fn catches_sigint(process: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap().trim().to_owned();
    u64::from_str_radix(&mask, 16).unwrap() & 2 != 0
}
