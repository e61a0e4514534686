//! The `fmt ` chunk.
//!
//! **Source**: Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0" (1991), WAVE chapter;
//! Microsoft, "Multiple channel audio data and WAVE files" (`WAVEFORMATEXTENSIBLE`): samples lie in whole bytes, left-
//! justified in their container when fewer bits are valid; containers of up to 8 bits are unsigned.

use voxline_core::options::{InputOptions, LimitOptions};
use voxline_core::report::WarningCode;
use voxline_core::{AudioSpec, ChannelMask, SampleFormat};

use super::{coded, tags};
use crate::DecodeError;
use crate::body::Body;
use crate::damage::Damage;
use crate::limits::{checked_spec, counted};

/// Bytes of `WAVEFORMATEXTENSIBLE`; plain formats are shorter.
const EXTENSIBLE_BYTES: usize = 40;
/// Bytes that every format has: `PCMWAVEFORMAT`.
const MIN_BYTES: usize = 16;

const TAG_PCM: u16 = 0x0001;
const TAG_FLOAT: u16 = 0x0003;
const TAG_ALAW: u16 = 0x0006;
const TAG_MULAW: u16 = 0x0007;
const TAG_EXTENSIBLE: u16 = 0xFFFE;
/// Bytes 2 to 15 of every sub-format GUID that stands for a format tag: {0000xxxx-0000-0010-8000-00AA00389B71}.
const TAG_GUID_REST: [u8; 14] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];
/// Positions that have a name; the others are reserved (ksmedia.h, `SPEAKER_RESERVED` and `SPEAKER_ALL`).
const NAMED_POSITIONS: u32 = 0x3_FFFF;

/// The fields as they stand in the file.
pub(super) struct Fields {
    pub(super) tag: u16,
    pub(super) channels: u16,
    pub(super) rate_hz: u32,
    pub(super) byte_rate: u32,
    pub(super) block_bytes: u16,
    pub(super) bits: u16,
}

/// Bytes of the chunk that are looked at, by its first two.
pub(super) fn bytes_of(tag: &[u8]) -> usize {
    if tag == coded::TAG_MS_ADPCM.to_le_bytes() { coded::MS_ADPCM_BYTES } else { EXTENSIBLE_BYTES }
}

/// Reads the chunk's first bytes, up to [`bytes_of`] of them: what the bytes of the `data` chunk are.
///
/// **Errors**: a format that is not supported, by name; a chunk that is too short; channels and rates out of range.
pub(super) fn parse(
    chunk: &[u8],
    input: &InputOptions,
    limits: &LimitOptions,
    damage: &mut Damage,
) -> Result<(Body, AudioSpec), DecodeError> {
    let Some(&[t0, t1, c0, c1, r0, r1, r2, r3, b0, b1, b2, b3, a0, a1, w0, w1]) = chunk.first_chunk::<MIN_BYTES>()
    else {
        return Err(too_short(chunk, MIN_BYTES));
    };
    let mut fields = Fields {
        tag: u16::from_le_bytes([t0, t1]),
        channels: u16::from_le_bytes([c0, c1]),
        rate_hz: u32::from_le_bytes([r0, r1, r2, r3]),
        byte_rate: u32::from_le_bytes([b0, b1, b2, b3]),
        block_bytes: u16::from_le_bytes([a0, a1]),
        bits: u16::from_le_bytes([w0, w1]),
    };
    let mut mask = ChannelMask::UNKNOWN;
    if fields.tag == TAG_EXTENSIBLE {
        mask = read_extension(chunk, &mut fields, damage)?;
    }
    if coded::knows(fields.tag) {
        return coded::parse(chunk, &fields, input, limits, damage);
    }
    if !matches!(fields.tag, TAG_PCM | TAG_FLOAT | TAG_ALAW | TAG_MULAW) {
        let tag = fields.tag;
        return Err(DecodeError::Unsupported(format!("WAV format 0x{tag:04X} ({}) is not supported", tags::name(tag))));
    }
    let spec = checked_spec(fields.rate_hz, fields.channels, limits)?.with_mask(mask);
    let sample = match fields.tag {
        TAG_FLOAT => float_format(&fields, damage)?,
        TAG_ALAW => companded_format(SampleFormat::Alaw, &fields, damage)?,
        TAG_MULAW => companded_format(SampleFormat::Mulaw, &fields, damage)?,
        _ => pcm_format(&fields, damage)?,
    };
    let frame_bytes = sample.bytes() * spec.channels();
    if frame_bytes != usize::from(fields.block_bytes) {
        damage.note(WarningCode::InconsistentHeader, || {
            format!(
                "the fmt chunk says {} bytes a frame, but {} of {} {} {}; the latter is used",
                fields.block_bytes,
                counted(fields.channels),
                sample,
                if fields.channels == 1 { "takes" } else { "take" },
                frame_bytes
            )
        })?;
    }
    Ok((Body::samples(sample, spec), spec))
}

/// Reads what `WAVEFORMATEXTENSIBLE` adds; the sub-format takes the place of the tag.
fn read_extension(chunk: &[u8], fields: &mut Fields, damage: &mut Damage) -> Result<ChannelMask, DecodeError> {
    let Some(&[_, _, v0, v1, m0, m1, m2, m3, guid @ ..]) = chunk.get(MIN_BYTES..).and_then(|c| c.first_chunk::<24>())
    else {
        return Err(too_short(chunk, EXTENSIBLE_BYTES));
    };
    let [t0, t1, rest @ ..] = guid;
    if rest != TAG_GUID_REST {
        return Err(DecodeError::Unsupported(format!("WAV sub-format {} is not supported", show_guid(guid))));
    }
    fields.tag = u16::from_le_bytes([t0, t1]);
    let valid_bits = u16::from_le_bytes([v0, v1]);
    if valid_bits > fields.bits && fields.tag == TAG_PCM {
        damage.note(WarningCode::InconsistentHeader, || {
            format!("the fmt chunk says {valid_bits} valid bits in {}; all bits are used", fields.bits)
        })?;
    }
    Ok(usable_mask(u32::from_le_bytes([m0, m1, m2, m3]), fields.channels))
}

/// Positions beyond the number of channels are to be ignored, as are reserved ones.
fn usable_mask(mask: u32, channels: u16) -> ChannelMask {
    let named = ChannelMask(mask & NAMED_POSITIONS);
    ChannelMask((0..usize::from(channels)).map_while(|channel| named.position(channel)).fold(0, |all, bit| all | bit))
}

/// The container is the next whole number of bytes; the bits in it do not matter, since they are left-justified.
fn pcm_format(fields: &Fields, damage: &mut Damage) -> Result<SampleFormat, DecodeError> {
    let by_bits = fields.bits.div_ceil(8);
    let by_block = fields.block_bytes.checked_div(fields.channels).unwrap_or(0);
    let block_is_whole = by_block.checked_mul(fields.channels) == Some(fields.block_bytes);
    let rate_agrees = fields.rate_hz.checked_mul(u32::from(fields.block_bytes)) == Some(fields.byte_rate);
    // 24 bits in 4 bytes, said by frame size and byte rate only: two fields against one that does not contradict them.
    let wider_container = by_bits == 3 && by_block == 4 && block_is_whole && rate_agrees;
    let bytes = if wider_container || by_bits == 0 && block_is_whole { by_block } else { by_bits };
    if bytes != by_bits {
        damage.note(WarningCode::InconsistentHeader, || {
            format!("the fmt chunk says {} bits a sample; its frame size of {bytes} bytes is used", fields.bits)
        })?;
    }
    match bytes {
        1 => Ok(SampleFormat::U8),
        2 => Ok(SampleFormat::S16le),
        3 => Ok(SampleFormat::S24le),
        4 => Ok(SampleFormat::S32le),
        _ => Err(DecodeError::Unsupported(format!(
            "WAV format 0x0001 (PCM) with {} bits is not supported; 1 to 32 bits are",
            fields.bits
        ))),
    }
}

fn float_format(fields: &Fields, damage: &mut Damage) -> Result<SampleFormat, DecodeError> {
    match fields.bits {
        32 => return Ok(SampleFormat::F32le),
        64 => return Ok(SampleFormat::F64le),
        _ => {}
    }
    let format = match fields.block_bytes.checked_div(fields.channels) {
        Some(4) => SampleFormat::F32le,
        Some(8) => SampleFormat::F64le,
        _ => {
            return Err(DecodeError::Unsupported(format!(
                "WAV format 0x0003 (IEEE float) with {} bits is not supported; 32 and 64 bits are",
                fields.bits
            )));
        }
    };
    damage.note(WarningCode::InconsistentHeader, || {
        format!("the fmt chunk says {} bits a float; its frame size says {format}, which is used", fields.bits)
    })?;
    Ok(format)
}

fn companded_format(format: SampleFormat, fields: &Fields, damage: &mut Damage) -> Result<SampleFormat, DecodeError> {
    if fields.bits != 8 {
        damage.note(WarningCode::InconsistentHeader, || {
            format!("the fmt chunk says {} bits a sample; {format} has 8, which is used", fields.bits)
        })?;
    }
    Ok(format)
}

fn too_short(chunk: &[u8], needed: usize) -> DecodeError {
    DecodeError::Malformed(format!("the fmt chunk has {} bytes, its format needs {needed}", chunk.len()))
}

/// The usual text of a GUID: the first three groups are little-endian numbers.
fn show_guid(guid: [u8; 16]) -> String {
    let order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    let mut text = String::from("{");
    for (at, index) in order.into_iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{:02X}", guid[index]));
    }
    text + "}"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guids_are_shown_as_microsoft_writes_them() {
        let mut guid = [0; 16];
        guid[..2].copy_from_slice(&TAG_PCM.to_le_bytes());
        guid[2..].copy_from_slice(&TAG_GUID_REST);
        assert_eq!(show_guid(guid), "{00000001-0000-0010-8000-00AA00389B71}");
    }

    #[test]
    fn masks_keep_as_many_positions_as_there_are_channels() {
        for (mask, channels, want) in [
            (0x3, 2, 0x3),
            (0x3F, 2, 0x3),
            (0x3, 4, 0x3),
            (0x60F, 6, 0x60F),
            (0x8000_0000, 2, 0),
            (u32::MAX, 32, 0x3_FFFF),
        ] {
            assert_eq!(usable_mask(mask, channels), ChannelMask(want), "{mask:x} {channels}");
        }
    }
}
