//! The client of the transcription service.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use voxline::transcription::{
    Credentials, DEFAULT_EXPIRE_SECONDS, DEFAULT_REGION, Entered, JobOutcome, JobReport, KnownLinks, RunOptions,
    SqliteLedger, Submission, TranscriptionClient, WaitOptions, enter_submissions, resume_with_ledger, run_with_ledger,
};
use voxline::{Error, Result};

use super::ledger::Ledger;
use super::transcript::{
    accepted_to_python, query_to_python, submission_of, submission_to_python, transcript_to_python,
};
use super::{Given, Held, copy_of, record};
use crate::door::quick;
use crate::errors;
use crate::work::{Line, Stake, Work};

const KNOWN_LINKS: &[(&str, KnownLinks)] =
    &[("refuse", KnownLinks::Refuse), ("skip", KnownLinks::Skip), ("repeat", KnownLinks::Repeat)];

/// What TranscriptionClient and AsyncTranscriptionClient are made of. For the package itself.
#[pyclass(module = "voxline._voxline", frozen)]
pub(crate) struct TranscriptionCore {
    inner: Held<TranscriptionClient>,
}

#[pymethods]
impl TranscriptionCore {
    #[new]
    fn new(py: Python<'_>, given: &Bound<'_, PyDict>) -> PyResult<Self> {
        let given = Given(given);
        let mut builder = TranscriptionClient::builder().http(given.http()?).credentials(credentials(&given)?);
        if let Some(url) = given.get::<String>("base_url")? {
            builder = builder.base_url(url);
        }
        if let Some(uuid) = given.get::<String>("device_uuid")? {
            builder = builder.device_uuid(uuid);
        }
        Ok(Self { inner: Held::new(quick(py, || builder.build())?) })
    }

    fn new_req_id(&self, py: Python<'_>) -> PyResult<String> {
        Ok(self.inner.get(py)?.new_req_id())
    }

    fn submit(&self, py: Python<'_>, submission: &Bound<'_, PyAny>) -> PyResult<Work> {
        let (client, submission) = (self.inner.get(py)?, submission_of(submission)?);
        // Known before it is sent, so that whoever gives it up can ask about it.
        let req_id = submission.req_id().map_or_else(|| client.new_req_id(), str::to_owned);
        let submission = submission.with_req_id(&req_id);
        let stake = Stake::Effect { op: "submit transcription", service: "transcription", request_id: Some(req_id) };
        Ok(Work::new(move |line| client.submit_with(&submission, line.cancel()), accepted_to_python).at_stake(stake))
    }

    fn query(&self, py: Python<'_>, request_id: String) -> PyResult<Work> {
        let client = self.inner.get(py)?;
        Ok(Work::new(move |line| client.query_with(&request_id, line.cancel()), query_to_python))
    }

    fn wait(&self, py: Python<'_>, request_id: String, given: &Bound<'_, PyDict>) -> PyResult<Work> {
        let (client, options) = (self.inner.get(py)?, wait_options(&Given(given))?);
        Ok(Work::new(
            move |line| client.wait(&request_id, &options, line.cancel()),
            |py, transcript| transcript_to_python(py, &transcript),
        ))
    }

    fn enter(
        &self,
        py: Python<'_>,
        ledger: &Bound<'_, Ledger>,
        submissions: Vec<Bound<'_, PyAny>>,
        given: &Bound<'_, PyDict>,
    ) -> PyResult<Work> {
        let (client, ledger) = (self.inner.get(py)?, ledger.get().held(py)?);
        let submissions = submissions_of(&submissions)?;
        let known = Given(given).word("known_links", KNOWN_LINKS)?.unwrap_or_default();
        Ok(Work::new(move |_| enter_submissions(&client, &*ledger, &submissions, known), entered_to_python))
    }

    #[pyo3(signature = (ledger, submissions, given, observe))]
    fn run(
        &self,
        py: Python<'_>,
        ledger: &Bound<'_, Ledger>,
        submissions: Vec<Bound<'_, PyAny>>,
        given: &Bound<'_, PyDict>,
        observe: Option<Py<PyAny>>,
    ) -> PyResult<Work> {
        let submissions = submissions_of(&submissions)?;
        self.run_work(py, ledger, &Given(given), observe, move |all| {
            run_with_ledger(all.client, all.ledger, &submissions, all.options, all.line.cancel(), all.observe)
        })
    }

    #[pyo3(signature = (ledger, given, observe))]
    fn resume(
        &self,
        py: Python<'_>,
        ledger: &Bound<'_, Ledger>,
        given: &Bound<'_, PyDict>,
        observe: Option<Py<PyAny>>,
    ) -> PyResult<Work> {
        self.run_work(py, ledger, &Given(given), observe, move |all| {
            resume_with_ledger(all.client, all.ledger, all.options, all.line.cancel(), all.observe)
        })
    }

    fn close(&self) {
        self.inner.close();
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        self.inner.get(py).map_or_else(|_| "closed".to_owned(), |client| format!("{client:?}"))
    }
}

/// What both kinds of run get.
struct All<'a> {
    client: &'a TranscriptionClient,
    ledger: &'a SqliteLedger,
    options: &'a RunOptions,
    line: &'a Line,
    observe: &'a (dyn Fn(&JobReport) + Sync),
}

impl TranscriptionCore {
    fn run_work(
        &self,
        py: Python<'_>,
        ledger: &Bound<'_, Ledger>,
        given: &Given<'_, '_>,
        observe: Option<Py<PyAny>>,
        run: impl FnOnce(&All<'_>) -> Result<Vec<JobReport>> + Send + 'static,
    ) -> PyResult<Work> {
        let (client, ledger) = (self.inner.get(py)?, ledger.get().held(py)?);
        let options = run_options(given)?;
        let is_observed = observe.is_some();
        let job = move |line: &Line| {
            let tell = |report: &JobReport| {
                if is_observed {
                    let report = Seen::copied(report);
                    line.tell(move |py| (report_to_python(py, &report)?,).into_pyobject(py));
                }
            };
            run(&All { client: &client, ledger: &ledger, options: &options, line, observe: &tell })
        };
        Ok(Work::new(job, reports_to_python).observed_by(observe).at_stake(Stake::Order))
    }
}

fn credentials(given: &Given<'_, '_>) -> PyResult<Credentials> {
    let app_id: Option<String> = given.get("app_id")?;
    let app_key: Option<String> = given.get("app_key")?;
    let authorization: Option<String> = given.get("authorization")?;
    match (app_id, app_key, authorization) {
        (Some(app_id), Some(app_key), None) => Ok(Credentials::AppKey {
            app_id,
            app_key: app_key.into(),
            region: given.get("region")?.unwrap_or_else(|| DEFAULT_REGION.to_owned()),
            expire_seconds: given.get("expire_s")?.unwrap_or(DEFAULT_EXPIRE_SECONDS),
        }),
        (app_id, None, Some(authorization)) => Ok(Credentials::Ready { app_id, authorization: authorization.into() }),
        _ => Err(PyTypeError::new_err("give app_id and app_key, or authorization")),
    }
}

fn wait_options(given: &Given<'_, '_>) -> PyResult<WaitOptions> {
    let mut options = WaitOptions::default();
    if let Some(growth) = given.get("growth")? {
        options.growth = growth;
    }
    for (name, field) in [
        ("interval_s", &mut options.interval),
        ("max_interval_s", &mut options.max_interval),
        ("deadline_s", &mut options.deadline),
        ("not_available_grace_s", &mut options.not_available_grace),
    ] {
        if let Some(time) = given.seconds(name)? {
            *field = time;
        }
    }
    Ok(options)
}

fn run_options(given: &Given<'_, '_>) -> PyResult<RunOptions> {
    let mut options = RunOptions::default();
    options.wait = wait_options(given)?;
    if let Some(count) = given.get("in_flight")? {
        options.in_flight = count;
    }
    if let Some(known) = given.word("known_links", KNOWN_LINKS)? {
        options.known_links = known;
    }
    if let Some(count) = given.get("stop_after_refusals")? {
        options.stop_after_refusals = count;
    }
    Ok(options)
}

fn submissions_of(given: &[Bound<'_, PyAny>]) -> PyResult<Vec<Submission>> {
    given.iter().map(submission_of).collect()
}

fn entered_to_python(py: Python<'_>, entered: Entered) -> PyResult<Bound<'_, PyAny>> {
    let new: Vec<_> =
        entered.new.iter().map(|submission| submission_to_python(py, submission)).collect::<PyResult<_>>()?;
    let fields = PyDict::new(py);
    fields.set_item("new", pyo3::types::PyTuple::new(py, new)?)?;
    fields.set_item("known", entered.known)?;
    fields.set_item("repeated", entered.repeated)?;
    record(py, "Entered", &fields)
}

/// A report that can be handed on: what it says, and the error once more.
struct Seen {
    req_id: String,
    state: &'static str,
    error: Option<Error>,
}

impl Seen {
    fn copied(report: &JobReport) -> Self {
        let (state, error) = match &report.outcome {
            JobOutcome::Done => ("done", None),
            JobOutcome::AwaitingCallback => ("awaiting_callback", None),
            JobOutcome::Running(error) => ("running", Some(error)),
            JobOutcome::NotSent(error) => ("not_sent", Some(error)),
            JobOutcome::Unknown(error) => ("unknown", Some(error)),
            JobOutcome::Failed(error) => ("failed", Some(error)),
            // What a later version adds is not lost, only not named.
            _ => ("other", None),
        };
        Self { req_id: report.req_id.clone(), state, error: error.map(copy_of) }
    }
}

fn reports_to_python(py: Python<'_>, reports: Vec<JobReport>) -> PyResult<Bound<'_, PyAny>> {
    let reports: Vec<_> =
        reports.iter().map(|report| report_to_python(py, &Seen::copied(report))).collect::<PyResult<_>>()?;
    Ok(PyList::new(py, reports)?.into_any())
}

fn report_to_python<'py>(py: Python<'py>, report: &Seen) -> PyResult<Bound<'py, PyAny>> {
    let fields = PyDict::new(py);
    fields.set_item("req_id", &report.req_id)?;
    fields.set_item("state", report.state)?;
    fields.set_item("error", report.error.as_ref().map(|error| errors::to_python(py, error, None)))?;
    record(py, "JobReport", &fields)
}
