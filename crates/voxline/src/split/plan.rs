//! Where to cut: a pure function of what is known about each block.

use voxline_core::SampleRate;
use voxline_dsp::VoiceDetector;

use super::Cut;

/// What the plan needs to know about a block of audio.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Block {
    /// Whether anybody speaks in any channel.
    pub(super) speech: bool,
    /// Mean square of the samples, summed over the channels.
    pub(super) power: f32,
}

/// Where blocks lie: block n of the recording begins at frame ⌈n · 16 ms · rate⌉.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grid {
    /// Frames a second.
    pub(super) rate: SampleRate,
    /// Which block of the recording the first one of a slice is.
    pub(super) first: u64,
}

impl Grid {
    /// The frame at which block `index` of the slice begins.
    pub(super) fn frame(self, index: usize) -> u64 {
        VoiceDetector::block_start(self.first + index as u64, self.rate)
    }

    /// How many blocks of a recording end before or at `frame`.
    pub(super) fn block_at(frame: u64, rate: SampleRate) -> u64 {
        frame.saturating_mul(1_000) / (u64::from(VoiceDetector::BLOCK_MS) * u64::from(rate.hz()))
    }
}

/// Shares of the blocks: the line alone, and speech.
const ENDS: [f64; 2] = [0.15, 0.9];
/// Speech this many times as strong as the line (30 dB) shows its soft ends.
const CLEAR_RATIO: f32 = 1_000.0;

/// Where a cut may lie and what it looks for; all lengths in frames.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    /// The first and the last frame before which may be cut.
    pub(super) earliest: u64,
    pub(super) latest: u64,
    /// The shortest pause that is one.
    pub(super) min_pause: u64,
    /// How far a cut keeps from the speech before and after it in a pause that is long enough for it.
    pub(super) margins: [u64; 2],
}

/// Chooses the frame before which to cut.
///
/// The latest place in a pause that is long enough, so that parts are as long as they can be; else the middle of the
/// longest shorter pause; else between the two quietest blocks. The blocks reach beyond the window, so that a pause is
/// known by its whole length.
pub(super) fn plan(blocks: &[Block], grid: Grid, window: &Window) -> (u64, Cut) {
    let Window { earliest, latest, min_pause, margins } = *window;
    let mut long = None;
    let mut short: Option<(u64, u64)> = None;
    for (from, to) in pauses(blocks) {
        // A pause at the end of what is known goes on there, or the recording ends: no speech to keep away from.
        let open_end = (to == blocks.len()).then(|| grid.frame(to + 1));
        let (from, to) = (grid.frame(from), grid.frame(to));
        let frames = to - from;
        let zone = |share: u64| {
            let [after, before] = margins.map(|margin| margin.min(frames / share));
            let (first, last) = ((from + after).max(earliest), open_end.unwrap_or(to - before).min(latest));
            (first <= last).then_some((first, last))
        };
        if let Some((_, last)) = zone(2).filter(|_| frames >= min_pause) {
            long = Some(last);
        } else if let Some((first, last)) = zone(4)
            && short.is_none_or(|(longest, _)| frames >= longest)
        {
            short = Some((frames, (from + frames / 2).clamp(first, last)));
        }
    }
    match (long, short) {
        (Some(frame), _) => (frame, Cut::Pause),
        (None, Some((_, frame))) => (frame, Cut::ShortPause),
        (None, None) => (quietest(blocks, grid, window), Cut::Speech),
    }
}

/// Whether speech is so much louder than the line that its soft ends are seen.
pub(super) fn stands_out(blocks: &[Block]) -> bool {
    let mut powers: Vec<f32> = blocks.iter().map(|block| block.power).collect();
    let [quiet, loud] = ENDS.map(|share| {
        let index = (share * powers.len().saturating_sub(1) as f64) as usize;
        if powers.is_empty() { 0.0 } else { *powers.select_nth_unstable_by(index, f32::total_cmp).1 }
    });
    loud > CLEAR_RATIO * quiet
}

/// First block and end of each run of blocks without speech.
fn pauses(blocks: &[Block]) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += blocks[at..].iter().take_while(|block| block.speech).count();
        let from = at;
        at += blocks[at..].iter().take_while(|block| !block.speech).count();
        (from < at).then_some((from, at))
    })
}

/// The frame in the window with the least power on both sides, of equal ones the last; its end when no block begins in it.
fn quietest(blocks: &[Block], grid: Grid, window: &Window) -> u64 {
    let mut best = (f32::INFINITY, window.latest);
    for (index, pair) in blocks.windows(2).enumerate() {
        let frame = grid.frame(index + 1);
        let power = pair[0].power + pair[1].power;
        if (window.earliest..=window.latest).contains(&frame) && power <= best.0 {
            best = (power, frame);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// At 4 000 Hz a block has 64 frames.
    fn grid() -> Grid {
        Grid { rate: SampleRate::new(4_000).unwrap(), first: 0 }
    }

    /// `-` a quiet block, `x` speech.
    fn blocks(text: &str) -> Vec<Block> {
        text.bytes().map(|b| Block { speech: b == b'x', power: if b == b'x' { 1.0 } else { 0.001 } }).collect()
    }

    /// Places in ms: a block has 16.
    fn at(text: &str, earliest: u64, latest: u64) -> (u64, Cut) {
        let window = Window { earliest: 4 * earliest, latest: 4 * latest, min_pause: 256, margins: [64, 128] };
        let (frame, cut) = plan(&blocks(text), grid(), &window);
        assert_eq!(frame % 4, 0);
        (frame / 4, cut)
    }

    #[test]
    fn the_latest_long_pause_wins_and_its_end_is_kept_clear() {
        // Pauses at 64–160 and 256–352; 32 frames before the second one's end.
        assert_eq!(at("xxxx------xxxxxx------xxxx", 0, 400), (320, Cut::Pause));
        // The window ends before the second one: the first.
        assert_eq!(at("xxxx------xxxxxx------xxxx", 0, 250), (128, Cut::Pause));
        // A longer pause earlier does not win.
        assert_eq!(at("xxxx-----------xx----xx", 0, 368), (304, Cut::Pause));
    }

    #[test]
    fn a_pause_that_reaches_past_the_window_is_cut_at_the_windows_end() {
        assert_eq!(at("xxxx--------------------", 100, 200), (200, Cut::Pause));
        assert_eq!(at("xxxx----------xxx", 100, 180), (180, Cut::Pause));
        // Its last 32 frames stay clear.
        assert_eq!(at("xxxx----------xxx", 100, 220), (192, Cut::Pause));
        // At the end of what is known nothing follows to keep clear of.
        assert_eq!(at("xxxx--------", 100, 190), (190, Cut::Pause));
        assert_eq!(at("xxxx--------", 100, 192), (192, Cut::Pause));
        // It began only 8 frames before the end of the window: too near to the speech, so the one before wins.
        assert_eq!(at("xx-----xxx------", 0, 168), (80, Cut::Pause));
    }

    #[test]
    fn without_a_long_pause_the_longest_short_one_is_cut_in_its_middle() {
        assert_eq!(at("xxx--xxx---xxx--xxx", 0, 300), (152, Cut::ShortPause));
        // Of equally long ones the later.
        assert_eq!(at("xxx--xxxx--xxx", 0, 220), (160, Cut::ShortPause));
        // The window begins behind the middle.
        assert_eq!(at("xxx---xxxxx", 80, 120), (80, Cut::ShortPause));
    }

    #[test]
    fn without_any_pause_it_is_cut_where_it_is_quietest() {
        let mut loud = blocks("xxxxxxxxxx");
        loud[6].power = 0.25;
        loud[7].power = 0.25;
        let window = Window { earliest: 80, latest: 600, min_pause: 256, margins: [64, 128] };
        assert_eq!(plan(&loud, grid(), &window), (448, Cut::Speech));
        // Between two block borders, and with no blocks at all, there is only the end.
        assert_eq!(plan(&loud, grid(), &Window { earliest: 80, latest: 120, ..window }), (120, Cut::Speech));
        assert_eq!(plan(&[], grid(), &window), (600, Cut::Speech));
    }

    #[test]
    fn speech_stands_out_of_a_quiet_line_alone() {
        let call = |noise: f32| {
            let mut call = blocks("xxxx----xxxx----xxxx");
            call.iter_mut().for_each(|block| block.power = if block.speech { 0.1 } else { noise });
            stands_out(&call)
        };
        assert!(call(0.0) && call(0.000_09) && !call(0.000_11) && !call(0.1));
        assert!(!stands_out(&[]) && !stands_out(&blocks("x")));
    }

    #[test]
    fn borders_of_blocks_lie_where_their_time_says() {
        for rate_hz in [4_000, 8_000, 11_025, 44_100, 384_000] {
            let rate = SampleRate::new(rate_hz).unwrap();
            let grid = Grid { rate, first: 7 };
            for index in 0..100 {
                let exact = (7 + index) as f64 * 0.016 * f64::from(rate_hz);
                assert_eq!(grid.frame(index), (exact - 1e-6).ceil() as u64, "{rate_hz} {index}");
                assert_eq!(Grid::block_at(grid.frame(index), rate), 7 + index as u64);
            }
        }
    }

    proptest! {
        #[test]
        fn a_cut_lies_in_its_window_and_its_kind_is_true(
            speech in prop::collection::vec((any::<bool>(), 0u32..4), 0..200),
            earliest in 1u64..12_000,
            length in 0u64..8_000,
            min_pause in 1u64..1_200,
        ) {
            let blocks: Vec<Block> =
                speech.iter().map(|(speech, power)| Block { speech: *speech, power: *power as f32 }).collect();
            let window = Window { earliest, latest: earliest + length, min_pause, margins: [64, 256] };
            let (frame, cut) = plan(&blocks, grid(), &window);
            prop_assert!((earliest..=earliest + length).contains(&frame));
            // Behind the last block it is as in it.
            let last = blocks.len().checked_sub(1);
            let around = |block: u64| last.is_some_and(|last| block <= last as u64 + 1 && !blocks[last.min(block as usize)].speech);
            let in_pause = around(frame / 64) || around(frame.saturating_sub(1) / 64);
            prop_assert!(in_pause || cut == Cut::Speech, "{frame} {cut:?}");
        }
    }
}
