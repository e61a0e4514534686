//! How long a coded file is: what the `fact` chunk says, if it can be.

use voxline_core::options::LimitOptions;
use voxline_core::report::WarningCode::{self, *};
use voxline_decode::WavDecoder;

use crate::recipe::*;
use crate::support::*;

/// Blocks of 64 bytes hold 121 frames; three hold 363.
const BLOCK_BYTES: usize = 64;

fn check(bytes: &[u8], frames: usize, codes: &[WarningCode], states_length: bool, what: &str) {
    let got = wav(bytes);
    assert_eq!((got.frames, got.codes().as_slice(), &got.error), (frames, codes, &None), "{what}: {:?}", got.warnings);
    assert_eq!(got.info.as_ref().unwrap().states_length, states_length, "{what}");
    let split = run(&mut WavDecoder::new(&lenient(), &LimitOptions::default()), bytes.chunks(1));
    assert_eq!(split, got, "{what}");
    let strictly = wav_with(&strict(), &LimitOptions::default(), bytes);
    assert_eq!(strictly.error.is_none(), codes.is_empty(), "{what}");
    let split = run(&mut WavDecoder::new(&strict(), &LimitOptions::default()), bytes.chunks(1));
    assert_eq!(split, strictly, "{what}");
}

#[test]
fn a_length_that_ends_in_the_last_block_is_believed() {
    let data = ima_blocks(1, BLOCK_BYTES, 3);
    let all = wav(&coded_wav(&ima_fmt(1, 64), None, &data)).samples();
    for (fact, frames, believed) in [
        (None, 363, false),
        (Some(363), 363, true),
        (Some(362), 362, true),
        (Some(243), 243, true),
        (Some(u32::MAX), 363, false),
    ] {
        let bytes = coded_wav(&ima_fmt(1, 64), fact, &data);
        check(&bytes, frames, &[], believed, &format!("{fact:?}"));
        let got = wav(&bytes);
        assert_eq!(got.samples(), all[..frames]);
        assert_eq!(got.info.unwrap().expected_frames, Some(frames as u64));
    }
}

#[test]
fn a_length_that_cannot_be_is_disbelieved() {
    let data = ima_blocks(1, BLOCK_BYTES, 3);
    for (fact, states_length) in [(0, false), (1, false), (121, false), (242, false), (364, true), (1_000_000, true)] {
        let bytes = coded_wav(&ima_fmt(1, 64), Some(fact), &data);
        check(&bytes, 363, &[InconsistentHeader], states_length, &format!("{fact}"));
    }
    for (fact, want) in [
        (242, "the header says 242 frames, but the audio goes on after them; all of it is used"),
        (364, "the header says 364 frames, but the audio has only 363"),
    ] {
        assert_eq!(wav(&coded_wav(&ima_fmt(1, 64), Some(fact), &data)).warnings[0].message, want);
    }
}

/// A cut file has fewer frames than it should, which is said once.
#[test]
fn a_cut_file_is_cut_and_its_fact_chunk_right() {
    let bytes = coded_wav(&ima_fmt(1, 64), Some(350), &ima_blocks(1, BLOCK_BYTES, 3));
    let start = bytes.len() - 3 * BLOCK_BYTES;
    // Header of 4 bytes with a frame, then 8 frames for 4 bytes.
    for (there, frames) in [(64 * 3, 350), (64 * 2 + 32, 242 + 57), (64 + 7, 121 + 1), (64 + 3, 121), (64 * 3 - 4, 350)]
    {
        let codes: &[WarningCode] = if there == 192 { &[] } else { &[Truncated] };
        check(&bytes[..start + there], frames, codes, true, &format!("{there}"));
    }
}

/// The last block may be short: what it holds is whole.
#[test]
fn a_short_last_block() {
    for (fmt_chunk, data, rows) in [
        (ima_fmt(1, 64), ima_blocks(1, 64, 2), &[(64 + 4, 122), (64 + 12, 121 + 17)][..]),
        (ima_fmt(2, 72), ima_blocks(2, 72, 2), &[(72 + 8, 66), (72 + 16, 65 + 9)]),
        (ms_fmt(1, 64), ms_blocks(1, 64, 2), &[(64 + 7, 118), (64 + 8, 120)]),
        (ms_fmt(2, 70), ms_blocks(2, 70, 2), &[(70 + 14, 60), (70 + 15, 61)]),
        (gsm_fmt(), any_bytes(130), &[(65 + 33, 480)]),
    ] {
        for &(bytes, frames) in rows {
            check(&coded_wav(&fmt_chunk, None, &data[..bytes]), frames, &[], false, &format!("{frames}"));
        }
    }
    for (fmt_chunk, data, cut, frames) in [
        (ima_fmt(1, 64), ima_blocks(1, 64, 2), 64 + 9, 121 + 9),
        (ima_fmt(2, 72), ima_blocks(2, 72, 2), 72 + 7, 65),
        (ms_fmt(1, 64), ms_blocks(1, 64, 2), 64 + 6, 116),
        (gsm_fmt(), any_bytes(130), 65 + 34, 480),
        (gsm_fmt(), any_bytes(130), 65 + 32, 320),
    ] {
        check(&coded_wav(&fmt_chunk, None, &data[..cut]), frames, &[Truncated], false, &format!("{cut}"));
    }
    let cut = wav(&coded_wav(&gsm_fmt(), None, &any_bytes(65 + 34)));
    assert_eq!(cut.warnings[0].message, "the data chunk ends inside a block, after 1 of 65 bytes");
}

/// Blocks of 65 bytes are followed by a pad byte, which some count.
#[test]
fn a_pad_byte_in_the_data_size() {
    let data = [any_bytes(65 * 3), vec![0]].concat();
    check(&coded_wav(&gsm_fmt(), None, &data), 960, &[], false, "counted");
    check(&coded_wav(&gsm_fmt(), None, &data[..195]), 960, &[], false, "not counted");
    let streamed = [chunk(b"fmt ", &gsm_fmt()), sized_chunk(b"data", u32::MAX, &data)];
    check(&sized_riff(u32::MAX, &streamed), 960, &[BadSize], false, "streamed");
}

/// A writer into a pipe leaves sizes open; what it says of the length may be right all the same, and 0 says nothing.
#[test]
fn streamed_files() {
    let data = ima_blocks(1, BLOCK_BYTES, 3);
    for (fact, frames, codes, states_length) in [
        (300, 300, &[BadSize][..], true),
        (0, 363, &[BadSize], false),
        (200, 363, &[BadSize, InconsistentHeader], false),
    ] {
        let chunks = [
            chunk(b"fmt ", &ima_fmt(1, 64)),
            chunk(b"fact", &u32::to_le_bytes(fact)),
            sized_chunk(b"data", u32::MAX, &data),
        ];
        check(&sized_riff(u32::MAX, &chunks), frames, codes, states_length, &format!("{fact}"));
    }
}

/// Samples have one length, whatever is said of it.
#[test]
fn plain_samples_need_no_fact() {
    for tag in [1u16, 6] {
        let fmt_chunk = fmt(tag, 1, 8_000, 8);
        for fact in [0, 1, 99, 1_000] {
            check(&coded_wav(&fmt_chunk, Some(fact), &[0x55; 100]), 100, &[], true, "samples");
        }
    }
}

#[test]
fn fact_chunks_of_odd_sizes() {
    let data = ima_blocks(1, BLOCK_BYTES, 3);
    for (body, frames) in [(&[][..], 363), (&[44, 1], 363), (&[44, 1, 0, 0, 9, 9, 9], 300)] {
        let chunks = [chunk(b"fmt ", &ima_fmt(1, 64)), chunk(b"fact", body), chunk(b"data", &data)];
        check(&riff(&chunks), frames, &[], frames == 300, &format!("{}", body.len()));
    }
}
