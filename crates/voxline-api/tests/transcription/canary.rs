//! Key, authorization and signed link are set, every error is provoked, and everything that can be shown is searched.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use voxline_api::CancelToken;
use voxline_api::http::{Body, Headers, Limits, Method, Phase, Request, Response, Transport, TransportError};
use voxline_api::transcription::{
    Credentials, KnownLinks, Ledger, ReturnMode, RunOptions, SqliteLedger, Submission, TranscriptionClient,
    WaitOptions, parse_callback, run_with_ledger,
};
use voxline_core::options::HttpOptions;
use voxline_testkit::canary::{Ear, find, shown};

const APP_KEY: &str = "cAnArY\"+/%-app-key-0123456789";
const READY: &str = "Ready cAnArY\"+/%-ready-0123456789";
/// What is left of both, and of the signed links, in every spelling.
const CANARY: &str = "cAnArY";
const LINK: &str = "https://files.example/cAnArY/a.wav?sig=cAnArY-0123456789";
const CALLBACK: &str = "https://me.example/in?token=cAnArY-0123456789";

/// Misbehaves in one way, repeating what it was sent wherever that can be.
#[derive(Debug)]
struct Echo {
    way: usize,
    /// The signatures it saw: they are secrets too.
    seen: Arc<Mutex<Vec<String>>>,
}

const STATUSES: [u16; 9] = [200, 302, 400, 401, 403, 404, 429, 500, 502];
const BODIES: usize = 7;
const WAYS: usize = STATUSES.len() * BODIES + 4;

impl Transport for Echo {
    fn send(&self, request: &Request, _: &Limits, _: &CancelToken) -> Result<Response, TransportError> {
        let authorization = request.headers.get("Authorization").unwrap().to_owned();
        self.seen.lock().unwrap().push(authorization.rsplit('/').next().unwrap().to_owned());
        let lost = |complete| {
            let source = std::io::ErrorKind::ConnectionReset.into();
            Err(TransportError::Lost { request_complete: complete, source })
        };
        match WAYS - self.way {
            1 => return lost(true),
            2 => return lost(false),
            3 => {
                return Err(TransportError::Timeout { phase: Phase::Answer, limit: std::time::Duration::from_secs(1) });
            }
            4 => return Err(TransportError::Protocol("garbage".to_owned())),
            _ => {}
        }
        let signature = authorization.rsplit('/').next().unwrap().to_owned();
        // A question does not know the link it is about: what it can hide of one is the query.
        let links = match request.method {
            Method::Post => format!("{LINK} sig=cAnArY-0123456789 {CALLBACK}"),
            _ => "https://files.example/a.wav?sig=cAnArY-0123456789".to_owned(),
        };
        let secret = if request.headers.get("X-APP-ID").is_some() { APP_KEY } else { READY };
        let sent = format!(
            "{authorization} {signature} {secret} {} {} {links} {} {}",
            secret.replace('"', "\\\""),
            secret.replace('"', "%22").replace('+', "%2B"),
            request.url.expose(),
            String::from_utf8_lossy(request.body()),
        );
        let body = match self.way % BODIES {
            0 => format!("<html>{sent}</html>"),
            1 => json!({"code": "10301", "msg": sent}).to_string(),
            2 => json!({"code": authorization, "message": sent}).to_string(),
            3 => json!({"code": "10903", "msg": sent}).to_string(),
            4 => json!({"code": "10302", "msg": sent}).to_string(),
            5 => json!({"code": "992008", "msg": sent}).to_string(),
            _ => format!("{}{sent}", "x".repeat(140)),
        };
        let mut headers = Headers::new();
        headers.push("Content-Type", format!("text/{authorization}"));
        headers.push("Location", format!("http://h/{authorization}?{links}"));
        headers.push("Date", "Thu, 12 Jan 2023 03:00:00 GMT");
        let status = STATUSES[self.way / BODIES % STATUSES.len()];
        Ok(Response { status, headers, body: Body::from_bytes(body) })
    }
}

fn credentials() -> [Credentials; 2] {
    [Credentials::app_key("app-1", APP_KEY), Credentials::ready(READY)]
}

fn submissions() -> [Submission; 2] {
    let of = |mode| Submission::new(LINK, mode).with_business_data("cAnArY-business");
    [of(ReturnMode::Pull).with_req_id("pull-1"), of(ReturnMode::push(CALLBACK)).with_req_id("push-1")]
}

#[test]
fn key_authorization_and_links_are_shown_nowhere() {
    let ear = Ear::listen(&[], true).unwrap();
    let dir = tempfile::TempDir::new().unwrap();
    let (seen, mut all, mut errors) = (Arc::<Mutex<Vec<String>>>::default(), String::new(), 0);
    let mut http = HttpOptions::default();
    (http.max_attempts, http.backoff_initial_ms, http.backoff_max_ms) = (2, 1, 1);
    let mut wait = WaitOptions::default();
    (wait.interval, wait.deadline) = (std::time::Duration::from_secs(5), std::time::Duration::from_secs(1));
    wait.not_available_grace = std::time::Duration::ZERO;
    let ledger_path = dir.path().join("ledger");
    let ledger = SqliteLedger::open(&ledger_path).unwrap();
    for credentials in credentials() {
        for way in 0..WAYS {
            let builder = TranscriptionClient::builder().base_url("http://127.0.0.1:9").http(http.clone());
            let builder = builder.credentials(credentials.clone()).transport(Echo { way, seen: seen.clone() });
            all.push_str(&format!("{builder:?} {builder:#?} {credentials:?}"));
            let client = builder.build().unwrap();
            all.push_str(&format!("{client:?} {client:#?}"));
            for submission in submissions() {
                all.push_str(&format!("{submission:?} {submission:#?}"));
                all.push_str(&shown(&client.submit(&submission).unwrap_err()));
                errors += 1;
            }
            match client.query("R-1") {
                Ok(state) => all.push_str(&format!("{state:?} {state:#?}")),
                Err(error) => all.push_str(&shown(&error)),
            }
            all.push_str(&shown(&client.wait("R-1", &wait, &CancelToken::new()).unwrap_err()));

            // The notes of the ledger are made of errors.
            let fresh = submissions().map(|s| {
                let id = client.new_req_id();
                s.with_req_id(id).with_business_data("none")
            });
            let mut options = RunOptions::default();
            options.wait = wait.clone();
            options.known_links = KnownLinks::Repeat;
            let reports = run_with_ledger(&client, &ledger, &fresh, &options, &CancelToken::new(), &|_| {}).unwrap();
            all.push_str(&format!("{reports:?}"));
            for submission in &fresh {
                let entry = ledger.entry(submission.req_id().unwrap()).unwrap().unwrap();
                all.push_str(&format!("{entry:?} {}", entry.note.as_deref().unwrap()));
            }
        }
    }
    assert_eq!(errors, 2 * 2 * WAYS);
    all.push_str(&shown(&parse_callback(CANARY.as_bytes()).unwrap_err()));
    all.push_str(&format!("{ledger:?}"));
    all.push_str(&ear.text());
    assert_eq!(ear.speakers(), [""; 0], "said something through the log crate");
    let mut secrets = seen.lock().unwrap().clone();
    secrets.retain(|signature| signature.len() == 64);
    assert!(secrets.len() > 4 * WAYS, "only {} signatures were seen", secrets.len());
    secrets.sort();
    secrets.dedup();
    secrets.extend([CANARY, "-app-key-", "-ready-", "0123456789"].map(str::to_owned));
    let needles: Vec<&str> = secrets.iter().map(String::as_str).collect();
    assert_eq!(find(&all, &needles), None);
    // The search would be worth nothing if nothing had been shown.
    for part in ["[secret]", "method=\"POST\"", "/aipaas/lm/v1/asyncResult/query?…", "status=401", "the clock of this"]
    {
        assert!(all.contains(part), "{part} was not shown");
    }

    // The files of the ledger hold the links, which are needed, and no credentials.
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(&dir).unwrap() {
        bytes.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains(LINK) && text.contains("pull") | text.contains("queued"));
    for secret in secrets.iter().filter(|s| *s != CANARY && *s != "0123456789") {
        assert!(!text.contains(secret), "{secret} is in the ledger");
    }
}

/// A request holds what must be sent, and shows none of it.
#[test]
fn a_request_shows_nothing_although_it_holds_everything() {
    #[derive(Debug)]
    struct Keep(Arc<Mutex<Vec<Request>>>);
    impl Transport for Keep {
        fn send(&self, request: &Request, _: &Limits, _: &CancelToken) -> Result<Response, TransportError> {
            self.0.lock().unwrap().push(request.clone());
            Err(TransportError::Protocol("x".to_owned()))
        }
    }
    let kept = Arc::new(Mutex::new(Vec::new()));
    let builder = TranscriptionClient::builder().credentials(Credentials::ready(READY)).transport(Keep(kept.clone()));
    builder.build().unwrap().submit(&submissions()[1]).unwrap_err();
    let request = &kept.lock().unwrap()[0];
    assert_eq!((request.method, request.headers.get("Authorization")), (Method::Post, Some(READY)));
    let body: Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!((body["file_link"].as_str(), body["callback_url"].as_str()), (Some(LINK), Some(CALLBACK)));
    assert!(!format!("{request:?} {request:#?}").contains(CANARY));
}
