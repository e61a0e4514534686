//! Valid requests to the transcription service, to spoil, signed as its clients do.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::common::{Response, exchange};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use voxline_sim::{DEMO_TRANSCRIPTION_APP_ID, DEMO_TRANSCRIPTION_APP_KEY, Simulator};

pub(crate) const SUBMIT: &str = "/aipaas/voice/v1/tts/largeFileTrans";
pub(crate) const QUERY: &str = "/aipaas/lm/v1/asyncResult/query";

pub(crate) fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn hmac_hex(key: &str, message: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Signs at this time; `query` as it is canonical.
pub(crate) fn authorization_at(time_s: u64, method: &str, path: &str, query: &str) -> String {
    let prefix = format!("teleai-cloud-auth-v1/{DEMO_TRANSCRIPTION_APP_ID}/QG/{time_s}/1800");
    let canonical = format!("{method}\n{path}\n{query}\nx-app-id:{DEMO_TRANSCRIPTION_APP_ID}");
    let signature = hmac_hex(&hmac_hex(DEMO_TRANSCRIPTION_APP_KEY, &prefix), &canonical);
    format!("{prefix}/x-app-id/{signature}")
}

pub(crate) fn authorization(method: &str, path: &str, query: &str) -> String {
    authorization_at(now_s(), method, path, query)
}

/// A submission that keeps every rule, to be pulled.
pub(crate) fn submission(req_id: &str) -> Value {
    json!({
        "req_id": req_id,
        "timestamp": now_s(),
        "file_link": "https://gw.alipayobjects.com/os/bmw-prod/0574ee2e-f494-45a5-820f-63aee583045a.wav",
        "enable_callback": true,
        "return_mode": 1,
    })
}

/// The bytes of a request, for tests that look at the wire.
pub(crate) fn submit_bytes(fields: &Value) -> Vec<u8> {
    let authorization = authorization("POST", SUBMIT, "");
    let headers = [
        ("Content-Type", "application/json"),
        ("X-APP-ID", DEMO_TRANSCRIPTION_APP_ID),
        ("Authorization", &authorization),
    ];
    crate::common::request("POST", SUBMIT, &headers, fields.to_string().as_bytes())
}

pub(crate) fn submit(simulator: &Simulator, fields: &Value) -> Response {
    crate::common::exchange_at(crate::common::authority(simulator), &submit_bytes(fields))
}

/// The `requestId` of a submission that is accepted.
pub(crate) fn accepted(simulator: &Simulator, fields: &Value) -> String {
    let answer = submit(simulator, fields).json();
    assert_eq!(answer["code"], "10000", "{answer}");
    answer["requestId"].as_str().unwrap().to_owned()
}

pub(crate) fn query(simulator: &Simulator, request_id: &str) -> Response {
    let query = format!("requestId={request_id}");
    let authorization = authorization("GET", QUERY, &query);
    let headers = [
        ("Content-Type", "application/json"),
        ("X-APP-ID", DEMO_TRANSCRIPTION_APP_ID),
        ("Authorization", &authorization),
    ];
    exchange(simulator, "GET", &format!("{QUERY}?{query}"), &headers, b"")
}
