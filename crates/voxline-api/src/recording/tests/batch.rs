//! Asking where many recordings are.

use serde_json::json;
use voxline_core::ErrorKind;

use super::*;
use crate::http::testing::{Scripted, answer};
use crate::http::{Response, TransportError};

type Script = Vec<Result<Response, TransportError>>;

fn client(script: Script) -> (RecordingClient, Arc<Scripted>) {
    let transport = Arc::new(Scripted::new(script));
    (builder(transport.clone(), &SharedClock::default()).build().unwrap(), transport)
}

fn record(n: usize) -> RecordingId {
    RecordingId::new("u", "t", format!("r{n}"))
}

/// A fine answer for these, one object each.
fn batch(numbers: impl IntoIterator<Item = usize>) -> Result<Response, TransportError> {
    let list: Vec<_> =
        numbers.into_iter().map(|n| json!({"record_id": format!("r{n}"), "voice_url": format!("h/{n}?k==")})).collect();
    answer(200, &[], json!({"code": 200, "data": list}).to_string())
}

fn single(n: usize) -> Result<Response, TransportError> {
    answer(200, &[], json!({"code": 200, "data": {"voice_url": format!("h/{n}?k==")}}).to_string())
}

fn vendor(code: i64) -> Result<Response, TransportError> {
    answer(200, &[], json!({"code": code, "message": "说明", "data": []}).to_string())
}

fn outcome(located: &LocatedMany) -> Vec<Result<String, ErrorKind>> {
    let of = |entry: &Located| match &entry.result {
        Ok(url) => {
            assert_eq!(url.id(), &entry.id);
            Ok(url.expose().trim_start_matches("https://h/").trim_end_matches("?k==").to_owned())
        }
        Err(error) => Err(error.kind()),
    };
    located.entries().iter().map(of).collect()
}

fn fine(numbers: impl IntoIterator<Item = usize>) -> Vec<Result<String, ErrorKind>> {
    numbers.into_iter().map(|n| Ok(n.to_string())).collect()
}

#[test]
fn many_are_asked_for_thirty_at_a_time_and_keep_their_order() {
    let (client, transport) = client(vec![batch((0..30).rev()), batch(30..60), single(60)]);
    let ids: Vec<_> = (0..61).map(record).collect();
    let located = client.locate_many(&ids);
    assert_eq!(outcome(&located), fine(0..61));
    assert_eq!((located.failure_count(), located.raw_answers().len()), (0, 2));
    assert!(located.raw_answers()[0].contains("h/29?k=="));
    let queries: Vec<usize> =
        transport.requests().iter().map(|r| r.url.expose().matches("recordIds[]=").count()).collect();
    assert_eq!(queries, [30, 30, 0]);
    let first = transport.requests()[0].url.expose().to_owned();
    assert!(
        first.starts_with(
            "https://api.example/prefix/agent-api/user/u/task/t/batch_record/download-full-voice?recordIds[]=r0&recordIds[]=r1&"
        ),
        "{first}"
    );
    assert!(!format!("{located:?}").contains("k=="));
}

#[test]
fn tasks_are_not_mixed_and_one_id_is_asked_for_once() {
    let other = |n: usize| RecordingId::new("u", "other", format!("r{n}"));
    let sub = |n: usize| record(n).with_sub_user("s");
    let ids = [record(1), other(1), record(2), sub(1), record(1), other(2), sub(2)];
    let (client, transport) = client(vec![batch([1, 2]), batch([1, 2]), batch([1, 2])]);
    assert_eq!(outcome(&client.locate_many(&ids)), fine([1, 1, 2, 1, 1, 2, 2]));
    let urls: Vec<String> = transport.requests().iter().map(|r| r.url.expose().to_owned()).collect();
    assert!(urls[0].ends_with("/task/t/batch_record/download-full-voice?recordIds[]=r1&recordIds[]=r2"), "{urls:?}");
    assert!(urls[1].contains("/task/other/") && urls[2].ends_with("&sub_user_id=s"), "{urls:?}");
}

#[test]
fn what_the_answer_does_not_name_is_asked_for_alone() {
    let (client, transport) = client(vec![batch([1, 3]), vendor(5005), single(4)]);
    let ids: Vec<_> = (1..5).map(record).collect();
    let located = client.locate_many(&ids);
    let expected = vec![Ok("1".to_owned()), Err(ErrorKind::NotFound), Ok("3".to_owned()), Ok("4".to_owned())];
    assert_eq!((outcome(&located), located.failure_count()), (expected, 1));
    let error = located.entries()[1].result.as_ref().unwrap_err();
    assert_eq!(error.service().unwrap().code.as_deref(), Some("5005"));
    assert!(transport.requests()[1].url.path().ends_with("/record/r2/download-full-voice"));
}

#[test]
fn an_installation_that_knows_no_batches_is_asked_one_by_one() {
    let unknown = [answer(404, &[], ""), answer(405, &[], ""), vendor(5005), answer(200, &[], "<html>")];
    for first in unknown {
        let (client, _) = client(vec![first, single(1), single(2)]);
        assert_eq!(outcome(&client.locate_many(&[record(1), record(2)])), fine([1, 2]));
    }
}

#[test]
fn a_refused_token_ends_it_and_a_failing_batch_does_not() {
    let ids: Vec<_> = (0..62).map(record).collect();
    let (client, transport) = client(vec![answer(401, &[], "")]);
    assert_eq!(outcome(&client.locate_many(&ids)), vec![Err(ErrorKind::Unauthenticated); 62]);
    assert_eq!(transport.requests().len(), 1);

    let (client, transport) = self::client(vec![answer(403, &[], ""), batch(30..60), batch(60..62)]);
    let expected = [vec![Err(ErrorKind::PermissionDenied); 30], fine(30..62)].concat();
    assert_eq!(outcome(&client.locate_many(&ids)), expected);
    assert_eq!(transport.requests().len(), 3);
}

#[test]
fn ids_that_cannot_be_do_not_spoil_the_others() {
    let (client, transport) = client(vec![batch([1, 2])]);
    let located = client.locate_many(&[record(1), RecordingId::new("u", "t", ".."), record(2)]);
    let expected = vec![Ok("1".to_owned()), Err(ErrorKind::InvalidArgument), Ok("2".to_owned())];
    assert_eq!((outcome(&located), transport.requests().len()), (expected, 1));
    assert!(client.locate_many(&[]).entries().is_empty());
    let cancel = CancelToken::new();
    cancel.cancel();
    assert_eq!(outcome(&client.locate_many_with(&[record(1)], &cancel)), [Err(ErrorKind::Cancelled)]);
}

#[test]
fn a_byte_order_mark_before_the_answer_costs_no_further_request() {
    let list = json!([{"record_id": "r0", "voice_url": "h/0?k=="}, {"record_id": "r1", "voice_url": "h/1?k=="}]);
    let body = format!("\u{feff}{}", json!({"code": 200.0, "data": list}));
    let (client, transport) = client(vec![answer(200, &[], body)]);
    assert_eq!(outcome(&client.locate_many(&[record(0), record(1)])), fine(0..2));
    assert_eq!(transport.requests().len(), 1);
}
