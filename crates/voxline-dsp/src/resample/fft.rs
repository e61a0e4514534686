//! FFT convolution by rubato, for ratios of small numbers.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler, WindowFunction};
use voxline_core::Result;

use super::aligned::Kernel;
use super::design::{Design, Window};
use crate::DspError;

/// Gathers blocks and transforms them one at a time.
pub(super) struct FftKernel {
    inner: Fft<f32>,
    block_in: usize,
    block_out: usize,
    /// The block that is being filled.
    waiting: Vec<f32>,
}

impl FftKernel {
    pub(super) fn new(design: &Design, blocks: usize) -> Result<Self> {
        let (block_in, block_out) = (blocks * design.from, blocks * design.to);
        let window = match design.figures.window {
            Window::Hann2 => WindowFunction::Hann2,
            Window::BlackmanHarris2 => WindowFunction::BlackmanHarris2,
        };
        // One channel, one block per call: each plane has a resampler of its own.
        let inner = Fft::new_custom(design.from, design.to, block_in, 1, 1, window, FixedSync::Both)
            .ok()
            .filter(|fft| (fft.fft_size_in(), fft.fft_size_out()) == (block_in, block_out))
            .ok_or_else(|| DspError::Design {
                from_hz: design.from_hz,
                to_hz: design.to_hz,
                reason: format!("blocks of {block_in} and {block_out} frames were refused"),
            })?;
        Ok(Self { inner, block_in, block_out, waiting: Vec::with_capacity(block_in) })
    }

    /// Transforms the block that is full.
    fn transform(&mut self, out: &mut Vec<f32>) {
        let start = out.len();
        out.resize(start + self.block_out, 0.0);
        let done = InterleavedSlice::new(&self.waiting, 1, self.block_in).ok().and_then(|source| {
            let mut target = InterleavedSlice::new_mut(&mut out[start..], 1, self.block_out).ok()?;
            self.inner.process_into_buffer(&source, &mut target, None).ok()
        });
        // The lengths are those that rubato was built for, and it has no other cause of failure.
        debug_assert_eq!(done, Some((self.block_in, self.block_out)));
        self.waiting.clear();
    }
}

impl Kernel for FftKernel {
    fn feed(&mut self, mut plane: &[f32], out: &mut Vec<f32>) {
        while !plane.is_empty() {
            let (head, rest) = plane.split_at(plane.len().min(self.block_in - self.waiting.len()));
            self.waiting.extend_from_slice(head);
            plane = rest;
            if self.waiting.len() == self.block_in {
                self.transform(out);
            }
        }
    }

    fn delay_out(&self) -> usize {
        self.block_out / 2
    }

    fn held_in(&self) -> usize {
        self.block_in + self.block_in / 2
    }

    fn clear(&mut self) {
        self.inner.reset();
        self.waiting.clear();
    }
}
