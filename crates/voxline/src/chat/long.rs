//! Calls that are too long for one request: parts go out in order, answers come back with their times.

use std::ops::ControlFlow;

use voxline_core::{Error, ErrorKind, Options, Report, Result};

use super::{CancelToken, ChatAnswer, ChatAudio, ChatClient, ChatRequest, audio_of_part};
use crate::split::Parts;
use crate::{Cut, Source};

const OP: &str = "send long call";

/// A long recording on its way to the chat service, part by part.
///
/// Each call of [`next_part`](Self::next_part) reads as much as a part needs, sends it, and waits for the answer: one
/// part is held, and whether to go on after a failed one is the caller's choice. No part is sent twice on its own, beyond
/// what [`ChatClient::send`] repeats because the service surely did nothing.
///
/// ```no_run
/// use voxline::chat::{CancelToken, ChatClient, ChatRequest, LongChat};
/// let client = ChatClient::builder().base_url("http://127.0.0.1:8080").access_token("token").build()?;
/// let mut long = LongChat::new(&client, "call.mp3", &voxline::profile("chat-16k")?, ChatRequest::new)?;
/// let cancel = CancelToken::new();
/// while let Some(part) = long.next_part(&cancel)? {
///     match &part.result {
///         Ok(answer) => println!("{:.1}–{:.1} s: {}", part.start_s, part.end_s, answer.answer().chat_text()),
///         Err(error) => eprintln!("{:.1}–{:.1} s: {error}", part.start_s, part.end_s),
///     }
/// }
/// # Ok::<(), voxline::Error>(())
/// ```
pub struct LongChat<'a> {
    client: ChatClient,
    parts: Parts<'a>,
    request: Box<dyn Fn(ChatAudio) -> ChatRequest + 'a>,
    /// A part that was not sent, because it was cancelled before.
    waiting: Option<(Place, ChatRequest)>,
}

/// Where a part lies.
#[derive(Debug, Clone, Copy)]
struct Place {
    index: usize,
    start_s: f64,
    end_s: f64,
    overlap_s: f64,
    cut: Cut,
}

impl<'a> LongChat<'a> {
    /// Starts to read `source`; nothing is sent yet. `options` say how it is prepared and split, best one of the profiles
    /// `chat-…`; no part is larger than the client may send ([`ChatClient::size_limit`]). `request` makes the request for
    /// the audio of a part ([`ChatRequest::new`] if there is nothing to add).
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] for options that are not valid, [`ErrorKind::Io`] from opening.
    pub fn new(
        client: &ChatClient,
        source: impl Into<Source<'a>>,
        options: &Options,
        request: impl Fn(ChatAudio) -> ChatRequest + 'a,
    ) -> Result<Self> {
        let parts = Parts::new(source.into(), &sendable(client, options))?;
        Ok(Self { client: client.clone(), parts, request: Box::new(request), waiting: None })
    }

    /// Sends the next part and waits for its answer; `None` at the end of the recording. That the service did not take a
    /// part is told by [`LongPart::result`], and the next call sends the next part.
    ///
    /// **Errors**: those of [`split`](crate::split()) and of making a request of a part: nothing more can be sent then.
    /// [`ErrorKind::Cancelled`] when `cancel` was cancelled before the part had any effect: the next call sends it.
    pub fn next_part(&mut self, cancel: &CancelToken) -> Result<Option<LongPart>> {
        let (place, request) = match self.waiting.take() {
            Some(waiting) => waiting,
            None => {
                let going = |_| if cancel.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
                let Some(part) = self.parts.next(going)? else { return Ok(None) };
                let place = Place {
                    index: part.index,
                    start_s: part.start_s(),
                    end_s: part.end_s(),
                    overlap_s: part.overlap_frames as f64 / f64::from(part.sample_rate_hz.max(1)),
                    cut: part.cut,
                };
                (place, (self.request)(audio_of_part(&part)?))
            }
        };
        if cancel.is_cancelled() {
            self.waiting = Some((place, request));
            return Err(Error::new(ErrorKind::Cancelled, OP, format!("before part {} was sent", place.index)));
        }
        match self.client.send_with(&request, cancel) {
            // The service surely did nothing.
            Err(error) if error.kind() == ErrorKind::Cancelled => {
                self.waiting = Some((place, request));
                Err(error)
            }
            result => Ok(Some(LongPart::new(place, result, request))),
        }
    }

    /// What was found in the recording, once [`next_part`](Self::next_part) has given `None`.
    ///
    /// **Errors**: [`ErrorKind::InvalidState`] when called twice; those of [`split`](crate::split()) when called before.
    pub fn finish(&mut self) -> Result<Report> {
        self.parts.finish()
    }
}

/// The options with which no part is larger than this client may send ([`ChatClient::size_limit`]): what [`LongChat`] goes
/// by, for those who split by themselves.
///
/// ```
/// use voxline::chat::{ChatClient, SizeLimit, sendable};
/// let builder = ChatClient::builder().base_url("http://127.0.0.1:8080").access_token("token");
/// let client = builder.size_limit(SizeLimit::STRICT).build()?;
/// let options = sendable(&client, &voxline::profile("chat-16k")?);
/// assert_eq!(options.limits.max_output_bytes, Some(449_997));
/// # Ok::<(), voxline::Error>(())
/// ```
pub fn sendable(client: &ChatClient, options: &Options) -> Options {
    let mut options = options.clone();
    let most = client.size_limit().max_audio_bytes();
    options.limits.max_output_bytes = Some(options.limits.max_output_bytes.map_or(most, |limit| limit.min(most)));
    options
}

/// One part of a long recording and what came of it.
#[derive(Debug)]
#[non_exhaustive]
pub struct LongPart {
    /// Which part; the first is 0.
    pub index: usize,
    /// Where it begins in the recording, in seconds, the overlap included.
    pub start_s: f64,
    /// Where it ends, in seconds.
    pub end_s: f64,
    /// How much of its beginning the part before holds too, in seconds.
    pub overlap_s: f64,
    /// What it ends in.
    pub cut: Cut,
    /// The answer, or why there is none.
    pub result: Result<ChatAnswer>,
    /// Kept only as long as there is no answer.
    request: Option<ChatRequest>,
}

impl LongPart {
    fn new(place: Place, result: Result<ChatAnswer>, request: ChatRequest) -> Self {
        let Place { index, start_s, end_s, overlap_s, cut } = place;
        let request = result.is_err().then_some(request);
        Self { index, start_s, end_s, overlap_s, cut, result, request }
    }

    /// Sends a part that failed once more, by itself, and keeps the answer in [`result`](Self::result).
    ///
    /// After [`ErrorKind::OutcomeUnknown`] the service may have answered, and been paid for, already: only the caller can
    /// know whether it should be asked again.
    ///
    /// **Errors**: those of [`ChatClient::send_with`], which leave the part as it was; [`ErrorKind::InvalidState`] for a
    /// part that has its answer: it is not sent again.
    pub fn resend(&mut self, client: &ChatClient, cancel: &CancelToken) -> Result<&ChatAnswer> {
        let Some(request) = &self.request else {
            let context = format!("part {} has its answer already", self.index);
            return Err(Error::new(ErrorKind::InvalidState, "resend part", context));
        };
        let answer = client.send_with(request, cancel)?;
        self.request = None;
        self.result = Ok(answer);
        match &self.result {
            Ok(answer) => Ok(answer),
            Err(_) => Err(Error::new(ErrorKind::Internal, "resend part", "the answer is gone")),
        }
    }
}

/// What [`chat_long`] does when the service does not take a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum OnFailure {
    /// It sends no more.
    #[default]
    Stop,
    /// It sends the next part.
    GoOn,
}

/// What came of a long recording.
#[derive(Debug)]
#[non_exhaustive]
pub struct LongAnswer {
    /// The parts that were sent, in order.
    pub parts: Vec<LongPart>,
    /// Why the recording was not read to its end: an error of the input, or cancelled. Answers that had come are kept.
    pub fault: Option<Error>,
    /// What was found in the recording; `None` when it was not read to its end.
    pub report: Option<Report>,
}

impl LongAnswer {
    /// Whether every part of the recording has its answer.
    pub fn is_complete(&self) -> bool {
        self.report.is_some() && self.parts.iter().all(|part| part.result.is_ok())
    }
}

/// Sends a recording of any length in parts and gathers the answers; [`LongChat`] gives them one by one.
///
/// **Errors**: those of [`LongChat::new`], before anything was sent. Whatever happens later is told in the result, so
/// that no answer is lost.
///
/// ```no_run
/// use voxline::chat::{CancelToken, ChatClient, ChatRequest, OnFailure, chat_long};
/// let client = ChatClient::builder().base_url("http://127.0.0.1:8080").access_token("token").build()?;
/// let options = voxline::profile("chat-speex")?;
/// let cancel = CancelToken::new();
/// let mut long = chat_long(&client, "call.mp3", &options, ChatRequest::new, OnFailure::GoOn, &cancel)?;
/// for part in long.parts.iter_mut().filter(|part| part.result.is_err()) {
///     part.resend(&client, &cancel)?;
/// }
/// # Ok::<(), voxline::Error>(())
/// ```
pub fn chat_long<'a>(
    client: &ChatClient,
    source: impl Into<Source<'a>>,
    options: &Options,
    request: impl Fn(ChatAudio) -> ChatRequest + 'a,
    on_failure: OnFailure,
    cancel: &CancelToken,
) -> Result<LongAnswer> {
    chat_long_with(client, source, options, request, on_failure, cancel, |_| ControlFlow::Continue(()))
}

/// [`chat_long`] that tells of each part as soon as there is an answer to it, or none; `Break` sends no more.
///
/// **Errors**: those of [`chat_long`]. After a `Break` the fault is [`ErrorKind::Cancelled`].
pub fn chat_long_with<'a>(
    client: &ChatClient,
    source: impl Into<Source<'a>>,
    options: &Options,
    request: impl Fn(ChatAudio) -> ChatRequest + 'a,
    on_failure: OnFailure,
    cancel: &CancelToken,
    mut each: impl FnMut(&LongPart) -> ControlFlow<()>,
) -> Result<LongAnswer> {
    let mut long = LongChat::new(client, source, options, request)?;
    let mut answer = LongAnswer { parts: Vec::new(), fault: None, report: None };
    loop {
        match long.next_part(cancel) {
            Ok(Some(part)) => {
                let (index, failed) = (part.index, part.result.is_err());
                let verdict = each(&part);
                answer.parts.push(part);
                if verdict.is_break() {
                    let context = format!("by the caller, after part {index}");
                    answer.fault = Some(Error::new(ErrorKind::Cancelled, OP, context));
                    return Ok(answer);
                }
                if failed && on_failure == OnFailure::Stop {
                    return Ok(answer);
                }
            }
            Ok(None) => break,
            Err(fault) => {
                answer.fault = Some(fault);
                return Ok(answer);
            }
        }
    }
    match long.finish() {
        Ok(report) => answer.report = Some(report),
        Err(fault) => answer.fault = Some(fault),
    }
    Ok(answer)
}
