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

/// Frames that may be put in where nothing was: an empty packet costs a byte, a page that claims a hole thirty. Beyond this
/// (10 s) and as many as were decoded, what is lost is left out.
const SPARE_FRAMES: u64 = 500;

/// How much was decoded and how much put in.
#[derive(Debug, Clone, Copy, Default)]
struct Budget {
    decoded: u64,
    concealed: u64,
}

impl Budget {
    /// How many of so many lost frames are put in.
    fn spend(&mut self, frames: u64) -> u64 {
        let left = self.decoded.saturating_add(SPARE_FRAMES).saturating_sub(self.concealed);
        let spent = frames.min(left);
        self.concealed = self.concealed.saturating_add(spent);
        spent
    }
}

/// Decoded samples that wait to be pulled, and the codec that makes them.
#[derive(Debug)]
struct Frames {
    codec: Decoder,
    samples: Vec<f32>,
    /// Where the samples that wait begin.
    start: usize,
    bad_frames: u64,
    budget: Budget,
}

impl Frames {
    fn new(mode: Mode, enhancement: bool) -> Self {
        let codec = Decoder::new(mode).with_enhancement(enhancement);
        Self { codec, samples: Vec::new(), start: 0, bad_frames: 0, budget: Budget::default() }
    }

    /// Goes on with the budget of the stream before.
    fn with_budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// Samples that wait.
    fn waiting(&self) -> usize {
        self.samples.len() - self.start
    }

    /// Decodes the frames of a packet, at most `most`; what a damaged one does not hold is concealed.
    fn decode(&mut self, packet: &[u8], most: u32, damage: &mut Damage) -> Result<(), DecodeError> {
        self.compact();
        let frame_samples = self.codec.mode().frame_samples();
        let mut frames = self.codec.frames(packet);
        let mut decoded = 0;
        let end = loop {
            if decoded == most {
                break Ok(());
            }
            let start = self.samples.len();
            self.samples.resize(start + frame_samples, 0.0);
            match frames.decode_f32(self.samples.get_mut(start..).unwrap_or_default()) {
                Ok(true) => decoded += 1,
                other => {
                    self.samples.truncate(start);
                    break other.map(drop);
                }
            }
        };
        self.budget.decoded = self.budget.decoded.saturating_add(u64::from(decoded));
        // The last packet of a file may hold fewer frames than the others, but not none.
        if end.is_ok() && decoded > 0 {
            return Ok(());
        }
        let lost = u64::from(most - decoded);
        self.conceal(lost);
        damage.note_many(WarningCode::BadFrames, lost, || match end {
            Err(error) => format!("a Speex packet of {} bytes was concealed: {error}", packet.len()),
            Ok(()) => format!("a Speex packet of {} bytes holds no frame and was concealed", packet.len()),
        })
    }

    /// Fills in for lost frames, as many as are in proportion; how many these are.
    fn conceal(&mut self, frames: u64) -> u64 {
        let frames = self.budget.spend(frames);
        self.compact();
        for _ in 0..frames {
            let start = self.samples.len();
            self.samples.resize(start + self.codec.mode().frame_samples(), 0.0);
            // The length is right; if it were not, silence would stand for the frame.
            if let Some(frame) = self.samples.get_mut(start..) {
                let _ = self.codec.conceal_f32(frame);
            }
        }
        self.bad_frames = self.bad_frames.saturating_add(frames);
        frames
    }

    /// Of what waits behind the first `before` samples, drops the next `skip` and everything behind the `keep` after them.
    fn keep(&mut self, before: usize, skip: u64, keep: u64) {
        let bounded = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let from = (self.start + before).min(self.samples.len());
        let to = from.saturating_add(bounded(skip)).min(self.samples.len());
        self.samples.drain(from..to);
        self.samples.truncate(from.saturating_add(bounded(keep)));
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
        states_length: false,
        bad_frames: 0,
    }
}
