//! The excitation of sub-mode 1: pulses at the pitch and noise, as in a vocoder.

use crate::mode::SUBFRAME;

/// What goes on from sub-frame to sub-frame.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vocoder {
    /// Samples until the next pulse.
    next_pulse: usize,
    last_pulse_sample: f32,
    last_noise_sample: f32,
    mean: f32,
}

impl Vocoder {
    /// Makes the excitation of a sub-frame: a train of pulses of period `lag` smoothed to the lower, noise to the higher
    /// frequencies, the less of it the higher the pitch gain, and no direct current.
    pub(crate) fn excite(
        &mut self,
        lag: usize,
        pitch_gain: f32,
        frame_gain: f32,
        noise: &[f32; SUBFRAME],
    ) -> [f32; SUBFRAME] {
        let voicing = (1.5 * (pitch_gain - 0.2)).clamp(0.0, 1.0);
        let pulse = (2.0 * lag as f64).sqrt() as f32 * (voicing * frame_gain);
        let mut pulses = [0.0; SUBFRAME];
        while let Some(sample) = pulses.get_mut(self.next_pulse) {
            *sample = pulse;
            self.next_pulse += lag;
        }
        self.next_pulse -= SUBFRAME;
        std::array::from_fn(|i| {
            let low = 0.7 * pulses[i] + 0.3 * self.last_pulse_sample;
            let high = (1.0 - 0.85 * voicing) * noise[i] - 0.15 * voicing * self.last_noise_sample;
            self.last_pulse_sample = pulses[i];
            self.last_noise_sample = noise[i];
            let sample = low + high;
            self.mean = 0.8 * self.mean + 0.2 * sample;
            sample - self.mean
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pulses_keep_their_distance_across_sub_frames() {
        let mut vocoder = Vocoder::default();
        let silence = [0.0; SUBFRAME];
        let excitation: Vec<f32> = (0..10).flat_map(|_| vocoder.excite(53, 1.0, 10.0, &silence)).collect();
        let peaks: Vec<usize> = (0..400)
            .filter(|&i| excitation[i] > 30.0 && excitation[i] > excitation.get(i + 1).copied().unwrap_or(0.0))
            .collect();
        assert_eq!(peaks, [0, 53, 106, 159, 212, 265, 318, 371]);
    }

    #[test]
    fn without_voicing_there_is_only_noise() {
        let noise = [1.0; SUBFRAME];
        let quiet = Vocoder::default().excite(20, 0.2, 1e4, &noise);
        assert!(quiet.iter().all(|x| x.abs() <= 1.0), "{quiet:?}");
    }
}
