//! The chunks before the audio that mean something: `fmt `, `fact`, `ds64`.

use super::chunks::ChunkHeader;
use super::sizes::Sizes64;
use super::{Flow, State, WavDecoder, fmt, swapped};
use crate::probe::text::{MANGLED, holds_replacement};
use crate::{DecodeError, Pull};

/// Bytes of the `fact` chunk that mean something: the number of frames.
const FACT_BYTES: usize = 4;

impl WavDecoder {
    pub(super) fn skip_chunk(&mut self, header: ChunkHeader) -> Flow {
        let size = self.size_of(header);
        self.next(State::Skip { remaining: size, pad: size % 2 == 1 })
    }

    /// The size of a chunk: that of its header, or of the `ds64` chunk if the header refers to it.
    pub(super) fn size_of(&self, header: ChunkHeader) -> u64 {
        let wide = self.sizes64.as_ref().filter(|_| header.size == u32::MAX).and_then(|sizes| sizes.of(header.id));
        wide.unwrap_or(u64::from(header.size))
    }

    /// The beginning of a chunk, at most `most` bytes of it; `None`: more bytes are needed.
    fn chunk_start(&self, size: u32, most: usize) -> Result<Option<&[u8]>, DecodeError> {
        let kept = usize::try_from(size).unwrap_or(usize::MAX).min(most);
        if self.must_wait_for(kept) {
            return Ok(None);
        }
        self.queue.peek().get(..kept).map(Some).ok_or_else(|| self.ends_early())
    }

    /// Leaves the rest of a chunk out whose first bytes were looked at.
    fn skip_rest(&mut self, size: u32, kept: usize) -> Flow {
        self.queue.consume(kept);
        self.next(State::Skip { remaining: u64::from(size).saturating_sub(kept as u64), pad: size % 2 == 1 })
    }

    pub(super) fn format_chunk(&mut self, size: u32) -> Result<Flow, DecodeError> {
        let Some(tag) = self.chunk_start(size, 2)? else { return Ok(Flow::Give(Pull::NeedMore)) };
        let most = fmt::bytes_of(tag).max(swapped::BYTES);
        let Some(chunk) = self.chunk_start(size, most)?.map(<[u8]>::to_vec) else {
            return Ok(Flow::Give(Pull::NeedMore));
        };
        if holds_replacement(&chunk) {
            return Err(DecodeError::Malformed(format!("the WAV file is {MANGLED}")));
        }
        let format = match self.is_big_endian {
            true => swapped::parse(&chunk, &self.input, &self.limits, &mut self.damage)?,
            false => fmt::parse(&chunk, &self.input, &self.limits, &mut self.damage)?,
        };
        self.format = Some(format);
        Ok(self.skip_rest(size, chunk.len()))
    }

    pub(super) fn fact_chunk(&mut self, size: u32) -> Result<Flow, DecodeError> {
        let Some(chunk) = self.chunk_start(size, FACT_BYTES)? else { return Ok(Flow::Give(Pull::NeedMore)) };
        let (kept, frames) = (chunk.len(), chunk.first_chunk().copied().map(|bytes| self.u32(bytes)));
        self.fact_frames = frames;
        Ok(self.skip_rest(size, kept))
    }

    pub(super) fn sizes64_chunk(&mut self, size: u32) -> Result<Flow, DecodeError> {
        let Some(chunk) = self.chunk_start(size, Sizes64::MOST_BYTES)? else { return Ok(Flow::Give(Pull::NeedMore)) };
        let (kept, sizes) = (chunk.len(), Sizes64::read(chunk));
        if let Some(sizes) = &sizes
            && self.riff_size == u64::from(u32::MAX)
            && sizes.riff > 0
        {
            (self.riff_size, self.riff_unknown) = (sizes.riff, false);
        }
        self.sizes64 = sizes;
        Ok(self.skip_rest(size, kept))
    }
}
