//! Which blocks hold speech: their levels against the noise that the recording itself shows.

use super::VoiceBlock;

/// Shares of blocks: the very quietest, the quiet end, which is noise alone, and the loud end.
const SHARES: [f64; 3] = [0.03, 0.15, 0.9];
/// Noise alone spreads no further above the very quietest, in dB: where pauses are rare, the quiet end is in the pauses all
/// the same and not in soft speech.
const MOST_SPREAD_DB: f32 = 4.0;
/// The quiet end is never taken lower than this many dB below the loud one: lines that fall silent altogether between
/// stretches of noise would make that noise loud.
const MOST_RANGE_DB: f32 = 40.0;
/// Speech begins above the quiet end by that much of the range of the quiet blocks, within these bounds in dB: steady
/// noise lets weaker speech be heard than a murmur that comes and goes.
const STEP_SHARE: f32 = 2.5;
const STEP_DB: [f32; 2] = [1.0, 3.0];
/// Blocks of speech alone among pauses are clicks up to this number: two, and one on each side to which the mean over
/// neighbours spreads them. No word is as short as 32 ms.
const CLICK_BLOCKS: usize = 4;
/// Blocks before and after speech that belong to it whatever they hold.
const BEFORE_BLOCKS: usize = 1;
const AFTER_BLOCKS: usize = 2;
/// Blocks by which a pause looks shorter than it is: the mean over neighbours takes one at each end, speech is widened, and
/// the blocks at its ends hold some speech.
pub(super) const LOST_BLOCKS: usize = 2 + BEFORE_BLOCKS + AFTER_BLOCKS + 2;
/// Digital silence: low enough for any recording, high enough to have a logarithm.
const SILENCE_POWER: f32 = 1e-12;

/// Says of each block whether somebody speaks.
///
/// A block is speech when its level stands out, in one of the bands, from those of the quiet blocks among `blocks`: so
/// steady noise, hum or a murmur in the background raise the bar. Single clicks are no speech, and the soft ends of words
/// are. Music and tones count as speech. Give the blocks of some 30 s: enough to hold a pause, and short enough for the
/// noise to be the same.
///
/// **Shape**: one answer a block. **Allocation**: some vectors of the length of `blocks`.
///
/// ```
/// use voxline_dsp::{VoiceBlock, speaking};
/// let pause = VoiceBlock { low: 1e-6, high: 1e-6 };
/// let word = VoiceBlock { low: 1e-2, high: 1e-6 };
/// let blocks: Vec<_> = [[pause; 20], [word; 20]].concat();
/// let speech = speaking(&blocks);
/// assert!(!speech[15] && speech[20]);
/// ```
pub fn speaking(blocks: &[VoiceBlock]) -> Vec<bool> {
    let low = steps(blocks, |block| block.low);
    let high = steps(blocks, |block| block.high);
    let mut speech: Vec<bool> = low.iter().zip(&high).map(|(low, high)| low.max(*high) > 0.0).collect();
    drop_clicks(&mut speech);
    widen(&speech)
}

/// How far each block stands out in one band; below 0 it does not.
fn steps(blocks: &[VoiceBlock], power: impl Fn(&VoiceBlock) -> f32) -> Vec<f32> {
    let levels = levels(blocks, power);
    let [quietest, quiet, loud] = ends(&levels);
    let quiet = quiet.min(quietest + MOST_SPREAD_DB);
    let step_db = (STEP_SHARE * (quiet - quietest)).clamp(STEP_DB[0], STEP_DB[1]);
    let least = quiet.max(loud - MOST_RANGE_DB) + step_db;
    levels.iter().map(|level| (level - least) / step_db).collect()
}

/// The level of each block and its neighbours in dB; what is no number counts as silence.
fn levels(blocks: &[VoiceBlock], power: impl Fn(&VoiceBlock) -> f32) -> Vec<f32> {
    let power = |block: &VoiceBlock| Some(power(block)).filter(|x| x.is_finite()).unwrap_or(0.0);
    (0..blocks.len())
        .map(|at| {
            let around = &blocks[at.saturating_sub(1)..blocks.len().min(at + 2)];
            let mean = around.iter().map(power).sum::<f32>() / around.len() as f32;
            10.0 * mean.max(SILENCE_POWER).log10()
        })
        .collect()
}

/// The values below which each of [`SHARES`] of all values lies; linear time.
fn ends(values: &[f32]) -> [f32; 3] {
    let mut sorted = values.to_vec();
    SHARES.map(|share| {
        let index = (share * sorted.len().saturating_sub(1) as f64) as usize;
        if sorted.is_empty() { 0.0 } else { *sorted.select_nth_unstable_by(index, f32::total_cmp).1 }
    })
}

/// Takes away speech that is too short to be any. At both ends it may go on beyond what is seen, and stays.
fn drop_clicks(speech: &mut [bool]) {
    let mut from = 0;
    while from < speech.len() {
        let is_speech = speech[from];
        let to = from + speech[from..].iter().take_while(|on| **on == is_speech).count();
        if is_speech && to - from <= CLICK_BLOCKS && from > 0 && to < speech.len() {
            speech[from..to].fill(false);
        }
        from = to;
    }
}

/// Gives speech its soft ends.
fn widen(speech: &[bool]) -> Vec<bool> {
    let mut wide = speech.to_vec();
    for at in (0..speech.len()).filter(|at| speech[*at]) {
        let last = speech.len().min(at + AFTER_BLOCKS + 1);
        wide[at.saturating_sub(BEFORE_BLOCKS)..last].fill(true);
    }
    wide
}
