//! The Layer III conformance streams, if the optional folder of vectors is there (docs/vectors.md).

use std::path::Path;

use crate::support::{decode, s16};

/// Largest difference to the reference in units of s16, and largest RMS of the difference.
const MAX_DIFFERENCE: i32 = 1;
const MAX_RMS: f64 = 0.5;

fn check(stream: &Path, reference: &Path) {
    let name = stream.file_stem().unwrap().to_string_lossy().into_owned();
    let bytes = std::fs::read(stream).unwrap();
    let decoded = decode(&bytes).unwrap();
    let ours: Vec<i32> = decoded.samples.iter().map(|&x| s16(x)).collect();
    let theirs: Vec<i32> = std::fs::read(reference)
        .unwrap()
        .chunks_exact(2)
        .map(|b| i32::from(i16::from_le_bytes([b[0], b[1]])))
        .collect();
    // sin1k0db is cut out of a longer stream: its first two whole frames need data from before the cut. Here they are
    // silence, the reference leaves them out.
    let skipped_frames = if name.contains("sin1k0db") { 2 } else { 0 };
    let channels = decoded.channels;
    let skip = skipped_frames * 1152 * channels;
    assert_eq!(decoded.bad_frames, skipped_frames as u64, "{name}: {:?}", decoded.warnings);
    assert!(ours.len() >= skip + theirs.len(), "{name}: {} samples, reference {}", ours.len(), theirs.len());
    // References stop up to two frames early.
    assert!(ours.len() - skip - theirs.len() <= 2 * 1152 * 2, "{name}: {} of {}", ours.len(), theirs.len());
    let mut squares = 0.0;
    for (i, (a, b)) in ours[skip..].iter().zip(&theirs).enumerate() {
        let difference = (a - b).abs();
        assert!(difference <= MAX_DIFFERENCE, "{name}: sample {i} is {a}, the reference says {b}");
        squares += f64::from(difference * difference);
    }
    let rms = (squares / theirs.len().max(1) as f64).sqrt();
    assert!(rms < MAX_RMS, "{name}: RMS difference {rms}");
}

#[test]
fn layer3_streams_decode_to_their_references() {
    let Some(folder) = voxline_testkit::tools::vectors() else { return };
    let mut checked = 0;
    for entry in std::fs::read_dir(folder.join("mp3")).unwrap() {
        let stream = entry.unwrap().path();
        if stream.extension().is_some_and(|e| e == "bit") {
            check(&stream, &stream.with_extension("pcm"));
            checked += 1;
        }
    }
    eprintln!("checked {checked} conformance streams");
    assert!(checked >= 11, "only {checked} streams in {}", folder.display());
}
