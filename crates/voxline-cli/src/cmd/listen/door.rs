//! Connections that have to be done in time: whoever sends slowly, or nothing, keeps nobody else out for long.

use std::fmt;
use std::future::Future as _;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep_until};

/// How long to wait after the system could not give a connection (too many open files …).
const PAUSE: Duration = Duration::from_millis(50);

/// Where connections come in: a number of them at a time, each for a time at most.
pub(super) struct Door {
    listener: TcpListener,
    places: Arc<Semaphore>,
    timeout: Duration,
}

impl Door {
    /// `timeout` is from the opening of a connection, or its last answer, to the end of the next request.
    pub(super) fn new(listener: TcpListener, connections: usize, timeout: Duration) -> Self {
        Self { listener, places: Arc::new(Semaphore::new(connections)), timeout }
    }
}

impl Listener for Door {
    type Io = Timed;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Timed, SocketAddr) {
        // The others wait in the system's queue; the time-out frees a place before long. It is never closed.
        let place = Arc::clone(&self.places).acquire_owned().await.ok();
        loop {
            match self.listener.accept().await {
                Ok((stream, address)) => return (Timed::new(stream, self.timeout, place), address),
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection whose reads and writes fail once a request takes too long.
pub(super) struct Timed {
    stream: TcpStream,
    timeout: Duration,
    due: Pin<Box<Sleep>>,
    _place: Option<OwnedSemaphorePermit>,
}

/// The error of such a read: how long was waited.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimedOut(pub(super) Duration);

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not done after {} s", self.0.as_secs_f64())
    }
}

impl std::error::Error for TimedOut {}

impl TimedOut {
    /// What is in the error, if it is this.
    pub(super) fn of(error: &io::Error) -> Option<Self> {
        error.get_ref().and_then(|inner| inner.downcast_ref::<Self>()).copied()
    }
}

impl Timed {
    fn new(stream: TcpStream, timeout: Duration, place: Option<OwnedSemaphorePermit>) -> Self {
        // A time-out beyond what the clock can hold is none.
        let due = Instant::now().checked_add(timeout).unwrap_or_else(far);
        Self { stream, timeout, due: Box::pin(sleep_until(due)), _place: place }
    }

    fn check(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        match self.due.as_mut().poll(context) {
            Poll::Ready(()) => Err(io::Error::new(io::ErrorKind::TimedOut, TimedOut(self.timeout))),
            Poll::Pending => Ok(()),
        }
    }

    /// An answer goes out: the time of the next request begins.
    fn begin(&mut self) {
        let due = Instant::now().checked_add(self.timeout).unwrap_or_else(far);
        self.due.as_mut().reset(due);
    }
}

/// A year from now.
fn far() -> Instant {
    Instant::now() + Duration::from_secs(365 * 86_400)
}

impl AsyncRead for Timed {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.check(context)?;
        Pin::new(&mut self.stream).poll_read(context, buf)
    }
}

impl AsyncWrite for Timed {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = match Pin::new(&mut self.stream).poll_write(context, bytes) {
            Poll::Ready(written) => written?,
            Poll::Pending => {
                // Whoever does not take the answer has no more time than one who does not send.
                self.check(context)?;
                return Poll::Pending;
            }
        };
        self.begin();
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(context))?;
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
