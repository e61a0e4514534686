//! Starting, stopping, and many at once.

use std::io::Write;
use std::net::{TcpListener, TcpStream};

use crate::common::{authority, chat, connect, read_all, start, valid_with};
use serde_json::json;
use voxline_core::ErrorKind;
use voxline_sim::{FaultPlan, SimOptions, Simulator, StopHandle};

/// Starts on a port that the system does not give out by itself (it starts at 32 768 or above), so that no other test
/// takes it over once it is free. Each test has a `lane` of its own.
fn start_apart(lane: u16, mut options: SimOptions) -> Simulator {
    let first = 10_000 + u16::try_from(std::process::id() % 2_000).unwrap() * 10 + lane;
    let mut ports = (0..200).map(|step| first + 10 * step);
    ports
        .find_map(|port| {
            options.port = port;
            Simulator::start(options.clone()).ok()
        })
        .expect("every port tried is taken")
}

#[test]
fn it_is_shared_between_threads() {
    fn shareable<T: Send + Sync>() {}
    shareable::<Simulator>();
    shareable::<StopHandle>();
}

#[test]
fn the_port_is_free_after_the_stop_although_connections_are_open() {
    let mut options = SimOptions::default();
    options.faults = FaultPlan::parse("delay=600000").unwrap();
    let simulator = start_apart(0, options);
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
    let simulator = start_apart(1, SimOptions::default());
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
    let simulator = start_apart(2, SimOptions::default());
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
