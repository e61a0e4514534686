//! Files that begin where nobody said that one does: behind junk, or behind another file.
//!
//! Such a beginning must be told from audio by its bytes alone, so it has to be long. Of the 16 bytes of WAV eight are
//! fixed and four are printable, of the 24 of AU thirteen are fixed and four nearly so, Ogg has 29 fixed ones: in random
//! bytes the likeliest of them is met once in 2^67 places, which a line of telephony fills in some hundred million years.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::WINDOW_BYTES;
use crate::{au, work};

/// Bytes of the longest signature.
const MOST_BYTES: usize = 36;
/// Bytes that are searched first; then twice as many each time.
const FIRST_BYTES: usize = 64;
/// A word of each signature, and how far in it stands.
static WORDS: LazyLock<[(Finder<'static>, usize); 3]> =
    LazyLock::new(|| [(Finder::new(b"WAVE"), 8), (Finder::new(b".snd"), 0), (Finder::new(b"OggS"), 0)]);

/// What was found in some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// A file begins here.
    At(usize),
    /// One may begin here, the bytes end too early to tell.
    Perhaps(usize),
    Nothing,
}

/// Looks for the first file that begins at `from` or later; `within_ogg`: pages of Ogg begin no other file. The work is
/// linear.
pub(crate) fn find(bytes: &[u8], from: usize, within_ogg: bool) -> Found {
    let matches_at = |bytes: &[u8]| match bytes.first() {
        Some(b'O') if within_ogg => Match::No,
        _ => matches_at(bytes),
    };
    // In pieces, the first ones small: what begins near by is found without a search for the others in all of it.
    let (mut place, mut width) = (from, FIRST_BYTES);
    while place < bytes.len() {
        let end = (place + width).min(bytes.len());
        let piece = bytes.get(place..(end + MOST_BYTES).min(bytes.len())).unwrap_or_default();
        work::count(WORDS.len() * piece.len());
        let starts = WORDS.iter().filter_map(|(word, before)| {
            let starts = word.find_iter(piece).filter_map(|at| (place + at).checked_sub(*before));
            starts
                .filter(|start| (place..end).contains(start))
                .find(|&start| matches_at(bytes.get(start..).unwrap_or_default()) == Match::Yes)
        });
        if let Some(first) = starts.min() {
            return Found::At(first);
        }
        (place, width) = (end, 2 * width);
    }
    let tail = from.max(bytes.len().saturating_sub(MOST_BYTES));
    let perhaps = (tail..bytes.len()).find(|&i| matches_at(bytes.get(i..).unwrap_or_default()) == Match::SoFar);
    perhaps.map_or(Found::Nothing, Found::Perhaps)
}

/// The first file in the window of an input that begins with something else.
pub(super) fn behind_junk(bytes: &[u8], junk_bytes: usize) -> Found {
    let window = bytes.get(..WINDOW_BYTES.min(junk_bytes + MOST_BYTES)).unwrap_or(bytes);
    match find(window, 1, false) {
        // The window ends there, not the input.
        Found::Perhaps(_) if window.len() < bytes.len() => Found::Nothing,
        Found::At(place) | Found::Perhaps(place) if place > junk_bytes => Found::Nothing,
        found => found,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Match {
    Yes,
    /// As far as the bytes go.
    SoFar,
    No,
}

fn matches_at(bytes: &[u8]) -> Match {
    match bytes.first() {
        Some(b'R' | b'B') => follow(bytes, 16, is_wav),
        Some(b'.') => follow(bytes, 24, is_au),
        Some(b'O') => follow(bytes, MOST_BYTES, is_ogg_speex),
        _ => Match::No,
    }
}

/// Asks of each byte whether it may stand at its place.
fn follow(bytes: &[u8], length: usize, may_stand: impl Fn(usize, u8, &[u8]) -> bool) -> Match {
    let seen = bytes.get(..length).unwrap_or(bytes);
    match seen.iter().enumerate().all(|(at, &byte)| may_stand(at, byte, seen)) {
        false => Match::No,
        true if seen.len() == length => Match::Yes,
        true => Match::SoFar,
    }
}

/// A RIFF form of WAVE and the id of its first chunk.
fn is_wav(at: usize, byte: u8, seen: &[u8]) -> bool {
    match at {
        0..4 => [b"RIFF", b"RF64", b"BW64", b"RIFX"].iter().any(|magic| magic.starts_with(&seen[..=at])),
        4..8 => true,
        8..12 => byte == b"WAVE"[at - 8],
        _ => (0x20..0x7F).contains(&byte),
    }
}

/// The six words of AU: the audio begins within 64 KiB, the encoding is one, the rate is below 2^19 Hz, up to 32 channels.
fn is_au(at: usize, byte: u8, _: &[u8]) -> bool {
    match at {
        0..4 => byte == au::MAGIC[at],
        4 | 5 | 12..15 | 16 | 20..23 => byte == 0,
        15 => (1..=27).contains(&byte),
        17 => byte < 8,
        23 => (1..=32).contains(&byte),
        _ => true,
    }
}

/// The first page of a stream (RFC 3533 §6): no granule position, number 0, one segment of 80 bytes, which is a Speex
/// header.
fn is_ogg_speex(at: usize, byte: u8, _: &[u8]) -> bool {
    match at {
        0..4 => byte == b"OggS"[at],
        4 | 6..14 | 18..22 => byte == 0,
        5 => byte == 2,
        26 => byte == 1,
        27 => byte == 80,
        28..36 => byte == b"Speex   "[at - 28],
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AU: &[u8] = b".snd\0\0\0\x18\xFF\xFF\xFF\xFF\0\0\0\x03\0\0\x1F\x40\0\0\0\x01";
    const WAV: &[u8] = b"RIFF\x24\0\0\0WAVEfmt ";
    const OGG: &[u8] = b"OggS\0\x02\0\0\0\0\0\0\0\0abcd\0\0\0\0efgh\x01\x50Speex   ";

    #[test]
    fn every_kind_is_found_at_every_place() {
        for file in [WAV, AU, OGG, b"RF64\xFF\xFF\xFF\xFFWAVEds64", b"BW64\xFF\xFF\xFF\xFFWAVEJUNK"] {
            for junk in 0..200 {
                let bytes = [&vec![b'R'; junk][..], file, &[7; 100]].concat();
                assert_eq!(find(&bytes, 0, false), Found::At(junk));
                assert_eq!(find(&bytes, junk, false), Found::At(junk));
                assert_eq!(find(&bytes, junk + 1, false), Found::Nothing);
            }
        }
    }

    #[test]
    fn what_has_not_come_yet_is_waited_for() {
        for file in [WAV, AU, OGG] {
            let bytes = [&[1; 70][..], file].concat();
            for cut in 71..bytes.len() {
                assert_eq!(find(&bytes[..cut], 0, false), Found::Perhaps(70), "{cut}");
            }
            // One wrong byte of those that matter, at each place.
            let fixed = |at: usize| matches_at(&file[..=at]) == Match::SoFar;
            for at in (0..file.len() - 1).filter(|&at| fixed(at)) {
                let mut other = file.to_vec();
                other[at] = 0xA7;
                let variable = matches_at(&other) == Match::Yes;
                assert!(variable || find(&other, 0, false) == Found::Nothing);
            }
        }
        assert_eq!(find(b"", 0, false), Found::Nothing);
        assert_eq!(find(b"RIFF", 9, false), Found::Nothing);
    }
}
