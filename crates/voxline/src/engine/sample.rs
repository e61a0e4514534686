//! What a finished sample is: 16 bits, or the number as it was computed.

use std::ops::ControlFlow;

use voxline_core::{Options, Result};
use voxline_dsp::{Quantiser, s16_to_f32};

use crate::load::load_as;
use crate::{Loaded, Progress, Source};

/// Who is told how far a job is.
pub(crate) type Watcher<'a> = &'a mut dyn FnMut(Progress) -> ControlFlow<()>;

/// A kind of sample that audio can be loaded as: `i16`, or `f32` with full scale ±1.
#[expect(private_bounds, reason = "sealed: what a sample can be is decided here")]
pub trait Sample: Samples {}

impl Sample for i16 {}
impl Sample for f32 {}

/// The end of the path.
pub(crate) trait Samples: Copy + Send + 'static {
    /// Appends samples to an output.
    fn append(samples: &[f32], quantiser: &mut Quantiser, out: &mut Vec<Self>);

    /// Appends samples that have 16 bits to an output.
    fn append_s16(samples: &[i16], quantiser: &mut Quantiser, out: &mut Vec<Self>);

    /// The number that the stages compute with.
    fn to_f32(self) -> f32;

    /// The whole of an input. Here and not generic, so that the path is compiled once, in this crate and as this crate is,
    /// whoever calls it.
    fn load(source: Source<'_>, options: &Options, progress: Watcher<'_>) -> Result<Loaded<Self>>;
}

impl Samples for i16 {
    fn append(samples: &[f32], quantiser: &mut Quantiser, out: &mut Vec<Self>) {
        quantiser.quantise(samples, out);
    }

    fn append_s16(samples: &[i16], quantiser: &mut Quantiser, out: &mut Vec<Self>) {
        quantiser.pass_s16(samples, out);
    }

    fn to_f32(self) -> f32 {
        f32::from(self) / 32_768.0
    }

    fn load(source: Source<'_>, options: &Options, progress: Watcher<'_>) -> Result<Loaded<Self>> {
        load_as(source, options, progress)
    }
}

impl Samples for f32 {
    fn append(samples: &[f32], _: &mut Quantiser, out: &mut Vec<Self>) {
        out.extend_from_slice(samples);
    }

    fn append_s16(samples: &[i16], _: &mut Quantiser, out: &mut Vec<Self>) {
        s16_to_f32(samples, out);
    }

    fn to_f32(self) -> f32 {
        self
    }

    fn load(source: Source<'_>, options: &Options, progress: Watcher<'_>) -> Result<Loaded<Self>> {
        load_as(source, options, progress)
    }
}
