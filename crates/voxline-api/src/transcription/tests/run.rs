//! Runs that are meddled with: by deliveries, by a service that refuses everything, by ledgers of others, by the user.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;
use voxline_core::Result;

use super::*;
use crate::http::{Limits, Transport};

/// A service that answers by a rule and counts.
struct Service<F> {
    rule: F,
    requests: AtomicUsize,
}

impl<F> std::fmt::Debug for Service<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Service")
    }
}

type Sent = std::result::Result<Response, TransportError>;

impl<F: Fn(&Request) -> Sent + Send + Sync> Transport for Service<F> {
    fn send(&self, request: &Request, _: &Limits, _: &CancelToken) -> Sent {
        self.requests.fetch_add(1, Ordering::SeqCst);
        (self.rule)(request)
    }
}

/// A ledger that does something else before each step.
struct Meddling<F> {
    ledger: SqliteLedger,
    before: F,
}

impl<F> std::fmt::Debug for Meddling<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Meddling")
    }
}

impl<F: Fn(&SqliteLedger, &str, &Step) -> Result<()> + Send + Sync> Ledger for Meddling<F> {
    fn add(&self, submissions: &[Submission]) -> Result<()> {
        self.ledger.add(submissions)
    }
    fn advance(&self, req_id: &str, step: &Step) -> Result<bool> {
        (self.before)(&self.ledger, req_id, step)?;
        self.ledger.advance(req_id, step)
    }
    fn entry(&self, req_id: &str) -> Result<Option<Entry>> {
        self.ledger.entry(req_id)
    }
    fn entry_of_request(&self, request_id: &str) -> Result<Option<Entry>> {
        self.ledger.entry_of_request(request_id)
    }
    fn list(&self, state: State) -> Result<Vec<Entry>> {
        let mut entries = self.ledger.list(state)?;
        // This one forgets the service's ids.
        entries.iter_mut().filter(|entry| entry.req_id() == "forgetful").for_each(|entry| entry.request_id = None);
        Ok(entries)
    }
    fn result(&self, req_id: &str) -> Result<Option<String>> {
        self.ledger.result(req_id)
    }
    fn lock(&self) -> Result<RunLock> {
        self.ledger.lock()
    }
}

struct Scene<F> {
    _dir: TempDir,
    ledger: SqliteLedger,
    service: Arc<Service<F>>,
    client: TranscriptionClient,
    options: RunOptions,
}

fn scene<F: Fn(&Request) -> Sent + Send + Sync + 'static>(rule: F) -> Scene<F> {
    let dir = TempDir::new().unwrap();
    let ledger = SqliteLedger::open(dir.path().join("l")).unwrap();
    let service = Arc::new(Service { rule, requests: AtomicUsize::new(0) });
    let builder = TranscriptionClient::builder().base_url("http://127.0.0.1:1").transport(service.clone());
    let builder = builder.credentials(Credentials::app_key(APP_ID, APP_KEY)).random(FixedRandom::half());
    let client = builder.clock(FakeClock::default()).build().unwrap();
    Scene { _dir: dir, ledger, service, client, options: RunOptions { in_flight: 1, ..RunOptions::default() } }
}

impl<F> Scene<F> {
    fn run(&self, ids: &[&str]) -> Result<Vec<JobReport>> {
        self.run_in(&self.ledger, ids, &CancelToken::new())
    }

    fn run_in(&self, ledger: &dyn Ledger, ids: &[&str], cancel: &CancelToken) -> Result<Vec<JobReport>> {
        let submissions: Vec<Submission> = ids.iter().map(|id| of(id)).collect();
        run_with_ledger(&self.client, ledger, &submissions, &self.options, cancel, &|_| {})
    }

    fn resume(&self) -> Vec<JobReport> {
        resume_with_ledger(&self.client, &self.ledger, &self.options, &CancelToken::new(), &|_| {}).unwrap()
    }

    fn requests(&self) -> usize {
        self.service.requests.load(Ordering::SeqCst)
    }

    fn entry(&self, id: &str) -> Entry {
        self.ledger.entry(id).unwrap().unwrap()
    }
}

fn of(id: &str) -> Submission {
    Submission::new(format!("https://h.example/{id}.wav"), ReturnMode::Pull).with_req_id(id)
}

fn is_query(request: &Request) -> bool {
    request.url.expose().contains("?requestId=")
}

/// Takes everything and has every result at once.
fn good(request: &Request) -> Sent {
    if is_query(request) {
        return answer(200, &[], r#"{"code":"10000","flag":1,"data":{"text":"x"}}"#);
    }
    let id = sent_body(request)["req_id"].as_str().unwrap().to_owned();
    answer(200, &[], json!({"code": "10000", "requestId": format!("R-{id}")}).to_string())
}

fn outcomes(reports: &[JobReport]) -> Vec<String> {
    let word = |outcome: &JobOutcome| format!("{outcome:?}").split('(').next().unwrap().to_owned();
    reports.iter().map(|report| format!("{} {}", report.req_id, word(&report.outcome))).collect()
}

/// What a delivery does to a ledger, in its own transactions.
fn deliver(ledger: &SqliteLedger, req_id: &str, code: &str) {
    let body = json!({"code": code, "req_id": req_id, "requestId": format!("R-{req_id}"), "data": {"text": "pushed"}});
    record_callback(ledger, &parse_callback(body.to_string().as_bytes()).unwrap()).unwrap();
}

#[test]
fn a_delivery_that_comes_first_does_not_end_the_run() {
    for (code, outcome) in [("10000", "Done"), ("10903", "Failed")] {
        let scene = scene(good);
        let before = |ledger: &SqliteLedger, id: &str, step: &Step| {
            if id == "early" && *step == Step::Sending {
                deliver(ledger, id, code);
            }
            Ok(())
        };
        let path = scene._dir.path().join("l");
        let ledger = Meddling { ledger: SqliteLedger::open(path).unwrap(), before };
        let reports = scene.run_in(&ledger, &["a", "early", "b"], &CancelToken::new()).unwrap();
        assert_eq!(outcomes(&reports), ["a Done", &format!("early {outcome}"), "b Done"]);
        // Two submissions, two questions.
        assert_eq!(scene.requests(), 4);
    }
}

#[test]
fn what_was_accepted_by_another_hand_is_waited_for_and_not_sent() {
    let scene = scene(good);
    let before = |ledger: &SqliteLedger, id: &str, step: &Step| {
        if id == "early" && *step == Step::Sending {
            ledger.advance(id, &Step::Accepted { request_id: "R-other".to_owned() })?;
        }
        Ok(())
    };
    let ledger = Meddling { ledger: SqliteLedger::open(scene._dir.path().join("l")).unwrap(), before };
    let reports = scene.run_in(&ledger, &["early", "b"], &CancelToken::new()).unwrap();
    assert_eq!(outcomes(&reports), ["early Done", "b Done"]);
    assert_eq!(scene.requests(), 3);
}

#[test]
fn a_delivery_in_the_middle_of_a_submission_decides() {
    // Whatever the request comes to: taken, lost, refused.
    let ends: [fn(&Request) -> Sent; 3] = [good, |_| lost(), |_| says("10301")];
    for end in ends {
        let scene = scene(end);
        let before = |ledger: &SqliteLedger, id: &str, step: &Step| {
            if id == "a" && *step != Step::Sending {
                deliver(ledger, id, "10000");
            }
            Ok(())
        };
        let ledger = Meddling { ledger: SqliteLedger::open(scene._dir.path().join("l")).unwrap(), before };
        let reports = scene.run_in(&ledger, &["a"], &CancelToken::new()).unwrap();
        assert_eq!(outcomes(&reports), ["a Done"]);
        // The result is there: nobody asks for it.
        assert_eq!(scene.requests(), 1);
        assert!(scene.ledger.result("a").unwrap().unwrap().contains("pushed"));
    }
}

#[test]
fn half_a_delivery_in_the_middle_of_a_submission_does_not_end_the_run() {
    // The id is on disk, the result not yet; the answer to the submission is lost.
    let scene = scene(|request: &Request| if is_query(request) { good(request) } else { lost() });
    let before = |ledger: &SqliteLedger, id: &str, step: &Step| {
        if matches!(step, Step::Unknown { .. }) {
            ledger.advance(id, &Step::Accepted { request_id: "R".to_owned() })?;
        }
        Ok(())
    };
    let ledger = Meddling { ledger: SqliteLedger::open(scene._dir.path().join("l")).unwrap(), before };
    let reports = scene.run_in(&ledger, &["a"], &CancelToken::new()).unwrap();
    assert_eq!(outcomes(&reports), ["a Done"]);
}

#[test]
fn refusals_by_status_are_for_good_and_others_are_counted() {
    for status in [301, 302, 400, 404, 405, 410, 413] {
        let scene = scene(move |_| answer(status, &[("Location", "http://h/")], "no"));
        assert_eq!(outcomes(&scene.run(&["a"]).unwrap()), ["a Failed"], "{status}");
        let entry = scene.entry("a");
        assert_eq!((entry.state, entry.attempts), (State::Failed, 1), "{status}");
        assert!(entry.note.unwrap().contains(&format!("HTTP {status}")));
        assert_eq!((scene.resume().len(), scene.requests()), (0, 1), "{status}");
        // The caller may put it back.
        scene.ledger.advance("a", &Step::Requeue).unwrap();
        scene.resume();
        assert_eq!(scene.requests(), 2, "{status}");
    }
    for status in [401, 403, 429, 503] {
        let scene = scene(move |_| answer(status, &[], "not now"));
        assert_eq!(outcomes(&scene.run(&["a"]).unwrap()), ["a NotSent"], "{status}");
        for attempts in 2..4 {
            assert_eq!(outcomes(&scene.resume()), ["a NotSent"], "{status}");
            let entry = scene.entry("a");
            assert_eq!((entry.state, entry.attempts), (State::Queued, attempts), "{status}");
            assert!(entry.note.unwrap().contains(&format!("HTTP {status}")));
        }
    }
}

#[test]
fn a_service_that_takes_nothing_is_not_asked_a_hundred_thousand_times() {
    let ids: Vec<String> = (0..50).map(|n| format!("id-{n}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let nothing: [fn(&Request) -> Sent; 5] =
        [|_| answer(401, &[], "who?"), |_| refused(), |_| lost(), |_| answer(404, &[], ""), |_| says("99999")];
    for rule in nothing {
        let mut scene = scene(rule);
        assert_eq!(scene.run(&ids).unwrap().len(), 20);
        let begun = scene.ledger.entries().unwrap().iter().filter(|entry| entry.attempts > 0).count();
        assert_eq!(begun, 20);
        // Every run tries anew.
        scene.options.stop_after_refusals = 3;
        let attempts = || scene.ledger.entries().unwrap().iter().map(|entry| entry.attempts).sum::<u32>();
        let before = attempts();
        scene.resume();
        assert_eq!(attempts() - before, 3);
    }
    // One that is taken in between, and recordings that are no good, do not add up.
    let scene = scene(|request: &Request| {
        let body = if is_query(request) { Value::Null } else { sent_body(request) };
        match body["req_id"].as_str().and_then(|id| id.strip_prefix("id-")?.parse::<u32>().ok()) {
            Some(n) if n % 10 == 0 => good(request),
            Some(n) if n > 30 => says("10903"),
            Some(_) => answer(401, &[], "who?"),
            None => good(request),
        }
    });
    assert_eq!(scene.run(&ids).unwrap().len(), 50);
}

#[test]
fn what_was_accepted_is_waited_for_although_the_service_takes_no_more() {
    let mut scene = scene(|request: &Request| if is_query(request) { good(request) } else { answer(401, &[], "") });
    scene.options.stop_after_refusals = 1;
    scene.ledger.add(&["a", "b", "c", "d"].map(of)).unwrap();
    for id in ["c", "d"] {
        scene.ledger.advance(id, &Step::Accepted { request_id: format!("R-{id}") }).unwrap();
    }
    assert_eq!(outcomes(&scene.resume()), ["c Done", "d Done", "a NotSent"]);
    assert_eq!(scene.entry("b").attempts, 0);
}

#[test]
fn wrong_credentials_do_not_ask_for_everything_either() {
    let mut scene = scene(|_: &Request| answer(401, &[], "who?"));
    scene.options.stop_after_refusals = 3;
    let ids: Vec<String> = (0..10).map(|n| n.to_string()).collect();
    scene.ledger.add(&ids.iter().map(|id| of(id)).collect::<Vec<_>>()).unwrap();
    for id in &ids[..9] {
        scene.ledger.advance(id, &Step::Accepted { request_id: format!("R-{id}") }).unwrap();
    }
    assert_eq!((scene.resume().len(), scene.requests()), (3, 3));
    assert_eq!(scene.ledger.count(State::Accepted).unwrap(), 9);
}

#[test]
fn an_accepted_entry_without_the_services_id_does_not_end_the_run() {
    let scene = scene(good);
    let ledger = SqliteLedger::open(scene._dir.path().join("l")).unwrap();
    let ledger = Meddling { ledger, before: |_: &SqliteLedger, _: &str, _: &Step| Ok(()) };
    ledger.add(&["forgetful", "b"].map(of)).unwrap();
    ledger.advance("forgetful", &Step::Accepted { request_id: "R".to_owned() }).unwrap();
    let reports = resume_with_ledger(&scene.client, &ledger, &scene.options, &CancelToken::new(), &|_| {}).unwrap();
    assert_eq!(outcomes(&reports), ["forgetful Running", "b Done"]);
    assert!(format!("{:?}", reports[0].outcome).contains("no requestId"));
    // It was not sent again.
    assert_eq!((scene.requests(), scene.entry("forgetful").state), (2, State::Accepted));
}

#[test]
fn who_cancels_while_a_submission_is_under_way_gets_its_answer() {
    let cancel = CancelToken::new();
    let token = cancel.clone();
    let scene = scene(move |request: &Request| {
        // The user presses Ctrl-C before the answer comes.
        token.cancel();
        good(request)
    });
    let reports = scene.run_in(&scene.ledger, &["a", "b"], &cancel).unwrap();
    assert_eq!(outcomes(&reports), ["a Running"]);
    let entry = scene.entry("a");
    assert_eq!((entry.state, entry.request_id.as_deref()), (State::Accepted, Some("R-a")));
    assert_eq!((scene.entry("b").state, scene.entry("b").attempts, scene.requests()), (State::Queued, 0, 1));
}

#[test]
fn who_cancels_a_submission_that_is_not_answered_learns_what_is_known() {
    for (phase, outcome, state) in
        [(Phase::Connect, "a NotSent", State::Queued), (Phase::Answer, "a Unknown", State::Unknown)]
    {
        let failures: [fn(Phase) -> TransportError; 2] = [
            |phase| TransportError::Cancelled { phase },
            |phase| TransportError::Timeout { phase, limit: Duration::from_secs(1) },
        ];
        for failure in failures {
            let cancel = CancelToken::new();
            let token = cancel.clone();
            let scene = scene(move |_: &Request| {
                token.cancel();
                Err(failure(phase))
            });
            let reports = scene.run_in(&scene.ledger, &["a", "b"], &cancel).unwrap();
            assert_eq!(outcomes(&reports), [outcome]);
            assert_eq!((scene.entry("a").state, scene.entry("b").state, scene.requests()), (state, State::Queued, 1));
        }
    }
}

#[test]
fn every_paid_submission_is_named_when_the_ledger_fails() {
    let mut scene = scene(good);
    scene.options.in_flight = 2;
    // Both are accepted before either is written down.
    let both = std::sync::Barrier::new(2);
    let before = |_: &SqliteLedger, _: &str, step: &Step| {
        if matches!(step, Step::Accepted { .. }) {
            both.wait();
            return Err(Error::new(ErrorKind::Io, "test", "the disk is full"));
        }
        Ok(())
    };
    let ledger = Meddling { ledger: SqliteLedger::open(scene._dir.path().join("l")).unwrap(), before };
    let error = scene.run_in(&ledger, &["a", "b"], &CancelToken::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    for id in ["R-a", "R-b"] {
        assert!(error.context().contains(&format!("requestId {id} of req_id")), "{error}");
    }
}

#[test]
fn a_result_that_is_recorded_is_never_asked_for_again() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = asked.clone();
    let scene = scene(move |request: &Request| {
        if let Some((_, id)) = request.url.expose().split_once("?requestId=R-") {
            log.lock().unwrap().push(id.to_owned());
        }
        good(request)
    });
    scene.run(&["a", "b"]).unwrap();
    assert_eq!(*asked.lock().unwrap(), ["a", "b"]);
    for _ in 0..3 {
        assert!(scene.resume().is_empty());
    }
    assert_eq!(asked.lock().unwrap().len(), 2);
}
