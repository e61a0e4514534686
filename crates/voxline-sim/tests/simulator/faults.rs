//! Every fault, byte by byte as it comes over the wire.

use std::io::{ErrorKind, Read, Write};

use crate::common::{
    CHAT, End, JSON, Response, chat, chat_bytes, connect, get, read_all, send, start, start_with_faults,
};
use crate::common::{valid, valid_with};
use serde_json::json;
use voxline_sim::{DEMO_TOKEN, Fault, FaultPlan, ScriptedAnswer, SimOptions, Verdict};

/// One chat request on a connection of its own.
fn once(simulator: &voxline_sim::Simulator) -> (Vec<u8>, End) {
    send(simulator, &chat_bytes())
}

/// After the fault all is well again.
#[track_caller]
fn recovered(simulator: &voxline_sim::Simulator) {
    assert_eq!(chat(simulator, &valid())["status"], 0);
}

#[test]
fn http_statuses_with_and_without_retry_after() {
    let simulator = start_with_faults("http=503@2*2,http=429,http=404");
    for (status, retry_after) in [(503, Some("2")), (503, Some("2")), (429, None), (404, None)] {
        let (bytes, end) = once(&simulator);
        let response = Response::parse(&bytes);
        assert_eq!((response.status, response.header("retry-after"), end), (status, retry_after, End::Closed));
        assert_eq!(response.body, format!("simulated HTTP {status}").as_bytes());
    }
    recovered(&simulator);
    let log = simulator.chat_requests();
    assert_eq!(log[0].fault, Some(Fault::Http { status: 503, retry_after_s: Some(2) }));
    assert!(log.iter().all(|seen| seen.verdict == Verdict::Accepted));
}

#[test]
fn a_dropped_connection_brings_no_byte() {
    let simulator = start_with_faults("drop");
    assert_eq!(once(&simulator), (Vec::new(), End::Closed));
    recovered(&simulator);
    assert_eq!(simulator.chat_requests().len(), 2);
}

#[test]
fn a_reset_connection_brings_no_byte_but_a_reset() {
    let simulator = start_with_faults("reset");
    assert_eq!(once(&simulator), (Vec::new(), End::Reset));
    recovered(&simulator);
}

#[test]
fn a_truncated_body_is_as_long_as_ordered() {
    let simulator = start_with_faults("ok,truncate=0,truncate=1,truncate=10,truncate,truncate=1000000");
    let (whole, _) = once(&simulator);
    let whole = Response::parse(&whole);
    let length = whole.body.len();
    for kept in [0, 1, 10, length / 2, length - 1] {
        let (bytes, end) = once(&simulator);
        let response = Response::parse(&bytes);
        assert_eq!((response.status, end), (200, End::Closed), "{kept}");
        // The head promises everything, the body holds the beginning.
        assert_eq!(response.header("content-length"), Some(length.to_string().as_str()), "{kept}");
        assert_eq!(response.body, whole.body[..kept], "{kept}");
    }
    recovered(&simulator);
}

#[test]
fn a_cut_strikes_the_ordered_answer_on_a_kept_connection() {
    let simulator = start_with_faults("ok,drop");
    let mut stream = connect(&simulator);
    let keep_alive = String::from_utf8(chat_bytes()).unwrap().replace("Connection: close\r\n", "");
    stream.write_all(keep_alive.as_bytes()).unwrap();
    stream.write_all(keep_alive.as_bytes()).unwrap();
    let (bytes, end) = read_all(&stream);
    assert_eq!(end, End::Closed);
    let first = Response::parse(&bytes);
    // The first answer is whole, of the second there is nothing.
    assert_eq!(first.header("content-length"), Some(first.body.len().to_string().as_str()));
    assert_eq!(first.json()["status"], 0);
}

#[test]
fn garbage_and_web_pages_come_with_http_200() {
    let simulator = start_with_faults("garbage,html");
    let garbage = Response::parse(&once(&simulator).0);
    assert_eq!((garbage.status, garbage.header("content-type")), (200, Some(JSON)));
    assert!(std::str::from_utf8(&garbage.body).is_err());
    let page = Response::parse(&once(&simulator).0);
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html;charset=UTF-8")));
    assert!(page.body.starts_with(b"<!DOCTYPE html>"));
    recovered(&simulator);
}

#[test]
fn vendor_codes_come_with_http_200() {
    let simulator = start_with_faults("status=124,status=-1");
    for code in [124, -1] {
        let answer = chat(&simulator, &valid());
        assert_eq!(answer, json!({ "status": code, "description": "simulated vendor status" }));
    }
    recovered(&simulator);
}

#[test]
fn a_token_expires_after_some_requests_until_a_new_one_is_given() {
    let simulator = start_with_faults("ok*2,expire");
    let statuses: Vec<_> = (0..4).map(|_| chat(&simulator, &valid())["status"].as_i64().unwrap()).collect();
    assert_eq!(statuses, [0, 0, 122, 122]);
    let given = get(&simulator, "/httpapi/authorize.do?appkey=voxline-demo-appkey&userid=u&authcode=c").json();
    assert_eq!(chat(&simulator, &valid_with(json!({ "accessToken": given["data"]["accessToken"] })))["status"], 0);
}

#[test]
fn with_any_token_the_one_in_hand_expires_too() {
    let mut options = SimOptions::default();
    options.tokens = voxline_sim::TokenRule::AnyNonEmpty;
    options.faults = FaultPlan::parse("expire").unwrap();
    let simulator = start(options);
    let with = |token: &str| chat(&simulator, &valid_with(json!({ "accessToken": token })))["status"].clone();
    assert_eq!([with("never-seen"), with("never-seen"), with("another")], [122, 122, 0]);
}

#[test]
fn a_delay_holds_the_answer_back_and_can_be_joined_with_a_fault() {
    let simulator = start_with_faults("delay=600000,delay=40+http=503");
    let mut slow = connect(&simulator);
    slow.write_all(&chat_bytes()).unwrap();
    while simulator.chat_requests().is_empty() {
        std::thread::yield_now();
    }
    assert_eq!(Response::parse(&once(&simulator).0).status, 503);
    recovered(&simulator);
    // Two later requests were answered, the first is still waiting.
    slow.set_nonblocking(true).unwrap();
    assert_eq!(slow.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
}

#[test]
fn faults_strike_spoken_answers_and_tokens_on_their_own() {
    let simulator = start_with_faults("tts:http=404,authorize:status=-1,tts:truncate=5");
    let answer = chat(&simulator, &valid_with(json!({ "needTTS": "true" })));
    let target = answer["audioURL"].as_str().unwrap().strip_prefix(simulator.base_url()).unwrap();
    assert_eq!(get(&simulator, target).status, 404);
    let (bytes, _) = send(&simulator, &crate::common::request("GET", target, &[], b""));
    let cut = Response::parse(&bytes);
    assert_eq!(cut.body.len(), 5);
    let whole = get(&simulator, target);
    assert_eq!(cut.header("content-length"), whole.header("content-length"));
    assert_eq!(cut.body, whole.body[..5]);
    let query = "/httpapi/authorize.do?appkey=voxline-demo-appkey&userid=u&authcode=c";
    assert_eq!(get(&simulator, query).json()["status"], -1);
    assert_eq!(get(&simulator, query).json()["status"], 0);
}

#[test]
fn a_new_plan_replaces_the_rest_of_the_old_one() {
    let simulator = start_with_faults("http=500*100");
    assert_eq!(Response::parse(&once(&simulator).0).status, 500);
    simulator.set_faults(&FaultPlan::parse("ok,status=40").unwrap());
    let statuses: Vec<_> = (0..3).map(|_| chat(&simulator, &valid())["status"].as_i64().unwrap()).collect();
    assert_eq!(statuses, [0, 40, 0]);
}

#[test]
fn a_broken_request_is_judged_although_a_fault_hides_it_and_a_scripted_answer_waits() {
    let simulator = start_with_faults("drop,http=500");
    simulator.next_answer(ScriptedAnswer::Text("kept".to_owned()));
    once(&simulator);
    let bad = serde_json::to_vec(&valid_with(json!({ "voiceType": "x" }))).unwrap();
    let (bytes, _) = send(&simulator, &crate::common::request("POST", CHAT, &[("Content-Type", JSON)], &bad));
    assert_eq!(Response::parse(&bytes).status, 500);
    assert_eq!(chat(&simulator, &valid())["answer"], "kept");
    let log = simulator.chat_requests();
    assert!(matches!(&log[1].verdict, Verdict::Refused { status: 111, .. }), "{:?}", log[1]);
    assert!(!format!("{log:?}{simulator:?}").contains(DEMO_TOKEN));
}
