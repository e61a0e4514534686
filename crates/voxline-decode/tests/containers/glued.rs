//! Files behind each other, and what only looks like one.

use voxline_core::options::LimitOptions;
use voxline_core::report::WarningCode;
use voxline_decode::{DecodeError, Decoder};

use crate::support::*;

fn file(rate_hz: u32, count: usize) -> Vec<u8> {
    riff(&[chunk(b"fmt ", &fmt(1, 1, rate_hz, 16)), chunk(b"data", &s16_bytes(&s16(count)))])
}

#[test]
fn there_is_an_end_to_the_number_of_files() {
    let one = file(8_000, 1);
    let fine = auto(&one.repeat(10_000));
    assert_eq!((fine.frames, fine.codes(), fine.error), (10_000, vec![WarningCode::GluedFiles], None));
    assert_eq!(fine.warnings[0].count, 9_999);
    let many = auto(&one.repeat(10_001));
    assert_eq!(many.error, Some(DecodeError::Limit("more than 10000 files stand one behind the other".into())));
    assert_eq!(many.frames, 10_000);
}

#[test]
fn there_is_an_end_to_changes_of_the_rate() {
    let two = [file(8_000, 10), file(16_000, 10)].concat();
    let fine = auto(&two.repeat(128));
    assert_eq!((fine.frames, fine.error), (2_560, None));
    assert_eq!(fine.warnings.iter().find(|w| w.code == WarningCode::RateChanged).map(|w| w.count), Some(255));
    let many = auto(&two.repeat(130));
    assert_eq!(many.error_text(), "the sample rate changes more than 256 times");
    assert_eq!(many.frames, 2_570);
    // The same within one MP3 stream: four frames of each rate.
    let frames = |header: [u8; 4], bytes: usize| {
        let mut frame = header.to_vec();
        frame.resize(bytes, 0);
        frame.repeat(4)
    };
    let both = [frames([0xFF, 0xFB, 0x14, 0xC4], 96), frames([0xFF, 0xF3, 0x14, 0xC4], 24)].concat();
    assert_eq!(auto(&both.repeat(100)).error, None);
    assert_eq!(auto(&both.repeat(200)).error_text(), "the sample rate changes more than 256 times");
}

#[test]
fn limits_hold_over_all_files_together() {
    let both = [file(8_000, 600), file(16_000, 1_000)].concat();
    let mut limits = LimitOptions::default();
    limits.max_duration_s = Some(0.1);
    let got = run(&mut Decoder::new(&lenient(), &limits), [&both[..]]);
    // 600 frames are 75 ms, 400 at the double rate are 25.
    assert_eq!(got.frames, 1_000);
    assert!(matches!(got.error, Some(DecodeError::Limit(_))), "{:?}", got.error);
    assert!(got.error_text().contains("limits.max_duration_s = 0.1"));
    limits.max_duration_s = Some(0.1376);
    assert_eq!(run(&mut Decoder::new(&lenient(), &limits), [&both[..]]).error, None);
}

#[test]
fn a_file_in_the_tag_of_another_is_no_file() {
    let wav = plain(&s16(300));
    let size = [0, 0, (wav.len() >> 7) as u8, (wav.len() & 0x7F) as u8];
    let mut frame = vec![0xFF, 0xFB, 0x90, 0x64];
    frame.resize(417, 0);
    let bytes = [&b"ID3\x04\0\0"[..], &size, &wav, &frame.repeat(5)].concat();
    for piece in [1, 100, bytes.len()] {
        let got = run(&mut Decoder::new(&lenient(), &LimitOptions::default()), bytes.chunks(piece));
        assert_eq!((got.frames, got.codes(), got.error), (5 * 1_152, vec![], None), "{piece}");
    }
}

/// What might be taken for MP3 comes out as it went in: µ-law of near silence, quiet 16-bit samples, tones of every period.
#[test]
fn sound_is_never_taken_for_mp3() {
    let mulaw = |bytes: &[u8]| riff(&[chunk(b"fmt ", &fmt(7, 1, 8_000, 8)), chunk(b"data", bytes)]);
    for seed in 0..200_usize {
        let quiet: Vec<u8> = noise(3_000 + seed).skip(seed).map(|n| 0xFF ^ (n >> 28) as u8 & 0x8F).collect();
        // The least favourable start there is.
        let quiet = [&[0xFF, 0xFB, 0x90, 0x64][..], &quiet].concat();
        let got = auto(&mulaw(&quiet));
        assert_eq!((got.frames, got.codes()), (quiet.len(), vec![]), "{seed}");
    }
    for period in 2..400_usize {
        let tone: Vec<i16> =
            (0..6_000).map(|n| if n % period == 0 { -1_025 } else { (n % period) as i16 * 80 + 148 }).collect();
        let got = auto(&plain(&tone));
        assert_eq!((got.frames, got.codes()), (6_000, vec![]), "{period}");
    }
}
