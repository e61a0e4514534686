//! A token is set, every error is provoked, and everything that can be shown is searched for it.

use std::sync::{Arc, Mutex};

use super::server::{Serve, Server, http};
use serde_json::{Value, json};
use voxline_api::CancelToken;
use voxline_api::chat::{AppCredentials, AudioUrl, ChatAudio, ChatClient, ChatData, ChatRequest, VoiceFormat};
use voxline_api::http::{Limits, Request, Response, Transport, TransportError};
use voxline_core::options::{HttpOptions, ProxyUrl};
use voxline_testkit::canary::{Ear, find, shown};

/// Needs escaping in JSON and in addresses, so that a server can echo it in three spellings.
const TOKEN: &str = "cAnArY\"+/%-token-0123456789";
/// The same for the application, whose secrets travel in an address.
const APP_KEY: &str = "cAnArYkEy\"+/%-key-0123456789";
const AUTH_CODE: &str = "cAnArYcOdE\"+&=%-code-0123456789";
/// A token that nobody knows before it is given out.
const FRESH: &str = "cAnArY\"+/%-fresh-0123456789";
/// What is left of them in every spelling.
const CANARY: &str = "cAnArY";

fn options(change: impl Fn(&mut HttpOptions)) -> HttpOptions {
    let mut options = HttpOptions::default();
    options.backoff_initial_ms = 1;
    options.backoff_max_ms = 1;
    options.max_attempts = 2;
    options.max_response_bytes = 1 << 20;
    change(&mut options);
    options
}

fn request() -> ChatRequest {
    ChatRequest::new(ChatAudio::new(vec![1, 0], VoiceFormat::RawPcm, 16_000))
}

/// Secrets as they may come back: plain, in JSON, in an address.
fn spellings(text: &str) -> [String; 3] {
    let encode =
        |c: char| if c.is_alphanumeric() || c == '-' { c.to_string() } else { format!("%{:02X}", u32::from(c)) };
    [text.to_owned(), text.replace('"', "\\\""), text.chars().map(encode).collect()]
}

/// Every misbehaviour of a server, with the secret echoed wherever it can be.
fn misbehaviours(secret: &str) -> Vec<Serve> {
    let mut all = vec![
        Serve::Close,
        Serve::ReplyAndClose(Vec::new()),
        Serve::Silence,
        Serve::ReplyAndClose(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{".to_vec()),
        Serve::Flood(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), format!("{secret} ").repeat(1000).into_bytes()),
        Serve::ReplyAndClose(format!("{secret}\r\n\r\n").into_bytes()),
        Serve::ReplyAndClose(format!("HTTP/1.1 200 {secret}\r\nContent-Length: 3\r\n\r\nabc").into_bytes()),
    ];
    for token in spellings(secret) {
        let bodies = [
            format!("<html>you sent {{\"accessToken\":\"{token}\"}} to http://h/?accessToken={token}</html>"),
            format!("{}{token}", "x".repeat(150)),
            json!({"status": 122, "description": format!("{token} expired, see http://h/?t={token}")}).to_string(),
            json!({"status": 4711, "description": token}).to_string(),
            json!({"status": token}).to_string(),
            json!({"status": 0, "answer": format!("you sent {token}"), "description": token,
                "audioURL": format!("http://h/{token}?{token}")})
            .to_string(),
            json!({"status": 0, "answer": json!({"rtext": token, "actions": [token]}).to_string()}).to_string(),
        ];
        for body in bodies {
            for status in ["200 OK", "400 Bad", "401 No", "404 Not Found", "429 Busy", "500 Oops", "502 Gone"] {
                let echo = format!("X-Echo: {token}");
                let kind = format!("Content-Type: text/{token}");
                all.push(Serve::ReplyAndClose(http(status, &["Connection: close", &echo, &kind], body.as_bytes())));
            }
        }
        for target in [format!("http://h/{token}?{token}"), format!("http://{token}@h/"), token] {
            let location = format!("Location: {target}");
            all.push(Serve::ReplyAndClose(http("302 Found", &["Connection: close", &location], b"")));
        }
    }
    all
}

#[test]
fn no_secret_is_in_an_error_a_log_or_debug_output() {
    // The other tests, which run beside this one, are listened to as well.
    let ear = Ear::listen(&[], true).unwrap();
    let mut all = String::new();
    let mut failures = 0;
    for serve in misbehaviours(TOKEN) {
        // What is sent again finds a server that hangs up.
        let server = Server::start(vec![serve]);
        let builder =
            ChatClient::builder().base_url(server.url()).access_token(TOKEN).http(options(|o| o.read_timeout_ms = 200));
        all.push_str(&format!("{builder:?}"));
        let client = builder.build().unwrap();
        all.push_str(&format!("{client:?} {client:#?}"));
        match client.send(&request()) {
            Ok(answer) => all.push_str(&format!("{answer:?} {answer:#?} {}", answer.answer().chat_text())),
            Err(error) => {
                failures += 1;
                all.push_str(&shown(&error));
            }
        }
    }
    for serve in misbehaviours(TOKEN) {
        let server = Server::start(vec![serve]);
        let client = ChatClient::builder().base_url(server.url()).access_token(TOKEN);
        let client = client.http(options(|o| o.read_timeout_ms = 200)).build().unwrap();
        // The link of a spoken answer is secret as a whole.
        let link = AudioUrl::new(format!("{}/{CANARY}/a.mp3?token={CANARY}", server.url()));
        all.push_str(&format!("{link} {link:?}"));
        if let Err(error) = client.fetch_audio(&link, &CancelToken::new()) {
            all.push_str(&shown(&error));
        }
    }
    all.push_str(&asking_for_tokens());
    all.push_str(&before_sending());
    assert!(failures > 100, "only {failures} errors were provoked");
    all.push_str(&ear.text());
    let secrets = [CANARY, "accessToken\":\"c", "appkey=", "authcode=", "0123456789"];
    assert_eq!(find(&all, &secrets), None);
    // The search would be worth nothing if nothing had been shown.
    for part in [
        "[secret]",
        "attempt=1",
        "method=\"POST\"",
        "/httpapi/AudioChat.do",
        "status=401",
        "elapsed_ms=",
        "/httpapi/authorize.do?…",
        "get access token",
        "not shown",
        "it is renewed",
    ] {
        assert!(all.contains(part), "{part} was not shown");
    }
    assert_eq!(ear.speakers(), [""; 0], "said something through the log crate");
}

/// Everything that can go wrong with tokens that the client gets itself.
fn asking_for_tokens() -> String {
    let mut all = String::new();
    let mut send = |script: Vec<Serve>| {
        let server = Server::start(script);
        let builder = ChatClient::builder()
            .base_url(server.url())
            .app_credentials(AppCredentials::new(APP_KEY, AUTH_CODE, "user"))
            .http(options(|o| o.read_timeout_ms = 200));
        all.push_str(&format!("{builder:?}"));
        let client = builder.build().unwrap();
        let result = client.send(&request());
        all.push_str(&format!("{client:?} {result:?}"));
        if let Err(error) = result {
            all.push_str(&shown(&error));
        }
        server.seen()
    };
    let granted = || {
        let data = json!({"accessToken": FRESH, "expires": 87});
        Serve::Reply(super::server::chat(&json!({"status": 0, "data": data}).to_string()))
    };
    // Where the token is asked for, the secrets of the application come back, and tokens in damaged answers.
    for serve in misbehaviours(&format!("{APP_KEY}-{AUTH_CODE}")) {
        send(vec![serve]);
    }
    let whole = json!({"status": 0, "data": {"accessToken": FRESH}}).to_string();
    for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        for status in ["200 OK", "500 Oops"] {
            let cut = http(status, &["Content-Type: application/json"], &whole.as_bytes()[..end]);
            send(vec![Serve::ReplyAndClose(cut)]);
        }
    }
    // Where the token is used, it comes back: at first and after it was renewed.
    for serve in misbehaviours(&format!("{FRESH}-{APP_KEY}")) {
        assert!(!send(vec![granted(), serve]).is_empty());
    }
    let refused = || Serve::Reply(super::server::chat(&json!({"status": 122, "description": FRESH}).to_string()));
    for serve in misbehaviours(FRESH) {
        assert!(send(vec![granted(), refused(), granted(), serve]).len() >= 3);
    }
    let seen = send(vec![granted(), refused(), granted(), refused()]);
    // The secrets did travel: the search would be worth nothing otherwise.
    assert!(seen[0].head.contains(CANARY) && String::from_utf8_lossy(&seen[1].body).contains(CANARY));
    all
}

/// Errors that come before anything is sent.
fn before_sending() -> String {
    let mut all = String::new();
    let build = |url: &str, token: &str, options: HttpOptions| {
        let builder = ChatClient::builder().base_url(url).access_token(token).http(options);
        format!("{builder:?}{}", shown(&builder.clone().build().unwrap_err()))
    };
    let fine = || options(|_| {});
    for url in [&format!("http://{CANARY}:{CANARY}@h"), &format!("http://h?{CANARY}"), &format!("{CANARY}://h")] {
        all.push_str(&build(url, TOKEN, fine()));
    }
    all.push_str(&build("http://h", &format!("{TOKEN}\n"), fine()));
    all.push_str(&build("http://h", TOKEN, options(|o| o.max_attempts = 0)));
    let proxy = |text: String| options(|o| o.proxy = Some(ProxyUrl::new(text.clone())));
    all.push_str(&build("http://h", TOKEN, proxy(format!("gopher://u:{CANARY}@h"))));
    let client = ChatClient::builder().base_url("http://127.0.0.1:9").access_token(TOKEN);
    let client = client.http(proxy(format!("http://u:{CANARY}@127.0.0.1:9"))).build().unwrap();
    all.push_str(&shown(&client.send(&request()).unwrap_err()));
    all.push_str(&shown(&client.send(&request().with_data(ChatData::new(1, "{"))).unwrap_err()));
    all.push_str(&shown(&client.fetch_audio(&AudioUrl::new(CANARY), &CancelToken::new()).unwrap_err()));
    let cancel = CancelToken::new();
    cancel.cancel();
    all.push_str(&shown(&client.send_with(&request(), &cancel).unwrap_err()));
    all
}

/// A transport of somebody else: the contract can be met from outside of the crate.
#[derive(Debug)]
struct Recording(Arc<Mutex<Vec<Request>>>);

impl Transport for Recording {
    fn send(&self, request: &Request, _: &Limits, _: &CancelToken) -> Result<Response, TransportError> {
        self.0.lock().unwrap().push(request.clone());
        Err(TransportError::Protocol("x".to_owned()))
    }
}

#[test]
fn a_request_shows_nothing_although_it_holds_the_token() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let builder = ChatClient::builder().base_url("http://h").access_token(TOKEN);
    builder.transport(Recording(seen.clone())).build().unwrap().send(&request()).unwrap_err();
    let request = &seen.lock().unwrap()[0];
    let body: Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!(body["accessToken"], TOKEN);
    assert!(!format!("{request:?} {request:#?}").contains(CANARY));
}
