//! The data path while the bytes arrive.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::arguments;
use crate::array::from_samples;
use crate::door::{Door, quick};
use crate::intake::Intake;
use crate::options::{Options, gather};
use crate::report;

/// Converts audio while it arrives, in bounded memory: push bytes, pull what is ready, finish, pull the rest.
///
/// The same bytes give the same output however they are cut. Takes the keywords of prepare. May be used from several
/// threads and from a signal handler, one push at a time. After a push that ended with an exception nothing more can be
/// pushed, and there is no finish: audio would be missing.
///
/// >>> import voxline
/// >>> preparer = voxline.Preparer("chat-8k", input_raw_format="alaw")
/// >>> preparer.push(bytes(8000))
/// >>> preparer.finish().target.frames
/// 8000
/// >>> len(preparer.pull())
/// 16000
#[pyclass(module = "voxline", frozen)]
pub(crate) struct Preparer {
    intake: Intake<voxline::Preparer>,
}

#[pymethods]
impl Preparer {
    #[new]
    #[pyo3(signature = (profile=None, *, options=None, **keywords))]
    fn new(
        py: Python<'_>,
        profile: Option<&str>,
        options: Option<&Options>,
        keywords: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let options = gather(py, options, profile, keywords)?;
        Ok(Self { intake: Intake::new(quick(py, || voxline::Preparer::new(&options))?) })
    }

    /// Takes the next bytes of the input, of any number.
    fn push(&self, py: Python<'_>, data: &Bound<'_, PyAny>) -> PyResult<()> {
        self.intake.push(py, data, voxline::Preparer::push)
    }

    /// The bytes of an output that are ready, as encoding and base64 say; b"": push more, or after finish all.
    ///
    /// Ctrl-C is heard when it has ended: at once, but for Speex where hours wait to be coded.
    #[pyo3(signature = (output=0))]
    fn pull<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = arguments::output)] output: usize,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let ready = Door::default().run(py, |_| {
            let mut ready = Vec::new();
            self.intake.lock().pull(output, &mut ready).map(|_| ready)
        })?;
        Ok(PyBytes::new(py, &ready))
    }

    /// The same as a NumPy array of int16: (frames,), or (frames, channels) for more than one, as soon as the first frames
    /// are there; before, (0,). Use either on an output.
    #[pyo3(signature = (output=0))]
    fn pull_samples<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = arguments::output)] output: usize,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (ready, channels) = Door::default().run(py, |_| {
            let (mut ready, mut inner) = (Vec::new(), self.intake.lock());
            inner.pull_s16(output, &mut ready)?;
            Ok((ready, inner.channel_count().unwrap_or(1)))
        })?;
        from_samples(py, ready, usize::from(channels))
    }

    /// Ends the input; the rest can then be pulled.
    ///
    /// Where much was pushed and little pulled it takes a while. Once Ctrl-C has ended it, it can be called again and goes
    /// on; nothing can be pushed any more.
    fn finish<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let found = Door::default().run(py, |watch| self.intake.finish(watch, voxline::Preparer::finish_step))?;
        report::to_python(py, &found)
    }

    /// After finish: the final header of a WAV output, to be written over its first bytes; else None.
    fn wav_header<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let header = Door::default().run(py, |_| self.intake.lock().wav_header())?;
        Ok(header.map(|header| PyBytes::new(py, &header)))
    }

    /// How many outputs there are; None until that is known.
    #[getter]
    fn outputs(&self, py: Python<'_>) -> Option<usize> {
        py.detach(|| self.intake.lock().outputs())
    }

    /// Frames decoded so far.
    #[getter]
    fn source_frames(&self, py: Python<'_>) -> u64 {
        py.detach(|| self.intake.lock().source_frames())
    }
}
