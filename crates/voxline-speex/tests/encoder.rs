//! The encoder from outside: laws that need no other codec, and whatever samples may come.

#[cfg(test)]
mod tests {
    use voxline_speex::{Decoder, Encoder, EncoderOptions, Error, Mode};
    use voxline_testkit::rng::Rng;
    use voxline_testkit::signal::{band_noise, speech_like};

    const MODES: [Mode; 2] = [Mode::Narrowband, Mode::Wideband];

    fn encoder(mode: Mode, quality: u8, complexity: u8) -> Encoder {
        Encoder::new(mode, &EncoderOptions::default().with_quality(quality).with_complexity(complexity)).unwrap()
    }

    /// Frames of something like speech, from a place on where it is loud.
    fn speech(mode: Mode, frames: usize) -> Vec<f32> {
        let samples = speech_like(3, mode.sample_rate_hz(), (frames + 60) * mode.frame_samples());
        samples[60 * mode.frame_samples()..].iter().map(|x| 0.4 * x).collect()
    }

    /// All packets of a signal.
    fn packets(encoder: &mut Encoder, signal: &[f32]) -> Vec<Vec<u8>> {
        signal
            .chunks_exact(encoder.mode().frame_samples())
            .map(|frame| {
                let mut packet = vec![0xAA; 200];
                let bytes = encoder.encode_f32(frame, &mut packet).unwrap();
                assert!(packet[bytes..].iter().all(|&byte| byte == 0xAA), "more was written than said");
                packet.truncate(bytes);
                packet
            })
            .collect()
    }

    /// What a signal is made of, sample by sample.
    type Make = fn(usize, &mut Rng) -> f32;

    #[test]
    fn whatever_comes_makes_packets_that_decode() {
        let signals: [(&str, Make); 12] = [
            ("silence", |_, _| 0.0),
            ("full scale", |_, _| 1.0),
            ("lowest", |_, _| -1.0),
            ("offset", |_, _| 0.1),
            ("square", |n, _| if n / 40 % 2 == 0 { 1.0 } else { -1.0 }),
            ("alternating", |n, _| if n % 2 == 0 { 1.0 } else { -1.0 }),
            ("an impulse", |n, _| if n == 1000 { 1.0 } else { 0.0 }),
            ("impulses", |n, _| if n % 57 == 0 { 1.0 } else { 0.0 }),
            ("noise", |_, rng| 2.0 * rng.unit() as f32 - 1.0),
            ("the faintest", |n, _| if n % 2 == 0 { 1e-30 } else { -1e-38 }),
            ("no numbers", |n, _| [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.5][n % 4]),
            ("noise and silence", |n, rng| if n / 700 % 2 == 0 { rng.unit() as f32 } else { 0.0 }),
        ];
        for (name, make) in signals {
            for mode in MODES {
                let mut rng = Rng::new(5);
                let signal: Vec<f32> = (0..12 * mode.frame_samples()).map(|n| make(n, &mut rng)).collect();
                for quality in 0..=10 {
                    for complexity in [1, 10] {
                        let mut encoder = encoder(mode, quality, complexity);
                        let mut decoder = Decoder::new(mode);
                        let mut frame = vec![0.0; mode.frame_samples()];
                        for packet in packets(&mut encoder, &signal) {
                            let what = format!("{name}, {mode:?}, quality {quality}, complexity {complexity}");
                            assert_eq!(packet.len(), mode.packet_bytes(quality).unwrap(), "{what}");
                            decoder.decode_f32(&packet, &mut frame).unwrap_or_else(|error| panic!("{what}: {error}"));
                            assert!(frame.iter().all(|x| x.is_finite()), "{what}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn speech_goes_on_after_what_is_no_number() {
        for mode in MODES {
            let frame_samples = mode.frame_samples();
            let mut signal = speech(mode, 120);
            signal[10 * frame_samples..12 * frame_samples].fill(f32::NAN);
            let mut encoder = encoder(mode, 8, 3);
            let mut decoder = Decoder::new(mode);
            let mut frame = vec![0.0; frame_samples];
            let packets = packets(&mut encoder, &signal);
            let mut energy = 0.0;
            for packet in &packets[20..] {
                decoder.decode_f32(packet, &mut frame).unwrap();
                energy += frame.iter().map(|x| x * x).sum::<f32>();
            }
            let expected: f32 = signal[20 * frame_samples..].iter().map(|x| x * x).sum();
            assert!((0.5..1.5).contains(&(energy / expected)), "{mode:?}: {energy} of {expected}");
        }
    }

    #[test]
    fn reset_is_a_new_encoder() {
        for mode in MODES {
            let signal = speech(mode, 30);
            for quality in 0..=10 {
                let mut used = encoder(mode, quality, 3);
                let first = packets(&mut used, &signal);
                let second = packets(&mut used, &signal);
                assert_ne!(first, second, "{mode:?}, quality {quality}: the past makes no difference");
                used.reset();
                assert_eq!(packets(&mut used, &signal), first, "{mode:?}, quality {quality}");
            }
        }
    }

    #[test]
    fn both_kinds_of_samples_make_the_same_packets() {
        for mode in MODES {
            let whole: Vec<i16> = speech(mode, 20).iter().map(|x| (x * 32_767.0) as i16).collect();
            let parts: Vec<f32> = whole.iter().map(|&x| f32::from(x) / 32_768.0).collect();
            let mut encoder = encoder(mode, 8, 3);
            let expected = packets(&mut encoder, &parts);
            encoder.reset();
            let mut packet = vec![0; encoder.packet_bytes()];
            for (frame, expected) in whole.chunks_exact(mode.frame_samples()).zip(&expected) {
                encoder.encode(frame, &mut packet).unwrap();
                assert_eq!(&packet, expected, "{mode:?}");
            }
        }
    }

    #[test]
    fn a_refused_frame_changes_nothing() {
        for mode in MODES {
            let (signal, expected) = (speech(mode, 10), mode.frame_samples());
            let mut untouched = encoder(mode, 8, 3);
            let mut encoder = encoder(mode, 8, 3);
            let needed = encoder.packet_bytes();
            let mut packet = vec![0; needed];
            for actual in [0, 1, expected - 1, expected + 1] {
                let error = encoder.encode(&vec![1; actual], &mut packet);
                assert_eq!(error, Err(Error::FrameLength { expected, actual }));
            }
            for actual in [0, 1, needed - 1] {
                let error = encoder.encode(&vec![1; expected], &mut packet[..actual]);
                assert_eq!(error, Err(Error::PacketBuffer { needed, actual }));
            }
            assert_eq!(packets(&mut encoder, &signal), packets(&mut untouched, &signal));
        }
    }

    #[test]
    fn options_have_their_ranges() {
        for mode in MODES {
            let new = |quality, complexity| {
                let options = EncoderOptions::default().with_quality(quality).with_complexity(complexity);
                Encoder::new(mode, &options).map(|encoder| encoder.packet_bytes())
            };
            assert_eq!(new(11, 3), Err(Error::Quality { quality: 11 }));
            assert_eq!(new(8, 0), Err(Error::Complexity { complexity: 0 }));
            assert_eq!(new(8, 11), Err(Error::Complexity { complexity: 11 }));
            for quality in 0..=10 {
                assert_eq!(new(quality, 1), mode.packet_bytes(quality));
                assert_eq!(new(quality, 10), mode.packet_bytes(quality));
            }
        }
        assert_eq!(EncoderOptions::default(), EncoderOptions::default().with_quality(8).with_complexity(3));
    }

    #[test]
    fn what_is_decoded_is_as_late_as_is_said() {
        for (mode, known) in [(Mode::Narrowband, 80), (Mode::Wideband, 223)] {
            // Noise resembles itself at no other place.
            let noise = band_noise(3, 3_000.0, mode.sample_rate_hz(), 60 * mode.frame_samples());
            let signal: Vec<f32> = noise.iter().map(|x| 0.3 * x).collect();
            let mut encoder = encoder(mode, 10, 3);
            let mut decoder = Decoder::new(mode).with_enhancement(false);
            let mut frame = vec![0.0; mode.frame_samples()];
            let mut decoded = Vec::new();
            for packet in packets(&mut encoder, &signal) {
                decoder.decode_f32(&packet, &mut frame).unwrap();
                decoded.extend_from_slice(&frame);
            }
            let product = |late: usize| -> f32 { signal.iter().zip(&decoded[late..]).map(|(x, y)| x * y).sum() };
            let said = encoder.lookahead_frames() + mode.decoder_lookahead();
            assert_eq!(said, known);
            let best = (0..400).max_by(|&a, &b| product(a).total_cmp(&product(b))).unwrap();
            // High-passes at both ends move the waveform forwards a little.
            assert!(best.abs_diff(said) <= 2, "{mode:?}: {best} samples late, not {said}");
        }
    }

    #[test]
    fn an_encoder_can_go_to_another_thread() {
        fn is_send<T: Send>(_: &T) {}
        is_send(&encoder(Mode::Wideband, 8, 3));
    }
}
