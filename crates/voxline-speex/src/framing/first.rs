//! The size of a packet, read out of the packet itself.

use crate::bits::BitReader;
use crate::submode::{HIGH_HEADER_BITS, HighLayer, LOW_HEADER_BITS, Submode};
use crate::{Band, Error, Mode};

/// Bytes of the packet of one frame that `bytes` begins with, whole bytes that its bits fill.
///
/// **Errors**: [`Error::NoFrame`] or [`Error::Truncated`] when more bytes are needed to tell; [`Error::Submode`] when it
/// begins with anything but a frame, such as an in-band request.
pub(super) fn first_packet_bytes(mode: Mode, bytes: &[u8]) -> Result<usize, Error> {
    let mut bits = BitReader::new(bytes);
    if bits.remaining() < u64::from(LOW_HEADER_BITS) {
        return Err(Error::NoFrame);
    }
    // The header of a low band is a 0 bit and the sub-mode; with a 1 bit in front the number is none of a sub-mode.
    let id = bits.take(LOW_HEADER_BITS) as u8;
    let low = Submode::get(id).ok_or(Error::Submode { submode: id, band: Band::Low })?.frame_bits();
    let mut all = low;
    if mode == Mode::Wideband {
        bits.skip(u64::from(low - LOW_HEADER_BITS));
        if bits.remaining() < u64::from(HIGH_HEADER_BITS) {
            let (needed_bits, left_bits) = (u64::from(low + HIGH_HEADER_BITS), bytes.len() as u64 * 8);
            return Err(Error::Truncated { needed_bits, left_bits });
        }
        // A 1 bit announces the layer; after a frame without one comes a terminator, which begins with a 0 bit.
        if bits.take(1) == 1 {
            let layer = bits.take(HIGH_HEADER_BITS - 1) as u8;
            all += match layer {
                0 => HIGH_HEADER_BITS,
                _ => HighLayer::get(layer).ok_or(Error::Submode { submode: layer, band: Band::High })?.frame_bits(),
            };
        }
    }
    Ok(all.div_ceil(8) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A packet with nothing but its headers right.
    fn packet(low: u8, high: Option<u8>) -> Vec<u8> {
        let mut bits = vec![false; 1_000];
        let mut put = |at: usize, width: usize, value: u8| {
            for bit in 0..width {
                bits[at + bit] = value >> (width - 1 - bit) & 1 == 1;
            }
        };
        put(0, 5, low);
        if let Some(high) = high {
            put(Submode::get(low).unwrap().frame_bits() as usize, 4, 8 | high);
        }
        bits.chunks(8).map(|byte| byte.iter().fold(0, |sum, &bit| sum << 1 | u8::from(bit))).collect()
    }

    #[test]
    fn every_quality_is_told_by_its_first_packet() {
        for quality in 0..=10 {
            for mode in [Mode::Narrowband, Mode::Wideband] {
                let (low, high) = mode.submodes(quality).unwrap();
                let packet = packet(low.id, high.map(|layer| layer.id));
                let expected = mode.packet_bytes(quality).unwrap();
                assert_eq!(first_packet_bytes(mode, &packet), Ok(expected), "{mode:?} {quality}");
                // Never a wrong answer from the beginning of a packet.
                for cut in 0..expected {
                    let told = first_packet_bytes(mode, &packet[..cut]);
                    assert!(told.is_err() || told == Ok(expected), "{mode:?} {quality} cut at {cut}: {told:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_frame_is_an_error() {
        for id in [0, 9, 13, 14, 15] {
            let error = first_packet_bytes(Mode::Narrowband, &packet_of(id)).unwrap_err();
            assert_eq!(error, Error::Submode { submode: id, band: Band::Low });
        }
        assert!(first_packet_bytes(Mode::Narrowband, &[0xFF; 100]).is_err());
        assert!(first_packet_bytes(Mode::Wideband, &packet(1, Some(7))).is_err());
        assert_eq!(first_packet_bytes(Mode::Wideband, &packet(1, Some(0))), Ok(6));
        assert_eq!(first_packet_bytes(Mode::Wideband, &packet(1, None)), Ok(6));
    }

    fn packet_of(id: u8) -> Vec<u8> {
        let mut bytes = vec![id << 3];
        bytes.resize(100, 0);
        bytes
    }
}
