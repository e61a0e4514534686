//! `voxline chat`.

mod long;

use std::ops::ControlFlow;
use std::path::Path;

use serde_json::json;
use voxline::chat::{
    self, Answer, AnswerAudio, AppCredentials, CancelToken, ChatAnswer, ChatClient, ChatClientBuilder, ChatData,
    ChatRequest, DEFAULT_BASE_URL, SizeLimit, VoiceName,
};
use voxline::{Encoding, Error, ErrorKind, Options, Report, Result, prepare_with};

use crate::args::Chat;
use crate::cmd::{about, name, source};
use crate::credentials::Credentials;
use crate::fail::Fail;
use crate::interrupt;
use crate::output::Output;
use crate::progress::Bar;
use crate::show;

pub(crate) fn run(args: &Chat, credentials: &Credentials) -> Result<(), Fail> {
    if args.tts.as_ref().is_some_and(|path| path.as_os_str() == "-") {
        return Err(Fail::usage_text("--tts needs a file: standard output is for the answer"));
    }
    let mut options = args.options()?;
    // The request encodes; what is prepared here is what goes into it.
    options.target.base64 = false;
    let endpoint = args.endpoint.as_deref().unwrap_or(DEFAULT_BASE_URL);
    let limit = if args.strict_size { SizeLimit::STRICT } else { SizeLimit::default() };
    let builder = ChatClient::builder().base_url(endpoint).http(options.http.clone()).size_limit(limit);
    let client = with_credentials(builder, credentials)?.build()?;
    if client.uses_trial_host() {
        show::remark("warning: the vendor's trial host is used; it is not meant for production (see --endpoint)");
    }
    let name = name(&args.input);
    let cancel = interrupt::token();
    let data = data(args)?;
    if args.long {
        return long::run(args, &client, &options, &data, &cancel);
    }
    let bar = Bar::new(&name);
    let result = prepare_with(source(&args.input), &options, |progress| {
        if cancel.is_cancelled() { ControlFlow::Break(()) } else { bar.update(progress) }
    });
    drop(bar);
    let long = |error: Error| {
        if error.kind() == ErrorKind::LimitExceeded {
            show::remark("a recording that is too long for one request is sent in parts by --long");
        }
        error
    };
    let prepared = result.map_err(|e| long(about(e, &name)))?;
    let request = request(args, &data, chat::audio(&prepared)?);
    // Before anything is sent: a file that cannot be written is no reason to have asked in vain.
    let spoken = args.tts.as_ref().map(|path| Ok::<_, Error>((path, Output::open(path, false)?))).transpose()?;
    let answer = client.send_with(&request, &cancel).map_err(long)?;
    if args.json {
        show::line(&to_json(&answer, prepared.report()).to_string())?;
    } else {
        show::line(answer.answer().chat_text())?;
        show::warnings(&name, &prepared.report().warnings);
    }
    if let Some((path, output)) = spoken {
        save_spoken(&client, &answer, answer_audio(&args.audiotype), path, output, &cancel)?;
    }
    Ok(())
}

/// A ready token, or what `authorize.do` wants for one.
fn with_credentials(builder: ChatClientBuilder, credentials: &Credentials) -> Result<ChatClientBuilder, Fail> {
    if let Some(token) = credentials.get("VOXLINE_CHAT_TOKEN") {
        return Ok(builder.access_token(token));
    }
    let names = ["VOXLINE_CHAT_APPKEY", "VOXLINE_CHAT_AUTHCODE", "VOXLINE_CHAT_USER"];
    match names.map(|name| credentials.get(name)) {
        [Some(key), Some(code), Some(user)] => {
            Ok(builder.app_credentials(AppCredentials::new(key, code, user.expose())))
        }
        _ => Err(Fail::usage_text(
            "set VOXLINE_CHAT_TOKEN to an access token, or VOXLINE_CHAT_APPKEY, VOXLINE_CHAT_AUTHCODE and \
             VOXLINE_CHAT_USER to get one",
        )),
    }
}

fn request(args: &Chat, data: &[ChatData], audio: chat::ChatAudio) -> ChatRequest {
    let mut request = ChatRequest::new(audio).with_tts(args.tts.is_some());
    for data in data {
        request = request.with_data(data.clone());
    }
    if let Some(literal) = &args.voice_type {
        request = request.with_voice_type(literal);
    }
    if args.tts.is_some() {
        request = request.with_answer_audio(answer_audio(&args.audiotype));
    }
    if let Some(voice) = &args.voice {
        request = request.with_voice_name(voice_name(voice));
    }
    if let Some(speed) = args.speed {
        request = request.with_speed(speed);
    }
    if let Some(volume) = args.volume {
        request = request.with_volume(volume);
    }
    if let Some(pitch) = args.pitch {
        request = request.with_pitch(pitch);
    }
    if let (Some(lat), Some(lng)) = (args.lat, args.lng) {
        request = request.with_latitude(lat).with_longitude(lng);
    }
    if let Some(city) = &args.city {
        request = request.with_city(city);
    }
    if let Some(position) = &args.position {
        request = request.with_position(position);
    }
    request
}

/// `--data TARGET=LIST`; the list itself is checked with the request.
fn data(args: &Chat) -> Result<Vec<ChatData>, Fail> {
    let parse = |pair: &String| {
        let parsed = pair.split_once('=').and_then(|(target, list)| Some((target.trim().parse().ok()?, list)));
        let usage = || Fail::usage_text(format!("--data {pair}: write TARGET=LIST, such as 7=[]"));
        parsed.map(|(target, list)| ChatData::new(target, list)).ok_or_else(usage)
    };
    args.data.iter().map(parse).collect()
}

fn voice_name(voice: &str) -> VoiceName {
    match voice {
        "male" => VoiceName::Male,
        "girl" => VoiceName::Girl,
        "boy" => VoiceName::Boy,
        _ => VoiceName::Female,
    }
}

fn answer_audio(form: &str) -> AnswerAudio {
    match form {
        "pcm16k" => AnswerAudio::Pcm16k,
        "pcm8k" => AnswerAudio::Pcm8k,
        "wav16k" => AnswerAudio::Wav16k,
        "wav8k" => AnswerAudio::Wav8k,
        "alaw8k" => AnswerAudio::Alaw8k,
        "mulaw8k" => AnswerAudio::Mulaw8k,
        _ => AnswerAudio::Mp3,
    }
}

/// Fetches the spoken answer and writes it as WAV at its own rate.
fn save_spoken(
    client: &ChatClient,
    answer: &ChatAnswer,
    kind: AnswerAudio,
    path: &Path,
    mut output: Output,
    cancel: &CancelToken,
) -> Result<()> {
    use std::io::Write as _;
    let Some(link) = answer.audio_url() else {
        return Err(Error::new(
            ErrorKind::Service,
            "fetch spoken answer",
            "the service sent no link to a spoken answer",
        ));
    };
    let bytes = client.fetch_audio(link, cancel)?;
    let mut options = Options::default();
    options.set("target.sample_rate_hz", "keep")?;
    options.target.encoding = Encoding::Wav;
    let spoken = chat::decode_answer(&bytes, kind, &options)?;
    output.write_all(spoken.data()).map_err(|e| Error::io("write spoken answer", path.display(), e))?;
    output.commit()
}

/// The answer and the report as one object.
fn to_json(answer: &ChatAnswer, report: &Report) -> serde_json::Value {
    let mut object = answer_json(answer);
    object["report"] = json!(report);
    object
}

/// The link to the spoken answer is signed and stays out.
fn answer_json(answer: &ChatAnswer) -> serde_json::Value {
    let kind = if matches!(answer.answer(), Answer::Instructions(_)) { "instructions" } else { "text" };
    let instructions = match answer.answer() {
        Answer::Instructions(instructions) => serde_json::from_str(instructions.raw()).unwrap_or_default(),
        _ => serde_json::Value::Null,
    };
    json!({
        "type": kind,
        "answer": answer.answer().chat_text(),
        "instructions": instructions,
        "status": 0,
        "description": answer.description(),
        "has_audio": answer.audio_url().is_some(),
    })
}
