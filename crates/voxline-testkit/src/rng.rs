//! Random numbers by seed, the same on every machine.

/// A small generator of pseudo-random numbers (xorshift64*; Vigna, "An experimental exploration of Marsaglia's xorshift
/// generators, scrambled", ACM TOMS 42, 2016).
#[derive(Debug, Clone)]
pub struct Rng(u64);

impl Rng {
    /// A generator whose sequence depends on `seed` alone.
    pub fn new(seed: u64) -> Self {
        // The state must not be 0, and similar seeds should not start alike.
        Self(seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number from 0 up to but not including 1.
    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A number from 0 up to but not including `bound`; 0 when `bound` is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.unit() * bound as f64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_even_and_depend_on_the_seed() {
        for seed in [0, 1, 2, u64::MAX] {
            let mut rng = Rng::new(seed);
            let mut counts = [0; 10];
            for _ in 0..100_000 {
                counts[rng.below(10)] += 1;
            }
            // Standard deviation of each count is 95.
            assert!(counts.iter().all(|n| (9_500..10_500).contains(n)), "{seed}: {counts:?}");
        }
        assert_ne!(Rng::new(1).next_u64(), Rng::new(2).next_u64());
        assert_eq!(Rng::new(1).next_u64(), Rng::new(1).next_u64());
    }
}
