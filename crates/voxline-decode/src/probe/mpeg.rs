//! Search for MPEG audio frames and for AAC in ADTS.
//!
//! A sync word alone is met by chance every few kilobytes; a place counts when the frame's length leads to a second and
//! a third header of the same stream. Places are judged in order and the first one decides, so that the answer does not
//! depend on how many bytes have come.

use super::Probe;
use crate::mp3::disguise::Verdict as Mp3Verdict;
use crate::mp3::find_stream;
use crate::mp3::header::FrameHeader;
use crate::mp3::tags::{Tag, tag_at};
use crate::work;

/// Junk before the first frame that is searched.
pub(super) const JUNK_BYTES: usize = 64 * 1024;
/// Headers that have to agree.
const FRAMES: usize = 3;
/// Room behind the last place searched, for the frames that have to agree.
const FRAMES_BYTES: usize = 8 * 1024;
/// Bytes of a fixed ADTS header up to the frame length (ISO/IEC 13818-7 §6.2).
const ADTS_BYTES: usize = 7;

pub(super) enum Scan {
    Found(Probe),
    /// A place needs more bytes than have come.
    Undecided,
    Nothing,
}

/// What one place holds.
enum Verdict {
    Confirmed,
    Pending,
    Refuted,
}

/// Searches a window; `complete` says that no more bytes will be looked at.
pub(super) fn scan(window: &[u8], complete: bool) -> Scan {
    let search = Search { window, complete };
    let mut at = 0;
    while let Some(distance) = window.get(at..).and_then(|rest| rest.iter().position(|&byte| byte == 0xFF)) {
        at += distance;
        work::count(distance + 1);
        if at > JUNK_BYTES {
            break;
        }
        if window.len() - at < ADTS_BYTES && !complete {
            return Scan::Undecided;
        }
        if let Some(header) = FrameHeader::parse_at(window, at) {
            // The length of a free-format frame is the decoder's business, see below.
            let verdict = header.frame_bytes().map_or(Verdict::Refuted, |bytes| search.frames(header, at, bytes));
            match (verdict, header.layer) {
                (Verdict::Confirmed, 3) => return Scan::Found(Probe::Mp3),
                (Verdict::Confirmed, 2) => return Scan::Found(Probe::Unsupported("MPEG audio Layer II (MP2)".into())),
                (Verdict::Confirmed, _) => return Scan::Found(Probe::Unsupported("MPEG audio Layer I".into())),
                (Verdict::Pending, _) => return Scan::Undecided,
                (Verdict::Refuted, _) => {}
            }
        } else if let Some(bytes) = adts_frame_bytes(window, at) {
            match search.adts(at, bytes) {
                Verdict::Confirmed => return Scan::Found(Probe::Unsupported("AAC in ADTS".into())),
                Verdict::Pending => return Scan::Undecided,
                Verdict::Refuted => {}
            }
        }
        at += 1;
    }
    // The decoder has the last word on what it can start with: free format, a few frames between junk.
    let junk_and_frames = window.get(..JUNK_BYTES + FRAMES_BYTES).unwrap_or(window);
    if complete && find_stream(junk_and_frames).is_some_and(|at| at <= JUNK_BYTES) {
        Scan::Found(Probe::Mp3)
    } else {
        Scan::Nothing
    }
}

/// Whether an MP3 stream begins here, perhaps behind its tag; `complete` says that no more bytes will come.
pub(crate) fn begins(bytes: &[u8], complete: bool) -> Mp3Verdict {
    let open = if complete { Mp3Verdict::Other } else { Mp3Verdict::Open };
    let start = match tag_at(bytes) {
        Tag::Skip(tag) if bytes.starts_with(b"ID3") && tag <= JUNK_BYTES as u64 => tag as usize,
        Tag::NeedBytes(_) => return open,
        _ => 0,
    };
    let header = FrameHeader::parse_at(bytes, start);
    let Some((header, size)) = header.filter(|header| header.layer == 3).and_then(|h| Some((h, h.frame_bytes()?)))
    else {
        return if bytes.len() < start + FrameHeader::BYTES { open } else { Mp3Verdict::Other };
    };
    // A header alone is met by chance.
    if complete && bytes.len() < start + 2 * size {
        return Mp3Verdict::Other;
    }
    match (Search { window: bytes, complete }).frames(header, start, size) {
        Verdict::Confirmed => Mp3Verdict::Mp3,
        Verdict::Pending => Mp3Verdict::Open,
        Verdict::Refuted => Mp3Verdict::Other,
    }
}

struct Search<'a> {
    window: &'a [u8],
    complete: bool,
}

impl Search<'_> {
    /// Follows frame lengths from one header to the next.
    fn frames(&self, first: FrameHeader, start: usize, first_bytes: usize) -> Verdict {
        let mut next = start + first_bytes;
        for seen in 1..FRAMES {
            work::count(FrameHeader::BYTES);
            match FrameHeader::parse_at(self.window, next) {
                Some(header) if first.same_stream(header) => next += header.frame_bytes().unwrap_or(first_bytes),
                Some(_) => return Verdict::Refuted,
                None if next + FrameHeader::BYTES <= self.window.len() => return Verdict::Refuted,
                None => return self.input_ends(start, seen, next),
            }
        }
        Verdict::Confirmed
    }

    /// The input is over before the next header, or has not come so far yet.
    fn input_ends(&self, start: usize, seen: usize, next: usize) -> Verdict {
        if !self.complete {
            return Verdict::Pending;
        }
        // One header at the very start is a cut MP3; later it must be a whole frame that ends with the input, or more.
        if start == 0 || seen > 1 || next == self.window.len() { Verdict::Confirmed } else { Verdict::Refuted }
    }

    fn adts(&self, start: usize, first_bytes: usize) -> Verdict {
        let mut next = start + first_bytes;
        for seen in 1..FRAMES {
            match adts_frame_bytes(self.window, next) {
                Some(bytes) => next += bytes,
                None if next + ADTS_BYTES <= self.window.len() => return Verdict::Refuted,
                None => return self.input_ends(start, seen, next),
            }
        }
        Verdict::Confirmed
    }
}

/// The frame length of an ADTS header (ISO/IEC 13818-7 §6.2.1): 12 sync bits, layer 0, a sampling frequency index below
/// 13, 13 bits of length.
fn adts_frame_bytes(window: &[u8], at: usize) -> Option<usize> {
    let &[a, b, c, d, e, f, _] = window.get(at..)?.first_chunk::<ADTS_BYTES>()?;
    let bytes = usize::from(d & 3) << 11 | usize::from(e) << 3 | usize::from(f >> 5);
    (a == 0xFF && b & 0xF6 == 0xF0 && c >> 2 & 15 < 13 && bytes >= ADTS_BYTES).then_some(bytes)
}
