//! The data path in one call: `prepare`, `load`, `info`.

use std::ops::ControlFlow;

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyInt, PyString};
use voxline::{Loaded, Progress, Result, Sample, Source, TargetRate};

use crate::array::{Dtype, from_samples};
use crate::door::{Door, Raised, Watch, quick};
use crate::options::{Options, gather, set, text};
use crate::prepared::Prepared;
use crate::report;
use crate::source::Input;

/// Turns a recording into exactly what a service accepts.
///
/// Args:
///     src: a path, bytes-like, a binary file object or anything with read().
///     profile: named options: "chat-16k", "chat-8k", "chat-speex", "chat-speex-wb", "transcription".
///     options: an Options object instead of or under the keywords.
///     progress: called as progress(bytes_read, bytes_total_or_None, frames_decoded); True for a bar of tqdm.
///     **keywords: any option of option_table(); lengths in frames, rates in Hz.
///
/// Returns:
///     Prepared: .data, .outputs, .report, .base64().
///
/// Raises:
///     OSError: the input cannot be read (FileNotFoundError, PermissionError …).
///     UnsupportedFormatError, DecodeError: the content cannot be decoded.
///     LimitError: the result would exceed a limit; it says which and what to do.
///     InvalidArgumentError: options that are not valid.
///
/// >>> import voxline
/// >>> pcm = bytes(32000)
/// >>> prepared = voxline.prepare(pcm, profile="chat-8k", input_raw_format="s16le", input_raw_rate_hz=16000)
/// >>> prepared.report.target.frames, len(prepared.data)
/// (8000, 16000)
#[pyfunction]
#[pyo3(signature = (src, *, profile=None, options=None, progress=None, **keywords))]
pub(crate) fn prepare(
    py: Python<'_>,
    src: &Bound<'_, PyAny>,
    profile: Option<&str>,
    options: Option<&Options>,
    progress: Option<&Bound<'_, PyAny>>,
    keywords: Option<&Bound<'_, PyDict>>,
) -> PyResult<Prepared> {
    let options = gather(py, options, profile, keywords)?;
    let prepared = run(py, src, progress, |source, beat| voxline::prepare_with(source, &options, beat))?;
    Prepared::new(py, prepared)
}

/// Decodes a recording into a NumPy array.
///
/// Args:
///     src: as for prepare.
///     sample_rate: in Hz, or "keep"; None: what options say, else 16000.
///     channels: "mix", "left", "right", "keep", or a number (the first is 1); None: what options say, else "mix".
///     dtype: "int16", or "float32" with full scale ±1, neither rounded nor clipped; None: "int16".
///     options, progress, **keywords: as for prepare.
///
/// Returns:
///     numpy.ndarray: (frames,), or (frames, channels) with channels="keep" and more than one; not copied.
///
/// Raises:
///     As prepare.
///
/// >>> import voxline
/// >>> voxline.load(bytes(16000), input_raw_format="s16le", sample_rate=8000).shape
/// (8000,)
#[pyfunction]
#[pyo3(signature = (src, *, sample_rate=None, channels=None, dtype=None, options=None, progress=None, **keywords))]
#[expect(clippy::too_many_arguments, reason = "they are keywords")]
pub(crate) fn load<'py>(
    py: Python<'py>,
    src: &Bound<'py, PyAny>,
    sample_rate: Option<&Bound<'py, PyAny>>,
    channels: Option<&Bound<'py, PyAny>>,
    dtype: Option<&Bound<'py, PyAny>>,
    options: Option<&Options>,
    progress: Option<&Bound<'py, PyAny>>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let dtype = dtype.map_or(Ok(Dtype::Int16), Dtype::new)?;
    let mut options = gather(py, options, None, keywords)?;
    if let Some(rate) = sample_rate {
        // The usual case does not go through text: a short recording is loaded in the time that would take.
        match rate.cast_exact::<PyInt>().ok().and_then(|hz| hz.extract().ok()) {
            Some(hz) => options.target.sample_rate_hz = TargetRate::Hz(hz),
            None => {
                let text = text(rate)?;
                quick(py, || set(&mut options, "sample_rate", &text))?;
            }
        }
    }
    if let Some(channels) = channels.filter(|c| !c.cast::<PyString>().is_ok_and(|word| word == "mix")) {
        let text = text(channels)?;
        quick(py, || set(&mut options, "channels", &text))?;
    } else if channels.is_some() {
        options.target.channels = voxline::ChannelSelection::Mix;
    }
    match dtype {
        Dtype::Int16 => array::<i16>(py, src, progress, &options),
        Dtype::Float32 => array::<f32>(py, src, progress, &options),
    }
}

fn array<'py, S: Sample + numpy::Element>(
    py: Python<'py>,
    src: &Bound<'py, PyAny>,
    progress: Option<&Bound<'py, PyAny>>,
    options: &voxline::Options,
) -> PyResult<Bound<'py, PyAny>> {
    let loaded: Loaded<S> = run(py, src, progress, |source, beat| voxline::load(source, options, beat))?;
    from_samples(py, loaded.samples, usize::from(loaded.channel_count))
}

/// Reads a whole recording and reports what is in it: container, codec, length, levels, damage.
///
/// Args:
///     src, options, progress, **keywords: as for prepare.
///
/// Returns:
///     Report: the part .source is filled in; .target stays empty.
///
/// >>> import voxline
/// >>> report = voxline.info(bytes(16000), input_raw_format="alaw")
/// >>> report.source.frames, report.source.sample_rate_hz, report.source.duration_s
/// (16000, 8000, 2.0)
#[pyfunction]
#[pyo3(signature = (src, *, options=None, progress=None, **keywords))]
pub(crate) fn info<'py>(
    py: Python<'py>,
    src: &Bound<'py, PyAny>,
    options: Option<&Options>,
    progress: Option<&Bound<'py, PyAny>>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let options = gather(py, options, None, keywords)?;
    let found = run(py, src, progress, |source, beat| voxline::inspect_with(source, &options, beat))?;
    report::to_python(py, &found)
}

/// Opens the source on the other side of the door and runs a job on it.
pub(crate) fn run<T: Send>(
    py: Python<'_>,
    src: &Bound<'_, PyAny>,
    progress: Option<&Bound<'_, PyAny>>,
    job: impl FnOnce(Source<'_>, &mut dyn FnMut(Progress) -> ControlFlow<()>) -> Result<T> + Send,
) -> PyResult<T> {
    let (input, raised) = (Input::new(src)?, Raised::default());
    let callback = callback(py, progress)?;
    let crossing = input.crossing(py, &raised);
    let result = Door { path: input.path(), callback, raised }.run(py, move |watch: &Watch| {
        let mut last = None;
        let done = job(crossing.into(), &mut |state| {
            last = Some(state);
            watch.progress(state)
        })?;
        last.map_or(Ok(()), |state| watch.done(state))?;
        Ok(done)
    });
    let closed = input.close();
    // What went wrong first is what is told.
    let done = result?;
    closed.map(|()| done)
}

/// What is told how far a job is: nobody, a callable, or with `True` a bar.
fn callback(py: Python<'_>, progress: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Py<PyAny>>> {
    let Some(progress) = progress else { return Ok(None) };
    match progress.cast::<PyBool>() {
        Ok(wanted) if wanted.is_true() => {
            py.import("voxline._progress")?.call_method0("bar").map(|bar| (!bar.is_none()).then(|| bar.unbind()))
        }
        Ok(_) => Ok(None),
        Err(_) => Ok(Some(progress.clone().unbind())),
    }
}
