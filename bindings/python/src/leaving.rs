//! Threads of ours that call Python, and an interpreter that goes down: the one waits for the others.
//!
//! CPython ends a thread that comes back into an interpreter which is going down, in the middle of whatever it does; in
//! Rust that is an abort of the whole process.

use std::sync::{RwLock, TryLockError};
use std::time::{Duration, Instant};

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// Whether the interpreter is going down. Who calls Python holds it for reading.
static GONE: RwLock<bool> = RwLock::new(false);

/// Longer than any call takes that only wakes somebody up. In a fork of a process nobody may be left to give it back.
const PATIENCE: Duration = Duration::from_secs(1);

/// Sees to it that the interpreter says when it goes; to be called before a thread is started that calls it.
pub(crate) fn expect(py: Python<'_>) -> PyResult<()> {
    static EXPECTED: PyOnceLock<()> = PyOnceLock::new();
    EXPECTED.get_or_try_init(py, || {
        let leave = wrap_pyfunction!(leave, py)?;
        py.import("atexit")?.call_method1("register", (leave,)).map(drop)
    })?;
    Ok(())
}

/// Calls Python from a thread of ours, unless it is too late.
pub(crate) fn call(work: impl FnOnce(Python<'_>)) {
    let Ok(gone) = GONE.read() else { return };
    if !*gone {
        Python::try_attach(work);
    }
}

/// What `atexit` calls.
#[pyfunction]
fn leave(py: Python<'_>) {
    py.detach(|| {
        let start = Instant::now();
        loop {
            match GONE.try_write() {
                Ok(mut gone) => return *gone = true,
                Err(TryLockError::WouldBlock) if start.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(1));
                }
                Err(_) => return,
            }
        }
    });
}
