//! The bookkeeping that all filters share: delay, length, bad samples.

use voxline_core::SampleRate;
use voxline_core::units::resampled_frames;

use super::Resample;

/// Samples looked at in one go.
const PIECE_FRAMES: usize = 4096;
/// Samples beyond this would overflow inside a filter: 192 dB above full scale.
const LIMIT: f32 = 4_294_967_296.0;
/// Fed in pieces to push the last frames out.
const SILENCE: [f32; 512] = [0.0; 512];

/// A filter that runs on a stream without regard to where it begins and ends.
pub(super) trait Kernel: Send {
    /// Takes all of `plane` and appends what is ready.
    fn feed(&mut self, plane: &[f32], out: &mut Vec<f32>);

    /// Output frames that come before the one at time 0.
    fn delay_out(&self) -> usize;

    /// The most input frames whose output, at its own time, may still be inside.
    fn held_in(&self) -> usize;

    /// As new.
    fn clear(&mut self);
}

/// Makes a [`Kernel`] a [`Resample`]: cuts off the delay at the start, pads with silence and cuts to length at the end.
pub(super) struct Aligned<K> {
    kernel: K,
    from_hz: u32,
    to_hz: u32,
    /// Output frames still to be dropped.
    skip: usize,
    frames_in: u64,
    frames_out: u64,
    replaced: u64,
    cleaned: Vec<f32>,
}

impl<K: Kernel> Aligned<K> {
    pub(super) fn new(kernel: K, from: SampleRate, to: SampleRate) -> Self {
        Self {
            skip: kernel.delay_out(),
            kernel,
            from_hz: from.hz(),
            to_hz: to.hz(),
            frames_in: 0,
            frames_out: 0,
            replaced: 0,
            cleaned: Vec::new(),
        }
    }

    fn feed(&mut self, plane: &[f32], out: &mut Vec<f32>) {
        let start = out.len();
        self.kernel.feed(plane, out);
        if self.skip > 0 {
            let dropped = self.skip.min(out.len() - start);
            out.drain(start..start + dropped);
            self.skip -= dropped;
        }
        self.frames_out = self.frames_out.saturating_add((out.len() - start) as u64);
    }
}

impl<K: Kernel> Resample for Aligned<K> {
    fn push(&mut self, plane: &[f32], out: &mut Vec<f32>) {
        self.frames_in = self.frames_in.saturating_add(plane.len() as u64);
        for piece in plane.chunks(PIECE_FRAMES) {
            // Wrapping, because a piece is far too short to overflow and a check would cost the vector code.
            let bad = piece.iter().fold(0u32, |n, x| n.wrapping_add(u32::from(!usable(*x))));
            if bad == 0 {
                self.feed(piece, out);
            } else {
                self.replaced = self.replaced.saturating_add(bad.into());
                let mut cleaned = std::mem::take(&mut self.cleaned);
                cleaned.clear();
                cleaned.extend(piece.iter().map(|x| if usable(*x) { *x } else { 0.0 }));
                self.feed(&cleaned, out);
                self.cleaned = cleaned;
            }
        }
    }

    fn finish(&mut self, out: &mut Vec<f32>) {
        let target = resampled_frames(self.frames_in, self.from_hz, self.to_hz);
        while self.frames_out < target {
            self.feed(&SILENCE, out);
        }
        let surplus = usize::try_from(self.frames_out - target).unwrap_or(usize::MAX);
        out.truncate(out.len().saturating_sub(surplus));
        self.reset();
    }

    fn reset(&mut self) {
        self.kernel.clear();
        self.skip = self.kernel.delay_out();
        self.frames_in = 0;
        self.frames_out = 0;
        self.replaced = 0;
    }

    fn latency_frames(&self) -> usize {
        self.kernel.held_in()
    }

    fn replaced(&self) -> u64 {
        self.replaced
    }
}

fn usable(x: f32) -> bool {
    x.abs() <= LIMIT
}
