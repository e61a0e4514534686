//! GSM 06.10 full rate (13 kbit/s): frames of 33 bytes, and Microsoft's pairs of 65.
//!
//! **Source**: ETSI EN 300 961 (GSM 06.10) v8.1.1, "Full rate speech transcoding": Table 1.1 for the order and width of
//! the parameters. Frames of 33 bytes, which start with the four bits 1101, are those of RFC 3551 §4.5.8.1; the pairs of
//! format 0x0031 (Microsoft, mmreg.h) hold the same parameters without a signature, the lowest bit first.

mod synthesis;
mod tables;

use synthesis::Synthesis;

/// Bytes of a frame of RFC 3551.
pub(crate) const FRAME_BYTES: usize = 33;
/// Bytes of a pair of frames in WAV.
pub(crate) const PAIR_BYTES: usize = 65;
/// Samples of a frame: 20 ms.
pub(crate) const FRAME_SAMPLES: usize = 160;
/// Bits of a frame.
const FRAME_BITS: usize = 260;
/// The bits that a frame of RFC 3551 starts with.
const SIGNATURE: u8 = 0xD;
/// Width of each log area ratio.
const LAR_BITS: [u32; 8] = [6, 6, 5, 5, 4, 4, 3, 3];

/// The parameters of a frame.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Frame {
    /// Coded log area ratios.
    lar: [u8; 8],
    subframes: [Subframe; 4],
}

/// The parameters of 5 ms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Subframe {
    /// Lag of the long term predictor in samples.
    lag: u8,
    /// Coded gain of the long term predictor.
    gain: u8,
    /// Where the grid of pulses begins.
    grid: u8,
    /// Coded magnitude of the largest pulse.
    peak: u8,
    /// Coded pulses.
    pulses: [u8; 13],
}

impl Frame {
    /// Takes parameters in the order of Table 1.1; `bits` gives the next few bits.
    fn read(mut bits: impl FnMut(u32) -> u8) -> Self {
        let lar = LAR_BITS.map(&mut bits);
        let mut subframes = [Subframe::default(); 4];
        for subframe in &mut subframes {
            *subframe = Subframe { lag: bits(7), gain: bits(2), grid: bits(2), peak: bits(6), pulses: [0; 13] };
            subframe.pulses = subframe.pulses.map(|_| bits(3));
        }
        Self { lar, subframes }
    }
}

/// Reads bits, the highest of each byte and number first.
fn highest_first(bytes: &[u8], mut at: usize) -> impl FnMut(u32) -> u8 {
    move |width| {
        (0..width).fold(0, |value, _| {
            let bit = bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
            at += 1;
            value << 1 | bit
        })
    }
}

/// Reads bits, the lowest of each byte and number first.
fn lowest_first(bytes: &[u8], mut at: usize) -> impl FnMut(u32) -> u8 {
    move |width| {
        (0..width).fold(0, |value, place| {
            let bit = bytes.get(at / 8).map_or(0, |byte| byte >> (at % 8) & 1);
            at += 1;
            value | bit << place
        })
    }
}

/// What is wrong with a frame of RFC 3551.
pub(crate) fn check_frame(frame: &[u8]) -> Result<(), String> {
    match frame.first().map_or(0, |byte| byte >> 4) {
        SIGNATURE => Ok(()),
        first => Err(format!("a GSM frame starts with {first:X} instead of {SIGNATURE:X} and was replaced by silence")),
    }
}

/// A decoder of one stream.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gsm {
    synthesis: Synthesis,
}

impl Gsm {
    /// Appends the samples of a frame of RFC 3551; silence for one without its signature.
    pub(crate) fn decode_frame(&mut self, frame: &[u8], out: &mut Vec<i16>) {
        match check_frame(frame) {
            Ok(()) => self.synthesis.decode(&Frame::read(highest_first(frame, 4)), out),
            Err(_) => out.extend([0; FRAME_SAMPLES]),
        }
    }

    /// Appends the samples of a pair of frames, or of as many as are there.
    pub(crate) fn decode_pair(&mut self, pair: &[u8], out: &mut Vec<i16>) {
        for first_bit in [0, FRAME_BITS] {
            if pair.len() * 8 >= first_bit + FRAME_BITS {
                self.synthesis.decode(&Frame::read(lowest_first(pair, first_bit)), out);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both layouts of the same numbers, packed here by the rule and not by the readers' code.
    #[test]
    fn both_layouts_hold_the_same_parameters() {
        let widths: Vec<u32> =
            LAR_BITS.into_iter().chain((0..4).flat_map(|_| [7, 2, 2, 6].into_iter().chain([3; 13]))).collect();
        assert_eq!((widths.len(), widths.iter().sum::<u32>()), (76, 260));
        let values: Vec<u32> =
            (0..76u32).map(|n| n.wrapping_mul(2_654_435_761) >> 20 & ((1 << widths[n as usize]) - 1)).collect();
        let (mut high, mut low) = (vec![true, true, false, true], Vec::new());
        for (&value, &width) in values.iter().zip(&widths) {
            high.extend((0..width).rev().map(|bit| value >> bit & 1 == 1));
            low.extend((0..width).map(|bit| value >> bit & 1 == 1));
        }
        low.extend(low.clone());
        let pack_high: Vec<u8> =
            high.chunks(8).map(|b| b.iter().fold(0, |all, &bit| all << 1 | u8::from(bit))).collect();
        let pack_low: Vec<u8> =
            low.chunks(8).map(|b| b.iter().rev().fold(0, |all, &bit| all << 1 | u8::from(bit))).collect();
        assert_eq!((pack_high.len(), pack_low.len()), (FRAME_BYTES, PAIR_BYTES));
        let frame = Frame::read(highest_first(&pack_high, 4));
        assert_eq!(frame, Frame::read(lowest_first(&pack_low, 0)));
        assert_eq!(frame, Frame::read(lowest_first(&pack_low, FRAME_BITS)));
        assert_eq!(frame.lar.map(u32::from)[..], values[..8]);
        let last = frame.subframes[3];
        assert_eq!([u32::from(last.lag), u32::from(last.pulses[12])], [values[8 + 3 * 17], values[75]]);
    }

    #[test]
    fn a_frame_without_its_signature_is_silence() {
        let mut out = Vec::new();
        Gsm::default().decode_frame(&[0x52; 33], &mut out);
        assert_eq!(out, vec![0; 160]);
        let fault = check_frame(&[0x52; 33]).unwrap_err();
        assert_eq!(fault, "a GSM frame starts with 5 instead of D and was replaced by silence");
    }
}
