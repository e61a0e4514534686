//! Input that comes in pieces, for an engine that several threads and signal handlers may use.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;
use voxline::{Error, ErrorKind, Result};

use crate::door::{Door, Watch};
use crate::memory::bytes_of;

/// How much is pushed between two looks for Ctrl-C.
const PIECE_BYTES: usize = 64 * 1024;

/// An engine that takes input, only one call at a time.
pub(crate) struct Intake<T> {
    inner: Mutex<T>,
    /// Input is being taken, or was not taken whole.
    is_taking: AtomicBool,
}

impl<T: Send> Intake<T> {
    pub(crate) fn new(inner: T) -> Self {
        Self { inner: Mutex::new(inner), is_taking: AtomicBool::new(false) }
    }

    /// To be called without the interpreter's lock, or two threads wait for each other.
    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands input on in pieces.
    pub(crate) fn push(
        &self,
        py: Python<'_>,
        data: &Bound<'_, PyAny>,
        take: impl Fn(&mut T, &[u8]) -> Result<()> + Send + Sync,
    ) -> PyResult<()> {
        let bytes = bytes_of(data)?;
        let bytes = bytes.as_bytes();
        Door::default().run(py, |watch| {
            self.begin("push")?;
            for piece in bytes.chunks(PIECE_BYTES) {
                // Not held while signal handlers run: they may use this object.
                let taken = take(&mut self.lock(), piece);
                // What the data path refuses it remembers itself.
                taken.inspect_err(|_| self.end())?;
                watch.beat()?;
            }
            self.end();
            Ok(())
        })
    }

    /// Ends the input step by step: `step` gives `None` until it is done. What Ctrl-C ended can be called again.
    pub(crate) fn finish<R>(&self, watch: &Watch, step: impl Fn(&mut T) -> Result<Option<R>>) -> Result<R> {
        self.begin("finish")?;
        let ended = loop {
            let done = step(&mut self.lock());
            match done.transpose() {
                Some(ended) => break ended,
                None => match watch.beat() {
                    Ok(()) => {}
                    Err(interrupted) => break Err(interrupted),
                },
            }
        };
        self.end();
        ended
    }

    /// Only one at a time takes input, and nobody after one that did not take all of its own.
    fn begin(&self, what: &'static str) -> Result<()> {
        if self.is_taking.swap(true, Ordering::AcqRel) {
            let context = format!(
                "{what} while another push or finish is under way, or after a push that ended with an exception"
            );
            return Err(Error::new(ErrorKind::InvalidState, what, context));
        }
        Ok(())
    }

    fn end(&self) {
        self.is_taking.store(false, Ordering::Release);
    }
}
