//! The one place that names the FFT.

use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

/// Real FFTs of one length, with their buffers.
pub(super) struct Fft {
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    scratch: Vec<Complex<f32>>,
    time: Vec<f32>,
}

/// Half a spectrum: bins from 0 to half the rate.
pub(super) type Spectrum = Vec<Complex<f32>>;

impl Fft {
    pub(super) fn new(len: usize) -> Self {
        let mut planner = RealFftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(len), planner.plan_fft_inverse(len));
        let scratch = forward.get_scratch_len().max(inverse.get_scratch_len());
        Self { forward, inverse, scratch: vec![Complex::default(); scratch], time: vec![0.0; len] }
    }

    pub(super) fn spectrum(&self) -> Spectrum {
        vec![Complex::default(); self.time.len() / 2 + 1]
    }

    /// Transforms what `fill` writes into a zeroed buffer of the length of the FFT.
    pub(super) fn forward(&mut self, out: &mut Spectrum, fill: impl FnOnce(&mut [f32])) {
        self.time.fill(0.0);
        fill(&mut self.time);
        // Lengths are those of the plan, and there is no other cause of failure.
        let done = self.forward.process_with_scratch(&mut self.time, out, &mut self.scratch);
        debug_assert!(done.is_ok(), "{done:?}");
    }

    /// Back to time, times the length; `spectrum` is used up.
    pub(super) fn inverse(&mut self, spectrum: &mut Spectrum) -> &[f32] {
        // A real signal has no imaginary part at its ends; the plan refuses what rounding leaves there.
        if let Some(first) = spectrum.first_mut() {
            first.im = 0.0;
        }
        if let Some(last) = spectrum.last_mut().filter(|_| self.time.len().is_multiple_of(2)) {
            last.im = 0.0;
        }
        let done = self.inverse.process_with_scratch(spectrum, &mut self.time, &mut self.scratch);
        debug_assert!(done.is_ok(), "{done:?}");
        &self.time
    }
}

impl std::fmt::Debug for Fft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fft").field("len", &self.time.len()).finish_non_exhaustive()
    }
}
