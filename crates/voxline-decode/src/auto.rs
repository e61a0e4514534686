//! The decoder that finds out what the input is.

mod glue;
mod junk;

use voxline_core::options::{InputOptions, LimitOptions};
use voxline_core::report::Warning;

use crate::bytes::ByteQueue;
use crate::limits::DurationGuard;
use crate::probe::signature::{Found, Kinds, find};
use crate::probe::{TAGS_BYTES, WINDOW_BYTES, describe_unknown, look, supported};
use crate::{
    AiffDecoder, AuDecoder, Decode, DecodeError, Mp3Decoder, PcmChunk, Probe, Pull, RawDecoder, SpeexDecoder,
    SpxDecoder, StreamInfo, WavDecoder,
};
use glue::Story;

/// Bytes before the first look; then at every doubling, so that the looks together stay linear.
const FIRST_LOOK_BYTES: usize = 12;
/// By then the content is decided.
const MAX_BUFFER_BYTES: usize = TAGS_BYTES + WINDOW_BYTES;
/// Input is taken in pieces of this size, so that little is kept twice.
const PIECE_BYTES: usize = 64 * 1024;

/// Decodes WAV, AU, AIFF, MP3, Ogg Speex and what the features of this crate bring: the content says which. Headerless
/// audio is decoded where `input.raw_format` or `input.speex_framing` is set.
///
/// Junk in front of a file is left out, up to 64 KiB of it; files that stand one behind the other are decoded one after
/// the other, but for M4A behind plain samples, which is junk there. Both with a warning, or an error under `strict`.
///
/// It also keeps `limits.max_input_bytes`, for every container alike: bytes up to the limit are decoded, then comes the
/// error.
///
/// **Errors**: [`DecodeError::Unsupported`] saying what was seen and what is supported; those of the decoders.
///
/// **Allocation**: a little more than 1 MiB until the content is known, then that of the decoder.
///
/// ```
/// use voxline_core::{AudioSpec, Options, SampleRate};
/// use voxline_decode::{Decode, Decoder, PcmChunk, Pull};
/// let wav = b"RIFF\x28\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1F\0\0\x80\x3E\0\0\x02\0\x10\0data\x04\0\0\0\0\x40\0\xC0";
/// let options = Options::default();
/// let mut decoder = Decoder::new(&options.input, &options.limits);
/// for piece in wav.chunks(7) {
///     decoder.push(piece)?;
/// }
/// decoder.finish();
/// let mut chunk = PcmChunk::new(AudioSpec::new(SampleRate::new(8000)?, 1)?);
/// assert_eq!(decoder.pull(&mut chunk)?, Pull::Frames(2));
/// assert_eq!(chunk.samples, [0.5, -0.5]);
/// assert_eq!(decoder.pull(&mut chunk)?, Pull::End);
/// # Ok::<(), voxline_core::Error>(())
/// ```
pub struct Decoder {
    input: InputOptions,
    limits: LimitOptions,
    stage: Stage,
    /// Bytes that no decoder has yet.
    queue: ByteQueue,
    input_bytes: u64,
    /// More was pushed than `limits.max_input_bytes`.
    over: bool,
    finished: bool,
    guard: DurationGuard,
    story: Story,
    failed: Option<DecodeError>,
}

/// What is looked for within plain samples, and within coded ones.
const SAMPLES: Kinds = Kinds { ogg: true, mp4: false };
const CODED: Kinds = Kinds { ogg: true, mp4: true };

enum Stage {
    Probing {
        next_look: usize,
    },
    Decoding {
        decoder: Box<dyn Decode>,
        /// Bytes of the queue that may hold no other file: its own first byte, or its tag.
        own_bytes: u64,
        /// The decoder was told that its file is over.
        ending: bool,
        /// What else than the usual may begin here.
        kinds: Kinds,
    },
    Failed(DecodeError),
}

impl Stage {
    fn decoding(decoder: Box<dyn Decode>, own_bytes: u64) -> Self {
        Self::Decoding { decoder, own_bytes, ending: false, kinds: SAMPLES }
    }

    /// Hands bytes to the decoder up to where another file begins or may begin, and says how many are used up; `end`: they
    /// are the last ones.
    fn feed(&mut self, bytes: &[u8], end: bool) -> usize {
        match self {
            Self::Decoding { ending: true, .. } | Self::Probing { .. } => 0,
            Self::Decoding { decoder, own_bytes, ending, kinds } => {
                let from = usize::try_from(*own_bytes).unwrap_or(usize::MAX);
                let (now, over) = match find(bytes, from.min(bytes.len()), *kinds) {
                    Found::At(place) => (place, true),
                    Found::Perhaps(place) if !end => (place, false),
                    Found::Perhaps(_) | Found::Nothing => (bytes.len(), end),
                };
                *own_bytes = own_bytes.saturating_sub(now as u64);
                *ending = over;
                let pushed = decoder.push(bytes.get(..now).unwrap_or_default());
                if over {
                    decoder.finish();
                }
                if let Err(error) = pushed {
                    *self = Self::Failed(error);
                }
                now
            }
            Self::Failed(_) => bytes.len(),
        }
    }
}

impl Decoder {
    /// A decoder at the start of an input.
    pub fn new(input: &InputOptions, limits: &LimitOptions) -> Self {
        let stage = if input.raw_format.is_some() {
            Stage::decoding(Box::new(RawDecoder::new(input, limits)), u64::MAX)
        } else if input.speex_framing.is_some() {
            Stage::decoding(Box::new(SpeexDecoder::new(input, limits)), u64::MAX)
        } else {
            Stage::Probing { next_look: FIRST_LOOK_BYTES }
        };
        Self {
            input: input.clone(),
            limits: limits.clone(),
            stage,
            queue: ByteQueue::default(),
            input_bytes: 0,
            over: false,
            finished: false,
            guard: DurationGuard::new(limits),
            story: Story::new(input.strict),
            failed: None,
        }
    }

    /// Bytes taken so far, at most `limits.max_input_bytes`.
    pub fn input_bytes(&self) -> u64 {
        self.input_bytes
    }

    /// Whether the bytes in the queue are the last ones. Beyond the limit the rest of the input is unknown: no decoder
    /// must take it for the end.
    fn at_end(&self) -> bool {
        self.finished && !self.over
    }

    /// Hands the bytes of the queue on as far as it is known to whom.
    fn forward(&mut self) {
        while let Stage::Probing { next_look } = &mut self.stage {
            let end = self.finished && !self.over;
            if self.queue.len() < *next_look && !end {
                return;
            }
            let seen = self.queue.peek().get(..*next_look).unwrap_or(self.queue.peek());
            let is_all = seen.len() >= MAX_BUFFER_BYTES || end && seen.len() == self.queue.len();
            *next_look = next_look.saturating_mul(2).min(MAX_BUFFER_BYTES);
            if let Some(stage) = decide(seen, is_all, &self.input, &self.limits, &mut self.story) {
                let skipped = stage.as_ref().map_or(0, |&(_, offset)| offset);
                self.queue.consume(skipped);
                self.stage = stage.map_or_else(Stage::Failed, |(stage, _)| stage);
            }
        }
        let taken = self.stage.feed(self.queue.peek(), self.at_end());
        self.queue.consume(taken);
    }

    /// The file is over: the next one, if there is one.
    fn next_file(&mut self) -> Result<bool, DecodeError> {
        let Stage::Decoding { decoder, ending, .. } = &mut self.stage else { return Ok(false) };
        let sequel = decoder.take_sequel();
        if sequel.is_none() && (!*ending || self.queue.len() == 0) {
            return Ok(false);
        }
        let position = self.queue.position() - sequel.as_ref().map_or(0, |bytes| bytes.len() as u64);
        self.story.close(decoder.as_ref(), position)?;
        match sequel {
            Some(bytes) => {
                let mut decoder: Box<dyn Decode> = Box::new(Mp3Decoder::new(&self.input, &self.limits));
                decoder.push(&bytes)?;
                if *ending {
                    decoder.finish();
                }
                self.stage = Stage::Decoding { decoder, own_bytes: 0, ending: *ending, kinds: CODED };
            }
            None => self.stage = Stage::Probing { next_look: FIRST_LOOK_BYTES },
        }
        self.forward();
        Ok(true)
    }

    /// Whether the current file ends where another begins.
    fn another_follows(&self) -> bool {
        matches!(self.stage, Stage::Decoding { ending: true, .. }) && self.queue.len() > 0
    }

    /// The next frames of the current file.
    fn pull_file(&mut self, out: &mut PcmChunk) -> Result<Pull, DecodeError> {
        match &mut self.stage {
            Stage::Decoding { decoder, .. } => decoder.pull(out),
            Stage::Probing { .. } => {
                out.clear();
                Ok(Pull::NeedMore)
            }
            Stage::Failed(error) => {
                out.clear();
                Err(error.clone())
            }
        }
    }

    fn step(&mut self, out: &mut PcmChunk) -> Result<Pull, DecodeError> {
        loop {
            let pulled = self.pull_file(out);
            match pulled {
                Ok(Pull::Frames(frames)) => {
                    let allowed = self.guard.admit(frames, out.spec.sample_rate)?;
                    if allowed < frames {
                        // The next pull says why there are no more.
                        out.truncate(allowed);
                        self.failed = self.guard.admit(1, out.spec.sample_rate).err();
                    }
                    self.story.frames(allowed, out.spec)?;
                    return Ok(Pull::Frames(allowed));
                }
                Ok(Pull::End) if self.next_file()? => {}
                Ok(other) => return Ok(other),
                // Where several files stand together, one that cannot be decoded does not take the others along. How much
                // of it was handed on by now is chance, so where it ends stays to be found as it was.
                Err(error) => {
                    let cut = self.another_follows();
                    match &mut self.stage {
                        Stage::Decoding { decoder, ending, .. } if self.story.may_pass_over(&error, cut) => {
                            self.story.pass_over(&error, decoder.as_ref());
                            *decoder = Box::new(glue::Nothing(*ending));
                        }
                        _ => return Err(error),
                    }
                }
            }
        }
    }

    fn limit_error(&self) -> DecodeError {
        DecodeError::Limit(format!(
            "at least {} bytes of input are more than limits.max_input_bytes = {}",
            self.input_bytes.saturating_add(1),
            self.input_bytes
        ))
    }
}

/// The next stage once the content is known, and where in the buffer the file begins; `None` to wait for more.
fn decide(
    buffer: &[u8],
    end: bool,
    input: &InputOptions,
    limits: &LimitOptions,
    story: &mut Story,
) -> Option<Result<(Stage, usize), DecodeError>> {
    let (seen, offset) = look(buffer, end);
    let rest = buffer.get(offset..).unwrap_or_default();
    let kinds = match seen {
        // Streams of Ogg that follow each other are one file.
        Probe::Spx | Probe::Vorbis | Probe::Opus => Kinds { ogg: false, ..CODED },
        Probe::Wav | Probe::Au | Probe::Aiff => SAMPLES,
        _ => CODED,
    };
    let decoder: Box<dyn Decode> = match seen {
        Probe::NeedMore if !end => return None,
        Probe::Wav => Box::new(WavDecoder::new(input, limits).with_sequels()),
        Probe::Au => Box::new(AuDecoder::new(input, limits)),
        Probe::Aiff => Box::new(AiffDecoder::new(input, limits)),
        Probe::Mp3 => Box::new(Mp3Decoder::new(input, limits)),
        Probe::Spx => Box::new(SpxDecoder::new(input, limits)),
        #[cfg(feature = "flac")]
        Probe::Flac => Box::new(crate::FlacDecoder::new(input, limits)),
        #[cfg(feature = "vorbis")]
        Probe::Vorbis => Box::new(crate::VorbisDecoder::new(input, limits)),
        #[cfg(feature = "opus")]
        Probe::Opus => Box::new(crate::OpusDecoder::new(input, limits)),
        #[cfg(feature = "aac")]
        Probe::M4a => Box::new(crate::M4aDecoder::new(input, limits)),
        Probe::Unsupported(name) => {
            let message = format!("the content looks like {name}; {}", supported());
            return Some(Err(DecodeError::Unsupported(message)));
        }
        Probe::Unknown if buffer.is_empty() => {
            return Some(Err(DecodeError::Malformed("the input is empty".to_owned())));
        }
        _ => return Some(Err(DecodeError::Unsupported(describe_unknown(rest)))),
    };
    if let Err(error) = junk::note(buffer.get(..offset).unwrap_or_default(), story) {
        return Some(Err(error));
    }
    let own_bytes = junk::tag_bytes(rest).max(1);
    Some(Ok((Stage::Decoding { decoder, own_bytes, ending: false, kinds }, offset)))
}

impl Decode for Decoder {
    fn push(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        if self.finished {
            return Err(DecodeError::State("push after finish"));
        }
        let room = self.limits.max_input_bytes.map_or(u64::MAX, |max| max.saturating_sub(self.input_bytes));
        let taken = usize::try_from(room).unwrap_or(usize::MAX).min(bytes.len());
        self.over |= taken < bytes.len();
        self.input_bytes = self.input_bytes.saturating_add(taken as u64);
        for piece in bytes.get(..taken).unwrap_or_default().chunks(PIECE_BYTES) {
            // Once the content is known nothing waits, but for what may begin another file: the rest goes on uncopied.
            let taken = if self.queue.len() == 0 { self.stage.feed(piece, false) } else { 0 };
            self.queue.pass(taken);
            if taken < piece.len() {
                self.queue.push(piece.get(taken..).unwrap_or_default());
                self.forward();
            }
        }
        Ok(())
    }

    fn finish(&mut self) {
        self.finished = true;
        self.forward();
    }

    fn pull(&mut self, out: &mut PcmChunk) -> Result<Pull, DecodeError> {
        if let Some(error) = &self.failed {
            out.clear();
            return Err(error.clone());
        }
        let result = match self.step(out) {
            Ok(Pull::NeedMore | Pull::End) if self.over => Err(self.limit_error()),
            other => other,
        };
        if let Err(error) = &result {
            out.clear();
            self.failed = Some(error.clone());
        }
        let decoder = match &self.stage {
            Stage::Decoding { decoder, .. } => Some(decoder.as_ref()),
            _ => None,
        };
        self.story.refresh(decoder);
        result
    }

    fn info(&self) -> Option<&StreamInfo> {
        match &self.stage {
            _ if self.story.info().is_some() => self.story.info(),
            Stage::Decoding { decoder, .. } => decoder.info(),
            _ => None,
        }
    }

    fn warnings(&self) -> &[Warning] {
        match &self.stage {
            Stage::Decoding { decoder, .. } => self.story.warnings().unwrap_or(decoder.warnings()),
            _ => self.story.warnings().unwrap_or_default(),
        }
    }
}
