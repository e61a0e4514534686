//! One request, understood.

use serde_json::Value;

use super::codes::{Refusal, TOKEN_EXPIRED, UNVERIFIED, clip};
use super::fields::{Fields, type_name};
use super::tts::Clip;
use super::{rules, speex};
use crate::options::SimOptions;
use crate::state::{Shared, TokenVerdict};

/// What is needed of a request that kept every rule about its fields.
#[derive(Debug)]
pub(super) struct ChatRequest<'a> {
    pub(super) encode_data: &'a str,
    pub(super) voice_type: &'a str,
    pub(super) voice_format: &'a str,
    pub(super) rate_hz: u32,
    /// `speex_size`, for Speex: one of the page's table, or one less.
    pub(super) speex_size: Option<usize>,
    /// The clip to speak when TTS is asked for.
    pub(super) spoken: Option<Clip>,
    pub(super) position: Option<&'a str>,
}

impl<'a> ChatRequest<'a> {
    /// Checks every field but the audio itself. With `expire_first` the token expires before it is looked at.
    pub(super) fn read(fields: &'a Fields, shared: &Shared, expire_first: bool) -> Result<Self, Refusal> {
        let options = &shared.options;
        if options.refuse_unknown_fields {
            fields.refuse_unknown()?;
        }
        check_token(fields.required("accessToken")?, shared, expire_first)?;
        let encode_data = fields.required("encodeData")?;
        let voice_type = fields.required("voiceType")?;
        let rate_hz = rate_of(voice_type, options)?;
        let voice_format = fields.required("voiceFormat")?;
        let speex_size = speex::size(voice_format, rate_hz, rules::integer(fields, "speex_size", 1..=255)?)?;
        let spoken = speech(fields)?;
        check_place(fields)?;
        let position = fields.text("position")?;
        if let Some(data) = fields.get("data") {
            check_data(data, options.refuse_unknown_fields)?;
        }
        Ok(Self { encode_data, voice_type, voice_format, rate_hz, speex_size, spoken, position })
    }
}

fn check_token(token: &str, shared: &Shared, expire_first: bool) -> Result<(), Refusal> {
    let mut verdict = shared.tokens.check(token);
    if expire_first {
        // Checked once before, so that a token seen for the first time is among those that expire.
        shared.tokens.expire();
        verdict = shared.tokens.check(token);
    }
    match verdict {
        TokenVerdict::Good => Ok(()),
        TokenVerdict::Unknown => Err(Refusal::new(UNVERIFIED, "accessToken is not known")),
        TokenVerdict::Expired => Err(Refusal::new(TOKEN_EXPIRED, "accessToken has expired")),
    }
}

fn rate_of(voice_type: &str, options: &SimOptions) -> Result<u32, Refusal> {
    match voice_type {
        text if text == options.voice_type_16k => Ok(16_000),
        text if text == options.voice_type_8k => Ok(8_000),
        text => {
            let (wide, narrow) = (&options.voice_type_16k, &options.voice_type_8k);
            Err(Refusal::value("voiceType", format!("\"{}\" is neither \"{wide}\" nor \"{narrow}\"", clip(text))))
        }
    }
}

/// Everything about the spoken answer; the fields are checked whether or not it is asked for.
fn speech(fields: &Fields) -> Result<Option<Clip>, Refusal> {
    let wanted = match fields.text("needTTS")? {
        None | Some("false") => false,
        Some("true") => true,
        Some(other) => {
            return Err(Refusal::value("needTTS", format!("\"{}\" is neither \"true\" nor \"false\"", clip(other))));
        }
    };
    rules::number(fields, "speed", 0.0..=9.0)?;
    rules::integer(fields, "volume", 0..=9)?;
    rules::integer(fields, "pitch", 0..=9)?;
    rules::integer(fields, "voiceName", 1..=4)?;
    let audio_type = rules::integer(fields, "audiotype", 3..=8)?;
    let narrow = match fields.text("rate")? {
        None => false,
        Some("1") if audio_type == Some(6) => true,
        Some("1") => return Err(Refusal::value("rate", "only with audiotype 6")),
        Some(other) => return Err(Refusal::value("rate", format!("\"{}\" is not \"1\"", clip(other)))),
    };
    Ok(wanted.then(|| Clip::new(audio_type, narrow)))
}

fn check_place(fields: &Fields) -> Result<(), Refusal> {
    let lat = rules::number(fields, "lat", -90.0..=90.0)?;
    let lng = rules::number(fields, "lng", -180.0..=180.0)?;
    match (lat, lng, fields.text("city")?) {
        (Some(_), None, _) => Err(Refusal::value("lat", "only together with lng")),
        (None, Some(_), _) => Err(Refusal::value("lng", "only together with lat")),
        (None, None, Some(_)) => Err(Refusal::value("city", "only together with lat and lng")),
        _ => Ok(()),
    }
}

fn check_data(data: &Value, refuse_unknown: bool) -> Result<(), Refusal> {
    let wrong = |what: &str, found: &str| Err(Refusal::request(format!("{what}, found {found}")));
    let Value::Array(entries) = data else { return wrong("data must be an array", type_name(data)) };
    for (index, entry) in entries.iter().enumerate() {
        let Value::Object(entry) = entry else {
            return wrong(&format!("data[{index}] must be an object"), type_name(entry));
        };
        let kind = |name: &str| entry.get(name).map_or("nothing", type_name);
        if !entry.get("target").is_some_and(|target| target.is_i64() || target.is_u64()) {
            let found = if entry.get("target").is_some_and(Value::is_f64) { "a fraction" } else { kind("target") };
            return wrong(&format!("data[{index}].target must be an integer"), found);
        }
        if !entry.get("list").is_some_and(Value::is_array) {
            return wrong(&format!("data[{index}].list must be an array"), kind("list"));
        }
        let unknown = entry.keys().find(|key| !["target", "list"].contains(&key.as_str()));
        if let Some(name) = unknown.filter(|_| refuse_unknown) {
            return Err(Refusal::request(format!("data[{index}].{} is not a field of this call", clip(name))));
        }
    }
    Ok(())
}
