//! The high band: the layer that makes a wideband frame of a narrowband one.

mod decode;

pub(crate) use decode::HighDecoder;
