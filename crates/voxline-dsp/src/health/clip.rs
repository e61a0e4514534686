//! Runs of samples at full scale.

/// From here on a sample is at full scale: the outermost codes of A-law (32256) and µ-law (32124 of 32768, ITU-T G.711
/// tables 1a and 2a) are not farther away than this.
const FULL_SCALE: f64 = 0.98;
/// How much neighbours in a flat top may differ: one step of 16 bits, with room for rounding.
const FLAT: f64 = 1.5 / 32_768.0;
/// Shortest run. A wave that is not clipped has at most two neighbours as equal as that at its crest, at any rate, as
/// long as its frequency is not far below speech; see [`least_run`] for high rates.
const LEAST_RUN: u32 = 3;
/// At high rates neighbours differ less, and a run has to last this long.
const LEAST_RUN_S: f64 = 100e-6;

/// What a [`ClipMeter`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ClipFigures {
    /// Runs of neighbours that stand at full scale, flat, or lie beyond it.
    pub runs: u64,
    /// Samples in these runs.
    pub samples: u64,
    /// Samples of the longest run.
    pub longest: u64,
}

/// Finds flat tops at full scale, and neighbours beyond it, which saturate as soon as they become integers.
///
/// A single sample at full scale is no clipping: a recording normalised to 0 dBFS has it.
///
/// ```
/// use voxline_dsp::health::clip::ClipMeter;
/// let mut meter = ClipMeter::new(8_000);
/// for x in [0.5, 1.0, 1.0, 1.0, 1.0, 0.5, 1.0, 0.2] {
///     meter.next(x);
/// }
/// assert_eq!((meter.figures().runs, meter.figures().longest), (1, 4));
/// ```
#[derive(Debug, Clone)]
pub struct ClipMeter {
    least: u64,
    last: f64,
    run: u64,
    found: ClipFigures,
}

/// Samples of the shortest run at a rate.
fn least_run(rate_hz: u32) -> u64 {
    ((f64::from(rate_hz) * LEAST_RUN_S).ceil() as u64).max(u64::from(LEAST_RUN))
}

impl ClipMeter {
    /// A meter for a plane of this rate.
    pub fn new(rate_hz: u32) -> Self {
        Self { least: least_run(rate_hz), last: 0.0, run: 0, found: ClipFigures::default() }
    }

    /// Takes in the next sample, a finite one.
    pub fn next(&mut self, x: f64) {
        let last = std::mem::replace(&mut self.last, x);
        if x.abs() < FULL_SCALE {
            if self.run > 0 {
                self.found = self.figures();
                self.run = 0;
            }
            return;
        }
        let beyond = x.abs() > 1.0 && last.abs() > 1.0;
        if x * last > 0.0 && last.abs() >= FULL_SCALE && ((x - last).abs() <= FLAT || beyond) {
            self.run += 1;
        } else {
            self.found = self.figures();
            self.run = 1;
        }
    }

    /// What was found so far.
    pub fn figures(&self) -> ClipFigures {
        let mut found = self.found;
        if self.run >= self.least {
            found.runs += 1;
            found.samples += self.run;
            found.longest = found.longest.max(self.run);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use voxline_testkit::signal;

    use super::*;

    fn figures(plane: impl IntoIterator<Item = f32>, rate_hz: u32) -> ClipFigures {
        let mut meter = ClipMeter::new(rate_hz);
        plane.into_iter().for_each(|x| meter.next(f64::from(x)));
        meter.figures()
    }

    #[test]
    fn a_clipped_sine_has_two_runs_a_period_of_the_length_that_the_arcsine_says() {
        for (rate, runs) in [(8000, 2 * 100), (48_000, 2 * 100)] {
            // Twice too loud: |sin| ≥ 1/2 from 30° to 150° of each half: two thirds of the half period.
            let sine = signal::sine(100.0, rate, rate as usize, 2.0);
            let clipped = figures(sine.iter().map(|x| x.clamp(-1.0, 32_767.0 / 32_768.0)), rate);
            assert_eq!(clipped.runs, runs, "{rate}");
            let expected = f64::from(rate) * 2.0 / 3.0;
            assert!((clipped.samples as f64 - expected).abs() <= 2.0 * runs as f64, "{rate}: {clipped:?}");
            assert!((clipped.longest as f64 - expected / runs as f64).abs() <= 2.0, "{rate}: {clipped:?}");
            // Not cut off, but beyond full scale: the same runs.
            assert_eq!(figures(sine, rate).runs, runs);
        }
    }

    #[test]
    fn loud_but_whole_waves_do_not_clip() {
        for rate in [8000, 16_000, 44_100, 48_000] {
            for freq in [90.0, 200.0, 1000.0, 3100.0] {
                let sine = signal::sine(freq, rate, rate as usize, 32_767.0 / 32_768.0);
                let rounded = sine.iter().map(|x| (x * 32_768.0).round() / 32_768.0);
                assert_eq!(figures(rounded, rate), ClipFigures::default(), "{freq} Hz at {rate} Hz");
            }
        }
        // Flat, but not at full scale; and at full scale, but not flat.
        assert_eq!(figures([0.97; 100], 8000).runs, 0);
        assert_eq!(figures((0..100).map(|n| if n % 2 == 0 { 1.0 } else { -1.0 }), 8000).runs, 0);
    }

    #[test]
    fn the_outermost_codes_of_g711_are_full_scale_and_the_last_run_counts() {
        assert_eq!(figures([32_256.0 / 32_768.0; 4], 8000), ClipFigures { runs: 1, samples: 4, longest: 4 });
        assert_eq!(figures([-32_124.0 / 32_768.0; 4], 8000), ClipFigures { runs: 1, samples: 4, longest: 4 });
        // Two runs that touch, up and down.
        let both = figures([1.0, 1.0, 1.0, -1.0, -1.0, -1.0, -1.0], 8000);
        assert_eq!(both, ClipFigures { runs: 2, samples: 7, longest: 4 });
        assert_eq!(figures([1.0, 1.0], 8000).runs, 0);
        // Four of 48 kHz are as short as less than one of 8 kHz.
        assert_eq!(figures([1.0; 4], 48_000).runs, 0);
    }
}
