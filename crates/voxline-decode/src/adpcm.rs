//! ADPCM in blocks, as WAV files hold it.

pub(crate) mod ima;
pub(crate) mod ms;
