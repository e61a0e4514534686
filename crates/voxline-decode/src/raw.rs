//! Headerless audio: what the bytes mean is said by options.

use voxline_core::options::{InputOptions, LimitOptions};
use voxline_core::report::{Warning, WarningCode};
use voxline_core::{AudioSpec, RawFormat};

use crate::blocks::{BlockCodec, Blocks};
use crate::body::{Body, Output};
use crate::bytes::ByteQueue;
use crate::damage::Damage;
use crate::gsm;
use crate::limits::{DurationGuard, checked_spec};
use crate::{Decode, DecodeError, PcmChunk, Pull, StreamInfo};

/// Frames of GSM that are looked at to tell it from something else.
const GSM_SEEN_FRAMES: usize = 2;

/// Decodes headerless audio of the format that `input.raw_format` says: samples of the rate and channels that
/// `input.raw_rate_hz` and `raw_channels` say, GSM 06.10 or G.722.
///
/// An incomplete last frame is left out with a `Truncated` warning. A GSM frame without its signature becomes silence
/// with a `BadFrames` warning. Duration is exact but for GSM, whose last frame is filled up.
///
/// **Errors**: [`DecodeError::Malformed`] for GSM that does not begin with a frame of it; under `strict`, damage.
///
/// ```
/// use voxline_core::{AudioSpec, Options, SampleFormat, SampleRate};
/// use voxline_decode::{Decode, PcmChunk, Pull, RawDecoder};
/// let mut options = Options::default();
/// options.input.raw_format = Some(SampleFormat::Mulaw.into());
/// let mut decoder = RawDecoder::new(&options.input, &options.limits);
/// decoder.push(&[0xFF, 0x80])?;
/// let mut chunk = PcmChunk::new(AudioSpec::new(SampleRate::new(8000)?, 1)?);
/// assert_eq!(decoder.pull(&mut chunk)?, Pull::Frames(2));
/// assert_eq!(chunk.samples, [0.0, 32_124.0 / 32_768.0]);
/// # Ok::<(), voxline_core::Error>(())
/// ```
#[derive(Debug)]
pub struct RawDecoder {
    queue: ByteQueue,
    damage: Damage,
    guard: DurationGuard,
    /// What the options say, or why decoding cannot go on.
    audio: Result<(Body, AudioSpec), DecodeError>,
    info: Option<StreamInfo>,
    /// The beginning has to be looked at before it is believed.
    unseen: bool,
    finished: bool,
    ended: bool,
    frames: u64,
}

impl RawDecoder {
    /// A decoder for what `input.raw_format`, `raw_rate_hz` and `raw_channels` say; faults in these come with the first
    /// pull.
    pub fn new(input: &InputOptions, limits: &LimitOptions) -> Self {
        let audio = match input.raw_format {
            None => Err(DecodeError::State("headerless audio needs input.raw_format")),
            Some(format) => open(format, input, limits),
        };
        Self {
            queue: ByteQueue::default(),
            damage: Damage::new(input.strict),
            guard: DurationGuard::new(limits),
            info: audio.as_ref().ok().map(|(body, spec)| body.info("raw", *spec)),
            audio,
            unseen: input.raw_format == Some(RawFormat::Gsm),
            finished: false,
            ended: false,
            frames: 0,
        }
    }

    fn step(&mut self, out: &mut PcmChunk) -> Result<Pull, DecodeError> {
        if self.unseen && !self.look_at_gsm()? {
            return Ok(Pull::NeedMore);
        }
        let (body, spec) = self.audio.as_mut().map_err(|error| error.clone())?;
        let mut output = Output { chunk: out, spec: *spec, guard: &mut self.guard, damage: &mut self.damage };
        let mut frames = 0;
        while !self.ended {
            let before = self.queue.position();
            frames = body.read(&mut self.queue, usize::MAX, &mut output)?;
            if frames > 0 {
                break;
            }
            if self.queue.position() > before {
                continue;
            }
            if !self.finished {
                return Ok(Pull::NeedMore);
            }
            self.ended = true;
            let left = self.queue.len();
            let useless = body.take_part(&mut self.queue, left, output.damage)?;
            if useless > 0 {
                let (unit, unit_bytes) = (body.unit(), body.unit_bytes());
                output.damage.note(WarningCode::Truncated, || {
                    format!("the input ends inside a {unit}, after {useless} of {unit_bytes} bytes")
                })?;
            }
            if self.frames == 0 {
                output.damage.note_empty();
            }
        }
        if let Some(info) = &mut self.info {
            body.describe(info);
        }
        self.frames = self.frames.saturating_add(frames as u64);
        Ok(if frames > 0 { Pull::Frames(frames) } else { Pull::End })
    }

    /// Refuses what cannot be GSM, since nothing else would be heard of it but silence. `false`: more bytes are needed.
    fn look_at_gsm(&mut self) -> Result<bool, DecodeError> {
        let seen_bytes = GSM_SEEN_FRAMES * gsm::FRAME_BYTES;
        if self.queue.len() < seen_bytes && !self.finished {
            return Ok(false);
        }
        self.unseen = false;
        let start = self.queue.peek().get(..seen_bytes).unwrap_or(self.queue.peek());
        let mut frames = start.chunks_exact(gsm::FRAME_BYTES);
        if frames.len() == 0 || frames.any(|frame| gsm::check_frame(frame).is_ok()) {
            return Ok(true);
        }
        let first = start.first().map_or(0, |byte| byte >> 4);
        Err(DecodeError::Malformed(format!(
            "the input is not headerless GSM: its frames start with {first:X} instead of D"
        )))
    }
}

fn open(format: RawFormat, input: &InputOptions, limits: &LimitOptions) -> Result<(Body, AudioSpec), DecodeError> {
    let codec = match format {
        RawFormat::Samples(format) => {
            let spec = checked_spec(input.raw_rate_hz, input.raw_channels, limits)?;
            return Ok((Body::samples(format, spec), spec));
        }
        RawFormat::Gsm => BlockCodec::GsmFrames(gsm::Gsm::default()),
        RawFormat::G722 => BlockCodec::G722(crate::g722::G722::default()),
        // `RawFormat` may grow; a format without a decoder here is refused.
        other => return Err(DecodeError::Unsupported(format!("headerless {other} is not supported"))),
    };
    let spec = checked_spec(format.fixed_rate_hz().unwrap_or(input.raw_rate_hz), 1, limits)?;
    Ok((Body::Blocks(Box::new(Blocks::new(codec, 1))), spec))
}

impl Decode for RawDecoder {
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
        out.clear();
        let result = self.step(out);
        if let Err(error) = &result {
            self.audio = Err(error.clone());
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
