//! Packets of one codec out of Ogg pages.

use std::collections::VecDeque;

use ogg::reading::BasePacketReader;

use super::page::{PageFields, Pages};

/// What the next bytes of an Ogg file brought.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OggPacketEvent {
    /// A stream begins with this packet; files glued together have several. One that begins before the last page of the
    /// one before came ends that one.
    Start(Vec<u8>),
    /// A page of the stream.
    Page {
        /// The packets that end on it, headers behind the first included.
        packets: Vec<Vec<u8>>,
        /// What the page says of its end, in the units of the codec. `None` when it does not say.
        granule: Option<u64>,
        /// Whether the stream ends here.
        last: bool,
        /// Pages missing before this one.
        lost_pages: u32,
    },
}

/// Takes the streams of one codec out of an Ogg file, whatever the codec.
///
/// Push bytes in chunks of any size and take events until `None` comes. Bytes between pages and pages with a wrong
/// checksum are skipped and counted; pages of other streams in the same file are passed over.
///
/// **Source**: RFC 3533.
///
/// **Allocation**: what was pushed and not yet taken, and a page, or as many as a packet may take.
///
/// ```
/// use voxline_speex::{Mode, framing::{Header, OggPacketEvent, OggPackets, OggWriter}};
/// let mut writer = OggWriter::new(&Header::new(Mode::Narrowband, None))?;
/// writer.push(&[1; 38])?;
/// writer.push(&[2; 38])?;
/// writer.finish(200)?;
/// let mut file = Vec::new();
/// writer.take(&mut file);
///
/// let mut packets = OggPackets::new(b"Speex   ", 4);
/// packets.push(&file);
/// assert!(matches!(packets.next_event(), Some(OggPacketEvent::Start(packet)) if packet.len() == 80));
/// // The comment packet has a page of its own.
/// assert!(matches!(packets.next_event(), Some(OggPacketEvent::Page { granule: Some(0), .. })));
/// assert!(matches!(packets.next_event(), Some(OggPacketEvent::Page { packets, .. }) if packets == [[1; 38]]));
/// # Ok::<(), voxline_speex::framing::FramingError>(())
/// ```
pub struct OggPackets {
    magic: &'static [u8],
    max_open_pages: u32,
    pages: Pages,
    packets: BasePacketReader,
    stream: Option<Stream>,
    events: VecDeque<OggPacketEvent>,
    other_pages: u64,
}

/// The stream that is being read.
struct Stream {
    serial: u32,
    sequence: u32,
    ended: bool,
    /// Whether a page followed the first.
    went_on: bool,
    /// Pages since a packet ended.
    open_pages: u32,
}

impl OggPackets {
    /// A reader at the start of a file. The first packet of a stream begins with `magic`; of a packet that never ends at
    /// most `max_open_pages` pages are kept.
    pub fn new(magic: &'static [u8], max_open_pages: u32) -> Self {
        Self {
            magic,
            max_open_pages,
            pages: Pages::default(),
            packets: tolerant(),
            stream: None,
            events: VecDeque::new(),
            other_pages: 0,
        }
    }

    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.pages.push(bytes);
    }

    /// Bytes that belonged to no good page so far.
    pub fn junk_bytes(&self) -> u64 {
        self.pages.junk_bytes()
    }

    /// Pages whose checksum was wrong so far; their bytes are also counted as junk.
    pub fn bad_pages(&self) -> u64 {
        self.pages.bad_pages()
    }

    /// Pages of other streams that were passed over so far.
    pub fn other_pages(&self) -> u64 {
        self.other_pages
    }

    /// Says that no more bytes will come. Take events until `None` for the rest.
    pub fn finish(&mut self) {
        self.pages.finish();
    }

    /// After [`finish`](Self::finish) and the last event: bytes of a page that is not complete. Above 0 the file was cut.
    pub fn cut_bytes(&self) -> u64 {
        self.pages.cut_bytes()
    }

    /// What comes next, or `None` until more bytes are there.
    pub fn next_event(&mut self) -> Option<OggPacketEvent> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Some(event);
            }
            let (fields, page) = self.pages.next_page(self.magic)?;
            let known = self.stream.as_ref().is_some_and(|s| s.serial == fields.serial && !s.ended);
            if fields.starts_stream && fields.has_magic {
                // Streams side by side all begin before one of them goes on (RFC 3533 §4), and one of them is read. One
                // that begins later, or with the same number, follows ours, whose last page is missing then.
                if self.stream.as_ref().is_none_or(|stream| stream.ended || stream.went_on || known) {
                    self.packets = tolerant();
                    if self.packets.push_page(page).is_ok() {
                        self.begin(fields);
                    }
                } else {
                    self.other_pages += 1;
                }
            } else if known {
                let lost_pages = self.enter(fields);
                if self.packets.push_page(page).is_ok() {
                    self.audio(fields, lost_pages);
                } else {
                    self.packets = tolerant();
                }
            } else {
                self.other_pages += 1;
            }
        }
    }

    /// Reads the first page of a stream, if it is one of this codec.
    fn begin(&mut self, fields: PageFields) {
        let Some(first) = self.packets.read_packet().filter(|packet| packet.data.starts_with(self.magic)) else {
            self.other_pages += 1;
            return;
        };
        let (serial, sequence, ended) = (fields.serial, fields.sequence, fields.ends_stream);
        self.stream = Some(Stream { serial, sequence, ended, went_on: false, open_pages: 0 });
        self.events.push_back(OggPacketEvent::Start(first.data));
        // A page should hold nothing else, but a packet behind the header is no harm.
        self.audio(fields, 0);
    }

    /// Notes the page's number and says how many are missing before it.
    fn enter(&mut self, fields: PageFields) -> u32 {
        let Some(stream) = &mut self.stream else { return 0 };
        let missing = fields.sequence.wrapping_sub(stream.sequence).wrapping_sub(1);
        stream.sequence = fields.sequence;
        stream.went_on = true;
        stream.open_pages += 1;
        // A number that went back is a renumbered file rather than one with four billion holes.
        let lost = if missing > u32::MAX / 2 { 0 } else { missing };
        if lost > 0 || stream.open_pages > self.max_open_pages {
            // The rest of a packet that began on a missing page is no packet.
            self.packets = tolerant();
            stream.open_pages = 0;
        }
        lost
    }

    fn audio(&mut self, fields: PageFields, lost_pages: u32) {
        let mut packets = Vec::new();
        while let Some(packet) = self.packets.read_packet() {
            packets.push(packet.data);
        }
        let Some(stream) = &mut self.stream else { return };
        stream.ended |= fields.ends_stream;
        if !packets.is_empty() {
            stream.open_pages = 0;
        }
        if !packets.is_empty() || fields.ends_stream {
            let (granule, last) = (fields.granule, fields.ends_stream);
            self.events.push_back(OggPacketEvent::Page { packets, granule, last, lost_pages });
        }
    }
}

impl std::fmt::Debug for OggPackets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OggPackets").field("pages", &self.pages).finish_non_exhaustive()
    }
}

/// A packet reader that drops the rest of a packet whose beginning it has not seen.
fn tolerant() -> BasePacketReader {
    let mut reader = BasePacketReader::new();
    reader.update_after_seek();
    reader
}
