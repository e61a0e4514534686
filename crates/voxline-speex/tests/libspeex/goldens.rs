//! The recipe of the goldens, and libspeex's own opinion of them.

use voxline_speex::Mode;

use crate::files::{CASES, assert_same, path};
use crate::oracle::{Decoder, Encoder, Libspeex, libspeex};
use crate::speech::bundled;
use crate::streams::changing;

/// Frames that a sub-mode is kept for.
const RUN: usize = 8;
const LOST: [u8; 2] = [0xFF, 0xFF];

#[test]
#[ignore = "writes the files of tests/golden; run it when the cases change"]
fn make_goldens() {
    let library = libspeex().expect("goldens are made with libspeex");
    for case in CASES.iter().filter(|case| case.samples == case.packets) {
        let packets = match case.packets {
            "narrowband" | "wideband" => every_sub_mode(library, case.mode),
            "narrowband-lossy" | "wideband-lossy" => lossy(library, case.mode),
            "messages" => messages(library),
            other => panic!("no recipe for {other}"),
        };
        let bytes: Vec<u8> = packets
            .iter()
            .flat_map(|packet| match packet {
                Some(packet) => [&(packet.len() as u16).to_le_bytes()[..], packet].concat(),
                None => LOST.to_vec(),
            })
            .collect();
        std::fs::write(path(case.packets, "packets"), bytes).unwrap();
    }
    for case in CASES {
        let samples = theirs(library, case.mode, case.is_enhanced, &case.read_packets());
        let bytes: Vec<u8> = samples.iter().flat_map(|x| x.to_le_bytes()).collect();
        std::fs::write(path(case.samples, "pcm"), bytes).unwrap();
    }
}

#[test]
fn goldens_are_what_libspeex_says() {
    let Some(library) = libspeex() else { return };
    for case in CASES {
        let samples = theirs(library, case.mode, case.is_enhanced, &case.read_packets());
        assert_same(&samples, &case.read_samples(), case.samples);
    }
}

fn theirs(library: &'static Libspeex, mode: Mode, is_enhanced: bool, packets: &[Option<Vec<u8>>]) -> Vec<i16> {
    let mut decoder = Decoder::new(library, mode, is_enhanced);
    let mut samples = Vec::new();
    let round = |frame: Vec<f32>| frame.into_iter().map(|x| (f64::from(x) + 0.5).floor() as i16);
    for packet in packets {
        match packet {
            None => samples.extend(round(decoder.conceal())),
            Some(packet) => {
                decoder.take(packet);
                while let Ok(frame) = decoder.next_frame() {
                    samples.extend(round(frame));
                }
            }
        }
    }
    samples
}

/// Sub-modes in turn, in wideband with layers that change at another pace.
fn every_sub_mode(library: &'static Libspeex, mode: Mode) -> Vec<Option<Vec<u8>>> {
    let order = [5, 1, 8, 2, 3, 0, 4, 6, 7];
    let speech = &bundled(mode)[..order.len() * RUN * mode.frame_samples()];
    let choose = |i: usize| {
        let low = order[i / RUN];
        (low, if low == 0 { 0 } else { (i % 5) as i32 })
    };
    changing(library, mode, speech, choose).into_iter().map(Some).collect()
}

/// Losses from one frame to twelve in a row, then a sender that stops.
fn lossy(library: &'static Libspeex, mode: Mode) -> Vec<Option<Vec<u8>>> {
    let speech = &bundled(mode)[..50 * mode.frame_samples()];
    let choose = |i| if i == 44 { (1, 1) } else { ([4, 7, 2, 8][i % 4], [1, 3, 2, 4][i % 4]) };
    let mut packets: Vec<_> = changing(library, mode, speech, choose).into_iter().map(Some).collect();
    for lost in [8..9, 14..16, 20..32, 36..39, 45..49] {
        packets[lost].fill(None);
    }
    // Bits 39 to 42 of sub-mode 1: transmission stops.
    let stop = packets[44].as_mut().unwrap();
    stop[4] |= 1;
    stop[5] |= 0xE0;
    packets
}

/// Two to four frames a packet with requests, stereo side information, user messages and terminators between them.
fn messages(library: &'static Libspeex) -> Vec<Option<Vec<u8>>> {
    let mut encoder = Encoder::new(library, Mode::Narrowband, 3, 2);
    let speech = bundled(Mode::Narrowband);
    let mut packets = Vec::new();
    for (i, frame) in speech.chunks_exact(160).take(36).enumerate() {
        // Intensity stereo: balance and ratio of energies.
        encoder.add_bits(0b0_1110_1001, 9);
        encoder.add_bits(0x5A, 8);
        if i % 3 == 0 {
            // A user message of three bytes.
            encoder.add_bits(0b0_1101_0011, 9);
            encoder.add_bits(0b1_0101, 5);
            encoder.add_bits(0xF_ABCD, 20);
            encoder.add_bits(0b0110, 4);
        }
        encoder.add(frame);
        if [2, 4, 8, 11].contains(&(i % 12)) {
            if i % 12 == 8 {
                encoder.add_bits(15, 5);
                encoder.add_bits(0, 16);
            }
            packets.push(Some(encoder.packet()));
        }
    }
    packets
}
