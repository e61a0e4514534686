//! The part of the side information that framing needs: is it possible, and how much main data does it use?
//!
//! **Source**: ISO/IEC 11172-3 §2.4.1.7, ISO/IEC 13818-3 §2.4.1.7.

use super::header::{FrameHeader, Version};

/// `block_type` of three short windows.
const SHORT_BLOCKS: u32 = 2;

/// Facts from the side information of one frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SideInfo {
    /// How many bytes before this frame's own its main data begins.
    pub(crate) main_data_begin: usize,
    /// Main data used by all granules, in bits.
    pub(crate) main_data_bits: usize,
}

/// A cursor over bits, most significant first; zeros past the end.
struct Bits<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> u32 {
        (0..count).fold(0, |value, _| {
            let byte = self.bytes.get(self.position / 8).copied().unwrap_or(0);
            let bit = byte >> (7 - self.position % 8) & 1;
            self.position += 1;
            value << 1 | u32::from(bit)
        })
    }
}

/// Reads the side information; `None` when it holds values that no encoder may write.
pub(crate) fn parse(frame: &[u8], header: FrameHeader) -> Option<SideInfo> {
    let offset = header.side_info_offset();
    let side = frame.get(offset..offset + header.side_info_bytes())?;
    let mut bits = Bits { bytes: side, position: 0 };
    let channels = usize::from(header.channel_count);
    let mpeg1 = header.version == Version::Mpeg1;
    let granules = if mpeg1 { 2 } else { 1 };

    let main_data_begin = bits.take(if mpeg1 { 9 } else { 8 }) as usize;
    // private_bits and, in MPEG-1, scfsi.
    bits.take(match (mpeg1, channels) {
        (true, 1) => 5 + 4,
        (true, _) => 3 + 8,
        (false, n) => n,
    });
    let mut main_data_bits = 0;
    for _ in 0..granules * channels {
        main_data_bits += bits.take(12) as usize; // part2_3_length
        let big_values = bits.take(9);
        bits.take(8); // global_gain
        bits.take(if mpeg1 { 4 } else { 9 }); // scalefac_compress
        let window_switching = bits.take(1) == 1;
        let (block_type, mixed) = if window_switching { (bits.take(2), bits.take(1) == 1) } else { (0, false) };
        // Tables, gains or regions: 22 bits in all either way.
        bits.take(if window_switching { 19 } else { 22 });
        bits.take(if mpeg1 { 3 } else { 2 }); // preflag (MPEG-1), scalefac_scale, count1table_select
        if big_values > 288 || window_switching && block_type == 0 {
            return None;
        }
        // Mixed blocks at 8 kHz are allowed, but nanomp3-core 0.2.0 takes the band table of 16 kHz for them and runs out
        // of its buffer. No known encoder makes them.
        if mixed && block_type == SHORT_BLOCKS && header.sample_rate_hz == 8_000 {
            return None;
        }
    }
    let own_bytes = frame.len() - offset - side.len();
    (main_data_bits <= (own_bytes + main_data_begin) * 8).then_some(SideInfo { main_data_begin, main_data_bits })
}

/// A frame of the same size that decodes to silence and lets the last frame's overlap fade, with its main data kept
/// so that later frames still find theirs. `main_data_begin` says how much earlier main data to keep.
pub(crate) fn silenced(frame: &[u8], header: FrameHeader, main_data_begin: usize) -> Vec<u8> {
    let mut silent = frame.to_vec();
    let offset = header.side_info_offset();
    if let Some(side) = silent.get_mut(offset..offset + header.side_info_bytes()) {
        side.fill(0);
        if header.version == Version::Mpeg1 {
            let begin = main_data_begin.min(511);
            side[0] = (begin >> 1) as u8;
            side[1] = ((begin & 1) << 7) as u8;
        } else {
            side[0] = main_data_begin.min(255) as u8;
        }
    }
    silent
}

/// CRC-16 of a protected frame as it should be: the last two header bytes and the side information
/// (ISO/IEC 11172-3 §2.4.3.1, polynomial 0x8005, initial value 0xFFFF). `None` when the frame has no CRC.
pub(crate) fn crc_matches(frame: &[u8], header: FrameHeader) -> Option<bool> {
    let offset = header.side_info_offset();
    let side = frame.get(offset..offset + header.side_info_bytes()).filter(|_| header.has_crc)?;
    let mut crc = 0xFFFFu16;
    for &byte in frame[2..4].iter().chain(side) {
        crc ^= u16::from(byte) << 8;
        for _ in 0..8 {
            crc = if crc & 0x8000 != 0 { crc << 1 ^ 0x8005 } else { crc << 1 };
        }
    }
    Some(crc == u16::from_be_bytes([frame[4], frame[5]]))
}
