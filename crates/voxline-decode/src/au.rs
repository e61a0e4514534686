//! AU, also called SND: Sun's and NeXT's audio files.
//!
//! **Source**: Sun Microsystems, au(4) and `<audio/au.h>`; NeXT, `<sound/soundstruct.h>`: six big-endian words (magic,
//! offset of the audio, its size, encoding, rate, channels), then annotation up to the audio.

use voxline_core::options::{InputOptions, LimitOptions};
use voxline_core::report::WarningCode;
use voxline_core::{AudioSpec, SampleFormat};

use crate::blocks::{BlockCodec, Blocks};
use crate::body::Body;
use crate::g722::G722;
use crate::limits::checked_spec;
use crate::source::{Progress, Run, Source, Steps, decode_by_steps};
use crate::{DecodeError, PcmChunk, Pull};

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
    source: Source,
    state: State,
    audio: Option<Run>,
    /// The size of the audio as claimed.
    size: u32,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Header,
    /// Bytes before the audio.
    Annotation {
        remaining: u64,
    },
    Data,
    /// Bytes behind the audio.
    Behind {
        bytes: u64,
    },
    End,
}

impl AuDecoder {
    /// A decoder at the start of a file.
    pub fn new(input: &InputOptions, limits: &LimitOptions) -> Self {
        Self { source: Source::new(input, limits), state: State::Header, audio: None, size: 0 }
    }

    fn header(&mut self) -> Result<Option<Pull>, DecodeError> {
        if self.source.must_wait_for(HEADER_BYTES) {
            return Ok(Some(Pull::NeedMore));
        }
        let bytes = self.source.queue.peek();
        if !MAGIC.starts_with(&bytes[..bytes.len().min(MAGIC.len())]) {
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
        let (body, spec) = open(encoding, rate_hz, channels, &self.source.limits)?;
        self.size = size;
        let mut info = body.info("au", spec);
        info.expected_frames = if size == UNKNOWN_SIZE { None } else { body.frames_in(u64::from(size)) };
        self.source.info = Some(info);
        self.audio = Some(Run::new(body, spec));
        self.source.queue.consume(HEADER_BYTES);
        self.state = State::Annotation { remaining: annotation };
        Ok(None)
    }

    fn ends_in_header(&self) -> DecodeError {
        let end = self.source.queue.end_position();
        DecodeError::Truncated(format!("the input ends after {end} bytes, before the audio of the AU file"))
    }

    fn annotation(&mut self, remaining: u64) -> Result<Option<Pull>, DecodeError> {
        let left = self.source.skip(remaining);
        self.state = State::Annotation { remaining: left };
        if left > 0 {
            return if self.source.finished { Err(self.ends_in_header()) } else { Ok(Some(Pull::NeedMore)) };
        }
        if self.size == 0 {
            // An empty file, or one whose writer did not come back to its header: the first byte tells.
            if self.source.must_wait_for(1) {
                return Ok(Some(Pull::NeedMore));
            }
            if self.source.queue.len() > 0 {
                let note = || "the data size is 0 but audio follows; all of it is read".to_owned();
                self.source.damage.note(WarningCode::BadSize, note)?;
                if let Some(info) = &mut self.source.info {
                    info.expected_frames = None;
                }
            }
        }
        let known = self.size != UNKNOWN_SIZE && self.size != 0;
        if let Some(run) = &mut self.audio {
            run.begin(self.source.queue.position(), known.then_some(u64::from(self.size)));
        }
        self.state = State::Data;
        Ok(None)
    }

    fn data(&mut self, out: &mut PcmChunk) -> Result<Option<Pull>, DecodeError> {
        let Some(run) = &mut self.audio else { return Ok(Some(Pull::End)) };
        match run.read(&mut self.source, out)? {
            Progress::Give(pull) => Ok(Some(pull)),
            Progress::Again => Ok(None),
            Progress::Over { .. } => {
                self.state = State::Behind { bytes: 0 };
                Ok(None)
            }
        }
    }

    fn behind(&mut self, bytes: u64) -> Result<Option<Pull>, DecodeError> {
        let bytes = bytes.saturating_add(self.source.queue.consume(usize::MAX) as u64);
        self.state = State::Behind { bytes };
        if !self.source.finished {
            return Ok(Some(Pull::NeedMore));
        }
        if bytes > 0 {
            let note = || format!("{bytes} bytes after the audio are no part of the AU file");
            self.source.damage.note(WarningCode::JunkSkipped, note)?;
        }
        if self.source.frames == 0 {
            self.source.damage.note_empty();
        }
        self.state = State::End;
        Ok(None)
    }
}

impl Steps for AuDecoder {
    fn source(&mut self) -> &mut Source {
        &mut self.source
    }

    fn step(&mut self, out: &mut PcmChunk) -> Result<Option<Pull>, DecodeError> {
        match self.state {
            State::Header => self.header(),
            State::Annotation { remaining } => self.annotation(remaining),
            State::Data => self.data(out),
            State::Behind { bytes } => self.behind(bytes),
            State::End => Ok(Some(Pull::End)),
        }
    }
}

decode_by_steps!(AuDecoder);

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
