//! Files that begin where nobody said that one does: behind junk, or behind another file.
//!
//! Such a beginning must be told from audio by its bytes alone, so it has to be long. Of the 16 bytes of WAV and AIFF eight
//! are fixed and four are printable, of the 24 of AU thirteen are fixed and four nearly so, of the 21 of FLAC eight and the
//! half of four; MP4 has seven fixed ones, a size that few have and one of sixteen brands, Ogg has 25 and more: in random
//! bytes the likeliest of them is met once in 2^66 places, which a line of telephony fills in some hundred million years.

use super::WINDOW_BYTES;
use crate::{au, work};

/// Bytes of the longest signature.
const MOST_BYTES: usize = 36;
/// Two bytes that each signature has, and how far in they stand. They are far from zero, next to which quiet samples are.
const PAIRS: [([u8; 2], usize); 6] = [(*b"WA", 8), (*b"AI", 8), (*b".s", 0), (*b"Og", 0), (*b"fL", 0), (*b"ft", 4)];
/// The bytes of the words that begin with these pairs lie between `.` and `y`.
const LETTERS: std::ops::RangeInclusive<u8> = b'.'..=b'y';
/// Places that are asked at once, by vector instructions.
const BLOCK: usize = 128;
/// Bytes that are seen of a block: a word may begin in it and end behind it; and a multiple of what a register holds.
const SEEN: usize = BLOCK + 16;

/// What was found in some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// A file begins here.
    At(usize),
    /// One may begin here, the bytes end too early to tell.
    Perhaps(usize),
    Nothing,
}

/// What is looked for besides WAV, AU, AIFF and FLAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kinds {
    /// The first pages of Ogg streams: not within Ogg, where they begin no other file.
    pub(crate) ogg: bool,
    /// MP4, which begins with zeros: wherever samples end in one it would have to be waited for, so not within plain
    /// samples.
    pub(crate) mp4: bool,
}

/// Looks for the first file that begins at `from` or later. The work is linear.
pub(crate) fn find(bytes: &[u8], from: usize, kinds: Kinds) -> Found {
    let is_file = |start: usize| matches_at(bytes.get(start..).unwrap_or_default(), kinds) == Match::Yes;
    let begins_before = |place: usize| {
        let pair = bytes.get(place..place + 2)?;
        let starts =
            PAIRS.iter().filter(|(known, _)| pair == known).filter_map(|(_, before)| place.checked_sub(*before));
        starts.filter(|start| *start >= from).find(|&start| is_file(start))
    };
    let mut place = from;
    // A signature has no room for another one before its pair: the first pair that is right is that of the first file.
    while place < bytes.len() {
        let block = bytes.get(place..).and_then(|rest| rest.first_chunk::<SEEN>());
        // Each byte is looked at by each of two passes at most.
        work::count(block.map_or(bytes.len() - place, |_| BLOCK));
        let end = block.map_or(bytes.len(), |_| place + BLOCK);
        if block.is_none_or(|block| holds_letters(block) && holds_a_pair(block))
            && let Some(start) = (place..end).find_map(begins_before)
        {
            return Found::At(start);
        }
        place = end;
    }
    let tail = from.max(bytes.len().saturating_sub(MOST_BYTES));
    let may_begin = |i: &usize| matches_at(bytes.get(*i..).unwrap_or_default(), kinds) == Match::SoFar;
    (tail..bytes.len()).find(may_begin).map_or(Found::Nothing, Found::Perhaps)
}

/// Whether four bytes one behind the other could be a word. Of 16-bit samples only loud ones hold letters in both
/// bytes, so that most blocks of a call are seen to hold no pair with fewer comparisons. Without a branch, as the next.
fn holds_letters(block: &[u8; SEEN]) -> bool {
    let mut letters = [0u8; SEEN];
    for (letter, byte) in letters.iter_mut().zip(block) {
        *letter = if LETTERS.contains(byte) { 0xFF } else { 0 };
    }
    let mut words = [0u8; BLOCK];
    for (at, word) in words.iter_mut().enumerate() {
        *word = letters[at] & letters[at + 1] & letters[at + 2] & letters[at + 3];
    }
    words.iter().fold(0, |any, word| any | word) != 0
}

/// Whether any of the pairs begins within the block. Without a branch, so that it becomes vector instructions.
fn holds_a_pair(block: &[u8; SEEN]) -> bool {
    let mut held = [false; BLOCK];
    for ([first, second], _) in PAIRS {
        for ((held, a), b) in held.iter_mut().zip(block).zip(&block[1..]) {
            *held |= (*a == first) & (*b == second);
        }
    }
    held.iter().fold(false, |any, held| any | held)
}

/// The first file in the window of an input that begins with something else.
pub(super) fn behind_junk(bytes: &[u8], junk_bytes: usize) -> Found {
    let window = bytes.get(..WINDOW_BYTES.min(junk_bytes + MOST_BYTES)).unwrap_or(bytes);
    match find(window, 1, Kinds { ogg: true, mp4: true }) {
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

fn matches_at(bytes: &[u8], kinds: Kinds) -> Match {
    match bytes.first() {
        Some(b'R' | b'B') => follow(bytes, 16, is_wav),
        Some(b'F') => follow(bytes, 16, is_aiff),
        Some(b'.') => follow(bytes, 24, is_au),
        Some(b'f') => follow(bytes, 21, is_flac),
        Some(b'O') if kinds.ogg => match bytes.get(27) {
            None => follow(bytes, MOST_BYTES, is_ogg),
            // Up to the end of the name that stands there.
            Some(&length) => follow(bytes, 28 + name_of(length).map_or(0, <[u8]>::len), is_ogg),
        },
        Some(0) if kinds.mp4 => follow(bytes, 12, is_mp4),
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

/// An IFF form of AIFF and the id of its first chunk.
fn is_aiff(at: usize, byte: u8, _: &[u8]) -> bool {
    match at {
        0..4 => byte == b"FORM"[at],
        8..11 => byte == b"AIF"[at - 8],
        11 => matches!(byte, b'F' | b'C'),
        12.. => (0x20..0x7F).contains(&byte),
        _ => true,
    }
}

/// The marker and the block of stream information, which comes first and has 34 bytes (RFC 9639 §8): blocks of 16 samples
/// and more, the longest not shorter than the shortest, as for frames; a rate that can be.
fn is_flac(at: usize, byte: u8, seen: &[u8]) -> bool {
    let number = |from: usize, to: usize| seen[from..=to].iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte));
    match at {
        0..4 => byte == b"fLaC"[at],
        4 => byte & 0x7F == 0,
        5 | 6 => byte == 0,
        7 => byte == 34,
        9 => number(8, 9) >= 16,
        11 => number(10, 11) >= number(8, 9),
        17 => number(15, 17) == 0 || number(15, 17) >= number(12, 14),
        20 => (4_000..=384_000).contains(&(number(18, 20) >> 4)),
        _ => true,
    }
}

/// The names with which headers of codecs begin, by the length of the header.
fn name_of(length: u8) -> Option<&'static [u8]> {
    match length {
        80 => Some(b"Speex   "),
        30 => Some(b"\x01vorbis"),
        19 => Some(b"OpusHead"),
        _ => None,
    }
}

/// The first page of a stream (RFC 3533 §6): no granule position, number 0, one segment, which is the header of a codec.
fn is_ogg(at: usize, byte: u8, seen: &[u8]) -> bool {
    match at {
        0..4 => byte == b"OggS"[at],
        4 | 6..14 | 18..22 => byte == 0,
        5 => byte == 2,
        26 => byte == 1,
        27 => name_of(byte).is_some(),
        28.. => name_of(seen[27]).and_then(|name| name.get(at - 28)) == Some(&byte),
        _ => true,
    }
}

/// The brands of files that hold audio (the registry of MP4RA).
const BRANDS: [&[u8; 4]; 16] = [
    b"M4A ", b"M4B ", b"M4V ", b"mp41", b"mp42", b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"qt  ", b"3gp4",
    b"3gp5", b"3gp6", b"3g2a", b"dash",
];

/// The box of the file's type, with a brand and up to 28 others (ISO/IEC 14496-12 §4.3).
fn is_mp4(at: usize, byte: u8, seen: &[u8]) -> bool {
    match at {
        0..3 => byte == 0,
        3 => byte.is_multiple_of(4) && (16..=128).contains(&byte),
        4..8 => byte == b"ftyp"[at - 4],
        _ => BRANDS.iter().any(|brand| brand.starts_with(&seen[8..=at])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AU: &[u8] = b".snd\0\0\0\x18\xFF\xFF\xFF\xFF\0\0\0\x03\0\0\x1F\x40\0\0\0\x01";
    const WAV: &[u8] = b"RIFF\x24\0\0\0WAVEfmt ";
    const OGG: &[u8] = b"OggS\0\x02\0\0\0\0\0\0\0\0abcd\0\0\0\0efgh\x01\x50Speex   ";
    const VORBIS: &[u8] = b"OggS\0\x02\0\0\0\0\0\0\0\0abcd\0\0\0\0efgh\x01\x1E\x01vorbis";
    const OPUS: &[u8] = b"OggS\0\x02\0\0\0\0\0\0\0\0abcd\0\0\0\0efgh\x01\x13OpusHead";
    const AIFF: &[u8] = b"FORM\0\0\x10\0AIFFCOMM";
    const FLAC: &[u8] = b"fLaC\0\0\0\x22\x10\0\x10\0\0\0\x0E\0\x20\0\x0A\xC4\x40";
    const MP4: &[u8] = b"\0\0\0\x1CftypM4A ";
    const ALL: Kinds = Kinds { ogg: true, mp4: true };

    #[test]
    fn words_that_pairs_begin_are_letters() {
        for (file, at) in [(WAV, 8), (AIFF, 8), (AU, 0), (OGG, 0), (FLAC, 0), (MP4, 4), (b"FORM\0\0\x10\0AIFC", 8)] {
            let word = &file[at..at + 4];
            assert!(word.iter().all(|byte| LETTERS.contains(byte)));
            assert!(PAIRS.iter().any(|(pair, before)| word.starts_with(pair) && *before == at));
        }
    }

    #[test]
    fn every_kind_is_found_at_every_place() {
        let others: [&[u8]; 5] = [
            b"RF64\xFF\xFF\xFF\xFFWAVEds64",
            b"BW64\xFF\xFF\xFF\xFFWAVEJUNK",
            b"FORM\0\0\x10\0AIFCFVER",
            b"fLaC\x80\0\0\x22\0\x10\xFF\xFF\0\0\x0E\0\0\0\x01\xF4\x02",
            b"\0\0\0\x14ftypqt  ",
        ];
        for file in [WAV, AU, OGG, VORBIS, OPUS, AIFF, FLAC, MP4].into_iter().chain(others) {
            for (junk, filler) in (0..300).flat_map(|junk| [(junk, b'R'), (junk, 7)]) {
                let bytes = [&vec![filler; junk][..], file, &[7; 200]].concat();
                assert_eq!(find(&bytes, 0, ALL), Found::At(junk));
                assert_eq!(find(&bytes, junk, ALL), Found::At(junk));
                assert_eq!(find(&bytes, junk + 1, ALL), Found::Nothing);
            }
        }
    }

    #[test]
    fn what_has_not_come_yet_is_waited_for() {
        for file in [WAV, AU, OGG, VORBIS, OPUS, AIFF, FLAC, MP4] {
            let bytes = [&[1; 70][..], file].concat();
            for cut in 71..bytes.len() {
                assert_eq!(find(&bytes[..cut], 0, ALL), Found::Perhaps(70), "{cut}");
            }
            // One wrong byte of those that matter, at each place.
            let fixed = |at: usize| matches_at(&file[..=at], ALL) == Match::SoFar;
            for at in (0..file.len() - 1).filter(|&at| fixed(at)) {
                let mut other = file.to_vec();
                other[at] = 0xA7;
                let variable = matches_at(&other, ALL) == Match::Yes;
                let found = find(&other, 0, ALL);
                assert!(variable || found == Found::Nothing, "{at} of {file:?}: {found:?}");
            }
        }
        // Within Ogg a page is none, and within samples a zero is one.
        let none = Kinds { ogg: false, mp4: false };
        for file in [OGG, VORBIS, OPUS, MP4] {
            assert_eq!((find(file, 0, none), find(&file[..3], 0, none)), (Found::Nothing, Found::Nothing));
        }
        assert_eq!(find(b"", 0, ALL), Found::Nothing);
        assert_eq!(find(b"RIFF", 9, ALL), Found::Nothing);
    }
}
