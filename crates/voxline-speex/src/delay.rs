//! How far the output lies behind the input.

use crate::encode::{LOOKAHEAD, SPLIT_DELAY};
use crate::mode::{Mode, SUBFRAME};

impl Mode {
    /// Frames by which the encoder lags behind its input: it needs to see that far ahead.
    ///
    /// Together with [`decoder_lookahead`](Self::decoder_lookahead) this is how far decoded audio lies behind the
    /// original: 10 ms in narrowband, 14 ms in wideband.
    pub const fn encoder_lookahead(self) -> usize {
        match self {
            Self::Narrowband => LOOKAHEAD,
            Self::Wideband => 2 * LOOKAHEAD + SPLIT_DELAY,
        }
    }

    /// Frames by which the decoder lags behind: it enhances with a sub-frame in hand.
    pub const fn decoder_lookahead(self) -> usize {
        match self {
            Self::Narrowband => SUBFRAME,
            Self::Wideband => 2 * SUBFRAME,
        }
    }
}
