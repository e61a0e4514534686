//! RIFX: the numbers of the header and the samples are big-endian.
//!
//! **Source**: Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0" (1991), chapter 2.

use voxline_core::options::{InputOptions, LimitOptions};
use voxline_core::{AudioSpec, SampleFormat};

use super::fmt;
use crate::DecodeError;
use crate::body::Body;
use crate::damage::Damage;

/// Bytes of the longest chunk whose fields are known: `WAVEFORMATEXTENSIBLE`.
pub(super) const BYTES: usize = 40;
/// Bytes of each of its fields, in order; the last eight of the GUID are single bytes.
const FIELDS: [usize; 13] = [2, 2, 4, 4, 2, 2, 2, 2, 4, 4, 2, 2, 8];

/// Reads a `fmt ` chunk of big-endian fields.
///
/// **Errors**: those of [`fmt::parse`]; [`DecodeError::Unsupported`] for formats that are no plain samples.
pub(super) fn parse(
    chunk: &[u8],
    input: &InputOptions,
    limits: &LimitOptions,
    damage: &mut Damage,
) -> Result<(Body, AudioSpec), DecodeError> {
    let mut turned = chunk.to_vec();
    let mut rest = &mut turned[..];
    for size in FIELDS {
        let Some((field, behind)) = rest.split_at_mut_checked(size) else { break };
        if size < 8 {
            field.reverse();
        }
        rest = behind;
    }
    let (body, spec) = fmt::parse(&turned, input, limits, damage)?;
    let Body::Samples(format, _) = body else {
        let codec = body.codec();
        return Err(DecodeError::Unsupported(format!("{codec} in a RIFX file is not supported; plain samples are")));
    };
    let turned = match format {
        SampleFormat::S16le => SampleFormat::S16be,
        SampleFormat::S24le => SampleFormat::S24be,
        SampleFormat::S32le => SampleFormat::S32be,
        SampleFormat::F32le => SampleFormat::F32be,
        SampleFormat::F64le => SampleFormat::F64be,
        single_bytes => single_bytes,
    };
    Ok((Body::samples(turned, spec), spec))
}
