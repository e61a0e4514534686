//! Reading Ogg Speex.

use super::header::MAGIC;
use super::{FramingError, Header, OggPacketEvent, OggPackets};

/// Packets of a page that never ends are kept up to this many pages; real ones fit into one.
const MAX_OPEN_PAGES: u32 = 4;

/// What the next bytes of an Ogg Speex file brought.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OggEvent {
    /// A stream begins; files glued together have several. One that begins before the last page of the one before came
    /// ends that one.
    Header(Header),
    /// A page of audio.
    Page {
        /// Its packets, each of [`Header::frames_per_packet`] frames.
        packets: Vec<Vec<u8>>,
        /// Frames from the start of the stream to the end of this page, as the file counts them: without the delay of
        /// the encoder. `None` when the page does not say.
        granule: Option<u64>,
        /// Whether the stream ends here.
        last: bool,
        /// Pages missing before this one.
        lost_pages: u32,
    },
}

/// Takes an Ogg Speex file apart.
///
/// Push bytes in chunks of any size and take events until `None` comes. Bytes between pages and pages with a wrong
/// checksum are skipped and counted; pages of other streams in the same file are passed over.
///
/// **Source**: RFC 3533; Speex manual 1.2, §7.2.
///
/// **Allocation**: what was pushed and not yet taken, and a page.
///
/// ```
/// use voxline_speex::{Mode, framing::{Header, OggEvent, OggReader, OggWriter}};
/// let mut writer = OggWriter::new(&Header::new(Mode::Wideband, None))?;
/// writer.push(&[1; 70])?;
/// writer.push(&[2; 70])?;
/// writer.finish(300)?;
/// let mut file = Vec::new();
/// writer.take(&mut file);
///
/// let mut reader = OggReader::new();
/// reader.push(&file);
/// assert!(matches!(reader.next_event()?, Some(OggEvent::Header(header)) if header.mode == Mode::Wideband));
/// assert!(matches!(reader.next_event()?, Some(OggEvent::Page { packets, .. }) if packets == [[1; 70]]));
/// assert!(matches!(reader.next_event()?, Some(OggEvent::Page { granule: Some(300), last: true, .. })));
/// assert_eq!(reader.next_event()?, None);
/// # Ok::<(), voxline_speex::framing::FramingError>(())
/// ```
pub struct OggReader {
    packets: OggPackets,
    /// Packets before the audio that are still to come.
    to_skip: u64,
}

impl OggReader {
    /// A reader at the start of a file.
    pub fn new() -> Self {
        Self { packets: OggPackets::new(MAGIC, MAX_OPEN_PAGES), to_skip: 0 }
    }

    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.packets.push(bytes);
    }

    /// Bytes that belonged to no good page so far.
    pub fn junk_bytes(&self) -> u64 {
        self.packets.junk_bytes()
    }

    /// Pages whose checksum was wrong so far; their bytes are also counted as junk.
    pub fn bad_pages(&self) -> u64 {
        self.packets.bad_pages()
    }

    /// Pages of other streams that were passed over so far.
    pub fn other_pages(&self) -> u64 {
        self.packets.other_pages()
    }

    /// Says that no more bytes will come. Take events until `None` for the rest.
    pub fn finish(&mut self) {
        self.packets.finish();
    }

    /// After [`finish`](Self::finish) and the last event: bytes of a page that is not complete. Above 0 the file was cut.
    pub fn cut_bytes(&self) -> u64 {
        self.packets.cut_bytes()
    }

    /// What comes next, or `None` until more bytes are there.
    ///
    /// **Errors**: [`FramingError::Header`] for a Speex header that is not valid, [`FramingError::Unsupported`] for one that
    /// is not supported.
    pub fn next_event(&mut self) -> Result<Option<OggEvent>, FramingError> {
        loop {
            match self.packets.next_event() {
                None => return Ok(None),
                Some(OggPacketEvent::Start(packet)) => {
                    let header = Header::parse(&packet)?;
                    // The comment packet and what the header announces.
                    self.to_skip = 1 + u64::from(header.extra_packets);
                    return Ok(Some(OggEvent::Header(header)));
                }
                Some(OggPacketEvent::Page { mut packets, granule, last, lost_pages }) => {
                    let skipped = usize::try_from(self.to_skip).unwrap_or(usize::MAX).min(packets.len());
                    self.to_skip -= skipped as u64;
                    packets.drain(..skipped);
                    if !packets.is_empty() || (last && self.to_skip == 0 && skipped == 0) {
                        return Ok(Some(OggEvent::Page { packets, granule, last, lost_pages }));
                    }
                }
            }
        }
    }
}

impl Default for OggReader {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for OggReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OggReader").field("packets", &self.packets).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Mode;
    use crate::framing::{OggWriter, ogg_bytes, ogg_packets};

    fn file(packets: u64, frames: u64) -> Vec<u8> {
        let mut writer = OggWriter::new(&Header::new(Mode::Narrowband, Some(15_000))).unwrap();
        for packet in 0..packets {
            writer.push(&[packet as u8; 38]).unwrap();
        }
        writer.finish(frames).unwrap();
        let mut file = Vec::new();
        writer.take(&mut file);
        file
    }

    fn read(bytes: &[u8], piece: usize) -> (Vec<OggEvent>, u64, u64) {
        let mut reader = OggReader::new();
        let mut events = Vec::new();
        for part in bytes.chunks(piece).chain([&[][..]]) {
            if part.is_empty() {
                reader.finish();
            }
            reader.push(part);
            while let Some(event) = reader.next_event().unwrap() {
                events.push(event);
            }
        }
        (events, reader.junk_bytes(), reader.cut_bytes())
    }

    /// The first byte of every packet, and the pages lost before.
    fn heard(events: &[OggEvent]) -> (Vec<u8>, Vec<u32>) {
        let (mut packets, mut lost) = (Vec::new(), Vec::new());
        for event in events {
            if let OggEvent::Page { packets: page, lost_pages, .. } = event {
                packets.extend(page.iter().map(|packet| packet[0]));
                lost.push(*lost_pages);
            }
        }
        (packets, lost)
    }

    #[test]
    fn a_file_has_the_size_and_the_packets_that_were_announced() {
        for frames in [0, 1, 240, 241, 8_000, 8_081, 16_000, 100_000] {
            let packets = ogg_packets(Mode::Narrowband, frames);
            let file = file(packets, frames);
            assert_eq!(file.len() as u64, ogg_bytes(Mode::Narrowband, 38, frames), "{frames}");
            let (events, junk, cut) = read(&file, file.len());
            assert_eq!((heard(&events).0.len() as u64, junk, cut), (packets, 0, 0));
            assert!(
                matches!(events.last(), Some(OggEvent::Page { granule: Some(g), last: true, .. }) if *g == frames),
                "{events:?}"
            );
        }
    }

    #[test]
    fn what_is_broken_is_passed_over_and_counted() {
        let whole = file(200, 31_000);
        let junk = [&b"OggOgg"[..], &whole, b"trailing"].concat();
        let (events, junk_bytes, cut) = read(&junk, 100);
        assert_eq!((events, junk_bytes, cut), (read(&whole, 100).0, 14, 0));
        // A bit of the third audio page.
        let mut broken = whole.clone();
        let at = whole.len() / 2;
        broken[at] ^= 1;
        let (packets, lost) = heard(&read(&broken, 77).0);
        assert_eq!((packets.len(), lost.iter().sum::<u32>()), (150, 1));
        // Cut in a page.
        let (events, junk_bytes, cut) = read(&whole[..whole.len() - 10], 77);
        assert!(cut > 0 && junk_bytes == 0 && !events.iter().any(|e| matches!(e, OggEvent::Page { last: true, .. })));
    }

    #[test]
    fn a_stream_without_its_last_page_ends_where_the_next_begins() {
        let whole = file(60, 9_000);
        // Cut behind the header, the comment and each page of audio; both streams have the same number.
        for cut in [108, 108 + 55, 108 + 55 + 66] {
            let (first, _, _) = read(&whole[..cut], 50);
            let (both, junk, cut_bytes) = read(&[&whole[..cut], &whole].concat(), 50);
            assert_eq!((&both[..first.len()], &both[first.len()..]), (&first[..], &read(&whole, 50).0[..]), "{cut}");
            assert_eq!((junk, cut_bytes), (0, 0), "{cut}");
        }
    }

    #[test]
    fn a_page_that_was_begun_does_not_hide_what_follows() {
        let whole = file(60, 9_000);
        // The start of a long page, then a file.
        let mut begun = b"OggS\0\0".to_vec();
        begun.resize(26, 0);
        begun.extend([255; 20]);
        let (events, junk, cut) = read(&[&begun[..], &whole].concat(), 50);
        assert_eq!((events, junk, cut), (read(&whole, 50).0, begun.len() as u64, 0));
    }

    proptest! {
        #[test]
        fn any_cutting_gives_the_same_events(
            flips in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..8), 0..6),
            piece in 1_usize..2_000,
            end in any::<prop::sample::Index>(),
        ) {
            let mut bytes = file(120, 18_000);
            for (at, bit) in flips {
                // The header page is left alone: a wrong header is an error.
                let at = 108 + at.index(bytes.len() - 108);
                bytes[at] ^= 1 << bit;
            }
            let bytes = &bytes[..108 + end.index(bytes.len() - 108)];
            prop_assert_eq!(read(bytes, piece), read(bytes, bytes.len()));
        }
    }
}
