//! The Speex codec: a frame in, a packet out, and back.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use voxline_speex::{Decoder, Encoder, EncoderOptions, Mode, kernel_cases};
use voxline_testkit::signal::speech_like;

const MODES: [Mode; 2] = [Mode::Narrowband, Mode::Wideband];
/// Frames that each iteration goes on by, one after the other and over again: 2 s.
const FRAMES: usize = 100;

fn speech(mode: Mode) -> Vec<f32> {
    let samples = speech_like(1, mode.sample_rate_hz(), 2 * FRAMES * mode.frame_samples());
    samples[FRAMES * mode.frame_samples()..].iter().map(|x| 0.4 * x).collect()
}

#[expect(clippy::expect_used, reason = "the settings and buffers are constants of the bench")]
fn encode(c: &mut Criterion) {
    for mode in MODES {
        let speech = speech(mode);
        let mut group = c.benchmark_group(format!("speex encode {mode:?}"));
        group.throughput(Throughput::Elements(mode.frame_samples() as u64));
        for (quality, complexity) in (0..=10).map(|quality| (quality, 3)).chain([(8, 1), (8, 5), (8, 10)]) {
            let options = EncoderOptions::default().with_quality(quality).with_complexity(complexity);
            let mut encoder = Encoder::new(mode, &options).expect("known settings");
            let mut packet = vec![0; encoder.packet_bytes()];
            let mut frames = speech.chunks_exact(mode.frame_samples()).cycle();
            group.bench_function(BenchmarkId::new(format!("complexity {complexity}"), quality), |b| {
                b.iter(|| {
                    let frame = frames.next().expect("there is speech");
                    encoder.encode_f32(black_box(frame), &mut packet).expect("a whole frame")
                });
            });
        }
        group.finish();
    }
}

#[expect(clippy::expect_used, reason = "the settings and buffers are constants of the bench")]
fn decode(c: &mut Criterion) {
    for mode in MODES {
        let speech = speech(mode);
        let mut group = c.benchmark_group(format!("speex decode {mode:?}"));
        group.throughput(Throughput::Elements(mode.frame_samples() as u64));
        for quality in 0..=10 {
            let options = EncoderOptions::default().with_quality(quality);
            let mut encoder = Encoder::new(mode, &options).expect("known settings");
            let packets: Vec<Vec<u8>> = speech
                .chunks_exact(mode.frame_samples())
                .map(|frame| {
                    let mut packet = vec![0; encoder.packet_bytes()];
                    encoder.encode_f32(frame, &mut packet).expect("a whole frame");
                    packet
                })
                .collect();
            let mut decoder = Decoder::new(mode);
            let mut frame = vec![0.0; mode.frame_samples()];
            let mut packets = packets.iter().cycle();
            group.bench_function(BenchmarkId::from_parameter(quality), |b| {
                b.iter(|| {
                    let packet = packets.next().expect("there are packets");
                    decoder.decode_f32(black_box(packet), &mut frame).expect("a whole packet");
                });
            });
        }
        group.finish();
    }
}

/// The encoder's inner loops, each in all instruction sets that the processor has.
fn kernels(c: &mut Criterion) {
    let mut group = c.benchmark_group("speex kernels");
    for mut case in kernel_cases() {
        group.bench_function(BenchmarkId::new(case.name, case.set), |b| b.iter(|| (case.run)()));
    }
    group.finish();
}

criterion_group!(benches, encode, decode, kernels);
criterion_main!(benches);
