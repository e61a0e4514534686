//! AU, also called SND: Sun's and NeXT's audio files.
//!
//! **Source**: Sun Microsystems, au(4) and `<audio/au.h>`; NeXT, `<sound/soundstruct.h>`: six big-endian words (magic,
//! offset of the audio, its size, encoding, rate, channels), then annotation up to the audio.

use voxline_core::options::{InputOptions, LimitOptions};
use voxline_core::report::{Warning, WarningCode};
use voxline_core::{AudioSpec, SampleFormat};

use crate::blocks::{BlockCodec, Blocks};
use crate::body::{Body, Output};
use crate::bytes::ByteQueue;
use crate::damage::Damage;
use crate::g722::G722;
use crate::limits::{DurationGuard, checked_spec};
use crate::{Decode, DecodeError, PcmChunk, Pull, StreamInfo};

/// What an AU file starts with.
pub(crate) const MAGIC: &[u8; 4] = b".snd";
/// Bytes of the six words.
const HEADER_BYTES: usize = 24;
/// A size that the writer did not know.
const UNKNOWN_SIZE: u32 = u32::MAX;
/// The encoding of G.722.
const G722_ENCODING: u32 = 24;

/// Reads AU (`.au`, `.snd`): µ-law, A-law, 8 to 32-bit integers, floats, G.722.
///
/// The annotation is passed over. A size of 0xFFFFFFFF means that the audio goes on to the end of the input, which is
/// proper in this format; a size of 0 with audio behind it, a cut file and bytes behind the audio give a warning, or an
/// error under `strict`.
///
/// **Errors**: [`DecodeError::Unsupported`] naming the encoding; [`DecodeError::Malformed`] and
/// [`DecodeError::Truncated`] for a header that is none; [`DecodeError::Limit`].
///
/// **Allocation**: what was pushed and not yet pulled; no size field is believed.
///
/// ```
/// use voxline_core::{AudioSpec, Options, SampleRate};
/// use voxline_decode::{AuDecoder, Decode, PcmChunk, Pull};
/// let options = Options::default();
/// let mut decoder = AuDecoder::new(&options.input, &options.limits);
/// decoder.push(b".snd\0\0\0\x18\xFF\xFF\xFF\xFF\0\0\0\x03\0\0\x1F\x40\0\0\0\x01\x40\x00\xC0\x00")?;
/// let mut chunk = PcmChunk::new(AudioSpec::new(SampleRate::new(8000)?, 1)?);
/// assert_eq!(decoder.pull(&mut chunk)?, Pull::Frames(2));
/// assert_eq!(chunk.samples, [0.5, -0.5]);
/// # Ok::<(), voxline_core::Error>(())
/// ```
#[derive(Debug)]
pub struct AuDecoder {
    queue: ByteQueue,
    damage: Damage,
    guard: DurationGuard,
    limits: LimitOptions,
    state: State,
    audio: Option<(Body, AudioSpec)>,
    info: Option<StreamInfo>,
    finished: bool,
    failed: Option<DecodeError>,
    frames: u64,
    /// The size of the audio as claimed, and where it starts.
    size: u32,
    data_start: u64,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Header,
    /// Bytes before the audio.
    Annotation {
        remaining: u64,
    },
    /// Audio of known or unknown length.
    Data {
        remaining: Option<u64>,
    },
    /// Bytes behind the audio.
    Behind {
        bytes: u64,
    },
    End,
}

impl AuDecoder {
    /// A decoder at the start of a file.
    pub fn new(input: &InputOptions, limits: &LimitOptions) -> Self {
        Self {
            queue: ByteQueue::default(),
            damage: Damage::new(input.strict),
            guard: DurationGuard::new(limits),
            limits: limits.clone(),
            state: State::Header,
            audio: None,
            info: None,
            finished: false,
            failed: None,
            frames: 0,
            size: 0,
            data_start: 0,
        }
    }

    /// One step; `None` to go on with the state that was set.
    fn step(&mut self, out: &mut PcmChunk) -> Result<Option<Pull>, DecodeError> {
        match self.state {
            State::Header => self.header(),
            State::Annotation { remaining } => self.annotation(remaining),
            State::Data { remaining } => self.data(remaining, out),
            State::Behind { bytes } => self.behind(bytes),
            State::End => Ok(Some(Pull::End)),
        }
    }

    fn header(&mut self) -> Result<Option<Pull>, DecodeError> {
        let there = self.queue.len();
        if there < HEADER_BYTES && !self.finished {
            return Ok(Some(Pull::NeedMore));
        }
        let bytes = self.queue.peek();
        if !MAGIC.starts_with(&bytes[..there.min(MAGIC.len())]) {
            return Err(DecodeError::Malformed("an AU file starts with \".snd\"".to_owned()));
        }
        let Some(header) = bytes.first_chunk::<HEADER_BYTES>() else {
            return Err(self.ends_in_header());
        };
        let mut words = header.as_chunks::<4>().0.iter().map(|&word| u32::from_be_bytes(word));
        let mut word = || words.next().unwrap_or_default();
        let [_, offset, size, encoding, rate_hz, channels] = [word(), word(), word(), word(), word(), word()];
        let Some(annotation) = u64::from(offset).checked_sub(HEADER_BYTES as u64) else {
            return Err(DecodeError::Malformed(format!(
                "the AU header says that the audio starts at byte {offset}, inside the header"
            )));
        };
        let (body, spec) = open(encoding, rate_hz, channels, &self.limits)?;
        self.size = size;
        let mut info = body.info("au", spec);
        info.expected_frames = if size == UNKNOWN_SIZE { None } else { body.frames_in(u64::from(size)) };
        self.info = Some(info);
        self.audio = Some((body, spec));
        self.queue.consume(HEADER_BYTES);
        self.state = State::Annotation { remaining: annotation };
        Ok(None)
    }

    fn ends_in_header(&self) -> DecodeError {
        let end = self.queue.end_position();
        DecodeError::Truncated(format!("the input ends after {end} bytes, before the audio of the AU file"))
    }

    fn annotation(&mut self, remaining: u64) -> Result<Option<Pull>, DecodeError> {
        let left = remaining - self.queue.consume(usize::try_from(remaining).unwrap_or(usize::MAX)) as u64;
        self.state = State::Annotation { remaining: left };
        if left > 0 {
            return if self.finished { Err(self.ends_in_header()) } else { Ok(Some(Pull::NeedMore)) };
        }
        self.data_start = self.queue.position();
        if self.size == 0 {
            // An empty file, or one whose writer did not come back to its header: the first byte tells.
            if self.queue.len() == 0 && !self.finished {
                return Ok(Some(Pull::NeedMore));
            }
            if self.queue.len() > 0 {
                let note = || "the data size is 0 but audio follows; all of it is read".to_owned();
                self.damage.note(WarningCode::BadSize, note)?;
                if let Some(info) = &mut self.info {
                    info.expected_frames = None;
                }
            }
        }
        let known = self.size != UNKNOWN_SIZE && self.size != 0;
        self.state = State::Data { remaining: known.then_some(u64::from(self.size)) };
        Ok(None)
    }

    fn data(&mut self, remaining: Option<u64>, out: &mut PcmChunk) -> Result<Option<Pull>, DecodeError> {
        let Some((body, spec)) = &mut self.audio else { return Ok(Some(Pull::End)) };
        let mut output = Output { chunk: out, spec: *spec, guard: &mut self.guard, damage: &mut self.damage };
        let max_bytes = remaining.map_or(usize::MAX, |r| usize::try_from(r).unwrap_or(usize::MAX));
        let before = self.queue.position();
        let frames = body.read(&mut self.queue, max_bytes, &mut output)?;
        let taken = self.queue.position() - before;
        self.state = State::Data { remaining: remaining.map(|r| r.saturating_sub(taken)) };
        if frames > 0 {
            self.frames = self.frames.saturating_add(frames as u64);
            return Ok(Some(Pull::Frames(frames)));
        }
        let used_up = max_bytes < body.unit_bytes();
        if taken > 0 {
            return Ok(None);
        }
        let is_over = self.finished || used_up && self.queue.len() >= max_bytes;
        if !is_over {
            return Ok(Some(Pull::NeedMore));
        }
        let (unit, unit_bytes) = (body.unit(), body.unit_bytes());
        let left = self.queue.len().min(max_bytes);
        let useless = body.take_part(&mut self.queue, left, output.damage)?;
        let (have, size) = (self.queue.position() - self.data_start, self.size);
        if remaining.is_some() && have < u64::from(size) {
            self.damage
                .note(WarningCode::Truncated, || format!("the input ends after {have} of {size} bytes of audio"))?;
        } else if useless > 0 {
            self.damage.note(WarningCode::Truncated, || {
                format!("the audio ends inside a {unit}, after {useless} of {unit_bytes} bytes")
            })?;
        }
        self.state = State::Behind { bytes: 0 };
        Ok(None)
    }

    fn behind(&mut self, bytes: u64) -> Result<Option<Pull>, DecodeError> {
        let bytes = bytes.saturating_add(self.queue.consume(usize::MAX) as u64);
        self.state = State::Behind { bytes };
        if !self.finished {
            return Ok(Some(Pull::NeedMore));
        }
        if bytes > 0 {
            let note = || format!("{bytes} bytes after the audio are no part of the AU file");
            self.damage.note(WarningCode::JunkSkipped, note)?;
        }
        if self.frames == 0 {
            self.damage.note_empty();
        }
        self.state = State::End;
        Ok(None)
    }
}

/// The audio of an encoding.
fn open(encoding: u32, rate_hz: u32, channels: u32, limits: &LimitOptions) -> Result<(Body, AudioSpec), DecodeError> {
    let channels = u16::try_from(channels)
        .map_err(|_| DecodeError::Unsupported(format!("{channels} channels are not supported")))?;
    let format = match encoding {
        1 => SampleFormat::Mulaw,
        2 => SampleFormat::S8,
        3 => SampleFormat::S16be,
        4 => SampleFormat::S24be,
        5 => SampleFormat::S32be,
        6 => SampleFormat::F32be,
        7 => SampleFormat::F64be,
        27 => SampleFormat::Alaw,
        G722_ENCODING => {
            let spec = checked_spec(rate_hz, channels, limits)?;
            if channels != 1 {
                return Err(DecodeError::Unsupported(format!(
                    "AU encoding {encoding} (G.722) with {channels} channels is not supported; 1 is"
                )));
            }
            return Ok((Body::Blocks(Box::new(Blocks::new(BlockCodec::G722(G722::default()), 1))), spec));
        }
        other => {
            let name = ENCODINGS.iter().find(|(known, _)| *known == other).map_or("unknown", |&(_, name)| name);
            return Err(DecodeError::Unsupported(format!("AU encoding {other} ({name}) is not supported")));
        }
    };
    let spec = checked_spec(rate_hz, channels, limits)?;
    Ok((Body::samples(format, spec), spec))
}

/// Encodings that have a name and no decoder here.
const ENCODINGS: &[(u32, &str)] = &[
    (8, "fragmented samples"),
    (10, "DSP program"),
    (11, "8-bit fixed point"),
    (12, "16-bit fixed point"),
    (13, "24-bit fixed point"),
    (14, "32-bit fixed point"),
    (18, "emphasised 16-bit"),
    (19, "compressed 16-bit"),
    (20, "emphasised and compressed 16-bit"),
    (21, "DSP commands"),
    (23, "G.721 ADPCM"),
    (25, "G.723 ADPCM of 3 bits"),
    (26, "G.723 ADPCM of 5 bits"),
];

impl Decode for AuDecoder {
    fn push(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        if self.finished {
            return Err(DecodeError::State("push after finish"));
        }
        self.queue.push(bytes);
        Ok(())
    }

    fn finish(&mut self) {
        self.finished = true;
    }

    fn pull(&mut self, out: &mut PcmChunk) -> Result<Pull, DecodeError> {
        out.samples.clear();
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        loop {
            match self.step(out) {
                Ok(None) => {}
                Ok(Some(pull)) => return Ok(pull),
                Err(error) => {
                    self.failed = Some(error.clone());
                    return Err(error);
                }
            }
        }
    }

    fn info(&self) -> Option<&StreamInfo> {
        self.info.as_ref()
    }

    fn warnings(&self) -> &[Warning] {
        self.damage.warnings()
    }
}
