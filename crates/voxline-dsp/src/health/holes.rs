//! Stretches in which a signal does not move.

/// What a [`HoleMeter`] found, in frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct HoleFigures {
    /// Stretches of at least the least length with sound before and after.
    pub holes: u64,
    /// Frames in them.
    pub frames: u64,
    /// Frames of the longest.
    pub longest: u64,
    /// Where the longest begins.
    pub longest_at: u64,
    /// Frames before the first movement; all frames when there is none.
    pub leading: u64,
    /// Frames after the last movement.
    pub trailing: u64,
}

/// Finds stretches in which each frame is the same as the one before: nobody recorded there, not even noise.
///
/// ```
/// use voxline_dsp::health::holes::HoleMeter;
/// let mut meter = HoleMeter::new(3);
/// for moved in [true, true, false, false, true] {
///     meter.next(moved);
/// }
/// assert_eq!((meter.figures().holes, meter.figures().longest), (1, 3));
/// ```
#[derive(Debug, Clone)]
pub struct HoleMeter {
    least: u64,
    at: u64,
    /// Where the present stretch began.
    start: u64,
    found: HoleFigures,
}

impl HoleMeter {
    /// A meter that counts stretches from `least` frames on.
    pub fn new(least: u64) -> Self {
        Self { least, at: 0, start: 0, found: HoleFigures::default() }
    }

    /// Takes in whether the next frame differs from the one before; what is said of the very first does not matter.
    pub fn next(&mut self, moved: bool) {
        if moved && self.at > 0 {
            self.close();
            self.start = self.at;
        }
        self.at += 1;
    }

    fn close(&mut self) {
        let run = self.at - self.start;
        if self.start == 0 {
            self.found.leading = run;
        } else if run >= self.least {
            self.found.holes += 1;
            self.found.frames += run;
            if run > self.found.longest {
                (self.found.longest, self.found.longest_at) = (run, self.start);
            }
        }
    }

    /// What was found so far; the present stretch counts as the end.
    pub fn figures(&self) -> HoleFigures {
        let run = self.at - self.start;
        let mut found = self.found;
        match self.start {
            0 => (found.leading, found.trailing) = (run, run),
            _ => found.trailing = run,
        }
        found
    }

    /// Whether nothing has moved since the beginning.
    pub fn still(&self) -> bool {
        self.start == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(plane: &[f32], least: u64) -> (HoleFigures, bool) {
        let mut meter = HoleMeter::new(least);
        let mut last = 0.0;
        for x in plane {
            meter.next(*x != last);
            last = *x;
        }
        (meter.figures(), meter.still())
    }

    #[test]
    fn holes_have_sound_on_both_sides() {
        let noise = voxline_testkit::signal::white_noise(1, 50);
        let zeros = |n| vec![0.0; n];
        let plane = [
            zeros(30),
            noise.clone(),
            zeros(10),
            noise.clone(),
            zeros(9),
            noise.clone(),
            zeros(25),
            noise.clone(),
            zeros(40),
        ]
        .concat();
        let (found, still) = figures(&plane, 10);
        let expected = HoleFigures {
            holes: 2,
            frames: 35,
            longest: 25,
            longest_at: 30 + 50 + 10 + 50 + 9 + 50,
            leading: 30,
            trailing: 40,
        };
        assert_eq!((found, still), (expected, false));
    }

    #[test]
    fn a_level_that_stays_is_silence_too_and_nothing_at_all_is_still() {
        let (found, still) = figures(&[0.3; 20], 5);
        assert!(still && found.holes == 0 && found.leading == 20, "{found:?}");
        assert!(figures(&[], 5).1);
        let (found, still) = figures(&[0.1, 0.2, 0.2, 0.2, 0.3, 0.1], 3);
        assert_eq!((found.holes, found.longest, found.longest_at, still), (1, 3, 1, false));
        assert_eq!((found.leading, found.trailing), (1, 1));
    }
}
