//! The real transport against real sockets: what is on the wire, and what becomes of servers that misbehave.

use std::time::Duration;

use super::server::{Serve, Server, chat, http};
use serde_json::Value;
use voxline_api::CancelToken;
use voxline_api::chat::{Answer, AudioUrl, ChatAudio, ChatClient, ChatRequest, VoiceFormat};
use voxline_api::http::{HttpTransport, Limits, Phase, Request, Transport, TransportError, Url};
use voxline_core::options::{HttpOptions, ProxyUrl};
use voxline_core::{Error, ErrorKind};

const FINE: &str = r#"{"answer":"好的","status":0}"#;

fn options(change: impl Fn(&mut HttpOptions)) -> HttpOptions {
    let mut options = HttpOptions::default();
    // The waits between attempts are real here.
    options.backoff_initial_ms = 1;
    options.backoff_max_ms = 1;
    change(&mut options);
    options
}

fn client(server: &Server, options: HttpOptions) -> ChatClient {
    ChatClient::builder().base_url(server.url()).access_token("token-canary").http(options).build().unwrap()
}

fn request() -> ChatRequest {
    ChatRequest::new(ChatAudio::new(vec![1, 0, 2, 0], VoiceFormat::RawPcm, 16_000))
}

/// Sends to a server that does this; gives the result and the number of requests it got.
fn send(script: Vec<Serve>, change: impl Fn(&mut HttpOptions)) -> (Result<Answer, Error>, usize) {
    let server = Server::start(script);
    let result = client(&server, options(change)).send(&request());
    (result.map(|answer| answer.answer().clone()), server.seen().len())
}

fn limits() -> Limits {
    let long = Duration::from_secs(20);
    Limits::new(long, long, long)
}

fn get(url: &str) -> Result<Vec<u8>, TransportError> {
    let transport = HttpTransport::new(&HttpOptions::default()).unwrap();
    let response = transport.send(&Request::get(Url::parse(url).unwrap()), &limits(), &CancelToken::new())?;
    response.body.read_all(1 << 20, &CancelToken::new())
}

fn get_from(bytes: &[u8]) -> Result<Vec<u8>, TransportError> {
    let server = Server::start(vec![Serve::ReplyAndClose(bytes.to_vec())]);
    get(&server.url())
}

#[test]
fn the_request_on_the_wire_is_the_vendors_example() {
    let server = Server::start(vec![Serve::Reply(chat(FINE))]);
    // Two bytes over a multiple of three, so that the padding shows.
    let audio = ChatAudio::new((0..=255).cycle().take(32_768).collect::<Vec<u8>>(), VoiceFormat::RawPcm, 16_000);
    let request = ChatRequest::new(audio).with_tts(false).with_speed(5.0).with_city("广州");
    let request = request.with_latitude(23.12635).with_longitude(113.38776);
    let answer = client(&server, options(|_| {})).send(&request).unwrap();
    assert_eq!(answer.answer(), &Answer::Text("好的".to_owned()));

    let seen = &server.seen()[0];
    assert!(seen.head.starts_with("POST /httpapi/AudioChat.do HTTP/1.1\r\n"), "{}", seen.head);
    let lines = seen.header_lines();
    let of = |name: &str| lines.iter().filter(|l| l.to_ascii_lowercase().starts_with(name)).collect::<Vec<_>>();
    assert_eq!(of("content-type"), [&"Content-Type: application/json;charset=UTF-8"]);
    assert_eq!(of("content-length"), [&format!("Content-Length: {}", seen.body.len()).as_str()]);
    assert_eq!(of("user-agent"), [&concat!("User-Agent: voxline/", env!("CARGO_PKG_VERSION"))]);
    for absent in ["transfer-encoding", "expect", "accept-encoding", "authorization", "cookie"] {
        assert!(of(absent).is_empty(), "{absent} in {lines:?}");
    }
    assert!(!seen.head.contains("token-canary"));

    let body: Value = serde_json::from_slice(&seen.body).unwrap();
    for (name, value) in body.as_object().unwrap() {
        assert!(value.is_string(), "{name} is not a string");
    }
    let encoded = body["encodeData"].as_str().unwrap();
    assert_eq!(encoded.len(), 43_692);
    assert!(encoded.ends_with('=') && !encoded.contains(['\r', '\n']));
    assert_eq!((body["lat"].as_str(), body["needTTS"].as_str()), (Some("23.12635"), Some("false")));
    // Chinese goes out as UTF-8, not escaped and not in another encoding.
    assert!(String::from_utf8(seen.body.clone()).unwrap().contains("\"city\":\"广州\""));
}

#[test]
fn connections_are_used_again() {
    let server = Server::start(vec![Serve::Reply(chat(FINE)), Serve::Reply(chat(FINE)), Serve::Reply(chat(FINE))]);
    let client = client(&server, options(|_| {}));
    for _ in 0..2 {
        client.send(&request()).unwrap();
    }
    client.clone().send(&request()).unwrap();
    let connections: Vec<usize> = server.seen().iter().map(|request| request.connection).collect();
    assert_eq!(connections, [0, 0, 0]);
}

#[test]
fn a_busy_server_is_asked_again() {
    let busy = || Serve::Reply(http("503 Busy", &["Retry-After: 0"], b"later"));
    let (result, requests) = send(vec![busy(), busy(), Serve::Reply(chat(FINE))], |_| {});
    assert_eq!((result.unwrap(), requests), (Answer::Text("好的".to_owned()), 3));
}

#[test]
fn a_chat_that_still_connects_is_given_up_at_once() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let client = ChatClient::builder().base_url(url).access_token("token-canary").build().unwrap();
    let (cancel, (done, result)) = (CancelToken::new(), std::sync::mpsc::channel());
    let token = cancel.clone();
    std::thread::spawn(move || done.send(client.send_with(&request(), &token).unwrap_err()));
    // It takes the connection and does not shake hands.
    let _stream = listener.accept().unwrap();
    cancel.cancel();
    let error = result.recv_timeout(Duration::from_secs(1)).expect("not obeyed within a second");
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Cancelled, voxline_core::Retry::No), "{error}");
}

#[test]
fn a_dropped_connection_leaves_the_outcome_unknown() {
    let (result, requests) = send(vec![Serve::ReplyAndClose(Vec::new())], |_| {});
    let error = result.unwrap_err();
    assert_eq!((error.kind(), requests), (ErrorKind::OutcomeUnknown, 1), "{error}");
}

#[test]
fn a_cut_off_answer_is_not_taken_for_a_whole_one() {
    // Valid JSON, but the announced length says that there is more.
    let cut = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{FINE}", FINE.len() + 1);
    let (result, requests) = send(vec![Serve::ReplyAndClose(cut.into_bytes())], |_| {});
    let error = result.unwrap_err();
    assert_eq!((error.kind(), requests), (ErrorKind::OutcomeUnknown, 1), "{error}");
    assert!(error.context().contains(&format!("{} bytes of {}", FINE.len(), FINE.len() + 1)), "{error}");
}

#[test]
fn a_silent_server_is_given_up_after_the_read_time_out() {
    let (result, requests) = send(vec![Serve::Silence], |o| o.read_timeout_ms = 50);
    let error = result.unwrap_err();
    assert_eq!((error.kind(), requests), (ErrorKind::OutcomeUnknown, 1));
    assert!(error.context().contains("50 ms while waiting for the answer"), "{error}");
    let (result, _) = send(vec![Serve::Silence], |o| o.total_timeout_ms = 60);
    // What is left of the total when the attempt begins is a little less than the 60 ms.
    assert!(result.unwrap_err().context().contains(" ms while waiting for the answer"));
}

#[test]
fn silence_within_an_answer_is_a_time_out_too() {
    let begun = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"st".to_vec();
    let server = Server::start(vec![Serve::Reply(begun), Serve::Silence]);
    let error = client(&server, options(|o| o.read_timeout_ms = 50)).send(&request()).unwrap_err();
    assert!(error.context().contains("50 ms while receiving the answer"), "{error}");
}

#[test]
fn an_oversized_answer_is_cut_short_whether_announced_or_not() {
    let heads = ["Content-Length: 67108864", "Connection: close"];
    for head in heads {
        let head = format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n").into_bytes();
        let (result, requests) = send(vec![Serve::Flood(head, vec![b'x'; 65_536])], |o| o.max_response_bytes = 100_000);
        let error = result.unwrap_err();
        assert_eq!((error.kind(), requests), (ErrorKind::LimitExceeded, 1), "{error}");
    }
}

#[test]
fn redirects_are_not_followed() {
    let other = Server::start(vec![Serve::Reply(chat(FINE))]);
    let location = format!("Location: {}/canary?key=canary", other.url());
    for status in ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"] {
        let (result, requests) = send(vec![Serve::Reply(http(status, &[&location], b""))], |_| {});
        let error = result.unwrap_err();
        assert_eq!((error.kind(), requests), (ErrorKind::Service, 1));
        assert!(error.context().contains(&other.url()) && !error.context().contains("canary"), "{error}");
    }
    assert!(other.seen().is_empty());
}

#[test]
fn no_server_means_not_connected_and_is_tried_again() {
    let address = Server::start(vec![]).url();
    let client = ChatClient::builder().base_url(&address).access_token("t").http(options(|_| {})).build().unwrap();
    let error = client.send(&request()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.context().contains("gave up after 4 attempts") && error.context().contains(&address), "{error}");
    assert!(matches!(get(&address), Err(TransportError::Connect { .. })));
}

#[test]
fn a_request_that_did_not_get_through_whole_is_known_not_to_have() {
    // Far more than the buffers of both ends hold, and nobody reads.
    let server = Server::start(vec![Serve::Close]);
    let transport = HttpTransport::new(&HttpOptions::default()).unwrap();
    let request = Request::post(Url::parse(&server.url()).unwrap(), vec![0; 64 << 20]);
    let error = transport.send(&request, &limits(), &CancelToken::new()).unwrap_err();
    assert!(matches!(error, TransportError::Lost { request_complete: false, .. }), "{error:?}");
}

#[test]
fn broken_answers_are_told_apart() {
    assert_eq!(get_from(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n").unwrap(), b"ab");
    assert_eq!(get_from(b"HTTP/1.0 200 OK\r\n\r\nab").unwrap(), b"ab");
    assert_eq!(get_from(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap(), b"");
    let cut = get_from(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
    assert!(matches!(cut, Err(TransportError::Truncated { received_bytes: 2, expected_bytes: None })), "{cut:?}");
    let cut = get_from(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab");
    assert!(matches!(cut, Err(TransportError::Truncated { received_bytes: 2, expected_bytes: Some(3) })), "{cut:?}");
    for garbage in [&b"SSH-2.0-OpenSSH_9.6\r\n\r\n"[..], b"HTTP/1.1 abc\r\n\r\n"] {
        let result = get_from(garbage);
        assert!(matches!(result, Err(TransportError::Protocol(_))), "{result:?}");
    }
    let result = get_from(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab");
    assert!(matches!(result, Err(TransportError::Protocol(_))), "{result:?}");
    let endless = [b"HTTP/1.1 200 OK\r\nX: ".as_slice(), &[b'x'; 200_000]].concat();
    let result = get_from(&endless);
    assert!(matches!(result, Err(TransportError::Protocol(_))), "{result:?}");
}

#[test]
fn a_header_field_with_a_line_break_is_not_sent() {
    let server = Server::start(vec![Serve::Reply(chat(FINE))]);
    let transport = HttpTransport::new(&HttpOptions::default()).unwrap();
    let request = Request::get(Url::parse(&server.url()).unwrap()).with_header("X", "canary\r\nY: z");
    let error = transport.send(&request, &limits(), &CancelToken::new()).unwrap_err();
    assert!(matches!(error, TransportError::BadRequest(_)) && !format!("{error:?}").contains("canary"), "{error:?}");
    assert!(server.seen().is_empty());
}

#[test]
fn the_spoken_answer_comes_without_the_token_and_byte_for_byte() {
    let audio: Vec<u8> = (0..=255).collect();
    let busy = Serve::ReplyAndClose(Vec::new());
    let server = Server::start(vec![busy, Serve::Reply(http("200 OK", &["Content-Type: audio/mpeg"], &audio))]);
    let link = AudioUrl::new(format!("{}/tts/语音.mp3?key=N0dJ+a/b%2F==", server.url()));
    let fetched = client(&server, options(|_| {})).fetch_audio(&link, &CancelToken::new()).unwrap();
    assert_eq!(fetched, audio);
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    assert!(seen[1].head.starts_with("GET /tts/%E8%AF%AD%E9%9F%B3.mp3?key=N0dJ+a/b%2F== HTTP/1.1\r\n"));
    assert!(seen.iter().all(|request| !request.head.contains("canary") && request.body.is_empty()));
}

#[test]
fn a_proxy_is_asked_and_its_refusal_is_told_without_its_password() {
    let proxy = Server::start(vec![Serve::Reply(chat(FINE))]);
    let through = |proxy: &Server| {
        let proxy = ProxyUrl::new(format!("http://user:pass-canary@{}", proxy.address));
        let builder = ChatClient::builder().base_url("http://service.example").access_token("t");
        builder.http(options(|o| o.proxy = Some(proxy.clone()))).build().unwrap().send(&request())
    };
    through(&proxy).unwrap();
    let head = &proxy.seen()[0].head;
    let expected = "POST http://service.example/httpapi/AudioChat.do HTTP/1.1\r\nHost: service.example\r\n";
    // `printf user:pass-canary | base64`.
    assert!(head.starts_with(expected) && head.contains("\r\nProxy-Authorization: Basic dXNlcjpwYXNzLWNhbmFyeQ==\r\n"));

    let refusing = Server::start(vec![Serve::Reply(http("407 Proxy Authentication Required", &[], b""))]);
    let error = through(&refusing).unwrap_err();
    assert_eq!((error.kind(), refusing.seen().len()), (ErrorKind::Connect, 1));
    assert!(error.context().contains("407") && !format!("{error:?}").contains("canary"), "{error:?}");
}

#[test]
fn a_time_out_says_what_was_being_done() {
    let server = Server::start(vec![Serve::Silence]);
    let transport = HttpTransport::new(&HttpOptions::default()).unwrap();
    let short = Duration::from_millis(50);
    let limits = Limits::new(limits().connect, short, limits().total);
    let request = Request::post(Url::parse(&server.url()).unwrap(), b"x".to_vec());
    let error = transport.send(&request, &limits, &CancelToken::new()).unwrap_err();
    assert!(matches!(error, TransportError::Timeout { phase: Phase::Answer, limit } if limit == short), "{error:?}");
}
