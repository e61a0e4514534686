//! From settings to clients and requests.

use std::time::Duration;

use voxline_core::{Error, ErrorKind, Options, Result};

use super::table::{Use, integer};
use super::{Given, OP, Settings};
use crate::chat::{
    AnswerAudio, AppCredentials, ChatAudio, ChatClient, ChatData, ChatRequest, ExpiresUnit, SizeLimit, VoiceFormat,
    VoiceName,
};
use crate::recording::{DownloadOptions, DownloadScheme, RecordingClient, RecordingId};
use crate::transcription::{
    Credentials, DEFAULT_EXPIRE_SECONDS, DEFAULT_REGION, KnownLinks, ReturnMode, RunOptions, Submission,
    TranscriptionClient, WaitOptions,
};

pub(super) const ANSWERS: &[(&str, AnswerAudio)] = &[
    ("mp3", AnswerAudio::Mp3),
    ("pcm16k", AnswerAudio::Pcm16k),
    ("pcm8k", AnswerAudio::Pcm8k),
    ("wav16k", AnswerAudio::Wav16k),
    ("wav8k", AnswerAudio::Wav8k),
    ("alaw8k", AnswerAudio::Alaw8k),
    ("mulaw8k", AnswerAudio::Mulaw8k),
];
pub(super) const VOICES: &[(&str, VoiceName)] =
    &[("female", VoiceName::Female), ("male", VoiceName::Male), ("girl", VoiceName::Girl), ("boy", VoiceName::Boy)];
/// As `target.encoding` names them.
const FORMATS: &[(&str, VoiceFormat)] = &[
    ("pcm", VoiceFormat::RawPcm),
    ("wav", VoiceFormat::RawWav),
    ("speex", VoiceFormat::Speex),
    ("speex-wb", VoiceFormat::SpeexWb),
];

pub(super) fn name_in<T: Copy>(names: &[(&str, T)], text: &str) -> Option<T> {
    names.iter().find(|(name, _)| *name == text.trim()).map(|(_, value)| *value)
}

fn choose<T: Copy>(names: &[(&str, T)], what: &str, text: &str) -> Result<T> {
    name_in(names, text).ok_or_else(|| {
        let words: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
        Error::new(ErrorKind::InvalidArgument, OP, format!("\"{text}\" is no {what}; use {}", words.join(", ")))
    })
}

/// The encoding of a spoken answer by its name, as the setting `answer_audio` takes it.
///
/// **Errors**: [`ErrorKind::InvalidArgument`] that lists the names.
pub fn answer_audio(name: &str) -> Result<AnswerAudio> {
    choose(ANSWERS, "encoding of a spoken answer", name)
}

/// The encoding of an utterance by its name, as the option `target.encoding` takes it.
///
/// **Errors**: [`ErrorKind::InvalidArgument`] that lists the names.
pub fn voice_format(name: &str) -> Result<VoiceFormat> {
    choose(FORMATS, "encoding of an utterance", name)
}

pub(super) fn size_limit(text: &str) -> Option<SizeLimit> {
    match text.trim().split_once(':') {
        None => (text.trim() == "strict").then_some(SizeLimit::STRICT),
        Some(("audio", bytes)) => integer(bytes).map(SizeLimit::AudioBytes),
        Some(("base64", bytes)) => integer(bytes).map(SizeLimit::Base64Bytes),
        Some(_) => None,
    }
}

pub(super) fn pair(text: &str) -> Option<(i64, &str)> {
    let (target, list) = text.split_once('=')?;
    Some((target.trim().parse().ok()?, list))
}

pub(super) fn known_links(text: &str) -> Option<KnownLinks> {
    match text.trim() {
        "refuse" => Some(KnownLinks::Refuse),
        "skip" => Some(KnownLinks::Skip),
        "repeat" => Some(KnownLinks::Repeat),
        _ => None,
    }
}

impl Settings {
    /// A client of the chat service; of the options, `http.*` matters.
    ///
    /// **Errors**: those of [`crate::chat::ChatClientBuilder::build`]; [`ErrorKind::InvalidArgument`] for a setting of
    /// something else.
    pub fn chat_client(&self, options: &Options) -> Result<ChatClient> {
        let given = self.only(Use::ChatClient)?;
        let mut builder = ChatClient::builder().http(options.http.clone());
        if let Some(url) = given.text("base_url") {
            builder = builder.base_url(url);
        }
        if let Some(token) = given.secret("access_token") {
            builder = builder.access_token(token.clone());
        }
        let [key, code] = ["app_key", "auth_code"].map(|name| given.secret(name));
        let user_id = given.text("user_id");
        if key.is_some() || code.is_some() || user_id.is_some() {
            // What is missing is empty, and the builder says so by name.
            let [key, code] = [key, code].map(|secret| secret.cloned().unwrap_or_default());
            builder = builder.app_credentials(AppCredentials::new(key, code, user_id.unwrap_or_default()));
        }
        if given.text("expires_unit").is_some_and(|unit| unit.trim() == "days") {
            builder = builder.expires_unit(ExpiresUnit::Days);
        }
        if let Some(ms) = given.integer("renew_before_ms")? {
            builder = builder.renew_before(Duration::from_millis(ms));
        }
        if let Some(limit) = given.text("size_limit").and_then(size_limit) {
            builder = builder.size_limit(limit);
        }
        if let Some(repeat) = given.is_on("repeat_unknown") {
            builder = builder.repeat_unknown(repeat);
        }
        builder.build()
    }

    /// A request to the chat service. Its values are checked when it is sent.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] for a setting of something else, or a number that is too large.
    pub fn chat_request(&self, mut audio: ChatAudio) -> Result<ChatRequest> {
        let given = self.only(Use::ChatRequest)?;
        if let Some(size) = given.integer("speex_size")? {
            audio.speex_size = Some(size);
        }
        let mut request = ChatRequest::new(audio);
        if let Some(literal) = given.text("voice_type") {
            request = request.with_voice_type(literal);
        }
        if let Some(wanted) = given.is_on("tts") {
            request = request.with_tts(wanted);
        }
        if let Some(speed) = given.number("speed") {
            request = request.with_speed(speed);
        }
        if let Some(volume) = given.integer("volume")? {
            request = request.with_volume(volume);
        }
        if let Some(pitch) = given.integer("pitch")? {
            request = request.with_pitch(pitch);
        }
        if let Some(audio) = given.text("answer_audio").and_then(|text| name_in(ANSWERS, text)) {
            request = request.with_answer_audio(audio);
        }
        if let Some(name) = given.text("voice_name").and_then(|text| name_in(VOICES, text)) {
            request = request.with_voice_name(name);
        }
        if let Some(degrees) = given.number("latitude") {
            request = request.with_latitude(degrees);
        }
        if let Some(degrees) = given.number("longitude") {
            request = request.with_longitude(degrees);
        }
        if let Some(city) = given.text("city") {
            request = request.with_city(city);
        }
        if let Some(position) = given.text("position") {
            request = request.with_position(position);
        }
        for (target, list) in given.all("data").filter_map(|value| pair(value.expose())) {
            request = request.with_data(ChatData::new(target, list));
        }
        Ok(request)
    }

    /// A client of the recording service; of the options, `http.*` matters.
    ///
    /// **Errors**: those of [`crate::recording::RecordingClientBuilder::build`]; [`ErrorKind::InvalidArgument`] for a
    /// setting of something else.
    pub fn recording_client(&self, options: &Options) -> Result<RecordingClient> {
        let given = self.only(Use::RecordingClient)?;
        let mut builder = RecordingClient::builder().http(options.http.clone());
        if let Some(url) = given.text("base_url") {
            builder = builder.base_url(url);
        }
        if let Some(token) = given.secret("token") {
            builder = builder.token(token.clone());
        }
        if let Some(scheme) = given.text("download_scheme") {
            builder = builder.download_scheme(scheme.trim().parse::<DownloadScheme>()?);
        }
        if let Some(send) = given.is_on("send_token_to_download_host") {
            builder = builder.send_token_to_download_host(send);
        }
        if given.text("max_audio_bytes").is_some() {
            builder = builder.max_audio_bytes(given.integer("max_audio_bytes")?);
        }
        builder.build()
    }

    /// The recording `id`, or its sub-account's.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] for a setting of something else.
    pub fn recording(&self, id: RecordingId) -> Result<RecordingId> {
        Ok(of_sub_user(self.only(Use::Recording)?, id))
    }

    /// The same, and how it is downloaded.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] for a setting of something else.
    pub fn download(&self, id: RecordingId) -> Result<(RecordingId, DownloadOptions)> {
        let given = self.only(Use::Download)?;
        Ok((of_sub_user(given, id), download(given)))
    }

    /// How a recording is downloaded whose address is known.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] for a setting of something else.
    pub fn download_options(&self) -> Result<DownloadOptions> {
        self.only(Use::LocatedDownload).map(download)
    }

    /// A client of the transcription service; of the options, `http.*` matters.
    ///
    /// **Errors**: those of [`crate::transcription::TranscriptionClientBuilder::build`]; [`ErrorKind::InvalidArgument`] for
    /// a setting of something else, or for two kinds of credentials at once.
    pub fn transcription_client(&self, options: &Options) -> Result<TranscriptionClient> {
        let given = self.only(Use::TranscriptionClient)?;
        let refuse = |what: &str| Err(Error::new(ErrorKind::InvalidArgument, OP, what));
        let mut builder = TranscriptionClient::builder().http(options.http.clone());
        if let Some(url) = given.text("base_url") {
            builder = builder.base_url(url);
        }
        let app_id = given.text("app_id").map(str::to_owned);
        match (given.secret("app_key"), given.secret("authorization")) {
            (Some(_), Some(_)) => return refuse("app_key and authorization are two ways: give one"),
            (Some(app_key), None) => {
                let expire_seconds = given.integer("signature_valid_s")?.unwrap_or(DEFAULT_EXPIRE_SECONDS);
                let region = given.text("region").unwrap_or(DEFAULT_REGION).to_owned();
                let (app_id, app_key) = (app_id.unwrap_or_default(), app_key.clone());
                builder = builder.credentials(Credentials::AppKey { app_id, app_key, region, expire_seconds });
            }
            (None, Some(authorization)) => {
                if given.text("region").is_some() || given.text("signature_valid_s").is_some() {
                    return refuse("region and signature_valid_s are for signatures, which are made with app_key");
                }
                builder = builder.credentials(Credentials::Ready { app_id, authorization: authorization.clone() });
            }
            // The builder says what is missing.
            (None, None) => {}
        }
        if let Some(uuid) = given.text("device_uuid") {
            builder = builder.device_uuid(uuid);
        }
        builder.build()
    }

    /// A submission of the recording behind a link. It is checked when it is sent.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] for a setting of something else.
    pub fn submission(&self, file_link: &str) -> Result<Submission> {
        let given = self.only(Use::Submission)?;
        let mode = given.text("callback_url").map_or(ReturnMode::Pull, ReturnMode::push);
        let mut submission = Submission::new(file_link, mode);
        if let Some(data) = given.text("business_data") {
            submission = submission.with_business_data(data);
        }
        if let Some(id) = given.text("req_id") {
            submission = submission.with_req_id(id);
        }
        Ok(submission)
    }

    /// How a transcript is waited for.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] for a setting of something else.
    pub fn wait_options(&self) -> Result<WaitOptions> {
        wait(self.only(Use::Wait)?)
    }

    /// How a run goes about its work.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] for a setting of something else, or a number that is too large.
    pub fn run_options(&self) -> Result<RunOptions> {
        let given = self.only(Use::Run)?;
        let mut options = run(given)?;
        options.known_links = links(given);
        Ok(options)
    }

    /// How a run is gone on with.
    ///
    /// **Errors**: as [`Settings::run_options`].
    pub fn resume_options(&self) -> Result<RunOptions> {
        run(self.only(Use::Resume)?)
    }

    /// What to do with known links when submissions are entered.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] for a setting of something else.
    pub fn known_links(&self) -> Result<KnownLinks> {
        Ok(links(self.only(Use::Enter)?))
    }
}

fn of_sub_user(given: Given<'_>, id: RecordingId) -> RecordingId {
    match given.text("sub_user_id") {
        Some(sub_user) => id.with_sub_user(sub_user),
        None => id,
    }
}

fn download(given: Given<'_>) -> DownloadOptions {
    let options = DownloadOptions::default();
    match given.is_on("resume") {
        Some(resume) => options.with_resume(resume),
        None => options,
    }
}

fn links(given: Given<'_>) -> KnownLinks {
    given.text("known_links").and_then(known_links).unwrap_or_default()
}

fn wait(given: Given<'_>) -> Result<WaitOptions> {
    let mut options = WaitOptions::default();
    for (name, time) in [
        ("interval_ms", &mut options.interval),
        ("max_interval_ms", &mut options.max_interval),
        ("deadline_ms", &mut options.deadline),
        ("not_available_grace_ms", &mut options.not_available_grace),
    ] {
        if let Some(ms) = given.integer(name)? {
            *time = Duration::from_millis(ms);
        }
    }
    options.growth = given.number("growth").unwrap_or(options.growth);
    Ok(options)
}

fn run(given: Given<'_>) -> Result<RunOptions> {
    let mut options = RunOptions::default();
    options.wait = wait(given)?;
    options.in_flight = given.integer("in_flight")?.unwrap_or(options.in_flight);
    options.stop_after_refusals = given.integer("stop_after_refusals")?.unwrap_or(options.stop_after_refusals);
    Ok(options)
}
