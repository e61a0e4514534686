//! How far the output lies behind the input.

use crate::mode::{Mode, SUBFRAME};

/// The analysis window reaches this far beyond the frame it describes, in samples of 8 kHz.
/// **Source**: libspeex 1.2.1, modes.c, `NB_WINDOW_SIZE` less `NB_FRAME_SIZE`.
pub(crate) const WINDOW_LOOKAHEAD: usize = SUBFRAME;
/// Taps of the filter that splits the bands. **Source**: libspeex 1.2.1, sb_celp.c, `QMF_ORDER`.
pub(crate) const QMF_TAPS: usize = 64;

impl Mode {
    /// Frames by which the encoder lags behind its input: it needs to see that far ahead.
    ///
    /// Together with [`decoder_lookahead`](Self::decoder_lookahead) this is how far decoded audio lies behind the
    /// original: 10 ms in narrowband, 14 ms in wideband.
    pub const fn encoder_lookahead(self) -> usize {
        match self {
            Self::Narrowband => WINDOW_LOOKAHEAD,
            Self::Wideband => 2 * WINDOW_LOOKAHEAD + QMF_TAPS - 1,
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
