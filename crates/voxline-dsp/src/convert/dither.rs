//! Triangular noise for dither.

/// Triangular noise of ±1, the same sequence every time.
#[derive(Debug, Clone)]
pub(super) struct Triangle {
    state: u64,
}

impl Triangle {
    pub(super) fn new() -> Self {
        Self { state: 0 }
    }

    /// The next value: the difference of two uniform ones, so the mean is 0 exactly in the long run.
    pub(super) fn next(&mut self) -> f32 {
        // SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        // Two independent numbers of 24 bits: their difference is exact in f32.
        let (a, b) = ((z >> 40) as i32, (z & 0xFF_FFFF) as i32);
        a.wrapping_sub(b) as f32 * (1.0 / 16_777_216.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_noise_is_triangular_between_minus_one_and_one() {
        // Share of a triangular variable with |x| < t: 1 - (1 - t)^2. With 10^6 draws 0.003 is more than five sigma.
        let mut triangle = Triangle::new();
        let draws: Vec<f32> = (0..1_000_000).map(|_| triangle.next()).collect();
        for t in [0.1f32, 0.25, 0.5, 0.75, 0.9, 1.0] {
            let share = draws.iter().filter(|x| x.abs() < t).count() as f64 / draws.len() as f64;
            let expected = 1.0 - (1.0 - f64::from(t)).powi(2);
            assert!((share - expected).abs() < 0.003, "|x| < {t}: {share} instead of {expected}");
        }
        let mean = draws.iter().map(|x| f64::from(*x)).sum::<f64>() / draws.len() as f64;
        assert!(mean.abs() < 0.002, "{mean}");
    }
}
