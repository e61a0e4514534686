//! The narrowband encoder, which is also the lower half of the wideband one.

mod subframe;

use super::line_spectrum::LineSpectrum;
use super::lpc::{self, ANALYSED};
use super::lsp_search::LowSearch;
use super::open_loop::{self, FramePitch};
use super::pitch_search::{PitchSearch, REACH};
use super::shape_search::ShapeSearch;
use super::subframes::{self, FilterDesign, Memory, Spectra};
use super::{last_ten, rms};
use crate::bits::BitWriter;
use crate::kernel::{Filters, Kernels, ORDER, SUBFRAME};
use crate::lsp_quant;
use crate::mode::{BAND_FRAME, MIN_LAG, SUBFRAMES};
use crate::submode::{
    FRAME_GAIN_BITS, FRAME_PITCH_GAIN_BITS, Innovation, LAG_BITS, LOW_HEADER_BITS, LSP_STAGE_BITS, LspCoding,
    NOISE_FLAG_BITS, PitchGain, Submode,
};

/// Least distance of neighbouring line spectral pairs.
/// **Source**: libspeex 1.2.1, nb_celp.c.
const MARGIN: f32 = 0.002;

/// The filters of a sub-mode. How far the weighting follows the spectrum is nothing the decoder knows of: where there are
/// few bits the zeros are those of libspeex 1.2.1 (modes.c); where there are more, noise may hide deeper under the peaks.
fn design(submode: &Submode) -> FilterDesign {
    let zeros = match submode.id {
        4 => 0.93,
        5..=7 => 0.95,
        _ => 0.92,
    };
    FilterDesign { order: ORDER, margin: MARGIN, zeros, poles: 0.6 }
}

/// Weighting of the signal in which the frame's lag is looked for.
/// **Source**: libspeex 1.2.1, nb_celp.c.
const OPEN_LOOP_ZEROS: f32 = 0.9;
const OPEN_LOOP_POLES: f32 = 0.55;
/// Where between two frames' spectra the middle of the new frame lies.
const MIDDLE: f32 = 0.625;

/// Samples that the analysis looks ahead.
pub(crate) const LOOKAHEAD: usize = ANALYSED - BAND_FRAME;

/// The largest pitch gain of a frame.
const MOST_PITCH_GAIN: f32 = 0.99;
/// Steps of a frame's pitch gain.
const PITCH_GAIN_STEP: f32 = 0.066_667;

/// What the high band needs to know of the low band.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LowBandReport {
    /// Gain of the prediction filter at 4 kHz, for each sub-frame.
    pub(super) gain_at_top: [f32; SUBFRAMES],
    /// Level of the excitation.
    pub(super) excitation_rms: [f32; SUBFRAMES],
    /// Level of the innovation.
    pub(super) innovation_rms: [f32; SUBFRAMES],
}

/// A signal with as much of its past as the longest lag needs.
type WithPast = [f32; REACH + BAND_FRAME];

/// The state of the encoder.
#[derive(Debug)]
pub(super) struct LowBand {
    kernels: &'static Kernels,
    submode: &'static Submode,
    complexity: u8,
    line_spectrum: LineSpectrum,
    lsp_search: LowSearch,
    pitch_search: Option<PitchSearch>,
    shape_search: Option<ShapeSearch>,
    state: State,
}

/// What goes over from frame to frame.
#[derive(Debug, Clone)]
struct State {
    /// Ten samples of the past, the frame that is coded, then the analysis's look ahead.
    signal: [f32; ORDER + BAND_FRAME + LOOKAHEAD],
    /// The frame as the decoder will have it.
    synthesis: [f32; BAND_FRAME],
    excitation: WithPast,
    /// The weighted signal: the decoder's up to the sub-frame that is coded, there the input's.
    weighted: WithPast,
    /// The last outputs of the weighting with which the frame's lag is looked for.
    open_loop: [f32; ORDER],
    memory: Memory,
    /// What the last sub-frame's prediction filter still puts out for the input.
    residual_tail: [f32; 16],
    spectra: Spectra,
    is_first: bool,
}

impl State {
    fn new() -> Self {
        let spread = std::array::from_fn(|k| std::f32::consts::PI * (k + 1) as f32 / (ORDER + 1) as f32);
        Self {
            signal: [0.0; ORDER + BAND_FRAME + LOOKAHEAD],
            synthesis: [0.0; BAND_FRAME],
            excitation: [0.0; REACH + BAND_FRAME],
            weighted: [0.0; REACH + BAND_FRAME],
            open_loop: [0.0; ORDER],
            memory: Memory::default(),
            residual_tail: [0.0; 16],
            spectra: Spectra { exact: spread, quantised: spread },
            is_first: true,
        }
    }
}

impl LowBand {
    pub(super) fn new(kernels: &'static Kernels, submode: &'static Submode, complexity: u8) -> Self {
        let pitch_search = match submode.pitch_gain {
            PitchGain::Frame => None,
            PitchGain::Taps(entries) => Some(PitchSearch::new(entries)),
        };
        let shape_search = match submode.innovation {
            Innovation::Noise => None,
            Innovation::Shapes(codebook) | Innovation::TwoStages(codebook) => {
                Some(ShapeSearch::new(codebook, super::kept_paths(complexity)))
            }
        };
        Self {
            kernels,
            submode,
            complexity,
            line_spectrum: LineSpectrum::new(),
            lsp_search: LowSearch::new(),
            pitch_search,
            shape_search,
            state: State::new(),
        }
    }

    pub(super) fn reset(&mut self) {
        self.state = State::new();
        if let Some(search) = &mut self.pitch_search {
            search.reset();
        }
    }

    /// What the decoder will have of the last frame, before its own filter at the end.
    #[cfg(test)]
    pub(super) fn synthesis(&self) -> &[f32] {
        &self.state.synthesis
    }

    /// Codes 160 samples, which are high-passed already, in 16-bit scale.
    pub(super) fn encode(&mut self, frame: &[f32; BAND_FRAME], bits: &mut BitWriter<'_>) -> LowBandReport {
        self.take(frame);
        let exact = self.analyse();
        let old = self.state.spectra;
        let middle = self.middle_filter(if self.state.is_first { &exact } else { &old.exact }, &exact);
        let pitch = self.frame_pitch(&middle);
        let mut pitch_gain = pitch.map_or(0.0, |pitch| pitch.coefficient);
        let open_loop_gain = self.frame_gain(&middle, pitch);

        bits.put(u32::from(self.submode.id), LOW_HEADER_BITS);
        let quantised = self.quantise_spectrum(&exact, bits);
        let new = Spectra { exact, quantised };
        let old = if self.state.is_first { new } else { old };
        let lag = pitch.map_or(MIN_LAG, |pitch| pitch.lag);
        if self.submode.has_frame_lag {
            bits.put((lag - MIN_LAG) as u32, LAG_BITS);
        }
        if matches!(self.submode.pitch_gain, PitchGain::Frame) {
            // Damped a little, as one gain for a whole frame easily predicts too much.
            let step = (0.5 + 15.0 * 0.9 * pitch_gain).floor().clamp(0.0, 15.0);
            bits.put(step as u32, FRAME_PITCH_GAIN_BITS);
            pitch_gain = (step * PITCH_GAIN_STEP).min(MOST_PITCH_GAIN);
        }
        let gain_index = (0.5 + 3.5 * open_loop_gain.ln()).floor().clamp(0.0, 31.0);
        bits.put(gain_index as u32, FRAME_GAIN_BITS);
        let gain = (gain_index / 3.5).exp();

        let filters = subframes::filters(self.kernels, &design(self.submode), &old, &new);
        let mut report = LowBandReport::default();
        for (sub, filters) in filters.iter().enumerate() {
            report.gain_at_top[sub] = filters.gain_at_top();
            let innovation = match self.submode.innovation {
                Innovation::Noise => self.noise_subframe(sub, filters, lag, pitch_gain),
                Innovation::Shapes(_) | Innovation::TwoStages(_) => {
                    self.subframe(sub, filters, lag, pitch_gain, gain, bits)
                }
            };
            let from = REACH + sub * SUBFRAME;
            report.excitation_rms[sub] = rms(self.kernels, &self.state.excitation[from..from + SUBFRAME]);
            report.innovation_rms[sub] = rms(self.kernels, &innovation);
        }
        if matches!(self.submode.innovation, Innovation::Noise) {
            // Transmission goes on.
            bits.put(0, NOISE_FLAG_BITS);
        }
        self.state.spectra = new;
        self.state.is_first = false;
        report
    }

    /// Moves everything one frame towards the past and takes the new input.
    fn take(&mut self, frame: &[f32; BAND_FRAME]) {
        let state = &mut self.state;
        state.signal.copy_within(BAND_FRAME.., 0);
        state.signal[ORDER + LOOKAHEAD..].copy_from_slice(frame);
        for signal in [&mut state.excitation, &mut state.weighted] {
            signal.copy_within(BAND_FRAME.., 0);
        }
    }

    /// Line spectral pairs of the frame; those of the frame before where there are none.
    fn analyse(&self) -> [f32; ORDER] {
        let a = lpc::prediction_filter(self.kernels, &self.state.signal[ORDER..], ORDER);
        self.line_spectrum.of(self.kernels, &a, ORDER).unwrap_or(self.state.spectra.exact)
    }

    /// The prediction filter in the middle of the frame.
    fn middle_filter(&self, old: &[f32; ORDER], new: &[f32; ORDER]) -> [f32; ORDER] {
        let mut a = Filters::default();
        let all = |lsp: &[f32; ORDER]| lsp.map(|frequency| [frequency; 8]);
        (self.kernels.interpolated_filters)(&all(old), &all(new), &[MIDDLE; 8], ORDER, MARGIN, &mut a);
        a.map(|lanes| lanes[0])
    }

    /// The lag of the whole frame, where the sub-mode or the gain of the frame has a use for it.
    fn frame_pitch(&mut self, middle: &[f32; ORDER]) -> Option<FramePitch> {
        let serves_gain = self.complexity > 2 && self.submode.corrections.len() < 8;
        if !serves_gain && !self.submode.has_frame_lag {
            return None;
        }
        let mut input = [0.0; BAND_FRAME];
        let scaled = |bandwidth: f32| {
            let mut factor = 1.0;
            middle.map(|a| {
                factor *= bandwidth;
                a * factor
            })
        };
        (self.kernels.predict)(&scaled(OPEN_LOOP_ZEROS), &self.state.signal[..ORDER + BAND_FRAME], &mut input);
        let poles = scaled(OPEN_LOOP_POLES);
        let mut output = [0.0; ORDER + BAND_FRAME];
        output[..ORDER].copy_from_slice(&self.state.open_loop);
        for (n, input) in input.iter().enumerate() {
            let past: f32 = poles.iter().enumerate().map(|(k, a)| a * output[ORDER + n - 1 - k]).sum();
            output[ORDER + n] = input - past;
        }
        self.state.open_loop = last_ten(&output);
        self.state.weighted[REACH..].copy_from_slice(&output[ORDER..]);
        Some(open_loop::frame_pitch(self.kernels, &self.state.weighted, REACH))
    }

    /// Level of the frame's excitation, less what the adaptive codebook can be expected to bring.
    fn frame_gain(&self, middle: &[f32; ORDER], pitch: Option<FramePitch>) -> f32 {
        let mut residual = [0.0; BAND_FRAME];
        (self.kernels.predict)(middle, &self.state.signal[..ORDER + BAND_FRAME], &mut residual);
        let level = rms(self.kernels, &residual);
        match pitch {
            Some(pitch) if !matches!(self.submode.innovation, Innovation::Noise) => {
                level * 1.1 * (1.0 - 0.8 * pitch.coefficient * pitch.coefficient).max(0.0).sqrt()
            }
            _ => level,
        }
    }

    fn quantise_spectrum(&self, exact: &[f32; ORDER], bits: &mut BitWriter<'_>) -> [f32; ORDER] {
        let [first, low, low_third, high, high_third] = self.lsp_search.search(self.kernels, exact);
        let mut send = |index: usize| bits.put(index as u32, LSP_STAGE_BITS);
        match self.submode.lsp {
            LspCoding::Coarse => {
                let indices = [first, low, high];
                indices.into_iter().for_each(&mut send);
                lsp_quant::coarse(indices)
            }
            LspCoding::Fine => {
                let indices = [first, low, low_third, high, high_third];
                indices.into_iter().for_each(&mut send);
                lsp_quant::fine(indices)
            }
        }
    }
}
