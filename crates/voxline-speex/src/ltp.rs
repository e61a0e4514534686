//! Long-term prediction: the adaptive codebook, which is the past excitation one pitch period ago.
//!
//! **Source**: B. S. Atal, "Predictive coding of speech at low bit rates", IEEE Trans. Comm. 30, 1982 (three taps); the
//! Speex manual, "Adaptive codebook".

use crate::mode::SUBFRAME;

/// Largest gain of the single tap.
const MAX_SINGLE_GAIN: f32 = 0.99;

/// The three taps of a codebook entry, for the samples lag − 1, lag and lag + 1 ago.
pub(crate) fn taps(entry: &[i8; 4]) -> [f32; 3] {
    [0, 1, 2].map(|i| f32::from(entry[i]) / 64.0 + 0.5)
}

/// One number for how strongly the taps repeat the past; negative outer taps count half, because they only shape it.
pub(crate) fn strength(taps: &[f32; 3]) -> f32 {
    let outer = |tap: f32| if tap > 0.0 { f64::from(tap) } else { -0.5 * f64::from(tap) };
    (f64::from(taps[1].abs()) + outer(taps[0]) + outer(taps[2])) as f32
}

/// The prediction of a sub-frame from the excitation before it with three taps.
///
/// Where a tap would need samples of the sub-frame itself it takes those one more lag ago; where those are not there
/// either (lags below 21), it adds nothing.
pub(crate) fn predict(past: &[f32], lag: usize, taps: &[f32; 3]) -> [f32; SUBFRAME] {
    let mut prediction = [0.0; SUBFRAME];
    for (i, &tap) in taps.iter().enumerate().rev() {
        let distance = lag - 1 + i;
        let direct = distance.min(SUBFRAME);
        let repeated = (distance + lag).min(SUBFRAME);
        add(&mut prediction[..direct], &past[past.len() - distance..], tap);
        add(&mut prediction[direct..repeated], &past[past.len() - lag..], tap);
    }
    prediction
}

fn add(prediction: &mut [f32], past: &[f32], tap: f32) {
    for (sum, sample) in prediction.iter_mut().zip(past) {
        *sum += tap * sample;
    }
}

/// The prediction with a single tap, which repeats its own output where the lag is shorter than the sub-frame.
pub(crate) fn predict_single(past: &[f32], lag: usize, gain: f32) -> [f32; SUBFRAME] {
    let mut prediction = [0.0; SUBFRAME];
    for i in 0..SUBFRAME {
        let sample = if i < lag { past[past.len() - lag + i] } else { prediction[i - lag] };
        prediction[i] = sample * gain;
    }
    prediction
}

/// The gain of the single tap from its index: fifteenths, limited below 1.
pub(crate) fn single_gain(index: u32) -> f32 {
    ((0.066_667 * f64::from(index)) as f32).min(MAX_SINGLE_GAIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn past() -> Vec<f32> {
        (0..146).map(|i| (i * i % 89) as f32).collect()
    }

    #[test]
    fn a_long_lag_is_a_filter_over_the_past() {
        let past = past();
        let prediction = predict(&past, 60, &[0.25, 1.0, -0.5]);
        for (i, sample) in prediction.iter().enumerate() {
            let at = |lag: usize| past[past.len() + i - lag];
            assert_eq!(*sample, 0.25 * at(59) + at(60) - 0.5 * at(61));
        }
    }

    #[test]
    fn a_short_lag_repeats() {
        let past = past();
        let prediction = predict(&past, 20, &[0.0, 1.0, 0.0]);
        for i in 0..20 {
            assert_eq!(prediction[i], past[past.len() - 20 + i]);
            assert_eq!(prediction[20 + i], prediction[i]);
        }
        // 17 + 17 samples are there, the rest is not predicted.
        let prediction = predict(&past, 17, &[0.0, 1.0, 0.0]);
        assert!(prediction[33] != 0.0 && prediction[34..].iter().all(|&x| x == 0.0), "{prediction:?}");
        let prediction = predict_single(&past, 17, 0.5);
        assert_eq!(prediction[0], 0.5 * past[past.len() - 17]);
        assert_eq!(prediction[34], 0.125 * past[past.len() - 17]);
    }

    #[test]
    fn strength_counts_negative_outer_taps_half() {
        assert_eq!(strength(&taps(&[32, -64, -64, 0])), 1.0 + 0.5 + 0.25);
        assert_eq!(single_gain(15), 0.99);
        assert!((single_gain(3) - 0.2).abs() < 1e-5);
    }
}
