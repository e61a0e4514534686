//! Packets without a container.

use super::FramingError;
use super::first::first_packet_bytes;
use crate::{Error, Mode};

/// How packets follow each other without a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Layout {
    /// One byte with the length, then the packet.
    Prefixed,
    /// Packets of one size, one behind the other.
    Bare,
}

impl Layout {
    /// Bytes that a packet of `packet_bytes` takes in this layout.
    pub fn unit_bytes(self, packet_bytes: usize) -> usize {
        packet_bytes + usize::from(self == Self::Prefixed)
    }

    /// Appends one packet.
    ///
    /// **Errors**: [`FramingError::PacketSize`] for a packet that is empty or, with a length byte, longer than 255.
    ///
    /// ```
    /// use voxline_speex::framing::Layout;
    /// let mut out = Vec::new();
    /// Layout::Prefixed.append(&[7, 8, 9], &mut out)?;
    /// assert_eq!(out, [3, 7, 8, 9]);
    /// # Ok::<(), voxline_speex::framing::FramingError>(())
    /// ```
    pub fn append(self, packet: &[u8], out: &mut Vec<u8>) -> Result<(), FramingError> {
        let refused = || FramingError::PacketSize(packet.len());
        if packet.is_empty() {
            return Err(refused());
        }
        if self == Self::Prefixed {
            out.push(u8::try_from(packet.len()).map_err(|_| refused())?);
        }
        out.extend_from_slice(packet);
        Ok(())
    }
}

/// Takes a stream of packets apart again.
///
/// Push bytes in chunks of any size and take packets until `None` comes. The size of bare packets is read out of the
/// first one: at a constant bit rate all have the same.
///
/// **Allocation**: what was pushed and not yet taken.
///
/// ```
/// use voxline_speex::{Mode, framing::{Layout, PacketReader}};
/// let mut reader = PacketReader::new(Layout::Prefixed, Mode::Narrowband);
/// reader.push(&[2, 10, 20, 1]);
/// assert_eq!(reader.next_packet()?, Some(&[10, 20][..]));
/// assert_eq!(reader.next_packet()?, None);
/// reader.push(&[30]);
/// assert_eq!(reader.next_packet()?, Some(&[30][..]));
/// assert_eq!(reader.left_over(), 0);
/// # Ok::<(), voxline_speex::framing::FramingError>(())
/// ```
#[derive(Debug)]
pub struct PacketReader {
    layout: Layout,
    mode: Mode,
    buffer: Vec<u8>,
    /// Where the next packet starts in the buffer.
    start: usize,
    /// Bytes of the stream before the buffer.
    before: u64,
    /// The size of every bare packet, once known.
    packet_bytes: Option<usize>,
}

impl PacketReader {
    /// A reader at the start of a stream.
    pub fn new(layout: Layout, mode: Mode) -> Self {
        Self { layout, mode, buffer: Vec::new(), start: 0, before: 0, packet_bytes: None }
    }

    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.start);
        self.before += self.start as u64;
        self.start = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The size of every packet in bytes: known for bare packets once the first one is there.
    pub fn packet_bytes(&self) -> Option<usize> {
        self.packet_bytes
    }

    /// The next packet, or `None` until more bytes are there.
    ///
    /// **Errors**: [`FramingError::EmptyPacket`] for a length of 0; [`FramingError::NoPacket`] when the first bytes of a
    /// bare stream are no packet. The stream cannot be read on.
    pub fn next_packet(&mut self) -> Result<Option<&[u8]>, FramingError> {
        let rest = self.buffer.get(self.start..).unwrap_or_default();
        let (skip, packet_bytes) = match self.layout {
            Layout::Prefixed => match rest.first() {
                None => return Ok(None),
                Some(0) => return Err(FramingError::EmptyPacket(self.before + self.start as u64)),
                Some(&length) => (1, usize::from(length)),
            },
            Layout::Bare => match self.packet_bytes {
                Some(bytes) => (0, bytes),
                None => match first_packet_bytes(self.mode, rest) {
                    Ok(bytes) => (0, *self.packet_bytes.insert(bytes)),
                    Err(Error::NoFrame | Error::Truncated { .. }) => return Ok(None),
                    Err(error) => return Err(FramingError::NoPacket(error.to_string())),
                },
            },
        };
        let from = self.start + skip;
        let Some(packet) = self.buffer.get(from..from + packet_bytes) else { return Ok(None) };
        self.start = from + packet_bytes;
        Ok(Some(packet))
    }

    /// Bytes that were pushed and are no whole packet yet; above 0 at the end of the input the stream was cut.
    pub fn left_over(&self) -> usize {
        self.buffer.len() - self.start
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sizes_that_no_byte_holds_are_refused() {
        let mut out = Vec::new();
        assert_eq!(Layout::Prefixed.append(&[0; 256], &mut out), Err(FramingError::PacketSize(256)));
        assert_eq!(Layout::Bare.append(&[], &mut out), Err(FramingError::PacketSize(0)));
        assert!(out.is_empty());
        Layout::Prefixed.append(&[1; 255], &mut out).unwrap();
        assert_eq!((out.len(), Layout::Prefixed.unit_bytes(255), Layout::Bare.unit_bytes(255)), (256, 256, 255));
    }

    #[test]
    fn a_length_of_nothing_is_an_error_with_its_place() {
        let mut reader = PacketReader::new(Layout::Prefixed, Mode::Narrowband);
        reader.push(&[1, 5]);
        assert_eq!(reader.next_packet(), Ok(Some(&[5][..])));
        reader.push(&[0, 5]);
        assert_eq!(reader.next_packet(), Err(FramingError::EmptyPacket(2)));
    }

    proptest! {
        #[test]
        fn any_cutting_gives_the_packets_back(
            packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..=255), 0..20),
            piece in 1_usize..300,
        ) {
            let mut stream = Vec::new();
            for packet in &packets {
                Layout::Prefixed.append(packet, &mut stream).unwrap();
            }
            let mut reader = PacketReader::new(Layout::Prefixed, Mode::Wideband);
            let mut found = Vec::new();
            for bytes in stream.chunks(piece) {
                reader.push(bytes);
                while let Some(packet) = reader.next_packet().unwrap() {
                    found.push(packet.to_vec());
                }
            }
            prop_assert_eq!(found, packets);
            prop_assert_eq!(reader.left_over(), 0);
        }
    }
}
