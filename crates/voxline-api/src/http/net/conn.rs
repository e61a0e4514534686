//! One connection that speaks HTTP/1.1: requests out, answers in.

use std::io::{self, Read, Write};

use zeroize::Zeroizing;

use super::head::{self, Head, MAX_HEAD_BYTES};
use super::socket::Io;
use super::watch::{Watch, uncarried};
use crate::http::TransportError;

/// Bytes asked of the system at once.
const PIECE_BYTES: usize = 16 << 10;
/// Answers of the kind "go on" that are passed over.
const MAX_INTERIM: usize = 8;

pub(super) struct Conn {
    io: Box<dyn Io>,
    /// What arrived and was not taken yet; wiped, because answers hold tokens and signed addresses.
    arrived: Zeroizing<Vec<u8>>,
    taken: usize,
    /// The process that made it. One that was forked off has it too, and both would read each other's answers.
    process: u32,
}

impl Conn {
    pub(super) fn new(io: Box<dyn Io>) -> Self {
        Self { io, arrived: Zeroizing::default(), taken: 0, process: std::process::id() }
    }

    /// The bare connection, for what is spoken over it next.
    ///
    /// **Errors**: it has something to say already.
    pub(super) fn into_io(self) -> io::Result<Box<dyn Io>> {
        if self.rest().is_empty() { Ok(self.io) } else { Err(io::ErrorKind::InvalidData.into()) }
    }

    pub(super) fn watch(&mut self, watch: &Watch) {
        self.io.watch(watch);
    }

    /// Whether the next request may go out on it: it is this process's own and open, and nothing arrived that nobody
    /// asked for. One of another process is not even looked at; to drop it closes this process's handle alone.
    pub(super) fn is_idle(&mut self) -> bool {
        self.process == std::process::id() && self.rest().is_empty() && self.io.is_idle()
    }

    /// Hands head and body to the system. If it fails, the last byte was not handed over.
    pub(super) fn send(&mut self, head: &[u8], body: &[u8]) -> io::Result<()> {
        // A short body goes along with its head, as most do.
        let (first, rest) = body.split_at(body.len().min(PIECE_BYTES));
        let together = Zeroizing::new([head, first].concat());
        self.io.write_all(&together)?;
        self.io.write_all(rest)?;
        self.io.flush()
    }

    /// The head of the answer.
    pub(super) fn receive_head(&mut self) -> Result<Head, TransportError> {
        let lost = |source| TransportError::Lost { request_complete: true, source };
        let garbled = |what: &str| TransportError::Protocol(what.to_owned());
        for _ in 0..MAX_INTERIM {
            let mut known = 0;
            let end = loop {
                if !head::may_begin(self.rest()) {
                    return Err(garbled("it does not begin with HTTP/1"));
                }
                if let Some(end) = head::length(self.rest(), known) {
                    break end;
                }
                known = self.rest().len();
                if known > MAX_HEAD_BYTES {
                    return Err(garbled("the header is too long"));
                }
                if self.fill().map_err(|e| uncarried(e, lost))? == 0 {
                    return Err(lost(io::ErrorKind::UnexpectedEof.into()));
                }
            };
            if end > MAX_HEAD_BYTES {
                return Err(garbled("the header is too long"));
            }
            let head = head::parse(self.rest().get(..end).unwrap_or_default()).map_err(garbled)?;
            self.take(end);
            match head.status {
                // Nobody asked for another protocol.
                101 => return Err(garbled("it changes to another protocol")),
                100..=199 => {}
                _ => return Ok(head),
            }
        }
        Err(garbled("it begins again and again"))
    }

    /// What arrived and was not taken.
    pub(super) fn rest(&self) -> &[u8] {
        self.arrived.get(self.taken..).unwrap_or_default()
    }

    pub(super) fn take(&mut self, bytes: usize) {
        self.taken = self.taken.saturating_add(bytes).min(self.arrived.len());
    }

    /// Waits for more; 0 at the end.
    pub(super) fn fill(&mut self) -> io::Result<usize> {
        let taken = std::mem::take(&mut self.taken);
        self.arrived.drain(..taken);
        let before = self.arrived.len();
        if self.arrived.capacity() < before + PIECE_BYTES {
            // By hand, because growing would leave the old bytes behind.
            let mut larger = Zeroizing::new(Vec::with_capacity(2 * before + PIECE_BYTES));
            larger.extend_from_slice(&self.arrived);
            self.arrived = larger;
        }
        self.arrived.resize(before + PIECE_BYTES, 0);
        let result = self.io.read(self.arrived.get_mut(before..).unwrap_or_default());
        self.arrived.truncate(before + result.as_ref().map_or(0, |n| *n));
        result
    }

    /// Bytes of a body into `buffer`: what has arrived, or else straight from the connection; 0 at the end.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.rest().is_empty() {
            return self.io.read(buffer);
        }
        let n = self.rest().read(buffer)?;
        self.take(n);
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A connection that nobody may touch.
    struct Untouchable;

    impl Read for Untouchable {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            panic!("read")
        }
    }

    impl Write for Untouchable {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            panic!("write")
        }

        fn flush(&mut self) -> io::Result<()> {
            panic!("flush")
        }
    }

    impl Io for Untouchable {
        fn watch(&mut self, _: &Watch) {
            panic!("watch")
        }

        fn is_idle(&mut self) -> bool {
            panic!("is_idle")
        }
    }

    #[test]
    fn what_another_process_connected_is_left_alone() {
        let mut conn = Conn::new(Box::new(Untouchable));
        conn.process = conn.process.wrapping_add(1);
        assert!(!conn.is_idle());
        drop(conn);
    }
}
