//! The decoder from outside: laws that need no other decoder, and whatever bytes may come.

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use voxline_speex::{Band, Decoder, Error, Mode};
    use voxline_testkit::rng::Rng;

    const MODES: [Mode; 2] = [Mode::Narrowband, Mode::Wideband];
    /// Bits of a frame with each sub-mode and of each layer (the manual's tables).
    const LOW_BITS: [usize; 9] = [5, 43, 119, 160, 220, 300, 364, 492, 79];
    const HIGH_BITS: [usize; 5] = [4, 36, 112, 192, 352];

    /// Bits, most significant first, filled up with a terminator.
    #[derive(Default, Clone)]
    struct Packet(Vec<bool>);

    impl Packet {
        fn add(&mut self, value: usize, count: usize) -> &mut Self {
            self.0.extend((0..count as u32).rev().map(|i| value.checked_shr(i).unwrap_or(0) & 1 == 1));
            self
        }

        /// A frame whose parameters are what `bit` says.
        fn frame(&mut self, low: usize, high: Option<usize>, mut bit: impl FnMut() -> bool) -> &mut Self {
            self.add(low, 5);
            self.0.extend((5..LOW_BITS[low]).map(|_| bit()));
            if let Some(high) = high {
                self.add(8 + high, 4);
                self.0.extend((4..HIGH_BITS[high]).map(|_| bit()));
            }
            self
        }

        fn bytes(&self) -> Vec<u8> {
            let mut bits = self.0.clone();
            if !bits.len().is_multiple_of(8) {
                bits.push(false);
                bits.resize(bits.len().next_multiple_of(8), true);
            }
            bits.chunks(8).map(|byte| byte.iter().fold(0, |value, &bit| 2 * value + u8::from(bit))).collect()
        }
    }

    /// A packet of one frame with random parameters.
    fn random(rng: &mut Rng, low: usize, high: Option<usize>) -> Vec<u8> {
        Packet::default().frame(low, high, || rng.below(2) == 1).bytes()
    }

    /// Random packets over all sub-modes.
    fn stream(mode: Mode, seed: u64, frames: usize) -> Vec<Vec<u8>> {
        let mut rng = Rng::new(seed);
        (0..frames)
            .map(|_| {
                let (low, high) = (rng.below(9), rng.below(6));
                let high = (mode == Mode::Wideband && high < 5).then_some(high);
                random(&mut rng, low, high)
            })
            .collect()
    }

    fn decode_all(decoder: &mut Decoder, packets: &[Vec<u8>]) -> Vec<f32> {
        let mut frame = vec![0.0; decoder.mode().frame_samples()];
        let mut samples = Vec::new();
        for packet in packets {
            decoder.decode_f32(packet, &mut frame).unwrap();
            samples.extend_from_slice(&frame);
        }
        samples
    }

    #[test]
    fn reset_is_a_new_decoder() {
        for mode in MODES {
            for is_enhanced in [false, true] {
                let packets = stream(mode, 7, 60);
                let mut decoder = Decoder::new(mode).with_enhancement(is_enhanced);
                let first = decode_all(&mut decoder, &packets);
                let mut frame = vec![0; mode.frame_samples()];
                decoder.conceal(&mut frame).unwrap();
                assert_ne!(
                    decode_all(&mut decoder.clone(), &packets),
                    first,
                    "{mode:?}: it does not depend on the past"
                );
                decoder.reset();
                assert_eq!(decode_all(&mut decoder, &packets), first, "{mode:?}");
            }
        }
    }

    #[test]
    fn a_packet_that_is_cut_off_changes_nothing() {
        for mode in MODES {
            let packets = stream(mode, 3, 30);
            let expected = decode_all(&mut Decoder::new(mode), &packets);
            let mut decoder = Decoder::new(mode);
            let (mut samples, mut frame) = (Vec::new(), vec![0.0; mode.frame_samples()]);
            for packet in &packets {
                for length in 0..packet.len() {
                    frame.fill(0.25);
                    // Cut between the bands it is a narrowband frame.
                    let error = decoder.clone().decode_f32(&packet[..length], &mut frame);
                    if let Err(error) = error {
                        assert!(matches!(error, Error::Truncated { .. } | Error::NoFrame), "{error}");
                        assert_eq!(decoder.decode_f32(&packet[..length], &mut frame), Err(error));
                        assert!(frame.iter().all(|&x| x == 0.25), "the frame was written");
                    } else {
                        assert!(mode == Mode::Wideband && length > 0, "{length} of {} bytes pass", packet.len());
                    }
                }
                decoder.decode_f32(packet, &mut frame).unwrap();
                samples.extend_from_slice(&frame);
            }
            assert_eq!(samples, expected, "{mode:?}");
        }
    }

    #[test]
    fn what_is_missing_is_said() {
        let mut decoder = Decoder::new(Mode::Narrowband);
        let mut frame = [0; 160];
        let packet = random(&mut Rng::new(1), 5, None);
        let decode = |decoder: &mut Decoder, packet: &[u8], frame: &mut [i16]| decoder.decode(packet, frame);
        let error = decode(&mut decoder, &packet[..37], &mut frame);
        assert_eq!(error, Err(Error::Truncated { needed_bits: 295, left_bits: 291 }));
        assert_eq!(decode(&mut decoder, &[], &mut frame), Err(Error::NoFrame));
        // A terminator, then ones.
        assert_eq!(decode(&mut decoder, &[0x7F], &mut frame), Err(Error::NoFrame));
        // Sub-modes 9 to 12 are not defined.
        for submode in 9..13 {
            let expected = Error::Submode { submode, band: Band::Low };
            assert_eq!(decode(&mut decoder, &[submode << 3, 0, 0], &mut frame), Err(expected));
        }
        let expected = Error::Submode { submode: 6, band: Band::High };
        assert_eq!(decode(&mut decoder, &[0xE0, 0, 0], &mut frame), Err(expected));
        // Three layers in a row, each of which sends nothing.
        assert_eq!(decode(&mut decoder, &[0x88, 0x80, 0], &mut frame), Err(Error::Layers));
        // Two are fine: sub-mode 0 follows.
        assert_eq!(decode(&mut decoder, &[0x88, 0x07, 0xFF], &mut frame), Ok(()));
        let wrong = Error::FrameLength { expected: 160, actual: 159 };
        assert_eq!(decode(&mut decoder, &packet, &mut [0; 159]), Err(wrong));
        assert_eq!(decoder.conceal(&mut frame[..159]), Err(wrong));
        assert_eq!(decode(&mut decoder, &packet, &mut frame), Ok(()));
    }

    #[test]
    fn bits_too_few_for_a_header_are_no_layer() {
        // Two frames of sub-mode 8 leave two bits of their last byte.
        let mut rng = Rng::new(4);
        let mut packet = Packet::default();
        packet.frame(8, None, || rng.below(2) == 1).frame(8, None, || rng.below(2) == 1);
        packet.add(0b11, 2);
        let (bytes, mut frame) = (packet.bytes(), [0; 320]);
        assert_eq!(bytes.len(), 20);
        let mut decoder = Decoder::new(Mode::Wideband);
        let mut frames = decoder.frames(&bytes);
        for expected in [Ok(true), Ok(true), Ok(false)] {
            assert_eq!(frames.decode(&mut frame), expected);
        }
    }

    #[test]
    fn messages_are_skipped() {
        let mut rng = Rng::new(2);
        let plain: Vec<Vec<u8>> = (0..16).map(|i| random(&mut rng, 1 + i % 8, None)).collect();
        // Bits of the data of each request (the manual's table of in-band messages).
        let sizes = [1, 1, 4, 4, 4, 4, 4, 4, 8, 8, 16, 16, 32, 32, 64, 64];
        let mut rng = Rng::new(2);
        let mut packet = Packet::default();
        for (i, size) in sizes.into_iter().enumerate() {
            packet.add(14, 5).add(i, 4).0.extend(std::iter::repeat_n(true, size));
            packet.add(13, 5).add(i, 4).add(31, 5).0.extend(std::iter::repeat_n(true, 8 * i));
            packet.frame(1 + i % 8, None, || rng.below(2) == 1);
        }
        // Behind the terminator there is nothing.
        packet.add(15, 5).add(0, 99);
        let expected = decode_all(&mut Decoder::new(Mode::Narrowband), &plain);
        let mut decoder = Decoder::new(Mode::Narrowband);
        let bytes = packet.bytes();
        let mut frames = decoder.frames(&bytes);
        let (mut samples, mut frame) = (Vec::new(), [0.0; 160]);
        while frames.decode_f32(&mut frame).unwrap() {
            samples.extend_from_slice(&frame);
        }
        assert_eq!(samples, expected);
        assert_eq!(frames.decode_f32(&mut frame), Ok(false));
    }

    #[test]
    fn after_a_fault_the_packet_is_over() {
        let mut packet = Packet::default();
        packet.frame(1, None, || true).add(9, 5).frame(1, None, || true);
        let bytes = packet.bytes();
        let mut decoder = Decoder::new(Mode::Narrowband);
        let mut frames = decoder.frames(&bytes);
        let mut frame = [0; 160];
        assert_eq!(frames.decode(&mut frame), Ok(true));
        // A buffer of the wrong length loses no frame.
        assert!(matches!(frames.decode(&mut []), Err(Error::FrameLength { .. })));
        assert!(matches!(frames.decode(&mut frame), Err(Error::Submode { submode: 9, .. })));
        assert_eq!(frames.decode(&mut frame), Ok(false));
    }

    #[test]
    fn whole_numbers_are_the_samples_rounded() {
        for mode in MODES {
            let (mut one, mut other) = (Decoder::new(mode), Decoder::new(mode));
            let (mut whole, mut real) = (vec![0; mode.frame_samples()], vec![0.0; mode.frame_samples()]);
            let mut highest = 0.0_f32;
            for packet in stream(mode, 11, 200) {
                one.decode(&packet, &mut whole).unwrap();
                other.decode_f32(&packet, &mut real).unwrap();
                for (&w, &r) in whole.iter().zip(&real) {
                    let r = (f64::from(r) * 32_768.0).clamp(-32_768.0, 32_767.0);
                    assert!((f64::from(w) - r).abs() <= 0.5, "{w} for {r}");
                }
                highest = real.iter().copied().fold(highest, f32::max);
            }
            assert!(highest > 1.0, "nothing was clipped");
        }
    }

    #[test]
    fn silence_has_nothing_to_fold() {
        let mut decoder = Decoder::new(Mode::Wideband);
        decode_all(&mut decoder, &stream(Mode::Wideband, 13, 20));
        // Line spectral pairs alike, gains of the folded innovation at both ends of their range.
        let [loud, faint] = [true, false].map(|bit| {
            let mut position = 0;
            let mut packet = Packet::default();
            packet.frame(0, Some(1), || {
                position += 1;
                position > 12 && bit
            });
            vec![packet.bytes(); 3]
        });
        assert_ne!(loud, faint);
        assert_eq!(decode_all(&mut decoder.clone(), &loud), decode_all(&mut decoder, &faint));
    }

    #[test]
    fn a_long_loss_fades_to_silence() {
        for mode in MODES {
            let mut decoder = Decoder::new(mode);
            decode_all(&mut decoder, &stream(mode, 5, 20));
            let mut frame = vec![0.0; mode.frame_samples()];
            let mut peaks = Vec::new();
            for _ in 0..100 {
                decoder.conceal_f32(&mut frame).unwrap();
                peaks.push(frame.iter().fold(0.0_f32, |peak, x| peak.max(x.abs())));
            }
            assert!(peaks[0] > 0.01, "{mode:?}: {peaks:?}");
            // The low band is gone after ten frames, the high band loses a tenth with each.
            let silence = if mode == Mode::Wideband { 50 } else { 12 };
            assert!(peaks[silence..].iter().all(|&peak| peak < 0.01 * peaks[0]), "{mode:?}: {peaks:?}");
        }
    }

    /// All combinations of a sub-mode and a layer with parameters at the ends of their ranges and at random, for long
    /// enough that a filter can run away.
    #[test]
    fn extremes_give_numbers() {
        for mode in MODES {
            for low in 0..9 {
                for high in 0..if mode == Mode::Wideband { 5 } else { 1 } {
                    let mut rng = Rng::new((low * 5 + high) as u64);
                    for style in 0..4 {
                        let mut decoder = Decoder::new(mode);
                        let mut count = 0;
                        let bit = move |rng: &mut Rng| match style {
                            0 => false,
                            1 => true,
                            2 => rng.below(2) == 1,
                            _ => rng.below(10) > 0,
                        };
                        for _ in 0..60 {
                            let packet = Packet::default()
                                .frame(low, (mode == Mode::Wideband).then_some(high), || bit(&mut rng))
                                .bytes();
                            let samples = decode_all(&mut decoder, &[packet]);
                            assert!(samples.iter().all(|x| x.is_finite()), "{mode:?} {low} {high} style {style}");
                            count += samples.len();
                        }
                        assert_eq!(count, 60 * mode.frame_samples());
                    }
                }
            }
        }
    }

    /// The last two of these line spectral pairs come in the wrong order: the filter has poles beyond the unit circle, and
    /// with each frame its output grows twelvefold.
    const UNSTABLE: [usize; 5] = [40, 40, 11, 10, 47];

    #[test]
    fn a_filter_that_runs_away_starts_anew() {
        for mode in MODES {
            let mut rng = Rng::new(21);
            let mut decoder = Decoder::new(mode);
            let mut highest = 0.0_f32;
            for _ in 0..200 {
                let mut indices = UNSTABLE.iter().flat_map(|index| (0..6).rev().map(move |i| index >> i & 1 == 1));
                let mut packet = Packet::default();
                packet.frame(5, None, || indices.next().unwrap_or_else(|| rng.below(2) == 1));
                let samples = decode_all(&mut decoder, &[packet.bytes()]);
                assert!(samples.iter().all(|x| x.is_finite()), "{mode:?}");
                highest = samples.iter().copied().fold(highest, f32::max);
            }
            assert!(highest > 1000.0, "{mode:?}: it did not run away, {highest}");
            // A stream in order is heard again.
            let after = decode_all(&mut decoder, &stream(mode, 22, 20));
            assert!(after[5 * mode.frame_samples()..].iter().all(|x| x.abs() < 100.0), "{mode:?}");
        }
    }

    /// Decodes whatever is in the packet; the number of frames is bounded by its bits.
    fn decode_anything(decoder: &mut Decoder, packet: &[u8]) {
        let mut frame = vec![0.0; decoder.mode().frame_samples()];
        let mut frames = decoder.frames(packet);
        let mut count = 0;
        while let Ok(true) = frames.decode_f32(&mut frame) {
            assert!(frame.iter().all(|x| x.is_finite()));
            count += 1;
        }
        assert!(count <= packet.len() * 8 / 5);
    }

    #[test]
    fn random_bytes_for_long() {
        for mode in MODES {
            let mut rng = Rng::new(99);
            let mut decoder = Decoder::new(mode);
            for i in 0..10_000 {
                let packet: Vec<u8> = (0..rng.below(120)).map(|_| rng.next_u64() as u8).collect();
                decode_anything(&mut decoder, &packet);
                if i % 17 == 0 {
                    decoder.conceal(&mut vec![0; mode.frame_samples()]).unwrap();
                }
            }
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..150), 1..20)) {
            for mode in MODES {
                let mut decoder = Decoder::new(mode);
                for packet in &packets {
                    decode_anything(&mut decoder, packet);
                }
            }
        }
    }
}
