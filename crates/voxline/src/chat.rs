//! The voice-chat service: prepared audio in, an answer out.
//!
//! The client itself is [`ChatClient`]; here are the steps that join it to the rest: [`audio`] makes what it sends from
//! what was prepared, [`decode_answer`] makes PCM from the spoken answer, and [`chat_long`] sends what is too long for one
//! request in parts.
//!
//! ```no_run
//! use voxline::chat::{ChatClient, ChatRequest};
//!
//! let prepared = voxline::prepare("call.mp3", &voxline::profile("chat-16k")?)?;
//! let client = ChatClient::builder().base_url("http://127.0.0.1:8080").access_token("token").build()?;
//! let answer = client.send(&ChatRequest::new(voxline::chat::audio(&prepared)?))?;
//! println!("{}", answer.answer().chat_text());
//! # Ok::<(), voxline::Error>(())
//! ```

mod long;

pub use voxline_api::CancelToken;
pub use voxline_api::chat::*;

use voxline_core::{Error, ErrorKind, Options, Result, SampleFormat};

pub use long::{LongAnswer, LongChat, LongPart, OnFailure, chat_long, chat_long_with, sendable};

use crate::{Part, Prepared, prepare};

/// What was prepared, as the client sends it.
///
/// **Errors**: [`ErrorKind::InvalidArgument`] for more than one output or channel, base64 (the client encodes itself), an
/// Ogg file or a rate that the service does not know; the profiles `chat-…` never give any of these.
pub fn audio(prepared: &Prepared) -> Result<ChatAudio> {
    let target = &prepared.report().target;
    audio_of(&Made {
        outputs: prepared.outputs(),
        is_base64: prepared.is_base64(),
        encoding: &target.encoding,
        sample_rate_hz: target.sample_rate_hz,
        channel_count: target.channel_count,
        packet_bytes: target.packet_bytes,
    })
}

/// A part of a split recording, as the client sends it.
///
/// **Errors**: those of [`audio`].
pub fn audio_of_part(part: &Part) -> Result<ChatAudio> {
    audio_of(&Made {
        outputs: part.outputs(),
        is_base64: part.is_base64(),
        encoding: part.encoding.as_str(),
        sample_rate_hz: part.sample_rate_hz,
        channel_count: part.channel_count,
        packet_bytes: part.packet_bytes,
    })
}

/// What the client must know of audio that was made.
struct Made<'a> {
    outputs: &'a [Vec<u8>],
    is_base64: bool,
    encoding: &'a str,
    sample_rate_hz: u32,
    channel_count: u16,
    packet_bytes: Option<u64>,
}

fn audio_of(made: &Made<'_>) -> Result<ChatAudio> {
    let refuse = |what: String| {
        let context = format!("{what}; prepare with one of the profiles chat-…");
        Err(Error::new(ErrorKind::InvalidArgument, "chat audio", context))
    };
    if made.is_base64 {
        return refuse("the audio is base64 already".to_owned());
    }
    let ([data], 1) = (made.outputs, made.channel_count) else {
        return refuse(format!("{} outputs of {} channels", made.outputs.len(), made.channel_count));
    };
    if !matches!(made.sample_rate_hz, 8_000 | 16_000) {
        return refuse(format!("{} Hz", made.sample_rate_hz));
    }
    let format = match made.encoding {
        "pcm" => VoiceFormat::RawPcm,
        "wav" => VoiceFormat::RawWav,
        "speex" => VoiceFormat::Speex,
        "speex-wb" => VoiceFormat::SpeexWb,
        other => return refuse(format!("the service does not take {other}")),
    };
    let mut audio = ChatAudio::new(data.as_slice(), format, made.sample_rate_hz);
    audio.speex_size = made.packet_bytes.and_then(|bytes| u32::try_from(bytes).ok());
    Ok(audio)
}

/// Decodes a spoken answer of the kind that was asked for; rate and encoding of the result are those of `options`.
///
/// **Errors**: those of [`prepare`].
pub fn decode_answer(bytes: &[u8], kind: AnswerAudio, options: &Options) -> Result<Prepared> {
    let mut options = options.clone();
    let raw = match kind {
        AnswerAudio::Pcm16k => Some((SampleFormat::S16le, 16_000)),
        AnswerAudio::Pcm8k => Some((SampleFormat::S16le, 8_000)),
        AnswerAudio::Alaw8k => Some((SampleFormat::Alaw, 8_000)),
        AnswerAudio::Mulaw8k => Some((SampleFormat::Mulaw, 8_000)),
        // MP3 and WAV say themselves what they are.
        _ => None,
    };
    options.input.raw_format = raw.map(|(format, _)| format.into());
    // That was about the call.
    options.input.speex_framing = None;
    if let Some((_, rate_hz)) = raw {
        options.input.raw_rate_hz = rate_hz;
        options.input.raw_channels = 1;
    }
    prepare(bytes, &options)
}
