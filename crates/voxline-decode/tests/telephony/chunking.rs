//! Any split gives the same, whatever the format, damaged or not.

use proptest::prelude::*;
use voxline_core::RawFormat;
use voxline_core::options::LimitOptions;
use voxline_decode::{Decoder, RawDecoder};

use crate::recipe::*;
use crate::support::*;

/// A coded WAV file of a few blocks, with sizes and a length that may be wrong.
fn any_file() -> impl Strategy<Value = Vec<u8>> {
    let size = prop_oneof![3 => Just(None), 1 => Just(Some(0u32)), 1 => Just(Some(u32::MAX)), 1 => (0u32..6_000).prop_map(Some)];
    let fact = prop_oneof![2 => Just(None), 3 => (0u32..6_000).prop_map(Some)];
    (0usize..7, 0usize..6_000, fact, size.clone(), size, 0usize..12).prop_map(
        |(kind, data_bytes, fact, riff_size, data_size, junk)| {
            let (fmt_chunk, data) = match kind {
                0 => (ima_fmt(1, 64), ima_blocks(1, 64, 100)),
                1 => (ima_fmt(2, 1_024), ima_blocks(2, 1_024, 6)),
                2 => (ms_fmt(1, 128), any_bytes(6_000)),
                3 => (ms_fmt(2, 256), ms_blocks(2, 256, 25)),
                4 => (gsm_fmt(), any_bytes(6_000)),
                5 => (coded_fmt(0x65, 1, 16_000, 1, 8, &[]), any_bytes(6_000)),
                _ => (coded_fmt(0x55, 2, 44_100, 1, 0, &[0; 12]), mp3_frames(15)),
            };
            let data = &data[..data_bytes.min(data.len())];
            let fact = fact.map_or(Vec::new(), |frames| chunk(b"fact", &frames.to_le_bytes()));
            let body = [
                chunk(b"fmt ", &fmt_chunk),
                fact,
                sized_chunk(b"data", data_size.unwrap_or(data.len() as u32), data),
                vec![0xFE; junk],
            ]
            .concat();
            sized_riff(riff_size.unwrap_or(4 + (body.len() - junk) as u32), &[body])
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_split_of_coded_wav_is_one_shot(
        mut bytes in any_file(),
        cuts in prop::collection::vec(any::<usize>(), 0..12),
        end in prop_oneof![3 => Just(usize::MAX), 1 => 0usize..6_000],
        flips in prop::collection::vec((0usize..2_000, 0u8..8), 0..4),
        limited in any::<bool>(),
        is_strict in any::<bool>(),
    ) {
        bytes.truncate(end);
        for (at, bit) in flips {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << bit;
            }
        }
        let input = if is_strict { strict() } else { lenient() };
        let mut limits = LimitOptions::default();
        limits.max_duration_s = limited.then_some(0.1);
        let whole = run(&mut Decoder::new(&input, &limits), [&bytes[..]]);
        let split = run(&mut Decoder::new(&input, &limits), pieces(&bytes, &cuts));
        prop_assert_eq!(&split, &whole);
        let single = run(&mut Decoder::new(&input, &limits), bytes.chunks(1));
        prop_assert_eq!(&single, &whole);
    }

    #[test]
    fn any_split_of_headerless_input_is_one_shot(
        count in 0usize..90,
        end in 0usize..3_000,
        cuts in prop::collection::vec(any::<usize>(), 0..12),
        flips in prop::collection::vec((0usize..3_000, 0u8..8), 0..6),
        is_gsm in any::<bool>(),
        is_strict in any::<bool>(),
    ) {
        let mut bytes = gsm_frames(count);
        bytes.truncate(end);
        for (at, bit) in flips {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << bit;
            }
        }
        let mut input = crate::raw::input(if is_gsm { RawFormat::Gsm } else { RawFormat::G722 });
        input.strict = is_strict;
        let limits = LimitOptions::default();
        let whole = run(&mut RawDecoder::new(&input, &limits), [&bytes[..]]);
        let split = run(&mut RawDecoder::new(&input, &limits), pieces(&bytes, &cuts));
        prop_assert_eq!(&split, &whole);
        let single = run(&mut RawDecoder::new(&input, &limits), bytes.chunks(1));
        prop_assert_eq!(&single, &whole);
    }
}
