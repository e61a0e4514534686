//! Samples in memory.

use std::ops::ControlFlow::{self, Break, Continue};

use voxline::{ErrorKind, Loaded, Progress, Result, Sample};

use crate::support::{CALL_MP3, CALL_WAV, options};

fn load<S: Sample>(bytes: &[u8], pairs: &[(&str, &str)]) -> Result<Loaded<S>> {
    voxline::load(bytes, &options(pairs), |_| Continue(()))
}

#[test]
fn sixteen_bit_samples_are_those_of_prepared_pcm() {
    for pairs in [&[][..], &[("target.sample_rate_hz", "keep"), ("target.channels", "keep")]] {
        for bytes in [CALL_MP3, CALL_WAV] {
            let loaded = load::<i16>(bytes, pairs).unwrap();
            let pcm = options(&[pairs, &[("target.encoding", "pcm")]].concat());
            let prepared = voxline::prepare(bytes, &pcm).unwrap();
            assert_eq!(loaded.samples.iter().flat_map(|s| s.to_le_bytes()).collect::<Vec<_>>(), prepared.data());
            assert_eq!(&loaded.report, prepared.report());
            assert_eq!(loaded.samples.len() as u64, loaded.report.target.frames * u64::from(loaded.channel_count));
        }
    }
}

#[test]
fn floats_pass_as_they_are_even_beyond_full_scale() {
    let signal: Vec<f32> = (0..100_000).map(|i| (i as f32 * 0.1).sin() * 1.5).collect();
    let bytes: Vec<u8> = signal.iter().flat_map(|x| x.to_le_bytes()).collect();
    let raw = [("input.raw_format", "f32le"), ("input.raw_rate_hz", "16000")];
    let loaded = load::<f32>(&bytes, &raw).unwrap();
    assert_eq!(loaded.samples, signal);
    assert_eq!((loaded.channel_count, loaded.sample_rate_hz), (1, 16_000));
    assert_eq!(loaded.report.target.samples_clipped, 0);
    assert!(load::<i16>(&bytes, &raw).unwrap().report.target.samples_clipped > 10_000);
}

#[test]
fn the_encoding_does_not_matter_and_split_is_refused() {
    let wav = load::<i16>(CALL_WAV, &[]).unwrap();
    let speex = load::<i16>(CALL_WAV, &[("target.encoding", "speex"), ("target.base64", "on")]).unwrap();
    assert_eq!(wav, speex);
    let error = load::<i16>(CALL_WAV, &[("target.channels", "split")]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(error.context().contains("keep"), "{error}");
}

#[test]
fn progress_can_cancel() {
    let mut seen = Vec::new();
    let mut stop = |progress: Progress| -> ControlFlow<()> {
        seen.push(progress.input_bytes);
        if seen.len() == 2 { Break(()) } else { Continue(()) }
    };
    let error = voxline::load::<i16>(CALL_MP3, &options(&[]), &mut stop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert_eq!(seen, [65_536, 131_072]);
}

#[test]
fn levels_are_those_of_the_samples_whether_they_pass_through_or_stop_doing_so() {
    // Mono at 24 kHz; the stereo call at 44.1 kHz that is glued to it is brought to one channel and resampled.
    let answer: &[u8] = include_bytes!("../../../../assets/answer/answer.mp3");
    let glued = [answer, CALL_MP3].concat();
    let mut loudness = Vec::new();
    for (bytes, rate) in [(answer, "24000"), (&glued, "24000"), (&glued, "44100"), (answer, "16000")] {
        let loaded = load::<f32>(bytes, &[("target.sample_rate_hz", rate)]).unwrap();
        let [level] = loaded.report.target.channels[..] else { panic!("{:?}", loaded.report.target) };
        let peak = loaded.samples.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
        let square = loaded.samples.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / loaded.samples.len() as f64;
        assert!((level.peak_dbfs.unwrap() - 20.0 * f64::from(peak).log10()).abs() < 1e-9, "{rate}: {level:?}");
        assert!((level.rms_dbfs.unwrap() - 10.0 * square.log10()).abs() < 1e-9, "{rate}: {level:?}");
        loudness.push(level.rms_dbfs);
    }
    // It differs from case to case, or the second and third would prove nothing.
    assert!(loudness[0] != loudness[1] && loudness[1] != loudness[2]);
}
