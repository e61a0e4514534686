//! The header packet of Ogg Speex.

use super::FramingError;
use crate::Mode;

/// Bytes of the header packet. **Source**: Speex manual 1.2, §7.2 (Ogg file format), table "Ogg/Speex header packet".
const HEADER_BYTES: usize = 80;
pub(super) const MAGIC: &[u8; 8] = b"Speex   ";
/// Both Speex modes have this version of the bit stream; libspeex refuses others.
const BITSTREAM_VERSION: u32 = 4;
/// No encoder is known that writes any.
const MAX_EXTRA_PACKETS: u32 = 64;
/// What libspeex writes for "unknown" in a field.
const UNKNOWN: u32 = u32::MAX;

/// What an Ogg Speex file says about itself in its first packet.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Header {
    /// Narrowband or wideband.
    pub mode: Mode,
    /// Sample rate in Hz. Usually that of the mode; a file may claim another, at which it shall be played.
    pub sample_rate_hz: u32,
    /// 1, or 2 for intensity stereo.
    pub channel_count: u16,
    /// Frames in each packet, at least 1.
    pub frames_per_packet: u32,
    /// Bits a second, if stated.
    pub bitrate: Option<u32>,
    /// Whether the bit rate varies.
    pub vbr: bool,
    /// Packets between the comment packet and the audio.
    pub extra_packets: u32,
}

impl Header {
    /// The header of a mono stream of one frame a packet at a constant bit rate.
    pub fn new(mode: Mode, bitrate: Option<u32>) -> Self {
        Self {
            mode,
            sample_rate_hz: mode.sample_rate_hz(),
            channel_count: 1,
            frames_per_packet: 1,
            bitrate,
            vbr: false,
            extra_packets: 0,
        }
    }

    /// Whether a packet starts like a Speex header.
    pub fn is_header(packet: &[u8]) -> bool {
        packet.starts_with(MAGIC)
    }

    /// Reads a header packet.
    ///
    /// **Errors**: [`FramingError::Unsupported`] for another bit stream and for ultra-wideband; [`FramingError::Header`] for a
    /// packet that is too short or whose numbers are out of range.
    pub fn parse(packet: &[u8]) -> Result<Self, FramingError> {
        let refuse = |what: String| Err(FramingError::Header(what));
        let unsupported = |what: String| Err(FramingError::Unsupported(what));
        if !Self::is_header(packet) {
            return refuse("does not start with \"Speex   \"".to_owned());
        }
        let field = |offset: usize| {
            packet.get(offset..offset + 4).and_then(|b| b.first_chunk::<4>()).map(|b| u32::from_le_bytes(*b))
        };
        // Behind the magic come 20 bytes of version text.
        let fields = [36, 40, 44, 48, 52, 60, 64, 68].map(field);
        let [
            Some(rate),
            Some(mode),
            Some(version),
            Some(channels),
            Some(bitrate),
            Some(vbr),
            Some(frames),
            Some(extra),
        ] = fields
        else {
            return refuse(format!("has {} of {HEADER_BYTES} bytes", packet.len()));
        };
        let mode = match mode {
            0 => Mode::Narrowband,
            1 => Mode::Wideband,
            2 => return unsupported("says ultra-wideband (32 kHz), which is not supported".to_owned()),
            other => return refuse(format!("says mode {other}; 0 to 2 exist")),
        };
        if version != BITSTREAM_VERSION {
            return unsupported(format!("says bit stream version {version}; {BITSTREAM_VERSION} is supported"));
        }
        if !(1..=2).contains(&channels) {
            return refuse(format!("says {channels} channels; Speex has 1 or 2"));
        }
        // speexdec's bounds.
        if !(1_000..=200_000).contains(&rate) {
            return refuse(format!("says a sample rate of {rate} Hz"));
        }
        if frames > 10 {
            return refuse(format!("says {frames} frames a packet; at most 10 are usual"));
        }
        // Each is passed over like the comment packet: a number that is no count would pass over all of the audio.
        if extra > MAX_EXTRA_PACKETS {
            return refuse(format!("says {extra} extra packets; at most {MAX_EXTRA_PACKETS} are taken for true"));
        }
        Ok(Self {
            mode,
            sample_rate_hz: rate,
            channel_count: if channels == 2 { 2 } else { 1 },
            frames_per_packet: frames.max(1),
            bitrate: (bitrate != UNKNOWN && bitrate != 0).then_some(bitrate),
            vbr: vbr != 0,
            extra_packets: extra,
        })
    }

    /// The packet.
    pub fn to_packet(&self) -> Vec<u8> {
        let mut packet = MAGIC.to_vec();
        let mut version = [0; 20];
        let text = concat!("voxline-", env!("CARGO_PKG_VERSION")).as_bytes();
        // One byte stays 0: readers take it for a C string.
        for (to, from) in version[..19].iter_mut().zip(text) {
            *to = *from;
        }
        packet.extend(version);
        let mode = match self.mode {
            Mode::Narrowband => 0,
            Mode::Wideband => 1,
        };
        let fields = [
            1,
            HEADER_BYTES as u32,
            self.sample_rate_hz,
            mode,
            BITSTREAM_VERSION,
            u32::from(self.channel_count),
            self.bitrate.unwrap_or(UNKNOWN),
            self.mode.frame_samples() as u32,
            u32::from(self.vbr),
            self.frames_per_packet,
            self.extra_packets,
            0,
            0,
        ];
        packet.extend(fields.iter().flat_map(|field| field.to_le_bytes()));
        packet
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_comes_back() {
        let mut header = Header::new(Mode::Wideband, Some(27_800));
        (header.channel_count, header.frames_per_packet, header.vbr, header.extra_packets) = (2, 3, true, 1);
        let packet = header.to_packet();
        assert_eq!((packet.len(), &packet[28..36]), (HEADER_BYTES, &[1, 0, 0, 0, 80, 0, 0, 0][..]));
        assert_eq!(Header::parse(&packet), Ok(header));
        assert_eq!(Header::parse(&Header::new(Mode::Narrowband, None).to_packet()).unwrap().bitrate, None);
    }

    #[test]
    fn what_is_out_of_range_is_named() {
        let good = Header::new(Mode::Narrowband, None).to_packet();
        for (offset, value, word) in [
            (36, 0_u32, "0 Hz"),
            (40, 2, "ultra-wideband"),
            (40, 3, "mode 3"),
            (44, 5, "version 5"),
            (48, 0, "0 channels"),
            (48, 3, "3 channels"),
            (64, 11, "11 frames"),
            (68, 65, "65 extra packets"),
        ] {
            let mut packet = good.clone();
            packet[offset..offset + 4].copy_from_slice(&value.to_le_bytes());
            let error = Header::parse(&packet).unwrap_err();
            assert!(error.to_string().contains(word), "{error}");
            let unsupported = matches!(error, FramingError::Unsupported(_));
            assert_eq!(unsupported, matches!(word, "ultra-wideband" | "version 5"), "{error}");
        }
        for length in 0..72 {
            assert!(Header::parse(&good[..length]).is_err(), "{length}");
        }
    }
}
