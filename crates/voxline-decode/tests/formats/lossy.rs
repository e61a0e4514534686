//! Codecs that lose something: what two decoders make of the same file, and how long it is.

use std::path::Path;

use crate::laws::splits;
use crate::oracle::*;
use crate::support::*;

/// What ffmpeg makes of a file, in floating point.
pub(crate) fn reference(ffmpeg: &Path, file: &[u8], name: &str) -> Vec<f32> {
    // Its own decoder of Opus is another one than libopus, which everybody else uses.
    let decoder = if name.ends_with("opus") { &["-c:a", "libopus"][..] } else { &[] };
    let args = [&["-v", "error"][..], decoder, &["-i", name, "-f", "f32le", "-c:a", "pcm_f32le", "out.pcm"]].concat();
    let bytes = convert(ffmpeg, file, name, &args, "out.pcm");
    bytes.as_chunks::<4>().0.iter().map(|&b| f32::from_le_bytes(b)).collect()
}

/// The level of the difference below the level of the reference, in dB.
pub(crate) fn snr_db(got: &[f32], want: &[f32]) -> f64 {
    let energy = |samples: &mut dyn Iterator<Item = f64>| samples.map(|x| x * x).sum::<f64>();
    let noise = energy(&mut got.iter().zip(want).map(|(&a, &b)| f64::from(a) - f64::from(b)));
    10.0 * (energy(&mut want.iter().map(|&x| f64::from(x))) / noise.max(1e-30)).log10()
}

/// A file of ffmpeg's encoder decoded as ffmpeg does, to within `least_db` of its level, and exactly as long as what was
/// encoded.
#[track_caller]
pub(crate) fn agrees(ffmpeg: &Path, signal: &Signal, flags: &[&str], name: &str, least_db: f64) -> (Vec<u8>, Outcome) {
    let bytes = ffmpeg_file(ffmpeg, signal, flags, name);
    let frames = signal.samples.len() / signal.channels;
    let what = format!("{flags:?}, {} frames of {} at {}", frames, signal.name, signal.rate_hz);
    let got = splits(&bytes, &what);
    assert_eq!((got.codes(), &got.error), (vec![], &None), "{what}: {:?}", got.warnings);
    let want = reference(ffmpeg, &bytes, name);
    let samples = got.samples();
    let snr = snr_db(&samples, &want);
    assert!(snr > least_db, "{what}: {snr} dB");
    (bytes, got)
}

/// Where the pages of an Ogg file begin.
#[cfg(any(feature = "vorbis", feature = "opus"))]
pub(crate) fn pages(bytes: &[u8]) -> Vec<usize> {
    bytes.windows(5).enumerate().filter(|(_, window)| *window == b"OggS\0").map(|(at, _)| at).collect()
}

/// Makes the checksums of pages right (RFC 3533 §6: polynomial 0x04C11DB7, the checksum's own bytes 0).
#[cfg(any(feature = "vorbis", feature = "opus"))]
pub(crate) fn with_checksums(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let mut starts = pages(&bytes);
    starts.push(bytes.len());
    for pair in starts.windows(2) {
        let Some(&segments) = bytes.get(pair[0] + 26) else { continue };
        let table: usize = bytes[pair[0] + 27..].iter().take(segments.into()).map(|&n| usize::from(n)).sum();
        let end = (pair[0] + 27 + usize::from(segments) + table).min(bytes.len());
        bytes[pair[0] + 22..pair[0] + 26].fill(0);
        let crc = bytes[pair[0]..end].iter().fold(0u32, |crc, &byte| {
            (0..8).fold(crc ^ u32::from(byte) << 24, |crc, _| crc << 1 ^ if crc >> 31 == 1 { 0x04C1_1DB7 } else { 0 })
        });
        bytes[pair[0] + 22..pair[0] + 26].copy_from_slice(&crc.to_le_bytes());
    }
    bytes
}
