//! The services on loopback, for tests of programs that use the clients.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use voxline::recording::RecordingId;
use voxline::{Error, Secret};
use voxline_sim::{self as sim, FaultPlan, RecordingBody, ScriptedAnswer, ScriptedTranscript, SimOptions, VoiceHost};

use crate::arguments;
use crate::door::{Door, quick};
use crate::memory::bytes_of;
use crate::report::to_json;
use crate::service::{Held, id_to_python, one_of};

const VOICE_HOSTS: &[(&str, VoiceHost)] =
    &[("other", VoiceHost::Other), ("api", VoiceHost::Api), ("redirect", VoiceHost::ApiThenRedirect)];

/// The three services on 127.0.0.1, in this process: strict, free of charge, and faulty to order.
///
/// It judges requests as the vendors' pages ask for and says what is wrong with them. It starts when it is made and
/// stops with close or at the end of a with statement.
///
/// Args:
///     faults: what goes wrong, in turn: items [endpoint:]fault[*count] with commas between them. Endpoints are chat
///         (the default), tts, authorize, recording, batch, token, download, submit, query, push; faults are
///         http=STATUS[@RETRY_AFTER_S], drop, reset, truncate[=BYTES], garbage, html, status=VENDOR_CODE, expire,
///         wrongtype, extra, slow=BYTES/MS, delay=MS, ok; delay=MS+fault for both.
///     port: 0 takes any free one.
///     pending_polls: how many queries find a transcription pending.
///     ranges: whether downloads can be resumed.
///     voice_host: where recordings lie: "other" host, "api", or "redirect" from one to the other.
///     key_fetches: how often an address opens its recording; None for any number.
///
/// Raises:
///     InvalidArgumentError: a fault plan that cannot be read. InputOutputError: the port is taken.
///
/// A fixture for pytest, and a test:
///
/// .. code-block:: python
///
///     @pytest.fixture
///     def services():
///         with voxline.Simulator() as simulator:
///             yield simulator
///             assert simulator.leaks == []
///
///     def test_my_program_survives_a_lost_answer(services):
///         services.set_faults("chat:drop")
///         with voxline.ChatClient(**services.chat) as client, pytest.raises(voxline.OutcomeUnknownError):
///             my_program(client)
///
/// >>> import voxline
/// >>> call = voxline.prepare(bytes(16000), profile="chat-8k", input_raw_format="s16le")
/// >>> with voxline.Simulator() as services, voxline.ChatClient(**services.chat) as client:
/// ...     services.next_answer("hello")
/// ...     client.send(call).text
/// 'hello'
#[pyclass(module = "voxline", frozen)]
pub(crate) struct Simulator {
    inner: Held<Arc<sim::Simulator>>,
    base_url: String,
}

#[pymethods]
impl Simulator {
    #[new]
    #[pyo3(signature = (
        *, faults=None, port=0, pending_polls=2, ranges=true, voice_host="other", key_fetches=None
    ))]
    fn new(
        py: Python<'_>,
        faults: Option<&str>,
        #[pyo3(from_py_with = arguments::port)] port: u16,
        #[pyo3(from_py_with = arguments::pending_polls)] pending_polls: u32,
        ranges: bool,
        voice_host: &str,
        #[pyo3(from_py_with = arguments::key_fetches)] key_fetches: Option<u32>,
    ) -> PyResult<Self> {
        let inner = Door::default().run(py, |_| {
            let mut options = SimOptions::default();
            options.port = port;
            options.faults = FaultPlan::parse(faults.unwrap_or_default())?;
            options.transcription.pending_polls = pending_polls;
            options.recording.ranges = ranges;
            options.recording.voice_host = one_of("voice_host", voice_host, VOICE_HOSTS)?;
            options.recording.key_fetches = key_fetches;
            sim::Simulator::start(options)
        })?;
        let base_url = inner.base_url().to_owned();
        Ok(Self { inner: Held::new(Arc::new(inner)), base_url })
    }

    /// ``http://127.0.0.1:PORT``, of all services.
    #[getter]
    fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Keywords for ChatClient: base_url, access_token.
    #[getter]
    fn chat<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.keywords(py, &[("access_token", sim::DEMO_TOKEN)])
    }

    /// Keywords for a ChatClient that gets its tokens itself: base_url, app_key, auth_code, user_id.
    #[getter]
    fn chat_app<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let parts = [("app_key", sim::DEMO_APP_KEY), ("auth_code", "any"), ("user_id", "anybody")];
        self.keywords(py, &parts)
    }

    /// Keywords for RecordingClient: base_url, token, download_scheme.
    #[getter]
    fn recording<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.keywords(py, &[("token", sim::DEMO_RECORDING_TOKEN), ("download_scheme", "http")])
    }

    /// Keywords for TranscriptionClient: base_url, app_id, app_key.
    #[getter]
    fn transcription<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (app_id, app_key) = (sim::DEMO_TRANSCRIPTION_APP_ID, sim::DEMO_TRANSCRIPTION_APP_KEY);
        self.keywords(py, &[("app_id", app_id), ("app_key", app_key)])
    }

    /// The recordings that are there from the start: the same call as WAV and as MP3.
    #[getter]
    fn recordings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let ids = [sim::DEMO_RECORD_ID, sim::DEMO_MP3_RECORD_ID];
        PyTuple::new(py, ids.map(|id| demo_id(py, id)).into_iter().collect::<PyResult<Vec<_>>>()?)
    }

    /// Adds a recording: bytes, or the path of a file. Gives its RecordingId.
    fn add_recording<'py>(
        &self,
        py: Python<'py>,
        record_id: &str,
        content: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let inner = self.inner.get(py)?;
        let bytes = if content.is_instance_of::<PyString>() || content.hasattr("__fspath__")? {
            let path: PathBuf = content.extract()?;
            let door = Door { path: Some(&path), ..Door::default() };
            door.run(py, |_| std::fs::read(&path).map_err(|e| Error::io("read input", path.display(), e)))?
        } else {
            bytes_of(content)?.as_bytes().to_vec()
        };
        py.detach(|| inner.add_recording(record_id, RecordingBody::from_bytes(bytes)));
        demo_id(py, record_id)
    }

    /// Takes a recording away; addresses given out for it are answered with 404.
    fn remove_recording(&self, py: Python<'_>, record_id: &str) -> PyResult<()> {
        let inner = self.inner.get(py)?;
        py.detach(|| inner.remove_recording(record_id));
        Ok(())
    }

    /// What jobs for this link bring from now on: one sentence of text, data (JSON) as it stands, or a failure with
    /// this code and message.
    #[pyo3(signature = (file_link, text=None, *, data=None, code=None, message=None))]
    fn set_transcript(
        &self,
        py: Python<'_>,
        file_link: &str,
        text: Option<String>,
        data: Option<String>,
        #[pyo3(from_py_with = arguments::code)] code: Option<i32>,
        message: Option<String>,
    ) -> PyResult<()> {
        let inner = self.inner.get(py)?;
        let script = match (text, data, code) {
            (Some(text), None, None) => ScriptedTranscript::Text(text),
            (None, Some(data), None) => ScriptedTranscript::Data(data),
            (None, None, Some(code)) => ScriptedTranscript::Failed { code, message: message.unwrap_or_default() },
            _ => return Err(PyTypeError::new_err("give one of text, data and code")),
        };
        py.detach(|| inner.set_transcript(file_link, script));
        Ok(())
    }

    /// Queues the answer to the next good chat request: a text, or instructions to a device.
    #[pyo3(signature = (text=None, *, instructions=false))]
    fn next_answer(&self, py: Python<'_>, text: Option<String>, instructions: bool) -> PyResult<()> {
        let inner = self.inner.get(py)?;
        let answer = match (text, instructions) {
            (Some(text), false) => ScriptedAnswer::Text(text),
            (None, true) => ScriptedAnswer::Instructions,
            _ => return Err(PyTypeError::new_err("give a text or instructions=True")),
        };
        py.detach(|| inner.next_answer(answer));
        Ok(())
    }

    /// Replaces what is left of the fault plan.
    fn set_faults(&self, py: Python<'_>, faults: &str) -> PyResult<()> {
        let inner = self.inner.get(py)?;
        let plan = quick(py, || FaultPlan::parse(faults))?;
        py.detach(|| inner.set_faults(&plan));
        Ok(())
    }

    /// Every chat token known so far expires.
    fn expire_tokens(&self, py: Python<'_>) -> PyResult<()> {
        let inner = self.inner.get(py)?;
        py.detach(|| inner.expire_tokens());
        Ok(())
    }

    /// This chat token is good from now on.
    fn accept_token(&self, py: Python<'_>, token: &str) -> PyResult<()> {
        let inner = self.inner.get(py)?;
        py.detach(|| inner.accept_token(Secret::new(token)));
        Ok(())
    }

    /// Every address given out so far for a recording expires.
    fn expire_download_keys(&self, py: Python<'_>) -> PyResult<()> {
        let inner = self.inner.get(py)?;
        py.detach(|| inner.expire_download_keys());
        Ok(())
    }

    /// Everything that was seen: requests, counts by endpoint, connections, leaks, strays, paid_submissions,
    /// double_submissions, jobs, pushes. It holds no token, no signature and no audio.
    #[getter]
    fn log<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let inner = self.inner.get(py)?;
        let text = Door::default().run(py, |_| to_json(&inner.log()))?;
        py.import("json")?.call_method1("loads", (text,))
    }

    /// Secrets that were seen where they do not belong: "place of path".
    #[getter]
    fn leaks<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let inner = self.inner.get(py)?;
        let leaks = py.detach(|| inner.leaks());
        PyList::new(py, leaks.iter().map(|leak| format!("{} of {}", leak.place, leak.path)))
    }

    /// Stops it, open connections included.
    fn close(&self, py: Python<'_>) {
        if let Ok(inner) = self.inner.get(py) {
            self.inner.close();
            py.detach(|| inner.shutdown());
        }
    }

    fn __enter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, PyTuple>) {
        self.close(py);
    }

    fn __repr__(&self) -> String {
        format!("<voxline.Simulator {}>", self.base_url)
    }
}

impl Simulator {
    fn keywords<'py>(&self, py: Python<'py>, parts: &[(&str, &str)]) -> PyResult<Bound<'py, PyDict>> {
        let keywords = PyDict::new(py);
        keywords.set_item("base_url", &self.base_url)?;
        for (name, value) in parts {
            keywords.set_item(name, value)?;
        }
        Ok(keywords)
    }
}

fn demo_id<'py>(py: Python<'py>, record_id: &str) -> PyResult<Bound<'py, PyAny>> {
    id_to_python(py, &RecordingId::new(sim::DEMO_USER_ID, sim::DEMO_TASK_ID, record_id))
}
