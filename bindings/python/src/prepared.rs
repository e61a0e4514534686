//! Prepared audio.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString, PyTuple};
use voxline::Report;

use crate::door::quick;
use crate::part::{base64, first};
use crate::report::{self, from_json, to_json};

/// What a pickled object is made of: outputs, report as JSON, whether they are base64.
type Parts = (Py<PyTuple>, String, bool);

/// Audio as a service takes it: bytes, and the report of how they came about.
///
/// Immutable, hashable and picklable; `bytes(prepared)` is `prepared.data`.
#[pyclass(module = "voxline", frozen)]
pub(crate) struct Prepared {
    outputs: Py<PyTuple>,
    report: Report,
    /// Whether the outputs are base64 text already.
    #[pyo3(get)]
    is_base64: bool,
}

impl Prepared {
    /// Hands the bytes over to Python.
    pub(crate) fn new(py: Python<'_>, prepared: voxline::Prepared) -> PyResult<Self> {
        let (report, is_base64) = (prepared.report().clone(), prepared.is_base64());
        let outputs = prepared.into_outputs();
        let outputs = PyTuple::new(py, outputs.iter().map(|bytes| PyBytes::new(py, bytes)))?.unbind();
        Ok(Self { outputs, report, is_base64 })
    }

    /// The same as the facade has it, copied.
    pub(crate) fn to_facade(&self, py: Python<'_>) -> PyResult<voxline::Prepared> {
        let outputs: Vec<Vec<u8>> = self.outputs.bind(py).extract()?;
        Ok(voxline::Prepared::from_parts(outputs, self.report.clone(), self.is_base64))
    }

    fn first<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        first(self.outputs.bind(py))
    }
}

#[pymethods]
impl Prepared {
    /// The bytes of the first output.
    #[getter]
    fn data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        self.first(py)
    }

    /// The bytes of every output: one, or with `channels="split"` one a channel.
    #[getter]
    fn outputs(&self, py: Python<'_>) -> Py<PyTuple> {
        self.outputs.clone_ref(py)
    }

    /// What was found and done.
    #[getter]
    fn report<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        report::to_python(py, &self.report)
    }

    /// The first output as base64 text without line breaks.
    fn base64<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        base64(&self.first(py)?, self.is_base64)
    }

    fn __bytes__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        self.first(py)
    }

    fn __eq__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Ok(other) = other.cast::<Self>() else { return Ok(false) };
        let other = other.get();
        let is_same = self.is_base64 == other.is_base64 && self.report == other.report;
        Ok(is_same && self.outputs.bind(py).eq(other.outputs.bind(py))?)
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        self.outputs.bind(py).hash()
    }

    fn __repr__(&self) -> String {
        let target = &self.report.target;
        format!(
            "<voxline.Prepared {} {} Hz, {} channel{}, {:.3} s, {} bytes>",
            target.encoding,
            target.sample_rate_hz,
            target.channel_count,
            if target.channel_count == 1 { "" } else { "s" },
            target.duration_s,
            target.bytes
        )
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Parts)> {
        let json = quick(py, || to_json(&self.report))?;
        Ok((py.get_type::<Self>().getattr("_restore")?, (self.outputs.clone_ref(py), json, self.is_base64)))
    }

    #[staticmethod]
    fn _restore(py: Python<'_>, outputs: Py<PyTuple>, report: &str, is_base64: bool) -> PyResult<Self> {
        Ok(Self { outputs, report: quick(py, || from_json(report))?, is_base64 })
    }
}
