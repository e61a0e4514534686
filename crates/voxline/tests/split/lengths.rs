//! Around the budget: what fits is one part, and one frame more makes two.

use voxline::{Cut, ErrorKind, Options, Splitter, prepare, split};

use crate::support::{bursts, bytes, raw};

/// 2 000 frames fit: as PCM 4 000 bytes.
const BUDGET: usize = 2_000;

fn options() -> Options {
    raw(8_000, 1, &[("target.encoding", "pcm"), ("target.sample_rate_hz", "8000"), ("limits.max_output_bytes", "4001")])
}

#[test]
fn one_part_up_to_the_budget_is_what_prepare_gives() {
    for frames in [0, 1, BUDGET - 1, BUDGET] {
        for encoding in ["pcm", "wav", "speex", "spx"] {
            let mut options = options();
            options.set("target.encoding", encoding).unwrap();
            if encoding != "pcm" {
                options.set("limits.max_output_bytes", "none").unwrap();
                options.set("split.max_duration_s", "0.25").unwrap();
            }
            let input = bytes(&bursts(9, frames, 1));
            let whole = prepare(&input, &options).unwrap();
            let mut splitter = Splitter::new(&options).unwrap();
            splitter.push(&input).unwrap();
            assert_eq!(splitter.pull().unwrap(), None, "more could come");
            let report = splitter.finish().unwrap();
            let part = splitter.pull().unwrap().unwrap();
            assert_eq!(splitter.pull().unwrap(), None);
            assert_eq!((part.outputs(), &report), (whole.outputs(), whole.report()), "{frames} {encoding}");
            assert_eq!((part.start_frame, part.frames, part.cut), (0, frames as u64, Cut::End));
            assert_eq!(part.base64(), whole.base64());
        }
    }
}

#[test]
fn one_frame_more_makes_two_parts() {
    let input = bytes(&bursts(9, BUDGET + 1, 1));
    let parts = split(&input, &options()).unwrap();
    assert_eq!(parts.len(), 2);
    assert_eq!(parts[0].frames + parts[1].frames, BUDGET as u64 + 1);
}

#[test]
fn a_long_pause_makes_parts_as_long_as_can_be() {
    let parts = split(&vec![0u8; 2 * (5 * BUDGET + 7)], &options()).unwrap();
    let frames: Vec<_> = parts.iter().map(|part| part.frames as usize).collect();
    assert_eq!(frames, [BUDGET, BUDGET, BUDGET, BUDGET, BUDGET, 7]);
    assert!(parts[..5].iter().all(|part| part.cut == Cut::Pause));
}

#[test]
fn a_pause_must_be_one_in_all_channels() {
    let noise = bursts(11, 48_000, 2);
    let loud: Vec<i16> = noise.iter().map(|x| if x.unsigned_abs() < 40 { x * 300 } else { *x }).collect();
    // One is silent from 2.6 to 3.4 s, the other from 3 to 4.2 s; else both hiss.
    for (channels, early, late) in [("keep", 0, 1), ("keep", 1, 0), ("split", 0, 1), ("split", 1, 0)] {
        let mut samples = loud.clone();
        for (n, frame) in samples.chunks_exact_mut(2).enumerate() {
            let s = n as f64 / 8_000.0;
            if (2.6..3.4).contains(&s) {
                frame[early] = 0;
            }
            if (3.0..4.2).contains(&s) {
                frame[late] = 0;
            }
        }
        let mut options = options();
        options.set("limits.max_output_bytes", "none").unwrap();
        options.set("target.channels", channels).unwrap();
        options.set("split.max_duration_s", "5").unwrap();
        options.input.raw_channels = 2;
        let parts = split(&bytes(&samples), &options).unwrap();
        let end_s = parts[0].end_s();
        assert!((3.0..=3.4).contains(&end_s) && parts[0].cut == Cut::Pause, "{channels}: {end_s} {:?}", parts[0].cut);
        // In its middle: of 0.4 s, 0.2 s are on both sides.
        assert!((end_s - 3.2).abs() < 0.06, "{channels}: {end_s}");
    }
}

#[test]
fn what_cannot_be_is_refused() {
    let mut tiny = options();
    tiny.set("limits.max_output_bytes", "1").unwrap();
    assert_eq!(split(&[0u8; 8], &tiny).unwrap_err().kind(), ErrorKind::LimitExceeded);
    let mut greedy = options();
    // A quarter of 2 000 frames is 62.5 ms.
    greedy.set("split.overlap_ms", "62").unwrap();
    split(&[0u8; 8], &greedy).unwrap();
    greedy.set("split.overlap_ms", "63").unwrap();
    let error = split(&[0u8; 8], &greedy).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(error.context().contains("split.overlap_ms 63"), "{error}");
    let mut wrong = options();
    wrong.set("split.window_s", "4000").unwrap();
    assert_eq!(split(&[0u8; 8], &wrong).unwrap_err().kind(), ErrorKind::InvalidArgument);
    let mut speex = options();
    speex.set("target.encoding", "speex").unwrap();
    speex.set("target.channels", "keep").unwrap();
    speex.input.raw_channels = 2;
    assert_eq!(split(&[0u8; 8], &speex).unwrap_err().kind(), ErrorKind::InvalidArgument);
}
