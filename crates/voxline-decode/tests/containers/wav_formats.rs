//! Every sample format, channel count and mask.

use std::io::Cursor;

use voxline_core::options::LimitOptions;
use voxline_core::report::WarningCode;
use voxline_core::{ChannelMask, ErrorKind};
use voxline_decode::{DecodeError, g711};

use crate::support::*;

/// What hound writes, hound and we read alike.
#[test]
fn files_of_hound_in_every_width() {
    for (bits, format) in [
        (8, hound::SampleFormat::Int),
        (16, hound::SampleFormat::Int),
        (24, hound::SampleFormat::Int),
        (32, hound::SampleFormat::Int),
        (32, hound::SampleFormat::Float),
    ] {
        for channels in [1, 2, 3, 6] {
            let spec = hound::WavSpec { channels, sample_rate: 44_100, bits_per_sample: bits, sample_format: format };
            let mut file = Cursor::new(Vec::new());
            let mut writer = hound::WavWriter::new(&mut file, spec).unwrap();
            for value in noise(usize::from(channels) * 5_000) {
                match format {
                    hound::SampleFormat::Int => writer.write_sample(value >> (32 - bits)).unwrap(),
                    hound::SampleFormat::Float => writer.write_sample(value as f32 * 1e-9).unwrap(),
                }
            }
            writer.finalize().unwrap();
            let bytes = file.into_inner();

            let mut reader = hound::WavReader::new(Cursor::new(&bytes)).unwrap();
            let want: Vec<f32> = match format {
                hound::SampleFormat::Int => {
                    let scale = f64::from(bits - 1).exp2();
                    reader.samples::<i32>().map(|s| (f64::from(s.unwrap()) / scale) as f32).collect()
                }
                hound::SampleFormat::Float => reader.samples::<f32>().map(Result::unwrap).collect(),
            };
            let got = wav(&bytes);
            assert_eq!(got.samples(), want, "{spec:?}");
            assert_eq!((got.warnings.as_slice(), &got.error), (&[][..], &None), "{spec:?}");
            let info = got.info.unwrap();
            assert_eq!((info.container, info.expected_frames), ("wav", Some(5_000)));
            assert_eq!((info.spec.channel_count, info.spec.sample_rate.hz()), (channels, 44_100));
            let letter = if format == hound::SampleFormat::Float { 'f' } else { 's' };
            let codec = if bits == 8 { "pcm_u8".to_owned() } else { format!("pcm_{letter}{bits}le") };
            assert_eq!(info.codec, codec);
        }
    }
}

/// What we craft and decode, hound reads alike. (It does not know pad bytes, so no odd chunks here.)
#[test]
fn crafted_files_are_what_hound_takes_them_for() {
    let samples = s16(999);
    let body = s16_bytes(&samples);
    for fmt_chunk in [fmt(1, 1, 16_000, 16), extensible(1, 1, 16_000, 16, 16, 0x4)] {
        let bytes = riff(&[chunk(b"LIST", b"INFOxyzw"), chunk(b"fmt ", &fmt_chunk), chunk(b"data", &body)]);
        let hound: Vec<i16> =
            hound::WavReader::new(Cursor::new(&bytes)).unwrap().into_samples().map(Result::unwrap).collect();
        assert_eq!(hound, samples);
        let got = wav(&bytes);
        assert_eq!((got.samples(), got.codes()), (s16_f32(&samples), vec![]));
    }
}

#[test]
fn float64_alaw_and_mulaw() {
    let doubles = [0.0f64, 0.5, -1.25, 0.1, f64::from(f32::MAX) * 2.0];
    let body: Vec<u8> = doubles.iter().flat_map(|d| d.to_le_bytes()).collect();
    let got = wav(&riff(&[chunk(b"fmt ", &fmt(3, 1, 48_000, 64)), chunk(b"data", &body)]));
    assert_eq!(got.samples(), [0.0, 0.5, -1.25, 0.1f32, f32::INFINITY]);
    assert_eq!(got.info.unwrap().codec, "pcm_f64le");

    let codes: Vec<u8> = (0..=255).collect();
    for (tag, codec, linear) in [
        (6, "pcm_alaw", g711::alaw_to_linear as fn(u8) -> i16),
        (7, "pcm_mulaw", g711::mulaw_to_linear as fn(u8) -> i16),
    ] {
        let want: Vec<f32> = codes.iter().map(|&c| f32::from(linear(c)) / 32_768.0).collect();
        for fmt_chunk in [fmt(tag, 2, 8_000, 8), extensible(tag, 2, 8_000, 8, 8, 3)] {
            let got = wav(&riff(&[chunk(b"fmt ", &fmt_chunk), chunk(b"fact", &[0; 4]), chunk(b"data", &codes)]));
            assert_eq!((got.samples(), got.codes()), (want.clone(), vec![]));
            assert_eq!(got.info.unwrap().codec, codec);
        }
    }
}

/// Fewer valid bits than the container has: the value is at the top, whatever the number of valid bits.
#[test]
fn valid_bits_are_left_justified_in_their_container() {
    for (container, valid, codec) in [
        (24u16, 20u16, "pcm_s24le"),
        (16, 12, "pcm_s16le"),
        (32, 24, "pcm_s32le"),
        (32, 20, "pcm_s32le"),
        (24, 24, "pcm_s24le"),
    ] {
        let values: Vec<i32> = noise(50).map(|n| n >> (32 - valid)).collect();
        let bytes_of = |value: i32| {
            let all = (value << (32 - valid)).to_le_bytes();
            all[4 - usize::from(container / 8)..].to_vec()
        };
        let body: Vec<u8> = values.iter().flat_map(|&v| bytes_of(v)).collect();
        let want: Vec<f32> = values.iter().map(|&v| (f64::from(v) / f64::from(valid - 1).exp2()) as f32).collect();
        let got = wav(&riff(&[chunk(b"fmt ", &extensible(1, 1, 48_000, container, valid, 0)), chunk(b"data", &body)]));
        assert_eq!((got.samples(), got.codes()), (want.clone(), vec![]), "{valid} in {container}");
        assert_eq!(got.info.unwrap().codec, codec);
        // The plain header of the same: bits are the valid ones, the container is the next whole byte.
        if container < 32 {
            let got = wav(&riff(&[chunk(b"fmt ", &fmt(1, 1, 48_000, valid)), chunk(b"data", &body)]));
            assert_eq!((got.samples(), got.codes()), (want, vec![]), "plain {valid} in {container}");
        }
    }
}

#[test]
fn one_to_32_channels_with_and_without_mask() {
    for channels in 1..=32u16 {
        let samples = s16(usize::from(channels) * 100);
        let mask = (1u64 << channels) as u32 & 0x3_FFFF;
        for (fmt_chunk, want_mask) in
            [(fmt(1, channels, 8_000, 16), 0), (extensible(1, channels, 8_000, 16, 16, mask), mask)]
        {
            let got = wav(&riff(&[chunk(b"fmt ", &fmt_chunk), chunk(b"data", &s16_bytes(&samples))]));
            assert_eq!((got.samples(), got.frames, got.codes()), (s16_f32(&samples), 100, vec![]), "{channels}");
            assert_eq!(got.specs[0].channel_count, channels);
            assert_eq!(got.specs[0].channel_mask, ChannelMask(want_mask));
        }
    }
    for channels in [0, 33, u16::MAX] {
        let got = wav(&riff(&[chunk(b"fmt ", &fmt(1, channels, 8_000, 16)), chunk(b"data", &[0; 64])]));
        assert_eq!(got.error_text(), format!("{channels} channels are not supported; 1 to 32 are"));
    }
}

#[test]
fn masks_of_real_layouts_survive_and_surplus_positions_do_not() {
    for (channels, mask, want) in [
        (6, 0x3F, 0x3F),
        (6, 0x60F, 0x60F),
        (8, 0x63F, 0x63F),
        (1, 0x4, 0x4),
        (2, 0x3F, 0x3),
        (2, 0x8000_0000, 0),
        (4, 0x3, 0x3),
    ] {
        let body = vec![0; usize::from(channels) * 2];
        let got = wav(&riff(&[chunk(b"fmt ", &extensible(1, channels, 48_000, 16, 16, mask)), chunk(b"data", &body)]));
        assert_eq!(got.specs[0].channel_mask, ChannelMask(want), "{mask:#x}");
    }
}

#[test]
fn rates_at_both_ends() {
    for (rate, fine) in
        [(4_000, true), (384_000, true), (3_999, false), (384_001, false), (0, false), (u32::MAX, false)]
    {
        let got = wav(&riff(&[chunk(b"fmt ", &fmt(1, 1, rate, 16)), chunk(b"data", &[0; 4])]));
        if fine {
            assert_eq!((got.frames, got.specs[0].sample_rate.hz(), got.codes()), (2, rate, vec![]));
        } else {
            let want = format!("a sample rate of {rate} Hz is not supported; 4000 to 384000 Hz are");
            assert_eq!(got.error, Some(DecodeError::Unsupported(want)));
        }
    }
}

#[test]
fn unsupported_formats_are_named() {
    for (tag, name) in [
        (0x0010, "OKI ADPCM"),
        (0x0022, "DSP Group TrueSpeech"),
        (0x0040, "G.721 ADPCM"),
        (0x0050, "MPEG Layer I/II"),
        (0x00FF, "AAC"),
        (0x0161, "WMA 2"),
        (0x2000, "AC-3"),
        (0x674F, "Vorbis"),
        (0x4321, "unknown"),
    ] {
        let want = format!("WAV format 0x{tag:04X} ({name}) is not supported");
        // Fields that make no sense for PCM must not hide the name.
        for fmt_chunk in [fmt(tag, 1, 8_000, 0), extensible(tag, 0, 0, 0, 0, 0)] {
            let got = wav(&riff(&[chunk(b"fmt ", &fmt_chunk), chunk(b"data", &[0; 65])]));
            assert_eq!(got.error, Some(DecodeError::Unsupported(want.clone())));
        }
    }
    let error = voxline_core::Error::from(DecodeError::Unsupported("x".into()));
    assert_eq!(error.kind(), ErrorKind::UnsupportedFormat);
}

#[test]
fn foreign_sub_formats_and_widths_are_named() {
    let mut ambisonic = extensible(1, 4, 48_000, 16, 16, 0);
    ambisonic[24..].copy_from_slice(b"\x01\0\0\0\x21\x07\xD3\x11\x86\x44\xC8\xC1\xCA\0\0\0");
    for (fmt_chunk, want) in [
        (ambisonic, "WAV sub-format {00000001-0721-11D3-8644-C8C1CA000000} is not supported"),
        (fmt(1, 1, 8_000, 64), "WAV format 0x0001 (PCM) with 64 bits is not supported; 1 to 32 bits are"),
        (fmt(1, 1, 8_000, 0), "WAV format 0x0001 (PCM) with 0 bits is not supported; 1 to 32 bits are"),
        (fmt(3, 1, 8_000, 16), "WAV format 0x0003 (IEEE float) with 16 bits is not supported; 32 and 64 bits are"),
    ] {
        let got = wav(&riff(&[chunk(b"fmt ", &fmt_chunk), chunk(b"data", &[0; 64])]));
        assert_eq!(got.error, Some(DecodeError::Unsupported(want.into())));
    }
}

/// The fields contradict each other: one reading is used, and said.
#[test]
fn inconsistent_fields_are_not_followed() {
    let samples = s16(64);
    let body = s16_bytes(&samples);
    let one_byte: Vec<f32> = body.iter().map(|&b| f32::from(g711::mulaw_to_linear(b)) / 32_768.0).collect();
    let four_bytes: Vec<f32> =
        body.chunks_exact(4).map(|b| i32::from_le_bytes(b.try_into().unwrap()) as f32 / 2_147_483_648.0).collect();
    let floats: Vec<f32> = body.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect();
    let two_bytes = s16_f32(&samples);
    for (what, fmt_chunk, want, warned) in [
        ("frame size too large", fmt_fields(1, 1, 8_000, 16_000, 4, 16), &two_bytes, true),
        ("frame size 0", fmt_fields(1, 2, 8_000, 32_000, 0, 16), &two_bytes, true),
        ("byte rate wrong only", fmt_fields(1, 2, 8_000, 1, 4, 16), &two_bytes, false),
        ("bits 0", fmt_fields(1, 1, 8_000, 16_000, 2, 0), &two_bytes, true),
        ("mu-law with 16 bits", fmt_fields(7, 1, 8_000, 8_000, 1, 16), &one_byte, true),
        ("mu-law with 16 bits and frame", fmt_fields(7, 1, 8_000, 16_000, 2, 16), &one_byte, true),
        ("24 bits in 4 bytes", fmt_fields(1, 1, 8_000, 32_000, 4, 24), &four_bytes, true),
        ("float of 0 bits", fmt_fields(3, 1, 8_000, 32_000, 4, 0), &floats, true),
        ("more valid bits than bits", extensible(1, 1, 8_000, 16, 24, 0), &two_bytes, true),
        ("valid bits 0", extensible(1, 1, 8_000, 16, 0, 0), &two_bytes, false),
    ] {
        let bytes = riff(&[chunk(b"fmt ", &fmt_chunk), chunk(b"data", &body)]);
        let got = wav(&bytes);
        let bits: Vec<u32> = want.iter().map(|s| s.to_bits()).collect();
        assert_eq!(got.bits, bits, "{what}");
        assert_eq!(got.codes(), if warned { vec![WarningCode::InconsistentHeader] } else { vec![] }, "{what}");
        let got = wav_with(&strict(), &LimitOptions::default(), &bytes);
        assert_eq!(matches!(got.error, Some(DecodeError::Malformed(_))), warned, "{what}: {:?}", got.error);
    }
}
