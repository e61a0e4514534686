//! Codecs that turn blocks of bytes into 16-bit samples, and the frames they made that wait.

use voxline_core::AudioSpec;
use voxline_core::report::WarningCode;

use crate::adpcm::ima::ImaAdpcm;
use crate::adpcm::ms::MsAdpcm;
use crate::bytes::ByteQueue;
use crate::damage::Damage;
use crate::g722::{BYTE_SAMPLES, G722};
use crate::gsm::{self, FRAME_BYTES, FRAME_SAMPLES, Gsm, PAIR_BYTES};
use crate::limits::DurationGuard;
use crate::pcm::{CHUNK_FRAMES, push_s16};
use crate::{DecodeError, PcmChunk};

/// A codec of whole blocks.
#[derive(Debug)]
pub(crate) enum BlockCodec {
    Ima(ImaAdpcm),
    Ms(MsAdpcm),
    /// Frames of 33 bytes.
    GsmFrames(Gsm),
    /// Microsoft's pairs of frames, 65 bytes.
    GsmPairs(Gsm),
    G722(G722),
}

impl BlockCodec {
    /// The codec's name in reports.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Ima(_) => "adpcm_ima",
            Self::Ms(_) => "adpcm_ms",
            Self::GsmFrames(_) | Self::GsmPairs(_) => "gsm",
            Self::G722(_) => "g722",
        }
    }

    /// Whether the last block of a file may hold more than the audio.
    pub(crate) fn fills_up(&self) -> bool {
        !matches!(self, Self::G722(_))
    }

    fn block_bytes(&self) -> usize {
        match self {
            Self::Ima(codec) => codec.block_bytes(),
            Self::Ms(codec) => codec.block_bytes(),
            Self::GsmFrames(_) => FRAME_BYTES,
            Self::GsmPairs(_) => PAIR_BYTES,
            Self::G722(_) => 1,
        }
    }

    fn block_frames(&self) -> usize {
        match self {
            Self::Ima(codec) => codec.block_frames(),
            Self::Ms(codec) => codec.block_frames(),
            Self::GsmFrames(_) => FRAME_SAMPLES,
            Self::GsmPairs(_) => 2 * FRAME_SAMPLES,
            Self::G722(_) => BYTE_SAMPLES,
        }
    }

    /// Frames in the first bytes of a block that is cut short, and how many of the bytes they take.
    fn in_part(&self, bytes: usize) -> (usize, usize) {
        match self {
            Self::Ima(codec) => {
                let frames = codec.frames_in(bytes);
                (frames, codec.bytes_of(frames))
            }
            Self::Ms(codec) => match codec.frames_in(bytes) {
                0 => (0, 0),
                frames => (frames, bytes),
            },
            // The first frame of a pair ends in the middle of its 33rd byte.
            Self::GsmPairs(_) if bytes >= FRAME_BYTES => (FRAME_SAMPLES, FRAME_BYTES),
            Self::GsmPairs(_) | Self::GsmFrames(_) | Self::G722(_) => (0, 0),
        }
    }

    fn check(&self, block: &[u8]) -> Result<(), String> {
        match self {
            Self::Ima(codec) => codec.check(block),
            Self::Ms(codec) => codec.check(block),
            Self::GsmFrames(_) => gsm::check_frame(block),
            Self::GsmPairs(_) | Self::G722(_) => Ok(()),
        }
    }

    /// Decodes whole blocks, or the part of one.
    fn decode(&mut self, bytes: &[u8], out: &mut Vec<i16>) {
        let blocks = bytes.chunks(self.block_bytes());
        match self {
            Self::Ima(codec) => blocks.for_each(|block| codec.decode(block, out)),
            Self::Ms(codec) => blocks.for_each(|block| codec.decode(block, out)),
            Self::GsmFrames(codec) => blocks.for_each(|block| codec.decode_frame(block, out)),
            Self::GsmPairs(codec) => blocks.for_each(|block| codec.decode_pair(block, out)),
            Self::G722(codec) => codec.decode(bytes, out),
        }
    }
}

/// A stream of blocks.
///
/// Blocks are whole, so the last one of a file is filled up. A stated length cuts that off; while it may still be right,
/// frames beyond it are held back, and as soon as another block follows it is disbelieved.
#[derive(Debug)]
pub(crate) struct Blocks {
    codec: BlockCodec,
    channels: usize,
    /// Decoded samples; those before `start` were given out.
    samples: Vec<i16>,
    start: usize,
    decoded_frames: u64,
    given_frames: u64,
    stated_frames: Option<u64>,
    bad_blocks: u64,
}

impl Blocks {
    pub(crate) fn new(codec: BlockCodec, channels: usize) -> Self {
        Self {
            codec,
            channels,
            samples: Vec::new(),
            start: 0,
            decoded_frames: 0,
            given_frames: 0,
            stated_frames: None,
            bad_blocks: 0,
        }
    }

    pub(crate) fn codec(&self) -> &BlockCodec {
        &self.codec
    }

    pub(crate) fn block_bytes(&self) -> usize {
        self.codec.block_bytes()
    }

    /// Blocks that were damaged so far.
    pub(crate) fn bad_blocks(&self) -> u64 {
        self.bad_blocks
    }

    /// Frames that so many bytes hold, without regard to a stated length.
    pub(crate) fn frames_in(&self, bytes: u64) -> u64 {
        let block_bytes = self.block_bytes() as u64;
        let part = self.codec.in_part((bytes % block_bytes) as usize).0;
        (bytes / block_bytes).saturating_mul(self.codec.block_frames() as u64).saturating_add(part as u64)
    }

    /// Takes over what the file says of its length, before anything is decoded.
    pub(crate) fn set_stated_frames(&mut self, frames: u64) {
        self.stated_frames = Some(frames);
    }

    /// The length that the file states, as far as it is still believed.
    pub(crate) fn stated_frames(&self) -> Option<u64> {
        self.stated_frames
    }

    /// The frames decoded, when the file states more than that.
    pub(crate) fn fewer_than_stated(&self) -> Option<u64> {
        self.stated_frames.is_some_and(|stated| stated > self.decoded_frames).then_some(self.decoded_frames)
    }

    /// Gives the next frames out of whole blocks among the first `max_bytes` of the queue; 0 when none can be given yet,
    /// even if blocks were taken.
    pub(crate) fn read(
        &mut self,
        queue: &mut ByteQueue,
        max_bytes: usize,
        damage: &mut Damage,
        out: (&mut PcmChunk, AudioSpec, &mut DurationGuard),
    ) -> Result<usize, DecodeError> {
        if self.ready() == 0 {
            let (block_bytes, block_frames) = (self.codec.block_bytes(), self.codec.block_frames());
            let there = queue.len().min(max_bytes) / block_bytes;
            let wanted = there.min((CHUNK_FRAMES / block_frames).max(1));
            let bytes = queue.peek().get(..wanted * block_bytes).unwrap_or_default();
            let taken = self.take_sound_blocks(bytes, damage)?;
            queue.consume(taken);
        }
        self.give(out)
    }

    /// Decodes blocks up to the first one about which something is to be said; that one alone, when it is the first. What
    /// is given before an error then does not depend on how many blocks were there.
    fn take_sound_blocks(&mut self, bytes: &[u8], damage: &mut Damage) -> Result<usize, DecodeError> {
        let (block_bytes, block_frames) = (self.codec.block_bytes(), self.codec.block_frames() as u64);
        let Some(first) = bytes.get(..block_bytes) else { return Ok(0) };
        self.doubt_stated_length(damage)?;
        let before_stated =
            self.stated_frames.map_or(u64::MAX, |stated| (stated - self.decoded_frames).div_ceil(block_frames));
        let most = usize::try_from(before_stated).unwrap_or(usize::MAX);
        let blocks = bytes.chunks(block_bytes).take(most).take_while(|block| self.codec.check(block).is_ok()).count();
        if blocks == 0 {
            self.note_damage(first, damage)?;
        }
        let taken = blocks.max(1) * block_bytes;
        self.decode(bytes.get(..taken).unwrap_or_default());
        Ok(taken)
    }

    /// Another block comes, though the stated frames are there already.
    fn doubt_stated_length(&mut self, damage: &mut Damage) -> Result<(), DecodeError> {
        let Some(stated) = self.stated_frames.filter(|&stated| self.decoded_frames >= stated) else { return Ok(()) };
        self.stated_frames = None;
        damage.note(WarningCode::InconsistentHeader, || {
            format!("the header says {stated} frames, but the audio goes on after them; all of it is used")
        })
    }

    fn note_damage(&mut self, block: &[u8], damage: &mut Damage) -> Result<(), DecodeError> {
        let Err(fault) = self.codec.check(block) else { return Ok(()) };
        self.bad_blocks = self.bad_blocks.saturating_add(1);
        damage.note(WarningCode::BadFrames, || fault)
    }

    fn decode(&mut self, bytes: &[u8]) {
        self.samples.drain(..self.start);
        self.start = 0;
        let before = self.samples.len();
        self.codec.decode(bytes, &mut self.samples);
        let frames = (self.samples.len() - before) / self.channels;
        self.decoded_frames = self.decoded_frames.saturating_add(frames as u64);
    }

    /// Takes the first `left` bytes of the queue, a block cut short, at the end of the audio. How many of them are no
    /// whole frame.
    pub(crate) fn take_part(
        &mut self,
        queue: &mut ByteQueue,
        left: usize,
        damage: &mut Damage,
    ) -> Result<usize, DecodeError> {
        let bytes = queue.peek().get(..left).unwrap_or_default();
        let (frames, used) = self.codec.in_part(left);
        if frames > 0 {
            self.doubt_stated_length(damage)?;
            self.note_damage(bytes, damage)?;
            self.decode(bytes.get(..used).unwrap_or_default());
        }
        queue.consume(left);
        Ok(left - used)
    }

    /// Gives frames that wait, a bounded number of them.
    pub(crate) fn give(
        &mut self,
        (out, spec, guard): (&mut PcmChunk, AudioSpec, &mut DurationGuard),
    ) -> Result<usize, DecodeError> {
        let frames = guard.admit(self.ready().min(CHUNK_FRAMES), spec.sample_rate)?;
        if frames > 0 {
            let end = self.start + frames * self.channels;
            out.spec = spec;
            push_s16(self.samples.get(self.start..end).unwrap_or_default(), &mut out.samples);
            self.start = end;
            self.given_frames = self.given_frames.saturating_add(frames as u64);
        }
        Ok(frames)
    }

    /// Frames that wait and are not held back.
    fn ready(&self) -> usize {
        let waiting = (self.samples.len() - self.start) / self.channels;
        let allowed = self.stated_frames.map_or(u64::MAX, |stated| stated.saturating_sub(self.given_frames));
        waiting.min(usize::try_from(allowed).unwrap_or(usize::MAX))
    }
}
