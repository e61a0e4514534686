//! The simulator reads WAV by itself; the decoder is the second opinion on what it heard.

use serde_json::json;
use voxline_core::{AudioSpec, ChannelLevel, Options, SampleRate};
use voxline_decode::{Decode, Decoder, PcmChunk, Pull};
use voxline_sim::SimOptions;

use crate::common::{base64, chat, start, valid_with};

/// Frames and level by voxline-decode, under `strict`.
fn decoded(file: &[u8]) -> (u64, ChannelLevel) {
    let mut options = Options::default();
    options.input.strict = true;
    let mut decoder = Decoder::new(&options.input, &options.limits);
    decoder.push(file).unwrap();
    decoder.finish();
    let mut chunk = PcmChunk::new(AudioSpec::new(SampleRate::new(8_000).unwrap(), 1).unwrap());
    let (mut frames, mut peak, mut squares) = (0, 0.0_f64, 0.0_f64);
    loop {
        match decoder.pull(&mut chunk).unwrap() {
            Pull::Frames(n) => frames += n as u64,
            Pull::NeedMore => panic!("the input is over"),
            Pull::End => break,
        }
        for sample in chunk.samples.iter().copied().map(f64::from) {
            peak = peak.max(sample.abs());
            squares += sample * sample;
        }
    }
    (frames, ChannelLevel::from_linear(peak, (squares / frames as f64).sqrt()))
}

/// Noise that is never silent and never the same, by a linear congruence (Numerical Recipes, §7.1: "quick and dirty").
fn noise(frames: usize) -> Vec<i16> {
    let mut state = 1_u32;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) as i16
    })
    .take(frames)
    .collect()
}

#[test]
fn the_simulator_and_the_decoder_hear_the_same() {
    let simulator = start(SimOptions::default());
    for (index, (rate_hz, voice_type, frames)) in
        [(8_000, "8k", 1), (8_000, "8k", 4_097), (16_000, "16k", 160), (16_000, "16k", 299_900)].into_iter().enumerate()
    {
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: rate_hz,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut file = std::io::Cursor::new(Vec::new());
        let mut writer = hound::WavWriter::new(&mut file, spec).unwrap();
        for sample in noise(frames) {
            writer.write_sample(sample).unwrap();
        }
        writer.finalize().unwrap();
        let file = file.into_inner();

        let answer = chat(&simulator, &valid_with(json!({ "encodeData": base64(&file), "voiceType": voice_type })));
        assert_eq!(answer["status"], 0, "{answer}");
        let heard = simulator.chat_requests()[index].heard.clone().unwrap();
        let (expected_frames, level) = decoded(&file);
        assert_eq!((heard.frames, heard.sample_rate_hz), (expected_frames, rate_hz));
        assert_eq!(heard.frames, frames as u64);
        assert_eq!(heard.level.peak_dbfs, level.peak_dbfs);
        // One sample more or less of 299 900 moves the level by 1e−5 dB; rounding of the sums by 1e−12.
        let difference = heard.level.rms_dbfs.unwrap() - level.rms_dbfs.unwrap();
        assert!(difference.abs() < 1e-9, "{difference}");
    }
}
