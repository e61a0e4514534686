//! Every secret is set to something that can be found, every error is provoked, and everything shown is searched.

use std::time::Duration;

use voxline::chat::{AppCredentials, CancelToken, ChatAnswer, ChatClient};
use voxline::recording::{DownloadOptions, DownloadScheme, RecordingClient};
use voxline::transcription::{
    Credentials, ReturnMode, RunOptions, SqliteLedger, Submission, TranscriptionClient, WaitOptions, run_with_ledger,
};
use voxline::{Result, Secret};
use voxline_sim::{DEMO_RECORD_ID, DEMO_TRANSCRIPTION_APP_ID, SimOptions, Simulator, TokenRule};
use voxline_testkit::canary::{Ear, find, shown};

use crate::support::quick;
use crate::world::{record, request};

const CHAT_TOKEN: &str = "cAnArY-chat-token+/=";
const APP_KEY: &str = "cAnArY-chat-app-key+/=";
const AUTH_CODE: &str = "cAnArY-auth-code+/=";
const RECORDING_TOKEN: &str = "cAnArY-recording-token+/=";
const TRANSCRIPTION_KEY: &str = "cAnArY-transcription-key+/=";
/// What is left of them in every spelling, and the words that stand before what is made of them: signatures, the keys
/// of recordings.
const NEEDLES: [&str; 6] = ["cAnArY", "?key=", "appkey=", "authcode=", "Bearer ", "teleai-cloud-auth-v1"];

const FAULTS: [&str; 16] = [
    "http=401",
    "http=403@1",
    "http=404",
    "http=429@0",
    "http=500",
    "http=502",
    "drop",
    "reset",
    "truncate",
    "garbage",
    "html",
    "status=-7",
    "status=10302",
    "expire",
    "wrongtype",
    "delay=60000",
];

/// What could be shown, and how much of it are errors.
#[derive(Default)]
struct Shown {
    text: String,
    errors: usize,
}

impl Shown {
    fn add<T: std::fmt::Debug>(&mut self, result: Result<T>) {
        match result {
            Ok(value) => self.text.push_str(&format!("{value:?}\n{value:#?}\n")),
            Err(error) => {
                self.errors += 1;
                self.text.push_str(&shown(&error));
            }
        }
    }
}

struct Clients {
    chats: [ChatClient; 2],
    recording: RecordingClient,
    transcription: TranscriptionClient,
}

impl Clients {
    fn new(url: &str, all: &mut Shown) -> Self {
        let mut http = quick();
        (http.read_timeout_ms, http.max_attempts) = (100, 2);
        let app = AppCredentials::new(APP_KEY, AUTH_CODE, "user");
        let chat = ChatClient::builder().base_url(url).http(http.clone());
        let chats = [chat.clone().access_token(CHAT_TOKEN), chat.app_credentials(app)];
        let recording = RecordingClient::builder().base_url(url).token(RECORDING_TOKEN).http(http.clone());
        let recording = recording.download_scheme(DownloadScheme::Http);
        let credentials = Credentials::app_key(DEMO_TRANSCRIPTION_APP_ID, TRANSCRIPTION_KEY);
        all.text.push_str(&format!("{chats:?} {credentials:?} {credentials:#?}"));
        let transcription = TranscriptionClient::builder().base_url(url).credentials(credentials).http(http);
        let clients = Self {
            chats: chats.map(|chat| chat.build().unwrap()),
            recording: recording.build().unwrap(),
            transcription: transcription.build().unwrap(),
        };
        let Self { chats, recording, transcription } = &clients;
        all.text.push_str(&format!("{chats:#?} {recording:#?} {transcription:#?}"));
        clients
    }

    /// Everything that can be called, once.
    fn call(&self, ledger: &SqliteLedger, folder: &std::path::Path, all: &mut Shown) {
        let cancel = CancelToken::new();
        for chat in &self.chats {
            let answer = chat.send(&request().with_tts(true));
            if let Some(link) = answer.as_ref().ok().and_then(ChatAnswer::audio_url) {
                all.add(chat.fetch_audio(link, &cancel).map(|bytes| bytes.len()));
            }
            all.add(answer);
        }
        let id = record(DEMO_RECORD_ID);
        all.add(self.recording.locate(&id));
        for entry in self.recording.locate_many(&[id.clone(), record("nobody")]).into_entries() {
            all.add(entry.result);
        }
        all.add(self.recording.check_token(&cancel));
        let options = DownloadOptions::default();
        all.add(self.recording.download(&id, folder.join("call.wav"), &options, |_| {}, &cancel));
        // The note beside an unfinished file can be read by whoever finds it.
        for name in crate::support::names(folder).iter().filter(|name| name.ends_with(".json")) {
            all.text.push_str(&std::fs::read_to_string(folder.join(name)).unwrap());
        }
        let submission = Submission::new("https://files.example/call.wav", ReturnMode::Pull);
        let mut options = RunOptions::default();
        options.wait = WaitOptions::default();
        (options.wait.interval, options.wait.max_interval) = (Duration::from_millis(1), Duration::from_millis(1));
        options.wait.deadline = Duration::from_millis(500);
        all.add(run_with_ledger(
            &self.transcription,
            ledger,
            std::slice::from_ref(&submission),
            &options,
            &cancel,
            &|report| {
                assert!(!format!("{report:?}").contains(NEEDLES[0]));
            },
        ));
        all.add(self.transcription.submit(&submission));
        all.add(self.transcription.query("nobody's"));
    }
}

#[test]
fn no_secret_is_shown_logged_or_written_down() {
    // Searched and not kept: the other tests of this program are listened to as well.
    let ear = Ear::listen(&NEEDLES, false).unwrap();
    let folder = tempfile::TempDir::new().unwrap();
    let ledger = SqliteLedger::open(folder.path().join("ledger")).unwrap();
    let mut all = Shown::default();

    let mut options = SimOptions::default();
    options.tokens = TokenRule::Listed(vec![Secret::new(CHAT_TOKEN)]);
    options.app_key = Secret::new(APP_KEY);
    options.recording.tokens = vec![Secret::new(RECORDING_TOKEN)];
    options.transcription.app_key = Secret::new(TRANSCRIPTION_KEY);
    let simulator = Simulator::start(options).unwrap();
    for endpoint in ["authorize", "chat", "tts", "recording", "batch", "token", "download", "submit", "query"] {
        for fault in FAULTS {
            let files = tempfile::TempDir::new().unwrap();
            // Twice, for two attempts; a third finds all well.
            simulator.set_faults(&format!("{endpoint}:{fault}*2").parse().unwrap());
            simulator.accept_token(Secret::new(CHAT_TOKEN));
            Clients::new(simulator.base_url(), &mut all).call(&ledger, files.path(), &mut all);
        }
    }
    assert!(all.errors > 200, "only {} errors", all.errors);
    // The simulator knows the secrets too: it saw none where it does not belong.
    assert_eq!(simulator.leaks(), []);
    assert!(simulator.log().counts.values().all(|counts| counts.accepted > 0), "{:?}", simulator.log().counts);

    // To a stranger all of them are wrong.
    let stranger = Simulator::start(SimOptions::default()).unwrap();
    let (before, files) = (all.errors, tempfile::TempDir::new().unwrap());
    Clients::new(stranger.base_url(), &mut all).call(&ledger, files.path(), &mut all);
    assert!(all.errors >= before + 8, "{} errors", all.errors - before);

    all.text.push_str(&format!("{ledger:?}"));
    assert_eq!(find(&all.text, &NEEDLES), None);
    for word in ["[secret]", "authorize.do?…", "asyncResult/query?…", "HTTP 401", "download-full-voice"] {
        assert!(all.text.contains(word), "{word} was not shown: the search is worth nothing");
    }
    assert!(ear.lines() > 5_000, "only {} lines were logged", ear.lines());
    assert_eq!(ear.found(), [""; 0], "logged");
    assert_eq!(ear.speakers(), [""; 0], "said something through the log crate");
    let mut bytes = 0;
    for name in crate::support::names(folder.path()) {
        let written = std::fs::read(folder.path().join(&name)).unwrap();
        bytes += written.len();
        for needle in NEEDLES {
            assert!(!written.windows(needle.len()).any(|part| part == needle.as_bytes()), "{needle} is in {name}");
        }
    }
    assert!(bytes > 20_000, "the ledger has {bytes} bytes");
}
