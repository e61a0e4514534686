//! The table of names.

use super::apply::{ANSWERS, VOICES, known_links, name_in, pair, size_limit};

/// What a setting is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Use {
    /// A client of the chat service.
    ChatClient,
    /// One utterance.
    ChatRequest,
    /// A client of the recording service.
    RecordingClient,
    /// A recording that is located or opened.
    Recording,
    /// A recording that is downloaded.
    Download,
    /// A recording whose address is known and that is downloaded.
    LocatedDownload,
    /// A client of the transcription service.
    TranscriptionClient,
    /// A submission for transcription.
    Submission,
    /// The wait for a transcript.
    Wait,
    /// A run over many submissions.
    Run,
    /// Going on with a run.
    Resume,
    /// Entering submissions into a ledger.
    Enter,
}

impl Use {
    /// In words, such as `chat client`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ChatClient => "chat client",
            Self::ChatRequest => "chat request",
            Self::RecordingClient => "recording client",
            Self::Recording => "recording",
            Self::Download => "download",
            Self::LocatedDownload => "download of a located recording",
            Self::TranscriptionClient => "transcription client",
            Self::Submission => "submission",
            Self::Wait => "wait",
            Self::Run => "run",
            Self::Resume => "resumed run",
            Self::Enter => "entry of submissions",
        }
    }
}

/// What is known about a setting.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// What it is for; elsewhere it is refused.
    pub used_for: &'static [Use],
    /// What it takes: `bool`, `integer`, `number`, `text`, `secret`, a form in words, or the words to choose from, with `|`
    /// between.
    pub takes: &'static str,
    /// One sentence, with unit and default.
    pub help: &'static str,
    /// Whether it may be set more than once.
    pub is_list: bool,
}

impl Setting {
    /// Whether the text can be a value.
    pub(super) fn fits(&self, text: &str) -> bool {
        match self.takes {
            "text" | "secret" => true,
            "bool" => truth(text).is_some(),
            "integer" => integer(text).is_some(),
            "number" => number(text).is_some(),
            "integer|none" => text.trim() == "none" || integer(text).is_some(),
            _ => match self.name {
                "size_limit" => size_limit(text).is_some(),
                "data" => pair(text).is_some(),
                "answer_audio" => name_in(ANSWERS, text).is_some(),
                "voice_name" => name_in(VOICES, text).is_some(),
                "known_links" => known_links(text).is_some(),
                _ => self.takes.split('|').any(|word| word == text.trim()),
            },
        }
    }
}

pub(super) fn truth(text: &str) -> Option<bool> {
    match text.trim() {
        "on" | "true" | "yes" | "1" => Some(true),
        "off" | "false" | "no" | "0" => Some(false),
        _ => None,
    }
}

pub(super) fn integer(text: &str) -> Option<u64> {
    text.trim().replace('_', "").parse().ok()
}

pub(super) fn number(text: &str) -> Option<f64> {
    text.trim().replace('_', "").parse().ok().filter(|number: &f64| number.is_finite())
}

const CLIENTS: &[Use] = &[Use::ChatClient, Use::RecordingClient, Use::TranscriptionClient];
const WAITS: &[Use] = &[Use::Wait, Use::Run, Use::Resume];
const RUNS: &[Use] = &[Use::Run, Use::Resume];

const fn row(name: &'static str, used_for: &'static [Use], takes: &'static str, help: &'static str) -> Setting {
    Setting { name, used_for, takes, help, is_list: false }
}

/// Every setting.
pub const SETTINGS: &[Setting] = &[
    row("base_url", CLIENTS, "text", "Where the service is, without the paths of its calls; default the vendor's."),
    row(
        "access_token",
        &[Use::ChatClient],
        "secret",
        "A ready access token; with app credentials as well, the first token of their user.",
    ),
    row(
        "app_key",
        &[Use::ChatClient, Use::TranscriptionClient],
        "secret",
        "The application's key; for chat together with auth_code and user_id, for transcription with app_id.",
    ),
    row("auth_code", &[Use::ChatClient], "secret", "The application's authorisation code."),
    row("user_id", &[Use::ChatClient], "text", "Whom access tokens are for; any text of the caller's choice."),
    row(
        "expires_unit",
        &[Use::ChatClient],
        "hours|days",
        "In what unit the service says how long a token is good; default hours.",
    ),
    row(
        "renew_before_ms",
        &[Use::ChatClient],
        "integer",
        "How long before it expires a token is renewed, in ms; default 300000, never more than a tenth of its life.",
    ),
    row(
        "size_limit",
        &[Use::ChatClient],
        "strict, audio:BYTES or base64:BYTES",
        "What the audio, or its base64 text, has to be shorter than; default audio:600000, strict is base64:600000.",
    ),
    row(
        "repeat_unknown",
        &[Use::ChatClient],
        "bool",
        "Whether an utterance is sent again when nobody knows whether the service got it; default off.",
    ),
    row("token", &[Use::RecordingClient], "secret", "The token, without the word Bearer."),
    row(
        "download_scheme",
        &[Use::RecordingClient],
        "https|http",
        "What is put before the address of a recording that comes without a scheme; default https.",
    ),
    row(
        "send_token_to_download_host",
        &[Use::RecordingClient],
        "bool",
        "Whether the token also goes to the host of the recording, where that is another one; default off.",
    ),
    row(
        "max_audio_bytes",
        &[Use::RecordingClient],
        "integer|none",
        "Most bytes of one recording; default 8589934592, none for no limit.",
    ),
    row("app_id", &[Use::TranscriptionClient], "text", "The AppID of the vendor's console."),
    row(
        "authorization",
        &[Use::TranscriptionClient],
        "secret",
        "A ready value for the header Authorization, in place of app_key.",
    ),
    row("region", &[Use::TranscriptionClient], "text", "The code of a province; default QG, the whole country."),
    row(
        "signature_valid_s",
        &[Use::TranscriptionClient],
        "integer",
        "For how many seconds a signature holds; default 1800.",
    ),
    row(
        "device_uuid",
        &[Use::TranscriptionClient],
        "text",
        "The id of a device registered with the vendor; default none.",
    ),
    row(
        "speex_size",
        &[Use::ChatRequest],
        "integer",
        "Bytes that each Speex packet takes, the byte with its length included; for Speex only.",
    ),
    row("voice_type", &[Use::ChatRequest], "text", "Sent as voiceType instead of 16k or 8k."),
    row("tts", &[Use::ChatRequest], "bool", "Whether the answer is also wanted as speech; not sent by default."),
    row("speed", &[Use::ChatRequest], "number", "Speed of the speech, 0 to 9; the service's default is 5."),
    row("volume", &[Use::ChatRequest], "integer", "Volume of the speech, 0 to 9; the service's default is 5."),
    row("pitch", &[Use::ChatRequest], "integer", "Pitch of the speech, 0 to 9; the service's default is 5."),
    row(
        "answer_audio",
        &[Use::ChatRequest],
        "mp3|pcm16k|pcm8k|wav16k|wav8k|alaw8k|mulaw8k",
        "What the speech is encoded as; the service's default is mp3.",
    ),
    row("voice_name", &[Use::ChatRequest], "female|male|girl|boy", "Who speaks."),
    row("latitude", &[Use::ChatRequest], "number", "In degrees, -90 to 90; only together with the longitude."),
    row("longitude", &[Use::ChatRequest], "number", "In degrees, -180 to 180; only together with the latitude."),
    row("city", &[Use::ChatRequest], "text", "City; only together with latitude and longitude."),
    row("position", &[Use::ChatRequest], "text", "The exact place, in words."),
    Setting {
        name: "data",
        used_for: &[Use::ChatRequest],
        takes: "TARGET=LIST",
        help: "JSON that goes along: the number of a target object and a JSON array; may be set more than once.",
        is_list: true,
    },
    row("sub_user_id", &[Use::Recording, Use::Download], "text", "Id of the sub-account, where there is one."),
    row(
        "resume",
        &[Use::Download, Use::LocatedDownload],
        "bool",
        "Whether to go on with the .part file of an earlier try, and to leave one behind on failure; default on.",
    ),
    row(
        "callback_url",
        &[Use::Submission],
        "text",
        "Where the service posts the transcript to; without it the transcript is asked for.",
    ),
    row("business_data", &[Use::Submission], "text", "Data that the service hands back with the result."),
    row(
        "req_id",
        &[Use::Submission],
        "text",
        "The caller's own id, unique among all submissions ever; default a random one.",
    ),
    row("interval_ms", WAITS, "integer", "Time between the first two questions, in ms; default 3000."),
    row("growth", WAITS, "number", "By how much the interval grows each time, 1 or more; default 1.5."),
    row("max_interval_ms", WAITS, "integer", "Longest interval, in ms; default 30000."),
    row("deadline_ms", WAITS, "integer", "Longest time in all, in ms; default 7200000."),
    row(
        "not_available_grace_ms",
        WAITS,
        "integer",
        "How long \"the information cannot be got\" is taken for \"not yet\", in ms; default 60000.",
    ),
    row("in_flight", RUNS, "integer", "Submissions between sending and result at the same time, 1 to 256; default 4."),
    row(
        "stop_after_refusals",
        RUNS,
        "integer",
        "After so many submissions in a row that were not taken no more are sent; default 20, 0 for never.",
    ),
    row(
        "known_links",
        &[Use::Run, Use::Enter],
        "refuse|skip|repeat",
        "What to do with links that are in the ledger already; default refuse, repeat pays for them again.",
    ),
];
