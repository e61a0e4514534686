//! The two modes of the codec and what a quality means in each.

use crate::error::Error;
use crate::submode::{HighLayer, Submode};

/// Samples of a narrowband frame, and of each half of a wideband frame: 20 ms at 8 kHz.
pub(crate) const BAND_FRAME: usize = 160;
/// Samples of a sub-frame: 5 ms at 8 kHz.
pub(crate) const SUBFRAME: usize = 40;
/// Sub-frames of a frame.
pub(crate) const SUBFRAMES: usize = BAND_FRAME / SUBFRAME;
/// Order of the narrowband linear prediction.
pub(crate) const LOW_ORDER: usize = 10;
/// Order of the high band's linear prediction.
pub(crate) const HIGH_ORDER: usize = 8;
/// Shortest lag of the adaptive codebook, in samples.
pub(crate) const MIN_LAG: usize = 17;
/// Longest lag of the adaptive codebook, in samples.
pub(crate) const MAX_LAG: usize = 144;

/// What is coded: the sampling rate and with it the length of a frame.
///
/// ```
/// use voxline_speex::Mode;
/// assert_eq!(Mode::Wideband.sample_rate_hz(), 16_000);
/// assert_eq!(Mode::Wideband.frame_samples(), 320);
/// assert_eq!(Mode::Wideband.packet_bytes(8)?, 70);
/// # Ok::<(), voxline_speex::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// 8 kHz, 160 samples a frame.
    Narrowband,
    /// 16 kHz, 320 samples a frame: a narrowband stream of the lower half and a layer for the upper one.
    Wideband,
}

/// Sub-mode of each quality in narrowband.
/// **Source**: libspeex 1.2.1, modes.c, `quality_map` of `nb_mode`.
const NARROWBAND_QUALITIES: [u8; 11] = [1, 8, 2, 3, 3, 4, 4, 5, 5, 6, 7];
/// Low sub-mode and high layer of each quality in wideband.
/// **Source**: libspeex 1.2.1, modes_wb.c, `low_quality_map` and `quality_map` of `sb_wb_mode`.
const WIDEBAND_QUALITIES: [(u8, u8); 11] =
    [(1, 1), (8, 1), (2, 1), (3, 1), (4, 1), (5, 1), (5, 2), (6, 2), (6, 3), (7, 3), (7, 4)];

impl Mode {
    /// Samples a second.
    pub const fn sample_rate_hz(self) -> u32 {
        match self {
            Self::Narrowband => 8_000,
            Self::Wideband => 16_000,
        }
    }

    /// Samples of a frame, which is 20 ms long.
    pub const fn frame_samples(self) -> usize {
        match self {
            Self::Narrowband => BAND_FRAME,
            Self::Wideband => 2 * BAND_FRAME,
        }
    }

    /// Bytes of the packet that holds one frame of constant bit rate.
    ///
    /// **Errors**: [`Error::Quality`] above 10.
    pub fn packet_bytes(self, quality: u8) -> Result<usize, Error> {
        let (low, high) = self.submodes(quality)?;
        let bits = low.frame_bits() + high.map_or(0, HighLayer::frame_bits);
        Ok(bits.div_ceil(8) as usize)
    }

    /// What a quality means: the sub-mode of the low band and, in wideband, the layer above it.
    pub(crate) fn submodes(self, quality: u8) -> Result<(&'static Submode, Option<&'static HighLayer>), Error> {
        let fault = Error::Quality { quality };
        let index = usize::from(quality);
        let (low, high) = match self {
            Self::Narrowband => (*NARROWBAND_QUALITIES.get(index).ok_or(fault)?, None),
            Self::Wideband => {
                let (low, high) = *WIDEBAND_QUALITIES.get(index).ok_or(fault)?;
                (low, Some(HighLayer::get(high).ok_or(fault)?))
            }
        };
        Ok((Submode::get(low).ok_or(fault)?, high))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_have_the_published_sizes() {
        let sizes = |mode: Mode| (0..=10).map(|q| mode.packet_bytes(q).unwrap()).collect::<Vec<_>>();
        // The Speex manual's bit rates (2 150, 3 950, 5 950 … bit/s and so on) times 20 ms, in whole bytes.
        assert_eq!(sizes(Mode::Narrowband), [6, 10, 15, 20, 20, 28, 28, 38, 38, 46, 62]);
        assert_eq!(sizes(Mode::Wideband), [10, 15, 20, 25, 32, 42, 52, 60, 70, 86, 106]);
    }

    #[test]
    fn there_is_no_quality_above_ten() {
        for mode in [Mode::Narrowband, Mode::Wideband] {
            assert_eq!(mode.packet_bytes(11), Err(Error::Quality { quality: 11 }));
            assert_eq!(mode.packet_bytes(255), Err(Error::Quality { quality: 255 }));
        }
    }
}
