//! Bytes to frames.

#![expect(clippy::unwrap_used, reason = "a bench that cannot be set up has nothing to measure")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use voxline_benches::{LENGTHS_MS, frames, mp3, spec, wav};
use voxline_core::Options;
use voxline_decode::{Decode, Decoder, PcmChunk, Pull};

fn decode(bytes: &[u8]) -> usize {
    let options = Options::default();
    let mut decoder = Decoder::new(&options.input, &options.limits);
    let mut chunk = PcmChunk::new(spec(8_000, 1));
    let mut frames = 0;
    for piece in bytes.chunks(64 * 1024) {
        decoder.push(piece).unwrap();
        while let Pull::Frames(n) = decoder.pull(&mut chunk).unwrap() {
            frames += n;
        }
    }
    decoder.finish();
    while let Pull::Frames(n) = decoder.pull(&mut chunk).unwrap() {
        frames += n;
    }
    frames
}

fn bench(c: &mut Criterion) {
    let mut group = c.benchmark_group("decode");
    for (name, ms) in LENGTHS_MS {
        group.throughput(Throughput::Elements(frames(ms, 44_100) as u64));
        let bytes = mp3(ms);
        group.bench_with_input(BenchmarkId::new("mp3 44.1 kHz stereo", name), &bytes, |b, bytes| {
            b.iter(|| decode(black_box(bytes)));
        });
        group.throughput(Throughput::Elements(frames(ms, 48_000) as u64));
        let bytes = wav(ms, 48_000);
        group.bench_with_input(BenchmarkId::new("wav 48 kHz stereo s16", name), &bytes, |b, bytes| {
            b.iter(|| decode(black_box(bytes)));
        });
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
