//! A whole recording as samples in memory.

use std::ops::ControlFlow;

use voxline_core::{ChannelSelection, Encoding, Error, ErrorKind, Options, Report, Result};

use crate::engine::{Engine, Sample, Samples, Watcher};
use crate::raw_name::options_for;
use crate::{Progress, Source};

/// Samples in memory.
///
/// **Shape**: interleaved, `frames` × `channel_count`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Loaded<S> {
    /// The samples: `i16`, or `f32` with full scale ±1, which may exceed it.
    pub samples: Vec<S>,
    /// Channels of a frame.
    pub channel_count: u16,
    /// Frames a second.
    pub sample_rate_hz: u32,
    /// What was found and done; of the target, `bytes` are those of 16-bit samples.
    pub report: Report,
}

/// Decodes a whole input to samples of the rate and the channels that `options.target` asks for; its encoding does not
/// matter. `f32` samples are neither rounded nor clipped.
///
/// `progress` is called after each piece of input; `Break` cancels.
///
/// **Errors**: those of [`prepare_with`](crate::prepare_with), and [`ErrorKind::InvalidArgument`] for channels that are
/// to be split: load them with `keep`.
///
/// ```
/// # const CALL: &[u8] = include_bytes!("../../../assets/call.mp3");
/// # use std::ops::ControlFlow::Continue;
/// let loaded = voxline::load::<f32>(CALL, &voxline::Options::default(), |_| Continue(()))?;
/// assert_eq!((loaded.samples.len(), loaded.channel_count, loaded.sample_rate_hz), (246_498, 1, 16_000));
/// # Ok::<(), voxline::Error>(())
/// ```
pub fn load<'a, S: Sample>(
    source: impl Into<Source<'a>>,
    options: &Options,
    mut progress: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Loaded<S>> {
    S::load(source.into(), options, &mut progress)
}

/// [`load`] for one kind of sample.
pub(crate) fn load_as<S: Samples>(source: Source<'_>, options: &Options, progress: Watcher<'_>) -> Result<Loaded<S>> {
    if options.target.channels == ChannelSelection::Split {
        let context = "target.channels is split, but samples come in one piece; use keep";
        return Err(Error::new(ErrorKind::InvalidArgument, "load", context));
    }
    let mut options = options_for(&source, options).into_owned();
    options.target.encoding = Encoding::Pcm;
    let mut engine = Engine::<S>::new(&options)?;
    let (mut input, input_total_bytes) = source.open()?;
    let (mut samples, mut input_bytes) = (Vec::new(), 0);
    loop {
        let piece = input.next()?;
        if piece.is_empty() {
            break;
        }
        input_bytes += piece.len() as u64;
        engine.push(piece)?;
        // A piece may hold more than the queue takes.
        while take(&mut engine, &mut samples) > 0 {
            engine.advance()?;
        }
        let state = Progress { input_bytes, input_total_bytes, source_frames: engine.source_frames() };
        if progress(state).is_break() {
            return Err(Error::new(ErrorKind::Cancelled, "load", "cancelled by the caller"));
        }
    }
    engine.end_input();
    engine.advance()?;
    while take(&mut engine, &mut samples) > 0 {
        engine.advance()?;
    }
    let report = engine.finish()?;
    take(&mut engine, &mut samples);
    let (channel_count, sample_rate_hz) = (report.target.channel_count, report.target.sample_rate_hz);
    Ok(Loaded { samples, channel_count, sample_rate_hz, report })
}

/// Moves what is ready to `samples` and says how many there were.
fn take<S: Samples>(engine: &mut Engine<S>, samples: &mut Vec<S>) -> usize {
    let Some(ready) = engine.output(0) else { return 0 };
    let count = ready.len();
    if samples.is_empty() {
        std::mem::swap(samples, ready);
    } else {
        samples.append(ready);
    }
    count
}
