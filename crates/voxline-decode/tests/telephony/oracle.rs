//! sox and ffmpeg: what they write, and what they read out of it.

use std::path::Path;
use std::process::Command;

use voxline_testkit::signal;

use crate::support::{Outcome, s16_bytes};

/// A signal as 16-bit samples, interleaved, different in each channel.
pub(crate) struct Signal {
    pub(crate) name: &'static str,
    pub(crate) samples: Vec<i16>,
    pub(crate) channels: usize,
    pub(crate) rate_hz: u32,
}

/// Something like speech, noise at full scale, and noise far beyond full scale, which is clipped most of the time: the
/// steps of every codec go through their whole range.
pub(crate) fn signals(rate_hz: u32, channels: usize, frames: usize) -> Vec<Signal> {
    let made = |name, gain: f32, plane: fn(u64, u32, usize) -> Vec<f32>| {
        let planes: Vec<Vec<f32>> = (0..channels).map(|c| plane(c as u64 + 1, rate_hz, frames)).collect();
        let sample = |at: usize| (planes[at % channels][at / channels] * gain * 32_767.0).clamp(-32_768.0, 32_767.0);
        Signal { name, samples: (0..frames * channels).map(|at| sample(at) as i16).collect(), channels, rate_hz }
    };
    vec![
        made("speech", 1.0, signal::speech_like),
        made("noise", 1.0, |seed, _, frames| signal::white_noise(seed, frames)),
        made("clipped", 20.0, |seed, _, frames| signal::white_noise(seed + 9, frames)),
    ]
}

/// The signal in a file that sox makes with these flags; the name's ending says which kind.
pub(crate) fn sox_file(sox: &Path, signal: &Signal, flags: &[&str], name: &str) -> Vec<u8> {
    let (rate, channels) = (signal.rate_hz.to_string(), signal.channels.to_string());
    let raw = ["-D", "-t", "raw", "-e", "signed", "-b", "16", "-r", &rate, "-c", &channels, "in.raw"];
    convert(sox, &s16_bytes(&signal.samples), "in.raw", &[&raw[..], flags, &[name]].concat(), name)
}

/// The same by ffmpeg.
pub(crate) fn ffmpeg_file(ffmpeg: &Path, signal: &Signal, flags: &[&str], name: &str) -> Vec<u8> {
    let (rate, channels) = (signal.rate_hz.to_string(), signal.channels.to_string());
    let raw = ["-v", "error", "-f", "s16le", "-ar", &rate, "-ac", &channels, "-i", "in.raw"];
    convert(ffmpeg, &s16_bytes(&signal.samples), "in.raw", &[&raw[..], flags, &[name]].concat(), name)
}

/// What sox makes of a file: 16-bit samples.
pub(crate) fn sox_samples(sox: &Path, file: &[u8], name: &str) -> Vec<i16> {
    let out = ["-t", "raw", "-e", "signed", "-b", "16", "out.pcm"];
    samples(&convert(sox, file, name, &[&["-D", name][..], &out].concat(), "out.pcm"))
}

/// What ffmpeg makes of a file; `flags` before the input.
pub(crate) fn ffmpeg_samples(ffmpeg: &Path, file: &[u8], flags: &[&str], name: &str) -> Vec<i16> {
    let out = ["-i", name, "-f", "s16le", "out.pcm"];
    samples(&convert(ffmpeg, file, name, &[&["-v", "error"][..], flags, &out].concat(), "out.pcm"))
}

/// Runs a program on a file in a folder of its own; the file that it writes.
pub(crate) fn convert(program: &Path, input: &[u8], input_name: &str, args: &[&str], output_name: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(input_name), input).unwrap();
    let done = Command::new(program).args(args).current_dir(&folder).output().unwrap();
    assert!(done.status.success(), "{} {args:?}: {}", program.display(), String::from_utf8_lossy(&done.stderr));
    std::fs::read(folder.path().join(output_name)).unwrap()
}

fn samples(bytes: &[u8]) -> Vec<i16> {
    bytes.as_chunks::<2>().0.iter().map(|&b| i16::from_le_bytes(b)).collect()
}

/// The decoded samples as 16-bit integers, which they have to be exactly.
pub(crate) fn integers(outcome: &Outcome) -> Vec<i16> {
    let integer = |sample: f32| {
        let scaled = sample * 32_768.0;
        assert!(scaled.fract() == 0.0 && (-32_768.0..=32_767.0).contains(&scaled), "{sample} is no 16-bit sample");
        scaled as i16
    };
    outcome.samples().into_iter().map(integer).collect()
}

/// Both, or the first place where they differ.
#[track_caller]
pub(crate) fn assert_same(got: &[i16], want: &[i16], what: &str) {
    let place = got.iter().zip(want).position(|(a, b)| a != b);
    if let Some(at) = place {
        panic!("{what}: sample {at} is {} and should be {}", got[at], want[at]);
    }
    assert_eq!(got.len(), want.len(), "{what}: number of samples");
}
