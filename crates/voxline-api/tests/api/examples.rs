//! The examples of the vendor's page, kept in `tests/fixtures` without their placeholders: each request is produced
//! equal in its JSON meaning, each answer becomes the right value.

use super::server::{Serve, Server, chat};
use serde_json::Value;
use voxline_api::CancelToken;
use voxline_api::chat::{
    Answer, AnswerAudio, AppCredentials, ChatAnswer, ChatAudio, ChatClient, ChatData, ChatRequest, VoiceFormat,
};

const REQUEST: &str = include_str!("../fixtures/chat-request.json");
const TEXT: &str = include_str!("../fixtures/chat-answer-text.json");
const INSTRUCTIONS: &str = include_str!("../fixtures/chat-answer-instructions.json");
const SPOKEN: &str = include_str!("../fixtures/chat-answer-spoken.json");
const TOKEN: &str = include_str!("../fixtures/chat-token.json");

/// The access token of the example.
const EXAMPLE_TOKEN: &str = "xxxxxxxxxxxxxxxxxxxxxx";

fn audio() -> ChatAudio {
    let samples = [0_i16, 1, -1, 258];
    ChatAudio::new(samples.map(i16::to_le_bytes).concat(), VoiceFormat::RawPcm, 16_000)
}

/// Sends to a server that answers with this; gives the answer and the body that it got.
fn exchange(request: &ChatRequest, answer: &str) -> (ChatAnswer, Value) {
    let server = Server::start(vec![Serve::Reply(chat(answer))]);
    let client = ChatClient::builder().base_url(server.url()).access_token(EXAMPLE_TOKEN).build().unwrap();
    let answer = client.send(request).unwrap();
    (answer, serde_json::from_slice(&server.seen()[0].body).unwrap())
}

fn answered(answer: &str) -> ChatAnswer {
    exchange(&ChatRequest::new(audio()), answer).0
}

#[test]
fn the_request_of_the_page_is_what_is_sent() {
    // The page sends `speex_size` along with `raw`, although it says itself that it counts for Speex only.
    let request = ChatRequest::new(audio().with_speex_size(61))
        .with_tts(false)
        .with_latitude(23.12635)
        .with_longitude(113.38776)
        .with_city("广州")
        .with_position("广东广州")
        .with_data(ChatData::new(100, "[]"));
    let expected: Value = serde_json::from_str(REQUEST).unwrap();
    assert_eq!(exchange(&request, TEXT).1, expected);
}

#[test]
fn the_plain_answer_is_text() {
    let answer = answered(TEXT);
    let text = "广州今天天气预报说“大雨”,出门最好带上伞。";
    assert_eq!(answer.answer(), &Answer::Text(text.to_owned()));
    assert_eq!((answer.audio_url().is_none(), answer.description(), answer.status().code()), (true, None, 0));
}

/// The instructions of both answers that have them.
fn assert_instructions(answer: &ChatAnswer) {
    let found = match answer.answer() {
        Answer::Instructions(found) => Some(found),
        _ => None,
    };
    let found = found.unwrap();
    assert_eq!((found.rtext(), found.outc(), found.action_count()), (Some("好的"), Some(0), 2));
    assert_eq!(answer.answer().chat_text(), "好的");
    let raw: Value = serde_json::from_str(found.raw()).unwrap();
    assert_eq!(raw["actions"][0]["target"]["singer"][0], "周杰伦");
    assert_eq!((&raw["actions"][1]["action"], &raw["actions"][1]["target"]["id"]), (&"SET".into(), &300.into()));
}

#[test]
fn the_answer_with_instructions_is_not_text() {
    let answer = answered(INSTRUCTIONS);
    assert_instructions(&answer);
    assert!(answer.audio_url().is_none());
}

#[test]
fn the_spoken_answer_has_its_link() {
    let answer = answered(SPOKEN);
    assert_instructions(&answer);
    assert_eq!(answer.audio_url().unwrap().expose(), "https://audio.example/answer.mp3");
}

#[test]
fn a_token_is_asked_for_and_used() {
    let server = Server::start(vec![Serve::Reply(chat(TOKEN)), Serve::Reply(chat(TEXT))]);
    let credentials = AppCredentials::new("app-key+/=", "auth&code", "用户");
    let client = ChatClient::builder().base_url(server.url()).app_credentials(credentials).build().unwrap();
    client.send(&ChatRequest::new(audio())).unwrap();
    let seen = server.seen();
    let line =
        "GET /httpapi/authorize.do?appkey=app-key%2B%2F%3D&userid=%E7%94%A8%E6%88%B7&authcode=auth%26code HTTP/1.1";
    assert_eq!(seen[0].head.lines().next(), Some(line));
    assert!(seen[0].body.is_empty());
    let body: Value = serde_json::from_slice(&seen[1].body).unwrap();
    assert_eq!(body["accessToken"], EXAMPLE_TOKEN);
    // Both over one connection.
    assert_eq!((seen[0].connection, seen[1].connection), (0, 0));
}

/// One test a form: what is asked for, and what comes back when it is fetched.
macro_rules! spoken_forms {
    ($($name:ident: $form:ident => $audiotype:literal, $rate:expr;)+) => {
        $(#[test]
        fn $name() {
            let request = ChatRequest::new(audio()).with_tts(true).with_answer_audio(AnswerAudio::$form);
            let (_, body) = exchange(&request, SPOKEN);
            let rate: Option<&str> = $rate;
            assert_eq!((&body["needTTS"], &body["audiotype"]), (&"true".into(), &$audiotype.into()));
            assert_eq!(body.get("rate"), rate.map(Value::from).as_ref());
            // Nothing else was added for it.
            assert_eq!(body.as_object().unwrap().len(), 6 + usize::from(rate.is_some()));
        })+

        #[test]
        fn every_form_has_its_test() {
            assert_eq!(AnswerAudio::ALL, [$(AnswerAudio::$form),+]);
        }
    };
}

spoken_forms! {
    mp3_is_audiotype_3: Mp3 => "3", None;
    pcm_at_16_khz_is_audiotype_4: Pcm16k => "4", None;
    pcm_at_8_khz_is_audiotype_5: Pcm8k => "5", None;
    wav_at_16_khz_is_audiotype_6: Wav16k => "6", None;
    wav_at_8_khz_is_audiotype_6_with_rate_1: Wav8k => "6", Some("1");
    a_law_is_audiotype_7: Alaw8k => "7", None;
    mu_law_is_audiotype_8: Mulaw8k => "8", None;
}

#[test]
fn a_form_that_is_not_chosen_is_not_sent() {
    let (_, body) = exchange(&ChatRequest::new(audio()).with_tts(true), SPOKEN);
    assert!(body.get("audiotype").is_none() && body.get("rate").is_none() && body.get("speex_size").is_none());
}

#[test]
fn the_link_of_a_form_is_fetched_as_it_stands() {
    let bytes: Vec<u8> = (0..=255).collect();
    let sound = super::server::http("200 OK", &["Content-Type: application/octet-stream"], &bytes);
    let audio_server = Server::start(vec![Serve::Reply(sound)]);
    let spoken = SPOKEN.replace("https://audio.example", &audio_server.url());
    let server = Server::start(vec![Serve::Reply(chat(&spoken))]);
    let client = ChatClient::builder().base_url(server.url()).access_token(EXAMPLE_TOKEN).build().unwrap();
    let request = ChatRequest::new(audio()).with_tts(true).with_answer_audio(AnswerAudio::Alaw8k);
    let answer = client.send(&request).unwrap();
    assert_eq!(client.fetch_audio(answer.audio_url().unwrap(), &CancelToken::new()).unwrap(), bytes);
    assert!(audio_server.seen()[0].head.starts_with("GET /answer.mp3 HTTP/1.1\r\n"));
}
