//! What holds for every format: any split is one shot, and damage of any kind is a result or a typed error.

use voxline_core::options::LimitOptions;
use voxline_decode::Decoder;

use crate::support::*;

/// Every cut and split of the input gives what one shot gives.
#[track_caller]
pub(crate) fn splits(bytes: &[u8], what: &str) -> Outcome {
    let limits = LimitOptions::default();
    let whole = auto(bytes);
    for piece in [1, 3, 1_000] {
        let split = run(&mut Decoder::new(&lenient(), &limits), bytes.chunks(piece));
        assert!(split == whole, "{what} in pieces of {piece}: {}", difference(&split, &whole));
    }
    whole
}

fn difference(a: &Outcome, b: &Outcome) -> String {
    format!(
        "{} and {} frames, {:?} and {:?}, {:?} and {:?}, {:?} and {:?}",
        a.frames, b.frames, a.warnings, b.warnings, a.error, b.error, a.info, b.info
    )
}

/// A file cut after each of its first bytes, and each of its first bytes damaged, alone and with all that follows. The
/// samples never are more than twice those of the whole and a second.
#[track_caller]
pub(crate) fn survives(bytes: &[u8], span: usize, what: &str) {
    let whole = auto(bytes);
    assert_eq!(whole.error, None, "{what}");
    let most = 2 * whole.frames + 48_000;
    let check = |damaged: &[u8], how: &str| {
        let limits = LimitOptions::default();
        for input in [lenient(), strict()] {
            let got = run(&mut Decoder::new(&input, &limits), [damaged]);
            assert!(got.frames <= most, "{what} {how}: {} frames", got.frames);
            let split = run(&mut Decoder::new(&input, &limits), damaged.chunks(97));
            assert!(split == got, "{what} {how}: {}", difference(&split, &got));
        }
    };
    let span = span.min(bytes.len());
    for at in 0..span {
        check(&bytes[..at], &format!("cut at {at}"));
        let mut damaged = bytes.to_vec();
        damaged[at] ^= 1 << (at % 8);
        check(&damaged, &format!("bit {} of byte {at}", at % 8));
        damaged[at] = !bytes[at];
        check(&damaged, &format!("byte {at}"));
    }
    for (round, n) in noise(200).enumerate() {
        let mut damaged = bytes.to_vec();
        let at = n.unsigned_abs() as usize % bytes.len();
        match round % 3 {
            0 => damaged[at..].iter_mut().zip(noise(40)).for_each(|(byte, n)| *byte = (n >> 24) as u8),
            1 => drop(damaged.drain(at..(at + 1 + round).min(bytes.len()))),
            _ => drop(damaged.splice(at..at, noise(1 + round).map(|n| (n >> 24) as u8))),
        }
        check(&damaged, &format!("round {round} at {at}"));
    }
}
