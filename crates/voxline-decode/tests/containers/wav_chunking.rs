//! Any split gives the same, damaged or not.

use proptest::prelude::*;
use voxline_core::options::{InputOptions, LimitOptions};
use voxline_decode::{Decoder, WavDecoder};

use crate::support::*;

/// A file by recipe, sound or with one or two things wrong.
fn any_file() -> impl Strategy<Value = Vec<u8>> {
    let format = prop_oneof![
        Just((1u16, 8u16)),
        Just((1, 16)),
        Just((1, 24)),
        Just((1, 32)),
        Just((3, 32)),
        Just((3, 64)),
        Just((6, 8)),
        Just((7, 8))
    ];
    let size = prop_oneof![
        5 => Just(None),
        1 => Just(Some(0u32)),
        1 => Just(Some(u32::MAX)),
        1 => (0u32..5_000).prop_map(Some)
    ];
    let side_chunks = prop::collection::vec(
        (prop::sample::select(vec![*b"LIST", *b"fact", *b"abcd"]), 0usize..30, any::<bool>()),
        0..4,
    );
    (format, 1u16..5, 0usize..3_000, size.clone(), size, side_chunks.clone(), side_chunks, 0usize..20).prop_map(
        |((tag, bits), channels, data_bytes, riff_size, data_size, before, after, junk)| {
            let side = |chunks: &[([u8; 4], usize, bool)]| -> Vec<u8> {
                let one = |&(id, len, pad): &([u8; 4], usize, bool)| {
                    let body = vec![b'i'; len];
                    if pad { chunk(&id, &body) } else { sized_chunk(&id, len as u32, &body) }
                };
                chunks.iter().flat_map(one).collect()
            };
            let data: Vec<u8> = noise(data_bytes).map(|n| (n >> 24) as u8).collect();
            let body = [
                chunk(b"fmt ", &fmt(tag, channels, 8_000, bits)),
                side(&before),
                sized_chunk(b"data", data_size.unwrap_or(data_bytes as u32), &data),
                side(&after),
                vec![0xFF; junk],
            ]
            .concat();
            sized_riff(riff_size.unwrap_or(4 + (body.len() - junk) as u32), &[body])
        },
    )
}

fn options(is_strict: bool) -> (InputOptions, LimitOptions) {
    let mut limits = LimitOptions::default();
    limits.max_duration_s = Some(0.1);
    (if is_strict { strict() } else { lenient() }, limits)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_split_is_one_shot(
        mut bytes in any_file(),
        cuts in prop::collection::vec(any::<usize>(), 0..12),
        end in prop_oneof![3 => Just(usize::MAX), 1 => 0usize..4_000],
        flips in prop::collection::vec((0usize..120, 0u8..8), 0..3),
        is_strict in any::<bool>(),
    ) {
        bytes.truncate(end);
        for (at, bit) in flips {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << bit;
            }
        }
        let (input, limits) = options(is_strict);
        let whole = run(&mut WavDecoder::new(&input, &limits), [&bytes[..]]);
        let split = run(&mut WavDecoder::new(&input, &limits), pieces(&bytes, &cuts));
        prop_assert_eq!(&split, &whole);
        let single = run(&mut WavDecoder::new(&input, &limits), bytes.chunks(1));
        prop_assert_eq!(&single, &whole);
        // Through the probe nothing changes but for what it does not take for WAV.
        let probed = run(&mut Decoder::new(&input, &limits), pieces(&bytes, &cuts));
        prop_assert_eq!(&probed, &run(&mut Decoder::new(&input, &limits), [&bytes[..]]));
        if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WAVE") {
            prop_assert_eq!(&probed, &whole);
        }
    }
}
