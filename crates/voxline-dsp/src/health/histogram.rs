//! Levels counted in narrow bins, for percentiles in bounded memory.

/// Width of a bin.
const BIN_DB: f64 = 0.25;
/// Lowest level told apart: below the rounding noise of 16 bits (-101 dBFS) there is nothing to hear.
const LOWEST_DB: f64 = -110.0;
/// Highest: samples are taken up to 24 dB above full scale.
const HIGHEST_DB: f64 = 24.0;
const BINS: usize = ((HIGHEST_DB - LOWEST_DB) / BIN_DB) as usize;

/// How often each level occurred.
#[derive(Debug, Clone)]
pub(super) struct LevelHistogram {
    bins: Vec<u64>,
    count: u64,
}

impl LevelHistogram {
    pub(super) fn new() -> Self {
        Self { bins: vec![0; BINS], count: 0 }
    }

    pub(super) fn add(&mut self, db: f64) {
        let bin = ((db - LOWEST_DB) / BIN_DB).clamp(0.0, (BINS - 1) as f64) as usize;
        self.bins[bin] += 1;
        self.count += 1;
    }

    /// Halves all counts: the past fades.
    pub(super) fn fade(&mut self) {
        self.count = 0;
        for bin in &mut self.bins {
            *bin /= 2;
            self.count += *bin;
        }
    }

    /// The level below which this share of the levels lies, to the middle of its bin; `None` when there are none.
    pub(super) fn percentile(&self, share: f64) -> Option<f64> {
        let rank = (share * self.count as f64).ceil().max(1.0) as u64;
        let mut below = 0;
        let bin = self.bins.iter().position(|n| {
            below += n;
            below >= rank
        })?;
        Some(LOWEST_DB + (bin as f64 + 0.5) * BIN_DB)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_sorted_levels() {
        let mut histogram = LevelHistogram::new();
        assert_eq!(histogram.percentile(0.5), None);
        for n in 0..100 {
            histogram.add(-f64::from(n));
        }
        for (share, level) in [(0.01, -99.0), (0.5, -50.0), (0.99, -1.0), (1.0, 0.0)] {
            let found = histogram.percentile(share).unwrap();
            assert!((found - level).abs() <= BIN_DB / 2.0, "{share}: {found} for {level}");
        }
    }

    #[test]
    fn what_is_beyond_the_ends_counts_as_the_end_and_the_past_fades() {
        let mut histogram = LevelHistogram::new();
        for db in [f64::NEG_INFINITY, -500.0, f64::INFINITY, 0.0] {
            histogram.add(db);
        }
        assert_eq!(histogram.count, 4);
        assert!(histogram.percentile(0.25).unwrap() < -109.0);
        assert!(histogram.percentile(1.0).unwrap() > 23.0);
        histogram.fade();
        // The two at the bottom share a bin, the others were alone.
        assert_eq!(histogram.count, 1);
    }
}
