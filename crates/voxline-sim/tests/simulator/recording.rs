//! Valid requests to the recording service, to spoil.

use crate::common::{Response, exchange, exchange_at, request};
use voxline_sim::{DEMO_RECORD_ID, DEMO_RECORDING_TOKEN, DEMO_TASK_ID, DEMO_USER_ID, Simulator};

pub(crate) fn bearer() -> String {
    format!("Bearer {DEMO_RECORDING_TOKEN}")
}

pub(crate) fn locate_target(record: &str) -> String {
    format!("/agent-api/user/{DEMO_USER_ID}/task/{DEMO_TASK_ID}/record/{record}/download-full-voice")
}

pub(crate) fn batch_target(records: &[String]) -> String {
    let query: Vec<_> = records.iter().map(|id| format!("recordIds[]={id}")).collect();
    format!("/agent-api/user/{DEMO_USER_ID}/task/{DEMO_TASK_ID}/batch_record/download-full-voice?{}", query.join("&"))
}

/// With a good head.
pub(crate) fn ask(simulator: &Simulator, target: &str) -> Response {
    let headers = [("Authorization", &*bearer()), ("Content-Type", "application/json")];
    exchange(simulator, "GET", target, &headers, b"")
}

/// The `voice_url` of a record, as it came.
pub(crate) fn voice_url(simulator: &Simulator, record: &str) -> String {
    let answer = ask(simulator, &locate_target(record)).json();
    assert_eq!(answer["code"], 200, "{answer}");
    answer["data"]["voice_url"].as_str().unwrap().to_owned()
}

/// The bytes of a request for a `voice_url` without a scheme.
pub(crate) fn fetch_bytes(url: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    request("GET", &url[url.find('/').unwrap()..], headers, b"")
}

pub(crate) fn fetch(url: &str, headers: &[(&str, &str)]) -> Response {
    exchange_at(&url[..url.find('/').unwrap()], &fetch_bytes(url, headers))
}

pub(crate) fn demo_url(simulator: &Simulator) -> String {
    voice_url(simulator, DEMO_RECORD_ID)
}
