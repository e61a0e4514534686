//! The voice-chat service: `AudioChat.do`, the token from `authorize.do` and the spoken answers.

mod answer;
mod audio;
mod authorize;
mod codes;
mod fields;
mod heard;
mod request;
mod rules;
mod seen;
mod speex;
mod tts;
mod wav;

pub use answer::ScriptedAnswer;
pub(crate) use authorize::authorize;
pub use heard::Heard;
pub use seen::{ChatSeen, Verdict};
pub(crate) use tts::{Clip, spoken};

use std::sync::Arc;

use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use serde_json::json;

use crate::fault::{Fault, answer_stays_whole};
use crate::outcome::Outcome;
use crate::reply::{JSON, Reply};
use crate::state::Shared;
use codes::Refusal;
use request::ChatRequest;

/// Judges a request, logs it and answers it.
pub(crate) fn judge(shared: &Shared, head: &Parts, body: &[u8], fault: Option<Fault>) -> Outcome {
    let mut seen = ChatSeen::new(fault, body.len());
    let accepted = check_head(head).and_then(|()| {
        let fields = fields::Fields::parse(body)?;
        seen.fields = fields.names();
        let request = ChatRequest::read(&fields, shared, fault == Some(Fault::ExpireTokens))?;
        seen.voice_type = Some(request.voice_type.to_owned());
        seen.voice_format = Some(request.voice_format.to_owned());
        seen.need_tts = request.spoken.is_some();
        let audio = audio::decode(&request, &shared.options)?;
        let heard = Heard::measure(audio.container, &audio.samples, request.rate_hz);
        if shared.options.keep_audio {
            seen.audio = Some(Arc::from(audio.bytes));
        }
        seen.heard = Some(heard.clone());
        Ok((heard, request.spoken, request.position == Some(answer::INSTRUCTIONS)))
    });
    let reply = match accepted {
        Ok((heard, clip, instructions)) => {
            seen.verdict = Verdict::Accepted;
            // An answer that never leaves does not use up a scripted one.
            let scripted = if answer_stays_whole(fault) { shared.chats.next_scripted() } else { None };
            let mut value = json!({ "answer": answer::text(&heard, instructions, scripted), "status": 0 });
            if let (Some(clip), Some(object)) = (clip, value.as_object_mut()) {
                object.insert("audioURL".to_owned(), tts::url(shared, clip).into());
            }
            Reply::json(&value)
        }
        Err(Refusal { status, description }) => {
            // A token in the wrong place must not come back in a message.
            let description = shared.hide(description);
            let reply = Reply::vendor_error(status, &description);
            seen.verdict = Verdict::Refused { status, description };
            reply
        }
    };
    let verdict = seen.verdict.clone();
    shared.chats.note(seen);
    Outcome::new(reply, verdict)
}

/// Logs a request whose body could not be read and hands back its answer.
pub(crate) fn unreadable(shared: &Shared, reply: Reply, fault: Option<Fault>) -> Outcome {
    let mut seen = ChatSeen::new(fault, 0);
    seen.verdict = Verdict::Unreadable { http_status: reply.status };
    shared.chats.note(seen);
    Outcome::unreadable(reply)
}

fn check_head(head: &Parts) -> Result<(), Refusal> {
    let types: Vec<_> = head.headers.get_all(CONTENT_TYPE).iter().map(HeaderValue::as_bytes).collect();
    if types != [JSON.as_bytes()] {
        let found = types.iter().map(|value| format!("\"{}\"", codes::clip(&String::from_utf8_lossy(value))));
        let found = found.reduce(|all, one| format!("{all}, {one}")).unwrap_or_else(|| "none".to_owned());
        return Err(Refusal::request(format!("Content-Type must be exactly \"{JSON}\", found {found}")));
    }
    if head.uri.query().is_some() {
        return Err(Refusal::request("a query in the address; every field belongs into the body"));
    }
    Ok(())
}
