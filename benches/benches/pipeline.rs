//! The whole path, from bytes to prepared bytes.

#![expect(clippy::unwrap_used, reason = "a bench that cannot be set up has nothing to measure")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use voxline::{Options, prepare};
use voxline_benches::{LENGTHS_MS, frames, mp3, wav};

fn bench(c: &mut Criterion) {
    let mut group = c.benchmark_group("pipeline");
    let mut text = Options::default();
    text.target.base64 = true;
    for (name, ms) in LENGTHS_MS {
        group.throughput(Throughput::Elements(frames(ms, 44_100) as u64));
        let input = mp3(ms);
        group.bench_with_input(BenchmarkId::new("mp3 44.1 kHz stereo to base64", name), &input, |b, input| {
            b.iter(|| prepare(black_box(input), &text).unwrap());
        });
        group.throughput(Throughput::Elements(frames(ms, 48_000) as u64));
        let input = wav(ms, 48_000);
        group.bench_with_input(BenchmarkId::new("wav 48 kHz stereo to wav", name), &input, |b, input| {
            b.iter(|| prepare(black_box(input), &Options::default()).unwrap());
        });
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
