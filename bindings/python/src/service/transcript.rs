//! What the transcription service says, as Python has it.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use voxline::transcription::{
    Accepted, Callback, CallbackOutcome, JobFailure, QueryState, ReturnMode, Sentence, Submission, Transcript,
    parse_callback as parse,
};

use super::{Given, record};
use crate::door::Door;
use crate::memory::bytes_of;

pub(crate) fn transcript_to_python<'py>(py: Python<'py>, transcript: &Transcript) -> PyResult<Bound<'py, PyAny>> {
    let sentence = |sentence: &Sentence| {
        let fields = PyDict::new(py);
        fields.set_item("text", &sentence.text)?;
        fields.set_item("start_ms", sentence.start_ms)?;
        fields.set_item("end_ms", sentence.end_ms)?;
        fields.set_item("channel", sentence.channel)?;
        record(py, "Sentence", &fields)
    };
    let sentences: Vec<_> = transcript.sentences().iter().map(sentence).collect::<PyResult<_>>()?;
    let fields = PyDict::new(py);
    fields.set_item("text", transcript.text())?;
    fields.set_item("sentences", PyTuple::new(py, sentences)?)?;
    fields.set_item("flag", transcript.flag())?;
    fields.set_item("payload", transcript.payload())?;
    fields.set_item("raw", transcript.raw())?;
    record(py, "Transcript", &fields)
}

pub(super) fn accepted_to_python(py: Python<'_>, accepted: Accepted) -> PyResult<Bound<'_, PyAny>> {
    let fields = PyDict::new(py);
    fields.set_item("request_id", accepted.request_id)?;
    fields.set_item("req_id", accepted.req_id)?;
    record(py, "Accepted", &fields)
}

pub(super) fn query_to_python(py: Python<'_>, state: QueryState) -> PyResult<Bound<'_, PyAny>> {
    let fields = match &state {
        QueryState::Done(transcript) => stage(py, "done", Some(transcript), None)?,
        QueryState::Failed(failure) => stage(py, "failed", None, Some(failure))?,
        QueryState::NotAvailable { message } => {
            let fields = stage(py, "not_available", None, None)?;
            fields.set_item("message", message)?;
            fields
        }
        _ => stage(py, "pending", None, None)?,
    };
    record(py, "QueryState", &fields)
}

/// The fields that answers and deliveries have in common.
fn stage<'py>(
    py: Python<'py>,
    state: &str,
    transcript: Option<&Transcript>,
    failure: Option<&JobFailure>,
) -> PyResult<Bound<'py, PyDict>> {
    let fields = PyDict::new(py);
    fields.set_item("state", state)?;
    fields.set_item("transcript", transcript.map(|transcript| transcript_to_python(py, transcript)).transpose()?)?;
    fields.set_item("code", failure.map(|failure| failure.code.as_str()))?;
    fields.set_item("message", failure.and_then(|failure| failure.message.as_deref()))?;
    Ok(fields)
}

/// Reads what the service posts to a callback address.
///
/// It may come more than once, and nothing proves where it comes from: compare its ids, as Ledger.record does.
///
/// Args:
///     body: the bytes of the request's body.
///
/// Returns:
///     Callback: .request_id, .req_id, .business_data, .state, .transcript, .code, .message.
///
/// Raises:
///     DecodeError: it is not a JSON object.
///
/// >>> import voxline
/// >>> voxline.parse_callback(b'{"code": "10903", "requestId": "work-1"}').state
/// 'failed'
#[pyfunction]
pub(crate) fn parse_callback<'py>(py: Python<'py>, body: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let body = bytes_of(body)?;
    let body = body.as_bytes();
    let callback = Door::default().run(py, |_| parse(body))?;
    callback_to_python(py, &callback, body)
}

fn callback_to_python<'py>(py: Python<'py>, callback: &Callback, body: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let fields = match &callback.outcome {
        CallbackOutcome::Done(transcript) => stage(py, "done", Some(transcript), None)?,
        CallbackOutcome::Failed(failure) => stage(py, "failed", None, Some(failure))?,
        _ => stage(py, "pending", None, None)?,
    };
    fields.set_item("request_id", &callback.request_id)?;
    fields.set_item("req_id", &callback.req_id)?;
    fields.set_item("business_data", &callback.business_data)?;
    fields.set_item("body", pyo3::types::PyBytes::new(py, body))?;
    record(py, "Callback", &fields)
}

/// From `voxline.Submission`, or the link alone.
pub(crate) fn submission_of(given: &Bound<'_, PyAny>) -> PyResult<Submission> {
    if let Ok(link) = given.extract::<String>() {
        return Ok(Submission::new(link, ReturnMode::Pull));
    }
    let fields = given.getattr("__dict__")?.cast_into::<PyDict>()?;
    let given = Given(&fields);
    let mode = given.get::<String>("callback_url")?.map_or(ReturnMode::Pull, ReturnMode::push);
    let mut submission = Submission::new(given.need::<String>("file_link")?, mode);
    if let Some(data) = given.get::<String>("business_data")? {
        submission = submission.with_business_data(data);
    }
    if let Some(id) = given.get::<String>("req_id")? {
        submission = submission.with_req_id(id);
    }
    Ok(submission)
}

pub(crate) fn submission_to_python<'py>(py: Python<'py>, submission: &Submission) -> PyResult<Bound<'py, PyAny>> {
    let fields = PyDict::new(py);
    fields.set_item("file_link", submission.file_link())?;
    let callback_url = match submission.mode() {
        ReturnMode::Push { callback_url } => Some(callback_url),
        _ => None,
    };
    fields.set_item("callback_url", callback_url)?;
    fields.set_item("business_data", submission.business_data())?;
    fields.set_item("req_id", submission.req_id())?;
    record(py, "Submission", &fields)
}
