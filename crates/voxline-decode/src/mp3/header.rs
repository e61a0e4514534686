//! The four-byte frame header.
//!
//! **Source**: ISO/IEC 11172-3:1993 §2.4.1.3 and §2.4.2.3; ISO/IEC 13818-3:1998 §2.4.2.3 for the low sampling
//! frequencies. MPEG-2.5 (8 to 12 kHz) is the widespread extension with 11 sync bits.

/// MPEG version of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    /// ISO/IEC 11172-3: 32, 44.1 and 48 kHz.
    Mpeg1,
    /// ISO/IEC 13818-3: 16, 22.05 and 24 kHz.
    Mpeg2,
    /// 8, 11.025 and 12 kHz.
    Mpeg25,
}

/// A valid frame header of any layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FrameHeader {
    pub(crate) version: Version,
    /// 1, 2 or 3.
    pub(crate) layer: u8,
    pub(crate) sample_rate_hz: u32,
    pub(crate) channel_count: u16,
    /// The two mode bits: stereo, joint stereo, two channels, mono.
    pub(crate) mode: u8,
    /// 0 for free format.
    pub(crate) bitrate_kbps: u32,
    /// A CRC-16 follows the header.
    pub(crate) has_crc: bool,
    /// One slot more in this frame.
    pub(crate) padded: bool,
}

/// Table of `bitrate_index` for Layer III of MPEG-1, kbit/s (ISO/IEC 11172-3 §2.4.2.3); 0 is free format.
const LAYER3_MPEG1_KBPS: [u32; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
/// Layers II and III of MPEG-2 and 2.5 (ISO/IEC 13818-3 §2.4.2.3).
const LSF_KBPS: [u32; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
/// Layer II of MPEG-1.
const LAYER2_MPEG1_KBPS: [u32; 15] = [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384];
/// Layer I of MPEG-1.
const LAYER1_MPEG1_KBPS: [u32; 15] = [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448];
/// Layer I of MPEG-2.
const LAYER1_LSF_KBPS: [u32; 15] = [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256];
/// Sampling frequencies of MPEG-1; MPEG-2 halves them, MPEG-2.5 halves them again.
const MPEG1_HZ: [u32; 3] = [44_100, 48_000, 32_000];

impl FrameHeader {
    /// Bytes of a header.
    pub(crate) const BYTES: usize = 4;

    /// Reads a header; `None` when the sync word or a reserved value says that this is none.
    pub(crate) fn parse(bytes: [u8; 4]) -> Option<Self> {
        if bytes[0] != 0xFF || bytes[1] & 0xE0 != 0xE0 {
            return None;
        }
        let (version, rate_shift) = match bytes[1] >> 3 & 3 {
            0 => (Version::Mpeg25, 2),
            2 => (Version::Mpeg2, 1),
            3 => (Version::Mpeg1, 0),
            _ => return None,
        };
        let layer = match bytes[1] >> 1 & 3 {
            0 => return None,
            bits => 4 - bits,
        };
        let table = match (version, layer) {
            (Version::Mpeg1, 1) => &LAYER1_MPEG1_KBPS,
            (Version::Mpeg1, 2) => &LAYER2_MPEG1_KBPS,
            (Version::Mpeg1, _) => &LAYER3_MPEG1_KBPS,
            (_, 1) => &LAYER1_LSF_KBPS,
            _ => &LSF_KBPS,
        };
        let bitrate_kbps = *table.get(usize::from(bytes[2] >> 4))?;
        let sample_rate_hz = MPEG1_HZ.get(usize::from(bytes[2] >> 2 & 3))? >> rate_shift;
        Some(Self {
            version,
            layer,
            sample_rate_hz,
            channel_count: if bytes[3] >> 6 == 3 { 1 } else { 2 },
            mode: bytes[3] >> 6,
            bitrate_kbps,
            has_crc: bytes[1] & 1 == 0,
            padded: bytes[2] & 2 != 0,
        })
    }

    /// Reads the header at `offset` of `buffer`; `None` too when fewer than four bytes are there.
    pub(crate) fn parse_at(buffer: &[u8], offset: usize) -> Option<Self> {
        let bytes = buffer.get(offset..)?.first_chunk::<4>()?;
        Self::parse(*bytes)
    }

    /// Samples of one channel in a frame.
    pub(crate) fn samples_per_frame(self) -> u32 {
        match (self.layer, self.version) {
            (1, _) => 384,
            (3, Version::Mpeg2 | Version::Mpeg25) => 576,
            _ => 1152,
        }
    }

    /// Bytes of the whole frame; `None` for free format, where only the distance to the next header tells.
    pub(crate) fn frame_bytes(self) -> Option<usize> {
        (self.bitrate_kbps != 0).then(|| self.bytes_at(self.bitrate_kbps, self.padded))
    }

    /// Bytes that a frame of this stream would take at another bit rate.
    pub(crate) fn bytes_at(self, bitrate_kbps: u32, padded: bool) -> usize {
        let slot = if self.layer == 1 { 4 } else { 1 };
        let slots = self.samples_per_frame() / 8 / slot * bitrate_kbps * 1000 / self.sample_rate_hz;
        ((slots + u32::from(padded)) * slot) as usize
    }

    /// The bit rates that a frame of this stream may have, free format left out.
    pub(crate) fn bitrates(self) -> impl Iterator<Item = u32> + Clone {
        let table = if self.version == Version::Mpeg1 { &LAYER3_MPEG1_KBPS } else { &LSF_KBPS };
        table[1..].iter().copied()
    }

    /// Index of the bit rate, bit rate and padding at which a frame of this stream takes `bytes`.
    pub(crate) fn fitting_size(self, bytes: usize) -> Option<(usize, u32, bool)> {
        let sizes = self.bitrates().zip(1..).flat_map(|(kbps, index)| [(index, kbps, false), (index, kbps, true)]);
        // The own bit rate first: several may give the same size.
        let own = sizes.clone().filter(|&(_, kbps, _)| kbps == self.bitrate_kbps);
        own.chain(sizes).find(|&(_, kbps, padded)| self.bytes_at(kbps, padded) == bytes)
    }

    /// A copy of `frame`, whose header this is, with the fields that do not change within a stream taken from `last`.
    pub(crate) fn repaired(frame: &[u8], last: Self) -> Vec<u8> {
        let mut repaired = frame.to_vec();
        if let Some(header) = repaired.first_chunk_mut::<4>() {
            header[1] = header[1] & !1 | u8::from(!last.has_crc);
            header[3] = header[3] & 0x3F | last.mode << 6;
        }
        repaired
    }

    /// Whether what no encoder changes from frame to frame is the same: the number of channels and the protection.
    pub(crate) fn same_layout(self, other: Self) -> bool {
        self.channel_count == other.channel_count && self.has_crc == other.has_crc
    }

    /// A Layer III header of this stream with another bit rate (its index in the table) and padding.
    pub(crate) fn to_bytes(self, bitrate_index: usize, padded: bool) -> [u8; 4] {
        let (version, rate_shift) = match self.version {
            Version::Mpeg25 => (0, 2),
            Version::Mpeg2 => (2, 1),
            Version::Mpeg1 => (3, 0),
        };
        let rate = MPEG1_HZ.iter().position(|hz| hz >> rate_shift == self.sample_rate_hz).unwrap_or(0);
        let protection = u8::from(!self.has_crc);
        [
            0xFF,
            0xE0 | version << 3 | 1 << 1 | protection,
            (bitrate_index as u8) << 4 | (rate as u8) << 2 | u8::from(padded) << 1,
            self.mode << 6,
        ]
    }

    /// Whether `other` may follow in the same stream: what a frame may not change is equal. Bit rate, padding and
    /// channel mode may differ.
    pub(crate) fn same_stream(self, other: Self) -> bool {
        self.version == other.version
            && self.layer == other.layer
            && self.sample_rate_hz == other.sample_rate_hz
            && (self.bitrate_kbps == 0) == (other.bitrate_kbps == 0)
    }

    /// Bytes of the side information (ISO/IEC 11172-3 §2.4.1.7, 13818-3 §2.4.1.7), Layer III only.
    pub(crate) fn side_info_bytes(self) -> usize {
        match (self.version, self.channel_count) {
            (Version::Mpeg1, 1) => 17,
            (Version::Mpeg1, _) => 32,
            (_, 1) => 9,
            _ => 17,
        }
    }

    /// Offset of the side information within the frame.
    pub(crate) fn side_info_offset(self) -> usize {
        Self::BYTES + if self.has_crc { 2 } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(bytes: [u8; 4]) -> FrameHeader {
        FrameHeader::parse(bytes).unwrap()
    }

    #[test]
    fn known_headers() {
        // MPEG-1 Layer III 128 kbit/s 44.1 kHz joint stereo: 417 bytes, 418 with padding.
        let h = parse([0xFF, 0xFB, 0x90, 0x64]);
        assert_eq!((h.layer, h.sample_rate_hz, h.channel_count, h.bitrate_kbps), (3, 44_100, 2, 128));
        assert_eq!((h.frame_bytes(), h.samples_per_frame(), h.side_info_bytes()), (Some(417), 1152, 32));
        assert_eq!(parse([0xFF, 0xFB, 0x92, 0x64]).frame_bytes(), Some(418));
        // MPEG-2.5 8 kbit/s 8 kHz mono: 72 bytes of 576 samples.
        let h = parse([0xFF, 0xE3, 0x18, 0xC4]);
        assert_eq!((h.sample_rate_hz, h.frame_bytes(), h.samples_per_frame()), (8_000, Some(72), 576));
        assert_eq!(h.side_info_bytes(), 9);
        // Layer I counts slots of four bytes.
        let h = parse([0xFF, 0xFF, 0x10, 0x00]);
        assert_eq!((h.layer, h.frame_bytes()), (1, Some(32 * 12 * 1000 / 44_100 * 4)));
    }

    #[test]
    fn bytes_and_header_agree() {
        for bytes in [[0xFF, 0xFB, 0x92, 0x00], [0xFF, 0xE3, 0x18, 0xC0], [0xFF, 0xF2, 0x54, 0x00]] {
            let header = parse(bytes);
            assert_eq!(header.to_bytes(usize::from(bytes[2] >> 4), header.padded), bytes);
        }
    }

    #[test]
    fn reserved_values_are_no_header() {
        let reserved: [[u8; 4]; 5] = [
            [0xFE, 0xFB, 0x90, 0x64], // sync word
            [0xFF, 0xEB, 0x90, 0x64], // version
            [0xFF, 0xF9, 0x90, 0x64], // layer
            [0xFF, 0xFB, 0xF0, 0x64], // bit rate
            [0xFF, 0xFB, 0x9C, 0x64], // sampling frequency
        ];
        for bytes in reserved {
            assert_eq!(FrameHeader::parse(bytes), None, "{bytes:02x?}");
        }
    }
}
