//! Headerless PCM: what the bytes mean is said by options.

use voxline_core::options::{InputOptions, LimitOptions};
use voxline_core::report::{Warning, WarningCode};
use voxline_core::{AudioSpec, SampleFormat};

use crate::bytes::ByteQueue;
use crate::damage::Damage;
use crate::limits::{DurationGuard, checked_spec};
use crate::pcm::{codec_name, take_frames};
use crate::{Decode, DecodeError, PcmChunk, Pull, StreamInfo};

/// Decodes headerless PCM of the format, rate and channels that `input.raw_*` say.
///
/// An incomplete last frame is left out with a `Truncated` warning. Duration is exact.
///
/// ```
/// use voxline_core::{AudioSpec, Options, SampleFormat, SampleRate};
/// use voxline_decode::{Decode, PcmChunk, Pull, RawDecoder};
/// let mut options = Options::default();
/// options.input.raw_format = Some(SampleFormat::Mulaw);
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
    /// What the options say, or why they cannot be followed.
    format: Result<(SampleFormat, AudioSpec), DecodeError>,
    info: Option<StreamInfo>,
    finished: bool,
    ended: bool,
    frames: u64,
}

impl RawDecoder {
    /// A decoder for what `input.raw_format`, `raw_rate_hz` and `raw_channels` say; faults in these come with the first
    /// pull.
    pub fn new(input: &InputOptions, limits: &LimitOptions) -> Self {
        let format = match input.raw_format {
            None => Err(DecodeError::State("headerless audio needs input.raw_format")),
            Some(format) => checked_spec(input.raw_rate_hz, input.raw_channels, limits).map(|spec| (format, spec)),
        };
        let info = format.as_ref().ok().map(|&(format, spec)| StreamInfo {
            container: "raw",
            codec: codec_name(format),
            spec,
            expected_frames: None,
            encoder_delay_frames: None,
            encoder_padding_frames: None,
            bad_frames: 0,
        });
        Self {
            queue: ByteQueue::default(),
            damage: Damage::new(input.strict),
            guard: DurationGuard::new(limits),
            format,
            info,
            finished: false,
            ended: false,
            frames: 0,
        }
    }

    fn step(&mut self, out: &mut PcmChunk) -> Result<Pull, DecodeError> {
        let format = self.format.clone()?;
        let frames = take_frames(&mut self.queue, format, usize::MAX, &mut self.guard, out)?;
        if frames > 0 {
            self.frames = self.frames.saturating_add(frames as u64);
            return Ok(Pull::Frames(frames));
        }
        if !self.finished {
            return Ok(Pull::NeedMore);
        }
        if !self.ended {
            self.ended = true;
            let left = self.queue.consume(usize::MAX);
            if left > 0 {
                let frame_bytes = format.0.bytes() * format.1.channels();
                self.damage.note(WarningCode::Truncated, || {
                    format!("the input ends inside a frame, after {left} of {frame_bytes} bytes")
                })?;
            }
            if self.frames == 0 {
                self.damage.note_empty();
            }
        }
        Ok(Pull::End)
    }
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
        out.samples.clear();
        let result = self.step(out);
        if let Err(error) = &result {
            self.format = Err(error.clone());
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
