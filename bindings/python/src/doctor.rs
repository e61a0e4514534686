//! The call doctor.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

use crate::door::quick;
use crate::options::{Options, gather};
use crate::path::run;
use crate::report::to_json;

/// Examines a recording of a call: silent, clipped, noisy or muffled channels, channels that are copies of each other or
/// leak into each other, both sides speaking at once, every oddity of the file.
///
/// Args:
///     src, options, progress: as for prepare.
///     **keywords: as for prepare; those of input and limits count.
///
/// Returns:
///     Diagnosis: .worst, .findings with .name, .severity, .figures and .advice, .channels, .pair, .report.
///
/// Raises:
///     As prepare, but what decoding puts up with is a finding, and so is a file without audio.
///
/// >>> import voxline
/// >>> diagnosis = voxline.doctor(b"\xd5" * 8000, input_raw_format="alaw")
/// >>> diagnosis.worst, [finding.name for finding in diagnosis.findings]
/// ('error', ['silent'])
#[pyfunction]
#[pyo3(signature = (src, *, options=None, progress=None, **keywords))]
pub(crate) fn doctor<'py>(
    py: Python<'py>,
    src: &Bound<'py, PyAny>,
    options: Option<&Options>,
    progress: Option<&Bound<'py, PyAny>>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    static PARSE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let options = gather(py, options, None, keywords)?;
    let found = run(py, src, progress, |source, beat| voxline::doctor_with(source, &options, beat))?;
    let parse = PARSE.get_or_try_init(py, || py.import("voxline._doctor")?.getattr("from_json").map(Bound::unbind))?;
    parse.bind(py).call1((quick(py, || to_json(&found))?,))
}
