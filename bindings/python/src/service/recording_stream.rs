//! A recording that is read while it arrives.

use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use voxline::chat::CancelToken;
use voxline::recording::RecordingStream;
use voxline::{Error, ErrorKind, Result};

use super::Local;
use crate::arguments;
use crate::work::{Line, Work};

const OP: &str = "read recording";
/// Most bytes of one read: more would only be waited for longer.
const MOST_BYTES: usize = 1 << 20;

/// What RecordingFile and AsyncRecordingStream are made of. For the package itself.
#[pyclass(module = "voxline._voxline", frozen)]
pub(crate) struct StreamCore {
    /// `None` once it is closed.
    inner: Arc<Local<Mutex<Option<RecordingStream>>>>,
    cancel: CancelToken,
    total_bytes: Option<u64>,
    content_type: Option<String>,
}

impl StreamCore {
    pub(crate) fn new(stream: RecordingStream, cancel: CancelToken) -> Self {
        let (total_bytes, content_type) = (stream.total_bytes(), stream.content_type().map(str::to_owned));
        Self { inner: Arc::new(Local::new(Mutex::new(Some(stream)))), cancel, total_bytes, content_type }
    }
}

#[pymethods]
impl StreamCore {
    #[getter]
    fn total_bytes(&self) -> Option<u64> {
        self.total_bytes
    }

    #[getter]
    fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// At least one byte and at most `count`, unless it is over.
    fn read(&self, #[pyo3(from_py_with = arguments::count)] count: usize) -> Work {
        let inner = Arc::clone(&self.inner);
        let read = move |_: &Line| read(&inner, count.min(MOST_BYTES));
        let work = Work::new(read, |py, bytes: Vec<u8>| Ok(PyBytes::new(py, &bytes).into_any()));
        work.on(Line::with_token(self.cancel.clone()))
    }

    /// Ends the connection; a read that is under way ends too.
    fn close(&self, py: Python<'_>) {
        if let Some(inner) = self.inner.get() {
            self.cancel.cancel();
            py.detach(|| drop(inner.lock().unwrap_or_else(PoisonError::into_inner).take()));
        }
    }
}

fn read(inner: &Local<Mutex<Option<RecordingStream>>>, count: usize) -> Result<Vec<u8>> {
    let mut stream = inner.here(OP)?.lock().unwrap_or_else(PoisonError::into_inner);
    let closed = || Error::new(ErrorKind::InvalidState, OP, "it was closed");
    let stream = stream.as_mut().ok_or_else(closed)?;
    let mut bytes = vec![0; count];
    let taken = stream.read(&mut bytes).map_err(|error| match error.downcast::<Error>() {
        Ok(carried) => carried,
        Err(other) => Error::io(OP, "the stream", other),
    })?;
    bytes.truncate(taken);
    Ok(bytes)
}
