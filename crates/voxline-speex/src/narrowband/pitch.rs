//! The pitch of a frame as enhancement and concealment want it: one lag and one gain.

use crate::ltp;

/// Lag where a frame had none that stood out.
const DEFAULT_LAG: usize = 40;

/// Finds the lag that stands out among the sub-frames of a frame.
#[derive(Debug)]
pub(crate) struct PitchVote {
    lag: usize,
    strength: f32,
    sum: f32,
}

impl PitchVote {
    pub(crate) fn new() -> Self {
        Self { lag: DEFAULT_LAG, strength: 0.0, sum: 0.0 }
    }

    /// Takes the lag and taps of a sub-frame into account. A stronger one wins; against one that is a multiple of the
    /// other the shorter lag has the advantage, because a multiple of the period fits as well as the period.
    pub(crate) fn add(&mut self, lag: usize, taps: &[f32; 3]) {
        let strength = ltp::strength(taps);
        self.sum += strength;
        let (new, best) = (f64::from(strength), f64::from(self.strength));
        let is_multiple = is_multiple(lag, self.lag);
        let wins = (strength > self.strength && !is_multiple)
            || (new > 0.6 * best && self::is_multiple(self.lag, lag))
            || (0.67 * new > best && is_multiple);
        if wins {
            self.lag = lag;
            self.strength = self.strength.max(strength);
        }
    }

    /// The lag.
    pub(crate) fn lag(&self) -> usize {
        self.lag
    }
}

/// Whether `long` is about twice, three or four times `short`.
fn is_multiple(long: usize, short: usize) -> bool {
    (2..=4).any(|n| (n * short).abs_diff(long) <= n)
}

/// The pitch of the frames so far, from which lost ones are continued.
#[derive(Debug, Clone)]
pub(crate) struct PitchHistory {
    lag: usize,
    gain: f32,
    /// Gains of the last three frames, the oldest at `oldest`.
    gains: [f32; 3],
    oldest: usize,
}

impl PitchHistory {
    pub(crate) fn new() -> Self {
        Self { lag: DEFAULT_LAG, gain: 0.0, gains: [0.0; 3], oldest: 0 }
    }

    /// The lag of the last frame that was decoded.
    pub(crate) fn lag(&self) -> usize {
        self.lag
    }

    /// The gain of the last frame that was decoded.
    pub(crate) fn gain(&self) -> f32 {
        self.gain
    }

    /// After a frame was decoded.
    pub(crate) fn decoded(&mut self, vote: &PitchVote) {
        self.lag = vote.lag;
        self.gain = 0.25 * vote.sum;
        self.push(self.gain);
    }

    /// The gain to continue with: the last one, or the median of three frames if that is smaller.
    pub(crate) fn settle(&mut self) -> f32 {
        let [a, b, c] = self.gains;
        let median = a.max(b).min(a.min(b).max(c));
        self.gain = self.gain.min(median);
        self.gain
    }

    /// Remembers the gain that a frame was made with.
    pub(crate) fn push(&mut self, gain: f32) {
        self.gains[self.oldest] = gain;
        self.oldest = (self.oldest + 1) % self.gains.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vote(lags: &[(usize, f32)]) -> usize {
        let mut vote = PitchVote::new();
        for &(lag, gain) in lags {
            vote.add(lag, &[0.0, gain, 0.0]);
        }
        vote.lag()
    }

    #[test]
    fn the_strongest_wins_and_multiples_lose() {
        assert_eq!(vote(&[(50, 0.5), (70, 0.8), (60, 0.6)]), 70);
        // 100 fits a little better, but it is twice 50.
        assert_eq!(vote(&[(50, 0.5), (100, 0.7)]), 50);
        assert_eq!(vote(&[(50, 0.5), (101, 0.8)]), 101);
        assert_eq!(vote(&[(100, 0.8), (50, 0.5)]), 50);
        assert_eq!(vote(&[(100, 0.9), (50, 0.5)]), 100);
        assert_eq!(vote(&[(17, 0.0)]), DEFAULT_LAG);
    }

    #[test]
    fn the_median_of_three_limits_the_gain() {
        for gains in [[0.2, 0.5, 0.9], [0.9, 0.2, 0.5], [0.5, 0.9, 0.2]] {
            let mut history = PitchHistory { gain: 0.9, gains, ..PitchHistory::new() };
            assert_eq!(history.settle(), 0.5);
            history.gain = 0.1;
            assert_eq!(history.settle(), 0.1);
        }
    }
}
