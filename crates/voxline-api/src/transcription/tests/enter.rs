//! Entering links: each is paid for once, unless the caller says otherwise.

use tempfile::TempDir;

use super::*;

fn links(numbers: &[u32]) -> Vec<Submission> {
    numbers.iter().map(|n| Submission::new(format!("https://h.example/{n}.wav?sig=canary"), ReturnMode::Pull)).collect()
}

fn kept(ledger: &SqliteLedger) -> Vec<String> {
    let link = |entry: Entry| entry.submission.file_link()[18..19].to_owned();
    ledger.entries().unwrap().into_iter().map(link).collect()
}

fn setup() -> (TempDir, SqliteLedger, TranscriptionClient) {
    let dir = TempDir::new().unwrap();
    let ledger = SqliteLedger::open(dir.path().join("l")).unwrap();
    let client = TranscriptionClient::builder()
        .base_url("http://127.0.0.1:1")
        .credentials(Credentials::app_key("a", "k"))
        .transport(Arc::new(Scripted::new(Vec::new())))
        .build()
        .unwrap();
    (dir, ledger, client)
}

#[test]
fn a_link_given_twice_is_entered_once() {
    for known in [KnownLinks::Refuse, KnownLinks::Skip] {
        let (_dir, ledger, client) = setup();
        let entered = enter_submissions(&client, &ledger, &links(&[1, 2, 1, 3, 1, 2]), known).unwrap();
        assert_eq!((entered.new.len(), entered.known, entered.repeated), (3, 0, 3));
        assert_eq!(kept(&ledger), ["1", "2", "3"]);
    }
}

#[test]
fn an_id_of_its_own_makes_another_submission() {
    let (_dir, ledger, client) = setup();
    let [one] = &links(&[1])[..] else { panic!("not one") };
    let list = [one.clone().with_req_id("a"), one.clone().with_req_id("b"), one.clone()];
    let entered = enter_submissions(&client, &ledger, &list, KnownLinks::Skip).unwrap();
    assert_eq!((entered.new.len(), entered.repeated), (2, 1));
    assert_eq!(enter_submissions(&client, &ledger, &list, KnownLinks::Skip).unwrap().known, 3);
}

#[test]
fn a_list_given_again_enters_what_it_has_grown_by() {
    let (_dir, ledger, client) = setup();
    enter_submissions(&client, &ledger, &links(&[1, 2, 2]), KnownLinks::Skip).unwrap();
    let first = ledger.entries().unwrap();
    ledger.advance(first[0].req_id(), &Step::Done { result: "{}".to_owned() }).unwrap();
    ledger.advance(first[1].req_id(), &Step::Failed { why: String::new() }).unwrap();
    let entered = enter_submissions(&client, &ledger, &links(&[1, 2, 2]), KnownLinks::Skip).unwrap();
    assert_eq!((entered.new.len(), entered.known, entered.repeated), (0, 3, 0));
    let entered = enter_submissions(&client, &ledger, &links(&[3, 1, 2, 3, 2, 4]), KnownLinks::Skip).unwrap();
    assert_eq!((entered.new.len(), entered.known, entered.repeated), (2, 3, 1));
    assert_eq!(kept(&ledger), ["1", "2", "3", "4"]);
    assert_eq!(ledger.count(State::Done).unwrap(), 1);
}

#[test]
fn known_links_are_refused_with_their_numbers_and_nothing_is_entered() {
    let (_dir, ledger, client) = setup();
    enter_submissions(&client, &ledger, &links(&[1, 2, 3]), KnownLinks::Refuse).unwrap();
    let id = ledger.entries().unwrap()[1].req_id().to_owned();
    ledger.advance(&id, &Step::Done { result: "{}".to_owned() }).unwrap();
    let error = enter_submissions(&client, &ledger, &links(&[2, 3, 4, 5]), KnownLinks::Refuse).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidState);
    assert!(error.context().starts_with("2 of 4 links are in the ledger already (1 queued, 1 done)"), "{error}");
    assert!(!format!("{error:?}").contains("canary"));
    assert_eq!(kept(&ledger), ["1", "2", "3"]);
    // Others may join them.
    enter_submissions(&client, &ledger, &links(&[4]), KnownLinks::Refuse).unwrap();
    assert_eq!(kept(&ledger), ["1", "2", "3", "4"]);
}

#[test]
fn who_wants_to_pay_again_may() {
    let (_dir, ledger, client) = setup();
    enter_submissions(&client, &ledger, &links(&[1]), KnownLinks::Refuse).unwrap();
    let entered = enter_submissions(&client, &ledger, &links(&[1, 2, 2]), KnownLinks::Repeat).unwrap();
    assert_eq!((entered.new.len(), entered.known, entered.repeated), (3, 0, 0));
    assert_eq!(kept(&ledger), ["1", "1", "2", "2"]);
}

#[test]
fn while_a_run_is_under_way_nothing_is_entered() {
    let (_dir, ledger, client) = setup();
    let _lock = ledger.lock().unwrap();
    let error = enter_submissions(&client, &ledger, &links(&[1]), KnownLinks::Skip).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidState);
    assert!(kept(&ledger).is_empty());
}
