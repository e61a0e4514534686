//! From parameters to samples, in the fixed-point arithmetic of the standard.
//!
//! **Source**: ETSI EN 300 961 v8.1.1, clause 5.1 (operations) and 5.3 (decoder). Everything is 16 bits wide with
//! saturation; results agree with other decoders sample for sample only if every step does.

use super::tables::{DEEMPHASIS, GAINS, LAR_RULES, MANTISSAS};
use super::{FRAME_SAMPLES, Frame, Subframe};

/// Samples of a subframe.
const SUBFRAME: usize = 40;
/// The longest lag.
const MAX_LAG: usize = 120;
/// Lags that may occur; others are damage, and the last good one goes on.
const LAGS: std::ops::RangeInclusive<usize> = SUBFRAME..=MAX_LAG;
/// Order of the short term filter.
const ORDER: usize = 8;

/// How a log area ratio is made of the old one, the new one and a quarter of both.
type Blend = fn(i16, i16, i16) -> i16;

/// What one frame leaves for the next.
#[derive(Debug, Clone)]
pub(super) struct Synthesis {
    /// The excitation of the past.
    past: [i16; MAX_LAG],
    lag: usize,
    /// Decoded log area ratios of the last frame.
    lar: [i16; ORDER],
    /// Backward values of the lattice; the last one is never used.
    lattice: [i16; ORDER + 1],
    deemphasis: i16,
}

impl Default for Synthesis {
    fn default() -> Self {
        Self { past: [0; MAX_LAG], lag: SUBFRAME, lar: [0; ORDER], lattice: [0; ORDER + 1], deemphasis: 0 }
    }
}

impl Synthesis {
    /// Appends the samples of a frame: 13 bits at the top of 16.
    pub(super) fn decode(&mut self, frame: &Frame, out: &mut Vec<i16>) {
        let mut excitation = [0; MAX_LAG + FRAME_SAMPLES];
        excitation[..MAX_LAG].copy_from_slice(&self.past);
        for (number, subframe) in frame.subframes.iter().enumerate() {
            self.excite(subframe, &mut excitation, MAX_LAG + number * SUBFRAME);
        }
        self.past.copy_from_slice(&excitation[FRAME_SAMPLES..]);

        let lar = decoded_lar(&frame.lar);
        let old = std::mem::replace(&mut self.lar, lar);
        // Clause 5.3.2 (5.2.9.1): ratios move from the old to the new ones over the first quarter.
        let quarter = |a: i16, b: i16| (a >> 2).saturating_add(b >> 2);
        let blends: [(usize, Blend); 4] = [
            (13, |old, _, quarters| quarters.saturating_add(old >> 1)),
            (14, |old, new, _| (old >> 1).saturating_add(new >> 1)),
            (13, |_, new, quarters| quarters.saturating_add(new >> 1)),
            (120, |_, new, _| new),
        ];
        let mut rest = &excitation[MAX_LAG..];
        for (length, blend) in blends {
            let reflection: [i16; ORDER] =
                std::array::from_fn(|i| reflection(blend(old[i], lar[i], quarter(old[i], lar[i]))));
            let (part, after) = rest.split_at(length);
            out.extend(part.iter().map(|&sample| self.filter(sample, &reflection)));
            rest = after;
        }
    }

    /// Clauses 5.3.1 and 5.3.2: pulses on their grid, plus the excitation one lag ago.
    fn excite(&mut self, subframe: &Subframe, excitation: &mut [i16; MAX_LAG + FRAME_SAMPLES], start: usize) {
        let lag = usize::from(subframe.lag);
        if LAGS.contains(&lag) {
            self.lag = lag;
        }
        let gain = GAINS[usize::from(subframe.gain & 3)];
        let mut pulses = [0; SUBFRAME];
        for (place, value) in
            pulses.iter_mut().skip(usize::from(subframe.grid & 3)).step_by(3).zip(magnitudes(subframe))
        {
            *place = value;
        }
        for (at, pulse) in (start..).zip(pulses) {
            excitation[at] = pulse.saturating_add(rounded_product(gain, excitation[at - self.lag]));
        }
    }

    /// Clauses 5.3.4 and 5.3.5: one sample through the lattice and the de-emphasis.
    fn filter(&mut self, excitation: i16, reflection: &[i16; ORDER]) -> i16 {
        let mut value = excitation;
        for i in (0..ORDER).rev() {
            value = value.saturating_sub(rounded_product(reflection[i], self.lattice[i]));
            self.lattice[i + 1] = self.lattice[i].saturating_add(rounded_product(reflection[i], value));
        }
        self.lattice[0] = value;
        self.deemphasis = value.saturating_add(rounded_product(self.deemphasis, DEEMPHASIS));
        self.deemphasis.saturating_add(self.deemphasis) & !7
    }
}

/// Clause 5.3.1 (5.2.15 and 5.2.16): the pulses' values from the coded peak, a small floating point number.
fn magnitudes(subframe: &Subframe) -> [i16; 13] {
    let peak = i16::from(subframe.peak);
    let mut exponent = if peak > 15 { (peak >> 3) - 1 } else { 0 };
    let mut mantissa = peak - (exponent << 3);
    if mantissa == 0 {
        (exponent, mantissa) = (-4, 7);
    } else {
        while mantissa <= 7 {
            mantissa = mantissa << 1 | 1;
            exponent -= 1;
        }
        mantissa -= 8;
    }
    let factor = MANTISSAS[usize::from(mantissa.unsigned_abs() & 7)];
    // The exponent is −4 to 6.
    let shift = 6 - exponent;
    let half = if shift > 0 { 1 << (shift - 1) } else { 0 };
    subframe.pulses.map(|code| {
        let value = (i16::from(code & 7) * 2 - 7) << 12;
        rounded_product(factor, value).saturating_add(half) >> shift
    })
}

/// Clause 5.3.3 (5.2.8): coded log area ratios to numbers.
fn decoded_lar(codes: &[u8; ORDER]) -> [i16; ORDER] {
    std::array::from_fn(|i| {
        let rule = &LAR_RULES[i];
        let value = (i16::from(codes[i]) + rule.min) << 10;
        let value = rounded_product(rule.inverse_slope, value.saturating_sub(rule.offset << 1));
        value.saturating_add(value)
    })
}

/// Clause 5.2.9.2: a log area ratio to a reflection coefficient, in three straight pieces.
fn reflection(lar: i16) -> i16 {
    let magnitude = lar.saturating_abs();
    let value = match magnitude {
        ..11_059 => magnitude << 1,
        11_059..20_070 => magnitude + 11_059,
        _ => (magnitude >> 2).saturating_add(26_112),
    };
    if lar < 0 { -value } else { value }
}

/// `mult_r` of clause 5.1: the product of two fractions, rounded; only −1 · −1 does not fit.
fn rounded_product(a: i16, b: i16) -> i16 {
    let product = (i32::from(a) * i32::from(b) + (1 << 14)) >> 15;
    product.min(i32::from(i16::MAX)) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_at_the_corners() {
        for (a, b, want) in [
            (i16::MIN, i16::MIN, i16::MAX),
            (i16::MIN, i16::MAX, -32_767),
            (i16::MAX, i16::MAX, 32_766),
            (1, 16_384, 1),
            (1, 16_383, 0),
            (-1, 16_384, 0),
        ] {
            assert_eq!(rounded_product(a, b), want, "{a} {b}");
        }
    }

    /// Every coded peak and pulse; by the definition of the floating point number, with a tolerance of its rounding.
    #[test]
    fn magnitudes_are_the_quantiser_of_table_5_5() {
        for peak in 0..64u8 {
            let subframe = Subframe { peak, pulses: [7, 0, 4, 3, 7, 0, 4, 3, 7, 0, 4, 3, 7], ..Subframe::default() };
            let values = magnitudes(&subframe);
            // Linear up to 15, then eight steps an octave: the top of each interval of x_max.
            let top = if peak < 16 {
                32 * (i32::from(peak) + 1) - 1
            } else {
                let octave = i32::from(peak >> 3) - 1;
                ((i32::from(peak & 7) + 9) << (octave + 5)) - 1
            };
            for (&value, code) in values.iter().zip([7, 0, 4, 3]) {
                let want = f64::from(top) * f64::from(2 * code - 7) / 8.0;
                assert!((f64::from(value) - want).abs() <= 1.0 + want.abs() / 1_000.0, "{peak} {code}: {value} {want}");
            }
        }
    }

    #[test]
    fn nothing_overflows_whatever_the_parameters() {
        let mut state = 0x2545_F491_4F6C_DD1Du64;
        let mut synthesis = Synthesis::default();
        let mut out = Vec::new();
        for round in 0..4_000 {
            let mut random = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (state >> 56) as u8
            };
            let mut frame = Frame::read(|bits| random() >> (8 - bits));
            if round % 3 == 0 {
                frame.lar = [63, 63, 31, 31, 15, 15, 7, 7];
                frame.subframes = frame.subframes.map(|s| Subframe { gain: 3, peak: 63, ..s });
            }
            out.clear();
            synthesis.decode(&frame, &mut out);
            assert!(out.len() == FRAME_SAMPLES && out.iter().all(|s| s & 7 == 0));
        }
    }
}
