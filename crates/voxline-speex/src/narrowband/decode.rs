//! From the parameters of a frame to samples.
//!
//! **Source**: the Speex manual, "Narrowband mode"; what it leaves open (order of the fields, gains, what is smoothed
//! after a loss) as libspeex 1.2.1 does it, nb_celp.c.

use crate::bits::BitReader;
use crate::enhance::enhance;
use crate::excitation::Excitation;
use crate::filter::{self, HighPass};
use crate::gain;
use crate::lsp;
use crate::lsp_quant;
use crate::ltp;
use crate::mode::{BAND_FRAME, LOW_ORDER, MIN_LAG, SUBFRAME, SUBFRAMES};
use crate::narrowband::pitch::{PitchHistory, PitchVote};
use crate::narrowband::vocoder::Vocoder;
use crate::noise::Noise;
use crate::submode::{
    FRAME_GAIN_BITS, FRAME_PITCH_GAIN_BITS, Innovation, LAG_BITS, NOISE_FLAG_BITS, PitchGain, Submode, index_bits,
};

/// All ones: transmission stops, decoders go on with noise.
const TRANSMISSION_STOPS: u32 = 15;
/// Bound of the prediction; crafted streams could let it grow without end.
const MAX_PREDICTION: f32 = 32_000.0;
/// How far resonances are widened when nothing is sent.
const SILENCE_WIDENING: f32 = 0.93;

/// The decoder of the low band.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) excitation: Excitation,
    /// Line spectral pairs of the last frame.
    pub(super) lsp: [f32; LOW_ORDER],
    /// Coefficients at the end of the last sub-frame.
    pub(super) lpc: [f32; LOW_ORDER],
    pub(super) synthesis: [f32; LOW_ORDER],
    pub(super) high_pass: [f32; 2],
    /// Whether the next frame has no predecessor whose line spectral pairs count.
    pub(super) is_first: bool,
    /// Frames lost since the last one that came.
    pub(super) lost: u32,
    pub(super) pitch: PitchHistory,
    pub(super) noise: Noise,
    vocoder: Vocoder,
    /// The sender has stopped transmitting: missing frames are silence, not losses.
    pub(super) is_stopped: bool,
}

/// The decoder of the low band: the state and what does not change with the frames.
#[derive(Debug, Clone)]
pub(crate) struct LowDecoder {
    pub(super) state: State,
    output_filter: &'static HighPass,
    is_enhanced: bool,
    /// The last frame's innovation, which a wideband layer folds up.
    innovation: [f32; BAND_FRAME],
    /// A(−1) of the last frame's sub-frames: the inverse of the filter's gain where the bands meet.
    edge_gains: [f32; SUBFRAMES],
}

/// What is sent once a frame.
struct FrameParameters {
    lag: Option<usize>,
    pitch_gain: f32,
    gain: f32,
}

impl LowDecoder {
    pub(crate) fn new(output_filter: &'static HighPass) -> Self {
        let state = State {
            excitation: Excitation::new(),
            lsp: [0.0; LOW_ORDER],
            lpc: [0.0; LOW_ORDER],
            synthesis: [0.0; LOW_ORDER],
            high_pass: [0.0; 2],
            is_first: true,
            lost: 0,
            pitch: PitchHistory::new(),
            noise: Noise::new(),
            vocoder: Vocoder::default(),
            is_stopped: false,
        };
        Self { state, output_filter, is_enhanced: true, innovation: [0.0; BAND_FRAME], edge_gains: [0.0; SUBFRAMES] }
    }

    pub(crate) fn is_enhanced(&self) -> bool {
        self.is_enhanced
    }

    pub(crate) fn set_enhanced(&mut self, is_enhanced: bool) {
        self.is_enhanced = is_enhanced;
    }

    pub(crate) fn innovation(&self) -> &[f32; BAND_FRAME] {
        &self.innovation
    }

    pub(crate) fn edge_gains(&self) -> &[f32; SUBFRAMES] {
        &self.edge_gains
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.state.is_stopped
    }

    /// The excitation of the frame, not delayed.
    pub(crate) fn excitation(&self) -> &[f32] {
        self.state.excitation.frame()
    }

    /// Decodes a frame whose header has been read and whose bits are all there.
    pub(crate) fn decode(
        &mut self,
        submode: Option<&Submode>,
        bits: &mut BitReader<'_>,
        signal: &mut [f32; BAND_FRAME],
    ) {
        let Some(submode) = submode else {
            self.decode_silence(signal);
            return;
        };
        self.state.excitation.advance();
        let lsp = lsp_quant::read_low(submode.lsp, bits);
        self.state.start_from(&lsp);
        let parameters = self.read_parameters(submode, bits);
        let vote = self.decode_excitation(submode, &parameters, bits);

        if self.is_enhanced && submode.comb_gain > 0.0 && self.state.lost == 0 {
            enhance(&self.state.excitation, vote.lag(), submode.comb_gain, signal);
        } else {
            if self.state.lost > 0 {
                self.state.level_after_loss(parameters.gain);
            }
            signal.copy_from_slice(self.state.excitation.heard());
        }
        self.synthesise(&lsp, signal);
        self.filter_output(signal);
        let state = &mut self.state;
        state.lsp = lsp;
        state.is_first = false;
        state.lost = 0;
        state.pitch.decoded(&vote);
    }

    pub(super) fn filter_output(&mut self, signal: &mut [f32]) {
        self.output_filter.run(signal, &mut self.state.high_pass);
    }

    fn read_parameters(&mut self, submode: &Submode, bits: &mut BitReader<'_>) -> FrameParameters {
        let lag = submode.has_frame_lag.then(|| read_lag(bits));
        let pitch_gain = match submode.pitch_gain {
            PitchGain::Frame => ltp::single_gain(bits.take(FRAME_PITCH_GAIN_BITS)),
            PitchGain::Taps(_) => 0.0,
        };
        let gain = gain::frame_gain(bits.take(FRAME_GAIN_BITS));
        self.state.is_stopped = match submode.innovation {
            Innovation::Noise => bits.take(NOISE_FLAG_BITS) == TRANSMISSION_STOPS,
            _ => false,
        };
        FrameParameters { lag, pitch_gain, gain }
    }

    fn decode_excitation(
        &mut self,
        submode: &Submode,
        parameters: &FrameParameters,
        bits: &mut BitReader<'_>,
    ) -> PitchVote {
        let mut vote = PitchVote::new();
        let state = &mut self.state;
        for (subframe, innovation) in self.innovation.as_chunks_mut::<SUBFRAME>().0.iter_mut().enumerate() {
            let (past, excitation) = state.excitation.at_subframe(subframe);
            let lag = parameters.lag.unwrap_or_else(|| read_lag(bits));
            let (taps, prediction) = match submode.pitch_gain {
                PitchGain::Frame => {
                    let gain = parameters.pitch_gain;
                    ([0.0, gain, 0.0], ltp::predict_single(past, lag, gain))
                }
                PitchGain::Taps(entries) => {
                    let mut taps = ltp::taps(&entries[bits.take(index_bits(entries.len())) as usize]);
                    // Nothing older than this frame is damaged.
                    if state.lost > 0 && lag > subframe * SUBFRAME {
                        limit_after_loss(&mut taps, state.lost, state.pitch.gain());
                    }
                    (taps, ltp::predict(past, lag, &taps))
                }
            };
            vote.add(lag, &taps);

            let gain = read_correction(submode, bits) * parameters.gain;
            *innovation = [0.0; SUBFRAME];
            match submode.innovation {
                Innovation::Noise => innovation.fill_with(|| state.noise.next(1.0) * gain),
                Innovation::Shapes(codebook) => codebook.add(bits, gain, innovation),
                Innovation::TwoStages(codebook) => {
                    codebook.add(bits, gain, innovation);
                    codebook.add(bits, gain::LOW_SECOND_STAGE * gain, innovation);
                }
            }
            if matches!(submode.innovation, Innovation::Noise) {
                let pulses = state.vocoder.excite(lag, parameters.pitch_gain, parameters.gain, innovation);
                excitation.copy_from_slice(&pulses);
            } else {
                for ((sample, prediction), innovation) in excitation.iter_mut().zip(&prediction).zip(&*innovation) {
                    *sample = prediction.clamp(-MAX_PREDICTION, MAX_PREDICTION) + innovation;
                }
            }
        }
        vote
    }

    /// Filters `signal`, the excitation that is heard, with coefficients that move from the last frame's to this one's.
    fn synthesise(&mut self, lsp: &[f32; LOW_ORDER], signal: &mut [f32; BAND_FRAME]) {
        let state = &mut self.state;
        for (subframe, signal) in signal.as_chunks_mut::<SUBFRAME>().0.iter_mut().enumerate() {
            // What is heard lags a sub-frame behind, and so do the coefficients.
            filter::synthesise(&state.lpc, signal, &mut state.synthesis);
            filter::tame(signal, &mut state.synthesis);
            state.lpc = lsp::to_lpc(&lsp::interpolate(&state.lsp, lsp, subframe, lsp::LOW_MARGIN));
            self.edge_gains[subframe] = state.lpc.chunks_exact(2).fold(1.0, |sum, pair| sum + (pair[1] - pair[0]));
        }
    }

    /// A frame of which nothing was sent: noise as loud as the last excitation, through its filter.
    pub(super) fn decode_silence(&mut self, signal: &mut [f32; BAND_FRAME]) {
        let state = &mut self.state;
        let level = filter::rms(&state.excitation.last_for_silence());
        state.excitation.advance();
        for sample in state.excitation.frame_mut() {
            *sample = state.noise.next(level);
        }
        signal.copy_from_slice(state.excitation.frame());
        let lpc = filter::widen(&state.lpc, SILENCE_WIDENING);
        filter::synthesise(&lpc, signal, &mut state.synthesis);
        filter::tame(signal, &mut state.synthesis);
        self.innovation = [0.0; BAND_FRAME];
        state.is_first = true;
        state.lost = 0;
    }
}

fn read_lag(bits: &mut BitReader<'_>) -> usize {
    MIN_LAG + bits.take(LAG_BITS) as usize
}

/// The factor on the frame's gain, 1 where none is sent.
fn read_correction(submode: &Submode, bits: &mut BitReader<'_>) -> f32 {
    let index = bits.take(index_bits(submode.corrections.len())) as usize;
    submode.corrections.get(index).copied().unwrap_or(1.0)
}

/// Keeps a prediction from a past that was made up from being stronger than that past.
fn limit_after_loss(taps: &mut [f32; 3], lost: u32, gain: f32) {
    let limit = (if lost < 4 { gain } else { 0.5 * gain }).min(0.95);
    let strength = ltp::strength(taps);
    if strength > limit {
        let scale = limit / strength;
        for tap in taps {
            *tap *= scale;
        }
    }
}

impl State {
    /// Prepares for line spectral pairs that do not follow on from the last ones.
    fn start_from(&mut self, lsp: &[f32; LOW_ORDER]) {
        if self.lost > 0 {
            // The more the spectrum changed during the loss, the less the filter may ring on.
            let change: f32 = self.lsp.iter().zip(lsp).map(|(last, this)| (last - this).abs()).sum();
            let damping = (0.6 * (-0.2 * f64::from(change)).exp()) as f32;
            for memory in &mut self.synthesis {
                *memory *= damping;
            }
        }
        if self.is_first || self.lost > 0 {
            self.lsp = *lsp;
        }
    }

    /// Brings the excitation, predicted from a past that was made up, to the loudness that was sent.
    fn level_after_loss(&mut self, gain: f32) {
        let scale = (gain / (filter::rms(self.excitation.frame()) + 1.0)).min(2.0);
        for sample in self.excitation.frame_mut() {
            *sample *= scale;
        }
    }
}
