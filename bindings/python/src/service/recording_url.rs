//! The address of a recording.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use voxline::recording::{self, RecordingId};

use super::record;
use crate::arguments::hash_of;
use crate::door::quick;

/// What a pickled object is made of: the recording, and the whole address.
type Parts<'py, 'a> = (Bound<'py, PyAny>, &'a str);

/// Where a recording is, for a while. Whoever has the address has the audio: only its origin is shown.
///
/// From RecordingClient.locate; for download and open. Picklable, and then whole: a pickle of it is as good as the address.
#[pyclass(module = "voxline", frozen, eq)]
#[derive(Clone, PartialEq)]
pub(crate) struct RecordingUrl {
    pub(crate) inner: recording::RecordingUrl,
}

#[pymethods]
impl RecordingUrl {
    /// The recording it belongs to.
    #[getter]
    fn id<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        id_to_python(py, self.inner.id())
    }

    /// Scheme, host and port.
    #[getter]
    fn origin(&self) -> &str {
        self.inner.origin()
    }

    /// The whole address. Do not log it.
    fn expose(&self) -> &str {
        self.inner.expose()
    }

    fn __repr__(&self) -> String {
        format!("RecordingUrl('{}')", self.inner)
    }

    fn __hash__(&self) -> u64 {
        hash_of(self.inner.expose())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Parts<'py, '_>)> {
        Ok((py.get_type::<Self>().getattr("_restore")?, (self.id(py)?, self.inner.expose())))
    }

    #[staticmethod]
    fn _restore(py: Python<'_>, id: &Bound<'_, PyAny>, url: &str) -> PyResult<Self> {
        let id = id_of(id)?;
        Ok(Self { inner: quick(py, || recording::RecordingUrl::from_exposed(id, url))? })
    }
}

/// What names a recording, or where one was found.
pub(crate) enum Place {
    Id(RecordingId),
    Url(recording::RecordingUrl),
}

impl Place {
    pub(crate) fn new(given: &Bound<'_, PyAny>) -> PyResult<Self> {
        match given.cast::<RecordingUrl>() {
            Ok(url) => Ok(Self::Url(url.get().inner.clone())),
            Err(_) => Ok(Self::Id(id_of(given)?)),
        }
    }
}

/// From `voxline.RecordingId` or any tuple like it.
pub(crate) fn id_of(given: &Bound<'_, PyAny>) -> PyResult<RecordingId> {
    if let Ok((user, task, record)) = given.extract::<(String, String, String)>() {
        return Ok(RecordingId::new(user, task, record));
    }
    match given.extract::<(String, String, String, Option<String>)>() {
        Ok((user, task, record, sub_user)) => {
            let id = RecordingId::new(user, task, record);
            Ok(sub_user.into_iter().fold(id, RecordingId::with_sub_user))
        }
        Err(_) => {
            let kind = given.get_type().name()?;
            Err(PyTypeError::new_err(format!("a recording is named by a RecordingId, not {kind}")))
        }
    }
}

pub(crate) fn id_to_python<'py>(py: Python<'py>, id: &RecordingId) -> PyResult<Bound<'py, PyAny>> {
    let fields = PyDict::new(py);
    fields.set_item("user_id", &id.user_id)?;
    fields.set_item("task_id", &id.task_id)?;
    fields.set_item("record_id", &id.record_id)?;
    fields.set_item("sub_user_id", &id.sub_user_id)?;
    record(py, "RecordingId", &fields)
}
