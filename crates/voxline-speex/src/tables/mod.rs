//! Numbers that the format fixes: codebooks, gains, filters. Numbers only; what they mean stands where they are used.

pub(crate) mod gains;
pub(crate) mod lsp_high;
pub(crate) mod lsp_narrowband;
pub(crate) mod pitch_gains;
pub(crate) mod qmf;
pub(crate) mod shapes_high;
pub(crate) mod shapes_narrowband;
pub(crate) mod shapes_narrowband_256;
pub(crate) mod windows;
