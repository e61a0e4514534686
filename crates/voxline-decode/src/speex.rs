//! Speex: Ogg files and packets without a container.

mod ogg;
mod packets;
mod trim;

pub use ogg::SpxDecoder;
pub use packets::SpeexDecoder;

use voxline_core::AudioSpec;
use voxline_core::report::WarningCode;
use voxline_speex::{Decoder, Mode};

use crate::damage::Damage;
use crate::limits::DurationGuard;
use crate::pcm::CHUNK_FRAMES;
use crate::{DecodeError, PcmChunk, StreamInfo};

/// Decoded samples that wait to be pulled, and the codec that makes them.
#[derive(Debug)]
struct Frames {
    codec: Decoder,
    samples: Vec<f32>,
    /// Where the samples that wait begin.
    start: usize,
    bad_frames: u64,
}

impl Frames {
    fn new(mode: Mode, enhancement: bool) -> Self {
        let codec = Decoder::new(mode).with_enhancement(enhancement);
        Self { codec, samples: Vec::new(), start: 0, bad_frames: 0 }
    }

    /// Samples that wait.
    fn waiting(&self) -> usize {
        self.samples.len() - self.start
    }

    /// Decodes the frames of a packet, at most `most`; a packet that holds none or is broken off is concealed.
    fn decode(&mut self, packet: &[u8], most: u32, damage: &mut Damage) -> Result<(), DecodeError> {
        self.compact();
        let samples = &mut self.samples;
        let mut frames = 0;
        let result = self.codec.decode_packet(packet, |frame| {
            if frames < most {
                frames += 1;
                samples.extend_from_slice(frame);
            }
        });
        match result {
            Ok(_) if frames > 0 => Ok(()),
            Ok(_) | Err(_) => {
                let lost = most.saturating_sub(frames);
                self.conceal(u64::from(lost));
                damage.note_many(WarningCode::BadFrames, u64::from(lost), || match result {
                    Err(error) => format!("a Speex packet of {} bytes was concealed: {error}", packet.len()),
                    Ok(_) => format!("a Speex packet of {} bytes holds no frame and was concealed", packet.len()),
                })
            }
        }
    }

    /// Fills in for lost frames.
    fn conceal(&mut self, frames: u64) {
        self.compact();
        for _ in 0..frames {
            let start = self.samples.len();
            self.samples.resize(start + self.codec.mode().frame_samples(), 0.0);
            if let Some(frame) = self.samples.get_mut(start..) {
                self.codec.conceal_f32(frame);
            }
        }
        self.bad_frames = self.bad_frames.saturating_add(frames);
    }

    /// Of what waits, drops the first `skip` samples and everything behind the next `keep`.
    fn keep(&mut self, skip: u64, keep: u64) {
        let bounded = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        self.start += bounded(skip).min(self.waiting());
        let end = self.start.saturating_add(bounded(keep));
        self.samples.truncate(end);
    }

    fn compact(&mut self) {
        self.samples.drain(..self.start);
        self.start = 0;
    }

    /// Moves what waits into the chunk, a bounded number of frames; 0 when nothing waits.
    fn take(&mut self, spec: AudioSpec, guard: &mut DurationGuard, out: &mut PcmChunk) -> Result<usize, DecodeError> {
        let frames = guard.admit(self.waiting().min(CHUNK_FRAMES), spec.sample_rate)?;
        if frames > 0 {
            out.spec = spec;
            out.samples.extend_from_slice(self.samples.get(self.start..self.start + frames).unwrap_or_default());
            self.start += frames;
        }
        Ok(frames)
    }
}

/// What is known at the start of a stream.
fn info(container: &'static str, mode: Mode, spec: AudioSpec) -> StreamInfo {
    let codec = match mode {
        Mode::Narrowband => "speex_nb",
        Mode::Wideband => "speex_wb",
    };
    StreamInfo {
        container,
        codec: codec.to_owned(),
        spec,
        expected_frames: None,
        encoder_delay_frames: None,
        encoder_padding_frames: None,
        bad_frames: 0,
    }
}
