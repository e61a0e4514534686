//! ITU-T G.722 at 64 kbit/s: two sub-bands of ADPCM, a byte for two samples of 16 kHz.
//!
//! **Source**: ITU-T Recommendation G.722 (11/88), clause 6 (the blocks named below). Each byte holds two bits of the
//! higher band above six of the lower one.

mod tables;

use tables::{FILTER_BANK, HIGH_2_BITS, HIGH_LOG_STEPS, LOW_4_BITS, LOW_6_BITS, LOW_LOG_STEPS, SCALES};

/// Samples of a byte.
pub(crate) const BYTE_SAMPLES: usize = 2;
/// Pairs of sub-band samples that the filter bank sees at once.
const FILTER_PAIRS: usize = FILTER_BANK.len();

/// A decoder of one stream.
#[derive(Debug, Clone)]
pub(crate) struct G722 {
    low: Band,
    high: Band,
    /// The last sums and differences of the bands, the newest first.
    sums: [i32; FILTER_PAIRS],
    differences: [i32; FILTER_PAIRS],
}

impl Default for G722 {
    fn default() -> Self {
        Self { low: Band::new(&LOW), high: Band::new(&HIGH), sums: [0; FILTER_PAIRS], differences: [0; FILTER_PAIRS] }
    }
}

impl G722 {
    /// Appends the two samples of each byte.
    pub(crate) fn decode(&mut self, bytes: &[u8], out: &mut Vec<i16>) {
        for &byte in bytes {
            let (low_code, high_code) = (usize::from(byte & 63), usize::from(byte >> 6));
            let low = self.low.decode(LOW_6_BITS[low_code], LOW_4_BITS[low_code >> 2], LOW_LOG_STEPS[low_code >> 2]);
            let step = HIGH_2_BITS[high_code];
            let high = self.high.decode(step, step, HIGH_LOG_STEPS[high_code]);
            out.extend(self.join(low, high));
        }
    }

    /// Blocks RECA to SELECT: the receive filter bank.
    fn join(&mut self, low: i32, high: i32) -> [i16; BYTE_SAMPLES] {
        self.sums.copy_within(..FILTER_PAIRS - 1, 1);
        self.differences.copy_within(..FILTER_PAIRS - 1, 1);
        (self.sums[0], self.differences[0]) = (low + high, low - high);
        // Coefficient n of 24, of which only half are stored.
        let coefficient = |n: usize| FILTER_BANK[n.min(2 * FILTER_PAIRS - 1 - n)];
        let filtered = |values: &[i32; FILTER_PAIRS], first: usize| {
            let sum: i32 = values.iter().enumerate().map(|(n, value)| value * coefficient(2 * n + first)).sum();
            // 12 bits of coefficients, less one: the bands have 15 bits and samples 16.
            saturated(sum >> 11) as i16
        };
        [filtered(&self.differences, 0), filtered(&self.sums, 1)]
    }
}

/// What tells the bands apart.
#[derive(Debug)]
struct Scale {
    /// Limit of the logarithm (blocks LOGSCL and LOGSCH).
    max_log: i32,
    /// Shift of the scale (blocks SCALEL and SCALEH).
    shift: i32,
    /// Scale at the start.
    start: i32,
}

const LOW: Scale = Scale { max_log: 18_432, shift: 8, start: 32 };
const HIGH: Scale = Scale { max_log: 22_528, shift: 10, start: 8 };

/// Adaptive quantiser and predictor of one sub-band.
#[derive(Debug, Clone)]
struct Band {
    rule: &'static Scale,
    log: i32,
    scale: i32,
    predictor: Predictor,
}

impl Band {
    fn new(rule: &'static Scale) -> Self {
        Self { rule, log: 0, scale: rule.start, predictor: Predictor::default() }
    }

    /// The sample of a code, by the outputs of its quantiser that are heard and that adaptation sees.
    fn decode(&mut self, heard: i32, adapting: i32, log_step: i32) -> i32 {
        let scaled = |level: i32| (self.scale * level) >> 15;
        let sample = (self.predictor.estimate + scaled(heard)).clamp(-16_384, 16_383);
        self.predictor.adapt(scaled(adapting));
        // LOGSCx and SCALEx.
        self.log = (((self.log * 127) >> 7) + log_step).clamp(0, self.rule.max_log);
        let octave = self.rule.shift - (self.log >> 11);
        let scale = SCALES[(self.log >> 6 & 31) as usize];
        self.scale = if octave < 0 { scale << -octave } else { scale >> octave } << 2;
        sample
    }
}

/// Two poles and six zeros that follow the signal.
#[derive(Debug, Clone, Default)]
struct Predictor {
    poles: [i32; 2],
    zeros: [i32; 6],
    /// Quantised differences of the past, the newest first.
    differences: [i32; 6],
    /// Reconstructed samples of the past.
    reconstructed: [i32; 2],
    /// Differences plus what the zeros gave, of the past.
    partial: [i32; 2],
    /// What the zeros give for the next sample.
    from_zeros: i32,
    /// The next sample as predicted.
    estimate: i32,
}

impl Predictor {
    /// Block 4 of either band: takes in a quantised difference and predicts the next sample.
    fn adapt(&mut self, difference: i32) {
        let reconstructed = saturated(self.estimate + difference); // RECONS
        let partial = saturated(self.from_zeros + difference); // PARREC
        let agrees = self.partial.map(|past| same_sign(partial, past));
        let toward = |agrees: bool, step: i32| if agrees { step } else { -step };

        // UPPOL2 and UPPOL1.
        let [first, second] = self.poles;
        let quadrupled = saturated(first * 4);
        let coupled = saturated(toward(!agrees[0], quadrupled)) >> 7;
        let second = (coupled + toward(agrees[1], 128) + ((second * 32_512) >> 15)).clamp(-12_288, 12_288);
        let most = 15_360 - second;
        let first = (toward(agrees[0], 192) + ((first * 32_640) >> 15)).clamp(-most, most);
        self.poles = [first, second];

        // UPZERO.
        let step = if difference == 0 { 0 } else { 128 };
        for (zero, &past) in self.zeros.iter_mut().zip(&self.differences) {
            *zero = saturated(toward(same_sign(difference, past), step) + ((*zero * 32_640) >> 15));
        }

        // DELAYA.
        self.differences.copy_within(..5, 1);
        self.differences[0] = difference;
        self.reconstructed = [reconstructed, self.reconstructed[0]];
        self.partial = [partial, self.partial[0]];

        // FILTEP, FILTEZ and PREDIC.
        let weighted = |weight: &i32, value: &i32| (*weight * saturated(value * 2)) >> 15;
        let from_poles: i32 = self.poles.iter().zip(&self.reconstructed).map(|(w, v)| weighted(w, v)).sum();
        let from_zeros: i32 = self.zeros.iter().zip(&self.differences).map(|(w, v)| weighted(w, v)).sum();
        self.from_zeros = saturated(from_zeros);
        self.estimate = saturated(saturated(from_poles) + self.from_zeros);
    }
}

/// Zero counts as positive, as its sign bit does.
fn same_sign(a: i32, b: i32) -> bool {
    a ^ b >= 0
}

fn saturated(value: i32) -> i32 {
    value.clamp(i32::from(i16::MIN), i32::from(i16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_overflows_whatever_the_bytes() {
        let mut state = 0x2545_F491_4F6C_DD1Du64;
        let mut bytes: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 56) as u8
        })
        .take(100_000)
        .collect();
        for pair in [[0x04, 0x20], [0x84, 0xA0], [0x20, 0x20], [0xA4, 0x24]] {
            bytes.extend(pair.repeat(5_000));
        }
        let mut out = Vec::new();
        G722::default().decode(&bytes, &mut out);
        assert_eq!(out.len(), 2 * bytes.len());
        assert!(out.contains(&i16::MAX) && out.contains(&i16::MIN), "loud enough to saturate");
    }

    /// The filter bank passes a constant in the lower band with gain 2 (bands have 15 bits), a constant in the higher
    /// one as the highest frequency.
    #[test]
    fn the_filter_bank_puts_each_band_in_its_place() {
        let mut codec = G722::default();
        let last = (0..40).map(|_| codec.join(1_000, 0)).last().unwrap();
        assert!(last.iter().all(|&s| (1_990..=2_010).contains(&s)), "{last:?}");
        let last = (0..40).map(|_| codec.join(0, 1_000)).last().unwrap();
        assert!((1_990..=2_010).contains(&last[1]) && (1_990..=2_010).contains(&-last[0]), "{last:?}");
    }
}
