//! Speex packets without a container.

use voxline_core::options::{InputOptions, LimitOptions};
use voxline_core::report::{Warning, WarningCode};
use voxline_core::{AudioSpec, SpeexFraming};
use voxline_speex::Mode;
use voxline_speex::framing::{Layout, PacketReader};

use super::{Frames, info};
use crate::damage::Damage;
use crate::limits::{DurationGuard, checked_spec};
use crate::{Decode, DecodeError, PcmChunk, Pull, StreamInfo};

/// Decodes Speex packets that follow each other as `input.speex_framing` says; `input.raw_rate_hz` 16000 means wideband.
///
/// A packet that cannot be decoded is concealed with a `BadFrames` warning, an incomplete last one left out with
/// `Truncated`. How much of the audio is the encoder's delay and padding is not stated in such a stream: all of it
/// comes out.
///
/// **Errors**: [`DecodeError::Malformed`] for a length of 0 or bare bytes that begin with no packet.
///
/// ```
/// use voxline_core::{AudioSpec, Options, SampleRate, SpeexFraming};
/// use voxline_decode::{Decode, PcmChunk, Pull, SpeexDecoder};
/// let mut options = Options::default();
/// options.input.speex_framing = Some(SpeexFraming::Prefixed);
/// let mut decoder = SpeexDecoder::new(&options.input, &options.limits);
/// // Five zero bits: a frame of silence.
/// decoder.push(&[1, 0b0000_0111])?;
/// let mut chunk = PcmChunk::new(AudioSpec::new(SampleRate::new(8000)?, 1)?);
/// assert_eq!(decoder.pull(&mut chunk)?, Pull::Frames(160));
/// # Ok::<(), voxline_core::Error>(())
/// ```
#[derive(Debug)]
pub struct SpeexDecoder {
    reader: PacketReader,
    frames: Frames,
    damage: Damage,
    guard: DurationGuard,
    /// What the options say, or why decoding cannot go on.
    spec: Result<AudioSpec, DecodeError>,
    info: Option<StreamInfo>,
    finished: bool,
    ended: bool,
    packets: u64,
}

impl SpeexDecoder {
    /// A decoder for what `input.speex_framing`, `raw_rate_hz` and `raw_channels` say; faults in these come with the
    /// first pull.
    pub fn new(input: &InputOptions, limits: &LimitOptions) -> Self {
        let mode = if input.raw_rate_hz == 16_000 { Mode::Wideband } else { Mode::Narrowband };
        let spec = match input.speex_framing {
            None => Err(DecodeError::State("Speex without a container needs input.speex_framing")),
            Some(_) => checked_spec(mode.sample_rate_hz(), 1, limits),
        };
        let layout = match input.speex_framing {
            Some(SpeexFraming::Bare) => Layout::Bare,
            _ => Layout::Prefixed,
        };
        Self {
            reader: PacketReader::new(layout, mode),
            frames: Frames::new(mode, input.speex_enhancement),
            damage: Damage::new(input.strict),
            guard: DurationGuard::new(limits),
            info: spec.as_ref().ok().map(|&spec| info("speex", mode, spec)),
            spec,
            finished: false,
            ended: false,
            packets: 0,
        }
    }

    fn step(&mut self, out: &mut PcmChunk) -> Result<Pull, DecodeError> {
        let spec = self.spec.clone()?;
        loop {
            let frames = self.frames.take(spec, &mut self.guard, out)?;
            if frames > 0 {
                return Ok(Pull::Frames(frames));
            }
            let malformed = |error: voxline_speex::framing::FramingError| DecodeError::Malformed(error.to_string());
            if let Some(packet) = self.reader.next_packet().map_err(malformed)? {
                self.packets += 1;
                self.frames.decode(packet, 1, &mut self.damage)?;
                if let Some(info) = &mut self.info {
                    info.bad_frames = self.frames.bad_frames;
                }
                continue;
            }
            if !self.finished {
                return Ok(Pull::NeedMore);
            }
            if !self.ended {
                self.ended = true;
                let left = self.reader.left_over();
                if left > 0 {
                    let packets = self.packets;
                    self.damage.note(WarningCode::Truncated, || {
                        format!("the input ends inside a packet, {left} bytes after the {packets} whole ones")
                    })?;
                }
                if self.packets == 0 {
                    self.damage.note_empty();
                }
            }
            return Ok(Pull::End);
        }
    }
}

impl Decode for SpeexDecoder {
    fn push(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        if self.finished {
            return Err(DecodeError::State("push after finish"));
        }
        self.reader.push(bytes);
        Ok(())
    }

    fn finish(&mut self) {
        self.finished = true;
    }

    fn pull(&mut self, out: &mut PcmChunk) -> Result<Pull, DecodeError> {
        out.clear();
        let result = self.step(out);
        if let Err(error) = &result {
            self.spec = Err(error.clone());
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
