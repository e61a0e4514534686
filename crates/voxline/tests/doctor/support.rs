//! What the tests share.

use voxline::{Diagnosis, Finding, FindingName, Options, doctor};
use voxline_testkit::signal;

/// 15.4 s of stereo MP3 at 44.1 kHz.
pub(crate) const CALL_MP3: &[u8] = include_bytes!("../../../../assets/call.mp3");
/// 6.5 s of stereo 16-bit WAV at 8 kHz.
pub(crate) const CALL_WAV: &[u8] = include_bytes!("../../../../assets/call.wav");

/// A WAV file of 16 bits; what is louder is cut off.
pub(crate) fn wav(planes: &[Vec<f32>], rate_hz: u32) -> Vec<u8> {
    let spec = hound::WavSpec {
        channels: planes.len() as u16,
        sample_rate: rate_hz,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut bytes, spec).unwrap();
    for n in 0..planes[0].len() {
        for plane in planes {
            writer.write_sample((plane[n] * 32_768.0).round().clamp(-32_768.0, 32_767.0) as i16).unwrap();
        }
    }
    writer.finalize().unwrap();
    bytes.into_inner()
}

pub(crate) fn examine(planes: &[Vec<f32>], rate_hz: u32) -> Diagnosis {
    let diagnosis = doctor(&wav(planes, rate_hz), &Options::default()).unwrap();
    diagnosis.findings.iter().for_each(crate::page::check);
    diagnosis
}

pub(crate) fn names(diagnosis: &Diagnosis) -> Vec<FindingName> {
    diagnosis.findings.iter().map(|finding| finding.name).collect()
}

/// The only finding there is.
pub(crate) fn only(diagnosis: &Diagnosis) -> &Finding {
    let [finding] = &diagnosis.findings[..] else { panic!("one finding expected: {:#?}", diagnosis.findings) };
    finding
}

pub(crate) fn near(finding: &Finding, figure: &str, expected: f64, tolerance: f64) {
    let found = finding.figure(figure).unwrap_or_else(|| panic!("no {figure} in {finding:?}"));
    assert!((found - expected).abs() <= tolerance, "{figure} is {found}, not {expected}: {finding:?}");
}

/// Somebody who speaks for 2.8 s of every `of` seconds, beginning at `from`, over a line with noise at -66 dBFS.
pub(crate) fn speaker(seed: u64, rate_hz: u32, seconds: usize, of: usize, from: usize) -> Vec<f32> {
    let rate = rate_hz as usize;
    let frames = seconds * rate;
    let speech = signal::speech_like(seed, rate_hz, frames);
    let noise = signal::white_noise(seed + 100, frames);
    let speaks = |n: usize| (n + (of - from % of) * rate) % (of * rate) < 28 * rate / 10;
    (0..frames).map(|n| if speaks(n) { speech[n] } else { 0.0 } + 0.000_87 * noise[n]).collect()
}

/// Two who take turns of three seconds; the first one coughs twice into the words of the other.
pub(crate) fn call(rate_hz: u32, seconds: usize) -> [Vec<f32>; 2] {
    let [mut agent, customer] = [speaker(1, rate_hz, seconds, 6, 0), speaker(2, rate_hz, seconds, 6, 3)];
    let half = rate_hz as usize / 2;
    for start in [3 * rate_hz as usize, 9 * rate_hz as usize] {
        for (x, word) in agent[start..start + half].iter_mut().zip(signal::white_noise(3, half)) {
            *x += 0.2 * word;
        }
    }
    [agent, customer]
}

/// `plane`, late by `lag` frames and with this gain, on top of `onto`.
pub(crate) fn leak(onto: &[f32], plane: &[f32], lag: usize, gain: f64) -> Vec<f32> {
    onto.iter()
        .enumerate()
        .map(|(n, x)| x + if n < lag { 0.0 } else { (gain * f64::from(plane[n - lag])) as f32 })
        .collect()
}

pub(crate) fn scaled(plane: &[f32], gain: f64) -> Vec<f32> {
    plane.iter().map(|x| (gain * f64::from(*x)) as f32).collect()
}
