//! Whatever is split: the parts are the whole, each obeys its limits, and the pieces of the input do not matter.

use proptest::prelude::*;
use voxline::payload::base64_len;
use voxline::{Cut, Options, Part, prepare, split};
use voxline_testkit::rng::Rng;

use crate::support::{bursts, bytes, raw, stream};

/// The whole as samples: what `prepare` gives as PCM without limits.
fn whole(input: &[u8], options: &Options) -> Vec<Vec<u8>> {
    let mut options = options.clone();
    options.set("target.encoding", "pcm").unwrap();
    options.set("target.base64", "off").unwrap();
    (options.limits.max_output_bytes, options.limits.max_base64_bytes) = (None, None);
    prepare(input, &options).unwrap().into_outputs()
}

/// What `prepare` makes of this piece of the whole: the oracle for a part.
fn prepared(samples: &[u8], part: &Part, options: &Options) -> Vec<u8> {
    let rate_hz = part.sample_rate_hz.to_string();
    let mut alone = raw(part.sample_rate_hz, part.channel_count, &[("target.sample_rate_hz", &rate_hz)]);
    alone.target.channels = voxline::ChannelSelection::Keep;
    alone.target.encoding = options.target.encoding;
    alone.target.base64 = options.target.base64;
    alone.speex = options.speex.clone();
    prepare(samples, &alone).unwrap().into_outputs().remove(0)
}

fn check(input: &[u8], options: &Options, seed: u64) {
    let parts = split(input, options).unwrap();
    let whole = whole(input, options);
    let frame_bytes = 2 * usize::from(parts[0].channel_count);
    let total = (whole[0].len() / frame_bytes) as u64;
    let overlap = u64::from(options.split.overlap_ms) * u64::from(parts[0].sample_rate_hz) / 1_000;
    let mut end = 0;
    for (index, part) in parts.iter().enumerate() {
        let last = index + 1 == parts.len();
        assert_eq!((part.index, part.cut == Cut::End), (index, last));
        assert_eq!(part.overlap_frames, if index == 0 { 0 } else { overlap });
        assert_eq!(part.start_frame + part.overlap_frames, end, "part {index} does not go on where the last one ended");
        end = part.end_frame();
        assert!(end <= total && (end == total) == last, "part {index} ends at {end} of {total}");
        for (output, samples) in part.outputs().iter().zip(&whole) {
            let span = part.start_frame as usize * frame_bytes..end as usize * frame_bytes;
            assert_eq!(output, &prepared(&samples[span], part, options), "part {index}");
            let bytes = match part.is_base64() {
                true => output.len() as u64 / 4 * 3 - output.iter().rev().take_while(|b| **b == b'=').count() as u64,
                false => output.len() as u64,
            };
            assert!(options.limits.max_output_bytes.is_none_or(|most| bytes <= most));
            assert!(options.limits.max_base64_bytes.is_none_or(|most| base64_len(bytes) <= most));
        }
        let seconds = part.frames as f64 / f64::from(part.sample_rate_hz);
        assert!(options.split.max_duration_s.is_none_or(|most| seconds <= most));
    }
    assert_eq!(parts[0].outputs().len(), whole.len());
    // Not more parts than halves of the longest one.
    let longest = parts.iter().map(|part| part.frames).max().unwrap();
    for part in parts.iter().filter(|part| part.cut != Cut::End) {
        assert!(2 * part.frames >= longest, "{} of {longest}", part.frames);
    }
    let mut rng = Rng::new(seed);
    let (streamed, report) = stream(input, options, || 1 + rng.below(30_000)).unwrap();
    assert_eq!(streamed, parts);
    let bytes = |part: &Part| part.outputs().iter().map(|output| output.len() as u64).sum::<u64>();
    assert_eq!(report.target.frames, total);
    if !options.target.base64 {
        assert_eq!(report.target.bytes, parts.iter().map(bytes).sum::<u64>());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn parts_are_the_whole_within_their_limits(
        seed: u64,
        frames in 0usize..60_000,
        (channels, selection) in prop::sample::select(vec![(1u16, "mix"), (2, "mix"), (2, "keep"), (2, "split"), (2, "right")]),
        encoding in prop::sample::select(vec!["pcm", "wav", "speex", "spx"]),
        (from_hz, to_hz) in prop::sample::select(vec![(8_000u32, "8000"), (11_025, "8000"), (16_000, "8000")]),
        base64 in prop::sample::select(vec!["on", "off"]),
        (key, limit) in prop::sample::select(vec![
            ("split.max_duration_s", "0.7"), ("split.max_duration_s", "2.5"), ("limits.max_output_bytes", "9001"),
            ("limits.max_output_bytes", "30000"), ("limits.max_base64_bytes", "20001"),
        ]),
        overlap in prop::sample::select(vec!["0", "20", "100"]),
        min_pause in prop::sample::select(vec!["20", "300"]),
        window in prop::sample::select(vec!["0", "0.2", "10"]),
    ) {
        // Speex holds one channel.
        let selection = if encoding.starts_with("sp") && selection == "keep" { "split" } else { selection };
        // Two channels in 9001 bytes are too short a part for 800 frames of overlap: that is refused, as it should be.
        prop_assume!((selection, limit, overlap) != ("keep", "9001", "100"));
        let options = raw(from_hz, channels, &[
            ("target.sample_rate_hz", to_hz),
            ("target.channels", selection),
            ("target.encoding", encoding),
            ("target.base64", base64),
            (key, limit),
            ("split.overlap_ms", overlap),
            ("split.min_pause_ms", min_pause),
            ("split.window_s", window),
        ]);
        check(&bytes(&bursts(seed, frames, channels.into())), &options, seed);
    }
}

#[test]
fn dither_runs_on_from_part_to_part() {
    let input = bytes(&bursts(5, 40_000, 1));
    let options = raw(
        8_000,
        1,
        &[
            ("target.encoding", "pcm"),
            ("target.sample_rate_hz", "8000"),
            ("target.dither", "tpdf"),
            ("split.max_duration_s", "1.3"),
        ],
    );
    let joined: Vec<u8> = split(&input, &options).unwrap().iter().flat_map(|part| part.data().to_vec()).collect();
    assert_eq!(joined, prepare(&input, &options).unwrap().data());
}

#[test]
fn compressed_stereo_is_split_like_any_other() {
    const CALL_MP3: &[u8] = include_bytes!("../../../../assets/call.mp3");
    for (channels, encoding) in [("split", "wav"), ("mix", "speex-wb"), ("keep", "pcm")] {
        let mut options = Options::default();
        for (key, value) in
            [("target.channels", channels), ("target.encoding", encoding), ("split.max_duration_s", "4")]
        {
            options.set(key, value).unwrap();
        }
        check(CALL_MP3, &options, 3);
    }
}
