//! One rule after the other: a valid request, spoiled in one place.

use std::io::Write;
use std::net::Shutdown;

use crate::common::{
    CHAT, JSON, Response, base64, chat, connect, exchange, get, pcm, read_all, send, start, valid, valid_with, wav,
};
use serde_json::{Value, json};
use voxline_core::Secret;
use voxline_sim::{DEMO_TOKEN, ScriptedAnswer, SimOptions, TokenRule, Verdict};

/// Asserts a refusal with this code whose description names `part`.
#[track_caller]
fn refused(answer: &Value, status: i32, part: &str) {
    assert_eq!(answer["status"], status, "{part}: {answer}");
    let description = answer["description"].as_str().unwrap();
    assert!(description.contains(part), "{description:?} does not hold {part:?}");
    assert!(answer.get("answer").is_none() && answer.get("audioURL").is_none());
}

#[test]
fn a_valid_request_is_heard() {
    let simulator = start(SimOptions::default());
    let answer = chat(&simulator, &valid());
    // A square wave of 3 277 of 32 768: 20·log10(0.100006) = −19.9995 dBFS, peak and RMS alike.
    let expected = json!({ "answer": "I heard 1.00 s of 16 kHz speech at -20.0 dBFS (peak -20.0 dBFS).", "status": 0 });
    assert_eq!(answer, expected);

    let seen = &simulator.chat_requests()[0];
    let heard = seen.heard.as_ref().unwrap();
    assert_eq!((seen.number, &seen.verdict), (1, &Verdict::Accepted));
    assert_eq!(
        (heard.container, heard.frames, heard.sample_rate_hz, heard.duration_s, heard.active_ratio),
        ("pcm", 16_000, 16_000, 1.0, 1.0)
    );
    assert_eq!(seen.fields, ["accessToken", "encodeData", "voiceFormat", "voiceType"]);
    assert!(seen.audio.is_none());
    assert!(!format!("{seen:?}").contains(DEMO_TOKEN));
}

#[test]
fn every_optional_field_at_its_limits_is_accepted() {
    let simulator = start(SimOptions::default());
    for changes in [
        json!({ "voiceType": "8k" }),
        json!({ "encodeData": base64(&wav(16_000, 1, 16, 1_600)) }),
        json!({ "encodeData": base64(&wav(8_000, 1, 16, 1_600)), "voiceType": "8k" }),
        json!({ "encodeData": base64(&vec![0; 599_998]) }),
        json!({ "needTTS": "true" }),
        json!({ "needTTS": "false", "speed": "0", "volume": "0", "pitch": "0", "voiceName": "1", "audiotype": "3" }),
        json!({ "speed": "9", "volume": "9", "pitch": "9", "voiceName": "4", "audiotype": "8" }),
        json!({ "speed": "4.75", "audiotype": "6", "rate": "1" }),
        json!({ "lat": "90", "lng": "-180" }),
        json!({ "lat": "-90.0", "lng": "180.0", "city": "广州", "position": "广东广州" }),
        json!({ "position": "at home" }),
        json!({ "data": [] }),
        json!({ "data": [{ "target": 1, "list": [] }, { "target": -7, "list": [{ "a": 1 }, 2, "c"] }] }),
    ] {
        let answer = chat(&simulator, &valid_with(changes.clone()));
        assert_eq!(answer["status"], 0, "{changes}: {answer}");
    }
}

#[test]
fn fields_that_break_a_rule_are_refused_by_name() {
    let simulator = start(SimOptions::default());
    let text = base64(&pcm());
    let cases = [
        // missing
        (json!({ "accessToken": null }), 8, "accessToken is missing"),
        (json!({ "encodeData": null }), 8, "encodeData is missing"),
        (json!({ "voiceType": null }), 8, "voiceType is missing"),
        (json!({ "voiceFormat": null }), 8, "voiceFormat is missing"),
        // not a string
        (json!({ "accessToken": 7 }), 8, "accessToken must be a string, found a number"),
        (json!({ "encodeData": ["x"] }), 8, "encodeData must be a string, found an array"),
        (json!({ "voiceType": 16 }), 8, "voiceType must be a string"),
        (json!({ "voiceFormat": {} }), 8, "voiceFormat must be a string, found an object"),
        (json!({ "speex_size": 61 }), 8, "speex_size must be a string"),
        (json!({ "needTTS": true }), 8, "needTTS must be a string, found a boolean"),
        (json!({ "speed": 5.5 }), 8, "speed must be a string"),
        (json!({ "volume": 5 }), 8, "volume must be a string"),
        (json!({ "pitch": 5 }), 8, "pitch must be a string"),
        (json!({ "audiotype": 3 }), 8, "audiotype must be a string"),
        (json!({ "audiotype": "6", "rate": 1 }), 8, "rate must be a string"),
        (json!({ "voiceName": 1 }), 8, "voiceName must be a string"),
        (json!({ "lat": 1.5, "lng": "1" }), 8, "lat must be a string"),
        (json!({ "lat": "1", "lng": 1 }), 8, "lng must be a string"),
        (json!({ "lat": "1", "lng": "1", "city": false }), 8, "city must be a string"),
        (json!({ "position": 3 }), 8, "position must be a string"),
        // unknown
        (json!({ "acessToken": "x" }), 8, "acessToken is not a field"),
        // token
        (json!({ "accessToken": "wrong" }), 97, "accessToken is not known"),
        (json!({ "accessToken": "" }), 97, "accessToken is not known"),
        // base64
        (json!({ "encodeData": "" }), 111, "encodeData: it is empty"),
        (json!({ "encodeData": format!("{}\n{}", &text[..76], &text[76..]) }), 111, "line break at character 76"),
        (json!({ "encodeData": format!("{text}\r\n") }), 111, "encodeData: a line break"),
        (json!({ "encodeData": format!(" {text}") }), 111, "encodeData: not standard base64: ' ' at character 0"),
        (json!({ "encodeData": "AAAA-_==" }), 111, "'-' at character 4"),
        (json!({ "encodeData": "AAAAAA" }), 111, "encodeData: not standard base64: "),
        (json!({ "encodeData": "AAAAAA=" }), 111, "encodeData: not standard base64: "),
        (json!({ "encodeData": "AAA=AAA=" }), 111, "'=' at character 3"),
        (json!({ "encodeData": "AAAAA" }), 111, "encodeData: not standard base64: "),
        (json!({ "encodeData": "AAB=" }), 111, "encodeData: not standard base64: "),
        (json!({ "encodeData": "data:audio/wav;base64,AAAA" }), 111, "':' at character 4"),
        // size
        (json!({ "encodeData": base64(&vec![0; 600_000]) }), 111, "encodeData: 600000 bytes of audio"),
        // format
        (json!({ "voiceType": "16K" }), 111, "voiceType: \"16K\" is neither \"16k\" nor \"8k\""),
        (json!({ "voiceType": "16000" }), 111, "voiceType"),
        (json!({ "voiceFormat": "wav" }), 111, "voiceFormat: \"wav\" is not raw, speex or speex-wb"),
        (json!({ "voiceFormat": "speex", "voiceType": "16k", "speex_size": "39" }), 111, "speex is of 8000 Hz"),
        (json!({ "voiceFormat": "speex-wb", "voiceType": "8k", "speex_size": "61" }), 111, "speex-wb is of 16000 Hz"),
        (json!({ "voiceFormat": "speex-wb" }), 111, "speex_size: it is missing"),
        (json!({ "voiceFormat": "speex-wb", "speex_size": "62" }), 111, "speex_size: 62 is no packet of speex-wb"),
        (json!({ "voiceFormat": "speex-wb", "speex_size": "0" }), 111, "not an integer from 1 to 255"),
        (json!({ "voiceFormat": "speex-wb", "speex_size": "61" }), 111, "not whole packets of speex_size 61"),
        // speech
        (json!({ "needTTS": "True" }), 111, "needTTS: \"True\""),
        (json!({ "needTTS": "1" }), 111, "needTTS"),
        (json!({ "speed": "9.1" }), 111, "speed: \"9.1\" is not a number from 0 to 9"),
        (json!({ "speed": "-0.5" }), 111, "speed"),
        (json!({ "speed": "5e0" }), 111, "speed"),
        (json!({ "volume": "10" }), 111, "volume: \"10\" is not an integer from 0 to 9"),
        (json!({ "volume": "5.0" }), 111, "volume"),
        (json!({ "pitch": "-1" }), 111, "pitch"),
        (json!({ "pitch": "05" }), 111, "pitch"),
        (json!({ "audiotype": "2" }), 111, "audiotype: \"2\" is not an integer from 3 to 8"),
        (json!({ "audiotype": "9" }), 111, "audiotype"),
        (json!({ "rate": "1" }), 111, "rate: only with audiotype 6"),
        (json!({ "rate": "1", "audiotype": "5" }), 111, "rate: only with audiotype 6"),
        (json!({ "rate": "0", "audiotype": "6" }), 111, "rate: \"0\" is not \"1\""),
        (json!({ "voiceName": "0" }), 111, "voiceName: \"0\" is not an integer from 1 to 4"),
        (json!({ "voiceName": "5" }), 111, "voiceName"),
        // place
        (json!({ "lat": "90.1", "lng": "0" }), 111, "lat: \"90.1\" is not a number from -90 to 90"),
        (json!({ "lat": "0", "lng": "-180.5" }), 111, "lng: \"-180.5\" is not a number from -180 to 180"),
        (json!({ "lat": "23.1" }), 111, "lat: only together with lng"),
        (json!({ "lng": "113.4" }), 111, "lng: only together with lat"),
        (json!({ "city": "广州" }), 111, "city: only together with lat and lng"),
        (json!({ "city": "广州", "lat": "23.1" }), 111, "lat: only together with lng"),
        // data
        (json!({ "data": "[]" }), 8, "data must be an array, found a string"),
        (json!({ "data": {} }), 8, "data must be an array, found an object"),
        (json!({ "data": [7] }), 8, "data[0] must be an object, found a number"),
        (json!({ "data": [{ "list": [] }] }), 8, "data[0].target must be an integer, found nothing"),
        (json!({ "data": [{ "target": "1", "list": [] }] }), 8, "data[0].target must be an integer, found a string"),
        (json!({ "data": [{ "target": 1.5, "list": [] }] }), 8, "data[0].target must be an integer, found a fraction"),
        (json!({ "data": [{ "target": 1, "list": [] }, { "target": 1 }] }), 8, "data[1].list must be an array"),
        (json!({ "data": [{ "target": 1, "list": {} }] }), 8, "data[0].list must be an array, found an object"),
        (json!({ "data": [{ "target": 1, "list": [], "x": 1 }] }), 8, "data[0].x is not a field"),
    ];
    let count = cases.len();
    for (changes, status, part) in cases {
        refused(&chat(&simulator, &valid_with(changes)), status, part);
    }
    let log = simulator.chat_requests();
    assert_eq!(log.len(), count);
    assert!(log.iter().all(|seen| matches!(seen.verdict, Verdict::Refused { .. })));
}

#[test]
fn audio_that_is_not_what_it_is_said_to_be_is_refused_by_name() {
    let simulator = start(SimOptions::default());
    let good = wav(16_000, 1, 16, 1_600);
    // hound's header for this: RIFF at 0, "fmt " at 12 (16 bytes from 20), "data" at 36 (from 44).
    assert_eq!(good.len(), 44 + 3_200);
    let patched = |at: usize, bytes: &[u8]| {
        let mut file = good.clone();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        file
    };
    let with_chunk = |chunk: &[u8]| {
        let mut file = [&good, chunk].concat();
        let size = u32::try_from(file.len() - 8).unwrap();
        file[4..8].copy_from_slice(&size.to_le_bytes());
        file
    };
    let odd = [&[0_u8; 3][..], &pcm()].concat();
    for (audio, part) in [
        (wav(44_100, 1, 16, 1_600), "sample rate of 44100 Hz, but voiceType \"16k\" says 16000 Hz"),
        (wav(8_000, 1, 16, 1_600), "sample rate of 8000 Hz"),
        (wav(16_000, 2, 16, 1_600), "2 channels; mono is needed"),
        (wav(16_000, 1, 8, 1_600), "8 bits a sample"),
        (wav(16_000, 1, 32, 1_600), "WAV format 0x"),
        (wav(16_000, 1, 16, 0), "there is no audio in it"),
        (good[..good.len() - 2].to_vec(), "RIFF size says 3236, but 3234 bytes follow"),
        ([&good[..], b"\0\0"].concat(), "RIFF size says 3236, but 3238 bytes follow"),
        (patched(4, &[0xFF; 4]), "RIFF size says 4294967295"),
        (patched(4, &[0; 4]), "RIFF size says 0"),
        (patched(8, b"WAVX"), "RIFF without WAVE"),
        (patched(40, &3_202_u32.to_le_bytes()), "\"data\" chunk says 3202 bytes, but 3200 follow"),
        (patched(40, &3_199_u32.to_le_bytes()), "no whole number of frames"),
        (patched(40, &3_196_u32.to_le_bytes()), "ends inside a chunk header"),
        (patched(28, &16_000_u32.to_le_bytes()), "16000 bytes a second and 2 a frame"),
        (patched(32, &4_u16.to_le_bytes()), "32000 bytes a second and 4 a frame"),
        (patched(36, b"date"), "no \"data\" chunk"),
        (patched(12, b"fmt_"), "\"data\" comes before its \"fmt \""),
        (with_chunk(&good[12..36]), "two \"fmt \" chunks"),
        (with_chunk(b"data\x02\0\0\0xy"), "two \"data\" chunks"),
        (with_chunk(b"LIST\x03\0\0\0xyz"), "pad byte of \"LIST\" is missing"),
        (with_chunk(b"LIST"), "ends inside a chunk header"),
        (b"RIFF".to_vec(), "ends inside its RIFF header"),
        (odd, "even number of bytes, found 32003"),
        ([b"ID3\x04", &pcm()[..]].concat(), "this is MP3"),
        ([b"OggS", &pcm()[..]].concat(), "this is Ogg"),
    ] {
        let answer = chat(&simulator, &valid_with(json!({ "encodeData": base64(&audio) })));
        refused(&answer, 111, part);
        refused(&answer, 111, "encodeData: ");
    }
    // Chunks beside the audio are no fault.
    let answer = chat(&simulator, &valid_with(json!({ "encodeData": base64(&with_chunk(b"LIST\x03\0\0\0xyz\0")) })));
    assert_eq!(answer["status"], 0, "{answer}");
}

#[test]
fn every_prefix_of_a_wav_is_refused() {
    let simulator = start(SimOptions::default());
    let good = wav(16_000, 1, 16, 20);
    for end in 4..good.len() {
        let answer = chat(&simulator, &valid_with(json!({ "encodeData": base64(&good[..end]) })));
        assert_eq!(answer["status"], 111, "{end}: {answer}");
    }
}

#[test]
fn the_content_type_is_exact() {
    let simulator = start(SimOptions::default());
    let body = serde_json::to_vec(&valid()).unwrap();
    for types in [
        &[][..],
        &["application/json"],
        &["application/json; charset=UTF-8"],
        &["application/json;charset=utf-8"],
        &["Application/json;charset=UTF-8"],
        &["text/plain"],
        &[JSON, JSON],
    ] {
        let headers: Vec<_> = types.iter().map(|value| ("Content-Type", *value)).collect();
        let response = exchange(&simulator, "POST", CHAT, &headers, &body);
        assert_eq!(response.status, 200);
        refused(&response.json(), 8, "Content-Type must be exactly \"application/json;charset=UTF-8\", found");
    }
}

#[test]
fn the_body_is_one_json_object_without_repetition() {
    let simulator = start(SimOptions::default());
    let text = serde_json::to_string(&valid()).unwrap();
    let twice = text.replacen('{', "{\"voiceType\":\"8k\",", 1);
    for (body, part) in [
        (&b""[..], "not one JSON object"),
        (b"[]", "expected an object"),
        (b"\"x\"", "expected an object"),
        (b"{\"accessToken\":", "not one JSON object"),
        (b"accessToken=x&encodeData=y", "not one JSON object"),
        (b"{\"position\":\"\xff\"}", "not one JSON object"),
        (format!("{text}{text}").as_bytes(), "not one JSON object"),
        (twice.as_bytes(), "voiceType stands twice"),
    ] {
        let response = exchange(&simulator, "POST", CHAT, &[("Content-Type", JSON)], body);
        assert_eq!(response.status, 200);
        refused(&response.json(), 8, part);
    }
}

#[test]
fn only_the_right_method_address_and_body_size_reach_the_chat() {
    let mut options = SimOptions::default();
    options.max_body_bytes = 100_000;
    let simulator = start(options);
    assert_eq!(get(&simulator, CHAT).status, 405);
    let headers = [("Content-Type", JSON)];
    let body = serde_json::to_vec(&valid()).unwrap();
    assert_eq!(exchange(&simulator, "POST", "/httpapi/audiochat.do", &headers, &body).status, 404);
    refused(&exchange(&simulator, "POST", &format!("{CHAT}?a=b"), &headers, &body).json(), 8, "a query in the address");
    for (length, status) in [(100_000, 200), (100_001, 413), (3_000_000, 413)] {
        let body = [&body[..], &vec![b' '; length - body.len()]].concat();
        assert_eq!(exchange(&simulator, "POST", CHAT, &headers, &body).status, status, "{length}");
    }
    let verdicts: Vec<_> = simulator.chat_requests().into_iter().map(|seen| seen.verdict).collect();
    assert_eq!(verdicts[1..3], [Verdict::Accepted, Verdict::Unreadable { http_status: 413 }]);
}

#[test]
fn a_body_may_come_in_chunks_but_must_come_to_its_end() {
    let simulator = start(SimOptions::default());
    let body = serde_json::to_vec(&valid()).unwrap();
    let head = format!("POST {CHAT} HTTP/1.1\r\nConnection: close\r\nContent-Type: {JSON}\r\n");
    let mut chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
    for chunk in body.chunks(10_000) {
        chunked.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        chunked.extend_from_slice(chunk);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    assert_eq!(Response::parse(&send(&simulator, &chunked).0).json()["status"], 0);

    let mut stream = connect(&simulator);
    write!(stream, "{head}Content-Length: {}\r\n\r\n", body.len() + 1).unwrap();
    stream.write_all(&body).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    read_all(&stream);
    assert_eq!(simulator.chat_requests()[1].verdict, Verdict::Unreadable { http_status: 400 });
}

#[test]
fn settings_replace_the_guesses() {
    let mut options = SimOptions::default();
    options.voice_type_16k = "16000".to_owned();
    options.refuse_unknown_fields = false;
    options.max_base64_bytes = Some(600_000);
    options.max_audio_bytes = 500_000;
    options.tokens = TokenRule::AnyNonEmpty;
    options.keep_audio = true;
    options.app_key = Secret::new("k+/=");
    let simulator = start(options);
    let changes = json!({ "voiceType": "16000", "extra": 1, "accessToken": "anything",
        "data": [{ "target": 1, "list": [], "x": 1 }] });
    assert_eq!(chat(&simulator, &valid_with(changes.clone()))["status"], 0);
    assert_eq!(simulator.chat_requests()[0].audio.as_deref(), Some(&pcm()[..]));
    let change = |name: &str, value: Value| {
        let mut changes = changes.clone();
        changes[name] = value;
        chat(&simulator, &valid_with(changes))
    };
    let authorized = get(&simulator, "/httpapi/authorize.do?authcode=c&userid=u&appkey=k%2B%2f%3D").json();
    assert_eq!(authorized["status"], 0);
    refused(&change("voiceType", "16k".into()), 111, "neither \"16000\" nor \"8k\"");
    refused(&change("accessToken", "".into()), 97, "accessToken");
    refused(&change("encodeData", base64(&vec![0; 450_000]).into()), 111, "600000 bytes of base64");
    assert_eq!(change("encodeData", base64(&vec![0; 449_996]).into())["status"], 0);
}

#[test]
fn both_size_limits_stand_side_by_side() {
    let mut options = SimOptions::default();
    options.max_audio_bytes = 1_000;
    let simulator = start(options);
    for (bytes, status) in [(998, 0), (1_000, 111)] {
        let answer = chat(&simulator, &valid_with(json!({ "encodeData": base64(&vec![1; bytes]) })));
        assert_eq!(answer["status"], status, "{bytes}");
    }
}

#[test]
fn answers_are_what_was_heard_or_what_was_ordered() {
    let simulator = start(SimOptions::default());
    let silence = chat(&simulator, &valid_with(json!({ "encodeData": base64(&[0; 8_000]), "voiceType": "8k" })));
    assert_eq!(silence["answer"], "I heard silence, 0.50 s of it at 8 kHz.");

    let asked = chat(&simulator, &valid_with(json!({ "position": "instructions" })));
    let object: Value = serde_json::from_str(asked["answer"].as_str().unwrap()).unwrap();
    assert_eq!((&object["rtext"], &object["outc"]), (&json!("好的"), &json!(0)));
    assert_eq!(object["actions"][0]["action"], "QUERY");
    assert!(object["actions"][0]["hints"]["success"]["text"].as_str().unwrap().starts_with("I heard 1.00 s"));

    simulator.next_answer(ScriptedAnswer::Text("\"x\"".to_owned()));
    simulator.next_answer(ScriptedAnswer::Instructions);
    assert_eq!(chat(&simulator, &valid_with(json!({ "voiceType": "?" })))["status"], 111);
    assert_eq!(chat(&simulator, &valid())["answer"], "\"x\"");
    assert_eq!(chat(&simulator, &valid())["answer"], asked["answer"]);
    assert!(chat(&simulator, &valid())["answer"].as_str().unwrap().starts_with("I heard"));
}

#[test]
fn tokens_expire_on_demand_and_a_new_one_is_given() {
    let simulator = start(SimOptions::default());
    assert_eq!(chat(&simulator, &valid())["status"], 0);
    simulator.expire_tokens();
    refused(&chat(&simulator, &valid()), 122, "accessToken has expired");

    let authorize = |query: &str| get(&simulator, &format!("/httpapi/authorize.do?{query}")).json();
    refused(&authorize("userid=u&authcode=c"), 8, "appkey is missing");
    refused(&authorize("appkey=voxline-demo-appkey&userid=&authcode=c"), 8, "userid is missing");
    refused(&authorize("appkey=wrong&userid=u&authcode=c"), 6, "appkey is not known");
    let given = authorize("appkey=voxline-demo-appkey&userid=u&authcode=c");
    assert_eq!((&given["status"], &given["description"]), (&json!(0), &json!("success")));
    assert!(given["data"]["expires"].is_u64());
    let fresh = given["data"]["accessToken"].as_str().unwrap();
    assert_eq!(chat(&simulator, &valid_with(json!({ "accessToken": fresh })))["status"], 0);
    refused(&chat(&simulator, &valid()), 122, "expired");
    simulator.accept_token(Secret::new(DEMO_TOKEN));
    assert_eq!(chat(&simulator, &valid())["status"], 0);
}

#[test]
fn a_token_is_given_for_exactly_three_parameters_and_the_log_names_the_user() {
    let simulator = start(SimOptions::default());
    let authorize = |query: &str| get(&simulator, &format!("/httpapi/authorize.do?{query}")).json();
    let good = "appkey=voxline-demo-appkey&userid=%E7%94%A8%2B1&authcode=c";
    for (query, part) in [
        (format!("{good}&userid=other"), "userid stands more than once"),
        (format!("{good}&appid=1"), "appid is not a parameter of this call"),
        (good.replace("%2B1", "%2"), "a broken percent-escape in userid"),
        (good.replace("%E7%94%A8", "%E7%94"), "a broken percent-escape in userid"),
        (good.replace("&authcode=c", "&authcode"), "authcode is missing"),
        (String::new(), "appkey is missing"),
    ] {
        refused(&authorize(&query), 8, part);
    }
    assert_eq!(authorize(good)["status"], 0);
    let log = simulator.log();
    let users: Vec<_> = log.requests.iter().flat_map(|seen| &seen.ids).collect();
    assert_eq!(users, ["用+1"]);
    let mut lenient = SimOptions::default();
    lenient.refuse_unknown_fields = false;
    let simulator = start(lenient);
    assert_eq!(get(&simulator, &format!("/httpapi/authorize.do?{good}&new=1")).json()["status"], 0);
}
