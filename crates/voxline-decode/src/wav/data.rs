//! The audio and what stands behind it.

use voxline_core::report::WarningCode;

use super::chunks::{ChunkHeader, HEADER_BYTES, Id, is_placeholder, is_printable, show, starts_chunk};
use super::{After, Flow, MAX_CHUNKS, State, WavDecoder};
use crate::body::{Body, Output};
use crate::limits::counted;
use crate::mp3::disguise::{Verdict, judge};
use crate::probe::mpeg;
use crate::{DecodeError, Mp3Decoder, PcmChunk, Pull};

/// The end of a RIFF form whose size says nothing: far beyond any input, with room to add to.
const ANY_END: u64 = 1 << 62;
/// Zero bytes after the data chunk are padding to a sector or cluster of the recorder's disk up to this length, and
/// silence beyond it.
const MAX_PADDING_BYTES: u64 = 64 * 1024;

impl WavDecoder {
    /// The header of the data chunk was read: the stream is known, its length perhaps.
    pub(super) fn begin_data(&mut self, header: ChunkHeader) -> Result<Flow, DecodeError> {
        let size = self.size_of(header);
        // A size of 64 bits is no placeholder, whatever its value.
        let unknown = is_placeholder(header.size) && size == u64::from(header.size);
        self.data_start = self.queue.position();
        self.data_size = size;
        let fits = self.riff_end().is_none_or(|end| self.data_end_position() <= end.saturating_add(1));
        let believable = size > 0 && !unknown && fits;
        let stated = self.stated_frames(believable);
        if let Some((body, spec)) = &mut self.format {
            if let Some(frames) = stated {
                body.set_stated_frames(frames);
            }
            let mut info = body.info("wav", *spec);
            info.expected_frames = believable.then(|| body.frames_in(size)).flatten();
            self.info = Some(info);
        }
        if size == 0 {
            return Ok(self.next(State::EmptyData));
        }
        if unknown {
            self.damage.note(WarningCode::BadSize, || {
                format!("the data size is 0x{size:08X}, which a streaming writer left; all of the input is read")
            })?;
            return Ok(self.next(State::Look { remaining: None }));
        }
        if self.riff_size == 0 || self.riff_unknown {
            let riff_size = self.riff_size;
            self.damage.note(WarningCode::BadSize, || {
                format!("the RIFF size is 0x{riff_size:08X}, though the data size is {size}")
            })?;
        }
        Ok(self.next(State::Look { remaining: Some(size) }))
    }

    /// The number of frames that the file states. Where sizes were filled in, 0 is one that was not; where they were not,
    /// neither was this.
    fn stated_frames(&self, sizes_filled_in: bool) -> Option<u64> {
        let narrow = self.fact_frames.filter(|&frames| !is_placeholder(frames) && (frames > 0 || sizes_filled_in));
        narrow.map(u64::from).or_else(|| self.sizes64.as_ref().map(|sizes| sizes.frames).filter(|&frames| frames > 0))
    }

    /// Where the audio ends, as claimed.
    fn data_end_position(&self) -> u64 {
        self.data_start.saturating_add(self.data_size)
    }

    /// Bytes of a frame or block, and what it is called.
    fn unit(&self) -> (usize, &'static str) {
        self.format.as_ref().map_or((1, "frame"), |(body, _)| (body.unit_bytes(), body.unit()))
    }

    /// The frames that so many bytes of audio give, as far as that can be told.
    fn frames_in(&self, bytes: u64) -> Option<u64> {
        self.format.as_ref().and_then(|(body, _)| body.frames_in(bytes))
    }

    /// Whether what is left of the audio is the pad byte behind blocks of an odd size: sox counts it in the data size, and
    /// where the size is unknown everybody does.
    fn is_counted_pad(&self, left: usize, data_bytes: u64) -> bool {
        let in_blocks = matches!(self.format, Some((Body::Blocks(_), _)));
        left == 1 && in_blocks && self.unit().0 % 2 == 1 && data_bytes.is_multiple_of(2)
    }

    /// Frames out of the next `max_bytes`, or with `None` those that are left after the last byte.
    fn give_frames(&mut self, max_bytes: Option<usize>, out: &mut PcmChunk) -> Result<usize, DecodeError> {
        let Some((body, spec)) = &mut self.format else { return Ok(0) };
        let mut output = Output { chunk: out, spec: *spec, guard: &mut self.guard, damage: &mut self.damage };
        let frames = match max_bytes {
            Some(max_bytes) => body.read(&mut self.queue, max_bytes, &mut output)?,
            None => body.drain(&mut output)?,
        };
        if let Some(info) = &mut self.info {
            body.describe(info);
        }
        let (said, is) = (*spec, out.spec);
        let contradicts = (said.sample_rate, said.channel_count) != (is.sample_rate, is.channel_count);
        if self.frames == 0 && frames > 0 && contradicts {
            let noted = self.damage.note(WarningCode::InconsistentHeader, || {
                format!(
                    "the fmt chunk says {} of {}, but the MP3 stream is {} of {}",
                    counted(said.channel_count),
                    said.sample_rate,
                    counted(is.channel_count),
                    is.sample_rate
                )
            });
            noted.inspect_err(|_| out.clear())?;
        }
        self.frames = self.frames.saturating_add(frames as u64);
        Ok(frames)
    }

    /// Takes the last bytes of the audio, less than a frame or block; how many of them are of no use.
    fn take_part(&mut self, left: usize) -> Result<usize, DecodeError> {
        match &mut self.format {
            Some((body, _)) => body.take_part(&mut self.queue, left, &mut self.damage),
            None => Ok(self.queue.consume(left)),
        }
    }

    /// A size of 0 is right for an empty file, and what is left of a recording that was never closed.
    pub(super) fn empty_data(&mut self) -> Result<Flow, DecodeError> {
        if self.must_wait_for(HEADER_BYTES) {
            return Ok(Flow::Give(Pull::NeedMore));
        }
        let bytes = self.queue.peek();
        if bytes.is_empty() || starts_chunk(bytes, self.is_big_endian, self.data_start, self.riff_end()) {
            if let Some(info) = &mut self.info {
                info.expected_frames = Some(0);
            }
            return Ok(self.next(State::TrailingHeader { pad: false }));
        }
        self.damage
            .note(WarningCode::BadSize, || "the data size is 0 but audio follows; all of it is read".to_owned())?;
        Ok(self.next(State::Look { remaining: None }))
    }

    /// A header of a recorder or a mail system around what was MP3 already: believed by its bytes.
    pub(super) fn look(&mut self, remaining: Option<u64>) -> Result<Flow, DecodeError> {
        let there = self.queue.peek();
        let most = remaining.map_or(there.len(), |r| usize::try_from(r).unwrap_or(usize::MAX).min(there.len()));
        let over = self.finished || remaining.is_some_and(|r| r <= there.len() as u64);
        let verdict = match self.format {
            Some((Body::Mp3(..), _)) | None => Verdict::Other,
            Some(_) => judge(there.get(..most).unwrap_or_default(), over),
        };
        match verdict {
            Verdict::Open => return Ok(Flow::Give(Pull::NeedMore)),
            Verdict::Other => {}
            Verdict::Mp3 => {
                let announced = self.format.as_ref().map(|(body, _)| body.codec()).unwrap_or_default();
                self.damage.note(WarningCode::InconsistentHeader, || {
                    format!("the fmt chunk says {announced}, but the audio is MP3, as which it is decoded")
                })?;
                if let Some((body, spec)) = &mut self.format {
                    *body = Body::Mp3(Box::new(Mp3Decoder::new(&self.input, &self.limits)), false);
                    self.info = Some(body.info("wav", *spec));
                }
            }
        }
        Ok(self.next(State::Data { remaining }))
    }

    pub(super) fn audio(&mut self, remaining: Option<u64>, out: &mut PcmChunk) -> Result<Flow, DecodeError> {
        let max_bytes = remaining.map_or(usize::MAX, |r| usize::try_from(r).unwrap_or(usize::MAX));
        let before = self.queue.position();
        let frames = self.give_frames(Some(max_bytes), out)?;
        let taken = self.queue.position() - before;
        self.state = State::Data { remaining: remaining.map(|r| r.saturating_sub(taken)) };
        if frames > 0 {
            return Ok(Flow::Give(Pull::Frames(frames)));
        }
        if taken > 0 {
            return Ok(Flow::Next);
        }
        if max_bytes < self.unit().0 {
            return Ok(self.next(State::DataEnd { left: max_bytes }));
        }
        if !self.finished {
            return Ok(Flow::Give(Pull::NeedMore));
        }
        self.input_ends_in_audio(remaining.is_some())
    }

    /// The input is over, and at most a part of a frame or block is left.
    fn input_ends_in_audio(&mut self, sized: bool) -> Result<Flow, DecodeError> {
        let partial = self.take_part(self.queue.len())?;
        let (end, claimed) = (self.queue.position(), self.data_size);
        let have = end - self.data_start;
        // The RIFF size agrees with the input: nothing was cut, the data size is wrong.
        let whole_file = self.riff_end().is_some_and(|riff_end| riff_end <= end);
        let cut = sized && !whole_file;
        if sized && whole_file {
            self.damage.note(WarningCode::BadSize, || {
                format!("the data size is {claimed} bytes, but only {have} are left in the RIFF form")
            })?;
        } else if sized {
            self.damage
                .note(WarningCode::Truncated, || format!("the input ends after {have} of {claimed} bytes of audio"))?;
        }
        if partial > 0 && !cut && !self.is_counted_pad(partial, have) {
            let (unit_bytes, unit) = self.unit();
            self.damage.note(WarningCode::Truncated, || {
                format!("the input ends inside a {unit}, after {partial} of {unit_bytes} bytes")
            })?;
        }
        Ok(self.next(State::Drain { after: After::End { cut } }))
    }

    /// The claimed size is used up. Either chunks, junk or nothing follow, or the audio goes on because the size was
    /// never updated.
    pub(super) fn data_end(&mut self, left: usize) -> Result<Flow, DecodeError> {
        let pad = self.data_size % 2 == 1;
        if self.must_wait_for(left + usize::from(pad) + HEADER_BYTES) {
            return Ok(Flow::Give(Pull::NeedMore));
        }
        let Some(rest) = self.queue.peek().get(left..) else {
            return self.input_ends_in_audio(true);
        };
        let data_end = self.data_end_position();
        let claimed = self.data_size;
        if let Some(riff_end) = self.riff_end()
            && riff_end > data_end
            && self.goes_on(rest, pad, riff_end)
        {
            self.damage.note(WarningCode::BadSize, || {
                format!("the data size is {claimed} bytes, but the audio goes on to the end of the RIFF form")
            })?;
            let remaining = riff_end - self.queue.position();
            self.data_size = riff_end - self.data_start;
            let expected = self.frames_in(self.data_size);
            if let Some(info) = &mut self.info {
                info.expected_frames = expected;
            }
            return Ok(self.next(State::Data { remaining: Some(remaining) }));
        }
        // Zeros are as likely padding as silence: they are left out.
        let zeros = rest.iter().take(HEADER_BYTES).all(|&byte| byte == 0);
        if self.riff_end().is_none() && !zeros && self.goes_on(rest, pad, ANY_END) {
            // Neither size can be believed: a recorder that did not come back to its header. The unknown RIFF size was
            // noted when the audio began.
            if let Some(info) = &mut self.info {
                info.expected_frames = None;
            }
            return Ok(self.next(State::Data { remaining: None }));
        }
        let useless = self.take_part(left)?;
        if useless > 0 && !self.is_counted_pad(useless, claimed) {
            let (unit_bytes, unit) = self.unit();
            self.damage.note(WarningCode::Truncated, || {
                format!("the data chunk ends inside a {unit}, after {useless} of {unit_bytes} bytes")
            })?;
        }
        self.note_small_riff(data_end)?;
        Ok(self.next(State::Drain { after: After::Chunks { pad } }))
    }

    /// Gives what frames are left; then, unless the end is missing, there should be as many as were stated.
    pub(super) fn drain(&mut self, after: After, out: &mut PcmChunk) -> Result<Flow, DecodeError> {
        let frames = self.give_frames(None, out)?;
        if frames > 0 {
            return Ok(Flow::Give(Pull::Frames(frames)));
        }
        let fewer = self.format.as_ref().and_then(|(body, _)| body.fewer_than_stated());
        if let Some(there) = fewer.filter(|_| !matches!(after, After::End { cut: true })) {
            let stated = self.stated_frames(true).unwrap_or_default();
            self.damage.note(WarningCode::InconsistentHeader, || {
                format!("the header says {stated} frames, but the audio has only {there}")
            })?;
        }
        match after {
            After::Chunks { pad } => Ok(self.next(State::TrailingHeader { pad })),
            After::End { .. } => self.finish_stream(),
        }
    }

    /// Whether what follows the data chunk is neither a chunk nor padding but more audio, inside the RIFF form.
    fn goes_on(&self, rest: &[u8], pad: bool, riff_end: u64) -> bool {
        let data_end = self.data_end_position();
        let claimed = riff_end - data_end;
        let Some(head) = rest.first_chunk::<HEADER_BYTES>() else { return false };
        let chunk = starts_chunk(rest, self.is_big_endian, data_end, Some(riff_end))
            || pad
                && rest.get(1..).is_some_and(|rest| {
                    starts_chunk(rest, self.is_big_endian, data_end.saturating_add(1), Some(riff_end))
                });
        let zeros = head.iter().all(|&byte| byte == 0);
        !chunk && claimed > if zeros { MAX_PADDING_BYTES } else { HEADER_BYTES as u64 }
    }

    /// A RIFF size that ends inside the audio, when the audio was there.
    fn note_small_riff(&mut self, data_end: u64) -> Result<(), DecodeError> {
        let (riff_size, riff_end) = (self.riff_size, self.riff_size.saturating_add(HEADER_BYTES as u64));
        // 0 was noted when the audio began.
        if riff_size == 0 || riff_end.saturating_add(1) >= data_end {
            return Ok(());
        }
        self.damage.note(WarningCode::BadSize, || {
            format!("the RIFF size ends the file at byte {riff_end}, the audio ends at byte {data_end}")
        })
    }

    pub(super) fn trailing_header(&mut self, pad: bool) -> Result<Flow, DecodeError> {
        if self.must_wait_for(HEADER_BYTES + usize::from(pad)) {
            return Ok(Flow::Give(Pull::NeedMore));
        }
        let skip = self.resolve_pad(pad)?;
        let (position, riff_end) = (self.queue.position() + skip as u64, self.riff_end());
        let rest = self.queue.peek().get(skip..).unwrap_or_default();
        if rest.is_empty() {
            self.queue.consume(skip);
            self.note_large_riff()?;
            return self.finish_stream();
        }
        // Without a believable RIFF size a printable id is enough: the audio is over in any case.
        let plausible = |header: &ChunkHeader| {
            starts_chunk(rest, self.is_big_endian, position, riff_end) || riff_end.is_none() && is_printable(header.id)
        };
        let header = ChunkHeader::read(rest, self.is_big_endian).filter(plausible);
        self.queue.consume(skip);
        self.chunk_count = self.chunk_count.saturating_add(1);
        let Some(header) = header.filter(|_| self.chunk_count <= MAX_CHUNKS) else {
            return Ok(self.next(State::Behind));
        };
        if header.id == *b"data" && header.size > 0 {
            self.damage.note(WarningCode::JunkSkipped, || {
                format!("a second data chunk of {} bytes at byte {position} is left out", header.size)
            })?;
        }
        self.queue.consume(HEADER_BYTES);
        let size = self.size_of(header);
        Ok(self.next(State::TrailingSkip { id: header.id, remaining: size, pad: size % 2 == 1 }))
    }

    pub(super) fn trailing_skip(&mut self, id: Id, remaining: u64, pad: bool) -> Result<Flow, DecodeError> {
        let left = self.consume_up_to(remaining);
        if left == 0 {
            return Ok(self.next(State::TrailingHeader { pad }));
        }
        if !self.finished {
            self.state = State::TrailingSkip { id, remaining: left, pad };
            return Ok(Flow::Give(Pull::NeedMore));
        }
        self.damage.note(WarningCode::Truncated, || {
            format!("the input ends inside the {} chunk after the audio, {left} bytes short", show(id))
        })?;
        self.finish_stream()
    }

    /// What stands behind the last chunk: an MP3 stream, perhaps behind a tag of its own, or junk.
    pub(super) fn behind(&mut self) -> Flow {
        let found = if self.seeks_sequel { mpeg::begins(self.queue.peek(), self.finished) } else { Verdict::Other };
        match found {
            Verdict::Open => Flow::Give(Pull::NeedMore),
            Verdict::Other => self.next(State::Junk { bytes: 0 }),
            Verdict::Mp3 => {
                self.sequel = Some(self.queue.peek().to_vec());
                self.queue.consume(usize::MAX);
                if self.frames == 0 {
                    self.damage.note_empty();
                }
                self.next(State::End)
            }
        }
    }

    pub(super) fn junk(&mut self, bytes: u64) -> Result<Flow, DecodeError> {
        let bytes = bytes.saturating_add(self.queue.consume(usize::MAX) as u64);
        if !self.finished {
            self.state = State::Junk { bytes };
            return Ok(Flow::Give(Pull::NeedMore));
        }
        let surplus = self.riff_end().map(|end| self.queue.position().saturating_sub(end));
        if let Some(feeds) = surplus.and_then(|surplus| self.line_feeds.explain(surplus)) {
            return Err(DecodeError::Malformed(format!(
                "the file was transferred in text mode: a carriage return was put in front of each of its {feeds} line \
                 feeds; transfer it again in binary mode"
            )));
        }
        self.damage
            .note(WarningCode::JunkSkipped, || format!("{bytes} bytes after the audio are no part of the WAV file"))?;
        self.finish_stream()
    }

    /// A RIFF size beyond the end of an input that is otherwise complete.
    fn note_large_riff(&mut self) -> Result<(), DecodeError> {
        let end = self.queue.position();
        match self.riff_end() {
            Some(riff_end) if riff_end > end.saturating_add(1) => self.damage.note(WarningCode::BadSize, || {
                format!("the RIFF size ends the file at byte {riff_end}, the input ends at byte {end}")
            }),
            _ => Ok(()),
        }
    }

    fn finish_stream(&mut self) -> Result<Flow, DecodeError> {
        if self.frames == 0 {
            self.damage.note_empty();
        }
        Ok(self.next(State::End))
    }
}
