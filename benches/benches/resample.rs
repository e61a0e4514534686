//! One plane from rate to rate.

#![expect(clippy::unwrap_used, reason = "a bench that cannot be set up has nothing to measure")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use voxline_benches::{LENGTHS_MS, frames, noise};
use voxline_core::{Quality, SampleRate};
use voxline_dsp::resampler;

fn bench(c: &mut Criterion) {
    let mut group = c.benchmark_group("resample");
    let rates = [(44_100, 16_000), (48_000, 16_000), (48_000, 8_000), (8_000, 16_000), (44_100, 16_001)];
    for (from, to) in rates {
        for quality in [Quality::Fast, Quality::Standard, Quality::Best] {
            for (name, ms) in LENGTHS_MS {
                let input = noise(frames(ms, from));
                group.throughput(Throughput::Elements(input.len() as u64));
                let (from_rate, to_rate) = (SampleRate::new(from).unwrap(), SampleRate::new(to).unwrap());
                let mut kernel = resampler(from_rate, to_rate, quality).unwrap();
                let mut out = Vec::new();
                let case = BenchmarkId::new(format!("{from} to {to} {quality:?}"), name);
                group.bench_with_input(case, &input, |b, input| {
                    b.iter(|| {
                        out.clear();
                        kernel.push(black_box(input), &mut out);
                        kernel.finish(&mut out);
                    });
                });
            }
        }
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
