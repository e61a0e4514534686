//! Starting, stopping, and many at once.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};

use crate::common::{authority, chat, connect, read_all, start, start_with_faults, valid_with};
use serde_json::json;
use voxline_core::ErrorKind;
use voxline_sim::{SimOptions, Simulator, StopHandle};

#[test]
fn it_is_shared_between_threads() {
    fn shareable<T: Send + Sync>() {}
    shareable::<Simulator>();
    shareable::<StopHandle>();
}

#[test]
fn the_port_is_free_after_the_stop_although_connections_are_open() {
    let simulator = start_with_faults("delay=600000");
    let address = authority(&simulator).to_owned();
    let idle = connect(&simulator);
    let mut half = connect(&simulator);
    half.write_all(b"POST /httpapi/AudioChat.do HTTP/1.1\r\nContent-Length: 99\r\n\r\n{").unwrap();
    let mut waiting = connect(&simulator);
    waiting.write_all(&crate::common::chat_bytes()).unwrap();
    while simulator.chat_requests().is_empty() {
        std::thread::yield_now();
    }
    simulator.shutdown();
    simulator.shutdown();
    for stream in [&idle, &half, &waiting] {
        assert!(read_all(stream).0.is_empty());
    }
    assert!(TcpStream::connect(&address).is_err());
    // SO_REUSEADDR is set by the standard library: only a listener that still lives would refuse this.
    drop(TcpListener::bind(&address).unwrap());
    let mut options = SimOptions::default();
    options.port = address.rsplit_once(':').unwrap().1.parse().unwrap();
    assert_eq!(authority(&start(options)), address);
}

#[test]
fn dropping_stops() {
    let simulator = start(SimOptions::default());
    let address = authority(&simulator).to_owned();
    drop(simulator);
    assert!(TcpStream::connect(&address).is_err());
}

#[test]
fn a_port_in_use_is_an_error_with_its_address() {
    let first = start(SimOptions::default());
    let mut options = SimOptions::default();
    options.port = authority(&first).rsplit_once(':').unwrap().1.parse().unwrap();
    let error = Simulator::start(options).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().contains(authority(&first)), "{error}");
}

#[test]
fn waiting_ends_with_the_stop_handle() {
    let simulator = start(SimOptions::default());
    let handle = simulator.stop_handle();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| simulator.wait());
        handle.stop();
        waiting.join().unwrap().unwrap();
    });
    assert!(TcpStream::connect(authority(&simulator)).is_err());
    handle.stop();
    simulator.wait().unwrap();
}

#[test]
fn eight_clients_at_once_are_told_apart() {
    let simulator = start(SimOptions::default());
    std::thread::scope(|scope| {
        for client in 1..=8_usize {
            let simulator = &simulator;
            scope.spawn(move || {
                for round in 1..=10 {
                    // Each request has a length of its own, which must come back in its answer.
                    let frames = (client * 10 + round) * 160;
                    let audio = crate::common::base64(&crate::common::pcm()[..frames * 2]);
                    let answer = chat(simulator, &valid_with(json!({ "encodeData": audio })));
                    let text = answer["answer"].as_str().unwrap();
                    let expected = format!("I heard {:.2} s of", frames as f64 / 16_000.0);
                    assert!(text.starts_with(&expected), "{text} {expected}");
                }
            });
        }
    });
    let mut numbers: Vec<_> = simulator.chat_requests().iter().map(|seen| seen.number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=80).collect::<Vec<_>>());
}

/// Run by the next test in a process of its own.
#[test]
#[ignore = "waits for Ctrl-C: `ctrl_c_ends_the_wait` runs it as a child"]
fn child_that_waits() {
    let simulator = start(SimOptions::default());
    println!("\nlistening {}", simulator.base_url());
    simulator.wait().unwrap();
    println!("\nstopped");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_wait() {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "lifecycle::child_that_waits", "--ignored", "--nocapture"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let url = lines.find_map(|line| line.strip_prefix("listening http://").map(str::to_owned)).unwrap();
    // The handler is set a moment after the line; before that the signal would end the process, so it is sent only
    // once the process says that it catches it.
    let status = format!("/proc/{}/status", child.id());
    if std::path::Path::new(&status).exists() {
        let caught = || {
            let text = std::fs::read_to_string(&status).unwrap();
            let mask = text.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap().trim().to_owned();
            // SIGINT is number 2: bit 1.
            u64::from_str_radix(&mask, 16).unwrap() & 2 != 0
        };
        while !caught() {
            std::thread::yield_now();
        }
    }
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert!(lines.any(|line| line == "stopped"));
    assert!(child.wait().unwrap().success());
    assert!(TcpStream::connect(url).is_err());
}
