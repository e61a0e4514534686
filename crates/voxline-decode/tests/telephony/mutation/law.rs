//! What holds for any bytes, and numbers to change them with.

use voxline_core::options::{InputOptions, LimitOptions};
use voxline_decode::{Decode, Decoder, PcmChunk, Pull};
use voxline_testkit::rng::Rng;

use crate::support::{any_spec, run};

/// Frames that a byte may become, by what the most compact codec makes of it, and how many come on top.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Growth {
    pub(crate) per_byte: usize,
    pub(crate) more: usize,
}

/// Numbers at which code changes its mind.
const BOUNDARIES: [u64; 22] = [
    0,
    1,
    2,
    3,
    4,
    7,
    8,
    15,
    16,
    0x7F,
    0x80,
    0xFF,
    0x100,
    0x7FFF,
    0x8000,
    0xFFFE,
    0xFFFF,
    0x7FFF_FFFF,
    0x8000_0000,
    0xFFFF_FFF0,
    0xFFFF_FFFF,
    u64::MAX,
];

/// A number for a field that holds `now`: one from the table, a neighbour, a multiple, or any.
pub(crate) fn number(rng: &mut Rng, now: u64) -> u64 {
    match rng.below(8) {
        0..4 => BOUNDARIES[rng.below(BOUNDARIES.len())],
        4 => now.wrapping_add(1),
        5 => now.wrapping_sub(1),
        6 => now.wrapping_mul(2 + rng.below(3) as u64),
        _ => rng.next_u64(),
    }
}

/// Writes a little-endian number of `width` bytes, if there is room.
pub(crate) fn put(bytes: &mut [u8], at: usize, width: usize, change: impl FnOnce(u64) -> u64) {
    let Some(field) = bytes.get_mut(at..at + width) else { return };
    let now = field.iter().rev().fold(0, |n, &byte| n << 8 | u64::from(byte));
    field.copy_from_slice(&change(now).to_le_bytes()[..width]);
}

/// The same, big-endian.
pub(crate) fn put_be(bytes: &mut [u8], at: usize, width: usize, change: impl FnOnce(u64) -> u64) {
    let Some(field) = bytes.get_mut(at..at + width) else { return };
    let now = field.iter().fold(0, |n, &byte| n << 8 | u64::from(byte));
    field.copy_from_slice(&change(now).to_be_bytes()[8 - width..]);
}

/// What damages any bytes: cuts, holes, repeats, flips.
pub(crate) fn damage(rng: &mut Rng, bytes: &mut Vec<u8>) {
    if bytes.is_empty() {
        return;
    }
    let at = rng.below(bytes.len());
    let end = (at + 1 + rng.below(80)).min(bytes.len());
    match rng.below(7) {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(at..end)),
        2 => bytes[at..end].fill(0),
        3 => bytes[at..end].fill(0xFF),
        4 => {
            let part = bytes[at..end].to_vec();
            bytes.splice(at..at, part);
        }
        5 => bytes[at] ^= 1 << rng.below(8),
        _ => bytes.extend((0..rng.below(60)).map(|_| rng.next_u64() as u8)),
    }
}

/// How many pulls an input takes, all pushed first: the steps that the caller sees.
fn pulls(bytes: &[u8], input: &InputOptions) -> usize {
    let mut decoder = Decoder::new(input, &LimitOptions::default());
    let mut chunk = PcmChunk::new(any_spec());
    decoder.push(bytes).unwrap();
    decoder.finish();
    let mut count = 0;
    while let Ok(Pull::Frames(_)) = decoder.pull(&mut chunk) {
        count += 1;
    }
    count
}

/// How often each kind of result came, so that the changes are known to reach what they are meant for.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    rounds: usize,
    sound: usize,
    errors: usize,
    warned: usize,
}

impl Tally {
    fn count(&mut self, frames: usize, error: bool, warned: bool) {
        self.rounds += 1;
        self.sound += usize::from(frames > 0);
        self.errors += usize::from(error);
        self.warned += usize::from(warned);
    }

    /// At least so many in a hundred of each.
    pub(crate) fn holds(&self, sound: usize, errors: usize, warned: usize) {
        let least = |percent: usize, count: usize| count * 100 >= percent * self.rounds;
        assert!(least(sound, self.sound) && least(errors, self.errors) && least(warned, self.warned), "{self:?}");
    }
}

/// The laws; `case` is told when one is broken.
pub(crate) fn obey(tally: &mut Tally, rng: &mut Rng, bytes: &[u8], input: &InputOptions, growth: Growth, case: &str) {
    let limits = LimitOptions::default();
    let whole = run(&mut Decoder::new(input, &limits), [bytes]);
    tally.count(whole.frames, whole.error.is_some(), !whole.warnings.is_empty());
    // A result or a typed error, never neither.
    assert!(whole.error.is_some() || whole.info.is_some() || whole.frames == 0, "{case}");
    if let Some(error) = &whole.error {
        let text = error.to_string();
        assert!(!text.is_empty() && !text.contains('\n') && text.len() < 1_000, "{case}: {text}");
    }
    // No more frames than the bytes can code.
    let most = growth.per_byte * bytes.len() + growth.more;
    assert!(whole.frames <= most, "{case}: {} frames of {} bytes", whole.frames, bytes.len());
    // No more steps than bytes.
    assert!(pulls(bytes, input) <= bytes.len() + growth.more / 1_000 + 8, "{case}");
    // One entry a kind, whatever the number.
    assert!(whole.warnings.len() <= 13 && whole.warnings.iter().all(|w| w.message.len() < 1_000), "{case}");
    let piece = 1 + rng.below(400);
    let pieces = run(&mut Decoder::new(input, &limits), bytes.chunks(piece));
    assert!(pieces == whole, "{case}: pieces of {piece}: {pieces:?}\nwhole: {whole:?}");
    // Under strict either the same comes out, or an error.
    let mut strict = input.clone();
    strict.strict = true;
    let strictly = run(&mut Decoder::new(&strict, &limits), [bytes]);
    assert!(strictly.error.is_some() || strictly.bits == whole.bits, "{case}: strict gives something else");
    assert!(whole.bits.starts_with(&strictly.bits) || whole.error.is_some(), "{case}: strict begins differently");
}
