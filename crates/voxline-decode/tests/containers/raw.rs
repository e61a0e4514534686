//! Headerless audio.

use voxline_core::SampleFormat;
use voxline_core::options::{InputOptions, LimitOptions};
use voxline_core::report::WarningCode;
use voxline_decode::{DecodeError, Decoder, RawDecoder};

use crate::support::*;

fn input(format: SampleFormat, rate_hz: u32, channels: u16) -> InputOptions {
    let mut input = InputOptions::default();
    (input.raw_format, input.raw_rate_hz, input.raw_channels) = (Some(format.into()), rate_hz, channels);
    input
}

fn raw(input: &InputOptions, bytes: &[u8]) -> Outcome {
    run(&mut RawDecoder::new(input, &LimitOptions::default()), [bytes])
}

/// −1/2 of full scale, then 1/4, in each format.
#[test]
fn every_format_has_the_same_values() {
    for &format in SampleFormat::ALL {
        let bytes: Vec<u8> = match format {
            SampleFormat::S8 => vec![0xC0, 0x20],
            SampleFormat::U8 => vec![0x40, 0xA0],
            SampleFormat::S16le => vec![0x00, 0xC0, 0x00, 0x20],
            SampleFormat::S16be => vec![0xC0, 0x00, 0x20, 0x00],
            SampleFormat::S24le => vec![0, 0, 0xC0, 0, 0, 0x20],
            SampleFormat::S24be => vec![0xC0, 0, 0, 0x20, 0, 0],
            SampleFormat::S32le => vec![0, 0, 0, 0xC0, 0, 0, 0, 0x20],
            SampleFormat::S32be => vec![0xC0, 0, 0, 0, 0x20, 0, 0, 0],
            SampleFormat::F32le => [-0.5f32, 0.25].iter().flat_map(|v| v.to_le_bytes()).collect(),
            SampleFormat::F32be => [-0.5f32, 0.25].iter().flat_map(|v| v.to_be_bytes()).collect(),
            SampleFormat::F64be => [-0.5f64, 0.25].iter().flat_map(|v| v.to_be_bytes()).collect(),
            SampleFormat::F64le => [-0.5f64, 0.25].iter().flat_map(|v| v.to_le_bytes()).collect(),
            // Segment 7 of A-law starts at 16384 with intervals of 1024, segment 6 at 8192 with 512.
            SampleFormat::Alaw => vec![0x70 ^ 0x55, 0xE0 ^ 0x55],
            // Segment 7 of µ-law: 132·2^7 − 132 = 16764; segment 6: 8316.
            SampleFormat::Mulaw => vec![!0xF0, !0x60],
            other => panic!("no row for {other}"),
        };
        let want: [f32; 2] = match format {
            SampleFormat::Alaw => [-16_896.0 / 32_768.0, 8_448.0 / 32_768.0],
            SampleFormat::Mulaw => [-16_764.0 / 32_768.0, 8_316.0 / 32_768.0],
            _ => [-0.5, 0.25],
        };
        for channels in [1, 2] {
            let got = raw(&input(format, 16_000, channels), &bytes);
            assert_eq!((got.samples(), got.codes()), (want.to_vec(), vec![]), "{format}");
            let info = got.info.unwrap();
            assert_eq!((info.container, info.codec), ("raw", format!("pcm_{format}")));
            assert_eq!((info.spec.sample_rate.hz(), info.spec.channel_count), (16_000, channels));
        }
    }
}

#[test]
fn an_incomplete_last_frame_is_left_out() {
    let bytes = s16_bytes(&s16(5));
    let mut stereo = input(SampleFormat::S16le, 8_000, 2);
    let got = raw(&stereo, &bytes);
    assert_eq!((got.samples(), got.codes()), (s16_f32(&s16(4)), vec![WarningCode::Truncated]));
    let message = "the input ends inside a frame, after 2 of 4 bytes";
    assert_eq!(got.warnings[0].message, message);
    stereo.strict = true;
    let got = raw(&stereo, &bytes);
    assert_eq!((got.frames, got.error), (2, Some(DecodeError::Truncated(message.into()))));
}

#[test]
fn nothing_is_empty_and_not_damaged() {
    for bytes in [&[][..], &[1]] {
        let got = raw(&input(SampleFormat::S16le, 8_000, 1), bytes);
        assert_eq!(got.codes().last(), Some(&WarningCode::Empty));
        assert_eq!(got.codes().len(), 1 + bytes.len());
    }
}

/// Headerless means headerless: a WAV header is then audio.
#[test]
fn raw_format_goes_before_the_content() {
    let bytes = plain(&s16(10));
    let got = run(&mut Decoder::new(&input(SampleFormat::U8, 8_000, 1), &LimitOptions::default()), [&bytes[..]]);
    assert_eq!((got.frames, got.info.unwrap().container), (bytes.len(), "raw"));
}

#[test]
fn options_out_of_range_are_said_with_the_first_pull() {
    for (options, want) in [
        (input(SampleFormat::U8, 3, 1), "a sample rate of 3 Hz is not supported; 4000 to 384000 Hz are"),
        (input(SampleFormat::U8, 8_000, 0), "0 channels are not supported; 1 to 32 are"),
        (InputOptions::default(), "headerless audio needs input.raw_format"),
    ] {
        assert_eq!(raw(&options, &[1, 2, 3]).error_text(), want);
    }
}

#[test]
fn chunks_do_not_matter() {
    let bytes: Vec<u8> = noise(3_001).map(|n| n as u8).collect();
    for &format in SampleFormat::ALL {
        let options = input(format, 8_000, 3);
        let whole = raw(&options, &bytes);
        assert_eq!(whole.frames, 3_001 / (3 * format.bytes()));
        for size in [1, 2, 3, 5, 7, 1_000] {
            let split = run(&mut RawDecoder::new(&options, &LimitOptions::default()), bytes.chunks(size));
            assert_eq!(split, whole, "{format} {size}");
        }
    }
}
