//! Inputs of the benchmarks: 20 ms (a packet), 1 s (a phrase) and 60 s (a short call).

use std::io::Cursor;

use voxline_core::{AudioSpec, SampleRate};
use voxline_testkit::signal::white_noise;

/// The lengths that every bench runs over, with their names.
pub const LENGTHS_MS: [(&str, usize); 3] = [("20ms", 20), ("1s", 1_000), ("60s", 60_000)];

/// The bundled call: stereo MP3 at 44.1 kHz, 15.4 s.
pub const CALL_MP3: &[u8] = include_bytes!("../assets/call.mp3");
const CALL_MS: usize = 15_406;

/// Frames of `length_ms` at `rate_hz`.
pub fn frames(length_ms: usize, rate_hz: u32) -> usize {
    length_ms * rate_hz as usize / 1_000
}

/// Noise at a quarter of full scale.
pub fn noise(samples: usize) -> Vec<f32> {
    let mut noise = white_noise(1, samples);
    for sample in &mut noise {
        *sample *= 0.25;
    }
    noise
}

/// A specification that is known to be good.
#[expect(clippy::expect_used, reason = "the arguments are constants of the benches")]
pub fn spec(rate_hz: u32, channels: u16) -> AudioSpec {
    SampleRate::new(rate_hz).and_then(|rate| AudioSpec::new(rate, channels)).expect("a valid specification")
}

/// About `length_ms` of the bundled call as MP3: cut, or repeated without the first frame's statement of length.
pub fn mp3(length_ms: usize) -> Vec<u8> {
    // MPEG-1 Layer III at 96 kbit/s and 44.1 kHz; the first frame holds the LAME tag.
    let first = 144_000 * 96 / 44_100;
    let audio = &CALL_MP3[first..];
    let bytes = (audio.len() * length_ms / CALL_MS).max(6 * (first + 1));
    audio.iter().copied().cycle().take(bytes).collect()
}

/// `length_ms` of stereo noise as 16-bit WAV.
#[expect(clippy::expect_used, reason = "writing to memory does not fail")]
pub fn wav(length_ms: usize, rate_hz: u32) -> Vec<u8> {
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: rate_hz,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut bytes = Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut bytes, spec).expect("a header");
    for sample in noise(frames(length_ms, rate_hz) * 2) {
        writer.write_sample((sample * 32_767.0) as i16).expect("a sample");
    }
    writer.finalize().expect("a length");
    bytes.into_inner()
}
