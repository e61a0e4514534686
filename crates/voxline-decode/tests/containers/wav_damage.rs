//! Chunks in odd places and of odd sizes.

use voxline_core::options::LimitOptions;
use voxline_core::report::WarningCode::{self, *};
use voxline_decode::{Decode, DecodeError, PcmChunk, Pull, WavDecoder};

use crate::support::*;

fn fmt_chunk() -> Vec<u8> {
    chunk(b"fmt ", &fmt(1, 1, 8_000, 16))
}

#[test]
fn chunks_in_any_order_before_the_audio() {
    let samples = s16(50);
    let data = chunk(b"data", &s16_bytes(&samples));
    let (list, fact) = (chunk(b"LIST", b"INFOISFT\x03\0\0\0abc\0"), chunk(b"fact", &[50, 0, 0, 0]));
    let (bext, junk, odd) = (chunk(b"bext", &[1; 603]), chunk(b"JUNK", &[0; 28]), chunk(b"ab~ ", b"x"));
    let long_fmt = chunk(b"fmt ", &[fmt(1, 1, 8_000, 16), vec![4, 0, 9, 9, 9, 9]].concat());
    let huge_fmt = chunk(b"fmt ", &[fmt(1, 1, 8_000, 16), vec![0; 3_001]].concat());
    for before in [
        vec![fmt_chunk()],
        vec![list.clone(), fact.clone(), fmt_chunk()],
        vec![junk.clone(), fmt_chunk(), list.clone(), bext.clone(), fact.clone()],
        vec![odd.clone(), bext, odd.clone(), fmt_chunk(), odd.clone(), odd.clone()],
        vec![long_fmt, chunk(b"LIST", b"")],
        vec![huge_fmt, odd],
    ] {
        let mut chunks = before;
        chunks.extend([data.clone(), fact.clone(), junk.clone(), list.clone()]);
        let got = wav(&riff(&chunks));
        assert_eq!((got.samples(), got.warnings, got.error), (s16_f32(&samples), vec![], None));
    }
}

#[test]
fn a_forgotten_pad_byte_is_noticed() {
    let samples = s16(50);
    let data = chunk(b"data", &s16_bytes(&samples));
    type Row = (&'static str, Vec<Vec<u8>>, &'static [WarningCode]);
    let rows: &[Row] = &[
        ("before fmt", vec![sized_chunk(b"LIST", 5, b"INFOx"), fmt_chunk(), data.clone()], &[BadSize]),
        ("before data", vec![fmt_chunk(), sized_chunk(b"qwer", 1, b"x"), data.clone()], &[BadSize]),
        ("a pad byte that is not 0", vec![fmt_chunk(), sized_chunk(b"qwer", 1, b"xP"), data.clone()], &[]),
        (
            "in the fmt chunk",
            vec![sized_chunk(b"fmt ", 17, &[fmt(1, 1, 8_000, 16), vec![0]].concat()), data],
            &[BadSize],
        ),
    ];
    for (what, chunks, codes) in rows {
        let bytes = riff(chunks);
        let got = wav(&bytes);
        assert_eq!((got.samples(), got.codes().as_slice()), (s16_f32(&samples), *codes), "{what}");
        let strictly = wav_with(&strict(), &LimitOptions::default(), &bytes);
        assert_eq!(strictly.error.is_some(), !codes.is_empty(), "{what}");
    }
}

/// Odd audio: the pad byte is no sample, with, without and at the end of the file.
#[test]
fn odd_data_chunks() {
    let codes: Vec<u8> = (0..101).collect();
    let list = chunk(b"LIST", b"INFOsoft");
    let head = chunk(b"fmt ", &fmt(7, 1, 8_000, 8));
    let unpadded = sized_chunk(b"data", 101, &codes);
    for (what, bytes, warned) in [
        ("padded", riff(&[head.clone(), chunk(b"data", &codes), list.clone()]), &[][..]),
        ("padded at the end", riff(&[head.clone(), chunk(b"data", &codes)]), &[]),
        ("not padded at the end", riff(&[head.clone(), unpadded.clone()]), &[]),
        ("RIFF counts the pad that is not there", sized_riff(4 + 24 + 8 + 102, &[head.clone(), unpadded.clone()]), &[]),
        ("RIFF does not count the pad", sized_riff(4 + 24 + 8 + 101, &[head.clone(), chunk(b"data", &codes)]), &[]),
        ("not padded", riff(&[head, unpadded, list]), &[BadSize]),
    ] {
        let got = wav(&bytes);
        assert_eq!((got.frames, got.codes().as_slice(), got.error), (101, warned, None), "{what}");
    }
}

#[test]
fn wrong_order_and_doubles_are_malformed() {
    let data = chunk(b"data", &[0; 8]);
    for (chunks, want) in [
        (
            vec![data.clone(), fmt_chunk()],
            "the data chunk at byte 12 comes before any fmt chunk, without which it cannot be read; put the fmt chunk first",
        ),
        (vec![fmt_chunk(), fmt_chunk(), data], "a second fmt chunk at byte 36"),
        (vec![sized_chunk(b"fmt ", 14, &[0; 14])], "the fmt chunk has 14 bytes, its format needs 16"),
        (vec![chunk(b"fmt ", &fmt(0xFFFE, 1, 8_000, 16))], "the fmt chunk has 16 bytes, its format needs 40"),
    ] {
        assert_eq!(wav(&riff(&chunks)).error, Some(DecodeError::Malformed(want.into())));
    }
}

#[test]
fn a_second_data_chunk_is_left_out_and_said() {
    let samples = s16(10);
    let data = chunk(b"data", &s16_bytes(&samples));
    let got = wav(&riff(&[fmt_chunk(), data.clone(), data]));
    assert_eq!((got.frames, got.codes()), (10, vec![JunkSkipped]));
    assert_eq!(got.warnings[0].message, "a second data chunk of 20 bytes at byte 64 is left out");
}

/// A chunk whose size is too small leads into its middle; the next needed chunk is searched.
#[test]
fn a_wrong_size_before_the_audio_does_not_lose_it() {
    let samples = s16(50);
    let data = chunk(b"data", &s16_bytes(&samples));
    for body in [100usize, 5_000, 65_000] {
        let list = sized_chunk(b"LIST", 4, &[1].repeat(body));
        for chunks in [vec![list.clone(), fmt_chunk(), data.clone()], vec![fmt_chunk(), list, data.clone()]] {
            let bytes = riff(&chunks);
            let got = wav(&bytes);
            assert_eq!((got.samples(), got.codes(), got.error), (s16_f32(&samples), vec![BadSize], None), "{body}");
            assert!(wav_with(&strict(), &LimitOptions::default(), &bytes).error.is_some());
        }
    }
    let too_far = riff(&[fmt_chunk(), sized_chunk(b"LIST", 4, &[1].repeat(70_000)), data]);
    let want = "there is no chunk at byte 48, where the one before it should end, and no \"data\" within 65536 bytes";
    assert_eq!(wav(&too_far).error, Some(DecodeError::Malformed(want.into())));
}

#[test]
fn other_forms_and_files_are_refused_by_name() {
    let mut avi = plain(&s16(4));
    avi[8..12].copy_from_slice(b"AVI ");
    assert_eq!(wav(&avi).error_text(), "a RIFF file of form \"AVI \" is not supported");
    assert_eq!(wav(b"fLaC........").error_text(), "a WAV file starts with \"RIFF\", not 66 4C 61 43");
}

/// A claimed size costs nothing: 4 GB are skipped as they come.
#[test]
fn huge_claimed_chunks_are_skipped_in_passing() {
    let mut decoder = WavDecoder::new(&lenient(), &LimitOptions::default());
    let mut out = PcmChunk::new(any_spec());
    decoder.push(&sized_riff(u32::MAX, &[fmt_chunk(), sized_chunk(b"LIST", 0xFFFF_FFF0, &[])])).unwrap();
    let piece = vec![b'x'; 1 << 20];
    for _ in 0..64 {
        decoder.push(&piece).unwrap();
        assert_eq!(decoder.pull(&mut out), Ok(Pull::NeedMore));
    }
    decoder.finish();
    let want = format!("the input ends after {} bytes, before the data chunk was complete", 44 + (64 << 20));
    assert_eq!(decoder.pull(&mut out), Err(DecodeError::Truncated(want)));
}

#[test]
fn limits_name_their_key_and_both_numbers() {
    let samples = s16(16_000);
    let mut limits = LimitOptions::default();
    limits.max_duration_s = Some(1.5);
    let got = wav_with(&lenient(), &limits, &plain(&samples));
    assert_eq!(got.samples(), s16_f32(&samples[..12_000]), "what is inside the limit comes");
    let want = "at least 1.500125 s of audio are more than limits.max_duration_s = 1.5";
    assert_eq!(got.error, Some(DecodeError::Limit(want.into())));

    limits.max_duration_s = Some(2.0);
    assert_eq!(wav_with(&lenient(), &limits, &plain(&samples)).error, None);

    limits.max_channels = 2;
    let three = riff(&[chunk(b"fmt ", &fmt(1, 3, 8_000, 16)), chunk(b"data", &[0; 12])]);
    let want = "3 channels are more than limits.max_channels = 2";
    assert_eq!(wav_with(&lenient(), &limits, &three).error, Some(DecodeError::Limit(want.into())));

    let many = riff(&[fmt_chunk(), chunk(b"LIST", &[]).repeat(10_001)]);
    assert_eq!(wav(&many).error, Some(DecodeError::Limit("more than 10000 chunks before the audio".into())));
}

#[test]
fn push_without_pull_is_only_stored() {
    let samples = s16(20_000);
    let bytes = plain(&samples);
    let mut decoder = WavDecoder::new(&lenient(), &LimitOptions::default());
    for piece in bytes.chunks(777) {
        decoder.push(piece).unwrap();
    }
    assert_eq!(decoder.info(), None, "nothing is looked at before a pull");
    assert_eq!(run(&mut decoder, []).samples(), s16_f32(&samples));
}
