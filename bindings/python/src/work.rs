//! Calls to a service. Each runs on a thread of its own that knows nothing of Python; whoever wants its result waits
//! for it, a thread with a look for Ctrl-C every beat, an event loop with a call back.

mod exit;

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use voxline::chat::CancelToken;
use voxline::{Error, ErrorKind, Result, Retry, ServiceFault};

use crate::door::{BEAT, guard, quick};
use crate::errors;

/// How long a call that was given up may take to end. What can be cancelled needs a moment.
const MOMENT: Duration = Duration::from_secs(1);
/// The same for one that may be finished first: nobody waits for a paid answer, but it may have arrived.
const GLANCE: Duration = Duration::from_millis(20);

/// A result on its way into Python.
pub(crate) type Answer = Box<dyn for<'py> FnOnce(Python<'py>) -> PyResult<Bound<'py, PyAny>> + Send>;
/// Arguments for the observer, on their way into Python.
type News = Box<dyn for<'py> FnOnce(Python<'py>) -> PyResult<Bound<'py, PyTuple>> + Send>;
type Job = Box<dyn FnOnce(&Line) -> Result<Answer> + Send>;

/// What a job has to do with whoever waits for it.
#[derive(Clone, Default)]
pub(crate) struct Line(Arc<Shared>);

#[derive(Default)]
struct Shared {
    cancel: CancelToken,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    news: VecDeque<News>,
    ended: Option<Result<Answer>>,
    is_over: bool,
}

impl Line {
    /// One that shares its token with others: what reads from a connection ends with it.
    pub(crate) fn with_token(cancel: CancelToken) -> Self {
        Self(Arc::new(Shared { cancel, ..Shared::default() }))
    }

    pub(crate) fn cancel(&self) -> &CancelToken {
        &self.0.cancel
    }

    /// Something that the observer shall hear.
    pub(crate) fn tell(
        &self,
        news: impl for<'py> FnOnce(Python<'py>) -> PyResult<Bound<'py, PyTuple>> + Send + 'static,
    ) {
        self.lock().news.push_back(Box::new(news));
    }

    /// The same in place of whatever was not heard yet.
    pub(crate) fn tell_latest(
        &self,
        news: impl for<'py> FnOnce(Python<'py>) -> PyResult<Bound<'py, PyTuple>> + Send + 'static,
    ) {
        let mut state = self.lock();
        state.news.clear();
        state.news.push_back(Box::new(news));
    }

    fn settle(&self, result: Result<Answer>) {
        let mut state = self.lock();
        (state.ended, state.is_over) = (Some(result), true);
        drop(state);
        self.0.changed.notify_all();
    }

    /// Waits for the end; says whether it has come.
    fn wait(&self, patience: Duration) -> bool {
        let waited = self.0.changed.wait_timeout_while(self.lock(), patience, |state| !state.is_over);
        waited.unwrap_or_else(PoisonError::into_inner).0.is_over
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is lost by giving a call up.
pub(crate) enum Stake {
    /// Nothing: it can be made again.
    Nothing,
    /// It may have taken effect, and may be paid for: the operation, the service and the id to ask it about.
    Effect { op: &'static str, service: &'static str, request_id: Option<String> },
    /// It writes down what has an effect, and is waited for until it has.
    Order,
}

/// A call that can be made: run, or begun and awaited. For the package itself.
#[pyclass(module = "voxline._voxline", frozen)]
pub(crate) struct Work {
    job: Mutex<Option<Job>>,
    line: Line,
    stake: Stake,
    observer: Option<Py<PyAny>>,
}

impl Work {
    pub(crate) fn new<T: Send + 'static>(
        job: impl FnOnce(&Line) -> Result<T> + Send + 'static,
        answer: impl for<'py> FnOnce(Python<'py>, T) -> PyResult<Bound<'py, PyAny>> + Send + 'static,
    ) -> Self {
        let job: Job = Box::new(move |line| {
            let result = job(line)?;
            Ok(boxed(move |py| answer(py, result)))
        });
        Self { job: Mutex::new(Some(job)), line: Line::default(), stake: Stake::Nothing, observer: None }
    }

    pub(crate) fn at_stake(mut self, stake: Stake) -> Self {
        self.stake = stake;
        self
    }

    pub(crate) fn on(mut self, line: Line) -> Self {
        self.line = line;
        self
    }

    /// Whoever waits tells this what the job tells, from the waiting thread.
    pub(crate) fn observed_by(mut self, observer: Option<Py<PyAny>>) -> Self {
        self.observer = observer;
        self
    }

    fn begin(&self, py: Python<'_>, done: Option<Py<PyAny>>) -> PyResult<()> {
        let job = self.job.lock().unwrap_or_else(PoisonError::into_inner).take();
        quick(py, || {
            let job = job.ok_or_else(|| Error::new(ErrorKind::InvalidState, "begin call", "it was begun before"))?;
            let line = self.line.clone();
            let spawned = std::thread::Builder::new().name("voxline-call".to_owned()).spawn(move || {
                let result = guard(|| job(&line));
                line.settle(result);
                if let Some(done) = done {
                    exit::unless_it_ends(move |py| {
                        if let Err(error) = done.call0(py) {
                            error.write_unraisable(py, None);
                        }
                    });
                }
            });
            spawned.map(drop).map_err(|e| Error::io("begin call", "a thread", e))
        })
    }

    /// Tells the observer what there is to tell.
    fn hear(&self, py: Python<'_>) -> PyResult<()> {
        let news = std::mem::take(&mut self.line.lock().news);
        for item in news {
            if let Some(observer) = &self.observer {
                observer.bind(py).call1(item(py)?)?;
            }
        }
        Ok(())
    }

    /// Ends the job because of an exception; that is what comes back, or what must be known in its place.
    fn give_up(&self, py: Python<'_>, raised: PyErr) -> PyErr {
        self.line.cancel().cancel();
        let Some(patience) = self.time_to_end() else {
            // The second Ctrl-C ends the waiting; what is not written down by then is found unknown.
            while !py.detach(|| self.line.wait(BEAT)) {
                if let Err(again) = py.check_signals() {
                    return again;
                }
            }
            return raised;
        };
        py.detach(|| self.line.wait(patience));
        match self.given_up(py) {
            Ok(Some(unknown)) => {
                unknown.set_cause(py, Some(raised));
                unknown
            }
            Ok(None) => raised,
            Err(failed) => failed,
        }
    }

    fn time_to_end(&self) -> Option<Duration> {
        match self.stake {
            Stake::Nothing => Some(MOMENT),
            Stake::Effect { .. } => Some(GLANCE),
            Stake::Order => None,
        }
    }

    /// What is to be said about a call that was given up, unless it surely had no effect.
    fn given_up(&self, py: Python<'_>) -> PyResult<Option<PyErr>> {
        let Stake::Effect { op, service, request_id } = &self.stake else { return Ok(None) };
        let ended = self.line.lock().ended.take();
        let answer = match ended {
            Some(Ok(answer)) => Some(answer(py)?),
            Some(Err(error)) if error.kind() != ErrorKind::OutcomeUnknown && error.retry() != Retry::Unknown => {
                return Ok(None);
            }
            _ => None,
        };
        let mut fault = ServiceFault::new(service);
        fault.request_id.clone_from(request_id);
        let context = if answer.is_some() {
            "given up in the moment in which its answer came; see .answer"
        } else {
            "given up when it may have been sent: look before repeating it"
        };
        let error = Error::new(ErrorKind::OutcomeUnknown, op, context).with_service(fault);
        let error = errors::to_python(py, &error, None);
        let make = py.import("voxline._errors")?.getattr("given_up")?;
        Ok(Some(PyErr::from_value(make.call1((error, answer))?)))
    }
}

/// Says what the closure is, so that it is taken for any interpreter.
fn boxed(answer: impl for<'py> FnOnce(Python<'py>) -> PyResult<Bound<'py, PyAny>> + Send + 'static) -> Answer {
    Box::new(answer)
}

#[pymethods]
impl Work {
    /// Makes the call and waits for its result; Ctrl-C is heard.
    fn run<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.begin(py, None)?;
        loop {
            let is_over = py.detach(|| self.line.wait(BEAT));
            let mut heard = self.hear(py);
            if !is_over {
                heard = heard.and_then(|()| py.check_signals());
            }
            if let Err(raised) = heard {
                return Err(self.give_up(py, raised));
            }
            if is_over {
                return self.result(py);
            }
        }
    }

    /// Begins the call; `done` is called from a thread when it is over.
    fn start(&self, py: Python<'_>, done: Py<PyAny>) -> PyResult<()> {
        exit::prepare(py)?;
        self.begin(py, Some(done))
    }

    /// What came of it, once it is over.
    fn result<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let ended = self.line.lock().ended.take();
        match quick(py, || {
            ended.unwrap_or_else(|| Err(Error::new(ErrorKind::InvalidState, "end call", "it has no result to give")))
        }) {
            Ok(answer) => answer(py),
            Err(error) => Err(error),
        }
    }

    /// Tells the observer what there is to tell.
    fn heed(&self, py: Python<'_>) -> PyResult<()> {
        self.hear(py)
    }

    /// Whether somebody wants to hear how far it is.
    #[getter]
    fn is_observed(&self) -> bool {
        self.observer.is_some()
    }

    /// Gives the call up: what can be cancelled ends within a moment.
    fn cancel(&self, py: Python<'_>) {
        py.detach(|| self.line.cancel().cancel());
    }

    /// Seconds that it is worth while to wait for a call that was given up; None: until it is over.
    #[getter]
    fn patience(&self) -> Option<f64> {
        self.time_to_end().map(|time| time.as_secs_f64())
    }

    /// After `cancel`: the exception that must be raised because it may have taken effect.
    fn verdict(&self, py: Python<'_>) -> PyResult<Option<PyErr>> {
        self.given_up(py)
    }
}

/// When this is dropped nobody waits any more.
impl Drop for Work {
    fn drop(&mut self) {
        // Never begun: nothing to cancel, and the token may be that of an open connection.
        if self.job.lock().unwrap_or_else(PoisonError::into_inner).is_none() && !self.line.lock().is_over {
            self.line.cancel().cancel();
        }
    }
}
