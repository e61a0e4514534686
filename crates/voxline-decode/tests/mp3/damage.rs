//! Damaged, decorated and cut streams, made from the bundled call.

use voxline_core::options::InputOptions;
use voxline_core::report::WarningCode;
use voxline_decode::DecodeError;

use crate::support::{Decoded, decode, decode_with};

const CALL: &[u8] = include_bytes!("../../../../assets/call.mp3");
const ANSWER: &[u8] = include_bytes!("../../../../assets/answer/answer.mp3");

/// Where the coded frames of a stream without tags start, the information frame included.
fn frame_starts(bytes: &[u8]) -> Vec<usize> {
    let kbps = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    let mut starts = Vec::new();
    let mut place = 0;
    while place + 4 <= bytes.len() {
        assert_eq!(bytes[place], 0xFF, "frame {} at {place}", starts.len());
        starts.push(place);
        // MPEG-1 Layer III at 44.1 kHz.
        let rate = kbps[usize::from(bytes[place + 2] >> 4)];
        place += 144_000 * rate / 44_100 + usize::from(bytes[place + 2] >> 1 & 1);
    }
    starts
}

fn codes(decoded: &Decoded) -> Vec<WarningCode> {
    decoded.warnings.iter().map(|warning| warning.code).collect()
}

/// Frames (in time) in which the two differ.
fn differing(a: &Decoded, b: &Decoded) -> std::ops::Range<usize> {
    let differs = |i: &usize| a.samples[*i] != b.samples[*i];
    let first = (0..a.samples.len()).find(differs);
    let last = (0..a.samples.len()).rfind(differs);
    first.map_or(0..0, |first| first / 2..last.unwrap() / 2 + 1)
}

#[test]
fn a_frame_with_a_damaged_header_is_replaced_and_time_does_not_shift() {
    let whole = decode(CALL).unwrap();
    assert_eq!((whole.bad_frames, whole.frames), (0, 679_410));
    let starts = frame_starts(CALL);
    for (n, byte, mask) in [(100, 0, 0xFF), (200, 1, 0x08), (300, 2, 0x90), (301, 2, 0x04), (400, 2, 0x10)] {
        let mut bytes = CALL.to_vec();
        bytes[starts[n] + byte] ^= mask;
        let decoded = decode(&bytes).unwrap();
        assert_eq!(decoded.frames, whole.frames, "byte {byte} of frame {n}: {:?}", decoded.warnings);
        assert_eq!(
            (decoded.bad_frames, codes(&decoded)),
            (1, vec![WarningCode::BadFrames]),
            "byte {byte} of frame {n}: {:?}",
            decoded.warnings
        );
        // Frame n starts at (n − 1)·1152 without the information frame; the overlap reaches into the next one.
        let at = (n - 1) * 1152 - 576 - 529;
        let range = differing(&whole, &decoded);
        assert!(range.start >= at && range.end <= at + 2 * 1152 + 576, "frame {n} at {at}: differs in {range:?}");
    }
}

#[test]
fn impossible_side_information_costs_one_frame() {
    let whole = decode(CALL).unwrap();
    let starts = frame_starts(CALL);
    let mut bytes = CALL.to_vec();
    // Main data lengths of 4095 bits in all granules cannot be.
    bytes[starts[50] + 4..starts[50] + 36].fill(0xFF);
    let decoded = decode(&bytes).unwrap();
    assert_eq!((decoded.frames, decoded.bad_frames), (whole.frames, 1), "{:?}", decoded.warnings);
    let range = differing(&whole, &decoded);
    let at = 49 * 1152 - 576 - 529;
    assert!(range.start >= at && range.end <= at + 2 * 1152 + 576, "{at}: {range:?}");
}

#[test]
fn a_hole_of_zeros_takes_as_long_as_the_frames_under_it() {
    let whole = decode(CALL).unwrap();
    let starts = frame_starts(CALL);
    let mut bytes = CALL.to_vec();
    bytes[starts[60]..starts[73]].fill(0);
    let decoded = decode(&bytes).unwrap();
    assert_eq!(decoded.frames, whole.frames, "{:?}", decoded.warnings);
    // Thirteen frames are gone; the next ones may need main data of theirs.
    assert!((13..=15).contains(&decoded.bad_frames), "{}", decoded.bad_frames);
    let end = 73 * 1152 + 3 * 1152;
    assert_eq!(whole.samples[2 * end..], decoded.samples[2 * end..]);
}

#[test]
fn junk_between_frames_takes_no_time() {
    let whole = decode(CALL).unwrap();
    let starts = frame_starts(CALL);
    for junk in [1usize, 50, 1_000, 10_001, 100_000] {
        let filler: Vec<u8> = (0..junk).map(|i| (i * 7 % 251) as u8).collect();
        let bytes = [&CALL[..starts[80]], &filler, &CALL[starts[80]..]].concat();
        let decoded = decode(&bytes).unwrap();
        assert_eq!(codes(&decoded), [WarningCode::JunkSkipped], "{junk}");
        assert_eq!(decoded.samples, whole.samples, "{junk}");
    }
}

#[test]
fn tags_around_the_audio_are_skipped() {
    let whole = decode(CALL).unwrap();
    let id3 = |body: &[u8], flags: u8| {
        let size = [(body.len() >> 14 & 127) as u8, (body.len() >> 7 & 127) as u8, (body.len() & 127) as u8];
        let mut tag = [b"ID3\x04\x00", &[flags, 0][..], &size[..], body].concat();
        if flags & 0x10 != 0 {
            tag.extend([b"3DI\x04\x00", &[flags, 0][..], &size[..]].concat());
        }
        tag
    };
    // A "picture" that is an MP3 itself: its frames are not audio.
    let picture = id3(&ANSWER[..9_000], 0);
    let footer = id3(b"some text", 0x10);
    let mut ape = b"APETAGEX\xd0\x07\0\0\x29\0\0\0\x01\0\0\0\0\0\0\x80\0\0\0\0\0\0\0\0".to_vec();
    let ape_header = [&ape[..23], &[0xA0], &ape[24..]].concat();
    ape = [ape_header, b"ninebytes".to_vec(), ape].concat();
    let id3v1 = [b"TAG".to_vec(), vec![b'x'; 125]].concat();
    let cases = [
        [picture.clone(), CALL.to_vec()].concat(),
        [footer.clone(), picture.clone(), CALL.to_vec()].concat(),
        [ape.clone(), CALL.to_vec()].concat(),
        [CALL.to_vec(), id3v1.clone()].concat(),
        [picture, footer, CALL.to_vec(), ape, id3v1].concat(),
    ];
    for (n, bytes) in cases.iter().enumerate() {
        let decoded = decode(bytes).unwrap();
        assert_eq!(decoded.samples, whole.samples, "case {n}: {:?}", decoded.warnings);
        assert_eq!(decoded.warnings, [], "case {n}");
    }
}

#[test]
fn a_cut_stream_keeps_what_is_there() {
    let whole = decode(CALL).unwrap();
    let starts = frame_starts(CALL);
    for cut in [starts[3], starts[10] + 1, starts[200] - 1, starts[400] + 100, CALL.len() - 1] {
        let decoded = decode(&CALL[..cut]).unwrap();
        assert!(codes(&decoded).contains(&WarningCode::Truncated), "{cut}: {:?}", decoded.warnings);
        let n = decoded.samples.len();
        // Whole frames, one of which is the information frame, less the delay.
        let frames = starts.iter().skip(1).filter(|&&start| start <= cut).count() - 1;
        assert_eq!(n / 2, frames * 1152 - 576 - 529, "{cut}");
        assert_eq!(decoded.samples[..], whole.samples[..n], "{cut}");
    }
}

#[test]
fn a_stream_that_starts_in_the_middle_keeps_its_time() {
    let whole = decode_with(CALL, &without_gapless(), |_| 4_096).unwrap();
    let starts = frame_starts(CALL);
    let decoded = decode(&CALL[starts[100]..]).unwrap();
    let n = decoded.samples.len();
    assert_eq!(n, whole.samples.len() - 99 * 1152 * 2);
    let tail = &whole.samples[whole.samples.len() - n..];
    // The first frames lack main data; then all is the same.
    assert_eq!(decoded.samples[6 * 1152 * 2..], tail[6 * 1152 * 2..]);
}

fn without_gapless() -> InputOptions {
    let mut options = InputOptions::default();
    options.gapless = false;
    options
}

#[test]
fn gapless_off_keeps_delay_and_padding() {
    let trimmed = decode(CALL).unwrap();
    let all = decode_with(CALL, &without_gapless(), |_| 4_096).unwrap();
    let info = all.info.as_ref().unwrap();
    let (delay, padding) = (info.encoder_delay_frames.unwrap() as usize, info.encoder_padding_frames.unwrap() as usize);
    assert_eq!(all.frames, trimmed.frames + delay + padding);
    let skip = (delay + 529) * 2;
    assert_eq!(all.samples[skip..skip + trimmed.samples.len()], trimmed.samples);
    assert_eq!(info.expected_frames, Some(all.frames as u64));
}

#[test]
fn a_change_of_rate_and_channels_is_reported_chunk_by_chunk() {
    let (call, answer) = (decode(CALL).unwrap(), decode(ANSWER).unwrap());
    let glued = decode(&[CALL, ANSWER].concat()).unwrap();
    assert_eq!(codes(&glued), [WarningCode::GluedFiles, WarningCode::RateChanged, WarningCode::ChannelsChanged]);
    // Each file is trimmed by itself.
    let (first, second) = glued.samples.split_at(call.samples.len());
    assert_eq!((first.len(), second.len()), (call.samples.len(), answer.samples.len()));
    assert!(first == call.samples, "first");
    assert!(second == answer.samples, "second {:?}", second.iter().zip(&answer.samples).position(|(a, b)| a != b));
}

#[test]
fn strict_makes_damage_an_error() {
    let mut strict = InputOptions::default();
    strict.strict = true;
    let run = |bytes: &[u8]| decode_with(bytes, &strict, |_| 4_096);
    assert!(run(CALL).is_ok());
    let starts = frame_starts(CALL);
    assert!(matches!(run(&CALL[..starts[10] + 5]), Err(DecodeError::Truncated(_))));
    let mut bytes = CALL.to_vec();
    bytes[starts[100]] = 0;
    assert!(matches!(run(&bytes), Err(DecodeError::Malformed(_))));
    assert!(matches!(run(&[b"junk", CALL].concat()), Err(DecodeError::Malformed(_))));
}

#[test]
fn nothing_to_decode_is_an_error() {
    for bytes in [&b""[..], b"\xff", b"\xff\xfb\x90\x64", &[0; 50_000], &CALL[..200]] {
        assert!(matches!(decode(bytes), Err(DecodeError::Malformed(_))), "{} bytes", bytes.len());
    }
}

#[test]
fn what_once_crashed_decodes() {
    // Random damage made a mixed block at 8 kHz, on which nanomp3-core 0.2.0 runs out of its buffer.
    let bytes = include_bytes!("../regressions/mixed-blocks-at-8-khz.mp3");
    let decoded = decode(bytes).unwrap();
    assert!(decoded.bad_frames > 0 && decoded.frames > 0);
}

#[test]
fn any_cutting_of_the_input_gives_the_same() {
    let starts = frame_starts(CALL);
    let mut damaged = CALL.to_vec();
    damaged[starts[20]] = 0;
    damaged[starts[30] + 4..starts[30] + 20].fill(0xFF);
    damaged[starts[40]..starts[45]].fill(0);
    damaged.splice(starts[10]..starts[10], b"ID3 no tag at all, only junk".iter().copied());
    damaged.truncate(60_000);
    for bytes in [&CALL[..40_000], &damaged[..], &[CALL, ANSWER].concat()[170_000..]] {
        let options = InputOptions::default();
        let whole = decode_with(bytes, &options, |_| usize::MAX / 2);
        let mut state = 1u32;
        let mut random = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 20) as usize
        };
        assert_eq!(decode_with(bytes, &options, |_| 1), whole);
        assert_eq!(decode_with(bytes, &options, |_| 417), whole);
        assert_eq!(decode_with(bytes, &options, &mut random), whole);
    }
}

#[test]
fn a_flipped_bit_of_a_header_never_shifts_time() {
    let Some(lame) = voxline_testkit::tools::require("lame") else { return };
    let folder = tempfile::tempdir().unwrap();
    let cases: [&[&str]; 7] = [
        &["-m", "j", "--cbr", "-b", "128", "--resample", "44.1"],
        &["-m", "j", "--cbr", "-b", "160", "--resample", "48"],
        &["-m", "m", "--cbr", "-b", "32", "--resample", "44.1"],
        &["-m", "m", "--cbr", "-b", "64", "--resample", "22.05"],
        &["-m", "m", "--cbr", "-b", "40", "--resample", "8"],
        &["-m", "j", "-V", "4", "--resample", "44.1"],
        &["-m", "s", "-p", "--cbr", "-b", "96", "--resample", "32"],
    ];
    for flags in cases {
        let mp3 = folder.path().join("x.mp3");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/call.wav");
        let status =
            std::process::Command::new(&lame).arg("--quiet").args(flags).arg(source).arg(&mp3).status().unwrap();
        assert!(status.success());
        let clean = std::fs::read(&mp3).unwrap();
        let whole = decode(&clean).unwrap();
        // A header in the middle: the next place where the sync word and the whole of byte 1 are those of the first.
        for start in [clean.len() / 3, clean.len() / 2] {
            let place =
                (start..).find(|&i| clean[i] == 0xFF && clean[i + 1] == clean[1] && i_is_frame(&clean, i)).unwrap();
            for bit in 0..24 {
                let mut bytes = clean.clone();
                bytes[place + bit / 8] ^= 0x80 >> (bit % 8);
                let decoded = decode(&bytes).unwrap();
                let what = format!("lame {flags:?}, bit {bit} of the header at {place}: {:?}", decoded.warnings);
                // At a variable bit rate a wrong size can fit as well as the right one.
                let slack = if flags.contains(&"-V") { 1152 + 862 } else { 0 };
                assert!(
                    decoded.frames.abs_diff(whole.frames) <= slack,
                    "{what}: {} of {}",
                    decoded.frames,
                    whole.frames
                );
                assert!(decoded.bad_frames >= 1 || decoded.samples == whole.samples || bit >= 22, "{what}");
            }
        }
    }
}

/// Whether two more headers of the stream follow where this one's size puts them; any bit rate.
fn i_is_frame(bytes: &[u8], at: usize) -> bool {
    let follows = |from: usize| {
        (from + 24..from + 1_500).find(|&i| bytes.get(i..i + 2).is_some_and(|b| b[0] == 0xFF && b[1] == bytes[at + 1]))
    };
    bytes[at + 2] & 0x0C == bytes[2] & 0x0C && follows(at).and_then(follows).is_some()
}

#[test]
fn overwritten_bytes_of_a_variable_bit_rate_keep_time() {
    let Some(lame) = voxline_testkit::tools::require("lame") else { return };
    let folder = tempfile::tempdir().unwrap();
    let mp3 = folder.path().join("x.mp3");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/call.wav");
    let status = std::process::Command::new(lame)
        .args(["--quiet", "-V", "4", "--resample", "44.1"])
        .arg(source)
        .arg(&mp3)
        .status();
    assert!(status.unwrap().success());
    let clean = std::fs::read(&mp3).unwrap();
    let whole = decode(&clean).unwrap().frames;
    let mut state = 99u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let mut kept = 0;
    let runs = 60;
    for _ in 0..runs {
        let (length, mut bytes) = (50 + random(1_000), clean.clone());
        let start = clean.len() / 4 + random(clean.len() / 2);
        for byte in &mut bytes[start..start + length] {
            *byte = random(256) as u8;
        }
        let decoded = decode(&bytes).unwrap();
        // Sizes that are gone can only be estimated: to a frame or two.
        assert!(
            decoded.frames.abs_diff(whole) <= 2 * 1152,
            "{length} bytes at {start}: {} of {whole}, {:?}",
            decoded.frames,
            decoded.warnings
        );
        kept += usize::from(decoded.frames == whole);
    }
    assert!(kept * 10 >= runs * 7, "{kept} of {runs} kept their length");
}

#[test]
fn bytes_missing_from_a_frame_cost_that_frame_and_no_time() {
    let whole = decode(CALL).unwrap();
    let starts = frame_starts(CALL);
    for missing in [1, 10, 100] {
        let mut bytes = CALL.to_vec();
        bytes.drain(starts[90] + 60..starts[90] + 60 + missing);
        let decoded = decode(&bytes).unwrap();
        assert_eq!(decoded.frames, whole.frames, "{missing}: {:?}", decoded.warnings);
        assert!((1..=3).contains(&decoded.bad_frames), "{missing}: {:?}", decoded.warnings);
    }
}

#[test]
fn what_is_appended_is_no_damage_even_under_strict() {
    let mut strict = InputOptions::default();
    strict.strict = true;
    let whole = decode(CALL).unwrap();
    for tail in [vec![0; 4_096], b"LYRICSBEGINsome words000011LYRICS200".to_vec(), vec![0x55; 417]] {
        let decoded = decode_with(&[CALL, &tail].concat(), &strict, |_| 4_096).unwrap();
        assert_eq!(decoded.samples, whole.samples);
        assert_eq!(codes(&decoded), [WarningCode::JunkSkipped]);
    }
}

#[test]
fn random_damage_is_survived_with_the_length_kept_within_bounds() {
    let mut state = 7u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let part = &CALL[..50_000];
    let whole = decode(part).unwrap().frames;
    for _ in 0..300 {
        let mut bytes = part.to_vec();
        for _ in 0..=random(40) {
            let place = random(bytes.len());
            bytes[place] ^= 1 << random(8);
        }
        // Without an information frame nothing but the frames tells the time; forty bits are at most forty frames.
        let decoded = decode(&bytes).unwrap();
        assert!(decoded.frames.abs_diff(whole) <= 6 * 1152, "{} frames of {whole}", decoded.frames);
    }
}
