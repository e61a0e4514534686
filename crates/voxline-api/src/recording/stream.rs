//! A recording as a reader.

use std::fmt;
use std::io::{self, Read};

use voxline_core::{Error, ErrorKind, Result};

use super::client::RecordingClient;
use super::fetch::{Fetch, Piece, Restart};
use super::request::RecordingId;
use super::url::RecordingUrl;
use crate::http::CancelToken;

const OP: &str = "read recording";

impl RecordingClient {
    /// Finds a recording and begins to fetch it: the audio is read while it arrives.
    ///
    /// **Errors**: those of [`RecordingClient::locate`]; [`ErrorKind::Service`] if what comes is not audio;
    /// [`ErrorKind::LimitExceeded`] if it is too long; if the server says that the address is not valid, it is asked
    /// for another one, once.
    pub fn open(&self, id: &RecordingId) -> Result<RecordingStream> {
        self.open_with(id, &CancelToken::new())
    }

    /// The same, given up (also later, between two reads) when `cancel` is cancelled.
    ///
    /// **Errors**: as [`RecordingClient::open`], and [`ErrorKind::Cancelled`].
    pub fn open_with(&self, id: &RecordingId, cancel: &CancelToken) -> Result<RecordingStream> {
        self.stream(id.clone(), None, cancel)
    }

    /// The same for an address that was found before.
    ///
    /// **Errors**: as [`RecordingClient::open_with`].
    pub fn open_url(&self, url: &RecordingUrl, cancel: &CancelToken) -> Result<RecordingStream> {
        self.stream(url.id().clone(), Some(url.clone()), cancel)
    }

    fn stream(&self, id: RecordingId, url: Option<RecordingUrl>, cancel: &CancelToken) -> Result<RecordingStream> {
        id.check()?;
        let mut fetch = Fetch::new(&self.0, OP, id, url, Restart::Skip, cancel);
        fetch.begin()?;
        Ok(RecordingStream { fetch, failed: false })
    }
}

/// The bytes of a recording, read as they arrive.
///
/// A lost connection is not noticed by the reader: the rest is asked for (HTTP `Range`), or, where the server knows
/// no parts, the whole again, of which the known beginning is passed over after comparing its checksum. The end is
/// reported only when everything that was announced is there.
///
/// **Errors** of reading carry an [`Error`]: `io_error.downcast::<voxline_core::Error>()`. After an error, reading
/// fails with [`ErrorKind::InvalidState`].
///
/// **Allocation**: none per read, some KiB for comparing; nothing grows with the length.
///
/// ```no_run
/// # use voxline_api::recording::{RecordingClient, RecordingId};
/// # let client = RecordingClient::builder().token("t").build()?;
/// let mut stream = client.open(&RecordingId::new("user", "task", "record"))?;
/// let mut file = std::fs::File::create("/tmp/call.wav").unwrap();
/// std::io::copy(&mut stream, &mut file).unwrap();
/// # Ok::<(), voxline_core::Error>(())
/// ```
pub struct RecordingStream {
    fetch: Fetch,
    failed: bool,
}

impl RecordingStream {
    /// Length of the whole recording in bytes, if the server said so.
    pub fn total_bytes(&self) -> Option<u64> {
        self.fetch.version().total_bytes
    }

    /// Bytes given out so far.
    pub fn position_bytes(&self) -> u64 {
        self.fetch.position()
    }

    /// What the server says about the format. The bytes themselves are more reliable.
    pub fn content_type(&self) -> Option<&str> {
        self.fetch.content_type()
    }
}

impl Read for RecordingStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.failed {
            return Err(carried(Error::new(ErrorKind::InvalidState, OP, "reading failed before; open it again")));
        }
        let result = match self.fetch.next(buffer) {
            Ok(Piece::Data(n)) => Ok(n),
            Ok(Piece::End) => Ok(0),
            Ok(Piece::Restarted) => Err(Error::new(ErrorKind::Internal, OP, "a stream cannot begin anew")),
            Err(error) => Err(error),
        };
        self.failed = result.is_err();
        result.map_err(carried)
    }
}

fn carried(error: Error) -> io::Error {
    let kind = match error.kind() {
        ErrorKind::Timeout => io::ErrorKind::TimedOut,
        ErrorKind::NotFound => io::ErrorKind::NotFound,
        ErrorKind::Unauthenticated | ErrorKind::PermissionDenied => io::ErrorKind::PermissionDenied,
        // Not `Interrupted`, which readers take for "try again".
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error)
}

impl fmt::Debug for RecordingStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordingStream")
            .field("position_bytes", &self.position_bytes())
            .field("total_bytes", &self.total_bytes())
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}
