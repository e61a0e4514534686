//! The download host: keys, ranges, bodies, leaks.

use std::io::{Read, Write};

use crate::common::{
    CHAT, Response, authority, connect_to, exchange, exchange_at, get, request, send_to, start, start_with_faults,
};
use crate::recording::{ask, bearer, demo_url, fetch, fetch_bytes, locate_target, voice_url};
use voxline_sim::{
    DEMO_MP3_RECORD_ID, DEMO_RECORD_ID, DEMO_RECORDING_TOKEN, RecordingBody, SimOptions, Simulator, VoiceHost,
};

/// Starts with these settings for recordings.
fn start_with(change: impl FnOnce(&mut voxline_sim::RecordingOptions)) -> Simulator {
    let mut options = SimOptions::default();
    change(&mut options.recording);
    start(options)
}

#[test]
fn the_bundled_calls_come_byte_by_byte() {
    let simulator = start(SimOptions::default());
    for (id, bytes, content_type) in [
        (DEMO_RECORD_ID, &include_bytes!("../../../../assets/call.wav")[..], "audio/wav"),
        (DEMO_MP3_RECORD_ID, &include_bytes!("../../../../assets/call.mp3")[..], "audio/mpeg"),
    ] {
        let response = fetch(&voice_url(&simulator, id), &[]);
        assert_eq!((response.status, response.header("content-type")), (200, Some(content_type)));
        assert!(response.body == bytes);
    }
    assert!(simulator.leaks().is_empty());
}

#[test]
fn only_the_very_bytes_of_a_key_open_anything() {
    let simulator = start(SimOptions::default());
    let url = demo_url(&simulator);
    let (base, key) = url.split_once("key=").unwrap();
    for (changed, status, why) in [
        (key.replace('+', "%2B"), 403, "the key did not come back verbatim"),
        (key.replace('/', "%2F"), 403, "the key did not come back verbatim"),
        (key.replace('=', "%3D"), 403, "the key did not come back verbatim"),
        (key.replace('+', "%20"), 403, "the key did not come back verbatim"),
        (key.trim_end_matches('=').to_owned(), 403, "the key is not known"),
        (format!("{key}&"), 403, "the key is not known"),
        ("x".to_owned(), 403, "the key is not known"),
    ] {
        let response = fetch(&format!("{base}key={changed}"), &[]);
        assert_eq!((response.status, response.body), (status, why.as_bytes().to_vec()), "{changed}");
    }
    assert_eq!(fetch(base.trim_end_matches('?'), &[]).status, 400);
    assert_eq!(fetch(&url, &[]).status, 200);
    // Nothing is to be had at the API's own port.
    let target = &url[url.find('/').unwrap()..];
    assert_eq!(get(&simulator, target).status, 404);
}

#[test]
fn keys_expire_by_number_by_time_by_order_and_by_fault() {
    let simulator = start_with(|o| o.key_fetches = Some(2));
    let (one, other) = (demo_url(&simulator), demo_url(&simulator));
    let statuses = [&one, &one, &one, &other].map(|url| fetch(url, &[]).status);
    assert_eq!(statuses, [200, 200, 403, 200]);

    let simulator = start_with(|o| (o.key_valid_ms, o.expired_status) = (Some(0), 410));
    assert_eq!(fetch(&demo_url(&simulator), &[]).status, 410);

    let simulator = start_with(|o| o.expired_status = 404);
    let old = demo_url(&simulator);
    simulator.expire_download_keys();
    let statuses = [old, demo_url(&simulator)].map(|url| fetch(&url, &[]).status);
    assert_eq!(statuses, [404, 200]);

    let simulator = start_with_faults("download:ok,download:expire");
    let url = demo_url(&simulator);
    assert_eq!([&url; 3].map(|url| fetch(url, &[]).status), [200, 403, 403]);
    assert_eq!(fetch(&demo_url(&simulator), &[]).status, 200);

    let simulator = start(SimOptions::default());
    let url = demo_url(&simulator);
    simulator.remove_recording(DEMO_RECORD_ID);
    assert_eq!(fetch(&url, &[]).status, 404);
    assert_eq!(ask(&simulator, &locate_target(DEMO_RECORD_ID)).json()["code"], 5005);
}

#[test]
fn ranges_are_honoured_when_they_are_on() {
    let simulator = start(SimOptions::default());
    simulator.add_recording("r", RecordingBody::noise(1, 1_000));
    let url = voice_url(&simulator, "r");
    let whole = fetch(&url, &[]);
    let etag = whole.header("etag").unwrap().to_owned();
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    for (range, from, to) in [("bytes=0-", 0, 1_000), ("bytes=400-", 400, 1_000), ("bytes=10-19", 10, 20)] {
        let part = fetch(&url, &[("Range", range), ("If-Range", &etag)]);
        let shown = format!("bytes {from}-{}/1000", to - 1);
        assert_eq!((part.status, part.header("content-range")), (206, Some(shown.as_str())));
        assert_eq!((part.header("etag"), &part.body[..]), (Some(etag.as_str()), &whole.body[from..to]));
    }
    let beyond = fetch(&url, &[("Range", "bytes=1000-")]);
    assert_eq!((beyond.status, beyond.header("content-range")), (416, Some("bytes */1000")));
    assert_eq!(fetch(&url, &[("Range", "bytes=0-1,5-6")]).status, 200);
    // Another recording under the same address: what was kept of the old one must not be continued.
    simulator.add_recording("r", RecordingBody::noise(2, 1_000));
    let anew = fetch(&url, &[("Range", "bytes=400-"), ("If-Range", &etag)]);
    assert_eq!((anew.status, anew.body.len()), (200, 1_000));
    assert_ne!(anew.header("etag"), Some(etag.as_str()));
    let starts: Vec<_> = simulator.log().requests.iter().map(|seen| seen.range_start).collect();
    assert_eq!(starts[..5], [None, None, Some(0), Some(400), Some(10)]);

    let simulator = start_with(|o| o.ranges = false);
    let plain = fetch(&demo_url(&simulator), &[("Range", "bytes=400-")]);
    assert_eq!((plain.status, plain.header("etag"), plain.header("accept-ranges")), (200, None, None));
}

#[test]
fn bodies_and_their_types_are_as_ordered() {
    let simulator = start(SimOptions::default());
    simulator.add_recording("text", RecordingBody::from_bytes(*b"hello").with_content_type("text/x"));
    simulator.add_recording("error", RecordingBody::error_envelope(5005, "gone"));
    simulator.add_recording("empty", RecordingBody::noise(1, 0));
    let text = fetch(&voice_url(&simulator, "text"), &[]);
    assert_eq!((text.header("content-type"), &text.body[..]), (Some("text/x"), &b"hello"[..]));
    let error = fetch(&voice_url(&simulator, "error"), &[]);
    assert_eq!((error.status, error.json()["code"].as_i64()), (200, Some(5005)));
    assert_eq!(fetch(&voice_url(&simulator, "empty"), &[]).body.len(), 0);
}

#[test]
fn an_authorization_at_the_download_host_is_a_leak_and_at_the_api_it_is_not() {
    let simulator = start(SimOptions::default());
    let url = demo_url(&simulator);
    for value in [bearer().as_str(), "Basic eDp5"] {
        // The recording comes nevertheless, as it would in the world.
        assert_eq!(fetch(&url, &[("Authorization", value)]).status, 200);
    }
    let leaks = simulator.leaks();
    assert_eq!(leaks.len(), 2);
    assert!(
        leaks
            .iter()
            .all(|leak| (&*leak.path, &*leak.place) == ("/api/agent-api/download-voice", "header authorization"))
    );

    let simulator = start_with(|o| o.voice_host = VoiceHost::Api);
    let url = demo_url(&simulator);
    assert!(url.starts_with(authority(&simulator)));
    assert_eq!(fetch(&url, &[("Authorization", &bearer())]).status, 200);
    assert!(simulator.leaks().is_empty());
}

#[test]
fn a_redirect_leads_to_another_origin() {
    let simulator = start_with(|o| o.voice_host = VoiceHost::ApiThenRedirect);
    let url = demo_url(&simulator);
    let moved = fetch(&url, &[("Authorization", &bearer())]);
    let (_, key) = url.split_once("key=").unwrap();
    let target = format!("{}/api/agent-api/download-voice?key={key}", simulator.download_base_url());
    assert_eq!((moved.status, moved.header("location")), (302, Some(target.as_str())));
    assert_eq!(fetch(target.strip_prefix("http://").unwrap(), &[]).status, 200);
    assert!(simulator.leaks().is_empty());
}

#[test]
fn the_token_is_recognised_wherever_it_strays() {
    let simulator = start(SimOptions::default());
    let token = DEMO_RECORDING_TOKEN;
    get(&simulator, &format!("/x/{token}"));
    get(&simulator, &format!("/x?t={token}"));
    exchange(&simulator, "POST", CHAT, &[("Authorization", &bearer())], b"{}");
    exchange(&simulator, "GET", "/agent-api/token", &[("X-Debug", token)], b"");
    let body = format!("{{\"req_id\":\"{token}\"}}");
    exchange(&simulator, "POST", "/aipaas/voice/v1/tts/largeFileTrans", &[], body.as_bytes());
    let places: Vec<_> = simulator.leaks().into_iter().map(|leak| leak.place).collect();
    assert_eq!(places, ["path", "query", "header authorization", "header x-debug", "body"]);
}

#[test]
fn a_wrong_address_of_the_right_service_is_a_stray_and_no_leak() {
    let simulator = start(SimOptions::default());
    let header = ("Authorization", bearer());
    let headers = [(header.0, header.1.as_str())];
    assert_eq!(exchange(&simulator, "GET", "/agent-api/tokens", &headers, b"").status, 404);
    assert_eq!(exchange(&simulator, "POST", "/agent-api/token", &headers, b"").status, 405);
    assert!(simulator.leaks().is_empty());
    assert_eq!(exchange(&simulator, "GET", "/elsewhere", &headers, b"").status, 404);
    let url = demo_url(&simulator);
    let host = &url[..url.find('/').unwrap()];
    assert_eq!(exchange_at(host, &request("GET", "/agent-api/token", &headers, b"")).status, 404);
    assert_eq!(exchange_at(host, &request("POST", &url[host.len()..], &headers, b"")).status, 405);
    assert_eq!(simulator.leaks().len(), 3);
    let strays: Vec<_> = simulator.log().strays.into_iter().map(|stray| stray.wrong_method).collect();
    assert_eq!(strays, [false, true, false, false, true]);
}

#[test]
fn a_scheme_stands_in_front_when_it_is_set() {
    let simulator = start_with(|o| o.voice_url_scheme = Some("http".to_owned()));
    assert!(demo_url(&simulator).starts_with(&format!("{}/api/", simulator.download_base_url())));
}

#[test]
fn two_hundred_megabytes_come_in_six_pieces_and_are_all_there() {
    const LENGTH: u64 = 200_000_000;
    let simulator = start_with_faults("download:truncate=40000000*4,download:truncate=39999999");
    let body = RecordingBody::noise(42, LENGTH);
    simulator.add_recording("long", body.clone());
    let url = voice_url(&simulator, "long");
    let (mut position, mut connections) = (0, 0);
    let (mut buffer, mut expected) = (vec![0; 1 << 20], vec![0; 1 << 20]);
    while position < LENGTH {
        let mut stream = connect_to(&url[..url.find('/').unwrap()]);
        stream.write_all(&fetch_bytes(&url, &[("Range", &format!("bytes={position}-"))])).unwrap();
        let status = skip_head(&mut stream);
        assert_eq!(status, 206);
        loop {
            let count = stream.read(&mut buffer).unwrap();
            if count == 0 {
                break;
            }
            assert_eq!(body.read_at(position, &mut expected[..count]), count);
            assert!(buffer[..count] == expected[..count], "at {position}");
            position += count as u64;
        }
        connections += 1;
    }
    assert_eq!((position, connections), (LENGTH, 6));
    let log = simulator.log();
    let pieces: Vec<_> = log.requests[1..].iter().map(|seen| (seen.range_start.unwrap(), seen.answer_bytes)).collect();
    let million = 1_000_000;
    assert_eq!(pieces[..4], [0, 40, 80, 120].map(|start| (start * million, 40 * million)));
    assert_eq!(pieces[4..], [(160 * million, 40 * million - 1), (200 * million - 1, 1)]);
}

/// Reads up to the first byte of the body and returns the status.
fn skip_head(stream: &mut impl Read) -> u16 {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    Response::parse(&head).status
}

#[test]
fn a_slow_body_comes_drop_by_drop() {
    let simulator = start_with_faults("download:slow=5/600000,download:slow=100/0,recording:slow=7/1");
    let url = demo_url(&simulator);
    let mut stream = connect_to(&url[..url.find('/').unwrap()]);
    stream.write_all(&fetch_bytes(&url, &[])).unwrap();
    assert_eq!(skip_head(&mut stream), 200);
    let mut first = [0; 5];
    stream.read_exact(&mut first).unwrap();
    assert_eq!(&first[..4], b"RIFF");
    // The next drop is ten minutes away.
    stream.set_nonblocking(true).unwrap();
    assert_eq!(stream.read(&mut first).unwrap_err().kind(), std::io::ErrorKind::WouldBlock);

    let whole = fetch(&url, &[]);
    assert!(whole.body == include_bytes!("../../../../assets/call.wav"));
}

#[test]
fn a_download_can_bring_an_error_or_a_web_page_instead_of_audio() {
    let simulator = start_with_faults("download:status=5005,download:html,download:wrongtype,download:truncate=10");
    let url = demo_url(&simulator);
    let error = fetch(&url, &[]);
    assert_eq!((error.status, error.json()["code"].as_i64(), error.body[0]), (200, Some(5005), b'{'));
    assert!(fetch(&url, &[]).body.starts_with(b"<!DOCTYPE"));
    let mistyped = fetch(&url, &[]);
    assert_eq!((mistyped.header("content-type"), &mistyped.body[..4]), (Some("text/html"), &b"RIFF"[..]));
    let (cut, _) = send_to(&url[..url.find('/').unwrap()], &fetch_bytes(&url, &[]));
    assert_eq!(Response::parse(&cut).body.len(), 10);
    assert_eq!(fetch(&url, &[]).status, 200);
}
