//! The narrowband encoder, which is also the lower half of the wideband one.

use super::line_spectrum::LineSpectrum;
use super::lpc::{self, ANALYSED};
use super::lsp_search::LowSearch;
use super::open_loop::{self, FramePitch};
use super::pitch_search::{PitchSearch, Prediction, REACH};
use super::shape_search::ShapeSearch;
use super::subframes::{self, FilterDesign, Memory, Spectra, SubframeFilters};
use super::{last_ten, rms};
use crate::bits::BitWriter;
use crate::kernel::{Filters, Kernels, ORDER, Response, SUBFRAME, Subframe, Survivors};
use crate::lsp_quant;
use crate::mode::{BAND_FRAME, MAX_LAG, MIN_LAG, SUBFRAMES};
use crate::submode::{
    FRAME_GAIN_BITS, FRAME_PITCH_GAIN_BITS, Innovation, LAG_BITS, LOW_HEADER_BITS, LSP_STAGE_BITS, LspCoding,
    NOISE_FLAG_BITS, PitchGain, Submode, index_bits,
};
use crate::tables::gains::{CORRECTION_BOUNDS_1_BIT, CORRECTION_BOUNDS_3_BITS};

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

/// How much finer the second stage of the innovation is than the first.
const SECOND_STAGE: f32 = 2.2;
/// What the energy of a response is at least, so that silence divides by something.
const LEAST_ENERGY: f32 = 1e-9;

/// Samples that the analysis looks ahead.
pub(super) const LOOKAHEAD: usize = ANALYSED - BAND_FRAME;

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

    /// Samples of the input that belong to a sub-frame.
    fn input(&self, sub: usize) -> Subframe {
        std::array::from_fn(|n| self.state.signal[ORDER + sub * SUBFRAME + n])
    }

    /// Excitation that would reproduce a sub-frame of the input exactly.
    fn residual(&mut self, filters: &SubframeFilters, input: &Subframe) -> Subframe {
        let mut residual = subframes::filter_alone(self.kernels, &filters.synthesis, input);
        for (residual, tail) in residual.iter_mut().zip(&self.state.residual_tail) {
            *residual += tail;
        }
        self.state.residual_tail = subframes::tail(self.kernels, &filters.synthesis, &last_ten(input));
        residual
    }

    /// A sub-frame whose innovation the decoder makes up: returns what it stands for.
    fn noise_subframe(&mut self, sub: usize, filters: &SubframeFilters, lag: usize, pitch_gain: f32) -> Subframe {
        let mut innovation = self.residual(filters, &self.input(sub));
        let from = REACH + sub * SUBFRAME;
        self.state.excitation[from..from + SUBFRAME].copy_from_slice(&innovation);
        let predicted = one_tap(&self.state.excitation[..from], lag, pitch_gain);
        for (innovation, predicted) in innovation.iter_mut().zip(&predicted) {
            *innovation -= predicted;
        }
        innovation
    }

    /// Codes a sub-frame; returns its innovation.
    fn subframe(
        &mut self,
        sub: usize,
        filters: &SubframeFilters,
        lag: usize,
        pitch_gain: f32,
        frame_gain: f32,
        bits: &mut BitWriter<'_>,
    ) -> Subframe {
        let kernels = self.kernels;
        let from = sub * SUBFRAME;
        let input = self.input(sub);
        let memory = self.state.memory;
        let h = filters.weighted_response(kernels);
        let ringing = filters.synthesis_ringing(kernels, &memory);
        let open = std::array::from_fn(|n| input[n] - ringing[n]);
        let target = filters.weight(kernels, &open, None);

        let prediction = self.predict(sub, filters, &target, &h, FramePitch { lag, coefficient: pitch_gain });
        if !self.submode.has_frame_lag {
            bits.put((prediction.lag - MIN_LAG) as u32, LAG_BITS);
        }
        if let PitchGain::Taps(entries) = self.submode.pitch_gain {
            bits.put(prediction.gain_index as u32, index_bits(entries.len()));
        }

        let mut left = self.residual(filters, &input);
        for (left, predicted) in left.iter_mut().zip(&prediction.excitation) {
            *left -= predicted;
        }
        let correction = self.nearest_correction(rms(kernels, &left) / frame_gain);
        let innovation = self.innovate(&h, &prediction.target, frame_gain, correction, bits);

        let excitation = std::array::from_fn(|n| prediction.excitation[n] + innovation[n]);
        let synthesis = filters.synthesise(kernels, &excitation, &memory);
        let weighted = filters.weight(kernels, &synthesis, Some(&memory));
        self.state.memory = filters.memory(kernels, &last_ten(&synthesis), &last_ten(&weighted));
        self.state.excitation[REACH + from..REACH + from + SUBFRAME].copy_from_slice(&excitation);
        self.state.weighted[REACH + from..REACH + from + SUBFRAME].copy_from_slice(&weighted);
        self.state.synthesis[from..from + SUBFRAME].copy_from_slice(&synthesis);
        innovation
    }

    /// What the adaptive codebook brings to a sub-frame.
    fn predict(
        &mut self,
        sub: usize,
        filters: &SubframeFilters,
        target: &Subframe,
        h: &Response,
        FramePitch { lag, coefficient: pitch_gain }: FramePitch,
    ) -> Prediction {
        let kernels = self.kernels;
        let at = REACH + sub * SUBFRAME;
        let input = self.input(sub);
        let Some(search) = &mut self.pitch_search else {
            let excitation = one_tap(&self.state.excitation[..at], lag, pitch_gain);
            let mut response = [0.0; SUBFRAME];
            (kernels.convolve)(h, &excitation, &mut response);
            let target = std::array::from_fn(|n| target[n] - response[n]);
            return Prediction { lag, gain_index: 0, excitation, target };
        };
        // A stream that begins here must not depend on what was before.
        let longest = if self.state.is_first { sub * SUBFRAME } else { MAX_LAG };
        let past = &self.state.excitation[..at];
        if self.submode.has_frame_lag {
            let lags = (lag <= longest).then_some(lag);
            let prediction = search.search(kernels, target, h, past, lags.into_iter());
            return Prediction { lag, ..prediction };
        }
        let weighted = filters.weight(kernels, &input, Some(&self.state.memory));
        self.state.weighted[at..at + SUBFRAME].copy_from_slice(&weighted);
        let mut survivors = Survivors::new(usize::from(self.complexity) + 1);
        open_loop::offer_lags(kernels, &self.state.weighted, at, SUBFRAME, longest, &mut survivors);
        let lags = survivors.iter().map(|(_, lag, _)| usize::from(lag)).filter(|lag| (MIN_LAG..=longest).contains(lag));
        search.search(kernels, target, h, past, lags)
    }

    /// Chooses and sends the innovation of a sub-frame and the correction of the frame's gain; returns the innovation.
    ///
    /// The shapes are looked for at the gain that the residual suggests. Which gain suits them best is known only when
    /// they are chosen.
    fn innovate(
        &mut self,
        h: &Response,
        target: &Subframe,
        frame_gain: f32,
        correction: usize,
        bits: &mut BitWriter<'_>,
    ) -> Subframe {
        let kernels = self.kernels;
        let gain = frame_gain * self.correction(correction);
        let Some(search) = &mut self.shape_search else { return [0.0; SUBFRAME] };
        search.prepare(kernels, h);
        let wanted = target.map(|x| x / gain);
        let first = search.search(kernels, h, &wanted);
        let mut sum = first.sum;
        let mut response = [0.0; SUBFRAME];
        (kernels.convolve)(h, &sum, &mut response);
        let mut second = None;
        if matches!(self.submode.innovation, Innovation::TwoStages(_)) {
            let left = std::array::from_fn(|n| SECOND_STAGE * (wanted[n] - response[n]));
            let found = search.search(kernels, h, &left);
            for (sum, more) in sum.iter_mut().zip(&found.sum) {
                *sum += more / SECOND_STAGE;
            }
            (kernels.convolve)(h, &sum, &mut response);
            second = Some(found);
        }
        let fits: f32 = wanted.iter().zip(&response).map(|(x, y)| x * y).sum();
        let best = gain / frame_gain * fits / (LEAST_ENERGY + (kernels.energy)(&response));
        let correction = if best.is_finite() { nearest(self.submode.corrections, best) } else { correction };
        bits.put(correction as u32, index_bits(self.submode.corrections.len()));
        search.send(&first, bits);
        if let Some(second) = &second {
            search.send(second, bits);
        }
        let gain = frame_gain * self.correction(correction);
        sum.map(|x| gain * x)
    }

    /// Which correction of the frame's gain belongs to a level.
    fn nearest_correction(&self, wanted: f32) -> usize {
        let bounds: &[f32] = match self.submode.corrections.len() {
            2 => &CORRECTION_BOUNDS_1_BIT,
            8 => &CORRECTION_BOUNDS_3_BITS,
            _ => &[],
        };
        bounds.iter().take_while(|&&bound| wanted > bound).count()
    }

    /// A correction of the frame's gain; 1 where there is none.
    fn correction(&self, index: usize) -> f32 {
        self.submode.corrections.get(index).copied().unwrap_or(1.0)
    }
}

/// Which of ascending levels lies nearest; 0 of none.
fn nearest(levels: &[f32], wanted: f32) -> usize {
    levels.windows(2).take_while(|pair| wanted > 0.5 * (pair[0] + pair[1])).count()
}

/// The excitation a lag back, at one gain for all taps; within the sub-frame it repeats, weaker each time.
fn one_tap(past: &[f32], lag: usize, gain: f32) -> Subframe {
    let mut predicted = [0.0; SUBFRAME];
    for n in 0..SUBFRAME {
        predicted[n] = gain * if n < lag { past[past.len() + n - lag] } else { predicted[n - lag] };
    }
    predicted
}
