//! The data path while the bytes arrive.

use std::sync::{Mutex, PoisonError};

use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::array::from_samples;
use crate::door::{Door, quick};
use crate::options::{Options, gather};
use crate::report;
use crate::source::bytes_of;

/// How much is pushed between two looks for Ctrl-C.
const PIECE_BYTES: usize = 64 * 1024;

/// Converts audio while it arrives, in bounded memory: push bytes, pull what is ready, finish, pull the rest.
///
/// The same bytes give the same output however they are cut. Takes the keywords of prepare. May be used from several
/// threads, one call at a time. After an exception nothing more can be pushed.
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
    inner: Mutex<voxline::Preparer>,
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
        Ok(Self { inner: Mutex::new(quick(py, || voxline::Preparer::new(&options))?) })
    }

    /// Takes the next bytes of the input, of any number.
    fn push(&self, py: Python<'_>, data: &Bound<'_, PyAny>) -> PyResult<()> {
        let bytes = bytes_of(data)?;
        let bytes = bytes.as_bytes();
        Door::default().run(py, |watch| {
            let mut inner = self.lock();
            for piece in bytes.chunks(PIECE_BYTES) {
                inner.push(piece)?;
                watch.beat()?;
            }
            Ok(())
        })
    }

    /// The bytes of an output that are ready, as encoding and base64 say; b"": push more, or after finish all.
    #[pyo3(signature = (output=0))]
    fn pull<'py>(&self, py: Python<'py>, output: usize) -> PyResult<Bound<'py, PyBytes>> {
        let ready = Door::default().run(py, |_| {
            let mut ready = Vec::new();
            self.lock().pull(output, &mut ready).map(|_| ready)
        })?;
        Ok(PyBytes::new(py, &ready))
    }

    /// The same as a NumPy array of int16: (frames,), or (frames, channels) for more than one. Use either on an output.
    #[pyo3(signature = (output=0))]
    fn pull_samples<'py>(&self, py: Python<'py>, output: usize) -> PyResult<Bound<'py, PyAny>> {
        let (ready, frames) = Door::default().run(py, |_| {
            let mut ready = Vec::new();
            self.lock().pull_s16(output, &mut ready).map(|frames| (ready, frames))
        })?;
        let channels = ready.len().checked_div(frames).unwrap_or(1);
        if frames == 0 { Ok(PyArray1::from_vec(py, ready).into_any()) } else { from_samples(py, ready, channels) }
    }

    /// Ends the input; the rest can then be pulled.
    fn finish<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let found = Door::default().run(py, |_| self.lock().finish())?;
        report::to_python(py, &found)
    }

    /// After finish: the final header of a WAV output, to be written over its first bytes; else None.
    fn wav_header<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let header = Door::default().run(py, |_| self.lock().wav_header())?;
        Ok(header.map(|header| PyBytes::new(py, &header)))
    }

    /// How many outputs there are; None until that is known.
    #[getter]
    fn outputs(&self, py: Python<'_>) -> Option<usize> {
        py.detach(|| self.lock().outputs())
    }

    /// Frames decoded so far.
    #[getter]
    fn source_frames(&self, py: Python<'_>) -> u64 {
        py.detach(|| self.lock().source_frames())
    }
}

impl Preparer {
    /// To be called without the interpreter's lock, or two threads wait for each other.
    fn lock(&self) -> std::sync::MutexGuard<'_, voxline::Preparer> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
