//! Rates that were raised the plain way: by repeating samples, or by straight lines between them.
//!
//! Both leave mirror images of the voice above the old band, so that the spectrum looks full, but they show in the
//! samples: repeated ones move once in so many frames, straight ones bend once in so many.

/// Straight is what bends by no more than rounding the frames in between can do: two steps of 16 bits.
const BEND: f32 = 2.5 / 32_768.0;
/// The largest factor that is told: from 8 to 48 kHz.
const MOST: usize = 6;
/// Distances are kept modulo this, which all factors divide.
const PERIOD: usize = 60;
/// Fewer events say nothing.
const LEAST_EVENTS: u64 = 1_000;
/// Share of the distances that have to be a multiple of the factor, and the factor itself. Of what was sampled, most
/// are 1.
const MULTIPLES: f64 = 0.97;
const EXACT: f64 = 0.5;
/// After so many neighbours more than a tenth of all, nothing is looked for any more.
const HOPELESS: u64 = 2_000;

/// Finds out whether the rate of a plane was raised by a whole factor without a filter.
///
/// ```
/// use voxline_dsp::health::raised::RaiseMeter;
/// let mut meter = RaiseMeter::new();
/// for n in 0..4_000u32 {
///     // Each of these numbers, which never stand still, comes twice.
///     meter.next(((n / 2).wrapping_mul(0x9E37_79B9) >> 8) as f32 / 16_777_216.0);
/// }
/// assert_eq!(meter.factor(), Some(2));
/// ```
#[derive(Debug, Clone, Default)]
pub struct RaiseMeter {
    seen: u64,
    last: f32,
    before: f32,
    moves: Distances,
    bends: Distances,
}

/// How far apart events are.
#[derive(Debug, Clone)]
struct Distances {
    since: Option<usize>,
    hopeless: bool,
    events: u64,
    of: [u64; PERIOD],
}

impl Default for Distances {
    fn default() -> Self {
        Self { since: None, hopeless: false, events: 0, of: [0; PERIOD] }
    }
}

impl RaiseMeter {
    /// A meter for a plane of any rate.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in the next sample, a finite one.
    pub fn next(&mut self, x: f32) {
        if self.moves.hopeless && self.bends.hopeless {
            return;
        }
        let (last, before) = (self.last, std::mem::replace(&mut self.before, self.last));
        self.last = x;
        self.seen += 1;
        if self.seen > 2 {
            self.moves.next(x != last);
            self.bends.next((x - last - (last - before)).abs() > BEND);
        }
    }

    /// The factor, 2 to 6; `None` when the samples do not show one.
    pub fn factor(&self) -> Option<u32> {
        self.moves.factor().or(self.bends.factor())
    }
}

impl Distances {
    fn next(&mut self, event: bool) {
        if self.hopeless {
            return;
        }
        let since = self.since.map(|since| (since + 1) % PERIOD);
        if !event {
            self.since = since;
            return;
        }
        // Before the first event there is no distance.
        if let Some(distance) = since {
            self.of[distance] += 1;
            self.events += 1;
            self.hopeless = self.of[1] > HOPELESS && self.of[1] > self.events / 10;
        }
        self.since = Some(0);
    }

    fn factor(&self) -> Option<u32> {
        let share = |count: u64| count as f64 / self.events as f64;
        let found = (2..=MOST).find(|&factor| {
            share(self.of.iter().step_by(factor).sum()) >= MULTIPLES && share(self.of[factor]) >= EXACT
        });
        found.filter(|_| self.events >= LEAST_EVENTS).map(|factor| factor as u32)
    }
}

#[cfg(test)]
mod tests {
    use voxline_testkit::signal;

    use super::*;

    fn factor(plane: impl IntoIterator<Item = f32>) -> Option<u32> {
        let mut meter = RaiseMeter::new();
        plane.into_iter().for_each(|x| meter.next(x));
        meter.factor()
    }

    fn rounded(x: f32) -> f32 {
        (x * 32_768.0).round() / 32_768.0
    }

    /// Straight lines between every two samples.
    fn lines(plane: &[f32], factor: usize) -> Vec<f32> {
        let between = |pair: &[f32], n: usize| pair[0] + (pair[1] - pair[0]) * n as f32 / factor as f32;
        plane.windows(2).flat_map(|pair| (0..factor).map(move |n| rounded(between(pair, n)))).collect()
    }

    fn repeated(plane: &[f32], factor: usize) -> Vec<f32> {
        plane.iter().flat_map(|x| std::iter::repeat_n(*x, factor)).collect()
    }

    fn speech() -> Vec<f32> {
        signal::speech_like(1, 8000, 40_000).into_iter().map(rounded).collect()
    }

    #[test]
    fn the_factor_is_that_by_which_the_rate_was_raised() {
        let speech = speech();
        for times in 2..=6 {
            assert_eq!(factor(lines(&speech, times)), Some(times as u32), "lines, {times}");
            assert_eq!(factor(repeated(&speech, times)), Some(times as u32), "repeated, {times}");
        }
        // Half of the lines end late, as where something was cut out.
        let cut = [&lines(&speech, 2)[..20_001], &lines(&speech, 2)[30_000..]].concat();
        assert_eq!(factor(cut), Some(2));
        // A little that was sampled does no harm, wherever it stands.
        let repeated = repeated(&speech, 3);
        assert_eq!(factor([&speech[8_000..8_500], &repeated, &speech[9_000..9_500]].concat()), Some(3));
    }

    #[test]
    fn what_was_sampled_has_none() {
        let speech = speech();
        assert_eq!(factor(speech.iter().copied()), None);
        assert_eq!(factor(signal::white_noise(1, 40_000)), None);
        // As little as the last bit of 16, and with pauses of digital silence.
        let faint = signal::white_noise(2, 40_000).into_iter().map(|x| rounded(x * 2.0 / 32_768.0));
        assert_eq!(factor(faint), None);
        let paused = speech.iter().enumerate().map(|(n, x)| if n / 400 % 2 == 0 { *x } else { 0.0 });
        assert_eq!(factor(paused), None);
        // A voice without any sharp sound, whose samples nearly lie on lines.
        assert_eq!(factor(signal::sine(150.0, 48_000, 48_000, 0.02).into_iter().map(rounded)), None);
        // A square wave stands still for as long as its half period.
        assert_eq!(factor((0..40_000).map(|n| if n / 8 % 2 == 0 { 0.5 } else { -0.5 })), None);
        // Other samples in front of what was raised, and some of them behind it.
        assert_eq!(factor([&speech[..], &repeated(&speech, 2)].concat()), None);
        assert_eq!(factor([&repeated(&speech, 2), &speech[..6_000]].concat()), None);
        assert_eq!((factor([]), factor(repeated(&speech[..300], 2))), (None, None));
    }
}
