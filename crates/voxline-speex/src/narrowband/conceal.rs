//! Concealment of lost frames: the pitch goes on and fades, noise takes its place.
//!
//! **Source**: the Speex manual, "Packet loss concealment"; factors: libspeex 1.2.1, nb_celp.c (`nb_decode_lost`).

use crate::filter;
use crate::mode::{BAND_FRAME, MAX_LAG, MIN_LAG};
use crate::narrowband::decode::LowDecoder;

/// Loudness of the first, second … lost frame in a row; silence after them.
static FADING: [f32; 10] = [1.0, 0.961, 0.852, 0.698, 0.527, 0.368, 0.237, 0.141, 0.077, 0.039];
/// Strongest pitch that is continued.
const MAX_PITCH_GAIN: f32 = 0.85;
/// How far resonances are widened with every lost frame.
const WIDENING: f32 = 0.98;
/// Keeps the fading signal out of the range of denormal numbers, which are slow.
const FAINTEST: f32 = 1e-15;

impl LowDecoder {
    /// Makes up the frame that is missing.
    pub(crate) fn conceal(&mut self, signal: &mut [f32; BAND_FRAME]) {
        if self.is_stopped() {
            self.decode_silence(signal);
            return;
        }
        let state = &mut self.state;
        let fading = FADING.get(state.lost as usize).copied().unwrap_or(0.0);
        let pitch_gain = fading * state.pitch.settle().min(MAX_PITCH_GAIN) + FAINTEST;
        let level = filter::rms(state.excitation.frame());
        let noise_level = level * (fading * (1.0 - pitch_gain * pitch_gain));
        state.excitation.advance();

        // A period that wanders a little, the more the longer the loss, does not sound like a machine.
        let wander = state.noise.next(1.0 + state.lost as f32) as i32;
        let lag = (state.pitch.lag() as i32).saturating_add(wander).clamp(MIN_LAG as i32, MAX_LAG as i32) as usize;
        let (samples, first) = state.excitation.before_frame_mut();
        for i in first..first + BAND_FRAME {
            samples[i] = pitch_gain * (samples[i - lag] + FAINTEST) + state.noise.next(noise_level);
        }

        state.lpc = filter::widen(&state.lpc, WIDENING);
        signal.copy_from_slice(state.excitation.heard());
        filter::synthesise(&state.lpc, signal, &mut state.synthesis);
        filter::tame(signal, &mut state.synthesis);
        // The narrowband filter even below a wideband layer: so does every other decoder.
        filter::NARROWBAND_OUTPUT.run(signal, &mut state.high_pass);
        state.is_first = false;
        state.lost = state.lost.saturating_add(1);
        state.pitch.push(pitch_gain);
    }
}
