//! Takes the mean and everything far below speech out of a plane.

use std::f64::consts::TAU;

/// Corner of the filter: below the deepest voice, above offsets and rumble.
const CORNER_HZ: f64 = 40.0;

/// A first-order high-pass.
#[derive(Debug, Clone)]
pub(super) struct Blocker {
    pole: f64,
    /// The last input; `None` before the first, so that a plane that begins with an offset does not begin with a step.
    input: Option<f64>,
    output: f64,
}

impl Blocker {
    pub(super) fn new(rate_hz: u32) -> Self {
        Self { pole: (-TAU * CORNER_HZ / f64::from(rate_hz.max(1))).exp(), input: None, output: 0.0 }
    }

    pub(super) fn next(&mut self, x: f64) -> f64 {
        let before = self.input.replace(x).unwrap_or(x);
        self.output = x - before + self.pole * self.output;
        self.output
    }
}

#[cfg(test)]
mod tests {
    use voxline_testkit::{measure, signal};

    use super::*;

    fn filtered(plane: &[f32], rate_hz: u32) -> Vec<f32> {
        let mut blocker = Blocker::new(rate_hz);
        plane.iter().map(|x| blocker.next(f64::from(*x)) as f32).collect()
    }

    #[test]
    fn an_offset_goes_and_speech_stays() {
        assert!(filtered(&[0.25; 100], 8000).iter().all(|x| *x == 0.0));
        for rate in [8000, 48_000] {
            let voice = filtered(&signal::sine(400.0, rate, rate as usize, 0.5), rate);
            // 1 / sqrt(1 + (40/400)²) = 0.995, a little more in the exact digital form.
            let kept = measure::magnitude(&voice[rate as usize / 2..], 400.0, rate) / 0.5;
            assert!((kept - 0.995).abs() < 0.02, "{rate}: {kept}");
            let rumble = filtered(&signal::sine(4.0, rate, rate as usize, 0.5), rate);
            let kept = measure::magnitude(&rumble[rate as usize / 2..], 4.0, rate) / 0.5;
            assert!(kept < 0.11, "{rate}: {kept}");
        }
    }
}
