//! Finding FLAC's frames: they say neither their size nor where the next one begins.
//!
//! A frame ends where its checksum fits and another header follows, or the input ends. A header that follows where the
//! checksum does not fit ends a damaged frame. Every byte is looked at once for each of these, whatever they are.

use super::MAGIC;
use super::crc::crc16;
use super::header::{FrameHeader, Here, MAX_HEADER_BYTES, StreamDescription, may_start};

/// Places that are remembered where the checksum fits and nothing known follows.
const MAX_CANDIDATES: usize = 8;
/// A CRC alone fits by chance every 64 KiB.
const FOOTER_BYTES: usize = 2;

/// What lies at the front of the bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Event {
    NeedMore,
    /// A frame whose checksum fits.
    Frame {
        header: FrameHeader,
        bytes: usize,
    },
    /// The end of a frame is not certain: it may be at one of these places. What follows it begins after so many bytes; or
    /// the frame is cut, because the input is over.
    Doubtful {
        header: FrameHeader,
        ends: Vec<usize>,
        bytes: usize,
        cut: bool,
    },
    /// Bytes that are no frame.
    Junk(usize),
    /// Another file begins.
    Magic,
    End,
}

/// How far the frame at the front was looked at.
#[derive(Debug, Default)]
pub(super) struct Framer {
    header: Option<FrameHeader>,
    seen: usize,
    crc: u16,
    ends: Vec<usize>,
    /// The last place where the checksum fitted, and where the run of such places began.
    zeros_at: Option<usize>,
    run_start: usize,
}

impl Framer {
    /// What the bytes begin with. Anything but [`Event::NeedMore`] and [`Event::Magic`] is to be consumed then.
    pub(super) fn next(&mut self, bytes: &[u8], stream: &StreamDescription, end: bool) -> Event {
        if self.header.is_none() {
            match self.start(bytes, stream, end) {
                Ok(header) => self.header = Some(header),
                Err(event) => return event,
            }
        }
        let Some(header) = self.header else { return Event::NeedMore };
        let event = self.follow(header, bytes, stream, end);
        if event != Event::NeedMore {
            *self = Self::default();
        }
        event
    }

    /// A header at the front, or what else there is.
    fn start(&self, bytes: &[u8], stream: &StreamDescription, end: bool) -> Result<FrameHeader, Event> {
        if bytes.is_empty() {
            return Err(if end { Event::End } else { Event::NeedMore });
        }
        for at in 0..bytes.len() {
            let rest = bytes.get(at..).unwrap_or_default();
            let here = match FrameHeader::read(rest, stream, end) {
                Here::Header(header) if at == 0 => return Ok(header),
                Here::Header(_) => Event::Junk(at),
                Here::Open => Event::NeedMore,
                Here::Nothing if rest.starts_with(MAGIC) => Event::Magic,
                Here::Nothing if MAGIC.starts_with(rest) && !end => Event::NeedMore,
                Here::Nothing => continue,
            };
            return Err(if at == 0 { here } else { Event::Junk(at) });
        }
        Err(Event::Junk(bytes.len()))
    }

    fn follow(&mut self, header: FrameHeader, bytes: &[u8], stream: &StreamDescription, end: bool) -> Event {
        let least = header.bytes + usize::from(stream.channels) + FOOTER_BYTES;
        let most = header.most_bytes(stream);
        while self.seen < most {
            let Some(&byte) = bytes.get(self.seen) else { break };
            let rest = bytes.get(self.seen..).unwrap_or_default();
            if self.seen >= least {
                if byte == 0xFF && may_start(rest) {
                    match FrameHeader::read(rest, stream, end) {
                        Here::Open => return Event::NeedMore,
                        Here::Header(next) if next.variable == header.variable => return self.ends_here(header),
                        Here::Header(_) | Here::Nothing => {}
                    }
                } else if self.crc == 0 && byte == MAGIC[0] {
                    if rest.len() < MAGIC.len() && !end {
                        return Event::NeedMore;
                    }
                    if rest.starts_with(MAGIC) {
                        return self.ends_here(header);
                    }
                }
                self.note_end();
            }
            self.crc = crc16(self.crc, byte);
            self.seen += 1;
        }
        if self.seen < most && !end {
            return Event::NeedMore;
        }
        if self.seen == bytes.len() && end && self.seen >= least {
            self.note_end();
        }
        // What was seen holds no header, but its last bytes may begin one.
        let cut = self.seen < most;
        let bytes = if cut { self.seen } else { self.seen.saturating_sub(MAX_HEADER_BYTES).max(1) };
        Event::Doubtful { header, ends: std::mem::take(&mut self.ends), bytes, cut }
    }

    /// Remembers a place where the checksum fits. Zeros behind a frame leave it as it is, and so does a last byte of 0: of
    /// such a run the frame ends at the first place or the second, which is taken.
    fn note_end(&mut self) {
        if self.crc != 0 {
            return;
        }
        let in_run = self.zeros_at.replace(self.seen).is_some_and(|before| before + 1 == self.seen);
        if in_run {
            if let Some(end) = self.ends.last_mut() {
                *end = (*end).max(self.run_start + 1);
            }
        } else if self.ends.len() < MAX_CANDIDATES {
            self.run_start = self.seen;
            self.ends.push(self.seen);
        }
    }

    /// Something known begins here.
    fn ends_here(&mut self, header: FrameHeader) -> Event {
        self.note_end();
        if self.ends == [self.seen] {
            return Event::Frame { header, bytes: self.seen };
        }
        Event::Doubtful { header, ends: std::mem::take(&mut self.ends), bytes: self.seen, cut: false }
    }
}
