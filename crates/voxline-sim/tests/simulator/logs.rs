//! What the log says.

use std::io::{Read, Write};

use crate::common::{CHAT, Response, chat, connect, connect_to, exchange, get, start, start_with_faults, valid};
use crate::recording::{ask, batch_target, demo_url, fetch, fetch_bytes, locate_target, voice_url};
use crate::signing::{accepted, query, submission};
use voxline_sim::{
    DEMO_APP_KEY, DEMO_RECORD_ID, DEMO_RECORDING_TOKEN, DEMO_TOKEN, DEMO_TRANSCRIPTION_APP_KEY, Endpoint, Fault,
    RecordingBody, SimOptions, Simulator, Verdict,
};

/// One request to each endpoint.
fn everything(simulator: &Simulator) {
    let answer = chat(simulator, &{
        let mut fields = valid();
        fields.insert("needTTS".to_owned(), "true".into());
        fields
    });
    let spoken = answer["audioURL"].as_str().unwrap();
    get(simulator, spoken.strip_prefix(simulator.base_url()).unwrap());
    get(simulator, &format!("/httpapi/authorize.do?appkey={DEMO_APP_KEY}&userid=u&authcode=c"));
    ask(simulator, "/agent-api/token");
    ask(simulator, &batch_target(&[DEMO_RECORD_ID.to_owned()]));
    fetch(&demo_url(simulator), &[]);
    query(simulator, &accepted(simulator, &submission("a")));
}

#[test]
fn the_log_over_http_is_the_log_in_hand() {
    let simulator = start(SimOptions::default());
    everything(&simulator);
    get(&simulator, "/nothing");
    get(&simulator, CHAT);
    let over_http = get(&simulator, "/_log");
    assert_eq!(over_http.header("content-type"), Some("application/json"));
    let mut expected = serde_json::to_value(simulator.log()).unwrap();
    // Accepted connections count those that only read the log.
    let now = &expected["api_connections"]["accepted"];
    assert_eq!(*now, simulator.log().api_connections.accepted);
    expected["api_connections"]["accepted"] = over_http.json()["api_connections"]["accepted"].clone();
    assert_eq!(over_http.json(), expected);

    let log = over_http.json();
    let names: Vec<_> = log["requests"].as_array().unwrap().iter().map(|seen| seen["endpoint"].clone()).collect();
    assert_eq!(names, ["chat", "tts", "authorize", "token", "batch", "recording", "download", "submit", "query"]);
    assert_eq!(log["requests"][7]["ids"][0], "a");
    assert_eq!(log["requests"][6]["verdict"]["kind"], "accepted");
    assert_eq!(log["requests"][6]["answer_bytes"], include_bytes!("../../../../assets/call.wav").len());
    assert_eq!(
        log["counts"]["download"],
        serde_json::json!({ "requests": 1, "accepted": 1, "refused": 0, "faults": 0 })
    );
    assert_eq!(log["strays"][0], serde_json::json!({ "method": "GET", "path": "/nothing", "wrong_method": false }));
    assert_eq!(log["strays"][1]["wrong_method"], true);
}

#[test]
fn the_log_holds_no_secret_even_if_they_come_where_they_do_not_belong() {
    let simulator = start(SimOptions::default());
    everything(&simulator);
    let secrets = [DEMO_TOKEN, DEMO_RECORDING_TOKEN, DEMO_TRANSCRIPTION_APP_KEY, "teleai-cloud-auth-v1"];
    for secret in secrets {
        get(&simulator, &format!("/{secret}?a={secret}"));
        ask(&simulator, &locate_target(secret));
        ask(&simulator, &format!("{}?{secret}=1", locate_target(DEMO_RECORD_ID)));
        ask(&simulator, &batch_target(&[secret.to_owned()]));
        query(&simulator, secret);
        let mut fields = submission("b");
        fields["timestamp"] = secret.into();
        fields[secret] = secret.into();
        crate::signing::submit(&simulator, &fields);
        exchange(&simulator, "POST", CHAT, &[("Content-Type", secret)], b"{}");
    }
    let shown = format!("{} {:?}", get(&simulator, "/_log").json(), simulator);
    for secret in &secrets[..3] {
        assert!(!shown.contains(secret), "{secret}");
    }
    // What is shown of requests is never a head, so no signature either.
    assert!(!shown.contains("/QG/"));
}

#[test]
fn connections_and_their_requests_are_counted() {
    let simulator = start(SimOptions::default());
    let _idle = connect(&simulator);
    let mut kept = connect(&simulator);
    for _ in 0..3 {
        kept.write_all(b"GET /agent-api/token HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        read_one(&mut kept);
    }
    get(&simulator, "/nothing");
    get(&simulator, "/_log");
    let url = demo_url(&simulator);
    let mut other = connect_to(&url[..url.find('/').unwrap()]);
    for _ in 0..2 {
        other.write_all(b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        read_one(&mut other);
    }
    let log = simulator.log();
    let api = log.api_connections;
    assert_eq!((api.accepted, api.used, api.reused, api.requests, api.most_requests_on_one), (5, 3, 1, 5, 3));
    let other = log.download_connections;
    assert_eq!((other.accepted, other.used, other.reused, other.requests), (1, 1, 1, 2));
    let places: Vec<_> = log.requests.iter().map(|seen| (seen.connection, seen.on_connection)).collect();
    assert_eq!((places[0].0, &places[..3]), (places[1].0, &[(2, 1), (2, 2), (2, 3)][..]));
}

/// Reads one answer with a `Content-Length`, leaves the connection as it is and returns the body.
fn read_one(stream: &mut impl Read) -> Vec<u8> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let length = Response::parse(&head).header("content-length").unwrap().parse().unwrap();
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    body
}

#[test]
fn sixty_four_clients_at_once_get_what_is_theirs_over_kept_connections() {
    let simulator = start(SimOptions::default());
    let bodies = (0..64).map(|seed| RecordingBody::noise(seed, 100_000 + seed));
    let bodies: Vec<_> = bodies.enumerate().map(|(client, body)| (format!("r{client}"), body)).collect();
    for (id, body) in &bodies {
        simulator.add_recording(id, body.clone());
    }
    std::thread::scope(|scope| {
        for (id, body) in &bodies {
            let simulator = &simulator;
            scope.spawn(move || {
                let url = voice_url(simulator, id);
                let mut stream = connect_to(&url[..url.find('/').unwrap()]);
                let mut expected = vec![0; usize::try_from(body.len_bytes()).unwrap()];
                body.read_at(0, &mut expected);
                for _ in 0..3 {
                    let bytes = String::from_utf8(fetch_bytes(&url, &[])).unwrap();
                    stream.write_all(bytes.replace("Connection: close\r\n", "").as_bytes()).unwrap();
                    assert!(read_one(&mut stream) == expected, "{id}");
                }
            });
        }
    });
    let counts = simulator.log().download_connections;
    assert_eq!((counts.accepted, counts.used, counts.reused), (64, 64, 64));
    assert_eq!((counts.requests, counts.most_requests_on_one), (192, 3));
}

#[test]
fn an_entry_says_what_was_thought_and_what_was_sent() {
    let simulator = start_with_faults("token:drop,token:http=503,token:truncate=5,token:delay=1");
    let bytes = crate::common::request("GET", "/agent-api/token", &[], b"");
    for _ in 0..3 {
        crate::common::send(&simulator, &bytes);
    }
    ask(&simulator, "/agent-api/token");
    let log = simulator.log();
    let sent: Vec<_> = log.requests.iter().map(|seen| (seen.http_status, seen.answer_bytes)).collect();
    let whole = log.requests[3].answer_bytes;
    assert_eq!(sent, [(None, 0), (Some(503), 18), (Some(401), 5), (Some(200), whole)]);
    assert!(log.requests[..3].iter().all(|seen| matches!(seen.verdict, Verdict::Refused { status: 401, .. })));
    assert_eq!((log.requests[0].endpoint, log.requests[0].fault), (Endpoint::Token, Some(Fault::Drop)));
    let counts = log.counts["token"];
    assert_eq!((counts.requests, counts.accepted, counts.refused, counts.faults), (4, 1, 3, 3));
}
