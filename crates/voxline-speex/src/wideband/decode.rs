//! From the parameters of a layer, and what the low band was, to the samples of the high band.
//!
//! **Source**: the Speex manual, "Wideband mode (sub-band CELP)"; what it leaves open as libspeex 1.2.1 does it,
//! sb_celp.c.

use crate::bits::BitReader;
use crate::filter;
use crate::gain;
use crate::lsp;
use crate::lsp_quant;
use crate::mode::{BAND_FRAME, HIGH_ORDER, SUBFRAME, SUBFRAMES};
use crate::narrowband::LowDecoder;
use crate::noise::Noise;
use crate::submode::{FOLDING_GAIN_BITS, HIGH_GAIN_BITS, HighInnovation, HighLayer};

/// Share of the low band's innovation that is folded up.
const FOLDING: f32 = 0.9;
/// How far resonances are widened with every lost frame, and how loudness fades.
const LOSS_WIDENING: f32 = 0.99;
const LOSS_FADING: f32 = 0.9;
/// Keeps the two gains at the edge of the bands from dividing by zero.
const EDGE_FLOOR: f64 = 0.01;
/// Keeps a filter without input out of the range of denormal numbers, which are slow.
const FAINTEST: f32 = 1e-15;

/// The decoder of the high band. Its samples come mirrored: 8 kHz is at 0.
#[derive(Debug, Clone)]
pub(crate) struct HighDecoder {
    lsp: [f32; HIGH_ORDER],
    /// Coefficients at the end of the last sub-frame.
    lpc: [f32; HIGH_ORDER],
    synthesis: [f32; HIGH_ORDER],
    /// Excitation of the last sub-frame, which has not been heard yet: the low band is that late, too.
    pending: [f32; SUBFRAME],
    is_first: bool,
    /// Root mean square of the last excitation.
    level: f32,
    noise: Noise,
}

impl HighDecoder {
    pub(crate) fn new() -> Self {
        Self {
            lsp: [0.0; HIGH_ORDER],
            lpc: [0.0; HIGH_ORDER],
            synthesis: [0.0; HIGH_ORDER],
            pending: [0.0; SUBFRAME],
            is_first: true,
            level: 0.0,
            noise: Noise::new(),
        }
    }

    /// Decodes a layer whose header has been read and whose bits are all there, after the low band of the same frame.
    pub(crate) fn decode(
        &mut self,
        layer: Option<&HighLayer>,
        low: &LowDecoder,
        bits: &mut BitReader<'_>,
        signal: &mut [f32; BAND_FRAME],
    ) {
        let Some(layer) = layer else {
            self.decode_silence(low, signal);
            return;
        };
        let lsp = lsp_quant::read_high(bits);
        if self.is_first {
            self.lsp = lsp;
        }
        let low_innovation = low.innovation().as_chunks::<SUBFRAME>().0;
        let low_levels = filter::rms_of_subframes(low.excitation());
        let mut power = 0.0;
        for (subframe, (signal, low_level)) in
            signal.as_chunks_mut::<SUBFRAME>().0.iter_mut().zip(low_levels).enumerate()
        {
            let lpc = lsp::to_lpc(&lsp::interpolate(&self.lsp, &lsp, subframe, lsp::HIGH_MARGIN));
            let step = edge_step(low.edge_gains()[subframe], &lpc);
            let excitation = read_excitation(layer, &low_innovation[subframe], low_level, step, bits);
            signal.copy_from_slice(&self.pending);
            filter::synthesise(&self.lpc, signal, &mut self.synthesis);
            filter::tame(signal, &mut self.synthesis);
            let level = filter::rms(&excitation);
            power += level * level / SUBFRAMES as f32;
            self.pending = excitation;
            self.lpc = lpc;
        }
        self.level = power.sqrt();
        self.lsp = lsp;
        self.is_first = false;
    }

    /// A frame without a layer: the filter rings out, or noise goes on where the sender has stopped.
    fn decode_silence(&mut self, low: &LowDecoder, signal: &mut [f32; BAND_FRAME]) {
        if low.is_stopped() {
            self.make_noise(signal);
        } else {
            signal.fill(FAINTEST);
            self.ring(signal);
        }
    }

    /// Makes up the frame that is missing.
    pub(crate) fn conceal(&mut self, low: &LowDecoder, signal: &mut [f32; BAND_FRAME]) {
        if !low.is_stopped() {
            self.lpc = filter::widen(&self.lpc, LOSS_WIDENING);
            self.level *= LOSS_FADING;
        }
        self.make_noise(signal);
    }

    fn make_noise(&mut self, signal: &mut [f32; BAND_FRAME]) {
        signal.fill_with(|| self.noise.next(self.level));
        self.ring(signal);
    }

    fn ring(&mut self, signal: &mut [f32; BAND_FRAME]) {
        filter::synthesise(&self.lpc, signal, &mut self.synthesis);
        filter::tame(signal, &mut self.synthesis);
        self.is_first = true;
    }
}

/// How much louder the high band's filter is than the low band's where they meet, at 4 kHz.
fn edge_step(low_edge_gain: f32, lpc: &[f32; HIGH_ORDER]) -> f32 {
    let high_edge_gain = lpc.chunks_exact(2).fold(1.0, |sum, pair| sum + (pair[1] - pair[0]));
    ((f64::from(low_edge_gain) + EDGE_FLOOR) / (f64::from(high_edge_gain) + EDGE_FLOOR)) as f32
}

fn read_excitation(
    layer: &HighLayer,
    low_innovation: &[f32; SUBFRAME],
    low_level: f32,
    edge_step: f32,
    bits: &mut BitReader<'_>,
) -> [f32; SUBFRAME] {
    let mut excitation = [0.0; SUBFRAME];
    let scale = |bits: &mut BitReader<'_>| gain::high_gain(bits.take(HIGH_GAIN_BITS)) * low_level / edge_step;
    match layer.innovation {
        HighInnovation::Folding => {
            let gain = gain::folding_gain(bits.take(FOLDING_GAIN_BITS)) / edge_step;
            // Every other sign changed: the spectrum turns round.
            for (high, low) in excitation.chunks_exact_mut(2).zip(low_innovation.chunks_exact(2)) {
                high[0] = FOLDING * low[0] * gain;
                high[1] = -(FOLDING * low[1] * gain);
            }
        }
        HighInnovation::Shapes(codebook) => {
            let scale = scale(bits);
            codebook.add(bits, scale, &mut excitation);
        }
        HighInnovation::TwoStages(codebook) => {
            let scale = scale(bits);
            codebook.add(bits, scale, &mut excitation);
            codebook.add(bits, gain::HIGH_SECOND_STAGE * scale, &mut excitation);
        }
    }
    excitation
}
