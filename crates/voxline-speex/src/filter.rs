//! Filters and sums over samples: the hot loops of the decoder.

use crate::mode::SUBFRAME;

/// Coefficients of a recursive filter of second order.
#[derive(Debug)]
pub(crate) struct HighPass {
    zeros: [f32; 3],
    poles: [f32; 2],
}

/// Keeps direct current and rumble out of what is heard.
/// **Source**: libspeex 1.2.1, filters.c (`highpass`), the filters for output.
pub(crate) static NARROWBAND_OUTPUT: HighPass =
    HighPass { zeros: [0.96446, -1.92879, 0.96446], poles: [-1.92683, 0.93071] };
/// As [`NARROWBAND_OUTPUT`], for the low band of wideband, which reaches further down.
pub(crate) static WIDEBAND_OUTPUT: HighPass =
    HighPass { zeros: [0.98645, -1.97277, 0.98645], poles: [-1.97226, 0.97332] };

/// Lets everything through.
#[cfg(test)]
pub(crate) static NO_FILTER: HighPass = HighPass { zeros: [1.0, 0.0, 0.0], poles: [0.0, 0.0] };

impl HighPass {
    /// Filters in place; `memory` goes on from call to call.
    pub(crate) fn run(&self, signal: &mut [f32], memory: &mut [f32; 2]) {
        for sample in signal {
            let x = *sample;
            let y = self.zeros[0] * x + memory[0];
            memory[0] = memory[1] + self.zeros[1] * x - self.poles[0] * y;
            memory[1] = self.zeros[2] * x - self.poles[1] * y;
            *sample = y;
        }
    }
}

/// Drives the all-pole filter 1/A(z) with `signal`, in place.
///
/// The memory is that of the transposed direct form: what the past outputs will still add to the samples to come. It
/// says how the filter rings on when its coefficients change, so the form is part of the format.
pub(crate) fn synthesise<const N: usize>(lpc: &[f32; N], signal: &mut [f32], memory: &mut [f32; N]) {
    let mut state = *memory;
    for sample in signal {
        let y = *sample + state[0];
        for i in 0..N - 1 {
            state[i] = state[i + 1] - lpc[i] * y;
        }
        state[N - 1] = -(lpc[N - 1] * y);
        *sample = y;
    }
    *memory = state;
}

/// Silences a synthesis filter that has run away; says whether it did. Only a stream made for it can do that: some sets of
/// quantised line spectral pairs are out of order, and the margins do not put them right.
///
/// Speech stays below 2¹⁶; a filter with poles beyond the unit circle passes this within a few frames.
pub(crate) fn tame<const N: usize>(signal: &mut [f32], memory: &mut [f32; N]) -> bool {
    const LIMIT: f32 = 1e9;
    // Not the other way round: nothing compares with what is not a number.
    let is_tame = memory.iter().chain(signal.iter()).all(|x| x.abs() < LIMIT);
    if !is_tame {
        memory.fill(0.0);
        signal.fill(0.0);
    }
    !is_tame
}

/// Widens the resonances of A(z): A(z/γ).
pub(crate) fn widen<const N: usize>(lpc: &[f32; N], gamma: f32) -> [f32; N] {
    let mut factor = 1.0;
    lpc.map(|a| {
        factor *= gamma;
        factor * a
    })
}

/// Σ xᵢyᵢ over a multiple of four samples, summed in four lanes.
pub(crate) fn dot(x: &[f32], y: &[f32]) -> f32 {
    let mut lanes = [0.0; 4];
    for (x, y) in x.as_chunks::<4>().0.iter().zip(y.as_chunks::<4>().0) {
        for lane in 0..4 {
            lanes[lane] += x[lane] * y[lane];
        }
    }
    (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
}

/// [`dot`] of `x` with `y` and with `y` shifted by one sample, by two …
///
/// All at once, because one sum would wait for its own additions.
pub(crate) fn correlate<const SHIFTS: usize>(x: &[f32], y: &[f32]) -> [f32; SHIFTS] {
    let mut lanes = [[0.0; 4]; SHIFTS];
    for (i, x) in x.as_chunks::<4>().0.iter().enumerate() {
        let y = &y[4 * i..4 * i + 3 + SHIFTS];
        for (shift, lanes) in lanes.iter_mut().enumerate() {
            for lane in 0..4 {
                lanes[lane] += x[lane] * y[shift + lane];
            }
        }
    }
    lanes.map(|lanes| (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]))
}

/// Σ tapsₖ·xᵢ₊ₖ for each i of the output.
pub(crate) fn slide<const TAPS: usize, const LENGTH: usize>(taps: &[f32; TAPS], x: &[f32]) -> [f32; LENGTH] {
    let mut output = [0.0; LENGTH];
    for (k, tap) in taps.iter().enumerate() {
        for (sum, sample) in output.iter_mut().zip(&x[k..k + LENGTH]) {
            *sum += sample * tap;
        }
    }
    output
}

/// Root mean square with a floor of 0.1 under the square, so that nothing divides by zero.
pub(crate) fn rms(signal: &[f32]) -> f32 {
    let squares: f32 = signal.iter().map(|x| x * x).sum();
    (0.1 + f64::from(squares / signal.len() as f32)).sqrt() as f32
}

/// [`rms`] of each sub-frame.
pub(crate) fn rms_of_subframes(signal: &[f32]) -> impl Iterator<Item = f32> {
    signal.chunks_exact(SUBFRAME).map(rms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_synthesis_filter_is_the_recursion() {
        let lpc = [-1.2, 0.9, -0.3, 0.1];
        let mut signal = [0.0; 30];
        signal[0] = 1.0;
        let mut memory = [0.0; 4];
        let (one, two) = signal.split_at_mut(13);
        synthesise(&lpc, one, &mut memory);
        synthesise(&lpc, two, &mut memory);
        for n in 0..signal.len() {
            let past = |k: usize| if n >= k { f64::from(signal[n - k]) } else { 0.0 };
            let driven = if n == 0 { 1.0 } else { 0.0 };
            let expected = driven - (1..=4).map(|k| f64::from(lpc[k - 1]) * past(k)).sum::<f64>();
            assert!((past(0) - expected).abs() < 1e-6, "sample {n}");
        }
    }

    #[test]
    fn the_high_pass_lets_little_direct_current_through() {
        for filter in [&NARROWBAND_OUTPUT, &WIDEBAND_OUTPUT] {
            let mut signal = [1000.0; 4000];
            filter.run(&mut signal, &mut [0.0; 2]);
            assert!(signal[0] > 900.0);
            // The value of the transfer function at 1: not zero, because the coefficients are rounded.
            let sum = |terms: &[f32]| terms.iter().map(|&x| f64::from(x)).sum::<f64>();
            let expected = 1000.0 * sum(&filter.zeros) / (1.0 + sum(&filter.poles));
            assert!((f64::from(signal[3999]) - expected).abs() < 1.0, "{}, not {expected}", signal[3999]);
            assert!(expected < 150.0);
        }
    }

    #[test]
    fn only_a_filter_that_ran_away_is_silenced() {
        let (mut signal, mut memory) = ([32_767.0, -1e6], [1e6, 2.0]);
        assert!(!tame(&mut signal, &mut memory));
        assert_eq!((signal, memory), ([32_767.0, -1e6], [1e6, 2.0]));
        for wild in [f32::NAN, f32::INFINITY, 1e10, -1e10] {
            let (mut signal, mut memory) = ([1.0, 2.0], [1.0, wild]);
            assert!(tame(&mut signal, &mut memory));
            assert_eq!((signal, memory), ([0.0; 2], [0.0; 2]));
            assert!(tame(&mut [wild], &mut [0.0]));
        }
    }

    #[test]
    fn widening_scales_by_powers() {
        assert_eq!(widen(&[1.0, 1.0, -2.0], 0.5), [0.5, 0.25, -0.25]);
    }

    #[test]
    fn sums_over_samples() {
        let x: Vec<f32> = (1..=8).map(|i| i as f32).collect();
        assert_eq!(dot(&x, &x), 204.0);
        assert_eq!(correlate::<3>(&x[..4], &x), [30.0, 40.0, 50.0]);
        assert_eq!(slide::<2, 3>(&[1.0, -10.0], &x), [-19.0, -28.0, -37.0]);
        assert!((rms(&[3.0, -3.0, 3.0, -3.0]) - 9.1_f32.sqrt()).abs() < 1e-6);
    }
}
