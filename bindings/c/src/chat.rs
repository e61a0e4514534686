//! The voice-chat service: prepared audio in, an answer out.

use std::ffi::{CString, c_char};
use std::fmt;
use std::ptr::null;

use voxline::chat::{self, Answer, ChatAnswer, ChatAudio, ChatClient};
use voxline::settings::{self, voice_format};

use crate::boundary::{OK, c_text, call, free, peek};
use crate::bytes::voxline_bytes;
use crate::cancel::{token, voxline_cancel};
use crate::error::voxline_error;
use crate::handle::shared;
use crate::options::{options_or_defaults, voxline_options};
use crate::prepare::voxline_prepared;
use crate::settings::{settings_or_none, voxline_settings};
use crate::status::voxline_status;

shared!(voxline_chat_client, voxline_chat_answer);

/// Talks to the voice-chat service. It may be shared between threads and is best kept: connections and access tokens are
/// used again.
#[derive(Debug)]
pub struct voxline_chat_client {
    pub(crate) client: ChatClient,
}

/// An answer of the voice-chat service. It is never changed: threads may read it together.
pub struct voxline_chat_answer {
    answer: ChatAnswer,
    text: CString,
    instructions: Option<CString>,
    description: Option<CString>,
    audio_url: Option<CString>,
    raw: CString,
}

impl fmt::Debug for voxline_chat_answer {
    /// Without content, which may hold signed links.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("voxline_chat_answer").finish_non_exhaustive()
    }
}

impl voxline_chat_answer {
    pub(crate) fn new(answer: ChatAnswer) -> Self {
        let instructions = match answer.answer() {
            Answer::Instructions(instructions) => Some(c_text(instructions.raw())),
            _ => None,
        };
        Self {
            text: c_text(answer.answer().chat_text()),
            instructions,
            description: answer.description().map(c_text),
            audio_url: answer.audio_url().map(|link| c_text(link.expose())),
            raw: c_text(answer.raw()),
            answer,
        }
    }
}

/// Makes a client. Nothing is sent yet. Free it with voxline_chat_client_free().
///
/// `settings`: "access_token", or "app_key", "auth_code" and "user_id", with which the client gets its tokens itself; and
/// whatever voxline_setting_describe() lists for a chat client. `options` may be NULL; of them, http.* matters.
///
/// Errors: VOXLINE_INVALID_ARGUMENT for missing or unusable credentials, an address that cannot be used, or settings and
/// options that do not fit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_chat_client_new(
    settings: *const voxline_settings,
    options: *const voxline_options,
    client: *mut *mut voxline_chat_client,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_chat_client_new", |door| {
            let out = door.out(client, "client")?;
            let options = options_or_defaults(door, options)?;
            out.set_new(voxline_chat_client { client: settings_or_none(door, settings)?.chat_client(&options)? });
            OK
        })
    }
}

/// Makes a client that speaks for another user, with the same connections and credentials.
///
/// Errors: VOXLINE_INVALID_ARGUMENT if `client` has no app credentials, or for a user id that cannot be sent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_chat_client_for_user(
    client: *const voxline_chat_client,
    user_id: *const c_char,
    other: *mut *mut voxline_chat_client,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_chat_client_for_user", |door| {
            let out = door.out(other, "other")?;
            let client = &door.borrow(client, "client")?.client;
            out.set_new(voxline_chat_client { client: client.for_user(door.text(user_id, "user_id")?)? });
            OK
        })
    }
}

/// Frees a client. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_chat_client_free(client: *mut voxline_chat_client) {
    // SAFETY: as the header says.
    unsafe { free(client) }
}

/// Sends an utterance and waits for the answer; free it with voxline_chat_answer_free().
///
/// `encoding` says what `audio` is, in the words of the option target.encoding: pcm, wav, speex, speex-wb. Speex needs the
/// setting "speex_size". `settings` and `cancel` may be NULL.
///
/// An utterance sent twice may be answered twice: nothing is repeated that the service may have got, unless the client's
/// "repeat_unknown" is on.
///
/// Errors: VOXLINE_INVALID_ARGUMENT and VOXLINE_LIMIT_EXCEEDED before anything is sent; VOXLINE_CONNECT and VOXLINE_TIMEOUT
/// when the service was not reached; VOXLINE_OUTCOME_UNKNOWN when it may have been; VOXLINE_UNAUTHENTICATED,
/// VOXLINE_PERMISSION_DENIED, VOXLINE_NOT_FOUND, VOXLINE_RATE_LIMITED and VOXLINE_SERVICE for what it said, with its code
/// and message in the error; VOXLINE_CANCELLED if it surely did nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_chat_send(
    client: *const voxline_chat_client,
    audio: *const u8,
    size_bytes: usize,
    encoding: *const c_char,
    sample_rate_hz: u32,
    settings: *const voxline_settings,
    cancel: *const voxline_cancel,
    answer: *mut *mut voxline_chat_answer,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_chat_send", |door| {
            let out = door.out(answer, "answer")?;
            let client = &door.borrow(client, "client")?.client;
            let format = voice_format(door.text(encoding, "encoding")?)?;
            let audio = ChatAudio::new(door.slice(audio, size_bytes, "audio")?, format, sample_rate_hz);
            let request = settings_or_none(door, settings)?.chat_request(audio)?;
            out.set_new(voxline_chat_answer::new(client.send_with(&request, &token(door, cancel)?)?));
            OK
        })
    }
}

/// Sends what was prepared with one of the profiles chat-…; otherwise as voxline_chat_send().
///
/// Errors: as there, and VOXLINE_INVALID_ARGUMENT for what the service does not take, such as base64 or two channels.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_chat_send_prepared(
    client: *const voxline_chat_client,
    prepared: *const voxline_prepared,
    settings: *const voxline_settings,
    cancel: *const voxline_cancel,
    answer: *mut *mut voxline_chat_answer,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_chat_send_prepared", |door| {
            let out = door.out(answer, "answer")?;
            let client = &door.borrow(client, "client")?.client;
            let audio = chat::audio(door.borrow(prepared, "prepared")?.prepared())?;
            let request = settings_or_none(door, settings)?.chat_request(audio)?;
            out.set_new(voxline_chat_answer::new(client.send_with(&request, &token(door, cancel)?)?));
            OK
        })
    }
}

/// Frees an answer. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_chat_answer_free(answer: *mut voxline_chat_answer) {
    // SAFETY: as the header says.
    unsafe { free(answer) }
}

/// The text for a plain chat; where the answer consists of instructions, the text that comes with them. It lives as long as
/// the answer; "" for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_chat_answer_text(answer: *const voxline_chat_answer) -> *const c_char {
    // SAFETY: as the header says.
    unsafe { peek(answer, c"".as_ptr(), |answer| answer.text.as_ptr()) }
}

/// The status code of the service: 0, because every other is an error; -1 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_chat_answer_status_code(answer: *const voxline_chat_answer) -> i64 {
    // SAFETY: as the header says.
    unsafe { peek(answer, -1, |answer| answer.answer.status().code()) }
}

/// The instructions to a device, a JSON object, where the answer consists of such; else NULL. They live as long as the
/// answer and may hold signed links: do not log them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_chat_answer_instructions(answer: *const voxline_chat_answer) -> *const c_char {
    // SAFETY: as the header says.
    unsafe { peek(answer, null(), |answer| pointer(&answer.instructions)) }
}

/// The service's remark; NULL when there is none. It lives as long as the answer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_chat_answer_description(answer: *const voxline_chat_answer) -> *const c_char {
    // SAFETY: as the header says.
    unsafe { peek(answer, null(), |answer| pointer(&answer.description)) }
}

/// The link of the spoken answer; NULL when there is none. It lives as long as the answer. It is signed: do not log it;
/// voxline_chat_fetch_audio() fetches what is there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_chat_answer_audio_url(answer: *const voxline_chat_answer) -> *const c_char {
    // SAFETY: as the header says.
    unsafe { peek(answer, null(), |answer| pointer(&answer.audio_url)) }
}

/// The whole answer as it came, JSON; "" for NULL. It lives as long as the answer and holds the signed link of the spoken
/// answer: do not log it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_chat_answer_raw(answer: *const voxline_chat_answer) -> *const c_char {
    // SAFETY: as the header says.
    unsafe { peek(answer, c"".as_ptr(), |answer| answer.raw.as_ptr()) }
}

fn pointer(text: &Option<CString>) -> *const c_char {
    text.as_ref().map_or(null(), |text| text.as_ptr())
}

/// Fetches the spoken answer, which was asked for with the setting "tts": bytes of the kind of "answer_audio", else MP3.
/// Free them with voxline_bytes_free(). The link is short-lived.
///
/// VOXLINE_END: the answer has no link to a spoken one.
///
/// Errors: VOXLINE_SERVICE for anything that is not of that kind; VOXLINE_LIMIT_EXCEEDED beyond http.max_response_bytes;
/// otherwise as voxline_chat_send(), except that fetching is repeated freely.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_chat_fetch_audio(
    client: *const voxline_chat_client,
    answer: *const voxline_chat_answer,
    cancel: *const voxline_cancel,
    bytes: *mut *mut voxline_bytes,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_chat_fetch_audio", |door| {
            let out = door.out(bytes, "bytes")?;
            let client = &door.borrow(client, "client")?.client;
            let Some(link) = door.borrow(answer, "answer")?.answer.audio_url() else {
                return Ok(voxline_status::VOXLINE_END);
            };
            out.set_new(voxline_bytes { bytes: client.fetch_audio(link, &token(door, cancel)?)? });
            OK
        })
    }
}

/// Decodes a spoken answer; `answer_audio` is what was asked for: mp3, pcm16k, pcm8k, wav16k, wav8k, alaw8k, mulaw8k. Rate
/// and encoding of the result are those of `options`, which may be NULL. Free it with voxline_prepared_free().
///
/// Errors: VOXLINE_INVALID_ARGUMENT for another word, otherwise those of voxline_prepare_bytes().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_chat_decode_answer(
    data: *const u8,
    size_bytes: usize,
    answer_audio: *const c_char,
    options: *const voxline_options,
    prepared: *mut *mut voxline_prepared,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_chat_decode_answer", |door| {
            let out = door.out(prepared, "prepared")?;
            let data = door.slice(data, size_bytes, "data")?;
            let kind = settings::answer_audio(door.text(answer_audio, "answer_audio")?)?;
            let options = options_or_defaults(door, options)?;
            out.set_new(voxline_prepared::new(chat::decode_answer(data, kind, &options)?));
            OK
        })
    }
}
