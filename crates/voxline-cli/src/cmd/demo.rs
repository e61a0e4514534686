//! `voxline demo`: the whole way, with a bundled call and the built-in simulator.

use std::time::{Duration, Instant};

use voxline::chat::{self, AnswerAudio, CancelToken, ChatClient, ChatRequest};
use voxline::recording::{DownloadScheme, RecordingClient, RecordingId};
use voxline::transcription::{Credentials, ReturnMode, Submission, TranscriptionClient, WaitOptions};
use voxline::{Options, Result, Source, inspect, prepare, profile};
use voxline_sim::{
    DEMO_RECORD_ID, DEMO_RECORDING_TOKEN, DEMO_TASK_ID, DEMO_TOKEN, DEMO_TRANSCRIPTION_APP_ID,
    DEMO_TRANSCRIPTION_APP_KEY, DEMO_USER_ID, SimOptions, Simulator,
};

use crate::args::Demo;
use crate::fail::Fail;
use crate::show::{self, line};

/// Two synthetic voices, agent left and customer right, 44.1 kHz; made by the recipe in assets/.
const CALL: &[u8] = include_bytes!("../../../../assets/call.mp3");

pub(crate) fn run(_: &Demo) -> Result<(), Fail> {
    let simulator = Simulator::start(SimOptions::default())?;
    line(&format!("1. The service: a simulator on {}", simulator.base_url()))?;

    let start = Instant::now();
    let found = inspect(CALL, &Options::default())?;
    line(&format!(
        "2. The call: bundled, {} bytes, MP3 ({} ms to look through)",
        CALL.len(),
        start.elapsed().as_millis()
    ))?;
    line(show::source_text("   call.mp3", &found).trim_end())?;

    let start = Instant::now();
    let prepared = prepare(CALL, &profile("chat-16k")?)?;
    let took = start.elapsed();
    let target = &prepared.report().target;
    line(&format!(
        "3. Prepared with the profile chat-16k: {:.3} s, {} Hz, {}, 16-bit {}, {} bytes of at most 599999, {} samples \
         clipped ({} ms, {:.0} times real time)",
        target.duration_s,
        target.sample_rate_hz,
        show::channels(target.channel_count),
        target.encoding,
        target.bytes,
        target.samples_clipped,
        took.as_millis(),
        target.duration_s / took.as_secs_f64().max(1e-9),
    ))?;

    let client = ChatClient::builder().base_url(simulator.base_url()).access_token(DEMO_TOKEN).build()?;
    let start = Instant::now();
    let request = ChatRequest::new(chat::audio(&prepared)?).with_tts(true).with_answer_audio(AnswerAudio::Mp3);
    let answer = client.send(&request)?;
    line(&format!(
        "4. Sent {} bytes of base64 without line breaks, answered in {} ms:",
        prepared.base64().len(),
        start.elapsed().as_millis()
    ))?;
    line(&format!("   \"{}\"", answer.answer().chat_text()))?;

    if let Some(link) = answer.audio_url() {
        let bytes = client.fetch_audio(link, &CancelToken::new())?;
        let spoken = chat::decode_answer(&bytes, AnswerAudio::Mp3, &Options::default())?;
        let source = show::source_line(spoken.report());
        line(&format!("5. The spoken answer: {} bytes, {source}, decoded by the same core", bytes.len()))?;
    }
    fetch_a_recording(&simulator)?;
    transcribe(&simulator)?;
    line("Done. Try it on your own recording: voxline info FILE, voxline prepare FILE -o out.wav")?;
    Ok(())
}

/// A recording goes from the service into the data path while it arrives, without a file.
fn fetch_a_recording(simulator: &Simulator) -> Result<()> {
    let client = RecordingClient::builder()
        .base_url(simulator.base_url())
        .token(DEMO_RECORDING_TOKEN)
        .download_scheme(DownloadScheme::Http)
        .build()?;
    let stream = client.open(&RecordingId::new(DEMO_USER_ID, DEMO_TASK_ID, DEMO_RECORD_ID))?;
    let prepared = prepare(Source::reader(stream), &profile("chat-16k")?)?;
    let source = show::source_line(prepared.report());
    line(&format!(
        "6. A recording of the service: {source}, prepared to {} bytes while it arrived",
        prepared.data().len()
    ))
}

/// A submission is signed, waited for and read.
fn transcribe(simulator: &Simulator) -> Result<()> {
    let client = TranscriptionClient::builder()
        .base_url(simulator.base_url())
        .credentials(Credentials::app_key(DEMO_TRANSCRIPTION_APP_ID, DEMO_TRANSCRIPTION_APP_KEY))
        .build()?;
    let submission = Submission::new("https://files.example/call.wav", ReturnMode::Pull);
    let accepted = client.submit(&submission)?;
    let mut wait = WaitOptions::default();
    wait.interval = Duration::from_millis(20);
    let transcript = client.wait(&accepted.request_id, &wait, &CancelToken::new())?;
    line(&format!("7. A transcript of the service, job {}: \"{}\"", accepted.request_id, transcript.text()))
}
