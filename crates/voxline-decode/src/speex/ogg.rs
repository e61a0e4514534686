//! Ogg Speex files.

use voxline_core::AudioSpec;
use voxline_core::options::{InputOptions, LimitOptions};
use voxline_core::report::{Warning, WarningCode};
use voxline_speex::framing::{FramingError, Header, OggEvent, OggReader};

use super::trim::Trim;
use super::{Budget, Frames, info};
use crate::damage::Damage;
use crate::limits::{DurationGuard, checked_spec};
use crate::{Decode, DecodeError, PcmChunk, Pull, StreamInfo};

/// A hole in a file is filled by at most this many frames (10 s): beyond that it is no loss but a gap in the recording.
const MAX_CONCEALED_FRAMES: u64 = 500;
/// Files glued together may change the rate this often; each change costs whoever resamples a new filter.
const MAX_RATE_CHANGES: u32 = 256;

/// Decodes Ogg Speex (`.spx`), narrowband and wideband.
///
/// Delay and padding are removed as the file states them. Pages with a wrong checksum are skipped, missing ones
/// concealed, files glued together decoded one after the other; each with a warning, or an error under `strict`.
/// Intensity stereo comes out mixed into one channel.
///
/// **Errors**: [`DecodeError::Unsupported`] for ultra-wideband and other versions of the bit stream;
/// [`DecodeError::Malformed`] for a header that is not valid, when no Speex stream is found, and for files glued together
/// whose rate changes more than 256 times; [`DecodeError::Limit`].
///
/// **Allocation**: what was pushed and not yet pulled, and the samples of one page.
#[derive(Debug)]
pub struct SpxDecoder {
    reader: OggReader,
    input: InputOptions,
    limits: LimitOptions,
    damage: Damage,
    guard: DurationGuard,
    stream: Option<Stream>,
    info: Option<StreamInfo>,
    streams: u32,
    rate_changes: u32,
    /// The header of the next stream, while the one before still gives frames.
    next: Option<Header>,
    total_bad_frames: u64,
    finished: bool,
    ended: bool,
    failed: Option<DecodeError>,
}

/// The stream that is being decoded.
#[derive(Debug)]
struct Stream {
    spec: AudioSpec,
    header: Header,
    frames: Frames,
    trim: Trim,
    /// The position that the page before stated.
    position: Option<u64>,
    /// Frames given out so far.
    given: u64,
    /// The first page waits for the second, which may say that not even all of the first is audio.
    held: bool,
    over: bool,
}

impl SpxDecoder {
    /// A decoder at the start of a file.
    pub fn new(input: &InputOptions, limits: &LimitOptions) -> Self {
        Self {
            reader: OggReader::new(),
            input: input.clone(),
            limits: limits.clone(),
            damage: Damage::new(input.strict),
            guard: DurationGuard::new(limits),
            stream: None,
            info: None,
            streams: 0,
            rate_changes: 0,
            next: None,
            total_bad_frames: 0,
            finished: false,
            ended: false,
            failed: None,
        }
    }

    fn step(&mut self, out: &mut PcmChunk) -> Result<Pull, DecodeError> {
        loop {
            if let Some(stream) = self.stream.as_mut().filter(|stream| !stream.held) {
                let frames = stream.frames.take(stream.spec, &mut self.guard, out)?;
                if frames > 0 {
                    stream.given = stream.given.saturating_add(frames as u64);
                    return Ok(Pull::Frames(frames));
                }
            }
            let event = match self.next.take() {
                Some(header) => Some(OggEvent::Header(header)),
                None => self.reader.next_event().map_err(|error| match error {
                    FramingError::Unsupported(_) => DecodeError::Unsupported(error.to_string()),
                    _ => DecodeError::Malformed(error.to_string()),
                })?,
            };
            match event {
                Some(OggEvent::Header(header)) => match self.stream.as_mut().filter(|stream| stream.held) {
                    Some(stream) => {
                        stream.held = false;
                        self.next = Some(header);
                    }
                    None => self.begin(header)?,
                },
                Some(OggEvent::Page { packets, granule, last, lost_pages }) => {
                    self.page(&packets, granule, last, lost_pages)?;
                }
                Some(_) => {}
                None if !self.finished => return Ok(Pull::NeedMore),
                None if self.ended => return Ok(Pull::End),
                None => {
                    self.ended = true;
                    if let Some(stream) = &mut self.stream {
                        stream.held = false;
                    }
                    self.end()?;
                }
            }
        }
    }

    fn begin(&mut self, header: Header) -> Result<(), DecodeError> {
        let spec = checked_spec(header.sample_rate_hz, 1, &self.limits)?;
        self.streams += 1;
        if self.streams > 1 {
            self.damage
                .remark(WarningCode::GluedFiles, || "several files are glued together; all are decoded".to_owned());
        }
        if header.channel_count > 1 {
            let message = || "the file is in intensity stereo; its two channels come out mixed".to_owned();
            self.damage.remark(WarningCode::ChannelsChanged, message);
        }
        let mut budget = Budget::default();
        if let Some(before) = self.stream.take() {
            budget = before.frames.budget;
            self.total_bad_frames += before.frames.bad_frames;
            if !before.over {
                let number = self.streams - 1;
                self.damage.note(WarningCode::Truncated, || {
                    format!("file {number} of those glued together ends before its last page")
                })?;
            }
            self.rate_changes += u32::from(before.spec.sample_rate != spec.sample_rate);
            if self.rate_changes > MAX_RATE_CHANGES {
                let message = format!("files glued together change the sample rate more than {MAX_RATE_CHANGES} times");
                return Err(DecodeError::Malformed(message));
            }
        }
        if self.info.is_none() {
            self.info = Some(info("ogg", header.mode, spec));
        }
        let frames = Frames::new(header.mode, self.input.speex_enhancement).with_budget(budget);
        let trim = Trim::new(header.mode);
        self.stream = Some(Stream { spec, header, frames, trim, position: None, given: 0, held: false, over: false });
        Ok(())
    }

    fn page(
        &mut self,
        packets: &[Vec<u8>],
        granule: Option<u64>,
        last: bool,
        lost_pages: u32,
    ) -> Result<(), DecodeError> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        let frame_samples = stream.header.mode.frame_samples() as u64;
        let before = stream.frames.waiting();
        let per_packet = stream.header.frames_per_packet;
        if lost_pages > 0 {
            let stated = packets.len() as u64 * u64::from(per_packet) * frame_samples;
            let gap = match (granule, stream.position) {
                (Some(now), Some(before)) => now.saturating_sub(before).saturating_sub(stated),
                _ => 0,
            };
            // The last position leaves the padding out, of which our writer needs as much as lies in the decoder.
            let (played_out, whole) = match last {
                true => (stream.header.mode.decoder_lookahead() as u64, frame_samples - 1),
                false => (0, 0),
            };
            let frames = (gap.saturating_add(played_out + whole) / frame_samples).min(MAX_CONCEALED_FRAMES);
            let frames = stream.frames.conceal(frames);
            self.damage.note_many(WarningCode::BadFrames, frames.max(1), || {
                format!("{lost_pages} Ogg pages are missing; {frames} frames were concealed")
            })?;
        }
        for packet in packets {
            stream.frames.decode(packet, per_packet, &mut self.damage)?;
        }
        stream.position = granule;
        stream.over |= last;
        stream.held = stream.given == 0 && !stream.held && !last;
        if self.input.gapless {
            stream.trim(before, granule, last);
        }
        if let Some(info) = &mut self.info {
            info.bad_frames = self.total_bad_frames + stream.frames.bad_frames;
            if self.streams == 1 && self.input.gapless {
                info.encoder_delay_frames = stream.trim.delay();
                info.encoder_padding_frames = stream.trim.padding();
            }
        }
        Ok(())
    }

    /// Says at the end of the input what was wrong with it.
    fn end(&mut self) -> Result<(), DecodeError> {
        let Some(stream) = &self.stream else {
            let (cut, bad_pages) = (self.reader.cut_bytes(), self.reader.bad_pages());
            return Err(match cut > 0 && bad_pages == 0 {
                true => {
                    DecodeError::Truncated(format!("the input ends {cut} bytes into the first page of the Ogg file"))
                }
                false => DecodeError::Malformed("an Ogg file without a Speex stream".to_owned()),
            });
        };
        let (left, over) = (self.reader.cut_bytes(), stream.over);
        let (bad_pages, junk) = (self.reader.bad_pages(), self.reader.junk_bytes());
        if left > 0 || !over {
            self.damage.note(WarningCode::Truncated, || {
                format!("the file ends before its last page, {left} bytes into a page that is not complete")
            })?;
        }
        if junk > 0 {
            self.damage.note_many(WarningCode::JunkSkipped, junk, || {
                format!("{junk} bytes were no good page and skipped; {bad_pages} pages had a wrong checksum")
            })?;
        }
        Ok(())
    }
}

impl Stream {
    /// Removes delay and padding from the page whose frames wait behind the first `before`.
    fn trim(&mut self, before: usize, granule: Option<u64>, last: bool) {
        let decoded = (self.frames.waiting() - before) as u64;
        let keep = self.trim.page(decoded, granule, last);
        self.frames.keep(before, keep.skip, keep.keep);
        if !last {
            return;
        }
        // The decoder's delay holds the last samples back; what it makes of a lost frame begins with them.
        let (bad_frames, missing) = (self.frames.bad_frames, self.trim.missing());
        if missing > 0 {
            let kept = self.frames.waiting();
            self.frames.conceal(1);
            self.frames.bad_frames = bad_frames;
            self.frames.keep(kept, 0, missing);
        }
        if let Some(total) = self.trim.total() {
            self.frames.keep(0, 0, total.saturating_sub(self.given));
        }
    }
}

impl Decode for SpxDecoder {
    fn push(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        if self.finished {
            return Err(DecodeError::State("push after finish"));
        }
        self.reader.push(bytes);
        Ok(())
    }

    fn finish(&mut self) {
        self.finished = true;
        self.reader.finish();
    }

    fn pull(&mut self, out: &mut PcmChunk) -> Result<Pull, DecodeError> {
        out.clear();
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let result = self.step(out);
        if let Err(error) = &result {
            self.failed = Some(error.clone());
        }
        result
    }

    fn info(&self) -> Option<&StreamInfo> {
        self.info.as_ref()
    }

    fn warnings(&self) -> &[Warning] {
        self.damage.warnings()
    }
}
