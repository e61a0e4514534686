//! The quadrature mirror filter that splits wideband speech into two bands at 8 kHz each.
//!
//! The high-pass is the low-pass with every other sign changed, so both bands come from the same two sums: over the even
//! and over the odd taps.
//!
//! **Source**: J. D. Johnston, "A filter family designed for use in quadrature mirror filter banks", ICASSP 1980; the taps
//! are those of libspeex 1.2.1, sb_celp.c.

use crate::kernel::Kernels;
use crate::mode::BAND_FRAME;
use crate::tables::qmf::PROTOTYPE;

/// Taps of one phase.
const TAPS: usize = PROTOTYPE.len() / 2;

/// Samples by which the splitting delays, at 16 kHz.
pub(crate) const DELAY: usize = PROTOTYPE.len() - 1;

/// Splits frames.
#[derive(Debug)]
pub(super) struct Splitter {
    even_taps: [f32; TAPS],
    odd_taps: [f32; TAPS],
    /// Every other sample, with the past that the taps reach.
    even: [f32; TAPS + BAND_FRAME],
    odd: [f32; TAPS + BAND_FRAME],
}

impl Splitter {
    pub(super) fn new() -> Self {
        Self {
            even_taps: std::array::from_fn(|tap| PROTOTYPE[2 * tap]),
            odd_taps: std::array::from_fn(|tap| PROTOTYPE[2 * tap + 1]),
            even: [0.0; TAPS + BAND_FRAME],
            odd: [0.0; TAPS + BAND_FRAME],
        }
    }

    pub(super) fn reset(&mut self) {
        self.even.fill(0.0);
        self.odd.fill(0.0);
    }

    /// The bands of the frame, low and high; the high one has its spectrum mirrored.
    pub(super) fn split(
        &mut self,
        kernels: &Kernels,
        frame: impl Iterator<Item = f32>,
    ) -> ([f32; BAND_FRAME], [f32; BAND_FRAME]) {
        // 63 samples of the past lie before the frame: its first sample stands at an odd place.
        self.even.copy_within(BAND_FRAME.., 0);
        self.odd.copy_within(BAND_FRAME.., 0);
        let mut samples = frame;
        for n in 0..BAND_FRAME {
            self.odd[TAPS - 1 + n] = samples.next().unwrap_or(0.0);
            self.even[TAPS + n] = samples.next().unwrap_or(0.0);
        }
        let (mut even, mut odd) = ([0.0; BAND_FRAME], [0.0; BAND_FRAME]);
        (kernels.correlate)(&self.even_taps, &self.even, &mut even);
        (kernels.correlate)(&self.odd_taps, &self.odd, &mut odd);
        (std::array::from_fn(|n| odd[n] + even[n]), std::array::from_fn(|n| odd[n] - even[n]))
    }
}
