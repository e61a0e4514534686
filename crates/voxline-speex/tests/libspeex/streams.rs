//! Streams that no single quality makes: every sub-mode, changes, losses, messages, the other mode's packets.

use voxline_speex::Mode;
use voxline_testkit::rng::Rng;

use crate::both::{Arrival, arrived, assert_alike};
use crate::oracle::{Encoder, Libspeex, Setting, libspeex};
use crate::speech::bundled;

const MODES: [Mode; 2] = [Mode::Narrowband, Mode::Wideband];

/// Packets whose sub-mode and layer change as `choose` says, frame by frame.
pub(crate) fn changing(
    library: &'static Libspeex,
    mode: Mode,
    speech: &[i16],
    mut choose: impl FnMut(usize) -> (i32, i32),
) -> Vec<Vec<u8>> {
    let mut encoder = Encoder::new(library, mode, 8, 2);
    let frames = speech.chunks_exact(mode.frame_samples()).enumerate();
    frames
        .map(|(i, frame)| {
            let (low, high) = choose(i);
            encoder.set(Setting::LowMode, low);
            if mode == Mode::Wideband {
                encoder.set(Setting::HighMode, high);
            }
            encoder.add(frame);
            encoder.packet()
        })
        .collect()
}

#[test]
fn every_sub_mode_with_every_layer() {
    let Some(library) = libspeex() else { return };
    for mode in MODES {
        let speech = &bundled(mode)[..50 * mode.frame_samples()];
        for low in 0..=8 {
            for high in 0..=if mode == Mode::Wideband { 4 } else { 0 } {
                // Only silence would be nothing to compare.
                let start = |i| if i < 10 { (5, 1.min(high)) } else { (low, high) };
                let packets = changing(library, mode, speech, start);
                assert_alike(library, mode, &arrived(packets), &format!("{mode:?}, sub-mode {low}, layer {high}"));
            }
        }
    }
}

#[test]
fn sub_modes_that_change_at_random() {
    let Some(library) = libspeex() else { return };
    for mode in MODES {
        for seed in 0..5 {
            let mut rng = Rng::new(seed);
            // Folding needs an innovation of the low band, which sub-mode 0 has not: libspeex then takes what lies in
            // its buffer.
            let choose = |_| match rng.below(9) as i32 {
                0 => (0, 0),
                low => (low, rng.below(5) as i32),
            };
            let packets = changing(library, mode, &bundled(mode), choose);
            assert_alike(library, mode, &arrived(packets), &format!("{mode:?}, seed {seed}"));
        }
    }
}

#[test]
fn losses_are_concealed_alike() {
    let Some(library) = libspeex() else { return };
    for mode in MODES {
        for (quality, percent) in [(0, 20), (1, 10), (2, 20), (4, 30), (6, 50), (8, 10), (8, 30), (10, 70)] {
            let packets = Encoder::new(library, mode, quality, 2).packets(&bundled(mode));
            let mut rng = Rng::new(quality as u64);
            let arrivals: Vec<Arrival> = packets
                .into_iter()
                .map(|packet| if rng.below(100) < percent { Arrival::Lost } else { Arrival::Packet(packet) })
                .collect();
            assert_alike(library, mode, &arrivals, &format!("{mode:?}, quality {quality}, {percent} % lost"));
        }
    }
}

#[test]
fn a_long_loss_fades_alike() {
    let Some(library) = libspeex() else { return };
    for mode in MODES {
        let packets = Encoder::new(library, mode, 7, 2).packets(&bundled(mode));
        for start in [0, 20, 35, 50] {
            let mut arrivals = arrived(packets.clone());
            arrivals[start..start + 15].fill(Arrival::Lost);
            assert_alike(library, mode, &arrivals, &format!("{mode:?}, lost from {start}"));
        }
    }
}

#[test]
fn silence_ends_a_loss() {
    let Some(library) = libspeex() else { return };
    for mode in MODES {
        let choose = |i| if i == 33 { (0, 0) } else { (7, 3) };
        let mut arrivals = arrived(changing(library, mode, &bundled(mode), choose));
        arrivals[30..33].fill(Arrival::Lost);
        assert_alike(library, mode, &arrivals, &format!("{mode:?}"));
    }
}

#[test]
fn a_sender_that_stops_in_pauses() {
    let Some(library) = libspeex() else { return };
    for mode in MODES {
        let mut speech = vec![0; 30 * mode.frame_samples()];
        speech.extend(bundled(mode));
        speech.extend(vec![0; 60 * mode.frame_samples()]);
        speech.extend(bundled(mode));
        let mut encoder = Encoder::new(library, mode, 8, 2);
        encoder.set(Setting::Vbr, 1);
        encoder.set(Setting::Dtx, 1);
        let packets = encoder.packets(&speech);
        let shortest = packets.iter().map(Vec::len).min().unwrap();
        assert!(shortest <= 2, "{mode:?}: it never stopped, {shortest} bytes are the least");
        // What is not sent may come as a packet of nothing or not at all.
        let left_out: Vec<Arrival> =
            packets.iter().map(|p| if p.len() <= 2 { Arrival::Lost } else { Arrival::Packet(p.clone()) }).collect();
        assert_alike(library, mode, &arrived(packets), &format!("{mode:?}, all packets"));
        assert_alike(library, mode, &left_out, &format!("{mode:?}, left out"));
    }
}

#[test]
fn several_frames_and_messages_in_a_packet() {
    let Some(library) = libspeex() else { return };
    for mode in MODES {
        let mut encoder = Encoder::new(library, mode, 5, 2);
        let mut packets = Vec::new();
        for (i, frame) in bundled(mode).chunks_exact(mode.frame_samples()).enumerate() {
            // Sizes of the data of each kind of request: speex_callbacks.h.
            let data = [1, 1, 4, 4, 4, 4, 4, 4, 8, 8, 16, 16, 32, 32, 64, 64];
            let kind = i % 16;
            encoder.add_bits(14, 5);
            encoder.add_bits(kind as u32, 4);
            for _ in 0..data[kind] {
                encoder.add_bits(1, 1);
            }
            if i % 5 == 2 {
                // Four bits of size, five of kind, then data.
                let size = i % 16;
                encoder.add_bits(13, 5);
                encoder.add_bits(size as u32, 4);
                encoder.add_bits(21, 5);
                for _ in 0..size {
                    encoder.add_bits(0xFF, 8);
                }
            }
            encoder.add(frame);
            if i % 4 == 3 {
                if i % 8 == 3 {
                    // An explicit end; what follows it is of no interest.
                    encoder.add_bits(15, 5);
                    encoder.add_bits(0b0_0101, 5);
                    encoder.add_bits(0, 15);
                }
                packets.push(encoder.packet());
            }
        }
        let frames = assert_alike(library, mode, &arrived(packets.clone()), &format!("{mode:?}"));
        assert_eq!(frames, 4 * packets.len(), "{mode:?}");
    }
}

#[test]
fn a_narrowband_decoder_leaves_out_the_layers() {
    let Some(library) = libspeex() else { return };
    for quality in 0..=10 {
        let packets = Encoder::new(library, Mode::Wideband, quality, 2).packets(&bundled(Mode::Wideband));
        let frames = assert_alike(library, Mode::Narrowband, &arrived(packets.clone()), &format!("quality {quality}"));
        assert_eq!(frames, packets.len());
    }
}

#[test]
fn a_wideband_decoder_takes_narrowband_packets() {
    let Some(library) = libspeex() else { return };
    for quality in 0..=10 {
        let mut packets = Encoder::new(library, Mode::Narrowband, quality, 2).packets(&bundled(Mode::Narrowband));
        let frames = assert_alike(library, Mode::Wideband, &arrived(packets.clone()), &format!("quality {quality}"));
        assert_eq!(frames, packets.len());
        // And after packets with a layer.
        let mut wideband = Encoder::new(library, Mode::Wideband, quality, 2).packets(&bundled(Mode::Wideband));
        wideband.truncate(60);
        wideband.append(&mut packets);
        assert_alike(library, Mode::Wideband, &arrived(wideband), &format!("after wideband, quality {quality}"));
    }
}

#[test]
fn ultra_wideband_packets_have_a_layer_more() {
    let Some(library) = libspeex() else { return };
    let speech: Vec<i16> = bundled(Mode::Wideband).iter().flat_map(|&x| [x, x]).collect();
    for quality in [2, 6, 9] {
        let mut encoder = Encoder::ultra_wideband(library, quality);
        let packets = arrived(encoder.packets(&speech));
        for mode in MODES {
            let frames = assert_alike(library, mode, &packets, &format!("{mode:?}, quality {quality}"));
            assert_eq!(frames, packets.len());
        }
    }
}

/// Random parameters under valid headers: what no encoder sends, and still the same arithmetic.
#[test]
fn parameters_at_random() {
    let Some(library) = libspeex() else { return };
    for mode in MODES {
        for low in 1..=8_u32 {
            for high in 0..=if mode == Mode::Wideband { 4 } else { 0 } {
                let mut rng = Rng::new(u64::from(low * 8 + high));
                let mut encoder = Encoder::new(library, mode, 8, 2);
                let packets = (0..40)
                    .map(|_| {
                        let low_bits = [5, 43, 119, 160, 220, 300, 364, 492, 79][low as usize];
                        let high_bits = [4, 36, 112, 192, 352][high as usize];
                        encoder.add_bits(low, 5);
                        random_bits(&mut encoder, &mut rng, low_bits - 5);
                        if high > 0 {
                            encoder.add_bits(8 + high, 4);
                            random_bits(&mut encoder, &mut rng, high_bits - 4);
                        }
                        encoder.packet()
                    })
                    .collect();
                assert_alike(library, mode, &arrived(packets), &format!("{mode:?}, sub-mode {low}, layer {high}"));
            }
        }
    }
}

fn random_bits(encoder: &mut Encoder, rng: &mut Rng, count: u32) {
    for _ in 0..count {
        encoder.add_bits(rng.below(2) as u32, 1);
    }
}
