//! Stand-ins for transport, time and chance.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use super::{Body, CancelToken, Clock, Headers, Limits, Random, Request, Response, Transport, TransportError};

/// Time that passes only when somebody sleeps.
#[derive(Debug, Default)]
pub(crate) struct FakeClock {
    state: Mutex<(Duration, Vec<Duration>)>,
    cancels: Option<CancelToken>,
}

impl FakeClock {
    /// A clock whose sleeps are interrupted by a cancellation.
    pub(crate) fn cancelling(token: &CancelToken) -> Self {
        Self { cancels: Some(token.clone()), ..Self::default() }
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.state.lock().unwrap().0 += by;
    }

    pub(crate) fn sleeps(&self) -> Vec<Duration> {
        self.state.lock().unwrap().1.clone()
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Duration {
        self.state.lock().unwrap().0
    }

    fn date(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + self.now()
    }

    fn sleep(&self, duration: Duration, _cancel: &CancelToken) {
        if let Some(token) = &self.cancels {
            token.cancel();
        }
        let mut state = self.state.lock().unwrap();
        state.0 += duration;
        state.1.push(duration);
    }
}

/// The same bits every time.
#[derive(Debug)]
pub(crate) struct FixedRandom(pub(crate) u64);

impl FixedRandom {
    /// Fractions of one half.
    pub(crate) fn half() -> Self {
        Self(1 << 63)
    }
}

impl Random for FixedRandom {
    fn next_u64(&self) -> u64 {
        self.0
    }
}

/// Answers as told, in order, and remembers what it was sent.
#[derive(Debug, Default)]
pub(crate) struct Scripted {
    script: Mutex<VecDeque<Result<Response, TransportError>>>,
    seen: Mutex<Vec<(Request, Limits)>>,
}

impl Scripted {
    pub(crate) fn new(script: impl IntoIterator<Item = Result<Response, TransportError>>) -> Self {
        Self { script: Mutex::new(script.into_iter().collect()), seen: Mutex::default() }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.seen.lock().unwrap().iter().map(|(request, _)| request.clone()).collect()
    }

    pub(crate) fn limits(&self) -> Vec<Limits> {
        self.seen.lock().unwrap().iter().map(|(_, limits)| *limits).collect()
    }
}

impl Transport for Scripted {
    fn send(&self, request: &Request, limits: &Limits, _: &CancelToken) -> Result<Response, TransportError> {
        self.seen.lock().unwrap().push((request.clone(), *limits));
        self.script.lock().unwrap().pop_front().unwrap_or_else(|| panic!("more requests than the script foresees"))
    }
}

/// An answer with these headers.
pub(crate) fn answer(
    status: u16,
    headers: &[(&str, &str)],
    body: impl Into<Vec<u8>>,
) -> Result<Response, TransportError> {
    let mut fields = Headers::new();
    for (name, value) in headers {
        fields.push(*name, *value);
    }
    Ok(Response { status, headers: fields, body: Body::from_bytes(body) })
}

/// The connection broke after the request had been sent.
pub(crate) fn lost() -> Result<Response, TransportError> {
    Err(TransportError::Lost { request_complete: true, source: std::io::ErrorKind::ConnectionReset.into() })
}

/// No connection.
pub(crate) fn refused() -> Result<Response, TransportError> {
    Err(TransportError::Connect { origin: "http://h".to_owned(), source: std::io::ErrorKind::ConnectionRefused.into() })
}
