//! Long calls in parts, against the simulator.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

use voxline::chat::{
    AppCredentials, CancelToken, ChatClient, ChatRequest, LongAnswer, LongChat, LongPart, OnFailure, SizeLimit,
    chat_long, chat_long_with,
};
use voxline::{Cut, ErrorKind, Options, Part, profile, split};
use voxline_sim::{DEMO_APP_KEY, FaultPlan, SimOptions, Simulator};

use crate::support::quick;

/// 15.4 s of stereo MP3.
const CALL: &[u8] = include_bytes!("../../../../assets/call.mp3");

fn options() -> Options {
    let mut options = profile("chat-speex-wb").unwrap();
    options.split.max_duration_s = Some(5.0);
    options.split.overlap_ms = 200;
    options
}

fn world(faults: &str) -> (Simulator, ChatClient) {
    let mut sim = SimOptions::default();
    sim.keep_audio = true;
    let simulator = Simulator::start(sim).unwrap();
    let app = AppCredentials::new(DEMO_APP_KEY, "code", "user");
    let client =
        ChatClient::builder().base_url(simulator.base_url()).app_credentials(app).http(quick()).build().unwrap();
    simulator.set_faults(&FaultPlan::parse(faults).unwrap());
    (simulator, client)
}

fn parts() -> Vec<Part> {
    let parts = split(CALL, &options()).unwrap();
    assert!(parts.len() >= 4);
    parts
}

/// What arrived, in order.
fn heard(simulator: &Simulator) -> Vec<Vec<u8>> {
    simulator.chat_requests().iter().map(|seen| seen.audio.as_ref().unwrap().to_vec()).collect()
}

fn outcomes(answer: &LongAnswer) -> Vec<Option<ErrorKind>> {
    answer.parts.iter().map(|part| part.result.as_ref().err().map(voxline::Error::kind)).collect()
}

#[test]
fn parts_go_out_in_order_and_answers_have_their_times() {
    let (simulator, client) = world("");
    let answer = chat_long(&client, CALL, &options(), ChatRequest::new, OnFailure::Stop, &CancelToken::new()).unwrap();
    assert!(answer.is_complete() && answer.fault.is_none());
    assert_eq!(answer.report.as_ref().unwrap().target.frames, 246_498);
    let parts = parts();
    assert_eq!(heard(&simulator), parts.iter().map(|part| part.data().to_vec()).collect::<Vec<_>>());
    assert_eq!(answer.parts.len(), parts.len());
    for (sent, part) in answer.parts.iter().zip(&parts) {
        assert_eq!((sent.index, sent.cut), (part.index, part.cut));
        assert_eq!((sent.start_s, sent.end_s), (part.start_frame as f64 / 16e3, part.end_frame() as f64 / 16e3));
        assert_eq!(sent.overlap_s, if part.index == 0 { 0.0 } else { 0.2 });
        assert!(!sent.result.as_ref().unwrap().answer().chat_text().is_empty());
    }
    assert_eq!(answer.parts.last().unwrap().cut, Cut::End);
}

#[test]
fn no_part_is_larger_than_the_client_may_send() {
    let (simulator, _) = world("");
    let builder = ChatClient::builder().base_url(simulator.base_url()).access_token(voxline_sim::DEMO_TOKEN);
    let client = builder.size_limit(SizeLimit::Base64Bytes(200_000)).http(quick()).build().unwrap();
    // Neither the profile's limit nor none is the client's.
    for limit in ["599999", "none", "100000"] {
        let mut options = profile("chat-16k").unwrap();
        options.set("limits.max_output_bytes", limit).unwrap();
        let before = heard(&simulator).len();
        let answer =
            chat_long(&client, CALL, &options, ChatRequest::new, OnFailure::Stop, &CancelToken::new()).unwrap();
        assert!(answer.is_complete(), "{limit}: {:?}", outcomes(&answer));
        let longest = heard(&simulator)[before..].iter().map(Vec::len).max().unwrap();
        let most = if limit == "100000" { 100_000 } else { 149_997 };
        assert!(longest <= most && 2 * longest > most, "{limit}: {longest}");
    }
}

#[test]
fn each_part_is_told_of_as_it_is_answered_and_a_break_sends_no_more() {
    let (simulator, client) = world("ok,status=8");
    let (mut told, cancel) = (Vec::new(), CancelToken::new());
    let each = |part: &LongPart| {
        // The parts after this one are not sent yet.
        told.push((part.index, part.result.is_ok(), heard(&simulator).len()));
        if told.len() == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let answer = chat_long_with(&client, CALL, &options(), ChatRequest::new, OnFailure::GoOn, &cancel, each).unwrap();
    assert_eq!(told, [(0, true, 1), (1, false, 2), (2, true, 3)]);
    assert_eq!((answer.parts.len(), heard(&simulator).len()), (3, 3));
    assert_eq!(answer.fault.as_ref().unwrap().kind(), ErrorKind::Cancelled);
    assert!(answer.report.is_none() && !answer.is_complete());
}

#[test]
fn a_lost_part_stops_it_or_not_and_is_sent_again_only_when_asked_for() {
    for (on_failure, sent) in [(OnFailure::Stop, 2), (OnFailure::GoOn, parts().len())] {
        let (simulator, client) = world("ok,drop");
        let cancel = CancelToken::new();
        let mut answer = chat_long(&client, CALL, &options(), ChatRequest::new, on_failure, &cancel).unwrap();
        let mut expected = vec![None; sent];
        expected[1] = Some(ErrorKind::OutcomeUnknown);
        assert_eq!(outcomes(&answer), expected, "{on_failure:?}");
        assert!(!answer.is_complete() && answer.fault.is_none());
        assert_eq!(answer.report.is_some(), on_failure == OnFailure::GoOn);
        // What may have been paid for was sent once.
        let before = heard(&simulator);
        assert_eq!(before.len(), sent);
        // By itself, and then never again.
        let lost = &mut answer.parts[1];
        assert!(!lost.resend(&client, &cancel).unwrap().answer().chat_text().is_empty());
        assert_eq!(lost.resend(&client, &cancel).unwrap_err().kind(), ErrorKind::InvalidState);
        let after = heard(&simulator);
        assert_eq!((after.len(), &after[sent]), (sent + 1, &before[1]));
        assert_eq!(answer.is_complete(), on_failure == OnFailure::GoOn);
        assert_eq!(answer.parts[0].resend(&client, &cancel).unwrap_err().kind(), ErrorKind::InvalidState);
    }
}

#[test]
fn a_part_that_fails_again_stays_failed_and_can_be_tried_on() {
    let (_simulator, client) = world("drop*2");
    let cancel = CancelToken::new();
    let mut long = LongChat::new(&client, CALL, &options(), ChatRequest::new).unwrap();
    let mut part = long.next_part(&cancel).unwrap().unwrap();
    assert!(part.result.is_err());
    assert_eq!(part.resend(&client, &cancel).unwrap_err().kind(), ErrorKind::OutcomeUnknown);
    assert!(part.result.is_err());
    part.resend(&client, &cancel).unwrap();
    assert!(part.result.is_ok());
}

#[test]
fn cancelled_parts_wait_and_answers_are_kept() {
    let (simulator, client) = world("");
    let cancel = CancelToken::new();
    let sent = AtomicUsize::new(0);
    // The request of the third part cancels everything before it is sent.
    let request = |audio| {
        if sent.fetch_add(1, Ordering::SeqCst) == 2 {
            cancel.cancel();
        }
        ChatRequest::new(audio)
    };
    let answer = chat_long(&client, CALL, &options(), request, OnFailure::GoOn, &cancel).unwrap();
    assert_eq!((answer.parts.len(), outcomes(&answer)), (2, vec![None, None]));
    assert_eq!(answer.fault.unwrap().kind(), ErrorKind::Cancelled);
    assert_eq!(heard(&simulator).len(), 2);

    // Piece by piece the part that was cancelled is the next one, whether it was made already or not.
    let stop = CancelToken::new();
    let made = AtomicUsize::new(0);
    let request = |audio| {
        if made.fetch_add(1, Ordering::SeqCst) == 0 {
            stop.cancel();
        }
        ChatRequest::new(audio)
    };
    let mut long = LongChat::new(&client, CALL, &options(), request).unwrap();
    assert_eq!(long.next_part(&cancel).unwrap_err().kind(), ErrorKind::Cancelled);
    assert_eq!(made.load(Ordering::SeqCst), 0);
    assert_eq!(long.next_part(&stop).unwrap_err().kind(), ErrorKind::Cancelled);
    assert_eq!((made.load(Ordering::SeqCst), heard(&simulator).len()), (1, 2));
    let all: Vec<_> =
        std::iter::from_fn(|| long.next_part(&CancelToken::new()).unwrap()).map(|part| part.index).collect();
    assert_eq!(all, (0..parts().len()).collect::<Vec<_>>());
    long.finish().unwrap();
    assert_eq!(heard(&simulator)[2..], parts().iter().map(|part| part.data().to_vec()).collect::<Vec<_>>());
}

#[test]
fn bad_options_and_bad_input_cost_nothing() {
    let (simulator, client) = world("");
    let cancel = CancelToken::new();
    let send = |input: &'static [u8], options: &Options| {
        chat_long(&client, input, options, ChatRequest::new, OnFailure::GoOn, &cancel)
    };
    let mut wrong = options();
    wrong.split.window_s = -1.0;
    assert_eq!(send(CALL, &wrong).unwrap_err().kind(), ErrorKind::InvalidArgument);
    let noise = send(b"this is no audio at all", &options()).unwrap();
    assert!(noise.fault.is_some() && noise.parts.is_empty() && !noise.is_complete());
    let mut text = options();
    text.target.base64 = true;
    assert_eq!(send(CALL, &text).unwrap().fault.unwrap().kind(), ErrorKind::InvalidArgument);
    assert_eq!(heard(&simulator).len(), 0);
}
