//! f32 to 16 bits.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use voxline_benches::{LENGTHS_MS, frames, noise};
use voxline_core::Dither;
use voxline_dsp::Quantiser;

fn bench(c: &mut Criterion) {
    let mut group = c.benchmark_group("quantise");
    for dither in [Dither::None, Dither::Tpdf] {
        for (name, ms) in LENGTHS_MS {
            let input = noise(frames(ms, 16_000));
            group.throughput(Throughput::Elements(input.len() as u64));
            let mut quantiser = Quantiser::new(dither);
            let mut out = Vec::new();
            group.bench_with_input(BenchmarkId::new(format!("dither {dither:?}"), name), &input, |b, input| {
                b.iter(|| {
                    out.clear();
                    quantiser.quantise(black_box(input), &mut out);
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
