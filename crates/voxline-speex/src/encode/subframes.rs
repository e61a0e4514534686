//! The filters of a frame's sub-frames and what passes through them.
//!
//! Line spectral pairs are interpolated between frames, so every sub-frame has filters of its own. All of a frame are known
//! before its first sub-frame is coded, and made side by side: the unquantised ones in lanes 0 to 3, the quantised ones,
//! which the decoder has too, in lanes 4 to 7.

use crate::kernel::{Filters, Kernels, LEAD, ORDER, Response, SUBFRAME, Subframe};
use crate::mode::SUBFRAMES;

/// Line spectral pairs of one frame, before and after quantisation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spectra {
    pub(super) exact: [f32; ORDER],
    pub(super) quantised: [f32; ORDER],
}

/// What distinguishes the filters of the two bands.
#[derive(Debug, Clone, Copy)]
pub(super) struct FilterDesign {
    pub(super) order: usize,
    /// Least distance of neighbouring line spectral pairs.
    pub(super) margin: f32,
    /// Bandwidth of the zeros of the perceptual weighting.
    pub(super) zeros: f32,
    /// Bandwidth of its poles.
    pub(super) poles: f32,
}

/// The filters of one sub-frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct SubframeFilters {
    /// The synthesis filter is 1 / A of this.
    pub(super) synthesis: [f32; ORDER],
    /// Zeros of the perceptual weighting, A(z/γ₁).
    pub(super) zeros: [f32; ORDER],
    /// Its poles, A(z/γ₂).
    pub(super) poles: [f32; ORDER],
    /// Impulse response of the synthesis filter.
    pub(super) synthesis_response: Response,
    /// Impulse response of 1 / A(z/γ₂).
    pub(super) poles_response: Response,
}

/// How far between two sets of line spectral pairs each lane lies.
const PARTS: [f32; 8] = [0.25, 0.5, 0.75, 1.0, 0.25, 0.5, 0.75, 1.0];

/// The filters of all sub-frames between two frames' line spectral pairs.
pub(super) fn filters(
    kernels: &Kernels,
    design: &FilterDesign,
    old: &Spectra,
    new: &Spectra,
) -> [SubframeFilters; SUBFRAMES] {
    let side_by_side = |spectra: &Spectra| -> Filters {
        std::array::from_fn(|k| {
            std::array::from_fn(|lane| if lane < SUBFRAMES { spectra.exact[k] } else { spectra.quantised[k] })
        })
    };
    let mut a = Filters::default();
    (kernels.interpolated_filters)(&side_by_side(old), &side_by_side(new), &PARTS, design.order, design.margin, &mut a);
    let (mut poles, mut zeros) = (a, a);
    let (mut wide, mut narrow) = (design.poles, design.zeros);
    for (poles, zeros) in poles.iter_mut().zip(&mut zeros) {
        for lane in 0..SUBFRAMES {
            poles[lane] *= wide;
            zeros[lane] *= narrow;
        }
        wide *= design.poles;
        narrow *= design.zeros;
    }
    let mut responses = [[0.0; 8]; SUBFRAME];
    (kernels.impulse_responses)(&poles, &mut responses);
    let response = |lane: usize| {
        let mut response = [0.0; LEAD + SUBFRAME + 8];
        for (out, lanes) in response[LEAD..].iter_mut().zip(&responses) {
            *out = lanes[lane];
        }
        response
    };
    std::array::from_fn(|sub| SubframeFilters {
        synthesis: a.map(|lanes| lanes[SUBFRAMES + sub]),
        zeros: zeros.map(|lanes| lanes[sub]),
        poles: poles.map(|lanes| lanes[sub]),
        synthesis_response: response(SUBFRAMES + sub),
        poles_response: response(sub),
    })
}

impl SubframeFilters {
    /// Gain of A at half the sampling rate (z = −1).
    pub(super) fn gain_at_top(&self) -> f32 {
        self.synthesis.iter().enumerate().fold(1.0, |sum, (k, a)| if k % 2 == 0 { sum - a } else { sum + a })
    }

    /// Impulse response of the weighted synthesis filter, A(z/γ₁) / (A(z/γ₂)·A(z)).
    pub(super) fn weighted_response(&self, kernels: &Kernels) -> Response {
        let mut both = [0.0; LEAD + SUBFRAME];
        let mut product = [0.0; SUBFRAME];
        let poles = std::array::from_fn(|n| self.poles_response[LEAD + n]);
        (kernels.convolve)(&self.synthesis_response, &poles, &mut product);
        both[LEAD..].copy_from_slice(&product);
        let mut response = [0.0; LEAD + SUBFRAME + 8];
        (kernels.predict)(&self.zeros, &both[LEAD - ORDER..], &mut response[LEAD..LEAD + SUBFRAME]);
        response
    }

    /// What the input of the filters' recursions owes to the last ten samples before: see [`tail`].
    pub(super) fn memory(&self, kernels: &Kernels, heard: &[f32; ORDER], weighted: &[f32; ORDER]) -> Memory {
        let mut weighting = tail(kernels, &self.zeros, heard);
        for (weighting, poles) in weighting.iter_mut().zip(tail(kernels, &self.poles, weighted)) {
            *weighting -= poles;
        }
        Memory { synthesis: tail(kernels, &self.synthesis, heard).map(|x| -x), weighting }
    }

    /// How the synthesis filter rings on when no excitation follows.
    pub(super) fn synthesis_ringing(&self, kernels: &Kernels, memory: &Memory) -> Subframe {
        let mut out = [0.0; SUBFRAME];
        (kernels.convolve_start)(&self.synthesis_response, &memory.synthesis, &mut out);
        out
    }

    /// The synthesis filter's output for an excitation.
    pub(super) fn synthesise(&self, kernels: &Kernels, excitation: &Subframe, memory: &Memory) -> Subframe {
        let (mut input, mut out) = (*excitation, [0.0; SUBFRAME]);
        for (input, memory) in input.iter_mut().zip(&memory.synthesis) {
            *input += memory;
        }
        (kernels.convolve)(&self.synthesis_response, &input, &mut out);
        out
    }

    /// The perceptual weighting of a signal; of one before which there was silence if there is no memory.
    pub(super) fn weight(&self, kernels: &Kernels, signal: &Subframe, memory: Option<&Memory>) -> Subframe {
        let mut out = [0.0; SUBFRAME];
        let mut zeros = filter_alone(kernels, &self.zeros, signal);
        if let Some(memory) = memory {
            for (zeros, memory) in zeros.iter_mut().zip(&memory.weighting) {
                *zeros += memory;
            }
        }
        (kernels.convolve)(&self.poles_response, &zeros, &mut out);
        out
    }
}

/// What goes over from sub-frame to sub-frame in the filters.
///
/// The coefficients jump between sub-frames. As in the decoder, samples of the past count with the coefficients of the
/// sub-frame that they are from.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Memory {
    synthesis: [f32; 16],
    weighting: [f32; 16],
}

/// `A` of a signal before which there was silence.
pub(super) fn filter_alone(kernels: &Kernels, a: &[f32; ORDER], signal: &Subframe) -> Subframe {
    let mut padded = [0.0; ORDER + SUBFRAME];
    padded[ORDER..].copy_from_slice(signal);
    let mut out = [0.0; SUBFRAME];
    (kernels.predict)(a, &padded, &mut out);
    out
}

/// What `A` still puts out after its last ten input samples.
///
/// A recursion 1 / A takes its past outputs from its input in the same way: the tail of those, taken from the input, is
/// all it needs to go on from silence.
pub(super) fn tail(kernels: &Kernels, a: &[f32; ORDER], history: &[f32; ORDER]) -> [f32; 16] {
    let mut input = [0.0; ORDER + 16];
    input[..ORDER].copy_from_slice(history);
    let mut tail = [0.0; 16];
    (kernels.predict)(a, &input, &mut tail);
    tail
}
