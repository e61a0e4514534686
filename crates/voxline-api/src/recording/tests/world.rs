//! A service and a download host in one transport.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::Mutex;

use serde_json::json;

use super::SharedClock;
use crate::http::testing::FakeClock;
use crate::http::{Body, CancelToken, Headers, Limits, Request, Response, Transport, TransportError};

/// What one request for the file meets.
#[derive(Debug, Clone)]
pub(super) enum Meet {
    /// All is well.
    Fine,
    /// The connection breaks after so many bytes of the body.
    Cut(usize),
    /// This status, headers and body instead.
    Say(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// No connection.
    Refuse,
    /// From now on the file is another one.
    Replace(Vec<u8>, Option<&'static str>),
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) file: Vec<u8>,
    pub(super) etag: Option<&'static str>,
    pub(super) ranges: bool,
    pub(super) content_type: &'static str,
    /// Whether the length is announced.
    pub(super) length: bool,
    /// What the next requests for the file meet; then all is well.
    pub(super) meets: VecDeque<Meet>,
    /// Answers to the requests for the address; then the usual one.
    pub(super) locates: VecDeque<(u16, String)>,
    pub(super) voice_url: String,
    pub(super) requests: Vec<Request>,
    pub(super) limits: Vec<Limits>,
    /// Bytes of the file that were handed out.
    pub(super) sent_bytes: u64,
    /// Time that each piece of the file takes.
    pub(super) piece_time: std::time::Duration,
}

#[derive(Debug)]
pub(super) struct World {
    pub(super) state: Mutex<State>,
    pub(super) clock: SharedClock,
}

impl World {
    pub(super) fn new(file: Vec<u8>) -> std::sync::Arc<Self> {
        let state = State {
            file,
            etag: Some("\"v1\""),
            ranges: true,
            content_type: "audio/wav",
            length: true,
            meets: VecDeque::new(),
            locates: VecDeque::new(),
            voice_url: "files.example/voice?key=a+b/c%2Bd==".to_owned(),
            requests: Vec::new(),
            limits: Vec::new(),
            sent_bytes: 0,
            piece_time: std::time::Duration::ZERO,
        };
        std::sync::Arc::new(Self { state: Mutex::new(state), clock: SharedClock::default() })
    }

    pub(super) fn meet(&self, meets: impl IntoIterator<Item = Meet>) {
        self.state.lock().unwrap().meets.extend(meets);
    }

    pub(super) fn set(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap());
    }

    fn of(&self, locate: bool) -> Vec<Request> {
        let all = &self.state.lock().unwrap().requests;
        all.iter().filter(|request| is_locate(request) == locate).cloned().collect()
    }

    /// The requests for the address.
    pub(super) fn located(&self) -> Vec<Request> {
        self.of(true)
    }

    /// The requests for the file.
    pub(super) fn fetched(&self) -> Vec<Request> {
        self.of(false)
    }

    /// The `Range` of each request for the file.
    pub(super) fn ranges(&self) -> Vec<Option<String>> {
        self.fetched().iter().map(|request| request.headers.get("Range").map(str::to_owned)).collect()
    }

    pub(super) fn sent_bytes(&self) -> u64 {
        self.state.lock().unwrap().sent_bytes
    }
}

fn is_locate(request: &Request) -> bool {
    request.url.path().ends_with("/download-full-voice")
}

impl Transport for World {
    fn send(&self, request: &Request, limits: &Limits, _: &CancelToken) -> Result<Response, TransportError> {
        let mut state = self.state.lock().unwrap();
        state.requests.push(request.clone());
        state.limits.push(*limits);
        if is_locate(request) {
            let usual = json!({"code": 200, "status": "success", "data": {"voice_url": state.voice_url}}).to_string();
            let (status, body) = state.locates.pop_front().unwrap_or((200, usual));
            return Ok(Response { status, headers: Headers::new(), body: Body::from_bytes(body) });
        }
        let mut cut = None;
        match state.meets.pop_front().unwrap_or(Meet::Fine) {
            Meet::Fine => {}
            Meet::Cut(after) => cut = Some(after),
            Meet::Refuse => return crate::http::testing::refused(),
            Meet::Replace(file, etag) => (state.file, state.etag) = (file, etag),
            Meet::Say(status, fields, body) => {
                let mut headers = Headers::new();
                fields.into_iter().for_each(|(name, value)| headers.push(name, value));
                return Ok(Response { status, headers, body: Body::from_bytes(body) });
            }
        }
        Ok(state.serve(request, cut, &self.clock))
    }
}

impl State {
    fn serve(&mut self, request: &Request, cut: Option<usize>, clock: &SharedClock) -> Response {
        let total = self.file.len();
        let mut headers = Headers::new();
        headers.push("Content-Type", self.content_type);
        self.etag.iter().for_each(|etag| headers.push("ETag", *etag));
        let wanted = request.headers.get("Range").filter(|_| self.ranges);
        let same = request.headers.get("If-Range").is_none_or(|etag| Some(etag) == self.etag);
        let (status, from) = match wanted.filter(|_| same) {
            Some(range) => (206, range.trim_start_matches("bytes=").trim_end_matches('-').parse::<usize>().unwrap()),
            None => (200, 0),
        };
        if from >= total {
            return Response { status: 416, headers: Headers::new(), body: Body::from_bytes("") };
        }
        if status == 206 {
            headers.push("Content-Range", format!("bytes {from}-{}/{total}", total - 1));
        }
        if self.length {
            headers.push("Content-Length", (total - from).to_string());
        }
        let bytes = self.file[from..].to_vec();
        let given = cut.unwrap_or(bytes.len()).min(bytes.len());
        self.sent_bytes += given as u64;
        let pieces = Pieces {
            bytes: bytes[..given].to_vec(),
            at: 0,
            cut: cut.is_some(),
            clock: clock.0.clone(),
            time: self.piece_time,
        };
        Response { status, headers, body: Body::from_reader(pieces) }
    }
}

/// A body in pieces of odd length, with a break behind it.
struct Pieces {
    bytes: Vec<u8>,
    at: usize,
    cut: bool,
    clock: std::sync::Arc<FakeClock>,
    time: std::time::Duration,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.clock.advance(self.time);
        let left = &self.bytes[self.at..];
        if left.is_empty() && self.cut {
            let (received_bytes, expected_bytes) = (self.at as u64, None);
            return Err(io::Error::other(TransportError::Truncated { received_bytes, expected_bytes }));
        }
        let n = left.len().min(buffer.len()).min(1009);
        buffer[..n].copy_from_slice(&left[..n]);
        self.at += n;
        Ok(n)
    }
}
