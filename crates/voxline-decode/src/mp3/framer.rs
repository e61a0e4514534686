//! Bytes to frames: synchronisation, tags, junk.
//!
//! Every decision looks at no more than [`LOOKAHEAD_BYTES`] from its place and waits until they are there or the input
//! is over, so that it does not depend on how the bytes were cut.

use super::header::FrameHeader;
use super::side_info;
use super::tags::{TAG_HEADER_BYTES, Tag, tag_at};
use crate::work;

/// Room for three frames of the largest free-format size and their successors' headers.
pub(crate) const LOOKAHEAD_BYTES: usize = 8 * 1024;
/// The largest free-format frame looked for: twice the largest frame of the tables.
const MAX_FREE_FORMAT_BYTES: usize = 2_880;
/// The largest frame of the tables: 320 kbit/s at 32 kHz, padded.
const MAX_FRAME_BYTES: usize = 1_441;
/// Free-format guesses scan far; after this many in vain a stretch of junk is taken as holding none.
const MAX_FREE_FORMAT_GUESSES: u32 = 64;
/// Bytes kept of what was skipped, enough for the body of one lost frame.
const GAP_HEAD_BYTES: usize = 1_500;

/// What comes next in the input.
#[derive(Debug, PartialEq)]
pub(crate) enum Event<'a> {
    /// Push more or end.
    NeedMore,
    /// A whole frame whose successor was seen to be consistent.
    Frame { header: FrameHeader, bytes: &'a [u8], rest: &'a [u8] },
    /// Bytes that are no part of the stream.
    Gap(Gap),
    /// The input ends inside a frame.
    CutFrame { have_bytes: usize, want_bytes: usize },
    /// The input is over.
    End,
}

/// A stretch of skipped bytes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Gap {
    pub(crate) bytes: u64,
    /// The first of them.
    pub(crate) head: Vec<u8>,
    /// The last frame before.
    pub(crate) previous: Option<FrameHeader>,
    /// The first frame after; `None` at the end of the input.
    pub(crate) next: Option<FrameHeader>,
}

/// Finds frames in pushed bytes.
#[derive(Debug, Default)]
pub(crate) struct Framer {
    queue: Vec<u8>,
    /// Everything before is done with.
    start: usize,
    /// Bytes of the frame given out last; they go with the next call.
    given: usize,
    /// Bytes of a tag that have yet to come.
    skip: u64,
    ended: bool,
    synced: bool,
    /// The header at `start` was found to lie: the search begins behind it.
    disbelieved: bool,
    /// A cut frame was reported: nothing follows.
    cut: bool,
    last: Option<FrameHeader>,
    /// Bytes of an unpadded frame of a free-format stream.
    free_bytes: usize,
    free_guesses: u32,
    gap: Gap,
}

/// A verified place.
struct Found {
    header: FrameHeader,
    free_bytes: usize,
}

impl Framer {
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        // Dropping what is done with before growing keeps the queue short and each byte is moved at most twice.
        if self.start + self.given > self.queue.len() / 2 {
            self.settle();
            self.queue.drain(..self.start);
            self.start = 0;
        }
        self.queue.extend_from_slice(bytes);
    }

    pub(crate) fn finish(&mut self) {
        self.ended = true;
    }

    /// Bytes of an unpadded frame where the header does not say.
    pub(crate) fn free_bytes(&self) -> usize {
        self.free_bytes
    }

    /// Takes the frame given last back: the next call gives it again.
    pub(crate) fn give_back(&mut self) {
        self.given = 0;
    }

    fn settle(&mut self) {
        self.start += std::mem::take(&mut self.given);
    }

    pub(crate) fn next(&mut self) -> Event<'_> {
        self.settle();
        loop {
            if self.cut {
                return Event::End;
            }
            let available = self.queue.len() - self.start;
            if self.skip > 0 {
                let n = usize::try_from(self.skip).unwrap_or(usize::MAX).min(available);
                self.start += n;
                self.skip -= n as u64;
                if self.skip > 0 {
                    return if self.ended { Event::End } else { Event::NeedMore };
                }
                continue;
            }
            work::count(FrameHeader::BYTES);
            if available == 0 {
                return if self.ended { self.close() } else { Event::NeedMore };
            }
            if self.synced || self.last.is_none() && self.gap.bytes == 0 {
                match tag_at(self.view()) {
                    Tag::Skip(bytes) => {
                        self.skip = bytes;
                        continue;
                    }
                    Tag::NeedBytes(_) if !self.ended => return Event::NeedMore,
                    Tag::NeedBytes(_) | Tag::None => {}
                }
            }
            if self.synced {
                match self.expected_frame() {
                    Expected::NeedMore => return Event::NeedMore,
                    Expected::Frame(header, size) => return self.give(header, size),
                    Expected::Cut { have_bytes, want_bytes } => {
                        self.cut = true;
                        return Event::CutFrame { have_bytes, want_bytes };
                    }
                    expected @ (Expected::Lost | Expected::Lie) => {
                        self.synced = false;
                        self.free_guesses = 0;
                        self.disbelieved = matches!(expected, Expected::Lie);
                    }
                }
            }
            match self.search() {
                Some(Found { header, free_bytes }) => {
                    self.synced = true;
                    self.free_bytes = free_bytes;
                    let previous = self.last.replace(header);
                    if self.gap.bytes > 0 {
                        let gap = std::mem::take(&mut self.gap);
                        return Event::Gap(Gap { previous, next: Some(header), ..gap });
                    }
                }
                None if self.ended => return self.close(),
                None => return Event::NeedMore,
            }
        }
    }

    fn give(&mut self, header: FrameHeader, size: usize) -> Event<'_> {
        self.last = Some(header);
        self.given = size;
        let view = self.view();
        Event::Frame { header, bytes: &view[..size], rest: view }
    }

    /// At the end: what was skipped since the last frame, once; then the end.
    fn close(&mut self) -> Event<'_> {
        if self.gap.bytes > 0 {
            let gap = std::mem::take(&mut self.gap);
            return Event::Gap(Gap { previous: self.last, next: None, ..gap });
        }
        Event::End
    }

    fn view(&self) -> &[u8] {
        &self.queue[self.start..self.queue.len().min(self.start + LOOKAHEAD_BYTES)]
    }

    /// Judges the place where the next frame should stand.
    fn expected_frame(&self) -> Expected {
        let view = self.view();
        let complete = self.ended || view.len() == LOOKAHEAD_BYTES;
        let (Some(last), Some(header)) = (self.last, FrameHeader::parse_at(view, 0)) else {
            return if view.len() < FrameHeader::BYTES && !complete { Expected::NeedMore } else { Expected::Lost };
        };
        if !last.same_stream(header) {
            return Expected::Lost;
        }
        let size = frame_size(header, self.free_bytes);
        if !complete && view.len() < size + TAG_HEADER_BYTES {
            return Expected::NeedMore;
        }
        let changed = header.bitrate_kbps != last.bitrate_kbps;
        if continues(view, size, header) && !changed {
            return Expected::Frame(header, size);
        }
        if !complete {
            return Expected::NeedMore;
        }
        let follows = |i: usize| {
            work::count(1);
            let rest = view.get(i..).filter(|rest| rest.first() == Some(&0xFF));
            rest.is_some_and(|rest| verify(rest, Some(last), self.free_bytes, 2).is_some())
        };
        // One flipped bit can double the bit rate, and twice the size leads to a header again: the one after next. Then
        // the true successor stands where the last frame's bit rate puts it, which the data of a larger frame never fake.
        let usual = [false, true].map(|padded| last.bytes_at(last.bitrate_kbps, padded));
        if changed && usual.into_iter().any(|i| i < size && follows(i)) {
            return Expected::Lie;
        }
        if continues(view, size, header) {
            return Expected::Frame(header, size);
        }
        // Either this header lies about its size, then the true successor stands inside, or further on where a frame of
        // another bit rate ends; or the next header is damaged and this one is fine.
        if (1..size).any(follows) {
            return Expected::Lie;
        }
        // At the own bit rate it is only the padding bit, or a byte put in between: the frame can be decoded as it is.
        let fits = |bytes: usize| header.fitting_size(bytes).is_some_and(|(_, kbps, _)| kbps != header.bitrate_kbps);
        // Often both fit. Then it counts whether what is left over would be a frame, and whether this frame's main data
        // have room in the size that it claims.
        let has_room = || view.get(..size).is_some_and(|frame| side_info::parse(frame, header).is_some());
        let lies = |next: usize| {
            fits(next) && (usual.contains(&next) || header.fitting_size(next - size).is_none() || !has_room())
        };
        let mut ahead = size + 1..view.len().min(2 * size.max(MAX_FRAME_BYTES));
        if changed && ahead.find(|&i| follows(i)).is_some_and(lies) {
            return Expected::Lie;
        }
        if size > view.len() {
            return Expected::Cut { have_bytes: view.len(), want_bytes: size };
        }
        Expected::Frame(header, size)
    }

    /// Looks for the next verified frame; what is passed over goes to the gap.
    fn search(&mut self) -> Option<Found> {
        let available = self.queue.len() - self.start;
        let judged = if self.ended { available } else { available.saturating_sub(LOOKAHEAD_BYTES - 1) };
        let mut found = None;
        let mut passed = judged;
        for i in usize::from(self.disbelieved)..judged {
            let place = self.start + i;
            work::count(1);
            if self.queue[place] != 0xFF {
                continue;
            }
            let view = &self.queue[place..self.queue.len().min(place + LOOKAHEAD_BYTES)];
            let Some(header) = FrameHeader::parse_at(view, 0) else { continue };
            if header.bitrate_kbps == 0 {
                self.free_guesses += 1;
                if self.free_guesses > MAX_FREE_FORMAT_GUESSES {
                    continue;
                }
            }
            found = match self.last {
                Some(last) if last.same_stream(header) => verify(view, Some(last), self.free_bytes, 1),
                _ => verify(view, None, 0, 2),
            };
            if found.is_some() {
                passed = i;
                self.free_guesses = 0;
                break;
            }
        }
        self.disbelieved &= passed == 0;
        let skipped = &self.queue[self.start..self.start + passed];
        let room = GAP_HEAD_BYTES - self.gap.head.len();
        self.gap.head.extend_from_slice(&skipped[..skipped.len().min(room)]);
        self.gap.bytes += passed as u64;
        self.start += passed;
        found
    }
}

enum Expected {
    NeedMore,
    Frame(FrameHeader, usize),
    Cut {
        have_bytes: usize,
        want_bytes: usize,
    },
    /// No frame of the stream starts here.
    Lost,
    /// A header stands here whose size is wrong.
    Lie,
}

fn frame_size(header: FrameHeader, free_bytes: usize) -> usize {
    header.frame_bytes().unwrap_or(free_bytes + usize::from(header.padded))
}

/// Whether what stands `size` bytes on may follow a frame with this header.
fn continues(view: &[u8], size: usize, header: FrameHeader) -> bool {
    FrameHeader::parse_at(view, size).is_some_and(|next| header.same_stream(next))
        || view.get(size..).is_some_and(|rest| tag_at(rest) != Tag::None)
}

/// Whether a Layer III frame starts here: it is followed by `matches` more of its kind, or by as many as the input
/// has. `view` is shorter than [`LOOKAHEAD_BYTES`] only at the end of the input.
fn verify(view: &[u8], reference: Option<FrameHeader>, free_bytes: usize, matches: usize) -> Option<Found> {
    let header = FrameHeader::parse_at(view, 0).filter(|h| h.layer == 3)?;
    if reference.is_some_and(|r| !r.same_stream(header)) {
        return None;
    }
    let free_bytes = match header.bitrate_kbps {
        0 if free_bytes == 0 => free_format_bytes(view, header)?,
        0 => free_bytes,
        _ => 0,
    };
    let mut place = 0;
    let mut current = header;
    for n in 0..=matches {
        work::count(FrameHeader::BYTES);
        place += frame_size(current, free_bytes);
        if n == matches {
            break;
        }
        if place >= view.len() {
            // The input ends here: exactly, or inside a frame that has a verified one before it.
            if place > view.len() && n == 0 {
                return None;
            }
            break;
        }
        match FrameHeader::parse_at(view, place) {
            Some(next) if header.same_stream(next) => current = next,
            _ if tag_at(&view[place..]) != Tag::None => break,
            // Fewer bytes than a header, after a verified frame: the input was cut there.
            _ if view.len() - place < FrameHeader::BYTES && n > 0 => break,
            _ => return None,
        }
    }
    Some(Found { header, free_bytes })
}

/// Bytes of an unpadded free-format frame: the distance at which three headers of the stream stand in a row.
fn free_format_bytes(view: &[u8], header: FrameHeader) -> Option<usize> {
    let shortest = header.side_info_offset() + header.side_info_bytes();
    (shortest..MAX_FREE_FORMAT_BYTES.min(view.len())).find_map(|distance| {
        work::count(1);
        let next = FrameHeader::parse_at(view, distance).filter(|n| header.same_stream(*n))?;
        let unpadded = distance - usize::from(header.padded);
        let after = distance + unpadded + usize::from(next.padded);
        FrameHeader::parse_at(view, after).filter(|n| header.same_stream(*n))?;
        Some(unpadded)
    })
}

/// Where the first verified Layer III frame stands in `bytes`, for the probe. `bytes` is taken as the whole input.
pub(crate) fn find_stream(bytes: &[u8]) -> Option<usize> {
    let mut guesses = 0;
    (0..bytes.len()).find(|&i| {
        work::count(1);
        let view = &bytes[i..bytes.len().min(i + LOOKAHEAD_BYTES)];
        let Some(header) = FrameHeader::parse_at(view, 0) else { return false };
        guesses += u32::from(header.bitrate_kbps == 0);
        (header.bitrate_kbps != 0 || guesses <= MAX_FREE_FORMAT_GUESSES) && verify(view, None, 0, 2).is_some()
    })
}
