//! The low band: a narrowband frame, alone or below a wideband layer.

mod conceal;
mod decode;
mod pitch;
mod vocoder;

pub(crate) use decode::LowDecoder;
