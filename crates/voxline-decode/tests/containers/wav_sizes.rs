//! Sizes that are wrong, and files that are cut.

use voxline_core::options::LimitOptions;
use voxline_core::report::WarningCode::{self, *};
use voxline_decode::{DecodeError, WavDecoder};

use crate::support::*;

/// A file of 100 frames by its parts.
fn file(riff_size: u32, data_size: u32, samples: &[i16], after: &[u8]) -> Vec<u8> {
    let data = sized_chunk(b"data", data_size, &s16_bytes(samples));
    sized_riff(riff_size, &[chunk(b"fmt ", &fmt(1, 1, 8_000, 16)), data, after.to_vec()])
}

/// Name, RIFF size, data size, bytes behind the audio; frames and warnings that come of it.
type Row<'a> = (&'a str, u32, u32, &'a [u8], usize, &'a [WarningCode]);

/// 100 frames are there, and 236 = 36 + 200 is the right RIFF size.
#[test]
fn matrix_of_sizes() {
    let samples = s16(100);
    let list = chunk(b"LIST", b"INFOsoft");
    let unknown_chunk = chunk(b"qqqq", &[7; 6]);
    let junk = [0xFEu8; 21];
    let rows: &[Row<'_>] = &[
        ("right", 236, 200, &[], 100, &[]),
        ("right with chunk", 252, 200, &list, 100, &[]),
        ("right with unknown chunk", 250, 200, &unknown_chunk, 100, &[]),
        ("RIFF 0", 0, 200, &[], 100, &[BadSize]),
        ("RIFF unknown", u32::MAX, 200, &[], 100, &[BadSize]),
        ("RIFF too large", 1_000, 200, &[], 100, &[BadSize]),
        ("RIFF too small", 100, 200, &[], 100, &[BadSize]),
        ("RIFF smaller than the header", 4, 200, &[], 100, &[BadSize]),
        ("RIFF counts itself", 244, 200, &[], 100, &[BadSize]),
        ("RIFF leaves the chunk out", 236, 200, &list, 100, &[]),
        ("RIFF 0, unknown chunk", 0, 200, &unknown_chunk, 100, &[BadSize]),
        ("data 0", 36, 0, &[], 100, &[BadSize]),
        ("data 0, RIFF right", 236, 0, &[], 100, &[BadSize]),
        ("data 0, RIFF 0", 0, 0, &[], 100, &[BadSize]),
        ("data unknown", 236, u32::MAX, &[], 100, &[BadSize]),
        ("both unknown", u32::MAX, u32::MAX, &[], 100, &[BadSize]),
        ("sox in a pipe", 0x7FFF_F024, 0x7FFF_F000, &[], 100, &[BadSize]),
        ("lame in a pipe", 0x8000_0023, 0x7FFF_FFFF, &[], 100, &[BadSize]),
        ("data too large", 236, 400, &[], 100, &[BadSize]),
        ("data too large, RIFF agrees with it", 436, 400, &[], 100, &[Truncated]),
        ("data too small", 236, 100, &[], 100, &[BadSize]),
        ("data too small by an odd number", 236, 99, &[], 100, &[BadSize]),
        ("data too small, RIFF agrees with it", 136, 100, &[], 50, &[JunkSkipped]),
        ("data too small, RIFF unknown", u32::MAX, 100, &[], 100, &[BadSize]),
        ("data too small, RIFF 0", 0, 100, &[], 100, &[BadSize]),
        ("RIFF unknown, zeros behind", u32::MAX, 200, &[0; 40], 100, &[BadSize, JunkSkipped]),
        ("data not whole frames", 236, 199, &[], 99, &[Truncated]),
        ("data not whole frames, chunk follows", 252, 199, &list, 99, &[Truncated]),
        ("junk behind", 236, 200, &junk, 100, &[JunkSkipped]),
        ("three bytes behind", 236, 200, &junk[..3], 100, &[JunkSkipped]),
        ("ID3v1 behind", 236, 200, &[&b"TAG"[..], &[b' '; 125]].concat(), 100, &[JunkSkipped]),
        ("cut chunk behind", 300, 200, &list[..12], 100, &[Truncated]),
        ("cut chunk header behind", 252, 200, &list[..7], 100, &[JunkSkipped]),
    ];
    for &(what, riff_size, data_size, after, frames, codes) in rows {
        let bytes = file(riff_size, data_size, &samples, after);
        let got = wav(&bytes);
        assert_eq!(got.error, None, "{what}");
        assert_eq!(got.samples(), s16_f32(&samples[..frames]), "{what}");
        assert_eq!(got.codes(), codes, "{what}: {:?}", got.warnings);
        assert!(got.warnings.iter().all(|w| w.count == 1), "{what}: {:?}", got.warnings);
        let strictly = wav_with(&strict(), &LimitOptions::default(), &bytes);
        match codes.first() {
            None => assert_eq!(strictly, got, "{what}"),
            Some(code) => {
                let message = got.warnings[0].message.clone();
                let want =
                    if *code == Truncated { DecodeError::Truncated(message) } else { DecodeError::Malformed(message) };
                assert_eq!(strictly.error, Some(want), "{what}");
                assert_eq!(strictly.warnings, [], "{what}");
            }
        }
    }
}

#[test]
fn forecasts_are_given_when_they_can_be_believed() {
    let samples = s16(100);
    for (riff_size, data_size, want) in [
        (236, 200, Some(100)),
        (0, 200, Some(100)),
        (236, 0, None),
        (u32::MAX, u32::MAX, None),
        (236, 400, None),
        (436, 400, Some(200)),
        (236, 100, Some(100)),
    ] {
        let got = wav(&file(riff_size, data_size, &samples, &[]));
        assert_eq!(got.info.unwrap().expected_frames, want, "{riff_size} {data_size}");
    }
}

#[test]
fn the_first_warning_names_the_figures() {
    let samples = s16(100);
    for (riff_size, data_size, after, want) in [
        (436, 400, &[][..], "the input ends after 200 of 400 bytes of audio"),
        (236, 400, &[], "the data size is 400 bytes, but only 200 are left in the RIFF form"),
        (236, u32::MAX, &[], "the data size is 0xFFFFFFFF, which a streaming writer left; all of the input is read"),
        (1_000, 200, &[], "the RIFF size ends the file at byte 1008, the input ends at byte 244"),
        (100, 200, &[], "the RIFF size ends the file at byte 108, the audio ends at byte 244"),
        (236, 200, &[0xFE; 21], "21 bytes after the audio are no part of the WAV file"),
        (235, 199, &[], "the data chunk ends inside a frame, after 1 of 2 bytes"),
    ] {
        assert_eq!(wav(&file(riff_size, data_size, &samples, after)).warnings[0].message, want);
    }
}

/// An empty file is odd but not damaged.
#[test]
fn empty_files() {
    let list = chunk(b"LIST", b"INFOsoft");
    for (what, bytes, codes) in [
        ("nothing follows", file(36, 0, &[], &[]), &[Empty][..]),
        ("a chunk follows", file(52, 0, &[], &list), &[Empty]),
        ("a chunk outside of RIFF follows", file(36, 0, &[], &list), &[Empty]),
        ("RIFF 0", file(0, 0, &[], &[]), &[Empty]),
        ("cut behind the header", file(236, 200, &[], &[]), &[Truncated, Empty]),
        ("unknown size and nothing", file(u32::MAX, u32::MAX, &[], &[]), &[BadSize, Empty]),
    ] {
        let got = wav(&bytes);
        assert_eq!((got.frames, got.codes().as_slice(), &got.error), (0, codes, &None), "{what}");
        assert_eq!(got.info.as_ref().unwrap().container, "wav");
        let strictly = wav_with(&strict(), &LimitOptions::default(), &bytes);
        assert_eq!(strictly.error.is_none(), codes == [Empty], "{what}");
        let split = run(&mut WavDecoder::new(&lenient(), &LimitOptions::default()), bytes.chunks(1));
        assert_eq!(split, got, "{what}, byte by byte");
    }
}

/// A recorder that was switched off leaves sizes of 0 and may pad the file to a sector with zeros.
#[test]
fn silence_at_the_start_is_audio_and_padding_at_the_end_is_not() {
    let mut samples = vec![0i16; 1_000];
    samples.extend(s16(100));
    assert_eq!(wav(&file(36, 0, &samples, &[])).samples(), s16_f32(&samples));

    let samples = s16(100);
    let padded = wav(&file(236 + 256, 200, &samples, &[0; 256]));
    assert_eq!((padded.frames, padded.codes()), (100, vec![JunkSkipped]));
    // 64 KiB of zeros and more are no padding.
    let silent = wav(&file(236 + 70_000, 200, &samples, &[0; 70_000]));
    assert_eq!((silent.frames, silent.codes()), (100 + 35_000, vec![BadSize]));
}

/// Audio that looks like text is not taken for chunks: A-law silence is "U" and 0xD5.
#[test]
fn printable_audio_after_a_size_of_zero_is_audio() {
    let silence: Vec<u8> = [0x55, 0x55, 0x55, 0x55, 0xD5, 0xD5, 0x55, 0xD5].repeat(500);
    for riff_size in [0, 36, 36 + 4_000] {
        let bytes = sized_riff(riff_size, &[chunk(b"fmt ", &fmt(6, 1, 8_000, 8)), sized_chunk(b"data", 0, &silence)]);
        let got = wav(&bytes);
        assert_eq!((got.frames, got.codes()), (4_000, vec![BadSize]), "{riff_size}");
    }
}

/// Cut at every byte: an error as long as there is no audio, then the frames that are there.
#[test]
fn cut_at_every_byte() {
    let samples = s16(40);
    for (header_bytes, whole) in [
        (44, plain(&samples)),
        (44 + 24 + 19 + 1, {
            let fmt_chunk = chunk(b"fmt ", &extensible(1, 1, 8_000, 16, 16, 4));
            riff(&[chunk(b"LIST", b"INFOodd 4 u"), fmt_chunk, chunk(b"data", &s16_bytes(&samples))])
        }),
    ] {
        assert_eq!(whole.len(), header_bytes + 80);
        for cut in 0..whole.len() {
            let got = wav(&whole[..cut]);
            if cut < header_bytes {
                let missing = if cut < 20 || got.error_text().contains("fmt") { "fmt" } else { "data" };
                let want = format!("the input ends after {cut} bytes, before the {missing} chunk was complete");
                assert_eq!(got.error, Some(DecodeError::Truncated(want)), "{cut}");
                assert_eq!((got.frames, got.info), (0, None));
            } else {
                let frames = (cut - header_bytes) / 2;
                assert_eq!((got.samples(), got.error), (s16_f32(&samples[..frames]), None), "{cut}");
                assert_eq!(got.warnings[0].code, Truncated, "{cut}");
                assert_eq!(got.warnings.len(), if frames == 0 { 2 } else { 1 }, "{cut}: {:?}", got.warnings);
            }
        }
    }
}

#[test]
fn complete_files_without_audio_say_so() {
    let no_fmt = riff(&[chunk(b"LIST", b"INFO")]);
    let no_data = riff(&[chunk(b"fmt ", &fmt(1, 1, 8_000, 16)), chunk(b"LIST", b"INFO")]);
    assert_eq!(wav(&no_fmt).error, Some(DecodeError::Malformed("the WAV file has no fmt chunk".into())));
    assert_eq!(wav(&no_data).error, Some(DecodeError::Malformed("the WAV file has no data chunk".into())));
}
