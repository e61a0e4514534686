//! The `fmt ` chunk of what is not plain samples: ADPCM, GSM 6.10, G.722, MP3.
//!
//! **Source**: Microsoft, "New Multimedia Data Types and Data Techniques" (1994) for 0x0002, 0x0011 and 0x0031; mmreg.h
//! for 0x0055 and 0x0065; 0x028F, also G.722, is what ffmpeg writes.

use voxline_core::AudioSpec;
use voxline_core::options::{InputOptions, LimitOptions};
use voxline_core::report::WarningCode;

use super::fmt::Fields;
use super::tags;
use crate::adpcm::{ima::ImaAdpcm, ms, ms::MsAdpcm};
use crate::blocks::{BlockCodec, Blocks};
use crate::body::Body;
use crate::damage::Damage;
use crate::g722::G722;
use crate::gsm::{self, Gsm};
use crate::limits::{checked_spec, counted};
use crate::{DecodeError, Mp3Decoder};

pub(super) const TAG_MS_ADPCM: u16 = 0x0002;
const TAG_IMA_ADPCM: u16 = 0x0011;
const TAG_GSM: u16 = 0x0031;
const TAG_MP3: u16 = 0x0055;
const TAG_G722: u16 = 0x0065;
const TAG_G722_FFMPEG: u16 = 0x028F;

/// Bytes of the chunk of MS ADPCM up to its predictors.
const MS_FIXED_BYTES: usize = 22;
/// Bytes of a predictor.
const PREDICTOR_BYTES: usize = 4;
/// The chunk of MS ADPCM with as many predictors as a byte can name.
pub(super) const MS_ADPCM_BYTES: usize = MS_FIXED_BYTES + 256 * PREDICTOR_BYTES;
/// Bits of a sample of either ADPCM.
const ADPCM_BITS: u16 = 4;
/// The rate of G.722 in Hz, and that of RTP's clock for it, which RFC 3551 §4.5.2 keeps for historical reasons and which
/// is found in headers since.
const G722_HZ: u32 = 16_000;
const G722_CLOCK_HZ: u32 = 8_000;

/// Whether a `wFormatTag` is one of these.
pub(super) fn knows(tag: u16) -> bool {
    matches!(tag, TAG_MS_ADPCM | TAG_IMA_ADPCM | TAG_GSM | TAG_MP3 | TAG_G722 | TAG_G722_FFMPEG)
}

/// Reads the chunk of a format that [`knows`] knows.
///
/// **Errors**: [`DecodeError::Unsupported`] for channels and bits that the format does not have here;
/// [`DecodeError::Malformed`] for blocks that hold nothing.
pub(super) fn parse(
    chunk: &[u8],
    fields: &Fields,
    input: &InputOptions,
    limits: &LimitOptions,
    damage: &mut Damage,
) -> Result<(Body, AudioSpec), DecodeError> {
    let mut spec = checked_spec(fields.rate_hz, fields.channels, limits)?;
    let (channels, block_bytes) = (spec.channels(), usize::from(fields.block_bytes));
    let codec = match fields.tag {
        TAG_MP3 => return Ok((Body::Mp3(Box::new(Mp3Decoder::new(input, limits)), false), spec)),
        TAG_IMA_ADPCM => {
            require_adpcm_bits(fields, damage)?;
            let codec = ImaAdpcm::new(channels, block_bytes).ok_or_else(|| empty_blocks(fields))?;
            check_block_frames(chunk, codec.block_frames(), fields, damage)?;
            BlockCodec::Ima(codec)
        }
        TAG_MS_ADPCM => {
            require_channels(fields, 2)?;
            require_adpcm_bits(fields, damage)?;
            let predictors = predictors(chunk, damage)?;
            let codec = MsAdpcm::new(channels, block_bytes, &predictors).ok_or_else(|| empty_blocks(fields))?;
            check_block_frames(chunk, codec.block_frames(), fields, damage)?;
            BlockCodec::Ms(codec)
        }
        TAG_GSM => {
            require_channels(fields, 1)?;
            if block_bytes != gsm::PAIR_BYTES {
                damage.note(WarningCode::InconsistentHeader, || {
                    format!("the fmt chunk says blocks of {block_bytes} bytes, but those of GSM 6.10 have 65")
                })?;
            }
            BlockCodec::GsmPairs(Gsm::default())
        }
        _ => {
            require_channels(fields, 1)?;
            if fields.rate_hz == G722_CLOCK_HZ {
                damage.note(WarningCode::InconsistentHeader, || {
                    format!("the fmt chunk says {G722_CLOCK_HZ} Hz, but G.722 has {G722_HZ}, which is used")
                })?;
                spec = checked_spec(G722_HZ, 1, limits)?;
            }
            BlockCodec::G722(G722::default())
        }
    };
    Ok((Body::Blocks(Box::new(Blocks::new(codec, channels))), spec))
}

fn require_channels(fields: &Fields, most: u16) -> Result<(), DecodeError> {
    let (tag, channels) = (fields.tag, fields.channels);
    if channels <= most {
        return Ok(());
    }
    let fine = if most == 1 { "1 is" } else { "1 and 2 are" };
    Err(DecodeError::Unsupported(format!(
        "WAV format 0x{tag:04X} ({}) with {channels} channels is not supported; {fine}",
        tags::name(tag)
    )))
}

/// Two, three and five bits exist but are hardly found; other numbers are mistakes.
fn require_adpcm_bits(fields: &Fields, damage: &mut Damage) -> Result<(), DecodeError> {
    let (tag, bits) = (fields.tag, fields.bits);
    match bits {
        ADPCM_BITS => Ok(()),
        2 | 3 | 5 => Err(DecodeError::Unsupported(format!(
            "WAV format 0x{tag:04X} ({}) with {bits} bits is not supported; 4 bits are",
            tags::name(tag)
        ))),
        _ => damage.note(WarningCode::InconsistentHeader, || {
            format!("the fmt chunk says {bits} bits a sample; {} has 4, which is used", tags::name(tag))
        }),
    }
}

fn empty_blocks(fields: &Fields) -> DecodeError {
    DecodeError::Malformed(format!(
        "the fmt chunk says blocks of {} bytes, too few for {} of {}",
        fields.block_bytes,
        counted(fields.channels),
        tags::name(fields.tag)
    ))
}

/// The frames of a block follow from its size; the field that states them is only compared.
fn check_block_frames(
    chunk: &[u8],
    block_frames: usize,
    fields: &Fields,
    damage: &mut Damage,
) -> Result<(), DecodeError> {
    let stated = chunk.get(18..).and_then(|rest| rest.first_chunk()).copied().map(u16::from_le_bytes);
    match stated {
        Some(stated) if stated > 0 && usize::from(stated) != block_frames => {
            damage.note(WarningCode::InconsistentHeader, || {
                let block_bytes = fields.block_bytes;
                format!("the fmt chunk says {stated} frames a block, but {block_bytes} bytes hold {block_frames}")
            })
        }
        _ => Ok(()),
    }
}

/// The predictors that follow the usual seven. Those seven are the same in every file: the standard says so, and where a
/// file says otherwise it is the file that is wrong.
fn predictors(chunk: &[u8], damage: &mut Damage) -> Result<Vec<[i16; 2]>, DecodeError> {
    let pairs = chunk.get(MS_FIXED_BYTES..).unwrap_or_default().as_chunks::<PREDICTOR_BYTES>().0;
    let count = chunk.get(20..).and_then(|rest| rest.first_chunk()).copied().map_or(0, u16::from_le_bytes);
    let there = usize::from(count).min(pairs.len());
    let predictors: Vec<[i16; 2]> =
        pairs.iter().take(there).map(|&[a, b, c, d]| [[a, b], [c, d]].map(i16::from_le_bytes)).collect();
    if there < usize::from(count) || there < ms::PREDICTORS.len() {
        damage.note(WarningCode::InconsistentHeader, || {
            format!(
                "the fmt chunk says {count} predictors and holds {there}; the usual {} are used",
                ms::PREDICTORS.len()
            )
        })?;
    } else if !predictors.starts_with(&ms::PREDICTORS) {
        damage.note(WarningCode::InconsistentHeader, || {
            format!(
                "the predictors in the fmt chunk do not begin with the usual {}, which are used",
                ms::PREDICTORS.len()
            )
        })?;
    }
    Ok(predictors.get(ms::PREDICTORS.len()..).unwrap_or_default().to_vec())
}
