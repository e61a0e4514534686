//! What the bytes are, by their content and never by a file name.

mod magic;
pub(crate) mod mpeg;
pub(crate) mod signature;
pub(crate) mod text;

use crate::mp3::tags::{Tag, tag_at};
use crate::work;

/// What an input looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Probe {
    /// RIFF/WAVE, or the same with sizes of 64 bits (RF64, BW64).
    Wav,
    /// Sun's AU, also called SND.
    Au,
    /// AIFF and AIFF-C.
    Aiff,
    /// MPEG audio Layer III.
    Mp3,
    /// Ogg Speex.
    Spx,
    /// FLAC, in builds that read it.
    Flac,
    /// Ogg Vorbis, in builds that read it.
    Vorbis,
    /// Ogg Opus, in builds that read it.
    Opus,
    /// MPEG-4 audio (M4A), in builds that read it.
    M4a,
    /// Something that was recognised and that no decoder takes, by its name.
    Unsupported(String),
    /// More bytes are needed to tell.
    NeedMore,
    /// Nothing that is known.
    Unknown,
}

/// Everything is decided within this many bytes after the metadata at the start.
pub(crate) const WINDOW_BYTES: usize = 128 * 1024;
/// Metadata up to this size is waited for, to see what comes behind it; more is only ever met before MP3.
pub(crate) const TAGS_BYTES: usize = 1024 * 1024;
/// The first bytes of either kind of tag, which hold no audio.
const TAG_ID_BYTES: usize = 10;
/// The longest magic number, so that no decision is made on a part of one.
const MAGIC_BYTES: usize = 12;

/// Looks at the first bytes of an input; `end` says that there are no more.
///
/// The answer does not depend on how many bytes beyond those needed are there: once it is not [`Probe::NeedMore`], it
/// stays. The work is linear in the length of `bytes`, of which at most a little more than 1 MiB is looked at.
///
/// ```
/// use voxline_decode::{Probe, probe};
/// assert_eq!(probe(b"RIFF\x24\0\0\0WAVEfmt ", false), Probe::Wav);
/// assert_eq!(probe(b"RIFF\x24", false), Probe::NeedMore);
/// assert_eq!(probe(b"#!AMR\nabcdefg", true), Probe::Unsupported("AMR".into()));
/// ```
pub fn probe(bytes: &[u8], end: bool) -> Probe {
    look(bytes, end).0
}

/// The answer and where it was found: 0, or behind the metadata at the start.
pub(crate) fn look(bytes: &[u8], end: bool) -> (Probe, usize) {
    let mut offset = 0;
    loop {
        work::count(1);
        let rest = bytes.get(offset..).unwrap_or_default();
        if !rest.starts_with(b"ID3") && !rest.starts_with(b"APETAGEX") {
            return behind_tags(rest, end, offset);
        }
        match tag_at(rest) {
            Tag::Skip(tag_bytes) => {
                let next = usize::try_from(tag_bytes).unwrap_or(usize::MAX).saturating_add(offset);
                if next >= bytes.len() {
                    return match () {
                        // Audio behind an overlong tag cannot be seen; nearly all tagged files are MP3.
                        () if bytes.len() > TAGS_BYTES => (Probe::Mp3, 0),
                        () if end => in_tag(rest, offset),
                        () => (Probe::NeedMore, 0),
                    };
                }
                offset = next;
            }
            Tag::NeedBytes(_) if !end => return (Probe::NeedMore, 0),
            _ => return behind_tags(rest, end, offset),
        }
    }
}

/// The input ends inside a tag; or the tag lies about its size, and the audio lies in what it claims.
fn in_tag(tag: &[u8], offset: usize) -> (Probe, usize) {
    let header = TAG_ID_BYTES.min(tag.len());
    match behind_tags(tag.get(header..).unwrap_or_default(), true, offset + header) {
        found @ (Probe::Mp3 | Probe::Wav | Probe::Au | Probe::Spx, _) => found,
        _ => (Probe::Mp3, 0),
    }
}

/// The answer about what stands at `offset`, and where the file begins if junk stands in front of it.
fn behind_tags(bytes: &[u8], end: bool, offset: usize) -> (Probe, usize) {
    if bytes.len() < MAGIC_BYTES && !end {
        return (Probe::NeedMore, offset);
    }
    if let Some(known) = magic::identify(bytes, end) {
        return (known, offset);
    }
    let window = bytes.get(..WINDOW_BYTES).unwrap_or(bytes);
    let complete = end || window.len() == WINDOW_BYTES;
    work::count(window.len());
    // What comes first decides, so that the answer stays when more bytes come: frames are searched up to the file.
    let file = signature::behind_junk(window, mpeg::JUNK_BYTES);
    let (searched, searched_all) = match file {
        signature::Found::At(place) => (window.get(..place).unwrap_or_default(), true),
        _ => (window, complete),
    };
    let probe = match (mpeg::scan(searched, searched_all), file) {
        (mpeg::Scan::Found(probe), _) => probe,
        (mpeg::Scan::Undecided, _) => Probe::NeedMore,
        (mpeg::Scan::Nothing, signature::Found::At(place)) => {
            let known = magic::identify(bytes.get(place..).unwrap_or_default(), true);
            return (known.unwrap_or(Probe::Unknown), offset + place);
        }
        (mpeg::Scan::Nothing, _) if !complete => Probe::NeedMore,
        (mpeg::Scan::Nothing, _) => {
            text::identify(window).map_or(Probe::Unknown, |name| Probe::Unsupported(name.to_owned()))
        }
    };
    (probe, offset)
}

/// Says what an unknown input starts with.
pub(crate) fn describe_unknown(bytes: &[u8]) -> String {
    const SHOWN_BYTES: usize = 16;
    let head = bytes.get(..SHOWN_BYTES).unwrap_or(bytes);
    let hex: Vec<_> = head.iter().map(|byte| format!("{byte:02X}")).collect();
    let ascii: String =
        head.iter().map(|&byte| if (0x20..0x7F).contains(&byte) { char::from(byte) } else { '.' }).collect();
    format!("the content starts with {} \"{ascii}\" and is not recognised; {}", hex.join(" "), supported())
}

/// What every refusal ends with.
pub(crate) fn supported() -> String {
    let features = [
        (cfg!(feature = "flac"), "FLAC"),
        (cfg!(feature = "vorbis"), "Ogg Vorbis"),
        (cfg!(feature = "opus"), "Ogg Opus"),
        (cfg!(feature = "aac"), "M4A"),
    ];
    let names: Vec<_> = ["WAV", "AU", "AIFF", "MP3"]
        .into_iter()
        .chain(features.into_iter().filter(|(there, _)| *there).map(|(_, name)| name))
        .collect();
    format!(
        "{} and Ogg Speex are supported, and headerless audio when input.raw_format, input.speex_framing or, by the name of the file, \
         input.raw_by_name says what it is",
        names.join(", ")
    )
}
