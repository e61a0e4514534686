//! The body of an answer on its way in.

use std::io::{self, Read};

use super::conn::Conn;
use super::head::{Framing, number};
use super::pool::Ticket;
use super::watch::{Term, carried, uncarried};
use crate::http::{Phase, TransportError};

/// Most bytes of a line between two chunks.
const MAX_LINE_BYTES: usize = 4 << 10;
/// Most lines behind the last chunk.
const MAX_TRAILERS: usize = 64;

/// A body with its connection, which goes back to the others once all of it was read.
pub(super) struct Incoming {
    /// `None` once it has ended or failed.
    conn: Option<Conn>,
    /// Where the connection goes; `None` if no request may follow on it.
    ticket: Option<Ticket>,
    term: Term,
    state: State,
    received_bytes: u64,
    expected_bytes: Option<u64>,
    failed: bool,
}

enum State {
    /// So many bytes are left.
    Length(u64),
    /// Within a chunk of which so many bytes are left; behind it comes the end of its line.
    Chunk(u64),
    /// Before the length of a chunk.
    ChunkLine,
    /// Until the connection ends.
    Close,
}

impl Incoming {
    pub(super) fn new(conn: Conn, framing: Framing, ticket: Option<Ticket>, term: Term) -> Self {
        let (state, expected_bytes) = match framing {
            Framing::Length(length) => (State::Length(length), Some(length)),
            Framing::Chunked => (State::ChunkLine, None),
            Framing::Close => (State::Close, None),
        };
        let mut body = Self { conn: Some(conn), ticket, term, state, received_bytes: 0, expected_bytes, failed: false };
        if framing == Framing::Length(0) {
            body.end();
        }
        body
    }

    /// All is there: the connection is free for the next request.
    fn end(&mut self) {
        if let (Some(conn), Some(ticket)) = (self.conn.take(), self.ticket.take()) {
            ticket.give_back(conn);
        }
    }

    fn cut_off(&self) -> TransportError {
        TransportError::Truncated { received_bytes: self.received_bytes, expected_bytes: self.expected_bytes }
    }

    fn next(&mut self, buffer: &mut [u8]) -> Result<usize, TransportError> {
        let Some(conn) = self.conn.as_mut() else { return if self.failed { Err(self.cut_off()) } else { Ok(0) } };
        // Each silence has its own limit.
        conn.watch(&self.term.watch(Phase::Body));
        if matches!(self.state, State::ChunkLine) {
            match self.chunk_line()? {
                0 => {
                    self.trailers();
                    self.end();
                    return Ok(0);
                }
                length => self.state = State::Chunk(length),
            }
        }
        let left = match self.state {
            State::Length(left) | State::Chunk(left) => left,
            State::Close | State::ChunkLine => u64::MAX,
        };
        let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let n = self.read(buffer.get_mut(..wanted).unwrap_or_default())?;
        self.received_bytes = self.received_bytes.saturating_add(n as u64);
        let left = left.saturating_sub(n as u64);
        match self.state {
            State::Close if n == 0 => self.end(),
            _ if n == 0 => return Err(self.cut_off()),
            State::Close | State::ChunkLine => {}
            State::Length(_) => {
                self.state = State::Length(left);
                if left == 0 {
                    self.end();
                }
            }
            State::Chunk(_) if left > 0 => self.state = State::Chunk(left),
            State::Chunk(_) => {
                if !self.line()?.is_empty() {
                    return Err(garbled());
                }
                self.state = State::ChunkLine;
            }
        }
        Ok(n)
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TransportError> {
        let cut_off = self.cut_off();
        let conn = self.conn.as_mut().ok_or_else(garbled)?;
        conn.read(buffer).map_err(|error| uncarried(error, |_| cut_off))
    }

    /// The length before a chunk (RFC 9112, 7.1); what may stand behind it means nothing to us.
    fn chunk_line(&mut self) -> Result<u64, TransportError> {
        let line = self.line()?;
        let length = line.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii_end();
        number(length, 16).ok_or_else(garbled)
    }

    /// Everything is there already: whether the rest comes decides only whether the connection is used again.
    fn trailers(&mut self) {
        for _ in 0..MAX_TRAILERS {
            match self.line() {
                Ok(line) if line.is_empty() => return,
                Ok(_) => {}
                Err(_) => break,
            }
        }
        self.ticket = None;
    }

    fn line(&mut self) -> Result<Vec<u8>, TransportError> {
        let cut_off = self.cut_off();
        let conn = self.conn.as_mut().ok_or_else(garbled)?;
        let mut known = 0;
        loop {
            if let Some(at) = conn.rest().iter().skip(known).position(|byte| *byte == b'\n') {
                let end = known + at;
                let line = conn.rest().get(..end).unwrap_or_default();
                let line = line.strip_suffix(b"\r").unwrap_or(line).to_vec();
                conn.take(end + 1);
                return Ok(line);
            }
            known = conn.rest().len();
            if known > MAX_LINE_BYTES {
                return Err(garbled());
            }
            match conn.fill() {
                Ok(0) => return Err(cut_off),
                Ok(_) => {}
                Err(error) => return Err(uncarried(error, |_| cut_off)),
            }
        }
    }
}

fn garbled() -> TransportError {
    TransportError::Protocol("its chunks are not as they should be".to_owned())
}

impl Read for Incoming {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        self.next(buffer).map_err(|error| {
            (self.conn, self.ticket, self.failed) = (None, None, true);
            carried(error)
        })
    }
}
