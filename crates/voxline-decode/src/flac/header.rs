//! What stands in front of FLAC's samples: the stream's description and the header of a frame.
//!
//! **Source**: RFC 9639 §8.2 (STREAMINFO) and §9.1 (frame header).

use super::crc::crc8;

/// Bytes of the STREAMINFO block.
pub(super) const STREAM_INFO_BYTES: usize = 34;
/// The longest frame header: sync and codes 4, number 7, block size 2, rate 2, CRC 1.
pub(super) const MAX_HEADER_BYTES: usize = 16;
/// The largest block there is.
const MAX_BLOCK: u16 = u16::MAX;

/// What STREAMINFO says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StreamDescription {
    pub(super) rate_hz: u32,
    pub(super) channels: u16,
    bits: u8,
    /// 0: unknown.
    pub(super) total_frames: u64,
}

impl StreamDescription {
    pub(super) fn read(block: &[u8; STREAM_INFO_BYTES]) -> Self {
        let fields = u64::from_be_bytes([
            block[10], block[11], block[12], block[13], block[14], block[15], block[16], block[17],
        ]);
        Self {
            rate_hz: (fields >> 44) as u32,
            channels: (fields >> 41 & 7) as u16 + 1,
            bits: (fields >> 36 & 31) as u8 + 1,
            total_frames: fields & 0xF_FFFF_FFFF,
        }
    }

    /// The block for the codec: with the largest sizes, so that no frame is refused for what this one says of them.
    pub(super) fn for_codec(block: &[u8; STREAM_INFO_BYTES]) -> Vec<u8> {
        let mut copy = block.to_vec();
        copy.splice(..10, [0, 16].into_iter().chain(MAX_BLOCK.to_be_bytes()).chain([0; 6]));
        copy
    }
}

/// A frame header that is sound in itself and fits the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FrameHeader {
    pub(super) frames: u16,
    /// Number of the first sample, or of the frame where all blocks have the same length.
    pub(super) number: u64,
    pub(super) variable: bool,
    pub(super) bytes: usize,
}

/// What a place holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Here {
    Header(FrameHeader),
    Nothing,
    /// It may be a header; more bytes tell.
    Open,
}

impl FrameHeader {
    /// Reads a header of a stream; `end` says that no more bytes will come.
    pub(super) fn read(bytes: &[u8], stream: &StreamDescription, end: bool) -> Here {
        let bytes = bytes.get(..MAX_HEADER_BYTES).unwrap_or(bytes);
        match Self::parse(bytes, stream) {
            Some(header) => Here::Header(header),
            None if bytes.len() < MAX_HEADER_BYTES && !end && may_start(bytes) => Here::Open,
            None => Here::Nothing,
        }
    }

    fn parse(bytes: &[u8], stream: &StreamDescription) -> Option<Self> {
        let &[0xFF, sync, codes, layout] = bytes.first_chunk::<4>()? else { return None };
        let channels = match layout >> 4 {
            n @ 0..=7 => u16::from(n) + 1,
            8..=10 => 2,
            _ => return None,
        };
        let bits = match layout >> 1 & 7 {
            0 => stream.bits,
            1 => 8,
            2 => 12,
            4 => 16,
            5 => 20,
            6 => 24,
            7 => 32,
            _ => return None,
        };
        if sync & 0xFE != 0xF8 || layout & 1 != 0 || channels != stream.channels || bits != stream.bits {
            return None;
        }
        let (number, mut at) = coded_number(bytes.get(4..)?)?;
        at += 4;
        let mut take = |count: usize| {
            let value = bytes.get(at..at + count)?.iter().fold(0u32, |value, &byte| value << 8 | u32::from(byte));
            at += count;
            Some(value)
        };
        let frames = match codes >> 4 {
            0 => return None,
            1 => 192,
            code @ 2..=5 => 144 << code,
            6 => take(1)? + 1,
            7 => take(2)? + 1,
            code => 1 << code,
        };
        let rate_hz = match codes & 15 {
            0 => stream.rate_hz,
            12 => take(1)? * 1_000,
            13 => take(2)?,
            14 => take(2)? * 10,
            15 => return None,
            code => *RATES.get(usize::from(code) - 1)?,
        };
        let crc = take(1)?;
        let header = bytes.get(..at - 1)?;
        let sound = rate_hz == stream.rate_hz && u32::from(crc8(header)) == crc;
        let frames = u16::try_from(frames).ok()?;
        sound.then_some(Self { frames, number, variable: sync & 1 == 1, bytes: at })
    }

    /// Bytes that a frame of so many samples surely does not have: as many bits as without compression and half as many
    /// again, and its headers.
    pub(super) fn most_bytes(&self, stream: &StreamDescription) -> usize {
        let bits = usize::from(self.frames) * usize::from(stream.channels) * (usize::from(stream.bits) + 1);
        bits / 8 * 3 / 2 + 1_024
    }
}

/// Rates by code, from 1 (RFC 9639 §9.1.2).
const RATES: [u32; 11] = [88_200, 176_400, 192_000, 8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000];

/// Whether the first bytes of a header may be these, as far as they go.
pub(super) fn may_start(bytes: &[u8]) -> bool {
    bytes.first().is_none_or(|&byte| byte == 0xFF) && bytes.get(1).is_none_or(|byte| byte & 0xFE == 0xF8)
}

/// A number in the way of UTF-8, extended to 36 bits, and its bytes (RFC 9639 §9.1.5).
fn coded_number(bytes: &[u8]) -> Option<(u64, usize)> {
    let &first = bytes.first()?;
    let length = match first.leading_ones() {
        0 => return Some((u64::from(first), 1)),
        1 | 8 => return None,
        ones => ones as usize,
    };
    let start = u64::from(first) & (0x7F >> length);
    let number = bytes
        .get(1..length)?
        .iter()
        .try_fold(start, |number, &byte| (byte & 0xC0 == 0x80).then(|| number << 6 | u64::from(byte & 0x3F)))?;
    Some((number, length))
}
