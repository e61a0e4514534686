//! Reports cross as JSON: the one form that names every field once.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use serde::Serialize;
use serde::de::DeserializeOwned;
use voxline::{Error, ErrorKind, Report, Result};

/// `voxline.Report` with the same fields.
pub(crate) fn to_python<'py>(py: Python<'py>, report: &Report) -> PyResult<Bound<'py, PyAny>> {
    static PARSE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let parse = PARSE.get_or_try_init(py, || py.import("voxline._report")?.getattr("from_json").map(Bound::unbind))?;
    parse.bind(py).call1((crate::door::quick(py, || to_json(report))?,))
}

/// Something of ours as text that [`from_json`] reads.
pub(crate) fn to_json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::new(ErrorKind::Internal, "write JSON", e.to_string()))
}

/// What [`to_json`] wrote, perhaps in another process.
///
/// **Errors**: [`ErrorKind::InvalidArgument`] for text of another version.
pub(crate) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|e| Error::new(ErrorKind::InvalidArgument, "read JSON", e.to_string()))
}
