//! `f32` to signed 16 bits and back.

mod dither;

use dither::Triangle;
use voxline_core::Dither;

/// Steps of a 16-bit sample between 0 and full scale.
const SCALE: f32 = 32_768.0;
/// Adding this leaves no room for a fraction in an `f32` of magnitude below 2^22, so the sum is rounded to an integer,
/// half to even, and the integer is in the low bits.
const ROUNDER: f32 = 12_582_912.0;
/// Samples counted or dithered in one go.
const BLOCK_SAMPLES: usize = 4096;

/// Rounds `f32` samples to signed 16 bits and counts what did not fit.
///
/// The rule: x · 32 768, rounded half to even, saturated to −32 768 … 32 767, NaN gives 0. So s16 values divided by
/// 32 768 come back exactly. With [`Dither::Tpdf`] triangular noise of ±1 step is added before rounding; it starts anew
/// for every quantiser and depends on nothing but the position of the sample.
///
/// ```
/// use voxline_core::Dither;
/// use voxline_dsp::Quantiser;
/// let mut quantiser = Quantiser::new(Dither::None);
/// let mut out = Vec::new();
/// quantiser.quantise(&[0.5, -1.0, 1.0, f32::NAN], &mut out);
/// assert_eq!(out, [16_384, -32_768, 32_767, 0]);
/// assert_eq!((quantiser.clipped(), quantiser.nan()), (1, 1));
/// ```
#[derive(Debug, Clone)]
pub struct Quantiser {
    dither: Option<Triangle>,
    scratch: Vec<f32>,
    clipped: u64,
    nan: u64,
}

impl Quantiser {
    /// A quantiser with nothing counted yet.
    pub fn new(dither: Dither) -> Self {
        let dither = matches!(dither, Dither::Tpdf).then(Triangle::new);
        Self { dither, scratch: Vec::new(), clipped: 0, nan: 0 }
    }

    /// Appends the samples as 16 bits.
    ///
    /// **Allocation**: growth of `out`; with dither one block on the first call.
    pub fn quantise(&mut self, samples: &[f32], out: &mut Vec<i16>) {
        out.reserve(samples.len());
        for block in samples.chunks(BLOCK_SAMPLES) {
            let (clipped, nan) = match &mut self.dither {
                None => append(block.iter().map(|x| x * SCALE), out),
                Some(triangle) => {
                    self.scratch.clear();
                    self.scratch.extend(block.iter().map(|x| x * SCALE + triangle.next()));
                    append(self.scratch.iter().copied(), out)
                }
            };
            self.clipped = self.clipped.saturating_add(clipped.into());
            self.nan = self.nan.saturating_add(nan.into());
        }
    }

    /// Appends samples that have 16 bits already: the same as they are, unless there is dither to add.
    ///
    /// **Allocation**: growth of `out`; with dither a block.
    pub fn pass_s16(&mut self, samples: &[i16], out: &mut Vec<i16>) {
        if self.dither.is_none() {
            return out.extend_from_slice(samples);
        }
        let mut floats = Vec::with_capacity(samples.len().min(BLOCK_SAMPLES));
        for block in samples.chunks(BLOCK_SAMPLES) {
            floats.clear();
            s16_to_f32(block, &mut floats);
            self.quantise(&floats, out);
        }
    }

    /// Samples so far whose rounded value did not fit into 16 bits, infinite ones included.
    pub fn clipped(&self) -> u64 {
        self.clipped
    }

    /// Samples so far that were not a number.
    pub fn nan(&self) -> u64 {
        self.nan
    }

    /// Starts anew: counts 0, dither from its beginning.
    pub fn reset(&mut self) {
        self.dither = self.dither.is_some().then(Triangle::new);
        self.clipped = 0;
        self.nan = 0;
    }
}

/// Rounds one block of scaled samples; returns how many were clipped and how many were not a number.
///
/// Passes over a block in the cache, each without branches, so that the compiler makes vector code of them.
fn append(scaled: impl ExactSizeIterator<Item = f32> + Clone, out: &mut Vec<i16>) -> (u32, u32) {
    let start = out.len();
    let round_inside = |y: f32| (y + ROUNDER).to_bits().wrapping_sub(ROUNDER.to_bits()) as i32;
    // The clamp tells the compiler that the instruction which narrows with saturation will do.
    out.extend(scaled.clone().map(|y| round_inside(y).clamp(i16::MIN.into(), i16::MAX.into()) as i16));
    // Whatever does not fit, infinities and no numbers included, gives a difference of bits beyond 16 bits, above or below,
    // and so came out as one of the limits. Hardly any block has a sample there, and most of those fitted just so.
    let is_limit = |sample: i16| sample.wrapping_add(1) <= i16::MIN + 1;
    if !out.get(start..).unwrap_or_default().iter().fold(false, |any, &sample| any | is_limit(sample)) {
        return (0, 0);
    }
    let counts = scaled.clone().fold((0u32, 0u32), |(clipped, nan), y| {
        // The ties: 32 767.5 rounds to 32 768, which does not fit; -32 768.5 rounds to -32 768, which does.
        let outside = u32::from(y >= 32_767.5) | u32::from(y < -32_768.5);
        // Wrapping, because a block is far too short to overflow and a check would cost the vector code.
        (clipped.wrapping_add(outside), nan.wrapping_add(u32::from(y.is_nan())))
    });
    if counts != (0, 0) {
        out.truncate(start);
        out.extend(scaled.map(round));
    }
    counts
}

/// Rounds a scaled sample, half to even, and saturates; NaN gives 0.
fn round(scaled: f32) -> i16 {
    // Saturating first is the same, because both limits are integers, and keeps within the range of the trick. Written
    // as comparisons that are false for NaN, so that NaN passes through to the last line.
    let y = if scaled > 32_767.0 { 32_767.0 } else { scaled };
    let y = if y < -32_768.0 { -32_768.0 } else { y };
    let steps = (y + ROUNDER).to_bits().wrapping_sub(ROUNDER.to_bits()) as i16;
    if y.is_nan() { 0 } else { steps }
}

/// Appends 16-bit samples as `f32`, exactly: x / 32 768.
///
/// ```
/// let mut out = Vec::new();
/// voxline_dsp::s16_to_f32(&[i16::MIN, 0, 16_384], &mut out);
/// assert_eq!(out, [-1.0, 0.0, 0.5]);
/// ```
pub fn s16_to_f32(samples: &[i16], out: &mut Vec<f32>) {
    out.extend(samples.iter().map(|x| f32::from(*x) * (1.0 / SCALE)));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The rule in words of the standard library and f64.
    fn oracle(x: f32) -> (i16, bool, bool) {
        let rounded = (f64::from(x) * 32_768.0).round_ties_even();
        (rounded as i16, !(-32_768.0..=32_767.0).contains(&rounded) && !x.is_nan(), x.is_nan())
    }

    fn check(x: f32) {
        let mut quantiser = Quantiser::new(Dither::None);
        let mut out = Vec::new();
        quantiser.quantise(&[x], &mut out);
        let got = (out[0], quantiser.clipped() == 1, quantiser.nan() == 1);
        assert_eq!(got, oracle(x), "{x:e} ({:#x})", x.to_bits());
    }

    #[test]
    fn every_integer_every_tie_and_their_neighbours_follow_the_rule() {
        for half_steps in -66_000i32..=66_000 {
            let x = half_steps as f32 / 65_536.0;
            check(x);
            check(x.next_up());
            check(x.next_down());
        }
    }

    #[test]
    fn odd_values_follow_the_rule() {
        for bits in (0..=u32::MAX).step_by(65_521) {
            check(f32::from_bits(bits));
        }
        for x in [0.0, f32::MIN_POSITIVE, f32::from_bits(1), f32::MAX, f32::INFINITY, f32::NAN, 127.9, 128.1, 256.5] {
            check(x);
            check(-x);
        }
    }

    #[test]
    fn all_16_bit_values_come_back_exactly() {
        let all: Vec<i16> = (i16::MIN..=i16::MAX).collect();
        let mut floats = Vec::new();
        s16_to_f32(&all, &mut floats);
        let mut quantiser = Quantiser::new(Dither::None);
        let mut back = Vec::new();
        quantiser.quantise(&floats, &mut back);
        assert_eq!(back, all);
        assert_eq!((quantiser.clipped(), quantiser.nan()), (0, 0));
    }

    #[test]
    fn what_has_16_bits_passes_as_through_floats() {
        let all: Vec<i16> = (i16::MIN..=i16::MAX).collect();
        let mut floats = Vec::new();
        s16_to_f32(&all, &mut floats);
        for dither in [Dither::None, Dither::Tpdf] {
            let (mut rounding, mut passing) = (Quantiser::new(dither), Quantiser::new(dither));
            let (mut want, mut got) = (vec![7], vec![7]);
            rounding.quantise(&floats, &mut want);
            let (head, tail) = all.split_at(777);
            passing.pass_s16(head, &mut got);
            passing.pass_s16(tail, &mut got);
            assert_eq!(got, want);
            assert_eq!(passing.clipped(), rounding.clipped());
        }
    }

    #[test]
    fn dither_makes_the_mean_right_where_rounding_alone_is_wrong() {
        // A quarter step rounds to 0 always; dithered, the mean over many samples is a quarter step. The standard error
        // of the mean of n samples with variance of at most 1 is 1/1000 here: six of them.
        let n = 1_000_000;
        for step in [0.25f64, -0.4, 0.0, 0.5] {
            let samples = vec![(step / 32_768.0) as f32; n];
            let mut out = Vec::new();
            Quantiser::new(Dither::Tpdf).quantise(&samples, &mut out);
            let mean = out.iter().map(|x| f64::from(*x)).sum::<f64>() / n as f64;
            assert!((mean - step).abs() < 0.006, "{mean} for {step}");
            assert!(out.iter().all(|x| (-1..=1).contains(x)), "more than one step away");
        }
    }

    #[test]
    fn dither_saturates_and_leaves_nan_silent() {
        let mut quantiser = Quantiser::new(Dither::Tpdf);
        let mut out = Vec::new();
        quantiser.quantise(&[2.0, -2.0, f32::NAN, f32::INFINITY], &mut out);
        assert_eq!(out, [32_767, -32_768, 0, 32_767]);
        assert_eq!((quantiser.clipped(), quantiser.nan()), (3, 1));
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_bits(
            tpdf in any::<bool>(),
            mut cuts in prop::collection::vec(0usize..=10_000, 0..6),
            seed in any::<u64>(),
        ) {
            let dither = if tpdf { Dither::Tpdf } else { Dither::None };
            let samples: Vec<f32> =
                voxline_testkit::signal::white_noise(seed, 10_000).iter().map(|x| 1.5 * x).collect();
            let mut whole = Vec::new();
            let mut one = Quantiser::new(dither);
            one.quantise(&samples, &mut whole);
            cuts.extend([0, samples.len()]);
            cuts.sort_unstable();
            let mut many = Quantiser::new(dither);
            for _ in 0..2 {
                let mut parts = Vec::new();
                for pair in cuts.windows(2) {
                    many.quantise(&samples[pair[0]..pair[1]], &mut parts);
                }
                prop_assert_eq!(&parts, &whole);
                prop_assert_eq!(many.clipped(), one.clipped());
                many.reset();
            }
        }

        #[test]
        fn nothing_wraps(bits in any::<u32>()) {
            let x = f32::from_bits(bits);
            let mut out = Vec::new();
            Quantiser::new(Dither::None).quantise(&[x], &mut out);
            let far = i32::from(out[0]).signum() as f32 * x;
            prop_assert!(far >= 0.0 || x.is_nan(), "{} became {}", x, out[0]);
        }
    }
}
