//! Which of the decoded frames of an Ogg stream belong to the audio.

use voxline_speex::Mode;

/// Follows the granule positions of a stream.
///
/// The position of a page is the number of frames up to its end as the listener shall hear them: the encoder's delay is
/// left out, so the first page states fewer frames than it holds; the padding is left out too, so the last one does.
/// The decoder's own delay comes on top. **Source**: Speex manual 1.2, §7.2; speexenc and speexdec 1.2.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trim {
    mode: Mode,
    /// Decoded frames so far.
    decoded: u64,
    /// Frames at the start that are no audio; known after the first page.
    delay: Option<u64>,
    /// The position at which the stream starts: above 0 when it was cut out of a longer one.
    origin: u64,
    /// The end of the audio, in decoded frames; known after the last page.
    end: Option<u64>,
}

/// Which decoded frames of a page to keep: skip so many, then keep so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Keep {
    pub(super) skip: u64,
    pub(super) keep: u64,
}

impl Trim {
    pub(super) fn new(mode: Mode) -> Self {
        Self { mode, decoded: 0, delay: None, origin: 0, end: None }
    }

    /// Judges a page of `frames` decoded frames that says it ends at `granule`.
    pub(super) fn page(&mut self, frames: u64, granule: Option<u64>, last: bool) -> Keep {
        let stated = granule.filter(|&granule| granule > 0);
        let delay = match self.delay {
            Some(delay) => delay,
            None => {
                let encoder = self.mode.encoder_lookahead() as u64;
                let encoder_delay = match stated {
                    // One page is first and last: what it leaves out is delay and padding. The delay is known.
                    Some(granule) if last => frames.saturating_sub(granule).min(encoder),
                    Some(granule) if granule > frames => {
                        self.origin = granule - frames;
                        0
                    }
                    Some(granule) => frames - granule,
                    None => 0,
                };
                // A writer that leaves out no delay does not count like this at all: nothing is removed.
                let delay = if encoder_delay == 0 { 0 } else { encoder_delay + self.mode.decoder_lookahead() as u64 };
                *self.delay.insert(delay)
            }
        };
        // At the very end 0 is a length, if the pages before have counted at all.
        let end = if delay > 0 { granule } else { stated };
        if let (true, Some(granule)) = (last, end) {
            self.end = granule.checked_sub(self.origin).map(|audio| audio.saturating_add(delay));
        }
        let start = self.decoded;
        self.decoded = self.decoded.saturating_add(frames);
        let end = self.end.unwrap_or(u64::MAX).min(self.decoded);
        let from = start.max(delay.min(self.decoded));
        Keep { skip: from - start, keep: end.saturating_sub(from) }
    }

    /// Frames that still lie in the decoder although the stream is over: they are the end of the audio.
    pub(super) fn missing(&self) -> u64 {
        let most = self.mode.decoder_lookahead() as u64;
        self.end.map_or(0, |end| end.saturating_sub(self.decoded)).min(most)
    }

    /// Frames of audio in all; known after the last page.
    pub(super) fn total(&self) -> Option<u64> {
        self.end.map(|end| end.saturating_sub(self.delay.unwrap_or(0)))
    }

    /// Frames removed at the start, if the stream states any.
    pub(super) fn delay(&self) -> Option<u32> {
        self.delay.filter(|&delay| delay > 0).and_then(|delay| u32::try_from(delay).ok())
    }

    /// Frames removed at the end, once known.
    pub(super) fn padding(&self) -> Option<u32> {
        self.end.and_then(|end| u32::try_from(self.decoded.saturating_sub(end)).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keeps(mode: Mode, pages: &[(u64, Option<u64>)]) -> (Vec<(u64, u64)>, Trim) {
        let mut trim = Trim::new(mode);
        let last = pages.len() - 1;
        let keeps = pages.iter().enumerate().map(|(i, &(frames, granule))| {
            let keep = trim.page(frames, granule, i == last);
            (keep.skip, keep.keep)
        });
        (keeps.collect(), trim)
    }

    #[test]
    fn delay_and_padding_are_what_the_pages_leave_out() {
        // 1 000 frames of narrowband: delay 40 + 40, seven packets.
        let (keeps, trim) = keeps(Mode::Narrowband, &[(160, Some(120)), (960, Some(1_000))]);
        assert_eq!(keeps, [(80, 80), (0, 920)]);
        assert_eq!((trim.delay(), trim.padding(), trim.missing()), (Some(80), Some(40), 0));
    }

    #[test]
    fn a_page_alone_is_cut_at_both_ends() {
        let (keeps, _) = keeps(Mode::Narrowband, &[(320, Some(200))]);
        assert_eq!(keeps, [(80, 200)]);
    }

    #[test]
    fn what_lies_in_the_decoder_is_missed() {
        // speexenc ends 40 frames too early for its own decoder.
        let (keeps, trim) = keeps(Mode::Narrowband, &[(160, Some(120)), (160, Some(270))]);
        assert_eq!(keeps, [(80, 80), (0, 160)]);
        assert_eq!(trim.missing(), 30);
    }

    #[test]
    fn a_cut_from_a_longer_stream_keeps_everything() {
        let (kept, _) = keeps(Mode::Wideband, &[(320, Some(96_000)), (320, Some(96_300))]);
        assert_eq!(kept, [(0, 320), (0, 300)]);
        // Without positions nothing can be cut.
        let (kept, trim) = keeps(Mode::Wideband, &[(320, None), (320, None)]);
        assert_eq!(kept, [(0, 320), (0, 320)]);
        assert_eq!((trim.delay(), trim.padding()), (None, None));
        // A position before the start ends the audio at once.
        assert_eq!(keeps(Mode::Wideband, &[(320, Some(96_000)), (320, Some(1))]).0[1], (0, 320));
    }

    #[test]
    fn nothing_is_a_length_too() {
        assert_eq!(keeps(Mode::Narrowband, &[(160, Some(120)), (160, Some(0))]).0, [(80, 80), (0, 0)]);
        assert_eq!(keeps(Mode::Narrowband, &[(160, None), (160, Some(0))]).0, [(0, 160), (0, 160)]);
    }

    #[test]
    fn more_delay_than_audio_leaves_nothing() {
        let (keeps, _) = keeps(Mode::Wideband, &[(320, Some(1)), (320, Some(5))]);
        assert_eq!(keeps, [(320, 0), (79, 5)]);
    }
}
