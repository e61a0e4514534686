//! Samples to parts.

use voxline_core::{Error, ErrorKind, Options, Result, TargetReport};
use voxline_dsp::{VoiceBlock, VoiceDetector, speaking};

use super::budget::most_frames;
use super::plan::{Block, Grid, Window, plan, stands_out};
use super::{Cut, Part};
use crate::engine::{Layout, Samples};
use crate::payload::{OutputEncoder, OutputFormat};

/// How far a cut keeps from the speech before and after a pause. A word often begins with a hiss that noise hides.
const MARGINS_MS: [u64; 2] = [64, 256];
/// The noise is that of this long before the cut.
const NOISE_MS: u64 = 30_000;

/// Gathers samples and gives them back in parts.
pub(super) struct Cutter {
    layout: Layout,
    /// `None`: nothing limits a part.
    lengths: Option<Lengths>,
    /// Samples, interleaved, one queue an output.
    queues: Vec<Vec<i16>>,
    /// Frames at the front of the queues that belong to earlier parts only.
    done: usize,
    /// Frames of the queues that the voices have heard.
    heard: usize,
    /// One a channel.
    voices: Vec<Voice>,
    /// Samples on their way to a voice.
    plane: Vec<f32>,
    /// Which block of the recording the first one of the voices is.
    first_block: u64,
    /// The part at hand.
    index: usize,
    start: u64,
    overlap: u64,
    ended: bool,
    /// Of all outputs of all parts.
    bytes: u64,
}

/// The lengths that decide where is cut, in frames.
struct Lengths {
    budget: u64,
    overlap: u64,
    window: u64,
    min_pause: u64,
    /// What of such a pause is surely seen where speech stands out.
    seen_pause: u64,
    margins: [u64; 2],
    /// What must be known beyond the latest place for a cut, to know how long a pause around it is.
    ahead: u64,
    noise: u64,
}

/// One channel as the detector hears it.
#[derive(Clone)]
struct Voice {
    detector: VoiceDetector,
    blocks: Vec<VoiceBlock>,
}

impl Cutter {
    pub(super) fn new(options: &Options, engine: Layout) -> Result<Self> {
        // The engine makes samples; what they become is known here.
        let format = OutputFormat::new(options, engine.sample_rate, engine.channel_count)?;
        let layout = Layout { format, ..engine };
        let lengths = Lengths::new(options, &layout)?;
        let channels = match lengths {
            Some(_) => layout.outputs * usize::from(layout.channel_count),
            None => 0,
        };
        Ok(Self {
            layout,
            lengths,
            queues: vec![Vec::new(); layout.outputs],
            done: 0,
            heard: 0,
            voices: vec![Voice { detector: VoiceDetector::new(layout.sample_rate), blocks: Vec::new() }; channels],
            plane: Vec::new(),
            first_block: 0,
            index: 0,
            start: 0,
            overlap: 0,
            ended: false,
            bytes: 0,
        })
    }

    /// Takes the next samples of one output; [`hear`](Self::hear) follows once all outputs have theirs.
    pub(super) fn take(&mut self, output: usize, samples: &[i16]) {
        if let Some(queue) = self.queues.get_mut(output) {
            queue.extend_from_slice(samples);
        }
    }

    /// Listens to what was taken; says whether that was anything.
    pub(super) fn hear(&mut self) -> bool {
        let channels = usize::from(self.layout.channel_count);
        let queued = self.queued();
        if queued == self.heard {
            return false;
        }
        for (n, voice) in self.voices.iter_mut().enumerate() {
            let fresh = &self.queues[n / channels][self.heard * channels..queued * channels];
            self.plane.clear();
            self.plane.extend(fresh.iter().skip(n % channels).step_by(channels).map(|sample| sample.to_f32()));
            voice.detector.push(&self.plane, &mut voice.blocks);
        }
        self.heard = queued;
        true
    }

    /// No more samples will come.
    pub(super) fn end(&mut self) {
        for voice in &mut self.voices {
            voice.detector.finish(&mut voice.blocks);
        }
    }

    /// The next part if it is decided where it ends; `drained` after [`end`](Self::end).
    pub(super) fn cut(&mut self, options: &Options, drained: bool) -> Result<Option<Part>> {
        let available = (self.queued() - self.done) as u64;
        match &self.lengths {
            Some(lengths) if available > lengths.budget => {
                let Some((end, cut)) = self.decide(lengths, available, drained) else { return Ok(None) };
                let overlap = lengths.overlap;
                self.emit(options, end - self.start, overlap, cut).map(Some)
            }
            // What is left fits.
            _ if drained && !self.ended => {
                self.ended = true;
                self.emit(options, available, 0, Cut::End).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Puts what was made of the samples into the report.
    pub(super) fn describe(&self, target: &mut TargetReport) {
        self.layout.format.describe(target);
        target.bytes = self.bytes;
    }

    fn queued(&self) -> usize {
        self.queues.first().map_or(0, Vec::len) / usize::from(self.layout.channel_count)
    }

    /// Where the part at hand ends, once everything that counts for it is known. Nothing beyond the horizon counts, so
    /// that it does not matter how much has arrived.
    fn decide(&self, lengths: &Lengths, available: u64, drained: bool) -> Option<(u64, Cut)> {
        let latest = self.start + lengths.budget;
        let horizon = (latest + lengths.ahead).min(self.start + available);
        if !drained && horizon < latest + lengths.ahead {
            return None;
        }
        let earliest = latest - lengths.window;
        let noise_from = horizon.saturating_sub(lengths.noise);
        let from = earliest.saturating_sub(2 * lengths.min_pause).min(noise_from);
        let rate = self.layout.sample_rate;
        let grid = Grid { rate, first: self.first_block.max(Grid::block_at(from, rate)) };
        let last = Grid::block_at(horizon, rate).max(grid.first);
        let range = (grid.first - self.first_block) as usize..(last - self.first_block) as usize;
        let mut blocks = vec![Block { speech: false, power: 0.0 }; range.len()];
        for voice in &self.voices {
            let heard = voice.blocks.get(range.clone())?;
            for ((block, heard), speech) in blocks.iter_mut().zip(heard).zip(speaking(heard)) {
                block.speech |= speech;
                block.power += heard.power();
            }
        }
        // Noise hides the soft ends of words: there what looks like a pause is longer than it is, not shorter.
        let min_pause = if stands_out(&blocks) { lengths.seen_pause } else { lengths.min_pause };
        let window = Window { earliest, latest, min_pause, margins: lengths.margins };
        Some(plan(&blocks, grid, &window))
    }

    /// Encodes the part at hand and begins the next.
    fn emit(&mut self, options: &Options, frames: u64, next_overlap: u64, cut: Cut) -> Result<Part> {
        let layout = &self.layout;
        let channels = usize::from(layout.channel_count);
        let samples = self.done * channels..(self.done + frames as usize) * channels;
        let encode = |queue: &Vec<i16>| {
            let mut bytes = Vec::new();
            let samples = queue.get(samples.clone()).ok_or_else(out_of_step)?;
            OutputEncoder::new(options, layout.format)?.encode(samples, Some(frames), &mut bytes)?;
            Ok(bytes)
        };
        let outputs = self.queues.iter().map(encode).collect::<Result<_>>()?;
        let part = Part {
            index: self.index,
            start_frame: self.start,
            frames,
            overlap_frames: self.overlap,
            cut,
            sample_rate_hz: layout.sample_rate.hz(),
            channel_count: layout.channel_count,
            encoding: options.target.encoding,
            packet_bytes: layout.format.packet_bytes(),
            outputs,
            is_base64: options.target.base64,
        };
        self.bytes += layout.format.bytes(frames).saturating_mul(layout.outputs as u64);
        self.index += 1;
        self.start += frames - next_overlap;
        self.overlap = next_overlap;
        self.forget((frames - next_overlap) as usize);
        Ok(part)
    }

    /// Lets go of frames and blocks that no later part needs.
    fn forget(&mut self, frames: usize) {
        self.done += frames;
        let left = self.queued() - self.done;
        // Moving what is left costs its length: not at every cut, so that tiny parts stay cheap.
        if self.done >= left {
            let samples = self.done * usize::from(self.layout.channel_count);
            for queue in &mut self.queues {
                queue.drain(..samples.min(queue.len()));
            }
            self.heard -= self.done;
            self.done = 0;
        }
        let Some(lengths) = &self.lengths else { return };
        let kept = Grid::block_at(self.start.saturating_sub(lengths.noise), self.layout.sample_rate);
        let spare = kept.saturating_sub(self.first_block) as usize;
        for voice in &mut self.voices {
            voice.blocks.drain(..spare.min(voice.blocks.len()));
        }
        self.first_block = self.first_block.max(kept);
    }
}

impl Lengths {
    fn new(options: &Options, layout: &Layout) -> Result<Option<Self>> {
        let rate_hz = layout.sample_rate.hz();
        let Some(budget) = most_frames(options, &layout.format, rate_hz)? else { return Ok(None) };
        let frames = |ms: u64| ms * u64::from(rate_hz) / 1_000;
        let overlap = frames(options.split.overlap_ms.into());
        if overlap > budget / 4 {
            let context = format!(
                "split.overlap_ms {} is {overlap} frames at {rate_hz} Hz, but the longest part that the limits allow has \
                 {budget}, of which a quarter may be repeated; shorten the overlap or raise the limits",
                options.split.overlap_ms
            );
            return Err(Error::new(ErrorKind::InvalidArgument, "split", context));
        }
        let min_pause = frames(options.split.min_pause_ms.into());
        let margins = MARGINS_MS.map(frames);
        Ok(Some(Self {
            budget,
            overlap,
            // The later half, so that a part is never shorter than it need be by more than that.
            window: ((options.split.window_s * f64::from(rate_hz)) as u64).min(budget / 2),
            min_pause,
            seen_pause: min_pause.saturating_sub(frames(VoiceDetector::PAUSE_LOST_MS.into())),
            margins,
            ahead: min_pause + margins[1] + frames(u64::from(VoiceDetector::BLOCK_MS)),
            noise: frames(NOISE_MS),
        }))
    }
}

/// The engine gives all outputs the same frames, so that no such error comes.
fn out_of_step() -> Error {
    Error::new(ErrorKind::Internal, "split", "outputs came out of step")
}
