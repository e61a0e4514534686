//! Loudspeaker positions.

use serde::{Deserialize, Serialize};

/// Which loudspeaker each channel is for, as a bit set; channels are in the order of their bits.
///
/// **Source**: `dwChannelMask` of `WAVEFORMATEXTENSIBLE` (Microsoft, "Multiple channel audio data and WAVE files").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChannelMask(pub u32);

impl ChannelMask {
    /// The source does not say.
    pub const UNKNOWN: Self = Self(0);
    /// Front left.
    pub const FRONT_LEFT: u32 = 0x1;
    /// Front right.
    pub const FRONT_RIGHT: u32 = 0x2;
    /// Front centre.
    pub const FRONT_CENTER: u32 = 0x4;
    /// Low-frequency effects.
    pub const LOW_FREQUENCY: u32 = 0x8;
    /// Back left.
    pub const BACK_LEFT: u32 = 0x10;
    /// Back right.
    pub const BACK_RIGHT: u32 = 0x20;
    /// Front left of centre.
    pub const FRONT_LEFT_OF_CENTER: u32 = 0x40;
    /// Front right of centre.
    pub const FRONT_RIGHT_OF_CENTER: u32 = 0x80;
    /// Back centre.
    pub const BACK_CENTER: u32 = 0x100;
    /// Side left.
    pub const SIDE_LEFT: u32 = 0x200;
    /// Side right.
    pub const SIDE_RIGHT: u32 = 0x400;

    /// Number of positions named.
    pub fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// The position bit of channel `index`, or `None` past the last named one.
    pub fn position(self, index: usize) -> Option<u32> {
        (0..32).map(|bit| 1u32 << bit).filter(|bit| self.0 & bit != 0).nth(index)
    }
}
