//! The decoder that probes: delegation, messages, limits on the input.

use voxline_core::ErrorKind;
use voxline_core::options::LimitOptions;
use voxline_decode::{Decode, DecodeError, Decoder, PcmChunk, Pull};

use crate::support::*;

/// What every refusal ends with; the features of the build are in it.
fn supported() -> String {
    let features = [
        (cfg!(feature = "flac"), ", FLAC"),
        (cfg!(feature = "vorbis"), ", Ogg Vorbis"),
        (cfg!(feature = "opus"), ", Ogg Opus"),
        (cfg!(feature = "aac"), ", M4A"),
    ];
    let names: String = features.into_iter().filter(|(there, _)| *there).map(|(_, name)| name).collect();
    format!(
        "WAV, AU, AIFF, MP3{names} and Ogg Speex are supported, and headerless audio when input.raw_format, \
             input.speex_framing or, by the name of the file, input.raw_by_name says what it is"
    )
}

fn split(bytes: &[u8], size: usize) -> Outcome {
    run(&mut Decoder::new(&lenient(), &LimitOptions::default()), bytes.chunks(size))
}

#[test]
fn wav_comes_through_whatever_the_pieces() {
    let samples = s16(10_000);
    let bytes = plain(&samples);
    for size in [1, 11, 12, 13, 4_096, bytes.len()] {
        let got = split(&bytes, size);
        assert_eq!((got.samples(), got.codes(), got.error), (s16_f32(&samples), vec![], None), "{size}");
    }
}

#[test]
fn wav_behind_an_id3_tag_is_decoded() {
    let samples = s16(100);
    let bytes = [&b"ID3\x04\0\0\0\0\0\x05hello"[..], &plain(&samples)].concat();
    for size in [1, 7, bytes.len()] {
        let got = split(&bytes, size);
        assert_eq!((got.samples(), got.codes(), got.error), (s16_f32(&samples), vec![], None), "{size}");
    }
}

#[test]
fn refusals_say_what_was_seen_and_what_is_supported() {
    let supported = supported();
    for (bytes, want) in [
        (&b""[..], "the input is empty".to_owned()),
        (b"#!AMR\nabcdefg", format!("the content looks like AMR; {supported}")),
        (b"{\"error\":1}", format!("the content looks like JSON text, perhaps a service's error message; {supported}")),
        (
            b"\x01\x02A\xFFz",
            format!("the content starts with 01 02 41 FF 7A \"..A.z\" and is not recognised; {supported}"),
        ),
        (b"RIFF\x24\0", "the input ends after 6 bytes, before the fmt chunk was complete".to_owned()),
    ] {
        for size in [1, 5, 100] {
            let got = split(bytes, size);
            assert_eq!((got.error_text(), got.frames, got.info), (want.clone(), 0, None));
        }
    }
    assert_eq!(auto(b"#!AMR").error.map(voxline_core::Error::from).unwrap().kind(), ErrorKind::UnsupportedFormat);
    assert_eq!(auto(b"").error.map(voxline_core::Error::from).unwrap().kind(), ErrorKind::MalformedInput);
}

/// Bytes up to the limit are decoded, to the frame, and the error names the key and both numbers.
#[test]
fn too_many_bytes_are_refused_after_the_limit() {
    let samples = s16(1_000);
    let bytes = plain(&samples);
    let mut limits = LimitOptions::default();
    limits.max_input_bytes = Some(245);
    let want = DecodeError::Limit("at least 246 bytes of input are more than limits.max_input_bytes = 245".into());
    for size in [1, 100, 245, 246, bytes.len()] {
        let mut decoder = Decoder::new(&lenient(), &limits);
        let got = run(&mut decoder, bytes.chunks(size));
        assert_eq!((got.samples(), got.error), (s16_f32(&samples[..100]), Some(want.clone())), "{size}");
        assert_eq!(decoder.input_bytes(), 245);
    }
    for (max, fine) in [(2_044, true), (2_043, false), (0, false), (5, false)] {
        limits.max_input_bytes = Some(max);
        let got = run(&mut Decoder::new(&lenient(), &limits), [&bytes[..]]);
        assert_eq!(got.error.is_none(), fine, "{max}");
        assert!(fine || got.error_text().contains("limits.max_input_bytes"), "{max}: {:?}", got.error);
    }
    limits.max_input_bytes = None;
    assert_eq!(run(&mut Decoder::new(&lenient(), &limits), [&bytes[..]]).frames, 1_000);
}

#[test]
fn headerless_input_is_limited_too() {
    let mut input = lenient();
    input.raw_format = Some(voxline_core::SampleFormat::U8.into());
    let mut limits = LimitOptions::default();
    limits.max_input_bytes = Some(10);
    let got = run(&mut Decoder::new(&input, &limits), [&[1u8; 11][..]]);
    assert_eq!(got.frames, 10);
    assert!(matches!(got.error, Some(DecodeError::Limit(_))));
}

#[test]
fn input_bytes_counts_what_came() {
    let mut decoder = Decoder::new(&lenient(), &LimitOptions::default());
    let mut out = PcmChunk::new(any_spec());
    assert_eq!((decoder.input_bytes(), decoder.pull(&mut out)), (0, Ok(Pull::NeedMore)));
    decoder.push(b"RIFF").unwrap();
    decoder.push(&[0; 7]).unwrap();
    assert_eq!((decoder.input_bytes(), decoder.pull(&mut out)), (11, Ok(Pull::NeedMore)));
    assert_eq!((decoder.info(), decoder.warnings()), (None, &[][..]));
}

#[test]
fn strict_reaches_the_decoder() {
    let bytes = &plain(&s16(100))[..200];
    assert_eq!(auto(bytes).error, None);
    let got = run(&mut Decoder::new(&strict(), &LimitOptions::default()), [bytes]);
    assert_eq!(got.error, Some(DecodeError::Truncated("the input ends after 156 of 200 bytes of audio".into())));
    assert_eq!(got.frames, 78);
}
