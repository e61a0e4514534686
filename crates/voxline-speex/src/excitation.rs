//! The excitation of the low band: one frame, and as much of the past as prediction and enhancement look back on.

use crate::mode::{BAND_FRAME, MAX_LAG, SUBFRAME};

/// Samples on either side that a fractional shift reads beyond the shifted window.
pub(crate) const SHIFT_REACH: usize = 6;
/// What is heard lags one sub-frame behind; from there the comb filter looks back two of the longest lags.
const PAST: usize = 2 * MAX_LAG + SUBFRAME + SHIFT_REACH;
const LENGTH: usize = PAST + BAND_FRAME + SHIFT_REACH;

/// The excitation up to the end of a frame.
#[derive(Debug, Clone)]
pub(crate) struct Excitation {
    /// The past, the frame, and behind it the zeros that a shift into the future reads.
    samples: [f32; LENGTH],
}

impl Excitation {
    pub(crate) fn new() -> Self {
        Self { samples: [0.0; LENGTH] }
    }

    /// Makes the frame part of the past. Its place keeps its samples until they are written.
    pub(crate) fn advance(&mut self) {
        self.samples.copy_within(BAND_FRAME..PAST + BAND_FRAME, 0);
    }

    /// All samples, and where in them the frame begins.
    pub(crate) fn before_frame_mut(&mut self) -> (&mut [f32], usize) {
        (&mut self.samples, PAST)
    }

    /// The frame.
    pub(crate) fn frame(&self) -> &[f32] {
        &self.samples[PAST..PAST + BAND_FRAME]
    }

    /// The frame, to be written.
    pub(crate) fn frame_mut(&mut self) -> &mut [f32] {
        &mut self.samples[PAST..PAST + BAND_FRAME]
    }

    /// The frame as a frame of silence measures it. That every decoder leaves out the first samples is an accident of
    /// how the first one moved its buffer; noise as loud as theirs needs the same.
    pub(crate) fn last_for_silence(&self) -> [f32; BAND_FRAME] {
        let mut last = [0.0; BAND_FRAME];
        last[SHIFT_REACH..].copy_from_slice(&self.frame()[SHIFT_REACH..]);
        last
    }

    /// Everything before sub-frame `subframe` (0 to 3), and the sub-frame.
    pub(crate) fn at_subframe(&mut self, subframe: usize) -> (&[f32], &mut [f32]) {
        let (past, rest) = self.samples.split_at_mut(PAST + subframe * SUBFRAME);
        (past, &mut rest[..SUBFRAME])
    }

    /// What is heard in this frame: it lags one sub-frame behind, so that filters can look ahead.
    pub(crate) fn heard(&self) -> &[f32] {
        &self.samples[PAST - SUBFRAME..PAST - SUBFRAME + BAND_FRAME]
    }

    /// All samples, and where in them what is heard in this frame begins.
    pub(crate) fn around_heard(&self) -> (&[f32], usize) {
        (&self.samples, PAST - SUBFRAME)
    }
}
