//! Long recordings in parts that a service takes.

mod budget;
mod cutter;
mod part;
mod parts;
mod plan;
mod splitter;

use std::ops::ControlFlow;

use voxline_core::{Options, Report, Result};

use crate::{Progress, Source};

pub use part::{Cut, Part};
pub(crate) use parts::Parts;
pub use splitter::Splitter;

/// Prepares a whole input and cuts it into parts that each obey `limits.max_output_bytes`, `limits.max_base64_bytes`
/// and `split.max_duration_s`, as they are after encoding.
///
/// Parts are as long as they can be. A part ends in the latest pause of `split.min_pause_ms` within the last
/// `split.window_s` of its length; in a shorter pause when there is none; inside speech, where it is quietest, when
/// there is no pause at all. With several channels a pause is one in all of them. Input that fits into one part is one
/// part, the same as [`prepare()`](crate::prepare()) gives.
///
/// **Errors**: those of [`prepare()`](crate::prepare()), and [`voxline_core::ErrorKind::LimitExceeded`] when not a
/// single frame fits; [`voxline_core::ErrorKind::InvalidArgument`] for an overlap above a quarter of the longest part.
///
/// ```
/// # const CALL: &[u8] = include_bytes!("../../../assets/call.mp3");
/// let mut options = voxline::profile("chat-16k")?;
/// options.split.max_duration_s = Some(6.0);
/// let parts = voxline::split(CALL, &options)?;
/// assert!(parts.len() >= 3 && parts.iter().all(|part| part.frames <= 96_000));
/// // Nothing is lost and nothing is said twice.
/// let whole = voxline::prepare(CALL, &options)?;
/// let joined: Vec<u8> = parts.iter().flat_map(|part| part.data().to_vec()).collect();
/// assert_eq!(joined, whole.data());
/// # Ok::<(), voxline::Error>(())
/// ```
pub fn split<'a>(source: impl Into<Source<'a>>, options: &Options) -> Result<Vec<Part>> {
    let mut all = Vec::new();
    let each = |part| {
        all.push(part);
        Ok(())
    };
    split_with(source, options, |_| ControlFlow::Continue(()), each)?;
    Ok(all)
}

/// [`split`] in bounded memory: each part is handed on as soon as it is made, and at most one is held. `progress` is
/// called after each piece of input; `Break` cancels.
///
/// The report is about the whole: `target.frames` counts each frame once, `target.bytes` sums up all parts.
///
/// **Errors**: those of [`split`], those of `each`, and [`voxline_core::ErrorKind::Cancelled`].
pub fn split_with<'a>(
    source: impl Into<Source<'a>>,
    options: &Options,
    mut progress: impl FnMut(Progress) -> ControlFlow<()>,
    mut each: impl FnMut(Part) -> Result<()>,
) -> Result<Report> {
    let mut parts = Parts::new(source.into(), options)?;
    while let Some(part) = parts.next(&mut progress)? {
        each(part)?;
    }
    parts.finish()
}
