//! The one door into Rust: the interpreter goes on meanwhile, Ctrl-C is heard, no panic passes.

use std::any::Any;
use std::cell::Cell;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use pyo3::prelude::*;
use voxline::{Error, ErrorKind, Progress, Result};

use crate::errors;

/// How often a long job looks for Ctrl-C and tells its progress. A person notices a delay of 100 ms.
pub(crate) const BEAT: Duration = Duration::from_millis(40);

/// An exception raised by Python code that Rust called: it goes on as it is.
#[derive(Clone, Default)]
pub(crate) struct Raised(Arc<Mutex<Option<PyErr>>>);

impl Raised {
    /// Keeps the first one.
    pub(crate) fn keep(&self, error: PyErr) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }

    fn take(&self) -> Option<PyErr> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Looks after a job while it runs.
pub(crate) struct Watch {
    raised: Raised,
    callback: Option<Py<PyAny>>,
    next: Cell<Option<Instant>>,
}

impl Watch {
    /// To be called often; `Break` when the job shall end.
    pub(crate) fn progress(&self, state: Progress) -> ControlFlow<()> {
        if self.is_due() { self.heed(Some(state)) } else { ControlFlow::Continue(()) }
    }

    /// What is over within a beat never asks for the interpreter; a callback hears of the first piece at once.
    fn is_due(&self) -> bool {
        let now = Instant::now();
        let is_due = match self.next.get() {
            Some(next) => now >= next,
            None => self.callback.is_some(),
        };
        if is_due || self.next.get().is_none() {
            self.next.set(Some(now + BEAT));
        }
        is_due
    }

    /// For a loop of our own that has no progress to tell: an error on Ctrl-C.
    pub(crate) fn beat(&self) -> Result<()> {
        match self.is_due() && self.heed(None).is_break() {
            true => Err(Error::new(ErrorKind::Cancelled, "push", "interrupted")),
            false => Ok(()),
        }
    }

    /// The last word of a job that came to its end.
    pub(crate) fn done(&self, state: Progress) -> Result<()> {
        if self.callback.is_some() && self.heed(Some(state)).is_break() {
            return Err(Error::new(ErrorKind::Cancelled, "progress", "the callback raised an exception"));
        }
        Ok(())
    }

    fn heed(&self, state: Option<Progress>) -> ControlFlow<()> {
        let heard = Python::attach(|py| {
            py.check_signals()?;
            match (&self.callback, state) {
                (Some(callback), Some(state)) => {
                    callback.call1(py, (state.input_bytes, state.input_total_bytes, state.source_frames)).map(drop)
                }
                _ => Ok(()),
            }
        });
        match heard {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.raised.keep(error);
                ControlFlow::Break(())
            }
        }
    }
}

/// A call through the door.
#[derive(Default)]
pub(crate) struct Door<'a> {
    /// The file that is opened, for `OSError.filename`.
    pub(crate) path: Option<&'a Path>,
    /// What is told how far the job is.
    pub(crate) callback: Option<Py<PyAny>>,
    /// Where a reader written in Python leaves its exception.
    pub(crate) raised: Raised,
}

impl Door<'_> {
    /// Runs `work` without the interpreter's lock and brings back its result or the exception to raise.
    pub(crate) fn run<T: Send>(self, py: Python<'_>, work: impl FnOnce(&Watch) -> Result<T> + Send) -> PyResult<T> {
        let Self { path, callback, raised } = self;
        let for_watch = raised.clone();
        let result = py.detach(move || {
            let watch = Watch { raised: for_watch, callback, next: Cell::new(None) };
            guard(|| work(&watch))
        });
        result.map_err(|error| raised.take().unwrap_or_else(|| errors::to_python(py, &error, path)))
    }
}

/// A short call that keeps the interpreter's lock.
pub(crate) fn quick<T>(py: Python<'_>, work: impl FnOnce() -> Result<T>) -> PyResult<T> {
    guard(work).map_err(|error| errors::to_python(py, &error, None))
}

/// A panic becomes an error like any other.
pub(crate) fn guard<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| Err(panicked(&*payload)))
}

fn panicked(payload: &(dyn Any + Send)) -> Error {
    let text = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    Error::new(ErrorKind::Panic, "call", text.unwrap_or("no message").to_owned())
}
