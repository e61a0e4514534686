//! The end of the interpreter: no thread of ours may be inside by then, for it would be killed there and then, which Rust
//! takes for a reason to abort the process.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use voxline::{Error, ErrorKind};

use crate::door::quick;

/// No lock: a process that was forked while one was held could never end.
static INSIDE: AtomicUsize = AtomicUsize::new(0);
static HAS_ENDED: AtomicBool = AtomicBool::new(false);

/// Longest wait for the threads that are inside; what they do takes microseconds.
const PATIENCE: Duration = Duration::from_secs(1);

/// Runs `work` with the interpreter from a thread that Python does not know, unless it is going down.
pub(super) fn unless_it_ends(work: impl FnOnce(Python<'_>)) {
    INSIDE.fetch_add(1, Ordering::SeqCst);
    if !HAS_ENDED.load(Ordering::SeqCst) {
        Python::try_attach(work);
    }
    INSIDE.fetch_sub(1, Ordering::SeqCst);
}

/// To be called before there is such a thread.
pub(super) fn prepare(py: Python<'_>) -> PyResult<()> {
    static REGISTERED: PyOnceLock<()> = PyOnceLock::new();
    REGISTERED.get_or_try_init(py, || {
        let wait = wrap_pyfunction!(wait_for_threads, py)?;
        py.import("atexit")?.call_method1("register", (wait,)).map(drop)
    })?;
    quick(py, || match HAS_ENDED.load(Ordering::SeqCst) {
        true => Err(Error::new(ErrorKind::InvalidState, "begin call", "the interpreter is going down")),
        false => Ok(()),
    })
}

/// From now on nobody comes in; whoever is inside comes out first.
#[pyfunction]
fn wait_for_threads(py: Python<'_>) {
    HAS_ENDED.store(true, Ordering::SeqCst);
    py.detach(|| {
        let begun = Instant::now();
        while INSIDE.load(Ordering::SeqCst) > 0 && begun.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(1));
        }
    });
}
