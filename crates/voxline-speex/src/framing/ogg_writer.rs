//! Writing Ogg Speex.

use ogg::{PacketWriteEndInfo, PacketWriter};

use super::{FramingError, Header};
use crate::Mode;

/// A page a second: seeking is exact to that, and a live listener waits no longer.
const PACKETS_PER_PAGE: u64 = 50;
/// Ogg wants a number that differs between streams of one file; this file has one stream, and the same input shall give
/// the same bytes. The letters "voxl".
const SERIAL: u32 = 0x766F_786C;
/// Who wrote the file, in the comment packet.
const VENDOR: &str = concat!("voxline-speex ", env!("CARGO_PKG_VERSION"));
/// Bytes of a page header before its segment table (RFC 3533 §6).
const PAGE_BYTES: u64 = 27;
/// Fields of the header packet (80 bytes) and the comment packet (two lengths and the vendor).
const HEADER_PAGE_BYTES: u64 = PAGE_BYTES + 1 + 80;
const COMMENT_PAGE_BYTES: u64 = PAGE_BYTES + 1 + 8 + VENDOR.len() as u64;

/// Packets that a file of `frames` frames needs: audio, then silence until coder and decoder have given all of it back.
/// At least two, because players only remove the delay if the first page is not the last.
pub fn ogg_packets(mode: Mode, frames: u64) -> u64 {
    let delay = (mode.encoder_lookahead() + mode.decoder_lookahead()) as u64;
    frames.saturating_add(delay).div_ceil(mode.frame_samples() as u64).max(2)
}

/// Bytes of a file of `frames` frames in packets of `packet_bytes`.
pub fn ogg_bytes(mode: Mode, packet_bytes: usize, frames: u64) -> u64 {
    let packets = ogg_packets(mode, frames);
    // The first audio page holds one packet.
    let pages = 1 + (packets - 1).div_ceil(PACKETS_PER_PAGE);
    let unit = packet_bytes as u64 + 1;
    HEADER_PAGE_BYTES
        .saturating_add(COMMENT_PAGE_BYTES)
        .saturating_add(pages.saturating_mul(PAGE_BYTES))
        .saturating_add(packets.saturating_mul(unit))
}

/// Writes packets of one frame into an Ogg Speex file.
///
/// The granule positions leave the delay of encoder and decoder out, as speexenc does, so that a decoder gives exactly
/// the frames that went in. **Source**: RFC 3533; Speex manual 1.2, §7.2; for the positions, speexenc 1.2.1.
///
/// **Allocation**: one page.
///
/// ```
/// use voxline_speex::{Mode, framing::{Header, OggWriter, ogg_bytes, ogg_packets}};
/// let mut writer = OggWriter::new(&Header::new(Mode::Narrowband, None))?;
/// for _ in 0..ogg_packets(Mode::Narrowband, 1_000) {
///     writer.push(&[0; 38])?;
/// }
/// writer.finish(1_000)?;
/// let mut file = Vec::new();
/// writer.take(&mut file);
/// assert_eq!(file.len() as u64, ogg_bytes(Mode::Narrowband, 38, 1_000));
/// # Ok::<(), voxline_speex::framing::FramingError>(())
/// ```
pub struct OggWriter {
    writer: PacketWriter<'static, Vec<u8>>,
    mode: Mode,
    /// The newest packet: it may turn out to be the last.
    held: Option<Vec<u8>>,
    /// Packets written so far.
    packets: u64,
}

impl OggWriter {
    /// A file with this header; header and comment packets are ready at once.
    ///
    /// **Errors**: [`FramingError::Header`] for more than one frame a packet, more than one channel or extra packets,
    /// which this writer does not write.
    pub fn new(header: &Header) -> Result<Self, FramingError> {
        if (header.frames_per_packet, header.channel_count, header.extra_packets) != (1, 1, 0) {
            let what = "asks for more than one channel, more than one frame a packet or extra packets";
            return Err(FramingError::Header(what.to_owned()));
        }
        let mut this = Self { writer: PacketWriter::new(Vec::new()), mode: header.mode, held: None, packets: 0 };
        let mut comment = (VENDOR.len() as u32).to_le_bytes().to_vec();
        comment.extend_from_slice(VENDOR.as_bytes());
        comment.extend_from_slice(&0_u32.to_le_bytes());
        this.write(header.to_packet(), PacketWriteEndInfo::EndPage, 0)?;
        this.write(comment, PacketWriteEndInfo::EndPage, 0)?;
        Ok(this)
    }

    /// Appends a packet of one frame.
    ///
    /// **Errors**: [`FramingError::PacketSize`] for an empty packet.
    pub fn push(&mut self, packet: &[u8]) -> Result<(), FramingError> {
        if packet.is_empty() {
            return Err(FramingError::PacketSize(0));
        }
        if let Some(ready) = self.held.replace(packet.to_vec()) {
            self.packets += 1;
            let ends_page = self.packets % PACKETS_PER_PAGE == 1;
            let end = if ends_page { PacketWriteEndInfo::EndPage } else { PacketWriteEndInfo::NormalPacket };
            let frames = self.packets * self.mode.frame_samples() as u64;
            // The position where this page's audio ends, without the delay of the encoder.
            let position = frames - self.mode.encoder_lookahead() as u64;
            self.write(ready, end, position)?;
        }
        Ok(())
    }

    /// Ends the file: `frames` is how many frames the audio has, see [`ogg_packets`].
    ///
    /// **Errors**: [`FramingError::PacketSize`] if no packet was pushed.
    pub fn finish(&mut self, frames: u64) -> Result<(), FramingError> {
        let last = self.held.take().ok_or(FramingError::PacketSize(0))?;
        self.packets += 1;
        self.write(last, PacketWriteEndInfo::EndStream, frames)
    }

    /// Appends the bytes that are ready to `out`.
    pub fn take(&mut self, out: &mut Vec<u8>) {
        out.append(self.writer.inner_mut());
    }

    fn write(&mut self, packet: Vec<u8>, end: PacketWriteEndInfo, position: u64) -> Result<(), FramingError> {
        self.writer.write_packet(packet, SERIAL, end, position).map_err(|e| FramingError::Page(e.to_string()))
    }
}

impl std::fmt::Debug for OggWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OggWriter").field("mode", &self.mode).field("packets", &self.packets).finish_non_exhaustive()
    }
}
