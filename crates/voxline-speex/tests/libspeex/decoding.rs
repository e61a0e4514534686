//! Every quality and complexity, as libspeex's encoder makes them.

use voxline_speex::{Decoder, Mode};

use crate::both::{arrived, assert_alike};
use crate::oracle::{self, libspeex};
use crate::speech::{bundled, recordings};

const COMPLEXITIES: [i32; 5] = [1, 2, 3, 5, 10];

/// Each quality and complexity over `speech`: size of packets, samples of both decoders.
fn check(mode: Mode, speech: &[i16], name: &str) {
    let Some(library) = libspeex() else { return };
    for quality in 0..=10 {
        for complexity in COMPLEXITIES {
            let what = format!("{name}, {mode:?}, quality {quality}, complexity {complexity}");
            let packets = oracle::Encoder::new(library, mode, quality.into(), complexity).packets(speech);
            let size = mode.packet_bytes(quality).unwrap();
            assert!(packets.iter().all(|packet| packet.len() == size), "{what}: packets are not of {size} bytes");
            let frames = assert_alike(library, mode, &arrived(packets), &what);
            assert_eq!(frames, speech.len() / mode.frame_samples(), "{what}");
        }
    }
}

#[test]
fn narrowband_packets_decode_alike() {
    check(Mode::Narrowband, &bundled(Mode::Narrowband), "bundled");
}

#[test]
fn wideband_packets_decode_alike() {
    check(Mode::Wideband, &bundled(Mode::Wideband), "bundled");
}

#[test]
fn narrowband_packets_of_recordings_decode_alike() {
    for (name, speech) in recordings(Mode::Narrowband) {
        check(Mode::Narrowband, &speech, &name);
    }
}

#[test]
fn wideband_packets_of_recordings_decode_alike() {
    for (name, speech) in recordings(Mode::Wideband) {
        check(Mode::Wideband, &speech, &name);
    }
}

#[test]
fn whole_numbers_are_rounded_alike() {
    let Some(library) = libspeex() else { return };
    for mode in [Mode::Narrowband, Mode::Wideband] {
        // Too loud on purpose: both must stop at the ends of the range.
        let speech: Vec<i16> = bundled(mode).iter().map(|&x| x.saturating_mul(4)).collect();
        for quality in [0, 4, 8, 10] {
            let mut theirs = oracle::Decoder::new(library, mode, true);
            let mut ours = Decoder::new(mode);
            let mut frame = vec![0; mode.frame_samples()];
            let mut highest = 0;
            for packet in oracle::Encoder::new(library, mode, quality, 2).packets(&speech) {
                let expected = theirs.decode_i16(&packet);
                ours.decode(&packet, &mut frame).unwrap();
                for (i, (&a, &e)) in frame.iter().zip(&expected).enumerate() {
                    assert!((i32::from(a) - i32::from(e)).abs() <= 1, "{mode:?} {quality}: {i} is {a}, not {e}");
                    highest = highest.max(a);
                }
            }
            assert!(quality == 0 || highest == i16::MAX, "{mode:?} {quality}: only {highest}");
        }
    }
}
