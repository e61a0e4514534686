//! Damage of every kind: never a panic, never more output than the input can hold.

use voxline::{ErrorKind, Options, prepare};

use crate::support::{CALL_MP3, CALL_WAV, Random, options};

/// A result or a typed error; and no more audio than so many bytes can code.
fn survive(bytes: &[u8], options: &Options, what: &dyn std::fmt::Display) {
    match prepare(bytes, options) {
        Ok(prepared) => {
            // The smallest MP3 frame has 24 bytes for 72 ms; a byte of WAV may be a frame at the lowest rate.
            let most_s = 0.003 * bytes.len() as f64 + 1.0;
            assert!(prepared.report().source.duration_s <= most_s, "{what}: {} s", prepared.report().source.duration_s);
        }
        Err(error) => {
            let expected = [
                ErrorKind::MalformedInput,
                ErrorKind::UnsupportedFormat,
                ErrorKind::TruncatedInput,
                ErrorKind::LimitExceeded,
            ];
            assert!(expected.contains(&error.kind()), "{what}: {error}");
            assert!(!error.to_string().contains('\n'));
        }
    }
}

fn pcm() -> Options {
    options(&[("target.encoding", "pcm")])
}

#[test]
fn cut_at_every_byte_of_the_first_4_kib() {
    for (name, bytes) in [("mp3", CALL_MP3), ("wav", CALL_WAV)] {
        for cut in 0..=4_096 {
            survive(&bytes[..cut], &pcm(), &format_args!("{name} cut at {cut}"));
        }
    }
}

fn cut_at_random_places(name: &str, bytes: &[u8], seed: u64) {
    let mut random = Random(seed);
    for _ in 0..1_000 {
        let cut = random.below(bytes.len());
        survive(&bytes[..cut], &pcm(), &format_args!("{name} cut at {cut}"));
    }
}

#[test]
fn mp3_cut_at_random_places() {
    cut_at_random_places("mp3", CALL_MP3, 1);
}

#[test]
fn wav_cut_at_random_places() {
    cut_at_random_places("wav", CALL_WAV, 6);
}

fn flip_bits(name: &str, bytes: &[u8], seed: u64) {
    let mut random = Random(seed);
    let mut part = bytes.to_vec();
    for n in 0..10_000 {
        let (place, bit) = (random.below(part.len()), random.below(8));
        part[place] ^= 1 << bit;
        // One flip at a time; every hundredth stays, so that damage also gathers.
        survive(&part, &pcm(), &format_args!("{name} bit {bit} of byte {place}, flip {n}"));
        if n % 100 != 0 {
            part[place] ^= 1 << bit;
        }
    }
}

#[test]
fn ten_thousand_flipped_bits_of_mp3() {
    flip_bits("mp3", &CALL_MP3[..6_000], 2);
}

#[test]
fn ten_thousand_flipped_bits_of_wav() {
    flip_bits("wav", &CALL_WAV[..3_000], 3);
}

#[test]
fn flipped_bits_all_over_the_whole_files() {
    let mut random = Random(4);
    for bytes in [CALL_MP3, CALL_WAV] {
        for _ in 0..10 {
            let mut damaged = bytes.to_vec();
            for _ in 0..1_000 {
                let place = random.below(damaged.len());
                damaged[place] ^= 1 << random.below(8);
            }
            survive(&damaged, &pcm(), &"a thousand bits");
        }
    }
}

#[test]
fn random_bytes_are_no_audio() {
    let mut random = Random(5);
    for length in [0, 1, 3, 100, 5_000, 200_000] {
        let bytes: Vec<u8> = (0..length).map(|_| random.below(256) as u8).collect();
        survive(&bytes, &pcm(), &format_args!("{length} random bytes"));
    }
}
