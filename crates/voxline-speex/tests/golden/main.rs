//! Packets made with libspeex decode to the samples that libspeex makes of them, on machines that have no libspeex.
//!
//! The files are made again by `cargo test -p voxline-speex --test libspeex -- --ignored make_goldens`.

#[cfg(test)]
mod files;

#[cfg(test)]
mod tests {
    use voxline_speex::{Decoder, Mode};

    use crate::files::{CASES, Case, assert_same};

    fn decode(case: &Case) -> Vec<i16> {
        let mut decoder = Decoder::new(case.mode).with_enhancement(case.is_enhanced);
        let mut frame = vec![0; case.mode.frame_samples()];
        let mut samples = Vec::new();
        for packet in case.read_packets() {
            let Some(packet) = packet else {
                decoder.conceal(&mut frame).unwrap();
                samples.extend_from_slice(&frame);
                continue;
            };
            let mut frames = decoder.frames(&packet);
            while frames.decode(&mut frame).unwrap() {
                samples.extend_from_slice(&frame);
            }
        }
        samples
    }

    #[test]
    fn goldens_decode_to_their_samples() {
        for case in CASES {
            assert_same(&decode(case), &case.read_samples(), case.samples);
        }
    }

    #[test]
    fn every_sub_mode_and_layer_is_among_them() {
        // Bits of a frame with each sub-mode (the manual's tables).
        const LOW_BITS: [usize; 9] = [5, 43, 119, 160, 220, 300, 364, 492, 79];
        let bits_at = |packet: &[u8], first: usize, count: usize| {
            (first..first + count).fold(0, |value, i| 2 * value + usize::from(packet[i / 8] >> (7 - i % 8) & 1))
        };
        let mut low = [0; 9];
        let mut high = [0; 5];
        for case in CASES.iter().filter(|case| case.samples == case.packets) {
            for packet in case.read_packets().iter().flatten().filter(|packet| packet[0] < 0x48) {
                let submode = bits_at(packet, 0, 5);
                low[submode] += 1;
                if case.mode == Mode::Wideband && bits_at(packet, LOW_BITS[submode], 1) == 1 {
                    high[bits_at(packet, LOW_BITS[submode] + 1, 3)] += 1;
                }
            }
        }
        assert!(low.iter().chain(&high).all(|&count| count >= 4), "sub-modes {low:?}, layers {high:?}");
    }

    #[test]
    fn enhancement_changes_what_is_heard() {
        let [with, without] = ["narrowband", "narrowband-plain"]
            .map(|name| CASES.iter().find(|case| case.samples == name).unwrap().read_samples());
        let differing = with.iter().zip(&without).filter(|(a, b)| a != b).count();
        assert!(differing > with.len() / 4, "{differing} of {}", with.len());
    }
}
