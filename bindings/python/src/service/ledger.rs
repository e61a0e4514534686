//! The ledger of submissions.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use voxline::transcription::{
    self, Entry, Ledger as _, Recorded, SqliteLedger, State, Step, Transcript, parse_callback, record_callback,
};
use voxline::{Error, ErrorKind, Result};

use super::transcript::{submission_to_python, transcript_to_python};
use super::{Held, record};
use crate::door::Door;
use crate::memory::bytes_of;

/// What was submitted for transcription, in an SQLite file: every step is on disk before the next is taken.
///
/// For one program at a time to send and any number to read and to record results. It holds links and business data
/// as they were given, but no credentials; it is readable by its owner alone. Close it, or use it in a with statement.
/// Its calls are short and block, also beside a client for asyncio.
///
/// Args:
///     path: the file; it is made if it is not there.
///     create: False: FileNotFoundError instead, so that a mistyped name is not taken for an empty ledger.
///
/// Raises:
///     InputOutputError: the file cannot be opened or made.
///     UnsupportedFormatError, DecodeError: it is something else, newer, or damaged.
///
/// >>> import tempfile, voxline
/// >>> with tempfile.TemporaryDirectory() as folder, voxline.Ledger(f"{folder}/calls.ledger") as ledger:
/// ...     ledger.counts()["queued"]
/// 0
#[pyclass(module = "voxline", frozen)]
pub(crate) struct Ledger {
    inner: Held<Arc<SqliteLedger>>,
    path: PathBuf,
}

impl Ledger {
    pub(crate) fn held(&self, py: Python<'_>) -> PyResult<Arc<SqliteLedger>> {
        self.inner.get(py)
    }

    fn run<T: Send>(&self, py: Python<'_>, work: impl FnOnce(&SqliteLedger) -> Result<T> + Send) -> PyResult<T> {
        let ledger = self.held(py)?;
        Door::default().run(py, |_| work(&ledger))
    }

    fn decide(&self, py: Python<'_>, req_id: &str, step: &Step) -> PyResult<bool> {
        self.run(py, |ledger| transcription::decide(ledger, req_id, step))
    }
}

#[pymethods]
impl Ledger {
    #[new]
    #[pyo3(signature = (path, *, create=true))]
    fn new(py: Python<'_>, path: PathBuf, create: bool) -> PyResult<Self> {
        let door = Door { path: Some(&path), ..Door::default() };
        let inner = door.run(py, |_| {
            if !create {
                std::fs::metadata(&path).map_err(|e| Error::io("open input", path.display(), e))?;
            }
            SqliteLedger::open(&path)
        })?;
        Ok(Self { inner: Held::new(Arc::new(inner)), path })
    }

    /// Where it is.
    #[getter]
    fn path(&self) -> &PathBuf {
        &self.path
    }

    /// All entries, or those in one state, in the order in which they were entered.
    #[pyo3(signature = (state=None))]
    fn entries<'py>(&self, py: Python<'py>, state: Option<&str>) -> PyResult<Bound<'py, PyList>> {
        let entries = self.run(py, |ledger| match state {
            Some(state) => ledger.list(state_of(state)?),
            None => ledger.entries(),
        })?;
        let entries: Vec<_> = entries.iter().map(|entry| entry_to_python(py, entry)).collect::<PyResult<_>>()?;
        PyList::new(py, entries)
    }

    /// The entry of a submission by its own id, or None.
    fn entry<'py>(&self, py: Python<'py>, req_id: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        let entry = self.run(py, |ledger| ledger.entry(req_id))?;
        entry.map(|entry| entry_to_python(py, &entry)).transpose()
    }

    /// The entry by the service's id of the work, or None.
    fn entry_of_request<'py>(&self, py: Python<'py>, request_id: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        let entry = self.run(py, |ledger| ledger.entry_of_request(request_id))?;
        entry.map(|entry| entry_to_python(py, &entry)).transpose()
    }

    /// How many entries are in each state.
    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let counts = self.run(py, |ledger| {
            State::ALL.iter().map(|state| Ok((state.as_str(), ledger.count(*state)?))).collect::<Result<Vec<_>>>()
        })?;
        let all = PyDict::new(py);
        for (state, count) in counts {
            all.set_item(state, count)?;
        }
        Ok(all)
    }

    /// The transcript of a submission, or None while it has none.
    fn transcript<'py>(&self, py: Python<'py>, req_id: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        let found =
            self.run(py, |ledger| ledger.result(req_id)?.map(|raw| Transcript::from_answer(&raw)).transpose())?;
        found.map(|transcript| transcript_to_python(py, &transcript)).transpose()
    }

    /// Puts a submission back that is unknown or failed: the next run sends it (again), and it may be paid for twice.
    /// Says whether that changed anything.
    fn requeue(&self, py: Python<'_>, req_id: &str) -> PyResult<bool> {
        self.decide(py, req_id, &Step::Requeue)
    }

    /// Settles that a submission will not be transcribed. Says whether that changed anything; what is done, or failed for
    /// another reason, is an InvalidStateError.
    fn give_up(&self, py: Python<'_>, req_id: &str, why: &str) -> PyResult<bool> {
        self.decide(py, req_id, &Step::Failed { why: why.to_owned() })
    }

    /// Settles that the service took a submission, under this id: the next run waits for its result. Says whether that
    /// changed anything; what is done or failed, or has another id, is an InvalidStateError.
    fn accept(&self, py: Python<'_>, req_id: &str, request_id: &str) -> PyResult<bool> {
        self.decide(py, req_id, &Step::Accepted { request_id: request_id.to_owned() })
    }

    /// Writes a delivery (the body of the request, as for parse_callback) down. When it returns the result is on disk:
    /// only then acknowledge it. "new", "nothing" (a duplicate, or still pending) or "unknown_id".
    fn record(&self, py: Python<'_>, body: &Bound<'_, PyAny>) -> PyResult<&'static str> {
        let body = bytes_of(body)?;
        let body = body.as_bytes();
        let recorded = self.run(py, |ledger| record_callback(ledger, &parse_callback(body)?))?;
        Ok(match recorded {
            Recorded::New => "new",
            Recorded::UnknownId => "unknown_id",
            _ => "nothing",
        })
    }

    /// Closes the file; a run that is under way goes on with it.
    fn close(&self, py: Python<'_>) {
        py.detach(|| self.inner.close());
    }

    fn __enter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, pyo3::types::PyTuple>) {
        self.close(py);
    }

    fn __repr__(&self) -> String {
        format!("Ledger({:?})", self.path)
    }
}

fn state_of(text: &str) -> Result<State> {
    State::from_text(text).ok_or_else(|| {
        let all: Vec<_> = State::ALL.iter().map(|state| format!("\"{}\"", state.as_str())).collect();
        let context = format!("state is \"{text}\"; use {}", all.join(", "));
        Error::new(ErrorKind::InvalidArgument, "list ledger", context)
    })
}

fn entry_to_python<'py>(py: Python<'py>, entry: &Entry) -> PyResult<Bound<'py, PyAny>> {
    let fields = PyDict::new(py);
    fields.set_item("req_id", entry.req_id())?;
    fields.set_item("state", entry.state.as_str())?;
    fields.set_item("request_id", &entry.request_id)?;
    fields.set_item("note", &entry.note)?;
    fields.set_item("attempts", entry.attempts)?;
    fields.set_item("submission", submission_to_python(py, &entry.submission)?)?;
    record(py, "LedgerEntry", &fields)
}
