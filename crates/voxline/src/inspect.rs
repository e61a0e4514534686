//! Looking at a recording without writing anything.

use std::ops::ControlFlow;

use voxline_core::{AudioSpec, Error, ErrorKind, Options, Report, Result};

use crate::raw_name::options_for;
use crate::stage::{Frames, Pulled, SourceStage};
use crate::{Progress, Source};

/// Reads the whole source and reports what is in it: container, codec, length, levels, damage.
///
/// The target part of the report stays empty.
///
/// **Errors**: those of reading and decoding; see [`prepare`](crate::prepare()).
///
/// ```
/// # let call: &[u8] = include_bytes!("../../../assets/call.mp3");
/// let report = voxline::inspect(call, &voxline::Options::default())?;
/// assert_eq!((report.source.codec.as_str(), report.source.frames), ("mp3", 679_410));
/// # Ok::<(), voxline::Error>(())
/// ```
pub fn inspect<'a>(source: impl Into<Source<'a>>, options: &Options) -> Result<Report> {
    inspect_with(source, options, |_| ControlFlow::Continue(()))
}

/// [`inspect`] with a callback, called after each piece of input; `Break` cancels.
///
/// **Errors**: as above, and [`ErrorKind::Cancelled`].
pub fn inspect_with<'a>(
    source: impl Into<Source<'a>>,
    options: &Options,
    progress: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Report> {
    read_through("inspect", source.into(), options, progress, |_, _| {})
}

/// Decodes the whole source and hands its frames, interleaved, to `each`.
pub(crate) fn read_through(
    op: &'static str,
    source: Source<'_>,
    options: &Options,
    mut progress: impl FnMut(Progress) -> ControlFlow<()>,
    mut each: impl FnMut(AudioSpec, Frames<'_>),
) -> Result<Report> {
    let options = options_for(&source, options);
    options.validate()?;
    let (mut input, input_total_bytes) = source.open()?;
    let mut stage = SourceStage::new(&options)?;
    let mut input_bytes = 0;
    loop {
        let piece = input.next()?;
        input_bytes += piece.len() as u64;
        if piece.is_empty() {
            stage.finish();
        } else {
            stage.push(piece)?;
        }
        loop {
            match stage.pull()? {
                Pulled::Frames { spec, samples, .. } => each(spec, samples),
                Pulled::NeedMore => break,
                Pulled::End => return Ok(stage.report()),
            }
        }
        if progress(Progress { input_bytes, input_total_bytes, source_frames: stage.frames() }).is_break() {
            return Err(Error::new(ErrorKind::Cancelled, op, "cancelled by the caller"));
        }
    }
}
