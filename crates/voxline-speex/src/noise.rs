//! Noise that every decoder makes alike.

/// Uniform noise from a linear congruential generator.
///
/// **Source**: W. H. Press et al., *Numerical Recipes in C*, §7.1, "An even quicker generator"; the seed and the use of
/// the low bits as a mantissa: libspeex 1.2.1, math_approx.h (`speex_rand`).
#[derive(Debug, Clone)]
pub(crate) struct Noise {
    seed: u32,
}

impl Noise {
    /// As a new decoder starts.
    pub(crate) fn new() -> Self {
        Self { seed: 1000 }
    }

    /// The next sample of noise with this standard deviation.
    pub(crate) fn next(&mut self, deviation: f32) -> f32 {
        self.seed = self.seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        // The exponent of 1 over random bits of mantissa: from 1 to 2.
        let uniform = f32::from_bits(0x3F80_0000 | (self.seed & 0x007F_FFFF)) - 1.5;
        // √12 for unit variance.
        (3.4642 * f64::from(deviation) * f64::from(uniform)) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_the_deviation_asked_for() {
        let mut noise = Noise::new();
        let samples: Vec<f64> = (0..100_000).map(|_| f64::from(noise.next(5.0))).collect();
        let mean = samples.iter().sum::<f64>() / 1e5;
        let deviation = (samples.iter().map(|x| x * x).sum::<f64>() / 1e5).sqrt();
        assert!(mean.abs() < 0.1, "mean {mean}");
        assert!((deviation - 5.0).abs() < 0.05, "deviation {deviation}");
    }
}
