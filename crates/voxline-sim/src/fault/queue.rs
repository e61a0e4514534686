//! A plan while it is used up.

use std::collections::VecDeque;
use std::time::Duration;

use super::{Chance, Endpoint, Fault, FaultPlan, Order};

/// What happens to the request at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Due {
    pub(crate) delay: Duration,
    pub(crate) fault: Option<Fault>,
}

/// The orders that are still to come, each endpoint on its own.
#[derive(Debug)]
pub(crate) struct FaultQueue(Vec<(Endpoint, Lane)>);

#[derive(Debug)]
struct Lane {
    orders: VecDeque<Order>,
    lot: Option<Lot>,
}

#[derive(Debug)]
struct Lot {
    percent: u8,
    rng: SplitMix64,
}

impl FaultQueue {
    pub(crate) fn new(plan: &FaultPlan) -> Self {
        let lane = |(index, endpoint): (u64, Endpoint)| {
            let fits = |order: &Order| order.fault.is_none_or(|fault| fault.fits(endpoint));
            let orders = plan.orders.iter().filter(|o| o.endpoint == endpoint && o.count > 0 && fits(o));
            // Each endpoint draws from numbers of its own, so that one's traffic does not move the other's faults.
            let lot = plan.chance.map(|Chance { percent, seed }| Lot {
                percent,
                rng: SplitMix64(seed ^ index.wrapping_mul(0xA076_1D64_78BD_642F)),
            });
            (endpoint, Lane { orders: orders.copied().collect(), lot })
        };
        Self((0..).zip(Endpoint::ALL.iter().copied()).map(lane).collect())
    }

    /// Takes what is due for the next request of `endpoint`.
    pub(crate) fn next(&mut self, endpoint: Endpoint) -> Due {
        let lane = self.0.iter_mut().find(|(e, _)| *e == endpoint).map(|(_, lane)| lane);
        lane.and_then(Lane::next).map_or_else(Due::default, |order| Due {
            delay: Duration::from_millis(u64::from(order.delay_ms)),
            fault: order.fault,
        })
    }
}

impl Lane {
    fn next(&mut self) -> Option<Order> {
        let Some(lot) = &mut self.lot else {
            let front = self.orders.front_mut()?;
            if front.count > 1 {
                front.count -= 1;
                return Some(*front);
            }
            return self.orders.pop_front();
        };
        // Both numbers are drawn every time, so that the k-th request always meets the k-th pair.
        let (strike, pick) = (lot.rng.below(100), lot.rng.next());
        let weight: u64 = self.orders.iter().map(|order| u64::from(order.count)).sum();
        if weight == 0 || strike >= u64::from(lot.percent) {
            return None;
        }
        let mut left = pick % weight;
        self.orders.iter().copied().find(|order| {
            let hit = left < u64::from(order.count);
            left = left.saturating_sub(u64::from(order.count));
            hit
        })
    }
}

/// The step of the sequence.
const GOLDEN_GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

/// The number at `index` of the SplitMix64 sequence that starts at `seed`.
pub(crate) fn mix64(seed: u64, index: u64) -> u64 {
    let z = seed.wrapping_add(index.wrapping_add(1).wrapping_mul(GOLDEN_GAMMA));
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Sebastiano Vigna's SplitMix64 (public domain, <https://prng.di.unimi.it/splitmix64.c>).
#[derive(Debug)]
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        let number = mix64(self.0, 0);
        self.0 = self.0.wrapping_add(GOLDEN_GAMMA);
        number
    }

    /// Near enough to uniform for small `n`.
    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(queue: &mut FaultQueue, endpoint: Endpoint, n: usize) -> Vec<String> {
        (0..n).map(|_| queue.next(endpoint).fault.map_or_else(|| "-".to_owned(), |fault| fault.to_string())).collect()
    }

    #[test]
    fn orders_strike_in_turn_and_each_endpoint_has_its_own() {
        let mut queue = FaultQueue::new(&FaultPlan::parse("http=503*2,tts:drop,ok,delay=30+html").unwrap());
        assert_eq!(draw(&mut queue, Endpoint::Tts, 2), ["drop", "-"]);
        assert_eq!(draw(&mut queue, Endpoint::Chat, 3), ["http=503", "http=503", "-"]);
        let due = queue.next(Endpoint::Chat);
        assert_eq!(due, Due { delay: Duration::from_millis(30), fault: Some(Fault::Html) });
        assert_eq!(queue.next(Endpoint::Chat), Due::default());
    }

    #[test]
    fn splitmix_gives_the_published_numbers() {
        // First outputs for the seed 1234567, as listed with the algorithm on rosettacode.org.
        let mut rng = SplitMix64(1_234_567);
        assert_eq!([rng.next(), rng.next()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    }

    #[test]
    fn lots_depend_on_the_seed_alone_and_follow_the_weights() {
        let draws = |text: &str| {
            let mut queue = FaultQueue::new(&FaultPlan::parse(text).unwrap());
            draw(&mut queue, Endpoint::Authorize, 3);
            draw(&mut queue, Endpoint::Chat, 10_000)
        };
        let first = draws("chance=20/7,drop*3,html");
        assert_eq!(first, draws("chance=20/7,drop*3,html"));
        assert_ne!(first, draws("chance=20/8,drop*3,html"));
        let share = |name: &str| first.iter().filter(|drawn| *drawn == name).count();
        // 1 500 and 500 are expected; five standard deviations are 179 and 109.
        assert!(share("drop").abs_diff(1_500) < 179, "{}", share("drop"));
        assert!(share("html").abs_diff(500) < 109, "{}", share("html"));
        assert_eq!(draws("chance=100/1,drop")[..], vec!["drop"; 10_000][..]);
    }
}
