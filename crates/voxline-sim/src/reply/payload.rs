//! Bodies: a few bytes in memory, or any number made up on the way.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use http_body::{Frame, SizeHint};
use tokio::time::Sleep;

use crate::recording::RecordingBody;

/// Largest piece handed to the connection at once.
const PIECE_BYTES: usize = 64 << 10;

/// What a body consists of.
#[derive(Debug, Clone)]
pub(crate) enum Payload {
    Bytes(Bytes),
    /// The bytes of a recording from `start` to before `end`.
    Recording {
        body: RecordingBody,
        start: u64,
        end: u64,
    },
}

/// Drop by drop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace {
    pub(crate) bytes: usize,
    pub(crate) every: Duration,
}

impl Payload {
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Recording { start, end, .. } => end.saturating_sub(*start),
        }
    }

    /// The bytes, if they lie in memory.
    pub(crate) fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::Recording { .. } => None,
        }
    }

    /// The next piece of at most `most` bytes, which leaves the payload; `None` at its end.
    fn take(&mut self, most: usize) -> Option<Bytes> {
        match self {
            Self::Bytes(bytes) if bytes.is_empty() => None,
            Self::Bytes(bytes) => Some(bytes.split_to(most.min(bytes.len()))),
            Self::Recording { start, end, .. } if *start >= *end => None,
            Self::Recording { body, start, end } => {
                let left = usize::try_from(*end - *start).unwrap_or(usize::MAX);
                let mut piece = vec![0; most.min(left).min(PIECE_BYTES)];
                body.read_at(*start, &mut piece);
                *start += piece.len() as u64;
                Some(piece.into())
            }
        }
    }

    pub(crate) fn into_body(self, pace: Option<Pace>) -> Body {
        match (self, pace) {
            (Self::Bytes(bytes), None) => Body::from(bytes),
            (left, pace) => Body::new(Stream { left, pace, wait: None }),
        }
    }
}

impl From<String> for Payload {
    fn from(text: String) -> Self {
        Self::Bytes(text.into())
    }
}

impl From<&str> for Payload {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<&'static [u8]> for Payload {
    fn from(bytes: &'static [u8]) -> Self {
        Self::Bytes(Bytes::from_static(bytes))
    }
}

/// A payload on its way, never held as a whole.
#[derive(Debug)]
struct Stream {
    left: Payload,
    pace: Option<Pace>,
    /// Runs out when the next piece may go.
    wait: Option<Pin<Box<Sleep>>>,
}

impl http_body::Body for Stream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(wait) = &mut self.wait {
            std::task::ready!(wait.as_mut().poll(cx));
            self.wait = None;
        }
        let most = self.pace.map_or(PIECE_BYTES, |pace| pace.bytes);
        let piece = self.left.take(most);
        if let Some(pace) = self.pace.filter(|pace| !pace.every.is_zero() && self.left.len() > 0) {
            self.wait = Some(Box::pin(tokio::time::sleep(pace.every)));
        }
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.len() == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left.len())
    }
}
