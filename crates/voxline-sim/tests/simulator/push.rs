//! Results that are pushed, and a receiver that fails to order.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use crate::common::start;
use crate::signing::{accepted, submission};
use serde_json::{Value, json};
use voxline_sim::{Fault, FaultPlan, PushSeen, SimOptions, Simulator, TranscriptionOptions};

const PATIENCE: Duration = Duration::from_secs(10);

/// A receiver on loopback.
struct Receiver(TcpListener);

/// What came: head and body, whole or not.
struct Came {
    head: String,
    body: Vec<u8>,
    stream: TcpStream,
}

impl Receiver {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    fn url(&self) -> String {
        format!("http://{}/done?from=sim", self.0.local_addr().unwrap())
    }

    /// The next delivery up to its stated end or the end of the connection.
    fn next(&self) -> Came {
        let deadline = Instant::now() + PATIENCE;
        let mut stream = loop {
            match self.0.accept() {
                Ok((stream, _)) => break stream,
                Err(_) if Instant::now() < deadline => std::thread::yield_now(),
                Err(e) => panic!("{e}"),
            }
        };
        stream.set_nonblocking(false).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let (mut bytes, mut piece) = (Vec::new(), [0; 4_096]);
        loop {
            let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").map(|end| end + 4);
            let length = end.map(|end| {
                let head = std::str::from_utf8(&bytes[..end]).unwrap();
                let length = head.split("Content-Length: ").nth(1).unwrap().split("\r\n").next().unwrap();
                end + length.parse::<usize>().unwrap()
            });
            let whole = length.is_some_and(|length| bytes.len() >= length);
            // A reset is an end too.
            let count = if whole { 0 } else { stream.read(&mut piece).unwrap_or(0) };
            if count == 0 {
                let end = end.unwrap_or(bytes.len());
                let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
                return Came { head, body: bytes[end..].to_vec(), stream };
            }
            bytes.extend_from_slice(&piece[..count]);
        }
    }

    /// The next delivery, answered with this status.
    fn answer(&self, status: u16) -> Came {
        let mut came = self.next();
        write!(came.stream, "HTTP/1.1 {status} X\r\nContent-Length: 2\r\n\r\nok").unwrap();
        came
    }
}

fn start_with(faults: &str, change: impl FnOnce(&mut TranscriptionOptions)) -> Simulator {
    let mut options = SimOptions::default();
    options.faults = FaultPlan::parse(faults).unwrap();
    options.transcription.push_retry_ms = 1;
    change(&mut options.transcription);
    start(options)
}

fn submit_to(simulator: &Simulator, receiver: &Receiver) -> String {
    let mut fields = submission("pushed");
    fields["return_mode"] = 0.into();
    fields["callback_url"] = receiver.url().into();
    fields["business_data"] = "b".into();
    accepted(simulator, &fields)
}

/// Waits until nothing more is pushed.
fn all_pushes(simulator: &Simulator) -> Vec<PushSeen> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let log = simulator.log();
        if log.jobs.iter().all(|job| job.push_over) {
            return log.pushes;
        }
        assert!(Instant::now() < deadline, "{:?}", log.pushes);
        std::thread::yield_now();
    }
}

#[test]
fn a_result_is_pushed_once_when_it_is_acknowledged() {
    let (simulator, receiver) = (start_with("", |_| {}), Receiver::new());
    let id = submit_to(&simulator, &receiver);
    let came = receiver.answer(200);
    assert!(came.head.starts_with("POST /done?from=sim HTTP/1.1\r\nHost: 127.0.0.1:"), "{}", came.head);
    assert!(came.head.contains("\r\nContent-Type: application/json\r\n"));
    let result: Value = serde_json::from_slice(&came.body).unwrap();
    assert_eq!((&result["code"], &result["requestId"]), (&json!("10000"), &json!(id)));
    assert_eq!((&result["req_id"], &result["business_data"]), (&json!("pushed"), &json!("b")));
    assert!(result["data"]["text"].is_string());
    // By pull there is the same.
    assert_eq!(crate::signing::query(&simulator, &id).json(), result);
    let seen = all_pushes(&simulator);
    let [seen] = &seen[..] else { panic!("{seen:?}") };
    assert_eq!((seen.attempt, seen.duplicate, seen.http_status, seen.delivered), (1, false, Some(200), true));
    assert_eq!(simulator.log().jobs[0].deliveries, 1);
}

#[test]
fn a_receiver_that_fails_is_tried_again_with_the_same_result() {
    let (simulator, receiver) = (start_with("", |_| {}), Receiver::new());
    submit_to(&simulator, &receiver);
    let first = receiver.answer(500);
    drop(receiver.next());
    let third = receiver.answer(302);
    let last = receiver.answer(204);
    assert!(first.body == third.body && third.body == last.body && !last.body.is_empty());
    let seen = all_pushes(&simulator);
    let statuses: Vec<_> = seen.iter().map(|push| (push.http_status, push.delivered)).collect();
    assert_eq!(statuses, [(Some(500), false), (None, false), (Some(302), false), (Some(204), true)]);
    assert!(seen[1].problem.is_some());
}

#[test]
fn attempts_come_to_an_end() {
    let (simulator, receiver) = (start_with("", |o| (o.push_attempts, o.push_duplicates) = (2, 5)), Receiver::new());
    submit_to(&simulator, &receiver);
    receiver.answer(500);
    receiver.answer(500);
    assert_eq!(all_pushes(&simulator).len(), 2);
    assert_eq!(simulator.log().jobs[0].deliveries, 0);
    assert_eq!(receiver.0.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn duplicates_are_pushed_when_they_are_set() {
    let (simulator, receiver) = (start_with("", |o| o.push_duplicates = 2), Receiver::new());
    submit_to(&simulator, &receiver);
    let bodies = [(); 3].map(|()| receiver.answer(200).body);
    assert!(bodies[0] == bodies[1] && bodies[1] == bodies[2]);
    let seen = all_pushes(&simulator);
    assert_eq!(seen.iter().map(|push| push.duplicate).collect::<Vec<_>>(), [false, true, true]);
    assert_eq!(simulator.log().jobs[0].deliveries, 3);
}

#[test]
fn pushes_meet_their_faults_and_then_come_whole() {
    let plan = "push:drop,push:reset,push:truncate=7,push:garbage,push:html,push:status=10503";
    let (simulator, receiver) = (start_with(plan, |o| o.push_attempts = 7), Receiver::new());
    submit_to(&simulator, &receiver);
    let (dropped, reset) = (receiver.next(), receiver.next());
    assert!(dropped.head.is_empty() && reset.head.is_empty());
    let cut = receiver.next();
    assert_eq!((cut.body.len(), cut.head.is_empty()), (7, false));
    // Even a receiver that acknowledges everything gets the right result in the end.
    let garbage = receiver.answer(200);
    assert!(std::str::from_utf8(&garbage.body).is_err());
    let page = receiver.answer(200);
    assert!(page.head.contains("Content-Type: text/html\r\n") && page.body.starts_with(b"<!DOCTYPE"));
    let refusal: Value = serde_json::from_slice(&receiver.answer(200).body).unwrap();
    assert_eq!(refusal["code"], "10503");
    let last = receiver.answer(200);
    assert!(last.body.starts_with(&cut.body));
    assert_eq!(serde_json::from_slice::<Value>(&last.body).unwrap()["code"], "10000");
    let seen = all_pushes(&simulator);
    assert_eq!(seen[0].fault, Some(Fault::Drop));
    assert_eq!(
        seen.iter().map(|push| push.delivered).collect::<Vec<_>>(),
        [false, false, false, false, false, false, true]
    );
}

#[test]
fn pushes_that_are_only_odd_count_as_delivered() {
    for plan in ["push:wrongtype", "push:extra", "push:slow=11/0", "push:delay=1"] {
        let (simulator, receiver) = (start_with(plan, |_| {}), Receiver::new());
        submit_to(&simulator, &receiver);
        let came = receiver.answer(200);
        let result: Value = serde_json::from_slice(&came.body).unwrap();
        assert_eq!(result["code"], "10000", "{plan}");
        assert_eq!(result.get("simUnknown").is_some(), plan == "push:extra");
        assert_eq!(came.head.contains("Content-Type: text/plain\r\n"), plan == "push:wrongtype");
        assert!(all_pushes(&simulator)[0].delivered, "{plan}");
    }
}

#[test]
fn interim_answers_are_passed_over_and_nonsense_is_no_acknowledgement() {
    let (simulator, receiver) = (start_with("", |_| {}), Receiver::new());
    submit_to(&simulator, &receiver);
    for answer in ["SMTP 200 ready\r\n\r\n", "HTTP/1.1 2000 X\r\n\r\n", "HTTP/1.1 200 OK\r\n"] {
        let mut came = receiver.next();
        came.stream.write_all(answer.as_bytes()).unwrap();
    }
    let mut came = receiver.next();
    came.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\n\r\n").unwrap();
    let delivered: Vec<_> = all_pushes(&simulator).iter().map(|push| push.delivered).collect();
    assert_eq!(delivered, [false, false, false, true]);
}

#[test]
fn a_receiver_that_never_answers_times_out() {
    let options = |o: &mut TranscriptionOptions| (o.push_timeout_ms, o.push_attempts) = (1, 1);
    let (simulator, receiver) = (start_with("", |o| options(o)), Receiver::new());
    submit_to(&simulator, &receiver);
    let seen = &all_pushes(&simulator)[0];
    assert_eq!((seen.delivered, seen.problem.as_deref()), (false, Some("timed out")));
}
