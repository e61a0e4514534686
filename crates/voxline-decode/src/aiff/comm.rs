//! The chunk that describes the audio.

use voxline_core::options::LimitOptions;
use voxline_core::{AudioSpec, SampleFormat};

use crate::DecodeError;
use crate::limits::checked_spec;

/// Bytes behind the audio that fill a block of the disk up, as Apple's text allows; more are a wrong count.
pub(super) const MAX_FILL_BYTES: u64 = 4096;
/// Channels, frames, bits, rate.
const FIXED_BYTES: usize = 18;

/// The `COMM` chunk.
#[derive(Debug)]
pub(super) struct Comm {
    pub(super) spec: AudioSpec,
    pub(super) format: SampleFormat,
    /// Frames, as stated.
    pub(super) frames: u32,
}

impl Comm {
    /// Bytes of the chunk that are looked at: the compression's name behind its id is passed over.
    pub(super) const MOST_BYTES: usize = FIXED_BYTES + 4;

    pub(super) fn read(chunk: &[u8], limits: &LimitOptions) -> Result<Self, DecodeError> {
        let Some((fixed, rest)) = chunk.split_first_chunk::<FIXED_BYTES>() else {
            let message = format!("the COMM chunk has {} bytes; {FIXED_BYTES} are the least", chunk.len());
            return Err(DecodeError::Malformed(message));
        };
        let &[c0, c1, f0, f1, f2, f3, b0, b1, rate @ ..] = fixed;
        let rate_hz = from_extended(rate);
        let spec = checked_spec(rate_hz, u16::from_be_bytes([c0, c1]), limits)?;
        let bits = u16::from_be_bytes([b0, b1]);
        let kind = rest.first_chunk::<4>().copied().unwrap_or(*b"NONE");
        Ok(Self { spec, format: format_of(kind, bits)?, frames: u32::from_be_bytes([f0, f1, f2, f3]) })
    }
}

/// The samples of a compression type.
///
/// **Source**: Apple's draft, table of compression types, and the types that QuickTime added: `sowt`, `in24`, `in32`,
/// `fl64`. Bits that do not fill bytes stand at the top of them.
fn format_of(kind: [u8; 4], bits: u16) -> Result<SampleFormat, DecodeError> {
    let bytes = bits.div_ceil(8);
    let integers = |formats: [SampleFormat; 4]| {
        let format = usize::from(bytes).checked_sub(1).and_then(|at| formats.get(at).copied());
        format.ok_or_else(|| DecodeError::Unsupported(format!("{bits} bits a sample are not supported; 1 to 32 are")))
    };
    use SampleFormat::{Alaw, F32be, F64be, Mulaw, S8, S16be, S16le, S24be, S24le, S32be, S32le, U8};
    match &kind {
        b"NONE" | b"twos" => integers([S8, S16be, S24be, S32be]),
        b"sowt" => integers([S8, S16le, S24le, S32le]),
        b"in24" => Ok(S24be),
        b"in32" => Ok(S32be),
        b"raw " if bytes == 1 => Ok(U8),
        b"fl32" | b"FL32" => Ok(F32be),
        b"fl64" | b"FL64" => Ok(F64be),
        b"alaw" | b"ALAW" => Ok(Alaw),
        b"ulaw" | b"ULAW" => Ok(Mulaw),
        _ => {
            let name = NAMES.iter().find(|(known, _)| **known == kind).map_or("unknown", |&(_, name)| name);
            let message = format!("AIFF-C compression \"{}\" ({name}) is not supported", kind.escape_ascii());
            Err(DecodeError::Unsupported(message))
        }
    }
}

/// Compressions that have a name and no decoder here.
const NAMES: &[(&[u8; 4], &str)] = &[
    (b"ima4", "IMA ADPCM of QuickTime"),
    (b"MAC3", "MACE 3:1"),
    (b"MAC6", "MACE 6:1"),
    (b"ACE2", "ACE 2:1"),
    (b"ACE8", "ACE 8:3"),
    (b"GSM ", "GSM 06.10"),
    (b"G722", "G.722"),
    (b"G726", "G.726"),
    (b"G728", "G.728"),
    (b"QDMC", "QDesign Music"),
    (b"QDM2", "QDesign Music 2"),
    (b"Qclp", "Qualcomm PureVoice"),
    (b".mp3", "MP3"),
    (b"raw ", "offset binary of more than 8 bits"),
];

/// A number of 80 bits as a rate, rounded; 0 for what is none.
///
/// **Source**: IEEE 754 extended precision as in Apple's "Apple Numerics Manual": sign, exponent with an excess of 16383,
/// 64 bits of significand with its leading bit.
fn from_extended([a, b, significand @ ..]: [u8; 10]) -> u32 {
    let exponent = i32::from(u16::from_be_bytes([a, b])) - 16_383;
    let significand = u64::from_be_bytes(significand);
    // A negative number has an exponent beyond all rates here.
    if !(0..32).contains(&exponent) {
        return 0;
    }
    let shift = 63 - exponent as u32;
    let whole = significand >> shift;
    let half = significand >> (shift - 1) & 1;
    u32::try_from(whole + half).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_of_80_bits() {
        for (bytes, want) in [
            ([0x40, 0x0B, 0xFA, 0, 0, 0, 0, 0, 0, 0], 8_000),
            ([0x40, 0x0E, 0xAC, 0x44, 0, 0, 0, 0, 0, 0], 44_100),
            // 22 254.545 Hz of the first Macintosh.
            ([0x40, 0x0D, 0xAD, 0xDD, 0x17, 0x45, 0xD1, 0x74, 0x5D, 0x17], 22_255),
            ([0x3F, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0], 1),
            ([0xC0, 0x0B, 0xFA, 0, 0, 0, 0, 0, 0, 0], 0),
            ([0; 10], 0),
            ([0xFF; 10], 0),
            ([0x40, 0x1E, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], u32::MAX),
        ] {
            assert_eq!(from_extended(bytes), want, "{bytes:02X?}");
        }
    }
}
