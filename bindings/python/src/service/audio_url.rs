//! The link of a spoken answer.

use pyo3::prelude::*;
use voxline::chat::{self, AnswerAudio};

use super::{one_of, word_of};
use crate::arguments::hash_of;
use crate::door::quick;

/// What a spoken answer can be encoded as.
pub(crate) const ANSWER_AUDIO: &[(&str, AnswerAudio)] = &[
    ("mp3", AnswerAudio::Mp3),
    ("pcm-16k", AnswerAudio::Pcm16k),
    ("pcm-8k", AnswerAudio::Pcm8k),
    ("wav-16k", AnswerAudio::Wav16k),
    ("wav-8k", AnswerAudio::Wav8k),
    ("alaw-8k", AnswerAudio::Alaw8k),
    ("mulaw-8k", AnswerAudio::Mulaw8k),
];

/// Where a spoken answer is, for a while. It may be signed: only its origin is shown.
///
/// Picklable, and then whole: a pickle of it is as good as the link.
///
/// >>> import voxline
/// >>> voxline.AudioUrl("https://files.example/answer.mp3?sig=secret", "mp3")
/// AudioUrl('https://files.example/…')
#[pyclass(module = "voxline", frozen, eq)]
#[derive(Clone, PartialEq)]
pub(crate) struct AudioUrl {
    pub(crate) inner: chat::AudioUrl,
}

#[pymethods]
impl AudioUrl {
    /// A link; with kind anything else found there is an error.
    #[new]
    #[pyo3(signature = (url, kind=None))]
    fn new(py: Python<'_>, url: &str, kind: Option<&str>) -> PyResult<Self> {
        let inner = chat::AudioUrl::new(url);
        match kind {
            Some(kind) => Ok(Self { inner: inner.with_kind(quick(py, || one_of("kind", kind, ANSWER_AUDIO))?) }),
            None => Ok(Self { inner }),
        }
    }

    /// What is expected there: "mp3", "wav-16k" …; None if that is not known.
    #[getter]
    fn kind(&self) -> Option<&'static str> {
        self.inner.kind().and_then(|kind| word_of(&kind, ANSWER_AUDIO))
    }

    /// The whole link. Do not log it.
    fn expose(&self) -> &str {
        self.inner.expose()
    }

    fn __repr__(&self) -> String {
        format!("AudioUrl('{}')", self.inner)
    }

    fn __hash__(&self) -> u64 {
        hash_of(&(self.inner.expose(), self.kind()))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> (Bound<'py, PyAny>, (&str, Option<&'static str>)) {
        (py.get_type::<Self>().into_any(), (self.inner.expose(), self.kind()))
    }
}
