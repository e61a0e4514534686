//! A simulator, the three clients, and one call that ends at each endpoint.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use voxline::chat::{
    AnswerAudio, AppCredentials, AudioUrl, CancelToken, ChatAudio, ChatClient, ChatRequest, VoiceFormat, decode_answer,
};
use voxline::options::HttpOptions;
use voxline::recording::{DownloadOptions, DownloadScheme, RecordingClient, RecordingId};
use voxline::transcription::{Credentials, QueryState, ReturnMode, Submission, TranscriptionClient};
use voxline::{Options, Result};
use voxline_sim::{
    DEMO_APP_KEY, DEMO_MP3_RECORD_ID, DEMO_RECORD_ID, DEMO_RECORDING_TOKEN, DEMO_TASK_ID, DEMO_TRANSCRIPTION_APP_ID,
    DEMO_TRANSCRIPTION_APP_KEY, DEMO_USER_ID, Endpoint, FaultPlan, RecordingBody, RequestSeen, SimOptions, Simulator,
    transcript_text,
};

use crate::support::{assert_same_file, names};

/// What is asked by clients.
pub(crate) const ASKED: [Endpoint; 8] = [
    Endpoint::Authorize,
    Endpoint::Chat,
    Endpoint::Tts,
    Endpoint::Recording,
    Endpoint::Batch,
    Endpoint::Download,
    Endpoint::Submit,
    Endpoint::Query,
];
const LINK: &str = "https://files.example/call.wav";

#[derive(Clone)]
pub(crate) struct World {
    pub(crate) simulator: Arc<Simulator>,
    pub(crate) chat: ChatClient,
    pub(crate) recording: RecordingClient,
    pub(crate) transcription: TranscriptionClient,
    pub(crate) spoken: Option<(AudioUrl, Vec<u8>)>,
    text: Option<String>,
    job: Option<String>,
    pub(crate) body: RecordingBody,
    folder: Arc<tempfile::TempDir>,
    calls: Arc<AtomicUsize>,
}

pub(crate) fn request() -> ChatRequest {
    let pcm: Vec<u8> = (0..3_200_i32).flat_map(|n| ((n * 37 % 4_001 - 2_000) as i16).to_le_bytes()).collect();
    ChatRequest::new(ChatAudio::new(pcm, VoiceFormat::RawPcm, 16_000))
}

pub(crate) fn record(id: &str) -> RecordingId {
    RecordingId::new(DEMO_USER_ID, DEMO_TASK_ID, id)
}

pub(crate) fn pull(req_id: &str) -> Submission {
    Submission::new(LINK, ReturnMode::Pull).with_req_id(req_id)
}

impl World {
    /// For calls at this endpoint, with whatever they need beforehand.
    pub(crate) fn new(http: &HttpOptions, endpoint: Endpoint) -> Self {
        let mut options = SimOptions::default();
        options.transcription.pending_polls = 0;
        let simulator = Arc::new(Simulator::start(options).unwrap());
        let url = simulator.base_url().to_owned();
        let app = AppCredentials::new(DEMO_APP_KEY, "code", "user");
        let chat = ChatClient::builder().base_url(&url).app_credentials(app).http(http.clone()).build().unwrap();
        let recording = RecordingClient::builder().base_url(&url).token(DEMO_RECORDING_TOKEN).http(http.clone());
        let recording = recording.download_scheme(DownloadScheme::Http).build().unwrap();
        let credentials = Credentials::app_key(DEMO_TRANSCRIPTION_APP_ID, DEMO_TRANSCRIPTION_APP_KEY);
        let transcription = TranscriptionClient::builder().base_url(&url).credentials(credentials);
        let transcription = transcription.http(http.clone()).build().unwrap();
        let body = RecordingBody::noise_wav(5, 20_000);
        simulator.add_recording("small", body.clone());
        let mut world = Self {
            simulator,
            chat,
            recording,
            transcription,
            spoken: None,
            text: None,
            job: None,
            body,
            folder: Arc::new(tempfile::TempDir::new().unwrap()),
            calls: Arc::default(),
        };
        match endpoint {
            Endpoint::Authorize | Endpoint::Chat | Endpoint::Tts => {
                let answer = world.chat.send(&request().with_tts(true)).unwrap();
                let link = answer.audio_url().unwrap().clone();
                let bytes = world.chat.fetch_audio(&link, &CancelToken::new()).unwrap();
                world.text = Some(answer.answer().chat_text().to_owned());
                world.spoken = Some((link, bytes));
            }
            Endpoint::Query => world.job = Some(world.transcription.submit(&pull("asked-for")).unwrap().request_id),
            _ => {}
        }
        world
    }

    pub(crate) fn order(&self, plan: &str) {
        self.simulator.set_faults(&FaultPlan::parse(plan).unwrap_or_else(|error| panic!("{plan}: {error}")));
    }

    pub(crate) fn seen(&self, endpoint: Endpoint) -> Vec<RequestSeen> {
        self.simulator.log().requests.into_iter().filter(|seen| seen.endpoint == endpoint).collect()
    }

    /// One call of the user; what it brings was checked to be right.
    pub(crate) fn call(&self, endpoint: Endpoint) -> Result<()> {
        let number = self.calls.fetch_add(1, Ordering::Relaxed);
        let cancel = CancelToken::new();
        match endpoint {
            Endpoint::Authorize | Endpoint::Chat => {
                let answer = match endpoint {
                    // Only somebody new needs a token.
                    Endpoint::Authorize => self.chat.for_user(&format!("user-{number}"))?.send(&request())?,
                    _ => self.chat.send(&request())?,
                };
                assert_eq!(Some(answer.answer().chat_text()), self.text.as_deref());
            }
            Endpoint::Tts => {
                let (link, bytes) = self.spoken.as_ref().unwrap();
                let got = self.chat.fetch_audio(link, &cancel)?;
                decode_answer(&got, AnswerAudio::Mp3, &Options::default())?;
                assert!(got == *bytes, "another spoken answer");
            }
            Endpoint::Recording => {
                let url = self.recording.locate(&record(DEMO_RECORD_ID))?;
                assert_eq!(url.origin(), self.simulator.download_base_url());
            }
            Endpoint::Batch => {
                let ids = [DEMO_RECORD_ID, DEMO_MP3_RECORD_ID].map(record);
                let many = self.recording.locate_many(&ids);
                assert_eq!(many.entries().len(), 2);
                for (entry, id) in many.into_entries().into_iter().zip(&ids) {
                    assert_eq!(entry.id, *id);
                    let url = entry.result?;
                    assert_eq!((url.id(), url.origin()), (id, &*self.simulator.download_base_url()));
                }
            }
            Endpoint::Download => self.download(number, &cancel)?,
            Endpoint::Submit => {
                let req_id = format!("submission-{number}");
                let accepted = self.transcription.submit(&pull(&req_id))?;
                assert_eq!(accepted.req_id, req_id);
                let jobs = self.simulator.log().jobs;
                assert!(jobs.iter().any(|job| job.req_id == req_id && job.request_id == accepted.request_id));
            }
            Endpoint::Query => match self.transcription.query(self.job.as_deref().unwrap())? {
                QueryState::Done(transcript) => assert_eq!(transcript.text(), transcript_text(LINK)),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?} is not asked"),
        }
        Ok(())
    }

    /// Either the whole file or none of that name; what is left is enough, and only enough, to go on.
    fn download(&self, number: usize, cancel: &CancelToken) -> Result<()> {
        let folder = self.folder.path().join(number.to_string());
        std::fs::create_dir(&folder).unwrap();
        let path = folder.join("call.wav");
        let resume = number.is_multiple_of(2);
        let options = DownloadOptions::default().with_resume(resume);
        match self.recording.download(&record("small"), &path, &options, |_| {}, cancel) {
            Ok(done) => {
                assert_eq!((done.bytes, names(&folder)), (self.body.len_bytes(), vec!["call.wav".to_owned()]));
                assert_same_file(&path, &self.body, "downloaded");
                Ok(())
            }
            Err(error) => {
                let left = names(&folder);
                let part = resume && left == ["call.wav.part", "call.wav.part.json"];
                assert!(left.is_empty() || part, "{left:?} after {error}");
                Err(error)
            }
        }
    }

    /// What must be so however the calls ended. `submissions`: how many the caller asked for.
    pub(crate) fn assert_clean(&self, submissions: usize, what: &str) {
        let log = self.simulator.log();
        assert_eq!(log.double_submissions, [], "{what}");
        assert!(log.paid_submissions <= submissions as u64, "{what}: {} paid", log.paid_submissions);
        assert_eq!((&*log.leaks, &*log.strays), (&[][..], &[][..]), "{what}");
    }
}
