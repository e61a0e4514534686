//! The decoder that finds out what the input is.

use voxline_core::options::{InputOptions, LimitOptions};
use voxline_core::report::Warning;

use crate::probe::{TAGS_BYTES, WINDOW_BYTES, describe_unknown, look, supported};
use crate::{
    AiffDecoder, AuDecoder, Decode, DecodeError, Mp3Decoder, PcmChunk, Probe, Pull, RawDecoder, SpeexDecoder,
    SpxDecoder, StreamInfo, WavDecoder,
};

/// Bytes before the first look; then at every doubling, so that the looks together stay linear.
const FIRST_LOOK_BYTES: usize = 12;
/// By then the content is decided.
const MAX_BUFFER_BYTES: usize = TAGS_BYTES + WINDOW_BYTES;

/// Decodes WAV, AU, AIFF, MP3, Ogg Speex, what the features of this crate bring or, when `input.raw_format` or `input.speex_framing` is set, headerless audio: the content
/// says which.
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
    input_bytes: u64,
    /// More was pushed than `limits.max_input_bytes`.
    over: bool,
    finished: bool,
}

enum Stage {
    Probing { buffer: Vec<u8>, next_look: usize },
    Decoding(Box<dyn Decode>),
    Failed(DecodeError),
}

impl Decoder {
    /// A decoder at the start of an input.
    pub fn new(input: &InputOptions, limits: &LimitOptions) -> Self {
        let stage = if input.raw_format.is_some() {
            Stage::Decoding(Box::new(RawDecoder::new(input, limits)))
        } else if input.speex_framing.is_some() {
            Stage::Decoding(Box::new(SpeexDecoder::new(input, limits)))
        } else {
            Stage::Probing { buffer: Vec::new(), next_look: FIRST_LOOK_BYTES }
        };
        Self { input: input.clone(), limits: limits.clone(), stage, input_bytes: 0, over: false, finished: false }
    }

    /// Bytes taken so far, at most `limits.max_input_bytes`.
    pub fn input_bytes(&self) -> u64 {
        self.input_bytes
    }

    /// Buffers what is needed to tell the content; what is left over when it is known.
    fn probe_with<'a>(&mut self, mut bytes: &'a [u8]) -> &'a [u8] {
        while let Stage::Probing { buffer, next_look } = &mut self.stage {
            let room = MAX_BUFFER_BYTES.min(*next_look).saturating_sub(buffer.len());
            let (head, rest) = bytes.split_at(bytes.len().min(room));
            buffer.extend_from_slice(head);
            bytes = rest;
            if buffer.len() < *next_look {
                break;
            }
            *next_look = next_look.saturating_mul(2).min(MAX_BUFFER_BYTES);
            if let Some(stage) = decide(buffer, buffer.len() >= MAX_BUFFER_BYTES, &self.input, &self.limits) {
                self.stage = stage;
            }
        }
        bytes
    }

    fn limit_error(&self) -> DecodeError {
        DecodeError::Limit(format!(
            "at least {} bytes of input are more than limits.max_input_bytes = {}",
            self.input_bytes.saturating_add(1),
            self.input_bytes
        ))
    }
}

/// The next stage once the content is known; `None` to wait for more.
fn decide(buffer: &[u8], end: bool, input: &InputOptions, limits: &LimitOptions) -> Option<Stage> {
    let (seen, offset) = look(buffer, end);
    let mut decoder: Box<dyn Decode> = match seen {
        Probe::NeedMore if !end => return None,
        Probe::Wav => Box::new(WavDecoder::new(input, limits)),
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
            return Some(Stage::Failed(DecodeError::Unsupported(format!(
                "the content looks like {name}; {}",
                supported()
            ))));
        }
        Probe::Unknown if buffer.is_empty() => {
            return Some(Stage::Failed(DecodeError::Malformed("the input is empty".to_owned())));
        }
        _ => {
            let rest = buffer.get(offset..).unwrap_or_default();
            return Some(Stage::Failed(DecodeError::Unsupported(describe_unknown(rest))));
        }
    };
    match decoder.push(buffer.get(offset..).unwrap_or_default()) {
        Ok(()) => Some(Stage::Decoding(decoder)),
        Err(error) => Some(Stage::Failed(error)),
    }
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
        let rest = self.probe_with(bytes.get(..taken).unwrap_or_default());
        match &mut self.stage {
            Stage::Decoding(decoder) if !rest.is_empty() => decoder.push(rest),
            _ => Ok(()),
        }
    }

    fn finish(&mut self) {
        if self.finished {
            return;
        }
        self.finished = true;
        // Beyond the limit the rest of the input is unknown: the decoder must not take it for the end.
        if self.over {
            return;
        }
        if let Stage::Probing { buffer, .. } = &self.stage
            && let Some(stage) = decide(buffer, true, &self.input, &self.limits)
        {
            self.stage = stage;
        }
        if let Stage::Decoding(decoder) = &mut self.stage {
            decoder.finish();
        }
    }

    fn pull(&mut self, out: &mut PcmChunk) -> Result<Pull, DecodeError> {
        let result = match &mut self.stage {
            Stage::Decoding(decoder) => decoder.pull(out),
            Stage::Probing { .. } => {
                out.samples.clear();
                Ok(Pull::NeedMore)
            }
            Stage::Failed(error) => {
                out.samples.clear();
                Err(error.clone())
            }
        };
        match result {
            Ok(Pull::NeedMore | Pull::End) if self.over => Err(self.limit_error()),
            other => other,
        }
    }

    fn info(&self) -> Option<&StreamInfo> {
        match &self.stage {
            Stage::Decoding(decoder) => decoder.info(),
            _ => None,
        }
    }

    fn warnings(&self) -> &[Warning] {
        match &self.stage {
            Stage::Decoding(decoder) => decoder.warnings(),
            _ => &[],
        }
    }
}
