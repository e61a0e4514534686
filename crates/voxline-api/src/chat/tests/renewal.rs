//! Access tokens the client gets itself: when it asks for one, what it does with a refusal, what it says.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::http::{Limits, Request, Transport};

const APP_KEY: &str = "key-canary+/=";
const AUTH_CODE: &str = "code-canary&?";

fn credentials() -> AppCredentials {
    AppCredentials::new(APP_KEY, AUTH_CODE, "user 1")
}

/// A client that has nothing but app credentials.
fn app_bench(script: Script) -> Bench {
    app_bench_with(script, |builder| builder)
}

fn app_bench_with(script: Script, change: impl Fn(ChatClientBuilder) -> ChatClientBuilder) -> Bench {
    bench_with(script, |builder| change(builder.access_token("").app_credentials(credentials())))
}

fn granted(token: &str) -> Result<Response, TransportError> {
    let data = json!({"accessToken": token, "expires": 1, "other": null});
    answer(200, &[], json!({"status": 0, "description": "success", "data": data}).to_string())
}

/// What was sent: the address of a `GET`, the token of a `POST`.
fn sent(bench: &Bench) -> Vec<String> {
    let brief = |request: &Request| match request.method {
        Method::Get => request.url.expose().to_owned(),
        Method::Post => {
            let body: Value = serde_json::from_slice(request.body()).unwrap();
            body["accessToken"].as_str().unwrap().to_owned()
        }
    };
    bench.transport.requests().iter().map(brief).collect()
}

fn asked_for(user_id: &str) -> String {
    let query = format!("appkey=key-canary%2B%2F%3D&userid={user_id}&authcode=code-canary%26%3F");
    format!("http://127.0.0.1:1/prefix/httpapi/authorize.do?{query}")
}

/// The error of one call, and the number of requests sent.
fn app_failing(script: Script) -> (Error, usize) {
    let bench = app_bench(script);
    let error = bench.client.send(&request()).unwrap_err();
    (error, bench.transport.requests().len())
}

#[test]
fn the_first_call_asks_for_a_token_and_clones_use_it() {
    let bench = app_bench(vec![granted("token-1"), fine(), fine()]);
    bench.client.send(&request()).unwrap();
    bench.client.clone().send(&request()).unwrap();
    assert_eq!(sent(&bench), [asked_for("user%201").as_str(), "token-1", "token-1"]);
    let get = &bench.transport.requests()[0];
    assert_eq!((get.headers.iter().count(), get.body().len(), get.idempotent), (0, 0, true));
    assert_eq!(get.shown_url(), "http://127.0.0.1:1/prefix/httpapi/authorize.do?…");
    assert!(!format!("{get:?}").contains("canary"), "{get:?}");
}

#[test]
fn a_refused_token_is_renewed_once_and_the_call_repeated_once() {
    for code in [122, 19, 99] {
        let bench = app_bench(vec![granted("token-1"), vendor(code), granted("token-2"), fine(), fine()]);
        bench.client.send(&request()).unwrap();
        bench.client.send(&request()).unwrap();
        let asked = asked_for("user%201");
        assert_eq!(sent(&bench), [&asked, "token-1", &asked, "token-2", "token-2"], "{code}");
        assert!(bench.clock.sleeps().is_empty());
    }
    // The code counts under an HTTP error, too.
    let refused = answer(401, &[], r#"{"status":"122"}"#);
    app_bench(vec![granted("token-1"), refused, granted("token-2"), fine()]).client.send(&request()).unwrap();
}

#[test]
fn a_second_refusal_is_final() {
    let (error, sent) = app_failing(vec![granted("token-1"), vendor(122), granted("token-2"), vendor(99)]);
    assert_eq!((error.kind(), error.retry(), sent), (ErrorKind::Unauthenticated, Retry::No, 4));
    assert_eq!(error.service().unwrap().code.as_deref(), Some("99"));
    assert!(error.context().contains("refused again"), "{error}");
}

#[test]
fn no_other_refusal_renews() {
    for status in ChatStatus::KNOWN.iter().filter(|s| s.error_kind() == Some(ErrorKind::Unauthenticated)) {
        if !status.asks_for_new_token() {
            let (error, sent) = app_failing(vec![granted("token-1"), vendor(status.code())]);
            assert_eq!((error.kind(), sent), (ErrorKind::Unauthenticated, 2), "{error}");
        }
    }
    let (error, sent) = app_failing(vec![granted("token-1"), answer(401, &[], "no")]);
    assert_eq!((error.kind(), sent), (ErrorKind::Unauthenticated, 2));
}

#[test]
fn a_given_token_is_not_renewed_but_the_error_says_what_to_do() {
    for code in [122, 19, 99] {
        let (error, sent) = failing(vec![vendor(code)]);
        assert_eq!((error.kind(), error.retry(), sent), (ErrorKind::Unauthenticated, Retry::No, 1));
        for part in ["get a new access token", "app credentials"] {
            assert!(error.context().contains(part), "{part:?} not in {error}");
        }
    }
    let error = bench(vec![]).client.for_user("other").map(|_| ()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(error.context().contains("use app credentials"), "{error}");
}

#[test]
fn a_given_token_is_the_first_one_where_there_are_credentials() {
    let script = vec![fine(), vendor(122), granted("token-2"), fine()];
    let bench = bench_with(script, |builder| builder.app_credentials(credentials()));
    bench.client.send(&request()).unwrap();
    bench.client.send(&request()).unwrap();
    assert_eq!(sent(&bench), ["token-canary", "token-canary", &asked_for("user%201"), "token-2"]);
}

#[test]
fn a_token_is_renewed_before_it_expires_by_the_clock() {
    let minutes = |n: u64| Duration::from_secs(60 * n);
    // `expires` is 1: an hour, renewed after 55 minutes.
    let bench = app_bench(vec![granted("token-1"), fine(), fine(), granted("token-2"), fine()]);
    for wait in [minutes(0), minutes(54), minutes(1)] {
        bench.clock.advance(wait);
        bench.client.send(&request()).unwrap();
    }
    assert_eq!(sent(&bench).last().map(String::as_str), Some("token-2"));
    // Or a day.
    let days = |builder: ChatClientBuilder| builder.expires_unit(ExpiresUnit::Days).renew_before(minutes(60));
    let bench = app_bench_with(vec![granted("token-1"), fine(), fine(), granted("token-2"), fine()], days);
    for wait in [minutes(0), minutes(23 * 60 - 1), minutes(1)] {
        bench.clock.advance(wait);
        bench.client.send(&request()).unwrap();
    }
    assert_eq!(sent(&bench).last().map(String::as_str), Some("token-2"));
}

#[test]
fn users_have_tokens_of_their_own() {
    let script = vec![granted("one"), fine(), granted("two"), fine(), fine(), fine()];
    let bench = app_bench(script);
    bench.client.send(&request()).unwrap();
    let second = bench.client.for_user("用户").unwrap();
    second.send(&request()).unwrap();
    drop(second);
    // Asked for again, the same user finds the token; so does the first.
    bench.client.for_user("用户").unwrap().send(&request()).unwrap();
    bench.client.for_user("other").unwrap().for_user("user 1").unwrap().send(&request()).unwrap();
    let expected = [&asked_for("user%201"), "one", &asked_for("%E7%94%A8%E6%88%B7"), "two", "two", "one"];
    assert_eq!(sent(&bench), expected);
    for wrong in ["", " ", "a\nb", &"u".repeat(9_000)] {
        let error = bench.client.for_user(wrong).map(|_| ()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(!format!("{error:?}").contains("canary"));
    }
}

#[test]
fn asking_for_a_token_is_repeated_freely() {
    let scripts: [fn() -> Result<Response, TransportError>; 6] = [
        refused,
        lost,
        || timed_out(Phase::Answer),
        || answer(500, &[], ""),
        || answer(503, &[("Retry-After", "0")], ""),
        || vendor(-1),
    ];
    for first in scripts {
        let bench = app_bench(vec![first(), granted("token-1"), fine()]);
        bench.client.send(&request()).unwrap();
        assert_eq!(bench.clock.sleeps().len(), 1);
    }
}

#[test]
fn a_refusal_to_give_a_token_is_typed_and_nothing_else_is_sent() {
    let cases = [
        (vendor(6), ErrorKind::Unauthenticated, "check app key, auth code and user id"),
        (vendor(97), ErrorKind::Unauthenticated, "check app key"),
        (vendor(8), ErrorKind::Service, "check app key"),
        (vendor(123), ErrorKind::PermissionDenied, "说明"),
        (vendor(121), ErrorKind::RateLimited, "quota"),
        // A refusal like that of an expired token is not answered by asking again.
        (vendor(122), ErrorKind::Unauthenticated, "status 122"),
        (answer(401, &[], ""), ErrorKind::Unauthenticated, "without a body"),
        (answer(404, &[], "<h1>nothing here</h1>"), ErrorKind::NotFound, "nothing here"),
        (answer(302, &[("Location", "http://other.example/x")], ""), ErrorKind::Service, "http://other.example, which"),
        (answer(200, &[], r#"{"status":0,"data":{}}"#), ErrorKind::Service, "22 bytes"),
    ];
    for (first, kind, expected) in cases {
        let (error, sent) = app_failing(vec![first]);
        assert_eq!((error.kind(), error.op(), sent), (kind, "get access token", 1), "{error}");
        assert!(error.context().contains(expected), "{expected:?} not in {error}");
        assert!(error.context().contains("authorize.do?…"), "{error}");
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
}

#[test]
fn what_may_hold_a_token_is_not_shown() {
    let bodies = [
        r#"{"data":{"accessToken":"fresh-canary"}}"#,
        r#"{"status":0,"data":{"accessToken":"fresh-canary"#,
        r#"{"status":0,"data":"fresh-canary"}"#,
        r#"{"status":4711,"description":"fresh-canary key-canary+/=","data":{"accessToken":"fresh-canary"}}"#,
        "<pre>{\"accessToken\":\"fresh-canary\"}</pre>",
        "fresh-canary",
        "<h1>not found: /authorize.do?appKey=key-cana</h1>",
        "<h1>not found: ?userid=1&authcode=code-canar</h1>",
    ];
    for body in bodies {
        for status in [200, 404] {
            let (error, _) = app_failing(vec![answer(status, &[], body)]);
            assert!(!format!("{error} {error:?}").contains("cana"), "{error:?}");
        }
    }
}

#[test]
fn a_renewal_that_fails_says_why_it_was_tried() {
    let (error, sent) = app_failing(vec![granted("token-1"), vendor(122), vendor(6)]);
    assert_eq!((error.kind(), error.op(), sent), (ErrorKind::Unauthenticated, "get access token", 3));
    for part in ["status 122", "could not be renewed", "status 6"] {
        assert!(error.context().contains(part), "{part:?} not in {error}");
    }
}

#[test]
fn the_secrets_of_the_application_are_cut_out_of_answers() {
    let said = format!("{APP_KEY} {AUTH_CODE} token-canary-1");
    let both = json!({"status": 0, "answer": said, "description": said}).to_string();
    let bench = app_bench(vec![granted("token-canary-1"), answer(200, &[], both)]);
    let answer = bench.client.send(&request()).unwrap();
    assert_eq!(answer.answer(), &Answer::Text("[secret] [secret] [secret]".to_owned()));
    let (error, _) = app_failing(vec![granted("token-canary-1"), super::answer(404, &[], said)]);
    assert!(error.context().contains("[secret]") && !format!("{error:?}").contains("canary"), "{error:?}");
}

#[test]
fn all_requests_of_a_call_share_its_time() {
    let mut options = voxline_core::options::HttpOptions::default();
    options.total_timeout_ms = 30_000;
    let script = vec![refused(), granted("token-1"), refused(), vendor(122), granted("token-2"), fine()];
    let bench = app_bench_with(script, |builder| builder.http(options.clone()));
    bench.client.send(&request()).unwrap();
    // Each refused connection is followed by a wait of 250 ms.
    let totals: Vec<_> = bench.transport.limits().iter().map(|limits| limits.total.as_millis()).collect();
    assert_eq!(totals, [30_000, 29_750, 29_750, 29_500, 29_500, 29_500]);
}

/// Takes as long for an answer as the whole call may take.
#[derive(Debug)]
struct Slow(Scripted, Arc<FakeClock>);

impl Transport for Slow {
    fn send(&self, request: &Request, limits: &Limits, cancel: &CancelToken) -> Result<Response, TransportError> {
        self.1.advance(limits.total);
        self.0.send(request, limits, cancel)
    }
}

#[test]
fn an_utterance_is_not_sent_when_the_token_came_too_late() {
    let clock = Arc::new(FakeClock::default());
    let slow = Arc::new(Slow(Scripted::new([granted("token-1")]), clock.clone()));
    let bench = app_bench_with(vec![], |b| b.transport(slow.clone()).clock(SharedClock(clock.clone())));
    let error = bench.client.send(&request()).unwrap_err();
    assert_eq!((error.kind(), error.retry(), slow.0.requests().len()), (ErrorKind::Timeout, Retry::Yes, 1));
    assert!(error.context().contains("http.total_timeout_ms"), "{error}");
}

#[test]
fn nothing_is_asked_for_a_call_that_will_not_be_made() {
    let bench = app_bench(vec![]);
    assert_eq!(bench.client.send(&request().with_volume(10)).unwrap_err().kind(), ErrorKind::InvalidArgument);
    let cancel = CancelToken::new();
    cancel.cancel();
    assert_eq!(bench.client.send_with(&request(), &cancel).unwrap_err().kind(), ErrorKind::Cancelled);
    assert!(bench.transport.requests().is_empty());
}

/// Refuses the first token, but only when as many calls as there are threads have come with it.
#[derive(Debug)]
struct Crowded {
    all_here: Barrier,
    asked: AtomicUsize,
    chats: AtomicUsize,
}

impl Transport for Crowded {
    fn send(&self, request: &Request, _: &Limits, _: &CancelToken) -> Result<Response, TransportError> {
        if request.method == Method::Get {
            return granted(&format!("new-{}", self.asked.fetch_add(1, Ordering::SeqCst)));
        }
        self.chats.fetch_add(1, Ordering::SeqCst);
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        match body["accessToken"].as_str() {
            Some("old") => {
                self.all_here.wait();
                vendor(122)
            }
            Some("new-0") => fine(),
            other => panic!("unexpected token {other:?}"),
        }
    }
}

#[test]
fn sixty_four_refused_threads_ask_for_one_token() {
    const THREADS: usize = 64;
    let counters = (AtomicUsize::new(0), AtomicUsize::new(0));
    let transport = Arc::new(Crowded { all_here: Barrier::new(THREADS), asked: counters.0, chats: counters.1 });
    let client = ChatClient::builder()
        .base_url("http://127.0.0.1:1")
        .access_token("old")
        .app_credentials(credentials())
        .transport(transport.clone())
        .build()
        .unwrap();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            let client = client.clone();
            scope.spawn(move || client.send(&request()).unwrap());
        }
    });
    let counts = (transport.asked.load(Ordering::SeqCst), transport.chats.load(Ordering::SeqCst));
    assert_eq!(counts, (1, 2 * THREADS));
}

#[test]
fn the_builder_checks_the_credentials() {
    let build = |url: &str, key: &str, code: &str, user: &str| {
        let builder = ChatClient::builder().base_url(url);
        builder.app_credentials(AppCredentials::new(key, code, user)).build().map(|_| ()).unwrap_err()
    };
    let cases = [
        (build("http://h", "", "canary", "u"), "app key is empty"),
        (build("http://h", "canary", "canary\n", "u"), "auth code holds"),
        (build("http://h", "canary", "canary", ""), "user id is empty"),
        (build("http://h", "canary", "canary", &"u".repeat(9_000)), "8192"),
        (build("http://h/httpapi/AudioChat.do", "k", "c", "u"), "leave out /httpapi/AudioChat.do"),
    ];
    for (error, expected) in cases {
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(error.context().contains(expected) && !format!("{error:?}").contains("canary"), "{error:?}");
    }
    let builder = ChatClient::builder().app_credentials(credentials());
    let shown = format!("{builder:?} {:?}", builder.clone().build().unwrap());
    assert!(!shown.contains("canary") && shown.contains("app_key: [secret]"), "{shown}");
}
