//! The client over a scripted transport: what is sent, what is tried again, what becomes of each answer.

mod enter;
mod ledger;
mod run;
mod wait;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use voxline_core::{Error, ErrorKind, Retry, Secret};

use super::*;
use crate::http::testing::{FakeClock, FixedRandom, Scripted, answer, lost, refused};
use crate::http::{CancelToken, Clock, Method, Phase, Request, Response, TransportError};

type Script = Vec<Result<Response, TransportError>>;

const APP_ID: &str = "0123456789abcdef0123456789abcdef";
const APP_KEY: &str = "fedcba9876543210fedcba9876543210";
/// The time of the published signatures.
const NOW_S: u64 = 1_673_493_479;

struct Bench {
    transport: Arc<Scripted>,
    clock: Arc<FakeClock>,
    client: TranscriptionClient,
}

/// Lets the test keep looking at the clock it gave away.
#[derive(Debug)]
struct SharedClock(Arc<FakeClock>);

impl Clock for SharedClock {
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

fn bench(script: Script) -> Bench {
    bench_with(script, |builder| builder)
}

fn bench_with(script: Script, change: impl Fn(TranscriptionClientBuilder) -> TranscriptionClientBuilder) -> Bench {
    bench_at(script, FakeClock::default(), change)
}

fn bench_at(
    script: Script,
    clock: FakeClock,
    change: impl Fn(TranscriptionClientBuilder) -> TranscriptionClientBuilder,
) -> Bench {
    let transport = Arc::new(Scripted::new(script));
    let clock = Arc::new(clock);
    clock.advance(Duration::from_secs(NOW_S));
    let builder = TranscriptionClient::builder()
        .base_url("http://127.0.0.1:1")
        .credentials(Credentials::app_key(APP_ID, APP_KEY))
        .transport(transport.clone())
        .clock(SharedClock(clock.clone()))
        .random(FixedRandom::half());
    let client = change(builder).build().unwrap();
    Bench { transport, clock, client }
}

fn pull() -> Submission {
    Submission::new("https://files.example/a.wav?sig=link-canary", ReturnMode::Pull).with_req_id("call-1")
}

fn taken() -> Result<Response, TransportError> {
    answer(200, &[], r#"{"code":"10000","msg":"调用成功","requestId":"test001"}"#)
}

fn says(code: &str) -> Result<Response, TransportError> {
    answer(200, &[], json!({"code": code, "msg": "说明"}).to_string())
}

fn timed_out(phase: Phase) -> Result<Response, TransportError> {
    Err(TransportError::Timeout { phase, limit: Duration::from_secs(60) })
}

/// The error of a submission whose script leads to one, and the number of requests sent.
fn failing(script: Script) -> (Error, usize) {
    let bench = bench(script);
    let error = bench.client.submit(&pull()).unwrap_err();
    (error, bench.transport.requests().len())
}

fn sent_body(request: &Request) -> Value {
    serde_json::from_slice(request.body()).unwrap()
}

#[test]
fn a_submission_is_posted_and_signed_as_published() {
    let bench = bench_with(vec![taken()], |b| b.device_uuid("device-1"));
    let accepted = bench.client.submit(&pull()).unwrap();
    assert_eq!((accepted.request_id.as_str(), accepted.req_id.as_str()), ("test001", "call-1"));
    let sent = &bench.transport.requests()[0];
    assert_eq!((sent.method, sent.idempotent), (Method::Post, false));
    assert_eq!(sent.url.expose(), "http://127.0.0.1:1/aipaas/voice/v1/tts/largeFileTrans");
    let authorization = format!(
        "teleai-cloud-auth-v1/{APP_ID}/QG/1673493479/1800/x-app-id/\
         6954f82a39923834c4b73bd544bf15fa3054ff9f3c62d54b7aa06ffbda294029"
    );
    let headers: Vec<_> = sent.headers.iter().collect();
    let expected = [
        ("Content-Type", "application/json"),
        ("Device-Uuid", "device-1"),
        ("X-APP-ID", APP_ID),
        ("Authorization", authorization.as_str()),
    ];
    assert_eq!(headers, expected);
    assert_eq!(
        sent_body(sent),
        json!({"req_id": "call-1", "timestamp": NOW_S, "file_link": "https://files.example/a.wav?sig=link-canary",
            "enable_callback": true, "return_mode": 1})
    );
}

#[test]
fn a_query_is_sent_and_signed_as_published() {
    let bench = bench(vec![says("990003")]);
    assert_eq!(bench.client.query("test001").unwrap(), QueryState::Pending);
    let sent = &bench.transport.requests()[0];
    assert_eq!(sent.url.expose(), "http://127.0.0.1:1/aipaas/lm/v1/asyncResult/query?requestId=test001");
    let authorization = sent.headers.get("Authorization").unwrap();
    assert!(authorization.ends_with("/60304de6449070138091a87f916fd8084fafa81f1671530feb4ad7565d987a82"));
    assert!(sent.idempotent && sent.body().is_empty());
    assert_eq!(sent.headers.get("Content-Type"), Some("application/json"));
    // What goes out is what was signed.
    let odd = bench_with(vec![says("990003")], |b| b.base_url("http://h/pre fix/"));
    odd.client.query("a/b&c 语~").unwrap();
    let expected = "http://h/pre%20fix/aipaas/lm/v1/asyncResult/query?requestId=a%2Fb%26c%20%E8%AF%AD~";
    assert_eq!(odd.transport.requests()[0].url.expose(), expected);
    for id in ["", "a\nb", &"x".repeat(2000)] {
        let error = bench.client.query(id).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    }
}

#[test]
fn a_ready_authorization_is_sent_as_it_is() {
    let ready = |app_id: Option<&str>| Credentials::Ready {
        app_id: app_id.map(str::to_owned),
        authorization: Secret::new("Ready x/y=="),
    };
    for app_id in [None, Some("app")] {
        let bench = bench_with(vec![taken()], |b| b.credentials(ready(app_id)));
        bench.client.submit(&pull()).unwrap();
        let sent = &bench.transport.requests()[0];
        assert_eq!(sent.headers.get("X-APP-ID"), app_id);
        assert_eq!(sent.headers.get("Authorization"), Some("Ready x/y=="));
    }
}

#[test]
fn ids_are_random_uuids_unless_given() {
    let bench = bench(vec![taken()]);
    let mut submission = pull();
    submission.req_id = None;
    let accepted = bench.client.submit(&submission).unwrap();
    assert_eq!(accepted.req_id, "80000000-0000-4000-8000-000000000000");
    assert_eq!(sent_body(&bench.transport.requests()[0])["req_id"], accepted.req_id.as_str());
    let ones = bench_with(vec![], |b| b.random(FixedRandom(u64::MAX)));
    assert_eq!(ones.client.new_req_id(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    let real = bench_with(vec![], |b| b.random(crate::http::SystemRandom::new()));
    assert_ne!(real.client.new_req_id(), real.client.new_req_id());
}

#[test]
fn what_the_service_surely_did_not_take_is_sent_again_signed_anew() {
    let scripts: [Result<Response, TransportError>; 11] = [
        refused(),
        Err(TransportError::HostNotFound { host: "h".to_owned() }),
        Err(TransportError::Lost { request_complete: false, source: std::io::ErrorKind::BrokenPipe.into() }),
        timed_out(Phase::Resolve),
        timed_out(Phase::Connect),
        timed_out(Phase::Send),
        answer(429, &[], ""),
        answer(503, &[], "<html>busy</html>"),
        says("10302"),
        answer(500, &[], r#"{"code":10503,"message":"time out"}"#),
        answer(429, &[("Retry-After", "2")], r#"{"code":10302}"#),
    ];
    for first in scripts {
        let shown = format!("{first:?}");
        let bench = bench_with(vec![first, says("10503"), taken()], |builder| {
            let mut options = voxline_core::options::HttpOptions::default();
            (options.backoff_initial_ms, options.backoff_max_ms) = (4000, 8000);
            builder.http(options)
        });
        bench.client.submit(&pull()).unwrap_or_else(|e| panic!("{shown}: {e}"));
        let requests = bench.transport.requests();
        assert_eq!(bench.clock.sleeps(), [2000, 4000].map(Duration::from_millis), "{shown}");
        let bodies: Vec<_> = requests.iter().map(sent_body).collect();
        let times: Vec<_> = bodies.iter().map(|body| body["timestamp"].as_u64().unwrap() - NOW_S).collect();
        assert_eq!(times, [0, 2, 6], "{shown}");
        assert!(bodies.iter().all(|body| body["req_id"] == "call-1"));
        let signed: Vec<_> = requests.iter().map(|r| r.headers.get("Authorization").unwrap().to_owned()).collect();
        for (authorization, time) in signed.iter().zip([0, 2, 6]) {
            assert!(authorization.contains(&format!("/QG/{}/1800/", NOW_S + time)), "{authorization}");
        }
        assert!(signed[0][80..] != signed[1][80..] && signed[1][80..] != signed[2][80..]);
    }
}

#[test]
fn what_the_service_may_have_taken_is_never_sent_again() {
    let scripts: [Result<Response, TransportError>; 15] = [
        lost(),
        Err(TransportError::Cancelled { phase: Phase::Answer }),
        Err(TransportError::Cancelled { phase: Phase::Body }),
        timed_out(Phase::Answer),
        timed_out(Phase::Body),
        Err(TransportError::Truncated { received_bytes: 1, expected_bytes: Some(2) }),
        Err(TransportError::Protocol("x".to_owned())),
        Err(TransportError::TooLarge { max_bytes: 1 }),
        answer(408, &[], ""),
        answer(502, &[], ""),
        answer(504, &[], ""),
        answer(200, &[], "<html>hello</html>"),
        answer(200, &[], r#"{"code":"10000","msg":"ok"}"#),
        answer(200, &[], r#"{"msg":"no code"}"#),
        says("990003"),
    ];
    for first in scripts {
        let shown = format!("{first:?}");
        let (error, sent) = failing(vec![first]);
        assert_eq!((error.kind(), error.retry(), sent), (ErrorKind::OutcomeUnknown, Retry::Unknown, 1), "{shown}");
        let fault = error.service().unwrap_or_else(|| panic!("{shown}"));
        assert_eq!((fault.service, fault.request_id.as_deref()), ("transcription", Some("call-1")), "{shown}");
        // Who only reads the line must learn by what to ask the service.
        assert!(error.to_string().contains("req_id call-1: "), "{error}");
    }
    // An answer, but one that leaves the same question open.
    for status in [500, 501, 599] {
        let (error, sent) = failing(vec![answer(status, &[], "oops")]);
        assert_eq!((error.kind(), error.retry(), sent), (ErrorKind::Service, Retry::Unknown, 1), "{status}");
        assert!(error.to_string().contains("req_id call-1: "), "{error}");
    }
}

#[test]
fn refusals_are_typed_and_not_repeated() {
    let cases = [
        (says("10301"), ErrorKind::Service, Some("10301")),
        (says("10304"), ErrorKind::Service, Some("10304")),
        (says("10903"), ErrorKind::Service, Some("10903")),
        (says("31337"), ErrorKind::Service, Some("31337")),
        (answer(400, &[], r#"{"code":10301,"message":"说明"}"#), ErrorKind::Service, Some("10301")),
        (answer(401, &[], r#"{"code":"31337","message":"说明"}"#), ErrorKind::Unauthenticated, Some("31337")),
        (answer(401, &[], "no"), ErrorKind::Unauthenticated, None),
        (answer(403, &[], "no"), ErrorKind::PermissionDenied, None),
        (answer(404, &[], "no"), ErrorKind::NotFound, None),
        (answer(413, &[], "no"), ErrorKind::LimitExceeded, None),
        (answer(302, &[("Location", "http://other.example/x?canary")], ""), ErrorKind::Service, None),
    ];
    for (response, kind, code) in cases {
        let (error, sent) = failing(vec![response]);
        assert_eq!((error.kind(), error.retry(), sent), (kind, Retry::No, 1), "{error}");
        let fault = error.service().unwrap();
        assert_eq!((fault.code.as_deref(), fault.request_id.as_deref()), (code, Some("call-1")), "{error}");
        assert_eq!(fault.message.as_deref(), code.map(|_| "说明"));
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
    let (error, sent) = failing(vec![says("10302"), says("10302"), says("10302"), says("10302")]);
    assert_eq!((error.kind(), error.retry(), sent), (ErrorKind::RateLimited, Retry::Yes, 4));
}

#[test]
fn the_answers_of_the_vendors_page() {
    let page = |code: &str, msg: &str| {
        answer(200, &[], format!("{{\n\"code\": \"{code}\",\n\"msg\": \"{msg}\",\n\"requestId\": \"test001\"\n}}"))
    };
    let accepted = bench(vec![page("10000", "调用成功")]).client.submit(&pull()).unwrap();
    assert_eq!(accepted.request_id, "test001");
    let (error, sent) = failing(vec![page("10903", "服务执行失败")]);
    assert_eq!((error.kind(), error.retry(), sent), (ErrorKind::Service, Retry::No, 1));
    let fault = error.service().unwrap();
    assert_eq!((fault.code.as_deref(), fault.message.as_deref()), (Some("10903"), Some("服务执行失败")));
    assert_eq!(fault.request_id.as_deref(), Some("call-1"));
    let said = error.to_string();
    assert!(said.ends_with("code 10903 (recognition failed): 服务执行失败; requestId test001"), "{said}");
}

#[test]
fn a_wrong_clock_is_named_with_both_times() {
    // NOW_S is 2023-01-12 03:17:59 UTC.
    let date = [("Date", "Thu, 12 Jan 2023 03:00:00 GMT")];
    for response in [answer(401, &date, "denied"), answer(403, &date, "denied"), answer(200, &date, r#"{"code":"1"}"#)]
    {
        let (error, _) = failing(vec![response]);
        let said = error.context();
        assert!(said.contains("2023-01-12 03:17:59 UTC") && said.contains("2023-01-12 03:00:00 UTC"), "{said}");
        assert!(said.contains("17 min 59 s fast"), "{said}");
    }
    let right = [("Date", "Thu, 12 Jan 2023 03:18:00 GMT")];
    for response in [answer(401, &right, "denied"), answer(401, &[], "denied"), answer(200, &date, "x")] {
        let (error, _) = failing(vec![response]);
        assert!(!error.context().contains("clock"), "{error}");
    }
    // Busy is not refused: a wrong clock is not the reason.
    let (error, _) = failing((0..4).map(|_| answer(429, &date, "")).collect());
    assert!(!error.context().contains("clock"), "{error}");
}

#[test]
fn answers_to_a_query() {
    let done = r#"{"code":"10000","flag":1,"data":{"text":"好"}}"#;
    let query = |response| bench(vec![response]).client.query("R");
    let QueryState::Done(transcript) = query(answer(200, &[], done)).unwrap() else { panic!("not done") };
    assert_eq!((transcript.raw(), transcript.text()), (done, "好"));
    for pending in [r#"{"code":"10000"}"#, r#"{"code":10000,"data":""}"#, r#"{"code":990003,"data":{"x":1}}"#] {
        assert_eq!(query(answer(200, &[], pending)).unwrap(), QueryState::Pending, "{pending}");
    }
    let unavailable = query(answer(404, &[], r#"{"code":"992008","msg":"无法获取"}"#)).unwrap();
    assert_eq!(unavailable, QueryState::NotAvailable { message: Some("无法获取".to_owned()) });
    let QueryState::Failed(failure) = query(says("10903")).unwrap() else { panic!("not failed") };
    assert_eq!(failure.code, TranscriptionCode::RecognitionFailed);
    for (response, kind) in [
        (says("10301"), ErrorKind::Service),
        (says("4"), ErrorKind::Service),
        (answer(200, &[], "<html>"), ErrorKind::Service),
        (answer(401, &[], ""), ErrorKind::Unauthenticated),
    ] {
        let error = query(response).unwrap_err();
        assert_eq!((error.kind(), error.service().unwrap().request_id.as_deref()), (kind, Some("R")));
    }
}

#[test]
fn asking_is_repeated_freely() {
    let passing: [Result<Response, TransportError>; 9] = [
        refused(),
        lost(),
        timed_out(Phase::Answer),
        Err(TransportError::Truncated { received_bytes: 1, expected_bytes: None }),
        answer(408, &[], ""),
        answer(429, &[], ""),
        answer(500, &[], ""),
        answer(502, &[], ""),
        says("10503"),
    ];
    for first in passing {
        let shown = format!("{first:?}");
        let bench = bench(vec![first, says("990003")]);
        assert_eq!(bench.client.query("R").unwrap(), QueryState::Pending, "{shown}");
        assert_eq!(bench.transport.requests().len(), 2);
    }
}

#[test]
fn cancelling_before_or_between_attempts_sends_nothing_more() {
    let cancel = CancelToken::new();
    let bench = bench_at(vec![refused()], FakeClock::cancelling(&cancel), |b| b);
    let error = bench.client.submit_with(&pull(), &cancel).unwrap_err();
    assert_eq!((error.kind(), bench.transport.requests().len()), (ErrorKind::Cancelled, 1));
    assert_ne!(error.retry(), Retry::Unknown);
    assert_eq!(error.service().unwrap().request_id.as_deref(), Some("call-1"));
    assert_eq!(bench.client.submit_with(&pull(), &cancel).unwrap_err().kind(), ErrorKind::Cancelled);
    assert_eq!(bench.transport.requests().len(), 1);
}

#[test]
fn what_cannot_work_is_found_when_building() {
    let build = |change: fn(TranscriptionClientBuilder) -> TranscriptionClientBuilder| {
        let builder = TranscriptionClient::builder().credentials(Credentials::app_key("a", "key-canary"));
        let builder = change(builder);
        assert!(!format!("{builder:?}").contains("canary"));
        builder.build().map(|client| format!("{client:?}"))
    };
    assert!(build(|b| b).unwrap().contains("https://openapi.teleagi.cn/aipaas/voice"));
    let wrong: [fn(TranscriptionClientBuilder) -> TranscriptionClientBuilder; 6] = [
        |b| b.base_url("openapi.teleagi.cn"),
        |b| b.base_url("https://h/?canary"),
        |b| b.base_url("https://h/#canary"),
        |b| b.credentials(Credentials::ready("canary\n")),
        |b| b.device_uuid("canary\r\n"),
        |b| {
            let mut options = voxline_core::options::HttpOptions::default();
            options.max_attempts = 0;
            b.http(options)
        },
    ];
    for change in wrong {
        let error = build(change).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
    assert_eq!(TranscriptionClient::builder().build().unwrap_err().kind(), ErrorKind::InvalidArgument);
}

#[test]
fn clients_can_be_shared_between_threads() {
    fn shared<T: Send + Sync + Clone>() {}
    shared::<TranscriptionClient>();
    let bench = bench(vec![taken(), taken()]);
    let clone = bench.client.clone();
    std::thread::spawn(move || clone.submit(&pull()).unwrap()).join().unwrap();
    bench.client.submit(&pull()).unwrap();
    assert_eq!(bench.transport.requests().len(), 2);
}
