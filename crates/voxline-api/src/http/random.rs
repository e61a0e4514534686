//! Chance, for spreading retries and naming requests. Not for keys.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use ring::rand::SecureRandom;

/// Where chance comes from: the system, or a test that wants to know the outcome.
pub trait Random: Send + Sync + fmt::Debug {
    /// 64 evenly distributed bits.
    fn next_u64(&self) -> u64;
}

/// A number in 0 ≤ x < 1: the upper 53 bits, as many as a double holds.
pub(crate) fn fraction(random: &dyn Random) -> f64 {
    (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// The operating system, asked anew each time: it keeps no state that a forked process would share with its parent,
/// and two processes never give the same names to their requests.
#[derive(Debug, Default)]
pub struct SystemRandom(());

impl SystemRandom {
    /// The system's chance.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Random for SystemRandom {
    fn next_u64(&self) -> u64 {
        let mut bytes = [0; 8];
        match ring::rand::SystemRandom::new().fill(&mut bytes) {
            Ok(()) => u64::from_ne_bytes(bytes),
            Err(_) => unrepeated(),
        }
    }
}

/// For a system that refuses: not unforeseeable, but no two calls of any process at any time are alike.
fn unrepeated() -> u64 {
    static CALLS: AtomicU64 = AtomicU64::new(0);
    let call = CALLS.fetch_add(1, Ordering::Relaxed);
    #[expect(clippy::disallowed_methods, reason = "no time is told: what differs between two calls is all that counts")]
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos();
    RandomState::new().hash_one((std::process::id(), now, call))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_numbers_are_alike() {
        let (one, other) = (SystemRandom::new(), SystemRandom::new());
        let drawn: HashSet<u64> = (0..10_000).flat_map(|_| [one.next_u64(), other.next_u64()]).collect();
        assert_eq!(drawn.len(), 20_000);
        // Every bit is one about half of the time.
        for bit in 0..64 {
            let ones = drawn.iter().filter(|number| *number >> bit & 1 == 1).count();
            assert!((9_000..11_000).contains(&ones), "bit {bit}: {ones}");
        }
    }

    #[test]
    fn nor_are_those_without_the_system() {
        let drawn: HashSet<u64> = (0..10_000).map(|_| unrepeated()).collect();
        assert_eq!(drawn.len(), 10_000);
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
