//! The Speex speech codec: narrowband (8 kHz) and wideband (16 kHz), 20 ms a frame.
//!
//! Speech is coded by analysis and synthesis: an all-pole filter (linear prediction, sent as line spectral pairs) is
//! driven by an excitation, which is made of its own past (the adaptive codebook, which stands for the pitch) and of an
//! innovation from codebooks of shapes. Wideband splits the signal in two bands; the lower one is a narrowband stream.
//!
//! This crate stands alone and knows nothing of the rest of Voxline.
//!
//! **Source**: J.-M. Valin, *The Speex Codec Manual*, version 1.2, Xiph.Org Foundation, 2007; codebooks and quantiser
//! levels are those of libspeex 1.2.1 (BSD-3-Clause, see NOTICE).

mod bits;
mod decoder;
mod delay;
mod encode;
mod enhance;
mod error;
mod excitation;
mod filter;
pub mod framing;
mod gain;
mod inband;
mod innovation;
mod kernel;
mod lsp;
mod lsp_quant;
mod ltp;
mod mode;
mod narrowband;
mod noise;
mod packet;
mod qmf;
mod submode;
mod tables;
mod wideband;

pub use decoder::{Decoder, Frames};
pub use encode::{Encoder, EncoderOptions};
pub use error::{Band, Error};
#[doc(hidden)]
pub use kernel::{KernelCase, kernel_cases};
pub use mode::Mode;
