//! The services: what their clients have in common.

mod audio_url;
pub(crate) mod chat;
pub(crate) mod ledger;
pub(crate) mod recording;
mod recording_stream;
mod recording_url;
pub(crate) mod transcript;
pub(crate) mod transcription;

pub(crate) use audio_url::AudioUrl;
pub(crate) use recording_stream::StreamCore;
pub(crate) use recording_url::{RecordingUrl, id_to_python};

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use pyo3::conversion::FromPyObjectOwned;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use voxline::options::{HttpOptions, KEYS, Key};
use voxline::{Error, ErrorKind, Result};

use crate::door::quick;
use crate::options::{Options, gather};

/// What holds connections, files or threads: good in the process that made it. A process that was forked off has the
/// same connections and locks, but not the threads; what it did with them would be done to its parent.
pub(crate) struct Local<T> {
    inner: Option<T>,
    process: u32,
}

impl<T> Local<T> {
    pub(crate) fn new(inner: T) -> Self {
        Self { inner: Some(inner), process: std::process::id() }
    }

    /// `None` in another process.
    pub(crate) fn get(&self) -> Option<&T> {
        self.inner.as_ref().filter(|_| self.process == std::process::id())
    }

    /// **Errors**: [`ErrorKind::InvalidState`] in another process.
    pub(crate) fn here(&self, op: &'static str) -> Result<&T> {
        let context = "it was made before this process was forked: make one in each process";
        self.get().ok_or_else(|| Error::new(ErrorKind::InvalidState, op, context))
    }
}

/// In another process it is forgotten: to close it would be to say goodbye in the name of the parent.
impl<T> Drop for Local<T> {
    fn drop(&mut self) {
        if self.process != std::process::id() {
            std::mem::forget(self.inner.take());
        }
    }
}

/// What a client was made of, until it is closed.
pub(crate) struct Held<T>(Local<Mutex<Option<T>>>);

impl<T: Clone> Held<T> {
    pub(crate) fn new(client: T) -> Self {
        Self(Local::new(Mutex::new(Some(client))))
    }

    pub(crate) fn get(&self, py: Python<'_>) -> PyResult<T> {
        quick(py, || {
            let held = self.0.here("call")?.lock().unwrap_or_else(PoisonError::into_inner).clone();
            held.ok_or_else(|| Error::new(ErrorKind::InvalidState, "call", "it was closed"))
        })
    }

    /// Calls that are under way go on with what they hold.
    pub(crate) fn close(&self) {
        if let Some(held) = self.0.get() {
            held.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
    }
}

/// Keyword arguments, taken out by name.
pub(crate) struct Given<'a, 'py>(pub(crate) &'a Bound<'py, PyDict>);

impl<'py> Given<'_, 'py> {
    /// The argument, if it was given and is not `None`.
    pub(crate) fn get<T: FromPyObjectOwned<'py>>(&self, name: &str) -> PyResult<Option<T>> {
        match self.0.get_item(name)?.filter(|value| !value.is_none()) {
            Some(value) => match value.extract::<T>() {
                Ok(taken) => Ok(Some(taken)),
                Err(error) => Err(refused(name, &value, error.into())?),
            },
            None => Ok(None),
        }
    }

    /// The same for what must be there.
    pub(crate) fn need<T: FromPyObjectOwned<'py>>(&self, name: &str) -> PyResult<T> {
        self.get(name)?.ok_or_else(|| PyTypeError::new_err(format!("{name} is missing")))
    }

    /// Seconds.
    pub(crate) fn seconds(&self, name: &str) -> PyResult<Option<Duration>> {
        let Some(seconds) = self.get::<f64>(name)? else { return Ok(None) };
        let refuse = |_| Error::new(ErrorKind::InvalidArgument, "take argument", format!("{name} is {seconds}"));
        quick(self.0.py(), || Duration::try_from_secs_f64(seconds).map_err(refuse)).map(Some)
    }

    /// One of these words.
    pub(crate) fn word<T: Copy>(&self, name: &str, words: &[(&str, T)]) -> PyResult<Option<T>> {
        let Some(given) = self.get::<String>(name)? else { return Ok(None) };
        quick(self.0.py(), || one_of(name, &given, words)).map(Some)
    }

    /// `options` and `http`: the HTTP part of an options object and the keywords over it.
    pub(crate) fn options(&self) -> PyResult<voxline::Options> {
        let py = self.0.py();
        let base: Option<Bound<'py, Options>> = self.get("options")?;
        let keywords: Option<Bound<'py, PyDict>> = self.get("http")?;
        for name in keywords.iter().flatten().map(|(name, _)| name) {
            let name: String = name.extract()?;
            quick(py, || known_to_clients(&name))?;
        }
        gather(py, base.as_ref().map(Bound::get), None, keywords.as_ref())
    }

    pub(crate) fn http(&self) -> PyResult<HttpOptions> {
        Ok(self.options()?.http)
    }
}

/// What is said about an argument that is not of its type. Never its value: that may be a secret.
fn refused(name: &str, value: &Bound<'_, PyAny>, error: PyErr) -> PyResult<PyErr> {
    let py = value.py();
    if error.is_instance_of::<PyTypeError>(py) {
        return Ok(PyTypeError::new_err(format!("{name} cannot be {}", value.get_type().name()?)));
    }
    let error = Error::new(ErrorKind::InvalidArgument, "take argument", format!("{name} is out of range"));
    Ok(crate::errors::to_python(py, &error, None))
}

/// The value that a word stands for.
pub(crate) fn one_of<T: Copy>(name: &str, given: &str, words: &[(&str, T)]) -> Result<T> {
    words.iter().find(|(word, _)| *word == given).map(|(_, value)| *value).ok_or_else(|| {
        let all: Vec<_> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        let context = format!("{name} is \"{given}\"; use {}", all.join(", "));
        Error::new(ErrorKind::InvalidArgument, "take argument", context)
    })
}

/// The word for a value.
pub(crate) fn word_of<T: PartialEq>(value: &T, words: &[(&'static str, T)]) -> Option<&'static str> {
    words.iter().find(|(_, known)| known == value).map(|(word, _)| *word)
}

/// A client takes the options of HTTP; the others are those of the audio.
fn known_to_clients(keyword: &str) -> Result<()> {
    let mut known = KEYS.iter().filter(|key| key.name.starts_with("http.")).map(Key::keyword);
    if known.any(|name| name == keyword) {
        return Ok(());
    }
    let known: Vec<_> = KEYS.iter().filter(|key| key.name.starts_with("http.")).map(Key::keyword).collect();
    let context = format!("\"{keyword}\" is not an option of a client; there are {}", known.join(", "));
    Err(Error::new(ErrorKind::UnknownOption, "set option", context))
}

/// A result as Python sees it: an object of a class of `voxline._results`.
pub(crate) fn record<'py>(py: Python<'py>, class: &str, fields: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
    py.import("voxline._results")?.getattr(class)?.call((), Some(fields))
}

/// The same error once more. The source stays with the first.
pub(crate) fn copy_of(error: &Error) -> Error {
    let copy = Error::new(error.kind(), error.op(), error.context()).with_retry(error.retry());
    error.service().into_iter().fold(copy, |copy, fault| copy.with_service(fault.clone()))
}
