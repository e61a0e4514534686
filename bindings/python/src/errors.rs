//! Errors to exceptions. The classes are Python's own, in `voxline/_errors.py`; here they get their facts.

use std::error::Error as StdError;
use std::io;
use std::path::Path;

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;
use voxline::{Error, ErrorKind, Retry};

/// The exception for an error; `path` is the file that was being opened, if any.
pub(crate) fn to_python(py: Python<'_>, error: &Error, path: Option<&Path>) -> PyErr {
    build(py, error, path).map_or_else(|failed| failed, PyErr::from_value)
}

fn build<'py>(py: Python<'py>, error: &Error, path: Option<&Path>) -> PyResult<Bound<'py, PyAny>> {
    static BUILD: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let facts = PyDict::new(py);
    facts.set_item("kind", name(error.kind()))?;
    facts.set_item("status", error.kind().code())?;
    facts.set_item("operation", error.op())?;
    facts.set_item("context", error.context())?;
    let (retryable, retry_after) = match error.retry() {
        Retry::No => (Some(false), None),
        Retry::Yes => (Some(true), None),
        Retry::After(wait) => (Some(true), Some(wait.as_secs_f64())),
        // `Unknown`, and whatever a later version cannot promise.
        _ => (None, None),
    };
    facts.set_item("retryable", retryable)?;
    facts.set_item("retry_after", retry_after)?;
    if let Some(fault) = error.service() {
        facts.set_item("service", fault.service)?;
        facts.set_item("http_status", fault.http_status)?;
        facts.set_item("code", fault.code.as_deref())?;
        facts.set_item("service_message", fault.message.as_deref())?;
        facts.set_item("request_id", fault.request_id.as_deref())?;
    }
    let source = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    let errno = source.and_then(io::Error::raw_os_error);
    // Only the input has that name.
    let filename = path.filter(|_| error.op().ends_with(" input"));
    let build = BUILD.get_or_try_init(py, || py.import("voxline._errors")?.getattr("build").map(Bound::unbind))?;
    build.bind(py).call1((error.to_string(), facts, errno, filename))
}

/// The kind's name as Rust and Python write it.
fn name(kind: ErrorKind) -> String {
    format!("{kind:?}")
}

/// Every kind of error: its name, number and words.
#[pyfunction]
pub(crate) fn _error_kinds() -> Vec<(String, i32, &'static str)> {
    ErrorKind::ALL.iter().map(|kind| (name(*kind), kind.code(), kind.as_str())).collect()
}

/// Raises the exception of the kind with this number, as any call would; for tests of the mapping.
#[pyfunction]
pub(crate) fn _provoke(py: Python<'_>, status: i32) -> PyResult<()> {
    crate::door::quick(py, || match ErrorKind::from_code(status) {
        #[expect(clippy::panic, reason = "shows that a panic stays inside")]
        Some(ErrorKind::Panic) => panic!("ordered"),
        Some(kind) => Err(Error::new(kind, "provoke", "ordered")),
        None => Ok(()),
    })
}
