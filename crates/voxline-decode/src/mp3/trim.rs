//! Removal of encoder delay and padding.

/// Drops the first frames and holds back the last ones until it is known whether they are audio.
#[derive(Debug, Default)]
pub(crate) struct Trimmer {
    /// Frames still to drop.
    skip: usize,
    /// Frames to hold back.
    hold: usize,
    /// Held samples, interleaved.
    held: Vec<f32>,
    /// Something was passed.
    begun: bool,
}

impl Trimmer {
    /// Drops `skip` frames at the start and holds back `hold`.
    pub(crate) fn new(skip: usize, hold: usize) -> Self {
        Self { skip, hold, held: Vec::new(), begun: false }
    }

    /// Takes decoded samples and appends to `out` what surely is audio.
    pub(crate) fn pass(&mut self, samples: &[f32], channels: usize, out: &mut Vec<f32>) {
        self.begun = true;
        let dropped = self.skip.min(samples.len() / channels);
        self.skip -= dropped;
        let samples = &samples[dropped * channels..];
        if self.hold == 0 {
            out.extend_from_slice(samples);
            return;
        }
        // What comes out first was held; only the new tail is held in its place.
        let ready = (self.held.len() + samples.len()).saturating_sub(self.hold * channels);
        let from_held = ready.min(self.held.len());
        out.extend(self.held.drain(..from_held));
        let (now, later) = samples.split_at(ready - from_held);
        out.extend_from_slice(now);
        self.held.extend_from_slice(later);
    }

    /// The held frames are audio after all (the stream ended early or goes on): appends them and holds no more. What has
    /// not begun stays as it is: it is about the stream to come.
    pub(crate) fn release(&mut self, out: &mut Vec<f32>) {
        if !self.begun {
            return;
        }
        out.append(&mut self.held);
        self.hold = 0;
    }

    /// The held frames are padding.
    pub(crate) fn discard(&mut self) {
        self.held.clear();
        self.hold = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 20 stereo frames through a trimmer in pieces of `piece` frames.
    fn run(skip: usize, hold: usize, piece: usize, keep_tail: bool) -> Vec<f32> {
        let input: Vec<f32> = (0..40u8).map(f32::from).collect();
        let mut trimmer = Trimmer::new(skip, hold);
        let mut out = Vec::new();
        for chunk in input.chunks(piece * 2) {
            trimmer.pass(chunk, 2, &mut out);
        }
        if keep_tail {
            trimmer.release(&mut out);
        } else {
            trimmer.discard();
        }
        out
    }

    #[test]
    fn drops_exactly_the_delay_and_the_padding() {
        let all: Vec<f32> = (0..40u8).map(f32::from).collect();
        for piece in [1, 3, 7, 20] {
            for (skip, hold) in [(0, 0), (5, 0), (0, 4), (5, 4), (1, 19), (20, 3)] {
                let end = 40usize.saturating_sub(hold * 2).max(skip * 2);
                assert_eq!(run(skip, hold, piece, false), all[skip * 2..end], "{skip} {hold} {piece}");
                assert_eq!(run(skip, hold, piece, true), all[skip * 2..], "{skip} {hold} {piece}");
            }
        }
    }
}
