//! The voice-chat service: prepared audio in, an answer out.
//!
//! The client itself is [`ChatClient`]; here are the two steps that join it to the rest: [`audio`] makes what it sends
//! from what was prepared, [`decode_answer`] makes PCM from the spoken answer.
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

pub use voxline_api::CancelToken;
pub use voxline_api::chat::*;

use voxline_core::{Error, ErrorKind, Options, Result, SampleFormat};

use crate::{Prepared, prepare};

/// What was prepared, as the client sends it.
///
/// **Errors**: [`ErrorKind::InvalidArgument`] for more than one output or channel, base64 (the client encodes itself), an
/// Ogg file or a rate that the service does not know; the profiles `chat-…` never give any of these.
pub fn audio(prepared: &Prepared) -> Result<ChatAudio> {
    let refuse = |what: String| {
        let context = format!("{what}; prepare with one of the profiles chat-…");
        Err(Error::new(ErrorKind::InvalidArgument, "chat audio", context))
    };
    let target = &prepared.report().target;
    if prepared.is_base64() {
        return refuse("the audio is base64 already".to_owned());
    }
    if prepared.outputs().len() != 1 || target.channel_count != 1 {
        return refuse(format!("{} outputs of {} channels", prepared.outputs().len(), target.channel_count));
    }
    if !matches!(target.sample_rate_hz, 8_000 | 16_000) {
        return refuse(format!("{} Hz", target.sample_rate_hz));
    }
    let format = match target.encoding.as_str() {
        "pcm" => VoiceFormat::RawPcm,
        "wav" => VoiceFormat::RawWav,
        "speex" => VoiceFormat::Speex,
        "speex-wb" => VoiceFormat::SpeexWb,
        other => return refuse(format!("the service does not take {other}")),
    };
    let mut audio = ChatAudio::new(prepared.data(), format, target.sample_rate_hz);
    audio.speex_size = target.packet_bytes.and_then(|bytes| u32::try_from(bytes).ok());
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
