//! Every quality and complexity, as our encoder makes them.

use voxline_speex::{Encoder, EncoderOptions, Mode};

use crate::both::{arrived, assert_alike, theirs};
use crate::oracle::{self, libspeex};
use crate::speech::{bundled, recordings};

const COMPLEXITIES: [u8; 5] = [1, 2, 3, 5, 10];

fn packets(mode: Mode, quality: u8, complexity: u8, speech: &[i16]) -> Vec<Vec<u8>> {
    let options = EncoderOptions::default().with_quality(quality).with_complexity(complexity);
    let mut encoder = Encoder::new(mode, &options).unwrap();
    let frames = speech.chunks_exact(mode.frame_samples());
    frames
        .map(|frame| {
            let mut packet = vec![0; encoder.packet_bytes()];
            encoder.encode(frame, &mut packet).unwrap();
            packet
        })
        .collect()
}

/// Each quality and complexity over `speech`: size of packets, samples of both decoders.
fn check(mode: Mode, speech: &[i16], name: &str) {
    let Some(library) = libspeex() else { return };
    for quality in 0..=10 {
        for complexity in COMPLEXITIES {
            let what = format!("{name}, {mode:?}, quality {quality}, complexity {complexity}");
            let packets = packets(mode, quality, complexity, speech);
            let size = mode.packet_bytes(quality).unwrap();
            assert!(packets.iter().all(|packet| packet.len() == size), "{what}: packets are not of {size} bytes");
            let frames = assert_alike(library, mode, &arrived(packets), &what);
            assert_eq!(frames, speech.len() / mode.frame_samples(), "{what}");
        }
    }
}

#[test]
fn our_narrowband_packets_decode_alike() {
    check(Mode::Narrowband, &bundled(Mode::Narrowband), "bundled");
}

#[test]
fn our_wideband_packets_decode_alike() {
    check(Mode::Wideband, &bundled(Mode::Wideband), "bundled");
}

#[test]
fn our_packets_of_recordings_decode_alike() {
    for mode in [Mode::Narrowband, Mode::Wideband] {
        for (name, speech) in recordings(mode) {
            // Everything beyond that is in the bundled speech already.
            let seconds = 4 * mode.sample_rate_hz() as usize;
            check(mode, &speech[..seconds.min(speech.len())], &name);
        }
    }
}

/// Mean over 20 ms of the signal-to-noise ratio where there is speech, in decibels.
fn segmental_snr_db(mode: Mode, speech: &[i16], decoded: &[f32]) -> f64 {
    let late = if mode == Mode::Narrowband { 80 } else { 223 };
    let length = mode.frame_samples();
    let mean_square = |frame: &[i16]| frame.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() / frame.len() as f64;
    let loud = mean_square(speech) * 4e-4;
    let ratios: Vec<f64> = speech[..decoded.len() - late]
        .chunks_exact(length)
        .zip(decoded[late..].chunks_exact(length))
        .filter(|(speech, _)| mean_square(speech) > loud)
        .map(|(speech, decoded)| {
            let noise = speech.iter().zip(decoded).map(|(&x, &y)| (f64::from(x) - 32_768.0 * f64::from(y)).powi(2));
            let noise = noise.sum::<f64>() / length as f64;
            (10.0 * (mean_square(speech) / noise).log10()).clamp(-10.0, 35.0)
        })
        .collect();
    ratios.iter().sum::<f64>() / ratios.len() as f64
}

#[test]
fn our_packets_sound_as_good() {
    // `cargo xtask compare speex` judges this over more speech and by ear (PESQ); here the coarse faults are caught.
    const SLACK_DB: f64 = 0.3;
    let Some(library) = libspeex() else { return };
    for mode in [Mode::Narrowband, Mode::Wideband] {
        let speech = bundled(mode);
        let mut sum = 0.0;
        for quality in 0..=10 {
            let heard = |packets| segmental_snr_db(mode, &speech, &theirs(library, mode, true, &arrived(packets)));
            let ours = heard(packets(mode, quality, 3, &speech));
            let libs = heard(oracle::Encoder::new(library, mode, quality.into(), 3).packets(&speech));
            assert!(ours > libs - SLACK_DB, "{mode:?}, quality {quality}: {ours:.2} dB, libspeex {libs:.2} dB");
            sum += ours - libs;
        }
        assert!(sum > -1.0, "{mode:?}: {:.2} dB worse on average", -sum / 11.0);
    }
}
