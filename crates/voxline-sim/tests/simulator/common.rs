//! A tiny HTTP/1.1 client that shows the bytes as they came, and valid requests to spoil.

use std::io::{Cursor, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use voxline_sim::{DEMO_TOKEN, FaultPlan, SimOptions, Simulator};

pub(crate) const CHAT: &str = "/httpapi/AudioChat.do";
pub(crate) const JSON: &str = "application/json;charset=UTF-8";
/// Longest wait for a byte, and most bytes read: a failing test ends.
const PATIENCE: Duration = Duration::from_secs(10);
const MOST: u64 = 4 << 20;

pub(crate) fn start(options: SimOptions) -> Simulator {
    Simulator::start(options).unwrap()
}

pub(crate) fn start_with_faults(plan: &str) -> Simulator {
    let mut options = SimOptions::default();
    options.faults = FaultPlan::parse(plan).unwrap();
    start(options)
}

pub(crate) fn authority(simulator: &Simulator) -> &str {
    simulator.base_url().strip_prefix("http://").unwrap()
}

pub(crate) fn connect(simulator: &Simulator) -> TcpStream {
    connect_to(authority(simulator))
}

pub(crate) fn connect_to(authority: &str) -> TcpStream {
    let stream = TcpStream::connect(authority).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// How the connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Closed,
    Reset,
}

/// Every byte until the connection ends; a time-out panics.
pub(crate) fn read_all(stream: &TcpStream) -> (Vec<u8>, End) {
    let mut bytes = Vec::new();
    match stream.take(MOST).read_to_end(&mut bytes) {
        Ok(_) => (bytes, End::Closed),
        Err(e) if e.kind() == ErrorKind::ConnectionReset => (bytes, End::Reset),
        Err(e) => panic!("{e} after {} bytes", bytes.len()),
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// Cuts head from body; the body is whatever came, whole or not.
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").expect("no end of head");
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().strip_prefix("HTTP/1.1 ").unwrap()[..3].parse().unwrap();
        let headers = lines.map(|line| line.split_once(": ").unwrap());
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        Self { status, headers, body: bytes[end + 4..].to_vec() }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A request that asks for the connection to be closed.
pub(crate) fn request(method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    if !body.is_empty() {
        head += &format!("Content-Length: {}\r\n", body.len());
    }
    [head.as_bytes(), b"\r\n", body].concat()
}

pub(crate) fn send(simulator: &Simulator, bytes: &[u8]) -> (Vec<u8>, End) {
    send_to(authority(simulator), bytes)
}

pub(crate) fn send_to(authority: &str, bytes: &[u8]) -> (Vec<u8>, End) {
    let mut stream = connect_to(authority);
    stream.write_all(bytes).unwrap();
    read_all(&stream)
}

pub(crate) fn exchange(
    simulator: &Simulator,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Response {
    exchange_at(authority(simulator), &request(method, target, headers, body))
}

/// The whole answer of that host and port.
pub(crate) fn exchange_at(authority: &str, request: &[u8]) -> Response {
    let (bytes, end) = send_to(authority, request);
    assert_eq!(end, End::Closed);
    let response = Response::parse(&bytes);
    assert_eq!(response.header("content-length"), Some(response.body.len().to_string().as_str()));
    response
}

pub(crate) fn get(simulator: &Simulator, target: &str) -> Response {
    exchange(simulator, "GET", target, &[], b"")
}

/// Sends the fields as a chat request; the answer must be a vendor's answer.
pub(crate) fn chat(simulator: &Simulator, fields: &Map<String, Value>) -> Value {
    let body = serde_json::to_vec(fields).unwrap();
    let response = exchange(simulator, "POST", CHAT, &[("Content-Type", JSON)], &body);
    assert_eq!((response.status, response.header("content-type")), (200, Some(JSON)));
    response.json()
}

/// The bytes of a chat request, for tests that look at the wire.
pub(crate) fn chat_bytes() -> Vec<u8> {
    request("POST", CHAT, &[("Content-Type", JSON)], &serde_json::to_vec(&valid()).unwrap())
}

/// One second of a square wave at −20 dBFS, as s16le at 16 kHz.
pub(crate) fn pcm() -> Vec<u8> {
    (0..16_000_i32).flat_map(|i| (if i / 20 % 2 == 0 { 3_277_i16 } else { -3_277 }).to_le_bytes()).collect()
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// A request that keeps every rule.
pub(crate) fn valid() -> Map<String, Value> {
    let value = json!({
        "accessToken": DEMO_TOKEN,
        "encodeData": base64(&pcm()),
        "voiceType": "16k",
        "voiceFormat": "raw",
    });
    value.as_object().unwrap().clone()
}

/// The same with some fields set; `null` removes a field.
pub(crate) fn valid_with(changes: Value) -> Map<String, Value> {
    let mut fields = valid();
    let Value::Object(changes) = changes else { panic!("changes are an object") };
    for (name, value) in changes {
        match value {
            Value::Null => fields.remove(&name),
            value => fields.insert(name, value),
        };
    }
    fields
}

/// A WAV file by an independent writer.
pub(crate) fn wav(rate_hz: u32, channels: u16, bits: u16, frames: u32) -> Vec<u8> {
    let format = if bits == 32 { hound::SampleFormat::Float } else { hound::SampleFormat::Int };
    let spec = hound::WavSpec { channels, sample_rate: rate_hz, bits_per_sample: bits, sample_format: format };
    let mut file = Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut file, spec).unwrap();
    for i in 0..frames * u32::from(channels) {
        let high = i / 20 % 2 == 0;
        match bits {
            32 => writer.write_sample(if high { 0.1_f32 } else { -0.1 }).unwrap(),
            8 => writer.write_sample(if high { 12_i8 } else { -12 }).unwrap(),
            _ => writer.write_sample(if high { 3_277_i16 } else { -3_277 }).unwrap(),
        }
    }
    writer.finalize().unwrap();
    file.into_inner()
}
