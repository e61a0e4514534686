//! The level of one plane.

use voxline_core::ChannelLevel;

use super::{BLOCK_FRAMES, Block, Blocks, Totals, measured};

/// Sums that run side by side, one per position modulo this, so that the compiler can use vector registers.
const LANES: usize = 8;

/// Measures peak and RMS of one plane.
///
/// ```
/// use voxline_dsp::LevelMeter;
/// let mut meter = LevelMeter::new();
/// meter.push(&[0.5, -0.5]);
/// assert!((meter.level().rms_dbfs.unwrap() + 6.0206).abs() < 1e-4);
/// ```
#[derive(Debug, Clone, Default)]
pub struct LevelMeter {
    blocks: Blocks,
    totals: Totals,
    frames: u64,
}

impl LevelMeter {
    /// A meter that has heard nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in the next samples. NaN counts as 0, infinity as the largest finite number.
    ///
    /// **Allocation**: one block on the first call.
    pub fn push(&mut self, plane: &[f32]) {
        self.frames = self.frames.saturating_add(plane.len() as u64);
        let totals = &mut self.totals;
        self.blocks.push(plane, BLOCK_FRAMES, |block| totals.add(measure(block)));
    }

    /// Takes in the next samples of 16 bits, as if each were divided by 32 768: the same bits in less time, because the
    /// sums of a block are integers.
    ///
    /// **Allocation**: one block on the first call.
    pub fn push_s16(&mut self, plane: &[i16]) {
        self.frames = self.frames.saturating_add(plane.len() as u64);
        let totals = &mut self.totals;
        self.blocks.push_s16(plane, BLOCK_FRAMES, |block| {
            totals.add(match block {
                Block::Floats(block) => measure(block),
                Block::Integers(block) => sum_s16(block),
            });
        });
    }

    /// The level of everything so far.
    pub fn level(&self) -> ChannelLevel {
        let mut totals = self.totals;
        totals.add(measure(&self.blocks.waiting));
        totals.level(self.frames)
    }
}

/// Peak and squares of at most a block.
fn measure(block: &[f32]) -> Totals {
    let raw = sum(block);
    // No finite sample can make this sum infinite: only a bad one, and those are rare enough for a second look.
    if raw.squares.is_finite() {
        return raw;
    }
    sum(&block.iter().map(|x| measured(*x)).collect::<Vec<_>>())
}

fn sum(block: &[f32]) -> Totals {
    let mut peaks = [0f32; LANES];
    let mut squares = [0f64; LANES];
    let mut add = |samples: &[f32; LANES]| {
        for (peak, x) in peaks.iter_mut().zip(samples) {
            let magnitude = x.abs();
            *peak = if magnitude > *peak { magnitude } else { *peak };
        }
        for (sum, x) in squares.iter_mut().zip(samples) {
            let wide = f64::from(*x);
            *sum += wide * wide;
        }
    };
    let (whole, rest) = block.as_chunks::<LANES>();
    whole.iter().for_each(&mut add);
    // Silence adds nothing. The rest one by one would keep the compiler from holding the lanes in vector registers.
    let mut last = [0.0; LANES];
    last[..rest.len()].copy_from_slice(rest);
    add(&last);
    Totals { peak: peaks.iter().fold(0.0, |a, b| a.max(*b)), squares: squares.iter().sum() }
}

/// [`sum`] of the samples divided by 32 768. Both are exact: the squares of a block have up to 39 bits.
fn sum_s16(block: &[i16]) -> Totals {
    /// Products that are added up side by side; the compiler has an instruction for pairs of 16 bits.
    const LANES: usize = 8;
    let (mut lowest, mut highest) = ([0i16; LANES], [0i16; LANES]);
    let mut squares = [0u64; LANES / 2];
    let mut add = |samples: &[i16; LANES]| {
        for (lane, &x) in samples.iter().enumerate() {
            lowest[lane] = lowest[lane].min(x);
            highest[lane] = highest[lane].max(x);
        }
        for (sum, &[a, b]) in squares.iter_mut().zip(samples.as_chunks::<2>().0) {
            let (a, b) = (i32::from(a), i32::from(b));
            // Up to 2^31, so that it fits without a sign; wrapping, because a check would cost the vector code.
            *sum = sum.wrapping_add(u64::from(a.wrapping_mul(a).wrapping_add(b.wrapping_mul(b)).cast_unsigned()));
        }
    };
    let (whole, rest) = block.as_chunks::<LANES>();
    whole.iter().for_each(&mut add);
    let mut last = [0; LANES];
    last[..rest.len()].copy_from_slice(rest);
    add(&last);
    let magnitudes = lowest.iter().chain(&highest).map(|x| x.unsigned_abs());
    let peak = f32::from(magnitudes.max().unwrap_or_default()) / 32_768.0;
    Totals { peak, squares: squares.iter().sum::<u64>() as f64 / (32_768.0 * 32_768.0) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use voxline_testkit::signal;

    use super::*;

    fn level(plane: &[f32]) -> ChannelLevel {
        let mut meter = LevelMeter::new();
        meter.push(plane);
        meter.level()
    }

    #[test]
    fn a_sine_is_three_db_below_its_peak() {
        // 1 kHz at 48 kHz: whole periods, with a sample on the crest.
        let level = level(&signal::sine(1000.0, 48_000, 48_000, 0.5));
        assert!((level.peak_dbfs.unwrap() - 20.0 * 0.5f64.log10()).abs() < 1e-5, "{level:?}");
        assert!((level.rms_dbfs.unwrap() - 20.0 * (0.5f64 / 2f64.sqrt()).log10()).abs() < 1e-5, "{level:?}");
    }

    #[test]
    fn silence_nothing_and_broken_samples() {
        assert_eq!(level(&[]).peak_dbfs, None);
        assert_eq!(level(&[0.0; 1000]).rms_dbfs, None);
        let broken = level(&[f32::NAN, 0.5, -0.5, f32::NAN]);
        assert!((broken.peak_dbfs.unwrap() + 6.0206).abs() < 1e-4);
        assert!((broken.rms_dbfs.unwrap() + 6.0206 + 3.0103).abs() < 1e-4);
        let huge = level(&[f32::NEG_INFINITY]);
        assert!((huge.peak_dbfs.unwrap() - 770.6368).abs() < 1e-3, "{huge:?}");
        assert!((huge.rms_dbfs.unwrap() - 770.6368).abs() < 1e-3, "{huge:?}");
    }

    #[test]
    fn the_peak_is_found_wherever_it_is() {
        for at in [0, 1, 7, 8, 511, 512, 513, 1023, 1029] {
            let mut plane = vec![0.25; 1030];
            plane[at] = -0.75;
            assert!((level(&plane).peak_dbfs.unwrap() - 20.0 * 0.75f64.log10()).abs() < 1e-9, "{at}");
        }
    }

    #[test]
    fn the_sum_is_that_of_plain_f64() {
        let plane = signal::white_noise(3, 100_003);
        let exact = (plane.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / plane.len() as f64).log10() * 10.0;
        assert!((level(&plane).rms_dbfs.unwrap() - exact).abs() < 1e-9);
    }

    #[test]
    fn integers_are_measured_to_the_bit() {
        let both = |samples: &[i16]| {
            let mut meter = LevelMeter::new();
            meter.push_s16(samples);
            let floats: Vec<f32> = samples.iter().map(|&x| f32::from(x) / 32_768.0).collect();
            assert_eq!(meter.level(), level(&floats));
            meter.level()
        };
        assert_eq!(both(&[i16::MIN; 3_000]).rms_dbfs, Some(0.0));
        both(&[i16::MAX; 1_025]);
        both(&(i16::MIN..=i16::MAX).collect::<Vec<_>>());
        for at in [0, 1, 7, 8, 511, 512, 513, 1023, 1029] {
            for loud in [-7, 7] {
                let mut plane = [1; 1030];
                plane[at] = loud;
                assert!((both(&plane).peak_dbfs.unwrap() - 20.0 * (7.0f64 / 32_768.0).log10()).abs() < 1e-9, "{at}");
            }
        }
        assert_eq!(both(&[]).peak_dbfs, None);
    }

    proptest! {
        #[test]
        fn any_split_and_any_kind_give_the_same_bits(
            mut cuts in prop::collection::vec(0usize..=3000, 0..8),
            kinds in prop::collection::vec(any::<bool>(), 9),
        ) {
            let plane: Vec<i16> = signal::white_noise(5, 3000).iter().map(|x| (x * 32_767.0) as i16).collect();
            let floats: Vec<f32> = plane.iter().map(|&x| f32::from(x) / 32_768.0).collect();
            cuts.extend([0, plane.len()]);
            cuts.sort_unstable();
            let mut meter = LevelMeter::new();
            for (pair, is_float) in cuts.windows(2).zip(kinds) {
                match is_float {
                    true => meter.push(&floats[pair[0]..pair[1]]),
                    false => meter.push_s16(&plane[pair[0]..pair[1]]),
                }
            }
            prop_assert_eq!(meter.level(), level(&floats));
        }

        #[test]
        fn any_split_gives_the_same_bits(mut cuts in prop::collection::vec(0usize..=3000, 0..8)) {
            let plane = signal::white_noise(5, 3000);
            cuts.extend([0, plane.len()]);
            cuts.sort_unstable();
            let mut meter = LevelMeter::new();
            for pair in cuts.windows(2) {
                meter.push(&plane[pair[0]..pair[1]]);
            }
            prop_assert_eq!(meter.level(), level(&plane));
        }
    }
}
