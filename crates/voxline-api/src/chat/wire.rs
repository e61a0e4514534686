//! The body of a request, field by field as in the vendor's example: every scalar is a string.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::value::RawValue;
use voxline_core::{Error, ErrorKind, Result, Secret};

use super::check::{OP, json};
use super::request::{ChatRequest, VoiceName};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    access_token: &'a str,
    /// Standard alphabet, padded, on one line: the page forbids line breaks.
    encode_data: &'a str,
    voice_type: &'a str,
    voice_format: &'a str,
    #[serde(rename = "speex_size", skip_serializing_if = "Option::is_none")]
    speex_size: Option<String>,
    #[serde(rename = "needTTS", skip_serializing_if = "Option::is_none")]
    need_tts: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    speed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    volume: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pitch: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", rename = "audiotype")]
    audio_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    voice_name: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lat: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lng: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    city: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    data: Vec<WireData<'a>>,
}

#[derive(Serialize)]
struct WireData<'a> {
    target: i64,
    list: &'a RawValue,
}

/// The JSON of a request that was checked.
pub(super) fn body(request: &ChatRequest, token: &Secret) -> Result<Vec<u8>> {
    let encoded = STANDARD.encode(&request.audio.bytes);
    let default_type = if request.audio.sample_rate_hz == 8_000 { "8k" } else { "16k" };
    let (audio_type, rate) = request.answer_audio.map_or((None, None), |audio| {
        let (audio_type, rate) = audio.wire();
        (Some(audio_type), rate)
    });
    let data = request.data.iter().map(|data| {
        json(&data.list)
            .map(|list| WireData { target: data.target, list })
            .ok_or_else(|| Error::new(ErrorKind::Internal, OP, format!("data target {} was not checked", data.target)))
    });
    let wire = Wire {
        access_token: token.expose(),
        encode_data: &encoded,
        voice_type: request.voice_type.as_deref().unwrap_or(default_type),
        voice_format: request.audio.format.wire_name(),
        speex_size: request.audio.speex_size.map(|bytes| bytes.to_string()),
        need_tts: request.need_tts.map(|wanted| if wanted { "true" } else { "false" }),
        speed: request.speed.map(number),
        volume: request.volume.map(|n| n.to_string()),
        pitch: request.pitch.map(|n| n.to_string()),
        audio_type,
        rate,
        voice_name: request.voice_name.map(VoiceName::wire),
        lat: request.latitude.map(number),
        lng: request.longitude.map(number),
        city: request.city.as_deref(),
        position: request.position.as_deref(),
        data: data.collect::<Result<_>>()?,
    };
    // One allocation: a vector that grew would leave copies of the token behind.
    let list_bytes: usize = request.data.iter().map(|data| data.list.len() + 64).sum();
    let text_bytes =
        [&request.city, &request.position].iter().filter_map(|t| t.as_ref()).map(|t| 6 * t.len()).sum::<usize>();
    let mut body = Vec::with_capacity(encoded.len() + 6 * token.expose().len() + list_bytes + text_bytes + 1024);
    serde_json::to_writer(&mut body, &wire).map_err(|e| Error::new(ErrorKind::Internal, OP, e.to_string()))?;
    Ok(body)
}

/// The shortest decimal that means the same number, without exponent; minus zero is zero.
fn number(value: f64) -> String {
    (value + 0.0).to_string()
}

#[cfg(test)]
mod tests {
    use super::super::request::{AnswerAudio, ChatAudio, ChatData, VoiceFormat};
    use super::*;
    use serde_json::{Value, json};

    fn sent(request: &ChatRequest) -> Value {
        serde_json::from_slice(&body(request, &Secret::new("tok\"en")).unwrap()).unwrap()
    }

    fn pcm() -> ChatRequest {
        ChatRequest::new(ChatAudio::new(vec![1, 2, 3, 4], VoiceFormat::RawPcm, 16_000))
    }

    #[test]
    fn a_bare_request_has_the_four_required_fields_only() {
        let expected =
            json!({"accessToken": "tok\"en", "encodeData": "AQIDBA==", "voiceType": "16k", "voiceFormat": "raw"});
        assert_eq!(sent(&pcm()), expected);
        let wav = ChatRequest::new(ChatAudio::new(vec![0xff, 0xef, 0xbe], VoiceFormat::RawWav, 8_000));
        assert_eq!(sent(&wav)["voiceType"], "8k");
        assert_eq!(sent(&wav)["voiceFormat"], "raw");
        // The standard alphabet, not the one for addresses.
        assert_eq!(sent(&wav)["encodeData"], "/+++");
    }

    #[test]
    fn speex_goes_with_its_size() {
        let audio = ChatAudio::new(vec![1], VoiceFormat::SpeexWb, 16_000).with_speex_size(71);
        let sent = sent(&ChatRequest::new(audio));
        assert_eq!((&sent["voiceFormat"], &sent["speex_size"]), (&"speex-wb".into(), &"71".into()));
        assert_eq!(sent["voiceType"], "16k");
    }

    #[test]
    fn every_scalar_is_a_string_and_only_target_is_a_number() {
        let request = pcm()
            .with_voice_type("16000")
            .with_tts(true)
            .with_speed(5.5)
            .with_volume(0)
            .with_pitch(9)
            .with_answer_audio(AnswerAudio::Wav8k)
            .with_voice_name(VoiceName::Boy)
            .with_latitude(23.12635)
            .with_longitude(-113.0)
            .with_city("广州")
            .with_position("广东\n广州")
            .with_data(ChatData::new(-3, " [1.0e400, 18446744073709551616] "));
        let text = String::from_utf8(body(&request, &Secret::new("t")).unwrap()).unwrap();
        let expected = concat!(
            r#"{"accessToken":"t","encodeData":"AQIDBA==","voiceType":"16000","voiceFormat":"raw","needTTS":"true","#,
            r#""speed":"5.5","volume":"0","pitch":"9","audiotype":"6","rate":"1","voiceName":"4","lat":"23.12635","#,
            r#""lng":"-113","city":"广州","position":"广东\n广州","#,
            r#""data":[{"target":-3,"list":[1.0e400, 18446744073709551616]}]}"#
        );
        assert_eq!(text, expected);
    }

    #[test]
    fn each_kind_of_spoken_answer_has_its_number() {
        let wire: Vec<_> = AnswerAudio::ALL
            .iter()
            .map(|audio| {
                let sent = sent(&pcm().with_answer_audio(*audio));
                (sent["audiotype"].as_str().unwrap().to_owned(), sent.get("rate").cloned())
            })
            .collect();
        let one = Some(Value::from("1"));
        let expected = [("3", None), ("4", None), ("5", None), ("6", None), ("6", one), ("7", None), ("8", None)];
        assert_eq!(wire, expected.map(|(number, rate)| (number.to_owned(), rate)));
        let names = [VoiceName::Female, VoiceName::Male, VoiceName::Girl, VoiceName::Boy];
        let names = names.map(|name| sent(&pcm().with_voice_name(name))["voiceName"].clone());
        assert_eq!(names, ["1", "2", "3", "4"].map(Value::from));
    }

    #[test]
    fn numbers_are_plain() {
        assert_eq!(number(-0.0), "0");
        assert_eq!(number(1e-7), "0.0000001");
        assert_eq!(number(5.0), "5");
    }

    #[test]
    fn the_body_is_written_without_growing() {
        let request = pcm().with_city("\u{1}".repeat(5_000)).with_latitude(1.0).with_longitude(1.0);
        let token = Secret::new("\u{1}".repeat(5_000));
        let body = body(&request, &token).unwrap();
        let guess = "AQIDBA==".len() + 6 * 5_000 + 6 * 5_000 + 1024;
        assert!(body.len() <= guess && body.capacity() == guess, "{} of {}", body.len(), body.capacity());
    }
}
