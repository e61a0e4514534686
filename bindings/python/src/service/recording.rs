//! The client of the recording service.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use voxline::recording::{
    DownloadOptions, DownloadProgress, DownloadScheme, Downloaded, LocatedMany, RecordingClient, RecordingId,
};

use super::recording_stream::StreamCore;
use super::recording_url::{Place, RecordingUrl, id_of, id_to_python};
use super::{Given, Held, record};
use crate::door::quick;
use crate::errors;
use crate::work::{Line, Work};

const SCHEMES: &[(&str, DownloadScheme)] = &[("https", DownloadScheme::Https), ("http", DownloadScheme::Http)];

/// What RecordingClient and AsyncRecordingClient are made of. For the package itself.
#[pyclass(module = "voxline._voxline", frozen)]
pub(crate) struct RecordingCore {
    inner: Held<RecordingClient>,
}

#[pymethods]
impl RecordingCore {
    #[new]
    fn new(py: Python<'_>, given: &Bound<'_, PyDict>) -> PyResult<Self> {
        let given = Given(given);
        let options = given.options()?;
        let mut builder = RecordingClient::builder().http(options.http).max_audio_bytes(options.limits.max_input_bytes);
        if let Some(url) = given.get::<String>("base_url")? {
            builder = builder.base_url(url);
        }
        if let Some(token) = given.get::<String>("token")? {
            builder = builder.token(token);
        }
        if let Some(scheme) = given.word("download_scheme", SCHEMES)? {
            builder = builder.download_scheme(scheme);
        }
        if let Some(send) = given.get::<bool>("send_token_to_download_host")? {
            builder = builder.send_token_to_download_host(send);
        }
        Ok(Self { inner: Held::new(quick(py, || builder.build())?) })
    }

    fn locate(&self, py: Python<'_>, id: &Bound<'_, PyAny>) -> PyResult<Work> {
        let (client, id) = (self.inner.get(py)?, id_of(id)?);
        let locate = move |line: &Line| client.locate_with(&id, line.cancel());
        Ok(Work::new(locate, |py, inner| Ok(Bound::new(py, RecordingUrl { inner })?.into_any())))
    }

    fn locate_many(&self, py: Python<'_>, ids: Vec<Bound<'_, PyAny>>) -> PyResult<Work> {
        let client = self.inner.get(py)?;
        let ids: Vec<RecordingId> = ids.iter().map(id_of).collect::<PyResult<_>>()?;
        Ok(Work::new(move |line| Ok(client.locate_many_with(&ids, line.cancel())), many_to_python))
    }

    fn check_token(&self, py: Python<'_>) -> PyResult<Work> {
        let client = self.inner.get(py)?;
        Ok(Work::new(
            move |line| client.check_token(line.cancel()),
            |py, check| {
                let fields = PyDict::new(py);
                fields.set_item("raw", check.raw())?;
                record(py, "TokenCheck", &fields)
            },
        ))
    }

    #[pyo3(signature = (src, path, resume, progress))]
    fn download(
        &self,
        py: Python<'_>,
        src: &Bound<'_, PyAny>,
        path: PathBuf,
        resume: bool,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Work> {
        let (client, place) = (self.inner.get(py)?, Place::new(src)?);
        let options = DownloadOptions::default().with_resume(resume);
        let is_observed = progress.is_some();
        let download = move |line: &Line| {
            let tell = |state: DownloadProgress| {
                if is_observed {
                    line.tell_latest(move |py| (state.received_bytes, state.total_bytes).into_pyobject(py));
                }
            };
            match &place {
                Place::Id(id) => client.download(id, path, &options, tell, line.cancel()),
                Place::Url(url) => client.download_url(url, path, &options, tell, line.cancel()),
            }
        };
        Ok(Work::new(download, downloaded_to_python).observed_by(progress))
    }

    fn open(&self, py: Python<'_>, src: &Bound<'_, PyAny>) -> PyResult<Work> {
        let (client, place) = (self.inner.get(py)?, Place::new(src)?);
        let open = move |line: &Line| {
            let cancel = line.cancel();
            let stream = match &place {
                Place::Id(id) => client.open_with(id, cancel),
                Place::Url(url) => client.open_url(url, cancel),
            };
            Ok(StreamCore::new(stream?, cancel.clone()))
        };
        Ok(Work::new(open, |py, stream| Ok(Bound::new(py, stream)?.into_any())))
    }

    fn close(&self) {
        self.inner.close();
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        self.inner.get(py).map_or_else(|_| "closed".to_owned(), |client| format!("{client:?}"))
    }
}

fn downloaded_to_python(py: Python<'_>, done: Downloaded) -> PyResult<Bound<'_, PyAny>> {
    let fields = PyDict::new(py);
    fields.set_item("path", done.path)?;
    fields.set_item("bytes", done.bytes)?;
    fields.set_item("resumed_bytes", done.resumed_bytes)?;
    fields.set_item("content_type", done.content_type)?;
    record(py, "Downloaded", &fields)
}

fn many_to_python(py: Python<'_>, many: LocatedMany) -> PyResult<Bound<'_, PyAny>> {
    let fields = PyDict::new(py);
    fields.set_item("raw_answers", PyTuple::new(py, many.raw_answers())?)?;
    let mut entries = Vec::new();
    for entry in many.into_entries() {
        let parts = PyDict::new(py);
        parts.set_item("id", id_to_python(py, &entry.id)?)?;
        let (url, error) = match entry.result {
            Ok(inner) => (Some(RecordingUrl { inner }), None),
            Err(error) => (None, Some(errors::to_python(py, &error, None))),
        };
        parts.set_item("url", url)?;
        parts.set_item("error", error)?;
        entries.push(record(py, "Located", &parts)?);
    }
    fields.set_item("entries", PyTuple::new(py, entries)?)?;
    record(py, "LocatedMany", &fields)
}
