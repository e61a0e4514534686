//! One sub-frame of the low band: what the adaptive codebook brings, then the innovation.

use super::LowBand;
use crate::bits::BitWriter;
use crate::encode::open_loop::{self, FramePitch};
use crate::encode::pitch_search::{Prediction, REACH};
use crate::encode::subframes::{self, SubframeFilters};
use crate::encode::{last_ten, rms};
use crate::kernel::{ORDER, Response, SUBFRAME, Subframe, Survivors};
use crate::mode::{MAX_LAG, MIN_LAG};
use crate::submode::{Innovation, LAG_BITS, PitchGain, index_bits};
use crate::tables::gains::{CORRECTION_BOUNDS_1_BIT, CORRECTION_BOUNDS_3_BITS};

/// How much finer the second stage of the innovation is than the first.
const SECOND_STAGE: f32 = 2.2;
/// What the energy of a response is at least, so that silence divides by something.
const LEAST_ENERGY: f32 = 1e-9;

impl LowBand {
    /// Samples of the input that belong to a sub-frame.
    pub(super) fn input(&self, sub: usize) -> Subframe {
        std::array::from_fn(|n| self.state.signal[ORDER + sub * SUBFRAME + n])
    }

    /// Excitation that would reproduce a sub-frame of the input exactly.
    pub(super) fn residual(&mut self, filters: &SubframeFilters, input: &Subframe) -> Subframe {
        let mut residual = subframes::filter_alone(self.kernels, &filters.synthesis, input);
        for (residual, tail) in residual.iter_mut().zip(&self.state.residual_tail) {
            *residual += tail;
        }
        self.state.residual_tail = subframes::tail(self.kernels, &filters.synthesis, &last_ten(input));
        residual
    }

    /// A sub-frame whose innovation the decoder makes up: returns what it stands for.
    pub(super) fn noise_subframe(
        &mut self,
        sub: usize,
        filters: &SubframeFilters,
        lag: usize,
        pitch_gain: f32,
    ) -> Subframe {
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
    pub(super) fn subframe(
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
