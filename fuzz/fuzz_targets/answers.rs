//! Whatever the services answer: no panic, no internal error, no secret in what is said.
#![no_main]

use std::sync::{Arc, Mutex};

use libfuzzer_sys::fuzz_target;
use voxline_api::chat::{ChatAudio, ChatRequest, VoiceFormat};
use voxline_api::http::{Body, CancelToken, Headers, Limits, Request, Response, Transport, TransportError};
use voxline_api::transcription::{Credentials, ReturnMode, Submission, Transcript, parse_callback};
use voxline_api::{ChatClient, RecordingClient, RecordingId, TranscriptionClient};
use voxline_core::ErrorKind;

const SECRET: &str = "S3CRET-canary-0451";

/// The same answer to everything.
#[derive(Debug)]
struct Parrot(Mutex<(u16, Vec<u8>)>);

impl Transport for Parrot {
    fn send(&self, _: &Request, _: &Limits, _: &CancelToken) -> Result<Response, TransportError> {
        let (status, body) = self.0.lock().unwrap().clone();
        let mut headers = Headers::new();
        headers.push("Content-Type", "application/json;charset=UTF-8");
        Ok(Response { status, headers, body: Body::from_bytes(body) })
    }
}

fn check<T>(result: voxline_core::Result<T>) {
    if let Err(error) = result {
        assert_ne!(error.kind(), ErrorKind::Internal, "{error}");
        assert!(!format!("{error} {error:?}").contains(SECRET), "a secret is told");
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((&first, body)) = data.split_first() else { return };
    let status = [200, 200, 200, 204, 301, 400, 401, 403, 404, 429, 500, 503][usize::from(first) % 12];
    let parrot = Arc::new(Parrot(Mutex::new((status, body.to_vec()))));
    let mut http = voxline_core::Options::default().http;
    (http.max_attempts, http.backoff_initial_ms, http.backoff_max_ms) = (1, 1, 1);
    let chat = ChatClient::builder()
        .base_url("http://127.0.0.1:9")
        .access_token(SECRET)
        .http(http.clone())
        .transport(parrot.clone())
        .build()
        .unwrap();
    check(chat.send(&ChatRequest::new(ChatAudio::new(vec![0; 320], VoiceFormat::RawPcm, 16_000))));
    let recording = RecordingClient::builder()
        .base_url("http://127.0.0.1:9")
        .token(SECRET)
        .http(http.clone())
        .transport(parrot.clone())
        .build()
        .unwrap();
    check(recording.locate(&RecordingId::new("user", "task", "record")));
    check(recording.check_token(&CancelToken::new()));
    let transcription = TranscriptionClient::builder()
        .base_url("http://127.0.0.1:9")
        .credentials(Credentials::app_key("app", SECRET))
        .http(http)
        .transport(parrot)
        .build()
        .unwrap();
    check(transcription.submit(&Submission::new("http://127.0.0.1/call.wav", ReturnMode::Pull)));
    check(transcription.query("request"));
    check(parse_callback(body));
    if let Ok(text) = std::str::from_utf8(body) {
        check(Transcript::from_answer(text));
    }
});
