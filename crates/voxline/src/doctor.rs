//! Looking at a recording the way a doctor would: what is wrong with it, how bad that is, and what to do.

mod channel;
mod diagnosis;
mod exam;
mod file;
mod finding;
mod pair;
mod thresholds;

pub use diagnosis::{ChannelHealth, Diagnosis, PairHealth, SignalMatch};
pub use finding::{Figure, Finding, FindingName, Severity};

use std::ops::ControlFlow;

use voxline_core::{Options, Result};

use crate::inspect::read_through;
use crate::{Progress, Source};
use exam::Exam;

/// Examines a recording in one pass and in bounded memory: silent, clipped, noisy or muffled channels, channels that are
/// copies of each other or leak into each other, both sides speaking at once, and every oddity of the file.
///
/// Of the options `input` and `limits` count, as for [`inspect`](crate::inspect()); the report is the same too.
///
/// **Errors**: those of reading and decoding; see [`prepare`](crate::prepare()). Damage that decoding puts up with is a
/// finding, and so is a file without audio.
///
/// ```
/// # let call: &[u8] = include_bytes!("../../../assets/call.wav");
/// let diagnosis = voxline::doctor(call, &voxline::Options::default())?;
/// assert_eq!(diagnosis.worst(), None);
/// let [agent, customer] = &diagnosis.channels[..] else { panic!("two sides") };
/// assert!(agent.speech_ratio > 0.4 && customer.speech_ratio > 0.35);
///
/// let cut = voxline::doctor(&call[..50_000], &voxline::Options::default())?;
/// assert_eq!(cut.worst(), Some(voxline::Severity::Warning));
/// assert!(cut.findings.iter().any(|finding| finding.name == voxline::FindingName::Truncated));
/// # Ok::<(), voxline::Error>(())
/// ```
pub fn doctor<'a>(source: impl Into<Source<'a>>, options: &Options) -> Result<Diagnosis> {
    doctor_with(source, options, |_| ControlFlow::Continue(()))
}

/// [`doctor`] with a callback, called after each piece of input; `Break` cancels.
///
/// **Errors**: as above, and [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled).
pub fn doctor_with<'a>(
    source: impl Into<Source<'a>>,
    options: &Options,
    progress: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Diagnosis> {
    let (mut exam, mut floats) = (Exam::default(), Vec::new());
    let report = read_through("doctor", source.into(), options, progress, |spec, frames| {
        exam.take(spec, frames.floats(&mut floats));
    })?;
    Ok(exam.diagnose(report))
}
