//! Frames to planes.

#![expect(clippy::unwrap_used, reason = "a bench that cannot be set up has nothing to measure")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use voxline_benches::{LENGTHS_MS, frames, noise, spec};
use voxline_core::{ChannelMask, ChannelSelection};
use voxline_dsp::Mixer;

fn bench(c: &mut Criterion) {
    let mut group = c.benchmark_group("mix");
    for (name, ms) in LENGTHS_MS {
        let frames = frames(ms, 48_000);
        group.throughput(Throughput::Elements(frames as u64));
        let surround = spec(48_000, 6).with_mask(ChannelMask(0x3F));
        let cases = [
            ("stereo to mono", spec(48_000, 2), ChannelSelection::Mix),
            ("stereo split", spec(48_000, 2), ChannelSelection::Split),
            ("5.1 to mono", surround, ChannelSelection::Mix),
        ];
        for (case, spec, selection) in cases {
            let mixer = Mixer::new(spec, selection).unwrap();
            let input = noise(frames * spec.channels());
            let mut planes = vec![Vec::new(); mixer.output_channels()];
            group.bench_with_input(BenchmarkId::new(case, name), &input, |b, input| {
                b.iter(|| {
                    for plane in &mut planes {
                        plane.clear();
                    }
                    mixer.mix(black_box(input), &mut planes);
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
