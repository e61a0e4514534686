//! Which filter serves which rates and quality.

use voxline_core::{Quality, Result, SampleRate};

use crate::DspError;

/// Above this many frames on either side the smallest FFT block is no longer reasonable.
const MAX_TERM: usize = 8192;
/// Blocks are not lengthened for speed beyond this many frames: it bounds memory and latency of unusual ratios.
const MAX_COMFORTABLE_FRAMES: usize = 8192;

/// A ratio in lowest terms and what is asked of the filter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Design {
    /// Input frames of the smallest block that has whole frames on both sides.
    pub(super) from: usize,
    /// Output frames of that block.
    pub(super) to: usize,
    pub(super) from_hz: u32,
    pub(super) to_hz: u32,
    pub(super) figures: Figures,
}

/// What a quality means for the two kinds of filter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Figures {
    /// Frames at the lower rate that an FFT block needs at least for the promised passband.
    shortest_block: usize,
    /// The length aimed at: sharper than promised where it costs nothing.
    best_block: usize,
    /// Smallest blocks in an FFT block at least.
    least_blocks: usize,
    pub(super) window: Window,
    /// Edge of the flat passband, as a share of the lower Nyquist frequency, for the sinc filter.
    pub(super) passband: f64,
    /// Stopband attenuation that the sinc filter is designed for, with some reserve for rounding.
    pub(super) stopband_db: f64,
}

/// Window of the FFT filter.
#[derive(Debug, Clone, Copy)]
pub(super) enum Window {
    /// Short transition, side lobes at -66 dB.
    Hann2,
    /// Side lobes below the rounding of `f32`.
    BlackmanHarris2,
}

impl Design {
    pub(super) fn new(from: SampleRate, to: SampleRate, quality: Quality) -> Result<Self> {
        // The block lengths are measured: see tests/quality.rs for the passband that they give.
        let figures = match quality {
            Quality::Fast => Figures {
                shortest_block: 64,
                best_block: 64,
                least_blocks: 2,
                window: Window::Hann2,
                passband: 0.80,
                stopband_db: 70.0,
            },
            Quality::Standard => Figures {
                shortest_block: 256,
                best_block: 384,
                least_blocks: 4,
                window: Window::BlackmanHarris2,
                passband: 0.90,
                stopband_db: 112.0,
            },
            Quality::Best => Figures {
                shortest_block: 512,
                best_block: 768,
                least_blocks: 4,
                window: Window::BlackmanHarris2,
                passband: 0.95,
                stopband_db: 132.0,
            },
            other => return Err(DspError::Unknown(format!("resampling quality {other:?}")).into()),
        };
        let (from_hz, to_hz) = (from.hz(), to.hz());
        let divisor = gcd(from_hz, to_hz);
        Ok(Self { from: (from_hz / divisor) as usize, to: (to_hz / divisor) as usize, from_hz, to_hz, figures })
    }

    /// How many smallest blocks make an FFT block; `None` when the ratio is not for FFT.
    ///
    /// Always even: the delay is half a block, and this makes it whole frames on both sides.
    pub(super) fn fft_blocks(&self) -> Option<usize> {
        let (lower, upper) = (self.from.min(self.to), self.from.max(self.to));
        if upper > MAX_TERM {
            return None;
        }
        // Powers of two make the fastest transforms, measured for 44.1 and 48 to 16 and 8 kHz.
        let fast = self.figures.best_block.div_ceil(lower).max(self.figures.least_blocks).next_power_of_two();
        if fast * upper <= MAX_COMFORTABLE_FRAMES {
            return Some(fast);
        }
        Some(self.figures.shortest_block.div_ceil(lower).next_multiple_of(2))
    }
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(from: u32, to: u32, quality: Quality) -> Option<(usize, usize)> {
        let design = Design::new(SampleRate::new(from).unwrap(), SampleRate::new(to).unwrap(), quality).unwrap();
        design.fft_blocks().map(|n| (n * design.from, n * design.to))
    }

    #[test]
    fn blocks_are_even_long_enough_and_bounded() {
        let rates = [4000, 7999, 8000, 8192, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000, 384_000];
        for (from, to) in rates.iter().flat_map(|a| rates.map(|b| (*a, b))).filter(|(a, b)| a != b) {
            for (quality, shortest) in [(Quality::Fast, 64), (Quality::Standard, 256), (Quality::Best, 512)] {
                let Some((a, b)) = blocks(from, to, quality) else {
                    assert!(from == 7999 || to == 7999 || from == 8192 || to == 8192, "{from} to {to}");
                    continue;
                };
                assert!(a % 2 == 0 && b % 2 == 0, "{from} to {to}: {a}/{b}");
                assert!(a.min(b) >= shortest && a.max(b) <= 49_152, "{from} to {to}, {quality:?}: {a}/{b}");
                assert_eq!(a as u64 * u64::from(to), b as u64 * u64::from(from));
            }
        }
    }

    #[test]
    fn the_usual_rates_use_fft_and_odd_ones_do_not() {
        assert_eq!(blocks(48_000, 16_000, Quality::Standard), Some((1536, 512)));
        assert_eq!(blocks(44_100, 16_000, Quality::Standard), Some((1764, 640)));
        assert_eq!(blocks(44_100, 16_001, Quality::Standard), None);
    }
}
