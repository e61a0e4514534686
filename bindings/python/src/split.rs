//! Long recordings in parts that a service takes.

use std::collections::VecDeque;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use voxline::Result;

use crate::door::{Door, quick};
use crate::intake::Intake;
use crate::options::{Options, gather};
use crate::part::Part;
use crate::path::run;
use crate::report;

/// Prepares a recording and cuts it, in its pauses, into parts that each obey the limits.
///
/// A part is as long as limits_max_output_bytes, limits_max_base64_bytes (those of a profile are the service's) and
/// split_max_duration_s let it be after encoding. It ends in the latest pause of split_min_pause_ms within the last
/// split_window_s; in a shorter pause where there is none; inside speech, where it is quietest, where there is no pause.
/// All parts are held at once: stream_parts gives them one by one.
///
/// Args:
///     src, profile, options, progress: as for prepare.
///     **keywords: as for prepare; split_max_duration_s, split_overlap_ms, split_window_s, split_min_pause_ms.
///
/// Returns:
///     list[Part]: each with .data, .start_s, .end_s, .cut …; what fits into one part is one part.
///
/// Raises:
///     As prepare. LimitError: not a single frame fits.
///     InvalidArgumentError: also for an overlap above a quarter of the longest part.
///
/// >>> import voxline
/// >>> parts = voxline.split(bytes(32000), profile="chat-8k", input_raw_format="alaw", split_max_duration_s=2.5)
/// >>> [(part.start_s, part.end_s, part.cut) for part in parts]
/// [(0.0, 2.5, 'pause'), (2.5, 4.0, 'end')]
#[pyfunction]
#[pyo3(signature = (src, *, profile=None, options=None, progress=None, **keywords))]
pub(crate) fn split(
    py: Python<'_>,
    src: &Bound<'_, PyAny>,
    profile: Option<&str>,
    options: Option<&Options>,
    progress: Option<&Bound<'_, PyAny>>,
    keywords: Option<&Bound<'_, PyDict>>,
) -> PyResult<Vec<Part>> {
    let options = gather(py, options, profile, keywords)?;
    let parts = run(py, src, progress, |source, beat| {
        let mut parts = Vec::new();
        let each = |part| {
            parts.push(part);
            Ok(())
        };
        voxline::split_with(source, &options, beat, each)?;
        Ok(parts)
    })?;
    parts.into_iter().map(|part| Part::new(py, part)).collect()
}

/// Splits a recording while it arrives, in bounded memory: push bytes, pull parts until none comes, end the input, pull
/// the rest, finish.
///
/// The same bytes give the same parts however they are cut, and the first part is there before the input ends. Takes the
/// keywords of split. May be used from several threads and from a signal handler, one push at a time. After a push that
/// ended with an exception nothing more can be pushed, and there is no finish.
///
/// >>> import voxline
/// >>> splitter = voxline.Splitter("chat-8k", input_raw_format="alaw", split_max_duration_s=2.5)
/// >>> splitter.push(bytes(32000))
/// >>> splitter.pull().end_s
/// 2.5
/// >>> splitter.finish().target.frames
/// 32000
/// >>> splitter.pull().end_s, splitter.pull()
/// (4.0, None)
#[pyclass(module = "voxline", frozen)]
pub(crate) struct Splitter {
    intake: Intake<State>,
}

struct State {
    inner: voxline::Splitter,
    /// Parts that finish had to make.
    ready: VecDeque<voxline::Part>,
    input_ended: bool,
}

impl State {
    fn end_input(&mut self) -> Result<()> {
        self.inner.end_input()?;
        self.input_ended = true;
        Ok(())
    }

    /// A part a step.
    fn finish_step(&mut self) -> Result<Option<voxline::Report>> {
        if !self.input_ended {
            self.end_input()?;
        }
        match self.inner.pull()? {
            Some(part) => {
                self.ready.push_back(part);
                Ok(None)
            }
            None => self.inner.finish().map(Some),
        }
    }
}

#[pymethods]
impl Splitter {
    #[new]
    #[pyo3(signature = (profile=None, *, options=None, **keywords))]
    fn new(
        py: Python<'_>,
        profile: Option<&str>,
        options: Option<&Options>,
        keywords: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let options = gather(py, options, profile, keywords)?;
        let inner = quick(py, || voxline::Splitter::new(&options))?;
        Ok(Self { intake: Intake::new(State { inner, ready: VecDeque::new(), input_ended: false }) })
    }

    /// Takes the next bytes of the input, of any number. Pull after each push: what is not pulled is held.
    fn push(&self, py: Python<'_>, data: &Bound<'_, PyAny>) -> PyResult<()> {
        self.intake.push(py, data, |state, piece| state.inner.push(piece))
    }

    /// The next part; None: push more, or after the end of the input that this was all.
    fn pull(&self, py: Python<'_>) -> PyResult<Option<Part>> {
        let part = Door::default().run(py, |_| {
            let mut state = self.intake.lock();
            match state.ready.pop_front() {
                Some(part) => Ok(Some(part)),
                None => state.inner.pull(),
            }
        })?;
        part.map(|part| Part::new(py, part)).transpose()
    }

    /// Says that the input is over: what is left can be pulled.
    fn end_input(&self, py: Python<'_>) -> PyResult<()> {
        Door::default().run(py, |watch| self.intake.finish(watch, |state| state.end_input().map(Some)))
    }

    /// Ends the input, if it is not over yet; gives the report of the whole. Parts that were not pulled are made now, and
    /// can be pulled afterwards. Once Ctrl-C has ended it, it can be called again and goes on.
    fn finish<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let found = Door::default().run(py, |watch| self.intake.finish(watch, State::finish_step))?;
        report::to_python(py, &found)
    }

    /// Frames decoded so far.
    #[getter]
    fn source_frames(&self, py: Python<'_>) -> u64 {
        py.detach(|| self.intake.lock().inner.source_frames())
    }
}
