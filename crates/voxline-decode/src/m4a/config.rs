//! What the codec has to know: from the sample description to AAC's few bits.
//!
//! **Source**: ISO/IEC 14496-12 §12.2.3 (audio sample entry); 14496-14 §5.6 and 14496-1 §7.2.6 (`esds` and its
//! descriptors); 14496-3 §1.6.2.1 (`AudioSpecificConfig`); the QuickTime File Format for versions 1 and 2 of the entry.

use super::boxes::{children, find};
use crate::DecodeError;

/// AAC as the codec takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AacConfig {
    pub(super) rate_hz: u32,
    pub(super) channels: u16,
}

/// Rates by index (ISO/IEC 14496-3, table 1.18).
const RATES: [u32; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];
/// Object types (ISO/IEC 14496-3, table 1.17).
const LOW_COMPLEXITY: u32 = 2;
const SPECTRAL_BAND_REPLICATION: u32 = 5;
const PARAMETRIC_STEREO: u32 = 29;
/// The index of a rate that stands behind it in 24 bits.
const EXPLICIT_RATE: u32 = 15;

impl AacConfig {
    /// Reads the first sample description of a track.
    pub(super) fn of_description(stsd: &[u8]) -> Result<Self, DecodeError> {
        let malformed = || DecodeError::Malformed("the description of the M4A file's audio is not valid".to_owned());
        let (kind, entry) = children(stsd.get(8..).unwrap_or_default()).next().ok_or_else(malformed)?;
        if &kind != b"mp4a" {
            let name = NAMES.iter().find(|(known, _)| **known == kind).map_or("unknown", |&(_, name)| name);
            let message = format!("M4A with the codec \"{}\" ({name}) is not supported; AAC is", kind.escape_ascii());
            return Err(DecodeError::Unsupported(message));
        }
        // Versions 1 and 2 of QuickTime bring more fields.
        let fields = match entry.get(8..10) {
            Some([0, 1]) => 44,
            Some([0, 2]) => 64,
            _ => 28,
        };
        let boxes = entry.get(fields..).ok_or_else(malformed)?;
        let esds = find(boxes, b"esds").or_else(|| find(find(boxes, b"wave")?, b"esds")).ok_or_else(malformed)?;
        let (object_type, config) = decoder_config(esds.get(4..).unwrap_or_default()).ok_or_else(malformed)?;
        // MPEG-4 audio, and AAC of MPEG-2 in its profiles.
        if !matches!(object_type, 0x40 | 0x66..=0x68) {
            let message = format!("M4A with the object type {object_type:#04x} is not supported; AAC is");
            return Err(DecodeError::Unsupported(message));
        }
        Self::read(config)
    }

    /// Reads an `AudioSpecificConfig`. Of what HE-AAC adds only the core is decoded: a signal of half the rate, mono where
    /// stereo is parametric.
    fn read(config: &[u8]) -> Result<Self, DecodeError> {
        let mut bits = Bits { bytes: config, at: 0 };
        let parse = |bits: &mut Bits<'_>| {
            let mut object_type = bits.object_type()?;
            let (rate_hz, channels) = (bits.rate()?, bits.take(4)?);
            if matches!(object_type, SPECTRAL_BAND_REPLICATION | PARAMETRIC_STEREO) {
                let _full_rate = bits.rate()?;
                object_type = bits.object_type()?;
            }
            // Frames of 960 samples instead of 1024.
            let short = bits.take(1)? == 1;
            Some((object_type, rate_hz, channels, short))
        };
        let (object_type, rate_hz, channels, short) =
            parse(&mut bits).ok_or_else(|| DecodeError::Malformed("the configuration of AAC is cut".to_owned()))?;
        let refuse = |what: String| Err(DecodeError::Unsupported(format!("AAC {what} is not supported")));
        match (object_type, channels, short) {
            (LOW_COMPLEXITY, 1 | 2, false) => Ok(Self { rate_hz, channels: channels as u16 }),
            (LOW_COMPLEXITY, 1 | 2, true) => refuse("with frames of 960 samples".to_owned()),
            (LOW_COMPLEXITY, 0, _) => refuse("whose channels are described by its own program".to_owned()),
            (LOW_COMPLEXITY, n, _) => refuse(format!("with channel configuration {n}, more than stereo,")),
            (other, _, _) => refuse(format!("of object type {other}, other than Low Complexity,")),
        }
    }

    /// The `AudioSpecificConfig` of plain Low Complexity.
    pub(super) fn for_codec(&self) -> Vec<u8> {
        let index = RATES.iter().position(|&rate| rate == self.rate_hz);
        let (mut bits, mut count) = (u64::from(LOW_COMPLEXITY), 5);
        let mut put = |value: u32, width: u32| {
            bits = bits << width | u64::from(value);
            count += width;
        };
        match index {
            Some(index) => put(index as u32, 4),
            None => {
                put(EXPLICIT_RATE, 4);
                put(self.rate_hz, 24);
            }
        }
        put(self.channels.into(), 4);
        put(0, 3);
        let bytes = count.div_ceil(8);
        (bits << (8 * bytes - count)).to_be_bytes()[8 - bytes as usize..].to_vec()
    }
}

/// Codecs that have a name and no decoder here.
const NAMES: &[(&[u8; 4], &str)] = &[
    (b"alac", "Apple Lossless"),
    (b"samr", "AMR"),
    (b"sawb", "AMR-WB"),
    (b"ac-3", "AC-3"),
    (b"ec-3", "E-AC-3"),
    (b"Opus", "Opus"),
    (b"fLaC", "FLAC"),
    (b".mp3", "MP3"),
    (b"sowt", "PCM"),
    (b"twos", "PCM"),
    (b"lpcm", "PCM"),
    (b"ulaw", "µ-law"),
    (b"alaw", "A-law"),
    (b"enca", "encrypted"),
];

/// Object type and specific information of the decoder.
fn decoder_config(bytes: &[u8]) -> Option<(u8, &[u8])> {
    const ELEMENTARY_STREAM: u8 = 3;
    const DECODER: u8 = 4;
    const SPECIFIC: u8 = 5;
    let (_, stream) = descriptors(bytes).find(|(tag, _)| *tag == ELEMENTARY_STREAM)?;
    let flags = *stream.get(2)?;
    let mut at = 3;
    if flags & 0x80 != 0 {
        at += 2;
    }
    if flags & 0x40 != 0 {
        at += 1 + usize::from(*stream.get(at)?);
    }
    if flags & 0x20 != 0 {
        at += 2;
    }
    let (_, decoder) = descriptors(stream.get(at..)?).find(|(tag, _)| *tag == DECODER)?;
    let (_, specific) = descriptors(decoder.get(13..)?).find(|(tag, _)| *tag == SPECIFIC)?;
    Some((*decoder.first()?, specific))
}

/// Descriptors one behind the other: a tag, a size of seven bits a byte, the content.
fn descriptors(mut bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    std::iter::from_fn(move || {
        let (&tag, mut rest) = bytes.split_first()?;
        let mut size = 0;
        for _ in 0..4 {
            let (&byte, after) = rest.split_first()?;
            (size, rest) = (size << 7 | usize::from(byte & 0x7F), after);
            if byte & 0x80 == 0 {
                break;
            }
        }
        let (content, next) = rest.split_at_checked(size)?;
        bytes = next;
        Some((tag, content))
    })
}

/// Bits, the highest of a byte first.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            let byte = *self.bytes.get(self.at / 8)?;
            value = value << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }

    fn object_type(&mut self) -> Option<u32> {
        Some(match self.take(5)? {
            31 => 32 + self.take(6)?,
            object_type => object_type,
        })
    }

    fn rate(&mut self) -> Option<u32> {
        match self.take(4)? {
            EXPLICIT_RATE => self.take(24),
            index => RATES.get(index as usize).copied(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configurations() {
        let config = |rate_hz, channels| Ok(AacConfig { rate_hz, channels });
        for (bytes, want) in [
            (&[0x12, 0x10][..], config(44_100, 2)),
            (&[0x14, 0x08], config(16_000, 1)),
            // HE-AAC: a core of 24 kHz in a signal of 48 kHz; the same with parametric stereo.
            (&[0x2B, 0x11, 0x88, 0x00], config(24_000, 2)),
            (&[0xEB, 0x09, 0x88, 0x00], config(24_000, 1)),
            // 12 345 Hz in 24 bits.
            (&[0x17, 0x80, 0x18, 0x1C, 0x88, 0x00], config(12_345, 1)),
        ] {
            assert_eq!(AacConfig::read(bytes), want, "{bytes:02X?}");
        }
        for (bytes, want) in [
            (&[0x12, 0x14][..], "AAC with frames of 960 samples is not supported"),
            (&[0x12, 0x30], "AAC with channel configuration 6, more than stereo, is not supported"),
            (&[0x0A, 0x10], "AAC of object type 1, other than Low Complexity, is not supported"),
            (&[0x12], "the configuration of AAC is cut"),
            (&[], "the configuration of AAC is cut"),
        ] {
            assert_eq!(AacConfig::read(bytes).map_err(|error| error.to_string()), Err(want.to_owned()));
        }
        for (rate_hz, bytes) in [(44_100, &[0x12, 0x08][..]), (12_345, &[0x17, 0x80, 0x18, 0x1C, 0x88])] {
            let config = AacConfig { rate_hz, channels: 1 };
            assert_eq!(config.for_codec(), bytes);
        }
    }
}
