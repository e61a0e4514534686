//! Every setting does something, where it belongs and nowhere else.

use super::*;
use crate::Options;
use crate::chat::{ChatAudio, VoiceFormat};
use crate::recording::RecordingId;

fn of(pairs: &[(&str, &str)]) -> Settings {
    let mut settings = Settings::new();
    pairs.iter().for_each(|(name, text)| settings.set(name, text).unwrap());
    settings
}

fn audio() -> ChatAudio {
    ChatAudio::new(vec![0; 320], VoiceFormat::RawPcm, 16_000)
}

/// A value that is not the default.
fn sample(setting: &Setting) -> &'static str {
    match (setting.name, setting.takes) {
        ("base_url", _) => "http://127.0.0.1:9",
        ("size_limit", _) => "base64:1000",
        ("data", _) => "7=[1]",
        ("known_links", _) => "repeat",
        ("tts" | "repeat_unknown" | "send_token_to_download_host", _) => "on",
        ("resume", _) => "off",
        (_, "integer" | "integer|none") => "7",
        (_, "number") => "7.5",
        (_, words) if words.contains('|') => words.rsplit('|').next().unwrap(),
        _ => "some",
    }
}

/// Everything that settings can make, as text; a client shows less than it holds.
fn made(settings: &Settings, used_for: Use) -> Result<String> {
    let options = Options::default();
    let id = || RecordingId::new("u", "t", "r");
    Ok(match used_for {
        Use::ChatClient => format!("{:?}", settings.chat_client(&options)?),
        Use::ChatRequest => format!("{:?}", settings.chat_request(audio())?),
        Use::RecordingClient => format!("{:?}", settings.recording_client(&options)?),
        Use::Recording => format!("{:?}", settings.recording(id())?),
        Use::Download => format!("{:?}", settings.download(id())?),
        Use::LocatedDownload => format!("{:?}", settings.download_options()?),
        Use::TranscriptionClient => format!("{:?}", settings.transcription_client(&options)?),
        Use::Submission => {
            let made = settings.submission("https://h.example/a.wav")?;
            format!("{made:?} {:?}", made.business_data())
        }
        Use::Wait => format!("{:?}", settings.wait_options()?),
        Use::Run => format!("{:?}", settings.run_options()?),
        Use::Resume => format!("{:?}", settings.resume_options()?),
        Use::Enter => format!("{:?}", settings.known_links()?),
    })
}

/// What a client cannot be made without.
fn needed(used_for: Use) -> Settings {
    match used_for {
        Use::ChatClient => of(&[("access_token", "t")]),
        Use::RecordingClient => of(&[("token", "t")]),
        Use::TranscriptionClient => of(&[("app_id", "a"), ("app_key", "k")]),
        _ => Settings::new(),
    }
}

const USES: [Use; 12] = [
    Use::ChatClient,
    Use::ChatRequest,
    Use::RecordingClient,
    Use::Recording,
    Use::Download,
    Use::LocatedDownload,
    Use::TranscriptionClient,
    Use::Submission,
    Use::Wait,
    Use::Run,
    Use::Resume,
    Use::Enter,
];

#[test]
fn every_setting_changes_what_it_is_for_and_is_refused_elsewhere() {
    // What a client holds and does not show; the tests below and those over sockets show that it has an effect.
    let hidden = [
        "access_token",
        "app_key",
        "auth_code",
        "user_id",
        "expires_unit",
        "renew_before_ms",
        "token",
        "app_id",
        "authorization",
        "region",
        "signature_valid_s",
        "device_uuid",
    ];
    for setting in SETTINGS {
        assert!(setting.help.ends_with('.') && !setting.used_for.is_empty(), "{}", setting.name);
        for used_for in USES {
            let before = needed(used_for);
            let mut after = before.clone();
            after.set(setting.name, sample(setting)).unwrap();
            if !setting.used_for.contains(&used_for) {
                let error = made(&after, used_for).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::InvalidArgument);
                assert!(error.context().starts_with(&format!("{} is no setting of a", setting.name)), "{error}");
            } else if !hidden.contains(&setting.name) {
                let (before, after) = (made(&before, used_for).unwrap(), made(&after, used_for).unwrap());
                assert_ne!(before, after, "{} has no effect on {}", setting.name, used_for.as_str());
            }
        }
    }
}

#[test]
fn credentials_are_what_was_set() {
    let options = Options::default();
    let context = |settings: Settings, used_for: Use| made(&settings, used_for).unwrap_err().context().to_owned();
    assert!(context(Settings::new(), Use::ChatClient).contains("no access token"));
    assert!(context(of(&[("app_key", "k"), ("user_id", "u")]), Use::ChatClient).contains("auth code is empty"));
    assert!(context(of(&[("user_id", "u")]), Use::ChatClient).contains("app key is empty"));
    let app = of(&[("app_key", "k"), ("auth_code", "c"), ("user_id", "u"), ("expires_unit", "days")]);
    assert!(app.chat_client(&options).unwrap().for_user("other").is_ok());
    assert!(context(Settings::new(), Use::RecordingClient).contains("no token"));
    assert!(context(Settings::new(), Use::TranscriptionClient).contains("no credentials"));
    assert!(context(of(&[("app_key", "k")]), Use::TranscriptionClient).contains("AppID"));
    assert!(context(of(&[("app_key", "k"), ("authorization", "a")]), Use::TranscriptionClient).contains("give one"));
    assert!(context(of(&[("authorization", "a"), ("region", "SH")]), Use::TranscriptionClient).contains("region"));
    let slash = of(&[("app_id", "a"), ("app_key", "k"), ("region", "S/H")]);
    assert!(context(slash, Use::TranscriptionClient).contains("region"));
    let no_time = of(&[("app_id", "a"), ("app_key", "k"), ("signature_valid_s", "0")]);
    assert!(context(no_time, Use::TranscriptionClient).contains("0 seconds"));
    let device = of(&[("authorization", "a"), ("device_uuid", "white space")]);
    assert!(context(device, Use::TranscriptionClient).contains("device"));
}

#[test]
fn what_cannot_be_is_refused_without_being_repeated() {
    let mut settings = Settings::new();
    let unknown = settings.set("acces_token", "canary").unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::UnknownOption);
    assert!(SETTINGS.iter().all(|setting| unknown.context().contains(setting.name)), "{unknown}");
    for (name, text) in [
        ("tts", "canary"),
        ("speed", "canary"),
        ("speed", "inf"),
        ("volume", "-1"),
        ("volume", "1.5"),
        ("size_limit", "canary:5"),
        ("size_limit", "audio:canary"),
        ("answer_audio", "canary"),
        ("voice_name", "canary"),
        ("download_scheme", "canary"),
        ("expires_unit", "canary"),
        ("known_links", "canary"),
        ("data", "canary"),
        ("max_audio_bytes", "canary"),
    ] {
        let error = settings.set(name, text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{name}");
        assert!(error.context().contains(name) && !error.to_string().contains("canary"), "{error}");
    }
    assert_eq!(format!("{settings:?}"), "[]");
    let large = of(&[("volume", "256")]).chat_request(audio()).unwrap_err();
    assert!(large.context().contains("volume is 256"), "{large}");
}

#[test]
fn the_last_one_counts_and_data_gathers() {
    let settings = of(&[("speed", "1"), ("data", "1=[]"), ("speed", "2"), ("data", "2=[]"), ("token", "canary")]);
    let shown = format!("{settings:?}");
    assert_eq!(shown, r#"["data", "speed", "data", "token"]"#);
    let request =
        of(&[("speed", "1"), ("data", "1=[]"), ("speed", "2"), ("data", "2=[]")]).chat_request(audio()).unwrap();
    let shown = format!("{request:?}");
    assert!(
        shown.contains("speed: Some(2.0)") && shown.contains("target: 1") && shown.contains("target: 2"),
        "{shown}"
    );
    assert_eq!(of(&[("max_audio_bytes", "none"), ("token", "t")]).given.len(), 2);
}

#[test]
fn a_secret_in_place_of_a_name_is_not_repeated() {
    let mut settings = Settings::new();
    let error = settings.set("S3CRET-canary", "access_token").unwrap_err();
    assert!(error.kind() == ErrorKind::UnknownOption && !error.to_string().contains("S3CRET"), "{error}");
    let error = settings.set("acces_token", "S3CRET-canary").unwrap_err();
    assert!(error.to_string().contains("\"acces_token\""), "{error}");
}
