//! The index of an MP4 file: where its coded frames lie and how long the audio is.
//!
//! **Source**: ISO/IEC 14496-12 §8 (`moov` and what is in it); for `iTunSMPB`, Apple's QuickTime File Format, appendix on
//! audio priming.

use super::boxes::{children, find, find_path, u32_at, u64_at};
use super::config::AacConfig;
use crate::DecodeError;

/// What the index says of the audio track.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) config: AacConfig,
    pub(super) samples: Samples,
    /// Frames at the start that are no audio, and how many follow that are.
    pub(super) delay: Option<u32>,
    pub(super) frames: Option<u64>,
}

impl Index {
    /// Reads the content of `moov`.
    pub(super) fn read(moov: &[u8]) -> Result<Self, DecodeError> {
        let malformed = |what: &str| DecodeError::Malformed(format!("the index of the M4A file {what}"));
        let is_sound =
            |track: &&[u8]| find_path(track, &[b"mdia", b"hdlr"]).and_then(|hdlr| hdlr.get(8..12)) == Some(b"soun");
        let tracks = children(moov).filter(|(kind, _)| kind == b"trak").map(|(_, body)| body);
        let Some(track) = tracks.into_iter().find(is_sound) else { return Err(malformed("has no audio track")) };
        let table = find_path(track, &[b"mdia", b"minf", b"stbl"]).ok_or_else(|| malformed("has no table"))?;
        let part = |kind| find(table, kind).unwrap_or_default();
        let config = AacConfig::of_description(part(b"stsd"))?;
        let samples = Samples::new(table).ok_or_else(|| malformed("is not valid"))?;
        if samples.count == 0 && find(moov, b"mvex").is_some() {
            return Err(DecodeError::Unsupported("M4A in fragments is not supported".to_owned()));
        }
        let mut index = Self { config, samples, delay: None, frames: None };
        index.read_length(moov, track, part(b"stts"));
        if let Some((delay, frames)) = itunes_length(moov) {
            (index.delay, index.frames) = (Some(delay), Some(frames));
        }
        Ok(index)
    }

    /// The length by the edit list and the times of the samples.
    fn read_length(&mut self, moov: &[u8], track: &[u8], stts: &[u8]) {
        let timescale = find_path(track, &[b"mdia", b"mdhd"]).and_then(timescale);
        let (Some(timescale), Some(edits)) = (timescale, find_path(track, &[b"edts", b"elst"])) else { return };
        let Some((length, start)) = first_edit(edits) else { return };
        let rate = u128::from(self.config.rate_hz);
        let to_frames = |ticks: u64, scale: u32| {
            u64::try_from((u128::from(ticks) * rate + u128::from(scale) / 2) / u128::from(scale)).unwrap_or(u64::MAX)
        };
        let there = to_frames(total_ticks(stts).saturating_sub(start), timescale);
        self.delay = u32::try_from(to_frames(start, timescale)).ok();
        self.frames = Some(there);
        // The edit counts in the film's time, often milliseconds: only what is less than its step is believed less.
        if let Some(film) = find(moov, b"mvhd").and_then(self::timescale)
            && length > 0
        {
            let (edit, step) = (to_frames(length, film), to_frames(1, film) + 1);
            self.frames = Some(if edit + step <= there { edit } else { there });
        }
    }
}

/// The units of a second in `mvhd` and `mdhd`, which begin alike.
fn timescale(header: &[u8]) -> Option<u32> {
    let at = if header.first() == Some(&1) { 20 } else { 12 };
    u32_at(header, at).filter(|&scale| scale > 0)
}

/// Duration and start of the first edit that shows something.
fn first_edit(edits: &[u8]) -> Option<(u64, u64)> {
    let wide = edits.first() == Some(&1);
    let entries = edits.get(8..)?;
    entries.chunks_exact(if wide { 20 } else { 12 }).find_map(|entry| {
        let (length, start) = match wide {
            true => (u64_at(entry, 0)?, u64_at(entry, 8)?),
            false => (u64::from(u32_at(entry, 0)?), u64::from(u32_at(entry, 4)?)),
        };
        // All bits set: an empty edit.
        (start < u64::from(u32::MAX)).then_some((length, start))
    })
}

/// The sum of the samples' durations.
fn total_ticks(stts: &[u8]) -> u64 {
    let entries = stts.get(8..).unwrap_or_default().as_chunks::<8>().0;
    entries.iter().fold(0, |sum: u64, &[a, b, c, d, e, f, g, h]| {
        let (count, ticks) = (u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]));
        sum.saturating_add(u64::from(count) * u64::from(ticks))
    })
}

/// Delay and length as iTunes leaves them: numbers in hexadecimal, of which the second to the fourth are delay, padding
/// and length.
fn itunes_length(moov: &[u8]) -> Option<(u32, u64)> {
    let meta = find_path(moov, &[b"udta", b"meta"])?;
    let list = find(meta.get(4..)?, b"ilst")?;
    let entries = children(list).filter(|(kind, _)| kind == b"----");
    entries.into_iter().find_map(|(_, entry)| {
        let name = find(entry, b"name").and_then(|name| name.get(4..));
        let text = find(entry, b"data").and_then(|data| str::from_utf8(data.get(8..)?).ok());
        let mut numbers = text.filter(|_| name == Some(b"iTunSMPB"))?.split_ascii_whitespace();
        let delay = u32::from_str_radix(numbers.nth(1)?, 16).ok()?;
        let frames = u64::from_str_radix(numbers.nth(1)?, 16).ok()?;
        (frames > 0).then_some((delay, frames))
    })
}

/// Place and size of each coded frame, in the order of the track; read out of the tables as it goes.
#[derive(Debug)]
pub(super) struct Samples {
    /// Samples in all.
    pub(super) count: u32,
    /// The size of all of them, or 0.
    size: u32,
    sizes: Vec<u8>,
    offsets: Vec<u8>,
    wide: bool,
    runs: Vec<u8>,
    /// The next sample and chunk, how many samples are left in the chunk, and where the next of them lies.
    next: u32,
    chunk: usize,
    left: u32,
    offset: u64,
    run: usize,
}

impl Samples {
    fn new(table: &[u8]) -> Option<Self> {
        let (stsz, runs) = (find(table, b"stsz")?, find(table, b"stsc")?.get(8..)?);
        let (offsets, wide) = match find(table, b"stco") {
            Some(narrow) => (narrow.get(8..)?, false),
            None => (find(table, b"co64")?.get(8..)?, true),
        };
        Some(Self {
            count: u32_at(stsz, 8)?,
            size: u32_at(stsz, 4)?,
            sizes: stsz.get(12..)?.to_vec(),
            offsets: offsets.to_vec(),
            wide,
            runs: runs.to_vec(),
            next: 0,
            chunk: 0,
            left: 0,
            offset: 0,
            run: 0,
        })
    }

    /// The place and size of the next sample.
    pub(super) fn next(&mut self) -> Option<(u64, u32)> {
        if self.next >= self.count {
            return None;
        }
        while self.left == 0 {
            self.offset = match self.wide {
                true => u64_at(&self.offsets, 8 * self.chunk)?,
                false => u64::from(u32_at(&self.offsets, 4 * self.chunk)?),
            };
            self.chunk += 1;
            // The last run whose first chunk is not behind this one.
            while u32_at(&self.runs, 12 * (self.run + 1)).is_some_and(|first| first as usize <= self.chunk) {
                self.run += 1;
            }
            self.left = u32_at(&self.runs, 12 * self.run + 4)?;
        }
        let size = if self.size > 0 { self.size } else { u32_at(&self.sizes, 4 * self.next as usize)? };
        let place = self.offset;
        self.offset = self.offset.saturating_add(u64::from(size));
        self.left -= 1;
        self.next += 1;
        Some((place, size))
    }
}
