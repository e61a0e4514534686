//! The audio and what stands behind it.

use voxline_core::report::WarningCode;

use super::chunks::{ChunkHeader, HEADER_BYTES, Id, is_placeholder, is_printable, show, starts_chunk};
use super::fmt::WavFormat;
use super::{Flow, MAX_CHUNKS, State, WavDecoder};
use crate::pcm::{codec_name, take_frames};
use crate::{DecodeError, PcmChunk, Pull, StreamInfo};

/// The end of a RIFF form whose size says nothing: far beyond any input, with room to add to.
const ANY_END: u64 = 1 << 62;
/// Zero bytes after the data chunk are padding to a sector or cluster of the recorder's disk up to this length, and
/// silence beyond it.
const MAX_PADDING_BYTES: u64 = 64 * 1024;

impl WavDecoder {
    /// The header of the data chunk was read: the stream is known, its length perhaps.
    pub(super) fn begin_data(&mut self, size: u32, format: WavFormat) -> Result<Flow, DecodeError> {
        self.data_start = self.queue.position();
        self.data_size = size;
        let fits = self.riff_end().is_none_or(|end| self.data_end_position() <= end.saturating_add(1));
        let believable = size > 0 && !is_placeholder(size) && fits;
        self.info = Some(StreamInfo {
            container: "wav",
            codec: codec_name(format.sample),
            spec: format.spec,
            expected_frames: believable.then(|| u64::from(size) / format.frame_bytes() as u64),
            encoder_delay_frames: None,
            encoder_padding_frames: None,
            bad_frames: 0,
        });
        if size == 0 {
            return Ok(self.next(State::EmptyData));
        }
        if is_placeholder(size) {
            self.damage.note(WarningCode::BadSize, || {
                format!("the data size is 0x{size:08X}, which a streaming writer left; all of the input is read")
            })?;
            return Ok(self.next(State::Data { remaining: None }));
        }
        if self.riff_size == 0 || is_placeholder(self.riff_size) {
            let riff_size = self.riff_size;
            self.damage.note(WarningCode::BadSize, || {
                format!("the RIFF size is 0x{riff_size:08X}, though the data size is {size}")
            })?;
        }
        Ok(self.next(State::Data { remaining: Some(u64::from(size)) }))
    }

    /// Where the audio ends, as claimed.
    fn data_end_position(&self) -> u64 {
        self.data_start.saturating_add(u64::from(self.data_size))
    }

    /// A size of 0 is right for an empty file, and what is left of a recording that was never closed.
    pub(super) fn empty_data(&mut self) -> Result<Flow, DecodeError> {
        if self.must_wait_for(HEADER_BYTES) {
            return Ok(Flow::Give(Pull::NeedMore));
        }
        let bytes = self.queue.peek();
        if bytes.is_empty() || starts_chunk(bytes, self.data_start, self.riff_end()) {
            if let Some(info) = &mut self.info {
                info.expected_frames = Some(0);
            }
            return Ok(self.next(State::TrailingHeader { pad: false }));
        }
        self.damage
            .note(WarningCode::BadSize, || "the data size is 0 but audio follows; all of it is read".to_owned())?;
        Ok(self.next(State::Data { remaining: None }))
    }

    pub(super) fn audio(&mut self, remaining: Option<u64>, out: &mut PcmChunk) -> Result<Flow, DecodeError> {
        let Some(format) = self.format else { return Ok(self.next(State::End)) };
        let frame_bytes = format.frame_bytes();
        let max_bytes = remaining.map_or(usize::MAX, |r| usize::try_from(r).unwrap_or(usize::MAX));
        let frames = take_frames(&mut self.queue, (format.sample, format.spec), max_bytes, &mut self.guard, out)?;
        if frames > 0 {
            self.frames = self.frames.saturating_add(frames as u64);
            let remaining = remaining.map(|r| r.saturating_sub((frames * frame_bytes) as u64));
            self.state = State::Data { remaining };
            return Ok(Flow::Give(Pull::Frames(frames)));
        }
        if max_bytes < frame_bytes {
            return Ok(self.next(State::DataEnd { left: max_bytes }));
        }
        if !self.finished {
            return Ok(Flow::Give(Pull::NeedMore));
        }
        self.input_ends_in_audio(remaining.is_some(), frame_bytes)
    }

    /// The input is over, and at most a part of a frame is left.
    fn input_ends_in_audio(&mut self, sized: bool, frame_bytes: usize) -> Result<Flow, DecodeError> {
        let partial = self.queue.consume(usize::MAX);
        let (end, claimed) = (self.queue.position(), self.data_size);
        let have = end - self.data_start;
        // The RIFF size agrees with the input: nothing was cut, the data size is wrong.
        let whole_file = self.riff_end().is_some_and(|riff_end| riff_end <= end);
        if sized && whole_file {
            self.damage.note(WarningCode::BadSize, || {
                format!("the data size is {claimed} bytes, but only {have} are left in the RIFF form")
            })?;
        } else if sized {
            self.damage
                .note(WarningCode::Truncated, || format!("the input ends after {have} of {claimed} bytes of audio"))?;
        }
        if partial > 0 && (!sized || whole_file) {
            self.damage.note(WarningCode::Truncated, || {
                format!("the input ends inside a frame, after {partial} of {frame_bytes} bytes")
            })?;
        }
        self.finish_stream()
    }

    /// The claimed size is used up. Either chunks, junk or nothing follow, or the audio goes on because the size was
    /// never updated.
    pub(super) fn data_end(&mut self, left: usize) -> Result<Flow, DecodeError> {
        let pad = self.data_size % 2 == 1;
        if self.must_wait_for(left + usize::from(pad) + HEADER_BYTES) {
            return Ok(Flow::Give(Pull::NeedMore));
        }
        let frame_bytes = self.format.map_or(1, WavFormat::frame_bytes);
        let Some(rest) = self.queue.peek().get(left..) else {
            return self.input_ends_in_audio(true, frame_bytes);
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
            self.data_size = u32::try_from(riff_end - self.data_start).unwrap_or(u32::MAX);
            if let Some(info) = &mut self.info {
                info.expected_frames = Some(u64::from(self.data_size) / frame_bytes as u64);
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
        if left > 0 {
            self.damage.note(WarningCode::Truncated, || {
                format!("the data chunk ends inside a frame, after {left} of {frame_bytes} bytes")
            })?;
        }
        self.note_small_riff(data_end)?;
        self.queue.consume(left);
        Ok(self.next(State::TrailingHeader { pad }))
    }

    /// Whether what follows the data chunk is neither a chunk nor padding but more audio, inside the RIFF form.
    fn goes_on(&self, rest: &[u8], pad: bool, riff_end: u64) -> bool {
        let data_end = self.data_end_position();
        let claimed = riff_end - data_end;
        let Some(head) = rest.first_chunk::<HEADER_BYTES>() else { return false };
        let chunk = starts_chunk(rest, data_end, Some(riff_end))
            || pad && rest.get(1..).is_some_and(|rest| starts_chunk(rest, data_end + 1, Some(riff_end)));
        let zeros = head.iter().all(|&byte| byte == 0);
        !chunk && claimed > if zeros { MAX_PADDING_BYTES } else { HEADER_BYTES as u64 }
    }

    /// A RIFF size that ends inside the audio, when the audio was there.
    fn note_small_riff(&mut self, data_end: u64) -> Result<(), DecodeError> {
        let (riff_size, riff_end) = (self.riff_size, u64::from(self.riff_size) + HEADER_BYTES as u64);
        // 0 was noted when the audio began.
        if riff_size == 0 || riff_end + 1 >= data_end {
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
            starts_chunk(rest, position, riff_end) || riff_end.is_none() && is_printable(header.id)
        };
        let header = ChunkHeader::read(rest).filter(plausible);
        self.queue.consume(skip);
        self.chunk_count = self.chunk_count.saturating_add(1);
        let Some(header) = header.filter(|_| self.chunk_count <= MAX_CHUNKS) else {
            return Ok(self.next(State::Junk { bytes: 0 }));
        };
        if header.id == *b"data" && header.size > 0 {
            self.damage.note(WarningCode::JunkSkipped, || {
                format!("a second data chunk of {} bytes at byte {position} is left out", header.size)
            })?;
        }
        self.queue.consume(HEADER_BYTES);
        Ok(self.next(State::TrailingSkip { id: header.id, remaining: u64::from(header.size), pad: header.padded() }))
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

    pub(super) fn junk(&mut self, bytes: u64) -> Result<Flow, DecodeError> {
        let bytes = bytes.saturating_add(self.queue.consume(usize::MAX) as u64);
        if !self.finished {
            self.state = State::Junk { bytes };
            return Ok(Flow::Give(Pull::NeedMore));
        }
        self.damage
            .note(WarningCode::JunkSkipped, || format!("{bytes} bytes after the audio are no part of the WAV file"))?;
        self.finish_stream()
    }

    /// A RIFF size beyond the end of an input that is otherwise complete.
    fn note_large_riff(&mut self) -> Result<(), DecodeError> {
        let end = self.queue.position();
        match self.riff_end() {
            Some(riff_end) if riff_end > end + 1 => self.damage.note(WarningCode::BadSize, || {
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
