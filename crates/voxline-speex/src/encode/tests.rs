//! What the encoder believes of the decoder, and the encoder with every instruction set.

use super::*;
use crate::bits::BitReader;
use crate::mode::{BAND_FRAME, SUBFRAME};
use crate::narrowband::LowDecoder;
use crate::packet::next_frame;
use crate::wideband::HighDecoder;
use voxline_testkit::measure::snr_db;
use voxline_testkit::signal::speech_like;

/// Speech that is not, in 16 bits.
fn speech(mode: Mode, frames: usize) -> Vec<i16> {
    let samples = speech_like(7, mode.sample_rate_hz(), frames * mode.frame_samples());
    samples.iter().map(|x| (x * 12_000.0).clamp(-32_768.0, 32_767.0) as i16).collect()
}

/// The encoder codes the difference to what it believes the decoder has: a belief that is off is noise in every frame that
/// follows. Rounding, which sharp formants amplify, leaves 75 dB and more; a
/// memory that is taken over with the wrong coefficients leaves 20, a gain that is a little off 50.
#[test]
fn the_decoder_has_what_the_encoder_believes() {
    const LEAST_DB: f64 = 70.0;
    for mode in [Mode::Narrowband, Mode::Wideband] {
        // Quality 0 sends no waveform.
        for quality in 1..=10 {
            let options = EncoderOptions::default().with_quality(quality);
            let mut encoder = Encoder::new(mode, &options).unwrap();
            let mut low_decoder = LowDecoder::new(&crate::filter::NO_FILTER);
            low_decoder.set_enhanced(false);
            let mut high_decoder = HighDecoder::new();
            let (mut believed, mut decoded) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
            let mut packet = vec![0; encoder.packet_bytes()];
            for frame in speech(mode, 60).chunks_exact(mode.frame_samples()) {
                encoder.encode(frame, &mut packet).unwrap();
                let mut bits = BitReader::new(&packet);
                let frame = next_frame(&mut bits, mode == Mode::Wideband).unwrap().unwrap();
                let mut signal = [0.0; BAND_FRAME];
                low_decoder.decode(frame.low, &mut frame.low_bits.clone(), &mut signal);
                believed[0].extend_from_slice(encoder.low.synthesis());
                decoded[0].extend_from_slice(&signal);
                if let (Some((_, high)), Some(layer)) = (&encoder.high, frame.high) {
                    high_decoder.decode(Some(layer), &low_decoder, &mut frame.high_bits.clone(), &mut signal);
                    believed[1].extend_from_slice(high.synthesis());
                    decoded[1].extend_from_slice(&signal);
                }
            }
            for (band, (believed, decoded)) in believed.iter().zip(&decoded).enumerate() {
                // The decoder is a sub-frame late.
                if believed.iter().all(|&x| x == 0.0) {
                    continue;
                }
                let snr = snr_db(&believed[..believed.len() - SUBFRAME], &decoded[SUBFRAME..]);
                assert!(snr > LEAST_DB, "{mode:?}, quality {quality}, band {band}: {snr:.1} dB");
            }
        }
    }
}

#[test]
fn every_instruction_set_codes_as_well() {
    // Rounding differs, so decisions do now and then; what the packets make audible must not be worse.
    for mode in [Mode::Narrowband, Mode::Wideband] {
        let speech = speech(mode, 100);
        let expected: Vec<f32> = speech.iter().map(|&x| f32::from(x)).collect();
        let snrs: Vec<(&str, f64)> = Kernels::all()
            .into_iter()
            .map(|(name, kernels)| {
                let mut encoder = Encoder::with_kernels(mode, &EncoderOptions::default(), kernels).unwrap();
                let mut decoder = crate::Decoder::new(mode).with_enhancement(false);
                let (mut packet, mut frame) = (vec![0; encoder.packet_bytes()], vec![0; mode.frame_samples()]);
                let mut decoded = Vec::new();
                for input in speech.chunks_exact(mode.frame_samples()) {
                    encoder.encode(input, &mut packet).unwrap();
                    decoder.decode(&packet, &mut frame).unwrap();
                    decoded.extend(frame.iter().map(|&x| f32::from(x)));
                }
                let late = if mode == Mode::Narrowband { 80 } else { 223 };
                (name, snr_db(&expected[..expected.len() - late], &decoded[late..]))
            })
            .collect();
        for (name, snr) in &snrs {
            assert!((snr - snrs[0].1).abs() < 0.3, "{mode:?}, {name}: {snr:.2} dB; {snrs:?}");
        }
    }
}

#[test]
fn the_bands_join_to_the_signal_again() {
    // Through our decoder's synthesis: a perfect pair of filter banks delays and nothing else (Johnston's is nearly that).
    let input = speech(Mode::Wideband, 20);
    for (name, kernels) in Kernels::all() {
        let mut splitter = Splitter::new();
        let mut synthesis = crate::qmf::Synthesis::new();
        let mut joined = Vec::new();
        for frame in input.chunks_exact(2 * BAND_FRAME) {
            let (low, high) = splitter.split(kernels, frame.iter().map(|&x| f32::from(x)));
            let mut both = [0.0; 2 * BAND_FRAME];
            synthesis.run(&low, &high, &mut both);
            joined.extend_from_slice(&both);
        }
        let expected: Vec<f32> = input.iter().map(|&x| f32::from(x)).collect();
        let snr = snr_db(&expected[..expected.len() - split::DELAY], &joined[split::DELAY..]);
        // The prototype's ripple leaves about 60 dB; a wrong phase or sign leaves less than 10.
        assert!(snr > 50.0, "{name}: {snr:.1} dB");
    }
}

#[test]
fn line_spectral_pairs_come_back_from_their_filter() {
    let lsp = [0.2, 0.35, 0.7, 0.8, 1.3, 1.33, 1.9, 2.2, 2.5, 2.9];
    let a = crate::lsp::to_lpc(&lsp);
    for (name, kernels) in Kernels::all() {
        let found = line_spectrum::LineSpectrum::new().of(kernels, &a, ORDER).unwrap();
        for (found, expected) in found.iter().zip(&lsp) {
            assert!((found - expected).abs() < 1e-3, "{name}: {found}, not {expected}");
        }
        // Not stable: the roots of both polynomials do not take turns.
        let wild = std::array::from_fn(|k| if k == 0 { 30.0 } else { -5.0 });
        assert!(line_spectrum::LineSpectrum::new().of(kernels, &wild, ORDER).is_none(), "{name}");
    }
}
