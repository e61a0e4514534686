//! Damage by the thousand: a result or a typed error each time, and never more frames than bytes.

use voxline_core::options::LimitOptions;
use voxline_decode::{Decoder, WavDecoder};

use crate::support::*;

fn sample_file() -> Vec<u8> {
    riff(&[
        chunk(b"LIST", b"INFOISFT\x04\0\0\0soft"),
        chunk(b"fmt ", &extensible(1, 2, 44_100, 16, 16, 3)),
        chunk(b"fact", &[100, 0, 0, 0]),
        chunk(b"data", &s16_bytes(&s16(400))),
        chunk(b"id3 ", &[3; 17]),
    ])
}

#[test]
fn flipped_bits() {
    let whole = sample_file();
    let header_bytes = whole.len() - 800;
    for (round, n) in noise(4_000).enumerate() {
        let mut bytes = whole.clone();
        // Half of the damage goes into the header.
        let span = if round % 2 == 0 { header_bytes } else { whole.len() };
        for k in 0..=round % 3 {
            let at = (n.unsigned_abs() as usize).rotate_left(k as u32 * 7) % span;
            bytes[at] ^= 1 << (n as u32 >> (k + 3) & 7);
        }
        for input in [lenient(), strict()] {
            let limits = LimitOptions::default();
            let got = run(&mut WavDecoder::new(&input, &limits), [&bytes[..]]);
            assert!(got.frames <= bytes.len());
            let split = run(&mut Decoder::new(&input, &limits), bytes.chunks(13));
            let probed = run(&mut Decoder::new(&input, &limits), [&bytes[..]]);
            assert_eq!(split, probed, "round {round}");
        }
    }
}

#[test]
fn every_byte_of_the_header_with_every_extreme() {
    let whole = sample_file();
    for at in 0..whole.len() - 800 {
        for value in [0, 1, 0x7F, 0x80, 0xFE, 0xFF] {
            let mut bytes = whole.clone();
            bytes[at] = value;
            let got = wav(&bytes);
            assert!(got.error.is_some() || got.info.is_some(), "byte {at} = {value}");
            assert_eq!(run(&mut WavDecoder::new(&lenient(), &LimitOptions::default()), bytes.chunks(3)), got);
        }
    }
}

/// Content made to keep the probe or the chunk walk busy.
#[test]
fn contents_made_to_be_slow() {
    let sync = |bytes: &[u8]| bytes.repeat((1 << 20) / bytes.len());
    let mut many_chunks = sized_riff(0, &[]);
    many_chunks.extend(chunk(b"JUNK", &[]).repeat(100_000));
    for bytes in [
        sync(&[0xFF]),
        sync(&[0xFF, 0xFB, 0x00, 0x00]),
        sync(&[0xFF, 0xFB, 0x00]),
        sync(&[0xFF, 0xFB, 0x90, 0x64]),
        sync(&[0xFF, 0xF1, 0x50, 0x80, 0x00, 0xFF, 0xFC]),
        sync(b"ID3\x04\0\0\0\0\0\0"),
        sync(b"APETAGEX"),
        sync(b"RIFF"),
        many_chunks,
    ] {
        let whole = auto(&bytes);
        let split = run(&mut Decoder::new(&lenient(), &LimitOptions::default()), bytes.chunks(10_007));
        assert_eq!(split, whole);
        assert_eq!(whole.error.is_none(), whole.frames > 0, "{}", bytes[..12].escape_ascii());
    }
}

#[test]
fn bytes_one_at_a_time() {
    // As many looks as pushes would be quadratic: minutes then.
    let words = b"no audio in here ".repeat(60_000);
    let got = run(&mut Decoder::new(&lenient(), &LimitOptions::default()), words.chunks(1));
    assert!(got.error_text().starts_with("the content looks like plain text; "));
}
