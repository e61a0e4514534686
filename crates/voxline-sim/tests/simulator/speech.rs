//! Spoken answers, and tokens that stray.

use crate::common::{CHAT, JSON, chat, exchange, get, start, valid, valid_with};
use serde_json::json;
use voxline_sim::{DEMO_TOKEN, SimOptions, Simulator};

/// Path of the spoken answer to a request with these fields.
fn spoken(simulator: &Simulator, mut changes: serde_json::Value) -> String {
    changes["needTTS"] = "true".into();
    let answer = chat(simulator, &valid_with(changes));
    answer["audioURL"].as_str().unwrap().strip_prefix(simulator.base_url()).unwrap().to_owned()
}

#[test]
fn every_audiotype_is_spoken_in_its_format() {
    let simulator = start(SimOptions::default());
    let fetch = |changes| get(&simulator, &spoken(&simulator, changes));
    let headerless = "application/octet-stream";
    let wav_of = |rate: u32, body: &[u8]| {
        let reader = hound::WavReader::new(body).unwrap();
        let spec = reader.spec();
        assert_eq!((spec.sample_rate, spec.channels, spec.bits_per_sample), (rate, 1, 16));
        reader.into_samples::<i16>().map(Result::unwrap).flat_map(i16::to_le_bytes).collect::<Vec<_>>()
    };
    for changes in [json!({}), json!({ "audiotype": "3" })] {
        let mp3 = fetch(changes);
        assert_eq!((mp3.status, mp3.header("content-type")), (200, Some("audio/mpeg")));
        // ISO/IEC 13818-3: sync word, MPEG-2 (24 kHz), Layer III; perhaps after an ID3 tag.
        assert!(mp3.body.starts_with(&[0xFF, 0xF3]) || mp3.body.starts_with(b"ID3"), "{:?}", &mp3.body[..4]);
    }
    let wide = fetch(json!({ "audiotype": "6" }));
    let narrow = fetch(json!({ "audiotype": "6", "rate": "1" }));
    assert_eq!([wide.header("content-type"), narrow.header("content-type")], [Some("audio/wav"); 2]);
    let (wide, narrow) = (wav_of(16_000, &wide.body), wav_of(8_000, &narrow.body));
    assert!(wide.len().abs_diff(2 * narrow.len()) <= 4, "{} {}", wide.len(), narrow.len());
    for (audio_type, expected) in [("4", &wide), ("5", &narrow)] {
        let pcm = fetch(json!({ "audiotype": audio_type }));
        assert_eq!((pcm.header("content-type"), &pcm.body), (Some(headerless), expected));
    }
    for (audio_type, expand) in [("7", alaw as fn(u8) -> i32), ("8", mulaw)] {
        let coded = fetch(json!({ "audiotype": audio_type }));
        assert_eq!(coded.header("content-type"), Some(headerless));
        let plain = narrow.chunks_exact(2).map(|pair| i32::from(i16::from_le_bytes([pair[0], pair[1]])));
        assert_eq!(coded.body.len(), plain.len());
        // Both laws are off by half a step at most, and the largest step is 1 024: 6 % of the value, or the smallest step.
        for (code, sample) in coded.body.iter().zip(plain) {
            assert!((expand(*code) - sample).abs() <= 16 + sample.abs() / 16, "{code} {sample}");
        }
    }
}

/// ITU-T G.711, table 1a, by its formula.
fn alaw(code: u8) -> i32 {
    let code = code ^ 0x55;
    let (segment, step) = (u32::from(code >> 4 & 7), i32::from(code & 15) * 16 + 8);
    let magnitude = if segment == 0 { step } else { (step + 256) << (segment - 1) };
    if code & 0x80 == 0 { -magnitude } else { magnitude }
}

/// ITU-T G.711, table 2a, by its formula.
fn mulaw(code: u8) -> i32 {
    let code = !code;
    let magnitude = ((i32::from(code & 15) * 8 + 132) << (code >> 4 & 7)) - 132;
    if code & 0x80 == 0 { magnitude } else { -magnitude }
}

#[test]
fn only_those_who_ask_are_spoken_to() {
    let simulator = start(SimOptions::default());
    for changes in [json!({}), json!({ "needTTS": "false" }), json!({ "audiotype": "6" })] {
        assert!(chat(&simulator, &valid_with(changes)).get("audioURL").is_none());
    }
    let refused = chat(&simulator, &valid_with(json!({ "needTTS": "true", "voiceType": "?" })));
    assert!(refused.get("audioURL").is_none());
}

#[test]
fn addresses_last_and_unknown_ones_are_not_found() {
    let simulator = start(SimOptions::default());
    let first = spoken(&simulator, json!({}));
    let second = spoken(&simulator, json!({ "audiotype": "6" }));
    assert_ne!(first, second);
    for _ in 0..2 {
        assert_eq!([get(&simulator, &first).status, get(&simulator, &second).status], [200, 200]);
    }
    for unknown in ["/tts/0.mp3", "/tts/99.mp3", "/tts/1.wav", "/tts/1", "/tts/x.mp3", "/tts/", "/tts/-1.mp3"] {
        assert_eq!(get(&simulator, unknown).status, 404, "{unknown}");
    }
}

#[test]
fn a_clean_client_leaks_nothing() {
    let simulator = start(SimOptions::default());
    get(&simulator, &spoken(&simulator, json!({})));
    assert_eq!(simulator.leaks(), []);
}

#[test]
fn tokens_out_of_place_are_recorded_and_not_repeated() {
    let simulator = start(SimOptions::default());
    let clip = spoken(&simulator, json!({}));
    let bearer = format!("Bearer {DEMO_TOKEN}");
    let escaped = DEMO_TOKEN.replace('-', "%2d");
    let body = serde_json::to_vec(&valid()).unwrap();
    exchange(&simulator, "GET", &clip, &[("Authorization", "Basic eDp5")], b"");
    exchange(&simulator, "GET", &clip, &[("Authorization", &bearer), ("X-Token", DEMO_TOKEN)], b"");
    exchange(&simulator, "GET", &format!("{clip}?token={DEMO_TOKEN}"), &[], b"");
    exchange(&simulator, "GET", &format!("/elsewhere/{escaped}?x={escaped}"), &[], b"");
    exchange(&simulator, "POST", CHAT, &[("Content-Type", JSON), ("Authorization", &bearer)], &body);
    let leaks = simulator.leaks();
    let found: Vec<_> = leaks.iter().map(|leak| (leak.path.as_str(), leak.place.as_str())).collect();
    let nameless = "[a path with a token]";
    assert_eq!(
        found,
        [
            (clip.as_str(), "header authorization"),
            (&clip, "header authorization"),
            (&clip, "header x-token"),
            (&clip, "query"),
            (nameless, "path"),
            (nameless, "query"),
            (CHAT, "header authorization"),
        ]
    );
    // Nor does a description repeat a token that came in the wrong field.
    let answer = chat(&simulator, &valid_with(json!({ "voiceType": DEMO_TOKEN })));
    assert_eq!(answer, json!({ "status": 111, "description": "[hidden: it holds a token]" }));
    assert!(!format!("{leaks:?}{simulator:?}").contains(DEMO_TOKEN));
}
