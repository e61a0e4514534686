//! Samples on the wire to `f32`.

use voxline_core::{AudioSpec, SampleFormat};

use crate::bytes::ByteQueue;
use crate::g711::{ALAW_F32, MULAW_F32};
use crate::limits::DurationGuard;
use crate::{DecodeError, PcmChunk};

/// The most frames one pull gives: a chunk of stereo stays in a second-level cache with its source.
pub(crate) const CHUNK_FRAMES: usize = 4096;

/// Name of a sample format as a codec, the same for every container.
pub(crate) fn codec_name(format: SampleFormat) -> String {
    format!("pcm_{format}")
}

/// Decodes whole samples and appends them, full scale ±1; bytes of an incomplete last sample are left out.
///
/// Integers are divided by 2^(bits−1), which is exact up to 24 bits and rounded once for 32. Floats come as they are,
/// beyond ±1 and not a number included; doubles are rounded to single precision.
pub(crate) fn append_f32(format: SampleFormat, bytes: &[u8], out: &mut Vec<f32>) {
    /// One over the full scale of 32 bits; shorter samples are moved to the top of 32 bits or use their own.
    const FROM_S32: f32 = 1.0 / 2_147_483_648.0;
    const FROM_S8: f32 = 1.0 / 128.0;
    match format {
        SampleFormat::S8 => out.extend(bytes.iter().map(|&b| f32::from(b as i8) * FROM_S8)),
        SampleFormat::U8 => out.extend(bytes.iter().map(|&b| (f32::from(b) - 128.0) * FROM_S8)),
        SampleFormat::S16le => each(bytes, out, |b| f32::from(i16::from_le_bytes(b)) * FROM_S16),
        SampleFormat::S16be => each(bytes, out, |b| f32::from(i16::from_be_bytes(b)) * FROM_S16),
        SampleFormat::S24be => each(bytes, out, |[a, b, c]| i32::from_be_bytes([a, b, c, 0]) as f32 * FROM_S32),
        SampleFormat::S24le => each(bytes, out, |[a, b, c]| i32::from_le_bytes([0, a, b, c]) as f32 * FROM_S32),
        SampleFormat::S32le => each(bytes, out, |b| i32::from_le_bytes(b) as f32 * FROM_S32),
        SampleFormat::S32be => each(bytes, out, |b| i32::from_be_bytes(b) as f32 * FROM_S32),
        SampleFormat::F32be => each(bytes, out, f32::from_be_bytes),
        SampleFormat::F64be => each(bytes, out, |b| f64::from_be_bytes(b) as f32),
        SampleFormat::F32le => each(bytes, out, f32::from_le_bytes),
        SampleFormat::F64le => each(bytes, out, |b| f64::from_le_bytes(b) as f32),
        SampleFormat::Alaw => out.extend(bytes.iter().map(|&b| ALAW_F32[usize::from(b)])),
        SampleFormat::Mulaw => out.extend(bytes.iter().map(|&b| MULAW_F32[usize::from(b)])),
        // `SampleFormat` may grow; a format without a rule here gives nothing, and the test over `ALL` fails.
        _ => {}
    }
}

/// One over the full scale of 16 bits.
const FROM_S16: f32 = 1.0 / 32_768.0;

/// Appends samples of 16 bits.
pub(crate) fn push_s16(samples: &[i16], out: &mut Vec<f32>) {
    out.extend(samples.iter().map(|&sample| f32::from(sample) * FROM_S16));
}

fn each<const N: usize, S>(bytes: &[u8], out: &mut Vec<S>, sample: impl Fn([u8; N]) -> S) {
    out.extend(bytes.as_chunks::<N>().0.iter().map(|&b| sample(b)));
}

/// Moves the next whole frames from the queue into an emptied chunk: at most [`CHUNK_FRAMES`], out of at most
/// `max_bytes`, and no more than the duration limit allows. 0 when no whole frame is there.
pub(crate) fn take_frames(
    queue: &mut ByteQueue,
    (format, spec): (SampleFormat, AudioSpec),
    max_bytes: usize,
    guard: &mut DurationGuard,
    out: &mut PcmChunk,
) -> Result<usize, DecodeError> {
    let frame_bytes = format.bytes() * spec.channels();
    let ready = queue.len().min(max_bytes) / frame_bytes;
    let frames = guard.admit(ready.min(CHUNK_FRAMES), spec.sample_rate)?;
    if frames > 0 {
        out.spec = spec;
        out.clear();
        let taken = frames * frame_bytes;
        let bytes = queue.peek().get(..taken).unwrap_or_default();
        match (format, out.s16_mut()) {
            (SampleFormat::S16le, Some(s16)) => each(bytes, s16, i16::from_le_bytes),
            (SampleFormat::S16be, Some(s16)) => each(bytes, s16, i16::from_be_bytes),
            _ => append_f32(format, bytes, &mut out.samples),
        }
        queue.consume(taken);
    }
    Ok(frames)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(format: SampleFormat, bytes: &[u8]) -> Vec<f32> {
        let mut out = Vec::new();
        append_f32(format, bytes, &mut out);
        out
    }

    #[test]
    fn every_16_bit_value_is_exact_in_both_byte_orders() {
        for value in i16::MIN..=i16::MAX {
            let want = [(f64::from(value) / 32_768.0) as f32];
            assert_eq!(decode(SampleFormat::S16le, &value.to_le_bytes()), want);
            assert_eq!(decode(SampleFormat::S16be, &value.to_be_bytes()), want);
        }
    }

    #[test]
    fn every_8_bit_value_is_exact() {
        for byte in 0..=255u8 {
            assert_eq!(decode(SampleFormat::U8, &[byte]), [(f64::from(byte) - 128.0) as f32 / 128.0]);
            assert_eq!(decode(SampleFormat::S8, &[byte]), [f32::from(byte as i8) / 128.0]);
        }
    }

    #[test]
    fn wide_integers_keep_24_bits_and_their_sign() {
        for value in [0, 1, -1, 255, 256, -256, 65_535, 0x12_3456, -0x12_3456, 8_388_607, -8_388_608] {
            let want = [(f64::from(value) / 8_388_608.0) as f32];
            assert_eq!(f64::from(want[0]) * 8_388_608.0, f64::from(value), "the expectation itself is exact");
            assert_eq!(decode(SampleFormat::S24le, &i32::to_le_bytes(value)[..3]), want);
            assert_eq!(decode(SampleFormat::S24be, &i32::to_be_bytes(value)[1..]), want);
            assert_eq!(decode(SampleFormat::S32le, &i32::to_le_bytes(value << 8)), want);
            assert_eq!(decode(SampleFormat::S32be, &i32::to_be_bytes(value << 8)), want);
        }
        assert_eq!(decode(SampleFormat::S32le, &i32::MAX.to_le_bytes()), [1.0]);
        assert_eq!(decode(SampleFormat::S32le, &i32::MIN.to_le_bytes()), [-1.0]);
    }

    #[test]
    fn floats_come_as_they_are() {
        for value in [0.0, -0.0, 1.5, -2.0e9, f32::MIN_POSITIVE, f32::NAN, f32::INFINITY] {
            let bits = |v: Vec<f32>| v[0].to_bits();
            assert_eq!(bits(decode(SampleFormat::F32le, &value.to_le_bytes())), value.to_bits());
            assert_eq!(bits(decode(SampleFormat::F32be, &value.to_be_bytes())), value.to_bits());
            assert_eq!(bits(decode(SampleFormat::F64le, &f64::from(value).to_le_bytes())), value.to_bits());
            assert_eq!(bits(decode(SampleFormat::F64be, &f64::from(value).to_be_bytes())), value.to_bits());
        }
        assert_eq!(decode(SampleFormat::F64le, &0.1f64.to_le_bytes()), [0.1f32]);
    }

    #[test]
    fn every_format_gives_one_sample_for_its_bytes_and_none_for_fewer() {
        for &format in SampleFormat::ALL {
            let bytes = [1u8; 8 * 5];
            assert_eq!(decode(format, &bytes[..format.bytes() * 5]).len(), 5, "{format}");
            assert_eq!(decode(format, &bytes[..format.bytes() - 1]).len(), 0, "{format}");
        }
    }
}
