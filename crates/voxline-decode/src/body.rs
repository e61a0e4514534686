//! What the bytes of a container's audio are and how they become frames: the part that containers share.

use std::fmt;

use voxline_core::{AudioSpec, SampleFormat};

use crate::blocks::Blocks;
use crate::bytes::ByteQueue;
use crate::damage::Damage;
use crate::limits::DurationGuard;
use crate::pcm::{codec_name, take_frames};
use crate::{Decode, DecodeError, Mp3Decoder, PcmChunk, Pull, StreamInfo};

/// Bytes that go to the MP3 decoder at once.
const MP3_PIECE_BYTES: usize = 16 * 1024;

/// The audio of a container.
pub(crate) enum Body {
    /// Samples one behind the other; the number is the bytes of a frame.
    Samples(SampleFormat, usize),
    Blocks(Box<Blocks>),
    /// An MP3 stream, and whether any of it was seen.
    Mp3(Box<Mp3Decoder>, bool),
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Body").field(&self.codec()).finish()
    }
}

/// What a body needs to give frames.
pub(crate) struct Output<'a> {
    pub(crate) chunk: &'a mut PcmChunk,
    pub(crate) spec: AudioSpec,
    pub(crate) guard: &'a mut DurationGuard,
    pub(crate) damage: &'a mut Damage,
}

impl Body {
    /// Samples one behind the other.
    pub(crate) fn samples(format: SampleFormat, spec: AudioSpec) -> Self {
        Self::Samples(format, format.bytes() * spec.channels())
    }

    /// The codec's name in reports.
    pub(crate) fn codec(&self) -> String {
        match self {
            Self::Samples(format, _) => codec_name(*format),
            Self::Blocks(blocks) => blocks.codec().name().to_owned(),
            Self::Mp3(..) => "mp3".to_owned(),
        }
    }

    /// Bytes of the smallest whole thing: a frame of samples, a block.
    pub(crate) fn unit_bytes(&self) -> usize {
        match self {
            Self::Samples(_, frame_bytes) => *frame_bytes,
            Self::Blocks(blocks) => blocks.block_bytes(),
            Self::Mp3(..) => 1,
        }
    }

    /// What the smallest whole thing is called.
    pub(crate) fn unit(&self) -> &'static str {
        match self {
            Self::Blocks(_) => "block",
            Self::Samples(..) | Self::Mp3(..) => "frame",
        }
    }

    /// Frames that so many bytes will give; `None` when that cannot be told.
    pub(crate) fn frames_in(&self, bytes: u64) -> Option<u64> {
        match self {
            Self::Samples(_, frame_bytes) => Some(bytes / *frame_bytes as u64),
            Self::Blocks(blocks) => {
                let room = blocks.frames_in(bytes);
                Some(blocks.stated_frames().map_or(room, |stated| stated.min(room)))
            }
            Self::Mp3(..) => None,
        }
    }

    /// Takes over the number of frames that the container states. It only matters where blocks are filled up.
    pub(crate) fn set_stated_frames(&mut self, frames: u64) {
        if let Self::Blocks(blocks) = self {
            blocks.set_stated_frames(frames);
        }
    }

    /// The frames that were there, when the container states more of them.
    pub(crate) fn fewer_than_stated(&self) -> Option<u64> {
        match self {
            Self::Blocks(blocks) => blocks.fewer_than_stated(),
            Self::Samples(..) | Self::Mp3(..) => None,
        }
    }

    /// What is known at the start of a stream.
    pub(crate) fn info(&self, container: &'static str, spec: AudioSpec) -> StreamInfo {
        let mut info = StreamInfo {
            container,
            codec: self.codec(),
            spec,
            expected_frames: None,
            encoder_delay_frames: None,
            encoder_padding_frames: None,
            states_length: false,
            bad_frames: 0,
        };
        self.describe(&mut info);
        info
    }

    /// Brings up to date what the audio itself tells.
    pub(crate) fn describe(&self, info: &mut StreamInfo) {
        match self {
            Self::Samples(..) => info.states_length = true,
            Self::Blocks(blocks) => {
                info.bad_frames = blocks.bad_blocks();
                info.states_length = blocks.stated_frames().is_some() || !blocks.codec().fills_up();
            }
            Self::Mp3(decoder, _) => {
                if let Some(stream) = decoder.info() {
                    let container = info.container;
                    info.clone_from(stream);
                    info.container = container;
                }
            }
        }
    }

    /// Gives the next frames out of the first `max_bytes` of the queue. 0 when there are none; bytes may have been taken
    /// all the same, and if none were, more are needed.
    pub(crate) fn read(
        &mut self,
        queue: &mut ByteQueue,
        max_bytes: usize,
        out: &mut Output<'_>,
    ) -> Result<usize, DecodeError> {
        match self {
            Self::Samples(format, _) => {
                out.damage.check_pending()?;
                match take_frames(queue, (*format, out.spec), max_bytes, out.guard, out.chunk)? {
                    0 => Ok(0),
                    _ => out.damage.fill_holes(*format, out.chunk),
                }
            }
            Self::Blocks(blocks) => {
                blocks.read(queue, max_bytes, out.damage, (&mut *out.chunk, out.spec, &mut *out.guard))
            }
            Self::Mp3(decoder, seen) => {
                let frames = pull_mp3(decoder, out)?;
                if frames > 0 {
                    return Ok(frames);
                }
                let piece = queue.len().min(max_bytes).min(MP3_PIECE_BYTES);
                decoder.push(queue.peek().get(..piece).unwrap_or_default())?;
                *seen |= queue.consume(piece) > 0;
                pull_mp3(decoder, out)
            }
        }
    }

    /// Takes the first `left` bytes of the queue, less than a unit, at the end of the audio. How many of them are of no
    /// use.
    pub(crate) fn take_part(
        &mut self,
        queue: &mut ByteQueue,
        left: usize,
        damage: &mut Damage,
    ) -> Result<usize, DecodeError> {
        match self {
            Self::Blocks(blocks) => blocks.take_part(queue, left, damage),
            Self::Samples(..) | Self::Mp3(..) => Ok(queue.consume(left)),
        }
    }

    /// Gives frames that are left after the last byte; 0 when that was all.
    pub(crate) fn drain(&mut self, out: &mut Output<'_>) -> Result<usize, DecodeError> {
        match self {
            Self::Samples(..) | Self::Mp3(_, false) => Ok(0),
            Self::Blocks(blocks) => blocks.give((&mut *out.chunk, out.spec, &mut *out.guard)),
            Self::Mp3(decoder, true) => {
                decoder.finish();
                pull_mp3(decoder, out)
            }
        }
    }
}

/// The decoder notes what it finds where the container notes it.
fn pull_mp3(decoder: &mut Mp3Decoder, out: &mut Output<'_>) -> Result<usize, DecodeError> {
    std::mem::swap(decoder.damage_mut(), out.damage);
    let pulled = decoder.pull(out.chunk);
    std::mem::swap(decoder.damage_mut(), out.damage);
    Ok(match pulled? {
        Pull::Frames(frames) => frames,
        Pull::NeedMore | Pull::End => 0,
    })
}
