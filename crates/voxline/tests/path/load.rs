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
