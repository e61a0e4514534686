//! The client over a scripted transport: what is sent, what is tried again, what becomes of each answer.

mod renewal;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use voxline_core::{Error, ErrorKind, Retry};

use super::*;
use crate::http::testing::{FakeClock, FixedRandom, Scripted, answer, lost, refused};
use crate::http::{CancelToken, Method, Phase, Response, TransportError};

type Script = Vec<Result<Response, TransportError>>;

struct Bench {
    transport: Arc<Scripted>,
    clock: Arc<FakeClock>,
    client: ChatClient,
}

fn bench(script: Script) -> Bench {
    bench_with(script, |builder| builder)
}

fn bench_with(script: Script, change: impl Fn(ChatClientBuilder) -> ChatClientBuilder) -> Bench {
    let transport = Arc::new(Scripted::new(script));
    let clock = Arc::new(FakeClock::default());
    let builder = ChatClient::builder()
        .base_url("http://127.0.0.1:1/prefix/")
        .access_token("token-canary")
        .transport(transport.clone())
        .clock(SharedClock(clock.clone()))
        .random(FixedRandom::half());
    let client = change(builder).build().unwrap();
    Bench { transport, clock, client }
}

/// Lets the test keep looking at the clock it gave away.
#[derive(Debug)]
struct SharedClock(Arc<FakeClock>);

impl crate::http::Clock for SharedClock {
    fn now(&self) -> Duration {
        self.0.now()
    }
    fn date(&self) -> std::time::SystemTime {
        self.0.date()
    }
    fn sleep(&self, duration: Duration, cancel: &CancelToken) {
        self.0.sleep(duration, cancel);
    }
}

fn request() -> ChatRequest {
    ChatRequest::new(ChatAudio::new(vec![1, 0, 2, 0], VoiceFormat::RawPcm, 16_000))
}

fn fine() -> Result<Response, TransportError> {
    answer(200, &[], json!({"status": 0, "answer": "好"}).to_string())
}

fn vendor(code: i64) -> Result<Response, TransportError> {
    answer(200, &[], json!({"status": code, "description": "说明"}).to_string())
}

/// The error of a call whose script leads to one, and the number of requests sent.
fn failing(script: Script) -> (Error, usize) {
    let bench = bench(script);
    let error = bench.client.send(&request()).unwrap_err();
    (error, bench.transport.requests().len())
}

fn timed_out(phase: Phase) -> Result<Response, TransportError> {
    Err(TransportError::Timeout { phase, limit: Duration::from_secs(60) })
}

#[test]
fn an_utterance_is_posted_as_the_page_says() {
    let bench = bench(vec![fine()]);
    let answer = bench.client.send(&request()).unwrap();
    assert_eq!(answer.answer(), &Answer::Text("好".to_owned()));
    assert_eq!(answer.status(), ChatStatus::Success);
    let sent = &bench.transport.requests()[0];
    assert_eq!(sent.method, Method::Post);
    assert_eq!(sent.url.expose(), "http://127.0.0.1:1/prefix/httpapi/AudioChat.do");
    assert_eq!(sent.headers.iter().collect::<Vec<_>>(), [("Content-Type", "application/json;charset=UTF-8")]);
    let body: Value = serde_json::from_slice(sent.body()).unwrap();
    assert_eq!(body["accessToken"], "token-canary");
    let limits = bench.transport.limits()[0];
    let seconds = [limits.connect, limits.read, limits.total].map(|d| d.as_secs());
    assert_eq!(seconds, [10, 60, 180]);
}

#[test]
fn a_wrong_request_is_not_sent() {
    let (error, sent) = {
        let bench = bench(vec![]);
        (bench.client.send(&request().with_volume(10)).unwrap_err(), bench.transport.requests().len())
    };
    assert_eq!((error.kind(), sent), (ErrorKind::InvalidArgument, 0));
    let bench = bench_with(vec![], |b| b.size_limit(SizeLimit::Base64Bytes(8)));
    let error = bench.client.send(&request()).unwrap_err();
    assert_eq!((error.kind(), bench.transport.requests().len()), (ErrorKind::LimitExceeded, 0));
}

#[test]
fn what_the_service_surely_did_not_do_is_tried_again() {
    let scripts: [Result<Response, TransportError>; 10] = [
        refused(),
        Err(TransportError::HostNotFound { host: "h".to_owned() }),
        Err(TransportError::Lost { request_complete: false, source: std::io::ErrorKind::BrokenPipe.into() }),
        timed_out(Phase::Resolve),
        timed_out(Phase::Connect),
        timed_out(Phase::Send),
        answer(429, &[], ""),
        answer(503, &[], "<html>busy</html>"),
        vendor(40),
        vendor(124),
    ];
    for first in scripts {
        let shown = format!("{first:?}");
        let bench = bench(vec![first, vendor(-1), fine()]);
        bench.client.send(&request()).unwrap_or_else(|e| panic!("{shown}: {e}"));
        assert_eq!(bench.transport.requests().len(), 3, "{shown}");
        assert_eq!(bench.clock.sleeps(), [250, 500].map(Duration::from_millis), "{shown}");
        let bodies: Vec<_> = bench.transport.requests().iter().map(|r| r.body().to_vec()).collect();
        assert!(bodies.iter().all(|body| *body == bodies[0]));
    }
}

#[test]
fn what_the_service_may_have_done_is_not_repeated_unless_allowed() {
    let scripts: [fn() -> Result<Response, TransportError>; 7] = [
        lost,
        || timed_out(Phase::Answer),
        || timed_out(Phase::Body),
        || Err(TransportError::Truncated { received_bytes: 1, expected_bytes: Some(2) }),
        || answer(408, &[], ""),
        || answer(502, &[], ""),
        || answer(504, &[], ""),
    ];
    for first in scripts {
        let (error, sent) = failing(vec![first()]);
        assert_eq!((error.kind(), error.retry(), sent), (ErrorKind::OutcomeUnknown, Retry::Unknown, 1), "{error}");
        assert!(error.service().unwrap().request_id.is_some());
        let bench = bench_with(vec![first(), fine()], |b| b.repeat_unknown(true));
        bench.client.send(&request()).unwrap();
        assert_eq!(bench.transport.requests().len(), 2);
    }
}

#[test]
fn who_gives_up_after_it_was_sent_is_told_that_nobody_knows() {
    for phase in [Phase::Answer, Phase::Body] {
        let cancelled = || Err(TransportError::Cancelled { phase });
        let (error, sent) = failing(vec![cancelled()]);
        assert_eq!((error.kind(), error.retry(), sent), (ErrorKind::OutcomeUnknown, Retry::Unknown, 1), "{error}");
        // Who allows repeating has nothing to find out.
        let bench = bench_with(vec![cancelled()], |b| b.repeat_unknown(true));
        assert_eq!(bench.client.send(&request()).unwrap_err().kind(), ErrorKind::Cancelled);
    }
}

#[test]
fn refusals_are_final_and_typed() {
    let cases = [
        (answer(301, &[], ""), ErrorKind::Service),
        (answer(400, &[], ""), ErrorKind::Service),
        (answer(401, &[], ""), ErrorKind::Unauthenticated),
        (answer(403, &[], "{\"other\":1}"), ErrorKind::PermissionDenied),
        (answer(404, &[], "{"), ErrorKind::NotFound),
        (answer(413, &[], "x"), ErrorKind::LimitExceeded),
        (answer(500, &[], "oops"), ErrorKind::Service),
        (answer(204, &[], ""), ErrorKind::Service),
        (vendor(122), ErrorKind::Unauthenticated),
        (vendor(123), ErrorKind::PermissionDenied),
        (vendor(121), ErrorKind::RateLimited),
        (vendor(8), ErrorKind::Service),
        (vendor(4711), ErrorKind::Service),
        (Err(TransportError::Tls { origin: "https://h".to_owned(), detail: "x".to_owned() }), ErrorKind::Connect),
        (Err(TransportError::BadRequest("x".to_owned())), ErrorKind::InvalidArgument),
        (Err(TransportError::Proxy("x".to_owned())), ErrorKind::Connect),
        (Err(TransportError::TooLarge { max_bytes: 1 }), ErrorKind::LimitExceeded),
        (Err(TransportError::Cancelled { phase: Phase::Connect }), ErrorKind::Cancelled),
    ];
    for (first, kind) in cases {
        let shown = format!("{first:?}");
        let (error, sent) = failing(vec![first]);
        assert_eq!((error.kind(), sent), (kind, 1), "{shown}: {error}");
    }
}

#[test]
fn an_error_says_whether_a_later_try_can_help() {
    let cases = [
        (answer(500, &[], ""), Retry::Yes),
        (answer(404, &[], ""), Retry::No),
        (vendor(41), Retry::Yes),
        (vendor(121), Retry::No),
        (vendor(4711), Retry::No),
        (Err(TransportError::Tls { origin: "https://h".to_owned(), detail: "x".to_owned() }), Retry::No),
        (Err(TransportError::Proxy("x".to_owned())), Retry::Yes),
        (Err(TransportError::Cancelled { phase: Phase::Connect }), Retry::No),
        (Err(TransportError::Cancelled { phase: Phase::Answer }), Retry::Unknown),
    ];
    for (first, retry) in cases {
        let shown = format!("{first:?}");
        assert_eq!(failing(vec![first]).0.retry(), retry, "{shown}");
    }
    let busy = || answer(503, &[], "");
    assert_eq!(failing(vec![busy(), busy(), busy(), busy()]).0.retry(), Retry::Yes);
}

#[test]
fn the_codes_and_words_of_the_service_are_kept() {
    let (error, _) = failing(vec![answer(200, &[], r#"{"status":"122","description":"token过期"}"#)]);
    let fault = error.service().unwrap();
    assert_eq!((fault.service, fault.http_status), ("chat", Some(200)));
    assert_eq!((fault.code.as_deref(), fault.message.as_deref()), (Some("122"), Some("token过期")));
    assert_eq!(fault.request_id.as_deref(), Some("8000000000000000"));
    assert_eq!(error.retry(), Retry::No);
    let text = error.to_string();
    for part in ["122", "expired", "token过期", "get a new access token", "AudioChat.do"] {
        assert!(text.contains(part), "{part:?} not in {text:?}");
    }
}

#[test]
fn an_http_error_keeps_its_status_with_and_without_a_body_of_the_service() {
    // A known code says more than the status; an unknown one or none does not.
    let cases = [
        (500, r#"{"status":122}"#, ErrorKind::Unauthenticated, Some("122")),
        (401, r#"{"status":5000,"description":"d"}"#, ErrorKind::Unauthenticated, Some("5000")),
        (403, r#"{"status":0}"#, ErrorKind::PermissionDenied, Some("0")),
        (404, "<h1>nothing here</h1>", ErrorKind::NotFound, None),
    ];
    for (status, body, kind, code) in cases {
        let (error, _) = failing(vec![answer(status, &[], body)]);
        let fault = error.service().unwrap();
        assert_eq!((error.kind(), fault.http_status, fault.code.as_deref()), (kind, Some(status), code), "{error}");
    }
    let (error, _) = failing(vec![answer(404, &[], "<h1>nothing\r\nhere</h1>")]);
    assert!(error.context().contains("HTTP 404 with \"<h1>nothing here</h1>\""), "{error}");
}

#[test]
fn an_answer_that_is_not_the_services_is_described() {
    let (error, _) = failing(vec![answer(200, &[("Content-Type", "text/html")], "<html>Login to the hotel WLAN")]);
    for part in ["text/html", "29 bytes", "Login to the hotel WLAN"] {
        assert!(error.context().contains(part), "{part:?} not in {error}");
    }
    assert_eq!((error.kind(), error.service().unwrap().http_status), (ErrorKind::Service, Some(200)));
}

#[test]
fn a_redirect_is_not_followed_and_only_its_origin_is_named() {
    let location = "https://other.example/canary?key=canary";
    let (error, sent) = failing(vec![answer(302, &[("Location", location)], "canary")]);
    assert_eq!((error.kind(), sent), (ErrorKind::Service, 1));
    assert!(error.context().contains("redirects to https://other.example, which"), "{error}");
    assert!(!error.to_string().contains("canary"), "{error}");
}

#[test]
fn retry_after_is_waited_for_and_reported() {
    let bench = bench(vec![answer(429, &[("Retry-After", "3")], ""), fine()]);
    bench.client.send(&request()).unwrap();
    assert_eq!(bench.clock.sleeps(), [Duration::from_secs(3)]);
    // A date is read against the injected clock, which starts at 1970.
    let date = ("Retry-After", "Thu, 01 Jan 1970 00:00:09 GMT");
    let bench = bench_with(vec![answer(503, &[date], ""), fine()], |b| b);
    bench.client.send(&request()).unwrap();
    assert_eq!(bench.clock.sleeps(), [Duration::from_secs(9)]);
    let (error, sent) = failing(vec![answer(503, &[("Retry-After", "3600")], "")]);
    assert_eq!((error.retry(), sent), (Retry::After(Duration::from_secs(3600)), 1));
    let (error, _) = failing(vec![answer(200, &[("Retry-After", "5")], r#"{"status":41}"#)]);
    assert_eq!((error.kind(), error.retry()), (ErrorKind::RateLimited, Retry::After(Duration::from_secs(5))));
}

#[test]
fn attempts_are_counted_and_limits_shrink_with_the_time_left() {
    let mut options = voxline_core::options::HttpOptions::default();
    options.max_attempts = 3;
    options.total_timeout_ms = 30_000;
    let bench = bench_with(vec![refused(), refused(), refused()], |b| b.http(options.clone()));
    let error = bench.client.send(&request()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.context().starts_with("gave up after 3 attempts (http.max_attempts)"), "{error}");
    let limits = bench.transport.limits();
    let totals: Vec<_> = limits.iter().map(|l| [l.total, l.read, l.connect].map(|d| d.as_millis())).collect();
    assert_eq!(totals, [[30_000, 30_000, 10_000], [29_750, 29_750, 10_000], [29_250, 29_250, 10_000]]);
    options.total_timeout_ms = 70;
    let bench = bench_with(vec![fine()], |b| b.http(options.clone()));
    bench.client.send(&request()).unwrap();
    assert_eq!(bench.transport.limits()[0].connect, Duration::from_millis(70));
}

#[test]
fn cancelling_before_sends_nothing() {
    let bench = bench(vec![]);
    let cancel = CancelToken::new();
    cancel.cancel();
    let error = bench.client.send_with(&request(), &cancel).unwrap_err();
    assert_eq!((error.kind(), bench.transport.requests().len()), (ErrorKind::Cancelled, 0));
}

#[test]
fn an_answer_beyond_the_limit_is_refused() {
    let mut options = voxline_core::options::HttpOptions::default();
    options.max_response_bytes = 100;
    let long = json!({"status": 0, "answer": "x".repeat(100)}).to_string();
    let bench = bench_with(vec![answer(200, &[], long)], |b| b.http(options.clone()));
    let error = bench.client.send(&request()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LimitExceeded);
    assert!(error.context().contains("longer than 100 bytes"), "{error}");
}

#[test]
fn the_spoken_answer_is_fetched_without_the_token_and_repeatedly() {
    let url = "https://cdn.example/canary/a.mp3?sig=N0dJ+a/b==";
    let with_audio = answer(200, &[], json!({"status": 0, "answer": "好", "audioURL": url}).to_string());
    let audio = ("Content-Type", "audio/mpeg");
    let bench = bench(vec![with_audio, lost(), answer(500, &[], ""), answer(200, &[audio], vec![0xff, 0xfb])]);
    let link = bench.client.send(&request()).unwrap().audio_url().cloned().unwrap();
    assert_eq!(bench.client.fetch_audio(&link, &CancelToken::new()).unwrap(), [0xff, 0xfb]);
    let requests = bench.transport.requests();
    assert_eq!(requests.len(), 4);
    for get in &requests[1..] {
        assert_eq!((get.method, get.url.expose(), get.body().len()), (Method::Get, url, 0));
        assert_eq!(get.headers.iter().count(), 0);
    }
}

#[test]
fn a_spoken_answer_that_is_none_is_an_error() {
    let link = AudioUrl::new("https://cdn.example/canary/a.mp3?sig=canary");
    let cases = [
        (answer(200, &[], ""), ErrorKind::Service),
        (answer(200, &[("content-type", "application/json")], r#"{"error":"expired"}"#), ErrorKind::Service),
        (answer(200, &[("content-type", "Text/HTML")], "<html>"), ErrorKind::Service),
        // An error in disguise, and text that calls itself so.
        (answer(200, &[("content-type", "audio/mpeg")], r#" {"error":"expired"}"#), ErrorKind::Service),
        (answer(200, &[("content-type", "text/plain")], "链接已过期\r\n"), ErrorKind::Service),
        (answer(206, &[], "x"), ErrorKind::Service),
        (answer(302, &[("Location", "http://h/canary")], ""), ErrorKind::Service),
        (answer(403, &[], "canary-free"), ErrorKind::PermissionDenied),
        (answer(410, &[], ""), ErrorKind::NotFound),
    ];
    for (first, kind) in cases {
        let bench = bench(vec![first]);
        let error = bench.client.fetch_audio(&link, &CancelToken::new()).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(!format!("{error:?}").contains("canary/"), "{error:?}");
        assert!(!format!("{error:?}").contains("sig="), "{error:?}");
    }
    for text in ["", "file:///etc/passwd", "cdn.example/a.mp3", "http://u:canary@h/"] {
        let bench = bench(vec![]);
        let error = bench.client.fetch_audio(&AudioUrl::new(text), &CancelToken::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(!format!("{error:?}").contains("canary"));
    }
}

#[test]
fn the_link_of_an_answer_knows_what_was_asked_for() {
    let spoken = || answer(200, &[], json!({"status": 0, "audioURL": "https://cdn.example/a"}).to_string());
    let garbage: &[u8] = &[0x12, 0x34, 0x80, 0x99];
    for (asked, fine) in [(None, false), (Some(AnswerAudio::Wav8k), false), (Some(AnswerAudio::Pcm8k), true)] {
        let bench = bench(vec![spoken(), answer(200, &[("Content-Type", "audio/x")], garbage)]);
        let request = asked.into_iter().fold(request().with_tts(true), ChatRequest::with_answer_audio);
        let link = bench.client.send(&request).unwrap().audio_url().cloned().unwrap();
        assert_eq!(link.kind(), asked.or(Some(AnswerAudio::Mp3)));
        let fetched = bench.client.fetch_audio(&link, &CancelToken::new());
        assert_eq!(fetched.is_ok(), fine, "{fetched:?}");
        if let Err(error) = fetched {
            assert_eq!((error.kind(), error.retry()), (ErrorKind::Service, Retry::No));
            assert!(error.context().contains("was asked for, this is something else"), "{error}");
        }
    }
}

#[test]
fn the_builder_refuses_what_cannot_work() {
    let build = |url: &str, token: &str| ChatClient::builder().base_url(url).access_token(token).build();
    let cases = [
        ("http://h", "", "no access token"),
        ("http://h", "tok\n", "line break"),
        ("h", "canary", "http://"),
        ("http://u:canary@h", "canary", "user name"),
        ("http://h?canary", "canary", "query"),
        ("http://h#canary", "canary", "query"),
    ];
    for (url, token, expected) in cases {
        let error = build(url, token).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(error.context().contains(expected) && !format!("{error:?}").contains("canary"), "{error:?}");
    }
    let mut options = voxline_core::options::HttpOptions::default();
    options.max_attempts = 0;
    let error = ChatClient::builder().access_token("t").http(options).build().unwrap_err();
    assert!(error.context().contains("http.max_attempts"), "{error}");
}

#[test]
fn the_trial_host_is_known_by_its_name() {
    let trial = |url: &str| ChatClient::builder().base_url(url).access_token("t").build().unwrap().uses_trial_host();
    assert!(ChatClient::builder().access_token("t").build().unwrap().uses_trial_host());
    assert!(trial("HTTPS://Temp1.Lingju.AI/"));
    assert!(!trial("https://temp1.lingju.ai.example/"));
    assert!(!trial("http://localhost:8080"));
}

#[test]
fn clients_are_shared_between_threads_and_cheap_to_clone() {
    fn shared<T: Send + Sync + Clone + 'static>() {}
    shared::<ChatClient>();
    assert_eq!(size_of::<ChatClient>(), size_of::<usize>());
}
