//! The same stream through both decoders.

use voxline_speex::{Decoder, Error, Mode};
use voxline_testkit::measure::snr_db;

use crate::oracle::{self, Libspeex};

/// Least agreement in decibels without and with enhancement.
///
/// The sums are done in the same order, so that on the machines where this was tried no sample differs. Another order is
/// another rounding: 88 to 105 dB. With enhancement a tie of two correlations may then be decided otherwise, which costs
/// its half of a frame 40 dB. A gain that is wrong by one in a thousand leaves 60 dB of either.
const MIN_SNR_DB: [f64; 2] = [85.0, 75.0];
/// Full scale in the units that libspeex computes in.
const FULL_SCALE: f32 = 32_768.0;

/// What comes in the time of a packet.
#[derive(Debug, Clone)]
pub(crate) enum Arrival {
    Packet(Vec<u8>),
    Lost,
}

/// All of them arrived.
pub(crate) fn arrived(packets: Vec<Vec<u8>>) -> Vec<Arrival> {
    packets.into_iter().map(Arrival::Packet).collect()
}

/// Decodes with both and compares samples, number of frames and ends of packets. Gives the number of frames.
pub(crate) fn assert_alike(library: &'static Libspeex, mode: Mode, arrivals: &[Arrival], what: &str) -> usize {
    let counts = [false, true].map(|is_enhanced| {
        let expected = theirs(library, mode, is_enhanced, arrivals);
        let actual = ours(mode, is_enhanced, arrivals);
        assert_eq!(actual.len(), expected.len(), "{what}: samples");
        assert!(expected.iter().any(|x| x.abs() > 0.01), "{what}: there is nothing to hear");
        let snr = snr_db(&expected, &actual);
        let least = MIN_SNR_DB[usize::from(is_enhanced)];
        assert!(snr >= least, "{what}, enhancement {is_enhanced}: {snr:.1} dB, not {least}");
        actual.len() / mode.frame_samples()
    });
    counts[0]
}

/// What libspeex makes of it, full scale at one.
pub(crate) fn theirs(library: &'static Libspeex, mode: Mode, is_enhanced: bool, arrivals: &[Arrival]) -> Vec<f32> {
    let mut decoder = oracle::Decoder::new(library, mode, is_enhanced);
    let mut samples = Vec::new();
    for arrival in arrivals {
        match arrival {
            Arrival::Lost => samples.extend(decoder.conceal()),
            Arrival::Packet(packet) => {
                decoder.take(packet);
                while let Ok(frame) = decoder.next_frame() {
                    samples.extend(frame);
                }
            }
        }
    }
    for sample in &mut samples {
        *sample /= FULL_SCALE;
    }
    samples
}

/// What our decoder makes of it. A packet that is cut off in a message ends there, as it does for libspeex.
pub(crate) fn ours(mode: Mode, is_enhanced: bool, arrivals: &[Arrival]) -> Vec<f32> {
    let mut decoder = Decoder::new(mode).with_enhancement(is_enhanced);
    let mut samples = Vec::new();
    let mut frame = vec![0.0; mode.frame_samples()];
    for arrival in arrivals {
        match arrival {
            Arrival::Lost => {
                decoder.conceal_f32(&mut frame).unwrap();
                samples.extend_from_slice(&frame);
            }
            Arrival::Packet(packet) => {
                let mut frames = decoder.frames(packet);
                loop {
                    match frames.decode_f32(&mut frame) {
                        Ok(true) => samples.extend_from_slice(&frame),
                        Ok(false) | Err(Error::Truncated { .. }) => break,
                        Err(error) => panic!("{error}"),
                    }
                }
            }
        }
    }
    samples
}
