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

#![expect(dead_code, reason = "decoder and encoder stand on what is here")]

mod bits;
mod delay;
mod encode;
mod error;
pub mod framing;
mod innovation;
mod kernel;
mod lsp_quant;
mod mode;
mod submode;
mod tables;

pub use encode::{Encoder, EncoderOptions};
pub use error::{Band, Error};
pub use mode::Mode;
