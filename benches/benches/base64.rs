//! Prepared bytes to text.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use voxline::payload::Base64Encoder;
use voxline_benches::{LENGTHS_MS, frames};

fn bench(c: &mut Criterion) {
    let mut group = c.benchmark_group("base64");
    for (name, ms) in LENGTHS_MS {
        let bytes: Vec<u8> = (0..frames(ms, 16_000) * 2).map(|i| (i * 31 % 251) as u8).collect();
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        let mut text = Vec::new();
        // Chunks that are no multiple of three, as they come from the path.
        group.bench_with_input(BenchmarkId::new("chunks of 4000 bytes", name), &bytes, |b, bytes| {
            b.iter(|| {
                text.clear();
                let mut encoder = Base64Encoder::new();
                for chunk in black_box(bytes).chunks(4_000) {
                    encoder.push(chunk, &mut text);
                }
                encoder.finish(&mut text);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
