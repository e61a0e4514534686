//! MPEG-1, 2 and 2.5 Layer III.
//!
//! [`framer`] finds frames, [`frame`] turns each into samples (nanomp3 does the decoding proper), [`info`] reads what the
//! encoder left in the first frame and [`trim`] removes its delay and padding. This file puts them together.

pub(crate) mod disguise;
mod frame;
mod framer;
pub(crate) mod header;
mod info;
mod side_info;
mod stated;
pub(crate) mod tags;
mod trim;

pub(crate) use framer::find_stream;

use voxline_core::AudioSpec;
use voxline_core::options::{InputOptions, LimitOptions};
use voxline_core::report::{Warning, WarningCode};

use crate::damage::Damage;
use crate::limits::{DurationGuard, checked_spec};
use crate::{Decode, DecodeError, PcmChunk, Pull, StreamInfo};
use frame::{FrameDecoder, Outcome, Reason, frames_in_gap};
use framer::{Event, Framer, Gap};
use header::FrameHeader;
use info::InfoFrame;
use trim::Trimmer;

/// Frames that the decoder itself is late: 528 of the filter banks and one more.
///
/// **Source**: "Mp3 Info Tag rev 1 specifications", section on encoder delay.
const DECODER_DELAY_FRAMES: u32 = 528 + 1;
/// A pull gathers coded frames up to about this many samples.
const CHUNK_SAMPLES: usize = 8 * 1152;

/// Push-driven MP3 decoder.
///
/// Damaged frames are replaced by silence of the same length, so that time does not shift, and counted. Delay and
/// padding are removed when the stream states them (LAME tag) and `input.gapless` is on. Rate and channels may change
/// within the stream: each chunk says its own.
pub struct Mp3Decoder {
    gapless: bool,
    limits: LimitOptions,
    duration: DurationGuard,
    /// The duration limit cut the last chunk.
    over_duration: bool,
    framer: Framer,
    decoder: FrameDecoder,
    trimmer: Trimmer,
    /// What the first frame said about the stream.
    stated: Option<InfoFrame>,
    /// Frames at the end that lie in the decoder's delay, when the padding is shorter than it.
    missing_tail_frames: usize,
    /// Lost frames to be concealed, and the bytes found in place of the first.
    lost: u64,
    lost_body: Vec<u8>,
    /// The header of the last frame.
    last: Option<FrameHeader>,
    /// Specification of the frames given last.
    spec: Option<AudioSpec>,
    coded_frames: u64,
    /// Files that were glued together before this one.
    files_before: u64,
    /// Bytes and number of the frames that were found, and whether their bit rate has varied.
    found_bytes: u64,
    found_frames: u64,
    varies: bool,
    info: Option<StreamInfo>,
    damage: Damage,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Reading,
    /// `finish` was called.
    Ending,
    Done,
}

impl Mp3Decoder {
    /// A decoder for one stream.
    pub fn new(input: &InputOptions, limits: &LimitOptions) -> Self {
        Self {
            gapless: input.gapless,
            limits: limits.clone(),
            duration: DurationGuard::new(limits),
            over_duration: false,
            framer: Framer::default(),
            decoder: FrameDecoder::new(),
            trimmer: Trimmer::default(),
            stated: None,
            missing_tail_frames: 0,
            lost: 0,
            lost_body: Vec::new(),
            last: None,
            spec: None,
            coded_frames: 0,
            files_before: 0,
            found_bytes: 0,
            found_frames: 0,
            varies: false,
            info: None,
            damage: Damage::new(input.strict),
            stage: Stage::Reading,
        }
    }

    /// Where this decoder notes damage, for a container that brings its own place.
    pub(crate) fn damage_mut(&mut self) -> &mut Damage {
        &mut self.damage
    }

    /// Gathers frames into the empty `out` until it is full, its specification ends or more input is needed.
    fn fill(&mut self, out: &mut PcmChunk) -> Result<(), DecodeError> {
        while out.samples.len() < CHUNK_SAMPLES {
            if self.lost > 0 {
                let Some(previous) = self.last else { break };
                let spec = spec_of(previous, &self.limits)?;
                if !admit(&mut self.spec, &mut self.trimmer, &mut self.damage, out, spec) {
                    break;
                }
                let samples = self.decoder.conceal_lost(previous, &self.lost_body, self.framer.free_bytes());
                self.trimmer.pass(samples, out.spec.channels(), &mut out.samples);
                self.lost_body.clear();
                self.lost -= 1;
                self.coded_frames += 1;
                continue;
            }
            match self.framer.next() {
                Event::NeedMore => break,
                Event::Frame { header, bytes, rest } => {
                    if let Some(stated) = info::parse(bytes, header) {
                        self.take_statement(stated, header, out)?;
                        continue;
                    }
                    let size = bytes.len();
                    let repaired = self.last.filter(|&last| contradicts(header, last, rest, size)).map(|last| {
                        let frame = FrameHeader::repaired(bytes, last);
                        (FrameHeader::parse_at(&frame, 0).unwrap_or(header), frame)
                    });
                    let (header, bytes) = repaired.as_ref().map_or((header, bytes), |(header, frame)| (*header, frame));
                    let spec = spec_of(header, &self.limits)?;
                    if !admit(&mut self.spec, &mut self.trimmer, &mut self.damage, out, spec) {
                        self.framer.give_back();
                        break;
                    }
                    let (outcome, samples) = self.decoder.decode(header, bytes, rest);
                    self.trimmer.pass(samples, out.spec.channels(), &mut out.samples);
                    self.note_frame(header, size, outcome, repaired.is_some())?;
                }
                Event::Gap(gap) => self.note_gap(&gap)?,
                Event::CutFrame { have_bytes, want_bytes } => {
                    let place = self.coded_frames;
                    self.damage.note(WarningCode::Truncated, || {
                        format!("the input ends inside MP3 frame {place}: {have_bytes} of {want_bytes} bytes are there")
                    })?;
                }
                Event::End => {
                    self.stage = Stage::Done;
                    self.close(out)?;
                    break;
                }
            }
        }
        Ok(())
    }

    fn note_frame(
        &mut self,
        header: FrameHeader,
        bytes: usize,
        outcome: Outcome,
        repaired: bool,
    ) -> Result<(), DecodeError> {
        self.describe(header, None)?;
        self.varies |= self.last.is_some_and(|last| last.bitrate_kbps != header.bitrate_kbps);
        self.last = Some(header);
        self.coded_frames += 1;
        self.found_frames += 1;
        self.found_bytes += bytes as u64;
        let place = self.coded_frames - 1;
        match outcome {
            Outcome::Decoded if repaired => {
                self.bad_frames(1, || format!("the header of MP3 frame {place} was damaged and was repaired"))
            }
            Outcome::Decoded => Ok(()),
            Outcome::Concealed(Reason::Corrupt) => {
                self.bad_frames(1, || format!("MP3 frame {place} is damaged and was replaced by silence"))
            }
            Outcome::Concealed(Reason::MissingReservoir) => self.bad_frames(1, || {
                format!("MP3 frame {place} needs data of earlier frames that are missing and was replaced by silence")
            }),
        }
    }

    fn note_gap(&mut self, gap: &Gap) -> Result<(), DecodeError> {
        let bytes = gap.bytes;
        let place = self.coded_frames;
        let Some(previous) = self.last else {
            return self.damage.note(WarningCode::JunkSkipped, || {
                format!("{bytes} bytes before the first MP3 frame are not MP3 and were skipped")
            });
        };
        let missing = self.stated.and_then(|stated| stated.frames).map(|n| n.saturating_sub(self.coded_frames));
        let mean_bytes = self.varies.then(|| self.found_bytes as f64 / self.found_frames.max(1) as f64);
        let likely = frames_in_gap(gap, previous, self.framer.free_bytes(), mean_bytes);
        let goes_on = gap.next.is_some_and(|next| next.same_stream(previous));
        let lost = match (goes_on, missing) {
            // An estimate stays within what the stream says of its length.
            (true, Some(missing)) if self.varies && missing > 0 => likely.min(missing),
            (true, _) => likely,
            // At the end of the input only a stated length tells a lost frame from something appended.
            (false, missing) => likely.min(missing.unwrap_or(0)),
        };
        if lost == 0 && gap.next.is_none() {
            // Whatever was appended, the audio is whole.
            self.damage.remark(WarningCode::JunkSkipped, || format!("{bytes} bytes after the audio are not MP3"));
            return Ok(());
        }
        if lost == 0 {
            return self.damage.note(WarningCode::JunkSkipped, || {
                format!("{bytes} bytes at MP3 frame {place} are not MP3 and were skipped")
            });
        }
        self.lost = lost;
        self.lost_body.clone_from(&gap.head);
        if gap.bytes != gap.head.len() as u64 {
            self.lost_body.clear();
        }
        self.bad_frames(lost, || {
            format!("{bytes} bytes at MP3 frame {place} are unreadable: {lost} frames were replaced by silence")
        })
    }

    fn bad_frames(&mut self, count: u64, message: impl FnOnce() -> String) -> Result<(), DecodeError> {
        if let Some(info) = &mut self.info {
            info.bad_frames += count;
        }
        self.damage.note_many(WarningCode::BadFrames, count, message)
    }

    /// Keeps the duration limit: frames inside it are delivered, the next pull says that there are more.
    fn guard_duration(&mut self, out: &mut PcmChunk) -> Result<(), DecodeError> {
        let frames = out.frames();
        let wanted = if self.over_duration { frames.max(1) } else { frames };
        let allowed = self.duration.admit(wanted, out.spec.sample_rate)?;
        self.over_duration = allowed < frames;
        out.truncate(allowed);
        Ok(())
    }
}

impl Decode for Mp3Decoder {
    fn push(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        if self.stage != Stage::Reading {
            return Err(DecodeError::State("push after finish"));
        }
        self.framer.push(bytes);
        Ok(())
    }

    fn finish(&mut self) {
        if self.stage == Stage::Reading {
            self.stage = Stage::Ending;
            self.framer.finish();
        }
    }

    fn pull(&mut self, out: &mut PcmChunk) -> Result<Pull, DecodeError> {
        out.clear();
        if let Some(spec) = self.spec {
            out.spec = spec;
        }
        if self.stage != Stage::Done || self.over_duration {
            let filled = if self.over_duration { Ok(()) } else { self.fill(out) };
            if let Err(error) = filled.and_then(|()| self.guard_duration(out)) {
                (self.stage, self.over_duration) = (Stage::Done, false);
                out.clear();
                return Err(error);
            }
        }
        Ok(match (out.frames(), self.stage) {
            (0, Stage::Done) => Pull::End,
            (0, _) => Pull::NeedMore,
            (frames, _) => Pull::Frames(frames),
        })
    }

    fn info(&self) -> Option<&StreamInfo> {
        self.info.as_ref()
    }

    fn warnings(&self) -> &[Warning] {
        self.damage.warnings()
    }
}

/// Whether the channel count or the protection of this frame contradicts both its neighbours: then it was damaged.
fn contradicts(header: FrameHeader, last: FrameHeader, rest: &[u8], size: usize) -> bool {
    let next = FrameHeader::parse_at(rest, size).filter(|next| last.same_stream(*next));
    last.same_stream(header) && !last.same_layout(header) && next.is_none_or(|next| last.same_layout(next))
}

/// Makes `out` ready for frames of `spec`. `false`: it holds frames of another specification and must be given out
/// first; held-back frames of that specification are no padding then and go with it.
fn admit(
    current: &mut Option<AudioSpec>,
    trimmer: &mut Trimmer,
    damage: &mut Damage,
    out: &mut PcmChunk,
    spec: AudioSpec,
) -> bool {
    if let Some(old) = current.filter(|&old| old != spec) {
        // Where another file begins nothing is held, and its own padding is still to come.
        if trimmer.holds_any() {
            trimmer.release(&mut out.samples);
        }
        if !out.samples.is_empty() {
            return false;
        }
        if old.sample_rate != spec.sample_rate {
            damage.remark(WarningCode::RateChanged, || {
                format!("the sample rate changes from {} to {} within the stream", old.sample_rate, spec.sample_rate)
            });
        }
        if old.channel_count != spec.channel_count {
            damage.remark(WarningCode::ChannelsChanged, || {
                format!("the channel count changes from {} to {}", old.channel_count, spec.channel_count)
            });
        }
    }
    *current = Some(spec);
    out.spec = spec;
    true
}

fn spec_of(header: FrameHeader, limits: &LimitOptions) -> Result<AudioSpec, DecodeError> {
    checked_spec(header.sample_rate_hz, header.channel_count, limits)
}
