//! What the tests share.

use voxline::{Options, Part, Report, Result, Splitter};
use voxline_testkit::rng::Rng;

/// Options for headerless 16-bit input, with some keys set.
pub(crate) fn raw(rate_hz: u32, channels: u16, pairs: &[(&str, &str)]) -> Options {
    let mut options = Options::default();
    options.set("input.raw_format", "s16le").unwrap();
    options.input.raw_rate_hz = rate_hz;
    options.input.raw_channels = channels;
    for (key, value) in pairs {
        options.set(key, value).unwrap_or_else(|error| panic!("{error}"));
    }
    options
}

pub(crate) fn bytes(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

/// Bursts of noise with gaps between them, each channel its own: enough for the laws, which know no speech.
pub(crate) fn bursts(seed: u64, frames: usize, channels: usize) -> Vec<i16> {
    let mut rng = Rng::new(seed);
    let mut planes = Vec::new();
    for _ in 0..channels {
        let mut plane: Vec<i16> = Vec::with_capacity(frames);
        while plane.len() < frames {
            let loud = if rng.unit() < 0.6 { 12_000.0 } else { 30.0 };
            let length = (200 + rng.below(4_000)).min(frames - plane.len());
            plane.extend((0..length).map(|_| (loud * (2.0 * rng.unit() - 1.0)) as i16));
        }
        planes.push(plane);
    }
    (0..frames).flat_map(|n| planes.iter().map(move |plane| plane[n]).collect::<Vec<_>>()).collect()
}

/// The parts when the input comes in pieces of these sizes.
pub(crate) fn stream(input: &[u8], options: &Options, mut piece: impl FnMut() -> usize) -> Result<(Vec<Part>, Report)> {
    let mut splitter = Splitter::new(options)?;
    let (mut parts, mut rest) = (Vec::new(), input);
    while !rest.is_empty() {
        let (now, later) = rest.split_at(rest.len().min(piece().max(1)));
        splitter.push(now)?;
        while let Some(part) = splitter.pull()? {
            parts.push(part);
        }
        rest = later;
    }
    let report = splitter.finish()?;
    while let Some(part) = splitter.pull()? {
        parts.push(part);
    }
    Ok((parts, report))
}
