//! The client of the voice-chat service.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use voxline::chat::{
    self, AppCredentials, ChatAnswer, ChatAudio, ChatClient, ChatData, ChatRequest, ExpiresUnit, SizeLimit,
    VoiceFormat, VoiceName,
};

use super::audio_url::{ANSWER_AUDIO, AudioUrl};
use super::{Given, Held, one_of, record};
use crate::door::{Door, quick};
use crate::memory::bytes_of;
use crate::options::{Options, gather};
use crate::part::Part;
use crate::prepared::Prepared;
use crate::work::{Line, Stake, Work};

const FORMATS: &[(&str, VoiceFormat)] = &[
    ("pcm", VoiceFormat::RawPcm),
    ("wav", VoiceFormat::RawWav),
    ("speex", VoiceFormat::Speex),
    ("speex-wb", VoiceFormat::SpeexWb),
];
const VOICES: &[(&str, VoiceName)] =
    &[("female", VoiceName::Female), ("male", VoiceName::Male), ("girl", VoiceName::Girl), ("boy", VoiceName::Boy)];
const EXPIRES_UNITS: &[(&str, ExpiresUnit)] = &[("hours", ExpiresUnit::Hours), ("days", ExpiresUnit::Days)];
const SIZE_LIMITS: &[(&str, SizeLimit)] = &[("audio", SizeLimit::AudioBytes(600_000)), ("base64", SizeLimit::STRICT)];

/// What ChatClient and AsyncChatClient are made of. For the package itself.
#[pyclass(module = "voxline._voxline", frozen)]
pub(crate) struct ChatCore {
    inner: Held<ChatClient>,
}

#[pymethods]
impl ChatCore {
    #[new]
    fn new(py: Python<'_>, given: &Bound<'_, PyDict>) -> PyResult<Self> {
        let given = Given(given);
        let mut builder = ChatClient::builder().http(given.http()?);
        if let Some(url) = given.get::<String>("base_url")? {
            builder = builder.base_url(url);
        }
        if let Some(token) = given.get::<String>("access_token")? {
            builder = builder.access_token(token);
        }
        let parts: [Option<String>; 3] = [given.get("app_key")?, given.get("auth_code")?, given.get("user_id")?];
        match parts {
            [Some(app_key), Some(auth_code), Some(user_id)] => {
                builder = builder.app_credentials(AppCredentials::new(app_key, auth_code, user_id));
            }
            [None, None, None] => {}
            _ => return Err(PyTypeError::new_err("app_key, auth_code and user_id go together")),
        }
        if let Some(unit) = given.word("expires_unit", EXPIRES_UNITS)? {
            builder = builder.expires_unit(unit);
        }
        if let Some(time) = given.seconds("renew_before_s")? {
            builder = builder.renew_before(time);
        }
        if let Some(limit) = given.word("size_limit", SIZE_LIMITS)? {
            builder = builder.size_limit(limit);
        }
        if let Some(repeat) = given.get::<bool>("repeat_unknown")? {
            builder = builder.repeat_unknown(repeat);
        }
        Ok(Self { inner: Held::new(quick(py, || builder.build())?) })
    }

    fn for_user(&self, py: Python<'_>, user_id: &str) -> PyResult<Self> {
        let client = self.inner.get(py)?;
        Ok(Self { inner: Held::new(quick(py, || client.for_user(user_id))?) })
    }

    #[getter]
    fn uses_trial_host(&self, py: Python<'_>) -> PyResult<bool> {
        Ok(self.inner.get(py)?.uses_trial_host())
    }

    /// The options with which no part of a long call is larger than this client may send.
    fn sendable(&self, py: Python<'_>, options: &Options) -> PyResult<Options> {
        let client = self.inner.get(py)?;
        Ok(Options { inner: chat::sendable(&client, &options.inner) })
    }

    fn send(&self, py: Python<'_>, audio: &Bound<'_, PyAny>, given: &Bound<'_, PyDict>) -> PyResult<Work> {
        let client = self.inner.get(py)?;
        let request = request(py, audio, &Given(given))?;
        let stake = Stake::Effect { op: "send chat request", service: "chat", request_id: None };
        Ok(Work::new(move |line| client.send_with(&request, line.cancel()), answer_to_python).at_stake(stake))
    }

    fn fetch_audio(&self, py: Python<'_>, url: &Bound<'_, PyAny>) -> PyResult<Work> {
        let client = self.inner.get(py)?;
        let url = match url.cast::<AudioUrl>() {
            Ok(url) => url.get().inner.clone(),
            Err(_) => chat::AudioUrl::new(url.extract::<String>()?),
        };
        let fetch = move |line: &Line| client.fetch_audio(&url, line.cancel());
        Ok(Work::new(fetch, |py, bytes: Vec<u8>| Ok(PyBytes::new(py, &bytes).into_any())))
    }

    fn close(&self) {
        self.inner.close();
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        self.inner.get(py).map_or_else(|_| "closed".to_owned(), |client| format!("{client:?}"))
    }
}

fn request(py: Python<'_>, audio: &Bound<'_, PyAny>, given: &Given<'_, '_>) -> PyResult<ChatRequest> {
    let mut request = ChatRequest::new(sound(py, audio, given)?);
    macro_rules! set {
        ($($value:expr => $with:ident;)+) => {
            $(if let Some(value) = $value {
                request = request.$with(value);
            })+
        };
    }
    set! {
        given.get::<String>("voice_type")? => with_voice_type;
        given.get::<bool>("tts")? => with_tts;
        given.get::<f64>("speed")? => with_speed;
        given.get::<u8>("volume")? => with_volume;
        given.get::<u8>("pitch")? => with_pitch;
        given.word("answer_audio", ANSWER_AUDIO)? => with_answer_audio;
        given.word("voice_name", VOICES)? => with_voice_name;
        given.get::<f64>("latitude")? => with_latitude;
        given.get::<f64>("longitude")? => with_longitude;
        given.get::<String>("city")? => with_city;
        given.get::<String>("position")? => with_position;
    }
    let entries: Option<Vec<(i64, String)>> = given.get("data")?;
    Ok(entries
        .into_iter()
        .flatten()
        .fold(request, |request, (target, list)| request.with_data(ChatData::new(target, list))))
}

/// Prepared audio says itself what it is; bytes are said to be.
fn sound(py: Python<'_>, audio: &Bound<'_, PyAny>, given: &Given<'_, '_>) -> PyResult<ChatAudio> {
    let format = given.word("format", FORMATS)?;
    let rate: Option<u32> = given.get("sample_rate")?;
    let speex_size: Option<u32> = given.get("speex_size")?;
    let (prepared, part) = (audio.cast::<Prepared>(), audio.cast::<Part>());
    if (prepared.is_ok() || part.is_ok()) && (format.is_some() || rate.is_some() || speex_size.is_some()) {
        return Err(PyTypeError::new_err(
            "format, sample_rate and speex_size are for bytes: what was prepared knows them",
        ));
    }
    if let Ok(prepared) = prepared {
        let prepared = prepared.get().to_facade(py)?;
        return quick(py, || chat::audio(&prepared));
    }
    if let Ok(part) = part {
        let part = part.get().to_facade(py)?;
        return quick(py, || chat::audio_of_part(&part));
    }
    let bytes = bytes_of(audio)?.as_bytes().to_vec();
    let Some(format) = format else {
        return Err(PyTypeError::new_err("say what the bytes are: format=\"pcm\", \"wav\", \"speex\" or \"speex-wb\""));
    };
    let rate = rate.unwrap_or(if format == VoiceFormat::Speex { 8_000 } else { 16_000 });
    let audio = ChatAudio::new(bytes, format, rate);
    Ok(speex_size.into_iter().fold(audio, ChatAudio::with_speex_size))
}

fn answer_to_python(py: Python<'_>, answer: ChatAnswer) -> PyResult<Bound<'_, PyAny>> {
    let fields = PyDict::new(py);
    fields.set_item("text", answer.answer().chat_text())?;
    fields.set_item("status", answer.status().code())?;
    let instructions = match answer.answer() {
        chat::Answer::Instructions(instructions) => {
            let parts = PyDict::new(py);
            parts.set_item("rtext", instructions.rtext())?;
            parts.set_item("outc", instructions.outc())?;
            parts.set_item("action_count", instructions.action_count())?;
            parts.set_item("raw", instructions.raw())?;
            Some(record(py, "Instructions", &parts)?)
        }
        _ => None,
    };
    fields.set_item("instructions", instructions)?;
    fields.set_item("audio_url", answer.audio_url().map(|url| AudioUrl { inner: url.clone() }))?;
    fields.set_item("description", answer.description())?;
    fields.set_item("raw", answer.raw())?;
    record(py, "ChatAnswer", &fields)
}

/// Decodes a spoken answer of the kind that was asked for.
///
/// Args:
///     data: the bytes that fetch_audio gave.
///     kind: "mp3", "pcm-16k", "pcm-8k", "wav-16k", "wav-8k", "alaw-8k" or "mulaw-8k".
///     profile, options, **keywords: what comes out, as for prepare.
///
/// Returns:
///     Prepared
///
/// Raises:
///     As prepare.
///
/// >>> import voxline
/// >>> voxline.decode_answer(bytes(800), "alaw-8k", encoding="pcm").report.target.frames
/// 1600
#[pyfunction]
#[pyo3(signature = (data, kind, *, profile=None, options=None, **keywords))]
pub(crate) fn decode_answer(
    py: Python<'_>,
    data: &Bound<'_, PyAny>,
    kind: &str,
    profile: Option<&str>,
    options: Option<&Options>,
    keywords: Option<&Bound<'_, PyDict>>,
) -> PyResult<Prepared> {
    let options = gather(py, options, profile, keywords)?;
    let kind = quick(py, || one_of("kind", kind, ANSWER_AUDIO))?;
    let bytes = bytes_of(data)?;
    let bytes = bytes.as_bytes();
    let prepared = Door::default().run(py, |_| chat::decode_answer(bytes, kind, &options))?;
    Prepared::new(py, prepared)
}
