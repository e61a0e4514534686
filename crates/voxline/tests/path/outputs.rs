//! What comes out: encodings, channels, limits, reports.

use std::io::Cursor;
use std::ops::ControlFlow;

use base64::Engine as _;
use voxline::{ErrorKind, Options, TargetRate, WarningCode, inspect, prepare, prepare_to, prepare_with, profile};

use crate::support::{CALL_MP3, CALL_WAV, chat_16k, options};

fn samples(pcm: &[u8]) -> Vec<i16> {
    pcm.chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect()
}

fn hound(wav: &[u8]) -> (hound::WavSpec, Vec<i16>) {
    let mut reader = hound::WavReader::new(Cursor::new(wav)).unwrap();
    (reader.spec(), reader.samples().map(Result::unwrap).collect())
}

#[test]
fn same_rate_and_channels_give_the_samples_of_the_file() {
    let keep = options(&[("target.sample_rate_hz", "keep"), ("target.channels", "keep")]);
    let (_, original) = hound(CALL_WAV);
    let (spec, copied) = hound(prepare(CALL_WAV, &keep).unwrap().data());
    assert_eq!((spec.channels, spec.sample_rate), (2, 8_000));
    assert_eq!(copied, original);
}

#[test]
fn selections_take_their_channel_and_split_takes_each() {
    let (_, original) = hound(CALL_WAV);
    let left: Vec<i16> = original.iter().copied().step_by(2).collect();
    let right: Vec<i16> = original.iter().copied().skip(1).step_by(2).collect();
    let select = |channels| {
        let pairs = [("target.sample_rate_hz", "keep"), ("target.channels", channels), ("target.encoding", "pcm")];
        prepare(CALL_WAV, &options(&pairs)).unwrap()
    };
    assert_eq!(samples(select("left").data()), left);
    assert_eq!(samples(select("1").data()), left);
    assert_eq!(samples(select("right").data()), right);
    assert_eq!(samples(select("2").data()), right);
    let split = select("split");
    assert_eq!(split.outputs().len(), 2);
    assert_eq!((samples(&split.outputs()[0]), samples(&split.outputs()[1])), (left.clone(), right.clone()));
    assert_eq!((split.report().target.outputs, split.report().target.channel_count), (2, 1));
    // (l + r) / 2, ties to even.
    let mixed: Vec<i16> = left
        .iter()
        .zip(&right)
        .map(|(l, r)| ((f64::from(*l) + f64::from(*r)) / 2.0).round_ties_even() as i16)
        .collect();
    assert_eq!(samples(select("mix").data()), mixed);
    let error = prepare(CALL_WAV, &options(&[("target.channels", "3")])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
}

#[test]
fn base64_decodes_to_the_bytes_and_has_no_line_breaks() {
    let strict = base64::engine::general_purpose::STANDARD;
    for encoding in ["pcm", "wav"] {
        let mut plain = chat_16k();
        plain.set("target.encoding", encoding).unwrap();
        let mut text = plain.clone();
        text.target.base64 = true;
        let (plain, text) = (prepare(CALL_MP3, &plain).unwrap(), prepare(CALL_MP3, &text).unwrap());
        assert_eq!(strict.decode(text.data()).unwrap(), plain.data());
        assert_eq!(plain.base64().as_bytes(), text.data());
        assert_eq!(text.base64().as_bytes(), text.data());
        assert_eq!(text.report().target.bytes, plain.data().len() as u64);
    }
}

#[test]
fn the_length_rule_holds_for_every_target_rate() {
    for (hz, frames) in [(8_000, 123_249), (11_025, 169_853), (16_000, 246_498), (44_100, 679_410), (48_000, 739_494)] {
        let mut options = options(&[("target.encoding", "pcm")]);
        options.target.sample_rate_hz = TargetRate::Hz(hz);
        let prepared = prepare(CALL_MP3, &options).unwrap();
        assert_eq!(frames, (679_410.0 * f64::from(hz) / 44_100.0_f64).round() as usize);
        assert_eq!(prepared.data().len(), frames * 2, "{hz}");
    }
}

#[test]
fn a_profile_cannot_make_what_its_service_refuses() {
    let long = [CALL_MP3, CALL_MP3].concat();
    let error = prepare(&long[..], &chat_16k()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LimitExceeded);
    assert!(error.context().contains("limits.max_output_bytes is 599999"), "{error}");
    let shorter = prepare(&long[..], &profile("chat-8k").unwrap()).unwrap();
    assert!(shorter.data().len() < 600_000);
    let strict = options(&[("limits.max_base64_bytes", "599999")]);
    assert!(prepare(CALL_MP3, &strict).unwrap_err().context().contains("max_base64_bytes"));
}

#[test]
fn input_limits_name_themselves() {
    let cases = [("limits.max_input_bytes", "1000"), ("limits.max_duration_s", "1.5"), ("limits.max_channels", "1")];
    for (key, value) in cases {
        for bytes in [CALL_MP3, CALL_WAV] {
            let error = prepare(bytes, &options(&[(key, value)])).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::LimitExceeded, "{key}: {error}");
            assert!(error.context().contains(key), "{key}: {error}");
        }
    }
}

#[test]
fn the_report_tells_source_and_target() {
    let report = prepare(CALL_MP3, &chat_16k()).unwrap().report().clone();
    let source = &report.source;
    assert_eq!((source.container.as_str(), source.codec.as_str()), ("mp3", "mp3"));
    assert_eq!((source.sample_rate_hz, source.channel_count, source.frames), (44_100, 2, 679_410));
    assert_eq!((source.input_bytes, source.bad_frames, source.duration_exact), (CALL_MP3.len() as u64, 0, true));
    assert!((source.duration_s - 679_410.0 / 44_100.0).abs() < 1e-9);
    assert!(source.encoder_delay_frames.is_some() && source.encoder_padding_frames.is_some());
    assert_eq!((source.channels.len(), report.target.channels.len()), (2, 1));
    assert_eq!((report.target.frames, report.target.samples_clipped), (246_498, 0));
    assert_eq!(report.warnings, []);
    assert_eq!(inspect(CALL_MP3, &Options::default()).unwrap().source, *source);
    // Levels against the samples themselves.
    let (_, original) = hound(CALL_WAV);
    let wav = inspect(CALL_WAV, &Options::default()).unwrap().source;
    for (channel, level) in wav.channels.iter().enumerate() {
        let plane: Vec<f64> = original.iter().skip(channel).step_by(2).map(|&s| f64::from(s) / 32_768.0).collect();
        let peak = plane.iter().fold(0.0f64, |m, x| m.max(x.abs()));
        let rms = (plane.iter().map(|x| x * x).sum::<f64>() / plane.len() as f64).sqrt();
        assert!((level.peak_dbfs.unwrap() - 20.0 * peak.log10()).abs() < 1e-6);
        assert!((level.rms_dbfs.unwrap() - 20.0 * rms.log10()).abs() < 1e-4);
    }
}

fn stereo(frames: impl Iterator<Item = (i16, i16)>) -> Vec<u8> {
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: 16_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut bytes = Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut bytes, spec).unwrap();
    for (l, r) in frames {
        writer.write_sample(l).unwrap();
        writer.write_sample(r).unwrap();
    }
    writer.finalize().unwrap();
    bytes.into_inner()
}

#[test]
fn channels_that_are_the_same_or_cancel_are_reported() {
    let tone = |n: i32| ((f64::from(n) * 0.1).sin() * 9_000.0) as i16;
    let codes =
        |wav: &[u8]| inspect(wav, &Options::default()).unwrap().warnings.iter().map(|w| w.code).collect::<Vec<_>>();
    assert_eq!(codes(&stereo((0..8_000).map(|n| (tone(n), tone(n))))), [WarningCode::IdenticalChannels]);
    assert_eq!(codes(&stereo((0..8_000).map(|n| (tone(n), -tone(n))))), [WarningCode::InvertedChannels]);
    assert_eq!(codes(&stereo((0..8_000).map(|n| (tone(n), tone(3 * n))))), []);
    assert_eq!(codes(&stereo(std::iter::empty())), [WarningCode::Empty]);
}

#[test]
fn an_empty_recording_gives_an_empty_but_valid_wav() {
    let prepared = prepare(&stereo(std::iter::empty()), &Options::default()).unwrap();
    let (spec, samples) = hound(prepared.data());
    assert_eq!((spec.sample_rate, spec.channels, samples.len()), (16_000, 1, 0));
}

#[test]
fn a_stream_that_changes_its_rate_goes_on_at_the_target_rate() {
    let answer: &[u8] = include_bytes!("../../../../assets/answer/answer.mp3");
    let glued = [CALL_MP3, answer].concat();
    let wide = options(&[("target.encoding", "pcm")]);
    let (call, both) = (prepare(CALL_MP3, &wide).unwrap(), prepare(&glued, &wide).unwrap());
    let codes: Vec<_> = both.report().warnings.iter().map(|w| w.code).collect();
    assert!(codes.contains(&WarningCode::RateChanged) && codes.contains(&WarningCode::ChannelsChanged), "{codes:?}");
    // Both lengths at 16 kHz; the seam keeps the padding of the first part and the delay of the second.
    let seconds = both.report().target.frames as f64 / 16_000.0 - call.report().target.frames as f64 / 16_000.0;
    assert!((2.28..2.45).contains(&seconds), "{seconds}");
    // All but the filter's reach before the seam is as before.
    let same = call.data().len() - 4_000;
    assert_eq!(both.data()[..same], call.data()[..same]);
}

#[test]
fn breaking_cancels() {
    let mut calls = 0;
    let result = prepare_with(CALL_MP3, &chat_16k(), |progress| {
        calls += 1;
        assert_eq!(progress.input_total_bytes, Some(CALL_MP3.len() as u64));
        ControlFlow::Break(())
    });
    assert_eq!((result.unwrap_err().kind(), calls), (ErrorKind::Cancelled, 1));
}

#[test]
fn sinks_get_what_memory_gets() {
    for encoding in ["pcm", "wav"] {
        let options = options(&[("target.channels", "split"), ("target.encoding", encoding)]);
        let whole = prepare(CALL_WAV, &options).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = |index: usize| folder.path().join(index.to_string());
        let open = |index| Ok(std::fs::File::create(path(index)).unwrap());
        let report = prepare_to(CALL_WAV, &options, open, |_| ControlFlow::Continue(())).unwrap();
        assert_eq!(&report, whole.report());
        for (index, output) in whole.outputs().iter().enumerate() {
            assert_eq!(&std::fs::read(path(index)).unwrap(), output);
        }
    }
}

#[test]
fn names_follow_their_channels() {
    // Three channels, so that nothing is the same by chance.
    let wav = |channels: u16| {
        let spec = hound::WavSpec {
            channels,
            sample_rate: 8_000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut file = Cursor::new(Vec::new());
        let mut writer = hound::WavWriter::new(&mut file, spec).unwrap();
        (0..6i16).for_each(|sample| writer.write_sample(sample).unwrap());
        writer.finalize().unwrap();
        file.into_inner()
    };
    let three = wav(3);
    for (channels, expected) in [
        ("mix", &[][..]),
        ("left", &["a"]),
        ("right", &["b"]),
        ("3", &["c"]),
        ("keep", &["a", "b", "c"]),
        ("split", &["a", "b", "c"]),
    ] {
        let mut options = Options::default();
        options.set("target.channels", channels).unwrap();
        options.set("input.channel_names", "a,b,c").unwrap();
        let prepared = prepare(&three[..], &options).unwrap();
        assert_eq!(prepared.report().source.channel_names, ["a", "b", "c"]);
        assert_eq!(prepared.report().target.channel_names, expected, "{channels}");
    }
    let mut options = Options::default();
    options.set("input.channel_names", "a,b").unwrap();
    assert_eq!(prepare(&three[..], &options).unwrap_err().kind(), ErrorKind::InvalidArgument);
    // A mix of one channel is that channel.
    options.set("input.channel_names", "only").unwrap();
    assert_eq!(prepare(&wav(1)[..], &options).unwrap().report().target.channel_names, ["only"]);
}
