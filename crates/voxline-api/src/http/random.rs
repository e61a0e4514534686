//! Chance, for spreading retries and naming requests. Not for keys.

use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

/// Where chance comes from: the system, or a test that wants to know the outcome.
pub trait Random: Send + Sync + fmt::Debug {
    /// 64 evenly distributed bits.
    fn next_u64(&self) -> u64;
}

/// A number in 0 ≤ x < 1: the upper 53 bits, as many as a double holds.
pub(crate) fn fraction(random: &dyn Random) -> f64 {
    (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// A generator seeded by the system once per process and object.
#[derive(Debug)]
pub struct SystemRandom(AtomicU64);

impl SystemRandom {
    /// A generator with a seed of its own.
    pub fn new() -> Self {
        // RandomState takes its keys from the operating system and differs for every instance.
        Self(AtomicU64::new(RandomState::new().build_hasher().finish()))
    }
}

impl Default for SystemRandom {
    fn default() -> Self {
        Self::new()
    }
}

impl Random for SystemRandom {
    /// SplitMix64. Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014,
    /// figure 17, with the constants of its mix64variant13.
    fn next_u64(&self) -> u64 {
        const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut z = self.0.fetch_add(GAMMA, Ordering::Relaxed).wrapping_add(GAMMA);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_generators_differ() {
        assert_ne!(SystemRandom::new().next_u64(), SystemRandom::new().next_u64());
    }

    #[test]
    fn the_sequence_from_seed_zero_is_the_published_one() {
        // First outputs of SplitMix64 for seed 0, as used to seed the xoshiro family.
        let random = SystemRandom(AtomicU64::new(0));
        assert_eq!(random.next_u64(), 0xe220_a839_7b1d_cdaf);
        assert_eq!(random.next_u64(), 0x6e78_9e6a_a1b9_65f4);
    }

    #[test]
    fn fractions_stay_below_one() {
        #[derive(Debug)]
        struct Fixed(u64);
        impl Random for Fixed {
            fn next_u64(&self) -> u64 {
                self.0
            }
        }
        assert_eq!(fraction(&Fixed(0)), 0.0);
        assert_eq!(fraction(&Fixed(1 << 63)), 0.5);
        let top = fraction(&Fixed(u64::MAX));
        assert!(top < 1.0 && top > 0.999_999_999);
    }
}
