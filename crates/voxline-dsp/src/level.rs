//! Peak, RMS and the relation of two channels.

mod frames;
mod plane;
mod stereo;

pub use frames::FrameMeter;
pub use plane::LevelMeter;
pub use stereo::{PairRelation, StereoMeter};

use voxline_core::ChannelLevel;

use crate::convert::s16_to_f32;

/// Frames summed in one go. Block borders lie at fixed places of the stream, so the order of the additions, and with it
/// every bit of the result, does not depend on how the audio is cut.
const BLOCK_FRAMES: usize = 512;

/// Sums of one channel.
#[derive(Debug, Clone, Copy, Default)]
struct Totals {
    peak: f32,
    squares: f64,
}

impl Totals {
    fn add(&mut self, block: Self) {
        self.peak = self.peak.max(block.peak);
        self.squares += block.squares;
    }

    fn level(self, frames: u64) -> ChannelLevel {
        let rms = if frames == 0 { 0.0 } else { (self.squares / frames as f64).sqrt() };
        ChannelLevel::from_linear(f64::from(self.peak), rms)
    }
}

/// What is measured of a sample: NaN counts as silence, infinity as the largest number, so that one of them does not make
/// the level of a whole call unknown.
fn measured(x: f32) -> f32 {
    let x = if x.is_nan() { 0.0 } else { x };
    let x = if x > f32::MAX { f32::MAX } else { x };
    if x < -f32::MAX { -f32::MAX } else { x }
}

/// Cuts a stream into blocks at fixed places: what does not fill a block waits for the next chunk.
#[derive(Debug, Clone, Default)]
struct Blocks {
    waiting: Vec<f32>,
}

impl Blocks {
    /// Calls `each` with every block of `block_len` samples that is complete.
    fn push(&mut self, mut samples: &[f32], block_len: usize, mut each: impl FnMut(&[f32])) {
        if !self.waiting.is_empty() {
            let missing = samples.len().min(block_len - self.waiting.len());
            let (head, rest) = samples.split_at(missing);
            self.waiting.extend_from_slice(head);
            samples = rest;
            if self.waiting.len() < block_len {
                return;
            }
            each(&self.waiting);
            self.waiting.clear();
        }
        let blocks = samples.chunks_exact(block_len);
        self.waiting.extend_from_slice(blocks.remainder());
        blocks.for_each(each);
    }

    /// The same of samples of 16 bits. Those that wait for the next chunk wait as floats.
    fn push_s16(&mut self, samples: &[i16], block_len: usize, mut each: impl FnMut(Block<'_>)) {
        let missing = if self.waiting.is_empty() { 0 } else { block_len - self.waiting.len() };
        let (head, samples) = samples.split_at(missing.min(samples.len()));
        s16_to_f32(head, &mut self.waiting);
        if self.waiting.len() == block_len {
            each(Block::Floats(&self.waiting));
            self.waiting.clear();
        }
        let blocks = samples.chunks_exact(block_len);
        s16_to_f32(blocks.remainder(), &mut self.waiting);
        blocks.for_each(|block| each(Block::Integers(block)));
    }
}

/// A whole block of either kind.
enum Block<'a> {
    Floats(&'a [f32]),
    Integers(&'a [i16]),
}
