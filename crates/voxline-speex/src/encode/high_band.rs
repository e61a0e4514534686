//! The layer that adds the band from 4 to 8 kHz.

use super::line_spectrum::LineSpectrum;
use super::low_band::{LOOKAHEAD, LowBandReport};
use super::lpc;
use super::lsp_search::HighSearch;
use super::shape_search::ShapeSearch;
use super::subframes::{self, FilterDesign, Memory, Spectra, SubframeFilters};
use crate::bits::BitWriter;
use crate::kernel::{Kernels, ORDER, SUBFRAME, Subframe};
use crate::lsp_quant;
use crate::mode::{BAND_FRAME, HIGH_ORDER};
use crate::submode::{FOLDING_GAIN_BITS, HIGH_GAIN_BITS, HIGH_HEADER_BITS, HighInnovation, HighLayer, LSP_STAGE_BITS};
use crate::tables::gains::{FOLDING_GAIN_BOUNDS, HIGH_GAIN_BOUNDS};

/// **Source**: libspeex 1.2.1, modes_wb.c (γ₁, γ₂) and sb_celp.c (the margin).
const DESIGN: FilterDesign = FilterDesign { order: HIGH_ORDER, margin: 0.05, zeros: 0.9, poles: 0.6 };
/// The level of an interval of gains, relative to its upper bound.
const LEVEL_IN_INTERVAL: f32 = 0.873_60;
/// How much finer the second stage of the innovation is than the first.
const SECOND_STAGE: f32 = 2.5;
/// A layer begins with this bit, a narrowband frame with the other one.
const LAYER_FLAG: u32 = 1 << (HIGH_HEADER_BITS - 1);

/// The state of the encoder of the high band.
#[derive(Debug)]
pub(super) struct HighBand {
    kernels: &'static Kernels,
    layer: &'static HighLayer,
    line_spectrum: LineSpectrum,
    lsp_search: HighSearch,
    shape_search: Option<ShapeSearch>,
    state: State,
}

/// What goes over from frame to frame.
#[derive(Debug, Clone)]
struct State {
    /// The frame that is coded, then the analysis's look ahead.
    signal: [f32; BAND_FRAME + LOOKAHEAD],
    /// The frame as the decoder will have it.
    synthesis: [f32; BAND_FRAME],
    memory: Memory,
    /// What the last sub-frame's prediction filter still puts out for the input.
    residual_tail: [f32; 16],
    spectra: Spectra,
    is_first: bool,
}

impl State {
    fn new() -> Self {
        let spread = std::array::from_fn(|k| std::f32::consts::PI * (k + 1) as f32 / (HIGH_ORDER + 1) as f32);
        Self {
            signal: [0.0; BAND_FRAME + LOOKAHEAD],
            synthesis: [0.0; BAND_FRAME],
            memory: Memory::default(),
            residual_tail: [0.0; 16],
            spectra: Spectra { exact: spread, quantised: spread },
            is_first: true,
        }
    }
}

impl HighBand {
    pub(super) fn new(kernels: &'static Kernels, layer: &'static HighLayer, complexity: u8) -> Self {
        let shape_search = match layer.innovation {
            HighInnovation::Folding => None,
            HighInnovation::Shapes(codebook) | HighInnovation::TwoStages(codebook) => {
                Some(ShapeSearch::new(codebook, super::kept_paths(complexity)))
            }
        };
        Self {
            kernels,
            layer,
            line_spectrum: LineSpectrum::new(),
            lsp_search: HighSearch::new(),
            shape_search,
            state: State::new(),
        }
    }

    pub(super) fn reset(&mut self) {
        self.state = State::new();
    }

    /// What the decoder will have of the last frame's high band.
    #[cfg(test)]
    pub(super) fn synthesis(&self) -> &[f32] {
        &self.state.synthesis
    }

    /// Codes 160 samples of the high band above a frame of the low band.
    pub(super) fn encode(&mut self, frame: &[f32; BAND_FRAME], low: &LowBandReport, bits: &mut BitWriter<'_>) {
        self.state.signal.copy_within(BAND_FRAME.., 0);
        self.state.signal[LOOKAHEAD..].copy_from_slice(frame);
        let a = lpc::prediction_filter(self.kernels, &self.state.signal, HIGH_ORDER);
        let exact = self.line_spectrum.of(self.kernels, &a, HIGH_ORDER).unwrap_or(self.state.spectra.exact);

        bits.put(LAYER_FLAG | u32::from(self.layer.id), HIGH_HEADER_BITS);
        let indices = self.lsp_search.search(self.kernels, &exact);
        for index in indices {
            bits.put(index as u32, LSP_STAGE_BITS);
        }
        let mut quantised = [0.0; ORDER];
        quantised[..HIGH_ORDER].copy_from_slice(&lsp_quant::high(indices));
        let new = Spectra { exact, quantised };
        let old = if self.state.is_first { new } else { self.state.spectra };
        for (sub, filters) in subframes::filters(self.kernels, &DESIGN, &old, &new).iter().enumerate() {
            let input = std::array::from_fn(|n| self.state.signal[sub * SUBFRAME + n]);
            let level = self.residual_level(filters, &input);
            let ratio = (low.gain_at_top[sub] + 0.01) / (filters.gain_at_top() + 0.01);
            if matches!(self.layer.innovation, HighInnovation::Folding) {
                let gain = ratio * level / (1.0 + low.innovation_rms[sub]);
                bits.put(interval(gain, &FOLDING_GAIN_BOUNDS), FOLDING_GAIN_BITS);
            } else {
                let level_below = low.excitation_rms[sub];
                // One more on both sides, so that faint noise below does not make the layer loud.
                let index = interval(ratio * (1.0 + level) / (1.0 + level_below), &HIGH_GAIN_BOUNDS);
                bits.put(index, HIGH_GAIN_BITS);
                let gain = LEVEL_IN_INTERVAL * HIGH_GAIN_BOUNDS[index as usize] / ratio * level_below;
                self.subframe(sub, filters, &input, gain, bits);
            }
        }
        self.state.spectra = new;
        self.state.is_first = false;
    }

    /// Level of the excitation that would reproduce a sub-frame of the input.
    fn residual_level(&mut self, filters: &SubframeFilters, input: &Subframe) -> f32 {
        let mut residual = subframes::filter_alone(self.kernels, &filters.synthesis, input);
        for (residual, tail) in residual.iter_mut().zip(&self.state.residual_tail) {
            *residual += tail;
        }
        self.state.residual_tail = subframes::tail(self.kernels, &filters.synthesis, &super::last_ten(input));
        super::rms(self.kernels, &residual)
    }

    /// Codes the innovation of a sub-frame.
    fn subframe(
        &mut self,
        sub: usize,
        filters: &SubframeFilters,
        input: &Subframe,
        gain: f32,
        bits: &mut BitWriter<'_>,
    ) {
        let Some(search) = &mut self.shape_search else { return };
        let kernels = self.kernels;
        let h = filters.weighted_response(kernels);
        let ringing = filters.synthesis_ringing(kernels, &self.state.memory);
        let open = std::array::from_fn(|n| (input[n] - ringing[n]) / gain);
        let target = filters.weight(kernels, &open, None);
        search.prepare(kernels, &h);
        let first = search.search(kernels, &h, &target);
        search.send(&first, bits);
        let mut innovation = first.sum;
        if matches!(self.layer.innovation, HighInnovation::TwoStages(_)) {
            let mut response = [0.0; SUBFRAME];
            (kernels.convolve)(&h, &first.sum, &mut response);
            let left = std::array::from_fn(|n| SECOND_STAGE * (target[n] - response[n]));
            let second = search.search(kernels, &h, &left);
            search.send(&second, bits);
            for (innovation, more) in innovation.iter_mut().zip(&second.sum) {
                *innovation += more / SECOND_STAGE;
            }
        }
        let excitation = innovation.map(|x| gain * x);
        let synthesis = filters.synthesise(kernels, &excitation, &self.state.memory);
        self.state.memory = filters.memory(kernels, &super::last_ten(&synthesis), &[0.0; ORDER]);
        self.state.synthesis[sub * SUBFRAME..(sub + 1) * SUBFRAME].copy_from_slice(&synthesis);
    }
}

/// In which interval a gain lies; what is above all bounds belongs to the last.
fn interval(gain: f32, bounds: &[f32]) -> u32 {
    bounds[..bounds.len() - 1].iter().take_while(|&&bound| gain > bound).count() as u32
}
