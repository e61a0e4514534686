//! Connections that can be cut at an exact byte, which no well-behaved server library offers.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

use crate::log::ConnectionCounts;
use crate::state::lock;

/// When a connection stops taking bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    Never,
    Now,
    Reset,
    /// After the head of the answer and this many bytes of its body.
    InBody(Progress),
}

/// How far an answer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Progress {
    /// Bytes of [`HEAD_END`] seen in a row.
    matched: usize,
    /// Bytes of the body still to let through.
    left: u64,
}

/// RFC 9112 §2.1: an empty line ends the head.
const HEAD_END: &[u8; 4] = b"\r\n\r\n";

impl Progress {
    /// How many bytes of `bytes` may pass, and where that leaves the answer.
    fn over(mut self, bytes: &[u8]) -> (usize, Self) {
        let mut passed = 0;
        for byte in bytes {
            if self.matched == HEAD_END.len() {
                break;
            }
            let expected = HEAD_END.get(self.matched);
            self.matched = match byte {
                b if Some(b) == expected => self.matched + 1,
                b'\r' => 1,
                _ => 0,
            };
            passed += 1;
        }
        let body = bytes.len() - passed;
        let allowed = usize::try_from(self.left).unwrap_or(usize::MAX).min(body);
        self.left -= allowed as u64;
        (passed + allowed, self)
    }
}

/// What a handler holds of the connection it answers on.
#[derive(Debug, Clone)]
pub(crate) struct WireHandle {
    cut: Arc<Mutex<Cut>>,
    id: u64,
    requests: Arc<AtomicU64>,
    door: Arc<Door>,
}

impl WireHandle {
    /// Not a byte of the coming answer passes.
    pub(crate) fn cut_now(&self) {
        *lock(&self.cut) = Cut::Now;
    }

    /// The same with a TCP reset.
    pub(crate) fn reset(&self) {
        *lock(&self.cut) = Cut::Reset;
    }

    /// The head of the coming answer passes, and `keep` bytes of its body, which must be longer.
    pub(crate) fn cut_in_body(&self, keep: u64) {
        *lock(&self.cut) = Cut::InBody(Progress { matched: 0, left: keep });
    }

    /// Counts a request: the number of the connection, and which of its requests this is.
    pub(crate) fn count(&self) -> (u64, u64) {
        let nth = self.requests.fetch_add(1, Relaxed) + 1;
        let door = &self.door;
        door.requests.fetch_add(1, Relaxed);
        door.most.fetch_max(nth, Relaxed);
        match nth {
            1 => door.used.fetch_add(1, Relaxed),
            2 => door.reused.fetch_add(1, Relaxed),
            _ => 0,
        };
        (self.id, nth)
    }
}

/// What went through one listening port.
#[derive(Debug, Default)]
pub(crate) struct Door {
    accepted: AtomicU64,
    used: AtomicU64,
    reused: AtomicU64,
    requests: AtomicU64,
    most: AtomicU64,
}

impl Door {
    pub(crate) fn counts(&self) -> ConnectionCounts {
        let get = |number: &AtomicU64| number.load(Relaxed);
        ConnectionCounts {
            accepted: get(&self.accepted),
            used: get(&self.used),
            reused: get(&self.reused),
            requests: get(&self.requests),
            most_requests_on_one: get(&self.most),
        }
    }
}

/// A connection with its cut.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: TcpStream,
    handle: WireHandle,
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let cut = *lock(&self.handle.cut);
        let progress = match cut {
            Cut::Never => return Pin::new(&mut self.stream).poll_write(cx, buf),
            Cut::InBody(progress) => progress,
            Cut::Now => return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into())),
            Cut::Reset => {
                self.stream.set_zero_linger()?;
                return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
            }
        };
        let (allowed, _) = progress.over(buf);
        let Some(buf) = buf.get(..allowed).filter(|buf| !buf.is_empty()) else {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        };
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        if let Poll::Ready(Ok(n)) = written {
            let (_, now) = progress.over(buf.get(..n).unwrap_or(buf));
            *lock(&self.handle.cut) = Cut::InBody(now);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Accepts connections that can be cut.
#[derive(Debug)]
pub(crate) struct WireListener(pub(crate) TcpListener, pub(crate) Arc<Door>);

impl Listener for WireListener {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        loop {
            match self.0.accept().await {
                Ok((stream, address)) => {
                    // Small answers must not wait for each other; failing to say so only costs time.
                    let _ = stream.set_nodelay(true);
                    let handle = WireHandle {
                        cut: Arc::new(Mutex::new(Cut::Never)),
                        id: self.1.accepted.fetch_add(1, Relaxed) + 1,
                        requests: Arc::new(AtomicU64::new(0)),
                        door: Arc::clone(&self.1),
                    };
                    return (Wire { stream, handle }, address);
                }
                // Out of descriptors, or the peer is gone already: neither is cured by trying at once.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, WireListener>> for WireHandle {
    fn connect_info(stream: IncomingStream<'_, WireListener>) -> Self {
        stream.io().handle.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cut_is_at_the_same_byte_however_the_answer_is_written() {
        let answer = b"HTTP/1.1 200 OK\r\nA: 1\r\nB: \r\r\n\r\n0123456789";
        for keep in [0_u64, 1, 9] {
            for size in 1..=answer.len() {
                let mut progress = Progress { matched: 0, left: keep };
                let mut passed = 0;
                for piece in answer.chunks(size) {
                    let (n, next) = progress.over(piece);
                    progress = next;
                    passed += n;
                    if n < piece.len() {
                        break;
                    }
                }
                assert_eq!(passed, answer.len() - 10 + keep as usize, "keep {keep}, pieces of {size}");
            }
        }
    }
}
