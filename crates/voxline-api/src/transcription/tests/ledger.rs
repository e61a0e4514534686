//! Runs with a ledger over a scripted service: nothing lost, nothing sent twice, whenever the program dies.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;
use voxline_core::Result;

use super::*;
use crate::http::{Limits, Transport};

/// Every way a submission can go.
const IDS: [&str; 6] = ["fine", "busy", "denied", "lost", "refused", "unrecognised"];

/// A service that remembers what it was asked.
#[derive(Debug, Default)]
struct Service(Mutex<Served>);

#[derive(Debug, Default, Clone, PartialEq)]
struct Served {
    requests: usize,
    /// Submissions taken (or maybe taken), by req_id.
    taken: BTreeMap<String, u32>,
    /// Every submission that arrived, by req_id.
    arrived: BTreeMap<String, u32>,
    polls: BTreeMap<String, u32>,
    /// Results handed out, by req_id.
    delivered: BTreeMap<String, u32>,
}

impl Service {
    fn served(&self) -> Served {
        self.0.lock().unwrap().clone()
    }
}

impl Transport for Service {
    fn send(&self, request: &Request, _: &Limits, _: &CancelToken) -> std::result::Result<Response, TransportError> {
        let mut served = self.0.lock().unwrap();
        served.requests += 1;
        if let Some((_, request_id)) = request.url.expose().split_once("?requestId=R-") {
            let id = request_id.to_owned();
            let polls = served.polls.entry(id.clone()).or_default();
            *polls += 1;
            return match (*polls, id.as_str()) {
                (1, _) => says("990003"),
                (_, "unrecognised") => says("10903"),
                _ => {
                    *served.delivered.entry(id.clone()).or_default() += 1;
                    answer(200, &[], json!({"code": "10000", "flag": 1, "data": {"text": id}}).to_string())
                }
            };
        }
        let id = sent_body(request)["req_id"].as_str().unwrap().to_owned();
        let arrived = served.arrived.entry(id.clone()).or_default();
        *arrived += 1;
        match (id.as_str(), *arrived) {
            ("busy", 1) => says("10302"),
            // The credentials are put right before the second run.
            ("denied", 1) => answer(401, &[], "denied"),
            ("refused", _) => says("10301"),
            ("lost", _) => {
                *served.taken.entry(id).or_default() += 1;
                lost()
            }
            _ => {
                *served.taken.entry(id.clone()).or_default() += 1;
                answer(200, &[], json!({"code": "10000", "requestId": format!("R-{id}")}).to_string())
            }
        }
    }
}

fn client(service: &Arc<Service>) -> TranscriptionClient {
    let builder = TranscriptionClient::builder().base_url("http://127.0.0.1:1").transport(service.clone());
    let builder = builder.credentials(Credentials::app_key(APP_ID, APP_KEY)).random(FixedRandom::half());
    builder.clock(FakeClock::default()).build().unwrap()
}

fn submissions() -> Vec<Submission> {
    let of = |id: &&str| Submission::new(format!("https://h.example/{id}.wav"), ReturnMode::Pull).with_req_id(*id);
    IDS.iter().map(of).collect()
}

fn options(in_flight: usize) -> RunOptions {
    RunOptions { in_flight, ..RunOptions::default() }
}

fn run(service: &Arc<Service>, ledger: &dyn Ledger, in_flight: usize) -> Result<Vec<JobReport>> {
    let client = client(service);
    run_with_ledger(&client, ledger, &submissions(), &options(in_flight), &CancelToken::new(), &|_| {})
}

fn resume(service: &Arc<Service>, path: &Path) -> BTreeMap<String, String> {
    let ledger = SqliteLedger::open(path).unwrap();
    let observed = Mutex::new(BTreeMap::new());
    let note = |report: &JobReport| {
        let outcome = format!("{:?}", report.outcome);
        let outcome = outcome.split('(').next().unwrap().to_owned();
        let before = observed.lock().unwrap().insert(report.req_id.clone(), outcome);
        assert_eq!(before, None, "{} was reported twice", report.req_id);
    };
    let client = client(service);
    let reports = resume_with_ledger(&client, &ledger, &options(3), &CancelToken::new(), &note).unwrap();
    let observed = observed.into_inner().unwrap();
    assert_eq!(reports.len(), observed.len());
    observed
}

fn states(ledger: &dyn Ledger) -> BTreeMap<&'static str, State> {
    IDS.iter().filter_map(|id| Some((*id, ledger.entry(id).unwrap()?.state))).collect()
}

fn settled() -> BTreeMap<&'static str, State> {
    use State::{Done, Failed, Unknown};
    IDS.into_iter().zip([Done, Done, Done, Unknown, Failed, Failed]).collect()
}

#[test]
fn a_run_and_the_next_bring_everything_to_its_end() {
    for in_flight in [1, 3, 100] {
        let (dir, service) = (TempDir::new().unwrap(), Arc::<Service>::default());
        let path = dir.path().join("l");
        let ledger = SqliteLedger::open(&path).unwrap();
        let reports = run(&service, &ledger, in_flight).unwrap();
        assert_eq!(reports.len(), IDS.len());
        let mut expected = settled();
        expected.insert("denied", State::Queued);
        assert_eq!(states(&ledger), expected);
        let denied = reports.iter().find(|r| r.req_id == "denied").unwrap();
        assert!(matches!(&denied.outcome, JobOutcome::NotSent(e) if e.kind() == ErrorKind::Unauthenticated));
        let lost = reports.iter().find(|r| r.req_id == "lost").unwrap();
        assert!(matches!(&lost.outcome, JobOutcome::Unknown(e) if e.kind() == ErrorKind::OutcomeUnknown));
        drop(ledger);

        let resumed = resume(&service, &path);
        let said: Vec<_> = resumed.iter().map(|(id, outcome)| (id.as_str(), outcome.as_str())).collect();
        assert_eq!(said, [("denied", "Done"), ("lost", "Unknown")]);
        let ledger = SqliteLedger::open(&path).unwrap();
        assert_eq!(states(&ledger), settled());
        let result = ledger.result("fine").unwrap().unwrap();
        assert_eq!(Transcript::from_answer(&result).unwrap().text(), "fine");
        assert_eq!(ledger.result("lost").unwrap(), None);
        // What is settled is left alone.
        let before = service.served();
        assert_eq!(resume(&service, &path).len(), 1);
        assert_eq!(service.served(), before);
        assert_eq!(before.taken.values().max(), Some(&1));
        assert_eq!(before.delivered.values().max(), Some(&1));
        // The caller decides: the lost one goes out again.
        assert!(ledger.advance("lost", &Step::Requeue).unwrap());
        resume(&service, &path);
        assert_eq!(service.served().taken["lost"], 2);
    }
}

/// A ledger whose process dies around its n-th step: the step is on disk or not, and nothing happens afterwards.
#[derive(Debug)]
struct Dying {
    ledger: SqliteLedger,
    steps: AtomicUsize,
    dies_at: usize,
    writes_it: bool,
}

impl Ledger for Dying {
    fn add(&self, submissions: &[Submission]) -> Result<()> {
        self.ledger.add(submissions)
    }
    fn advance(&self, req_id: &str, step: &Step) -> Result<bool> {
        let number = self.steps.fetch_add(1, Ordering::SeqCst);
        if number < self.dies_at {
            return self.ledger.advance(req_id, step);
        }
        if number == self.dies_at && self.writes_it {
            self.ledger.advance(req_id, step)?;
        }
        Err(Error::new(ErrorKind::Io, "test", "the process died"))
    }
    fn entry(&self, req_id: &str) -> Result<Option<Entry>> {
        self.ledger.entry(req_id)
    }
    fn entry_of_request(&self, request_id: &str) -> Result<Option<Entry>> {
        self.ledger.entry_of_request(request_id)
    }
    fn list(&self, state: State) -> Result<Vec<Entry>> {
        self.ledger.list(state)
    }
    fn result(&self, req_id: &str) -> Result<Option<String>> {
        self.ledger.result(req_id)
    }
    fn lock(&self) -> Result<RunLock> {
        self.ledger.lock()
    }
}

#[test]
fn whenever_it_dies_nothing_is_lost_and_nothing_is_sent_twice() {
    let mut deaths = 0;
    for (in_flight, writes_it) in [(1, false), (1, true), (3, true)] {
        for dies_at in 0.. {
            let (dir, service) = (TempDir::new().unwrap(), Arc::<Service>::default());
            let path = dir.path().join("l");
            let ledger = SqliteLedger::open(&path).unwrap();
            let dying = Dying { ledger, steps: AtomicUsize::new(0), dies_at, writes_it };
            if run(&service, &dying, in_flight).is_ok() {
                // It lived: all steps were tried.
                assert!(dies_at >= 14, "{dies_at}");
                break;
            }
            deaths += 1;
            drop(dying);
            let ledger = SqliteLedger::open(&path).unwrap();
            let (at_death, served_at_death) = (states(&ledger), service.served());
            assert_eq!(at_death.len(), IDS.len(), "something was forgotten");
            drop(ledger);
            // Once more than needed: "denied" is let in on its second try.
            resume(&service, &path);
            resume(&service, &path);

            let case = format!("death {dies_at} ({writes_it}) of {in_flight}: {at_death:?}");
            let ledger = SqliteLedger::open(&path).unwrap();
            let served = service.served();
            for (id, state) in states(&ledger) {
                let sending = at_death[id] == State::Sending;
                let expected = if sending { State::Unknown } else { settled()[id] };
                assert_eq!(state, expected, "{id}, {case}");
                assert!(served.taken.get(id).is_none_or(|n| *n == 1), "{id} was paid twice, {case}");
                let arrived = |served: &Served| served.arrived.get(id).copied();
                if !matches!(at_death[id], State::Queued) {
                    assert_eq!(arrived(&served), arrived(&served_at_death), "{id} was sent again, {case}");
                }
                if at_death[id] == State::Done {
                    let polls = |served: &Served| served.polls.get(id).copied();
                    assert_eq!(polls(&served), polls(&served_at_death), "{id} was asked for again, {case}");
                }
                assert_eq!(state == State::Done, ledger.result(id).unwrap().is_some(), "{id}, {case}");
            }
        }
    }
    assert!(deaths >= 3 * 14, "{deaths}");
}

#[test]
fn a_run_refuses_what_it_knows_and_keeps_others_away() {
    let (dir, service) = (TempDir::new().unwrap(), Arc::<Service>::default());
    let ledger = SqliteLedger::open(dir.path().join("l")).unwrap();
    run(&service, &ledger, 1).unwrap();
    let before = service.served();
    let error = run(&service, &ledger, 1).unwrap_err();
    assert!(error.kind() == ErrorKind::InvalidState && error.context().starts_with("6 of 6 links"), "{error}");
    let lock = ledger.lock().unwrap();
    let again = SqliteLedger::open(dir.path().join("l")).unwrap();
    let client = client(&service);
    let resume = |n| resume_with_ledger(&client, &again, &options(n), &CancelToken::new(), &|_| {});
    assert_eq!(resume(1).unwrap_err().kind(), ErrorKind::InvalidState);
    drop(lock);
    for in_flight in [0, 257] {
        assert_eq!(resume(in_flight).unwrap_err().kind(), ErrorKind::InvalidArgument);
    }
    assert_eq!(service.served(), before);
}

#[test]
fn a_cancelled_run_leaves_the_rest_queued() {
    let (dir, service) = (TempDir::new().unwrap(), Arc::<Service>::default());
    let ledger = SqliteLedger::open(dir.path().join("l")).unwrap();
    let cancel = CancelToken::new();
    let first = |_: &JobReport| cancel.cancel();
    let client = client(&service);
    let reports = run_with_ledger(&client, &ledger, &submissions(), &options(1), &cancel, &first).unwrap();
    assert_eq!(reports.len(), 1);
    assert_eq!(ledger.list(State::Queued).unwrap().len(), IDS.len() - 1);
    assert_eq!(service.served().arrived.len(), 1);
}

#[test]
fn submissions_without_ids_get_them_and_pushed_ones_are_not_waited_for() {
    let (dir, service) = (TempDir::new().unwrap(), Arc::<Service>::default());
    let ledger = SqliteLedger::open(dir.path().join("l")).unwrap();
    let client = client(&service);
    let push = Submission::new("https://h.example/a", ReturnMode::push("http://me.example/")).with_business_data("b");
    let submissions = [push.clone()];
    let reports = run_with_ledger(&client, &ledger, &submissions, &options(1), &CancelToken::new(), &|_| {}).unwrap();
    let id = reports[0].req_id.as_str();
    assert!(matches!(reports[0].outcome, JobOutcome::AwaitingCallback) && id.len() == 36);
    let entry = ledger.entry(id).unwrap().unwrap();
    assert_eq!((entry.state, &entry.submission), (State::Accepted, &push.with_req_id(id)));
    assert!(service.served().polls.is_empty());

    // The delivery, a duplicate, a stranger's, and one with half of the ids.
    let request_id = format!("R-{id}");
    let deliver =
        |value: Value| record_callback(&ledger, &parse_callback(value.to_string().as_bytes()).unwrap()).unwrap();
    let result = json!({"code": "10000", "requestId": request_id, "data": {"text": "x"}});
    assert_eq!(deliver(json!({"code": "10000", "requestId": "R-0", "data": {"text": "y"}})), Recorded::UnknownId);
    assert_eq!(deliver(json!({"code": "10000", "requestId": "R-0", "req_id": id, "data": "y"})), Recorded::UnknownId);
    assert_eq!(deliver(json!({"code": "10000", "data": "y"})), Recorded::UnknownId);
    assert_eq!(deliver(json!({"code": "990003", "requestId": request_id})), Recorded::Nothing);
    assert_eq!(ledger.entry(id).unwrap().unwrap().state, State::Accepted);
    assert_eq!(deliver(result.clone()), Recorded::New);
    assert_eq!(deliver(result.clone()), Recorded::Nothing);
    assert_eq!(deliver(json!({"code": "10903", "req_id": id})), Recorded::Nothing);
    assert_eq!(ledger.result(id).unwrap().unwrap(), result.to_string());
}

#[test]
fn a_delivery_may_overtake_the_answer_to_its_submission() {
    let dir = TempDir::new().unwrap();
    let ledger = SqliteLedger::open(dir.path().join("l")).unwrap();
    ledger.add(&[pull()]).unwrap();
    ledger.advance("call-1", &Step::Sending).unwrap();
    let callback = parse_callback(br#"{"code":"10000","req_id":"call-1","requestId":"R","data":"x"}"#).unwrap();
    assert_eq!(record_callback(&ledger, &callback).unwrap(), Recorded::New);
    assert!(!ledger.advance("call-1", &Step::Accepted { request_id: "R".to_owned() }).unwrap());
    let entry = ledger.entry("call-1").unwrap().unwrap();
    assert_eq!((entry.state, entry.request_id.as_deref()), (State::Done, Some("R")));
    let left = ledger.resume().unwrap();
    assert!(left.never_sent.is_empty() && left.unknown.is_empty() && left.accepted.is_empty());
}
