//! Where somebody speaks: the level of each 16 ms in two bands, and the pauses between.

mod activity;
mod bands;

use voxline_core::SampleRate;

use bands::Bands;

pub use activity::speaking;

/// One block of [`VoiceDetector`]: 16 ms. Powers are mean squares, full scale ±1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct VoiceBlock {
    /// Power from 150 to 900 Hz: the voice.
    pub low: f32,
    /// Power from 900 to 3800 Hz: vowels' upper formants and hiss.
    pub high: f32,
}

impl VoiceBlock {
    /// The power in both bands.
    pub fn power(&self) -> f32 {
        self.low + self.high
    }
}

/// Measures what [`speaking`] tells speech from pauses by, in one plane of any sample rate.
///
/// Block n begins with frame ⌈n · 16 ms · rate⌉; the blocks are the same however the audio is cut.
///
/// Hum, and what no telephone carries, are left out, and voice and hiss are measured apart, because noise that hides one
/// seldom hides the other.
///
/// ```
/// use voxline_core::SampleRate;
/// use voxline_dsp::VoiceDetector;
/// let mut detector = VoiceDetector::new(SampleRate::new(8_000)?);
/// let mut blocks = Vec::new();
/// detector.push(&[0.0; 8_000], &mut blocks);
/// detector.finish(&mut blocks);
/// assert_eq!(blocks.len(), 63); // 62.5 blocks of 16 ms in a second
/// assert!(blocks.iter().all(|block| block.power() == 0.0));
/// # Ok::<(), voxline_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct VoiceDetector {
    rate_hz: u32,
    bands: Bands,
    /// Sums of squares of the block at hand.
    sums: [f64; bands::BANDS],
    /// Its frames so far.
    frames: u64,
    /// Which block it is.
    block: u64,
}

impl VoiceDetector {
    /// Length of a block in ms.
    pub const BLOCK_MS: u32 = 16;

    /// A pause without any sound is told by [`speaking`] with up to this many ms less than it has: what is near to speech
    /// belongs to it.
    pub const PAUSE_LOST_MS: u32 = activity::LOST_BLOCKS as u32 * Self::BLOCK_MS;

    /// A detector for a plane of this rate.
    pub fn new(rate: SampleRate) -> Self {
        let bands = Bands::new(rate.hz());
        Self { rate_hz: rate.hz(), bands, sums: [0.0; bands::BANDS], frames: 0, block: 0 }
    }

    /// The frame with which block `index` begins at this rate.
    pub fn block_start(index: u64, rate: SampleRate) -> u64 {
        start(index, rate.hz())
    }

    /// Takes the next samples and appends the blocks that are complete. What is no number counts as 0, what is beyond
    /// full scale as full scale.
    ///
    /// **Allocation**: growth of `out` only.
    pub fn push(&mut self, plane: &[f32], out: &mut Vec<VoiceBlock>) {
        let mut rest = plane;
        while !rest.is_empty() {
            let missing = start(self.block + 1, self.rate_hz) - start(self.block, self.rate_hz) - self.frames;
            let (now, later) = rest.split_at(rest.len().min(usize::try_from(missing).unwrap_or(usize::MAX)));
            for sample in now {
                let sample = if sample.is_nan() { 0.0 } else { f64::from(sample.clamp(-1.0, 1.0)) };
                for (sum, x) in self.sums.iter_mut().zip(self.bands.next(sample)) {
                    *sum += x * x;
                }
            }
            self.frames += now.len() as u64;
            if now.len() as u64 == missing {
                self.end_block(out);
            }
            rest = later;
        }
    }

    /// Appends the rest and starts anew. A last block that is not full counts as one.
    pub fn finish(&mut self, out: &mut Vec<VoiceBlock>) {
        if self.frames > 0 {
            self.end_block(out);
        }
        self.bands = Bands::new(self.rate_hz);
        self.block = 0;
    }

    fn end_block(&mut self, out: &mut Vec<VoiceBlock>) {
        let [low, high] = self.sums.map(|sum| (sum / self.frames as f64) as f32);
        out.push(VoiceBlock { low, high });
        self.sums = [0.0; bands::BANDS];
        self.frames = 0;
        self.block += 1;
        self.bands.settle();
    }
}

/// The frame with which a block begins.
fn start(index: u64, rate_hz: u32) -> u64 {
    index.saturating_mul(u64::from(VoiceDetector::BLOCK_MS) * u64::from(rate_hz)).div_ceil(1_000)
}
