//! Jobs: their stages, their results, their bills.

use crate::common::{Response, send, start, start_with_faults};
use crate::signing::{accepted, query, submission, submit, submit_bytes};
use serde_json::{Value, json};
use voxline_sim::{
    DataShape, RepeatedReqId, ScriptedTranscript, SimOptions, Simulator, TranscriptionOptions, Verdict, transcript_text,
};

fn start_with(change: impl FnOnce(&mut TranscriptionOptions)) -> Simulator {
    let mut options = SimOptions::default();
    change(&mut options.transcription);
    start(options)
}

/// The codes of queries in a row, `+` for those with data.
fn codes(simulator: &Simulator, request_id: &str, count: usize) -> Vec<String> {
    let code = |answer: Value| {
        let data = if answer.get("data").is_some() { "+" } else { "" };
        format!("{}{data}", answer["code"].as_str().unwrap())
    };
    (0..count).map(|_| code(query(simulator, request_id).json())).collect()
}

#[test]
fn a_job_is_pending_and_then_done() {
    let simulator = start(SimOptions::default());
    let mut fields = submission("r-1");
    fields["business_data"] = "订单 7".into();
    let id = accepted(&simulator, &fields);
    assert_eq!(codes(&simulator, &id, 3), ["990003", "990003", "10000+"]);
    let answer = query(&simulator, &id).json();
    assert_eq!((&answer["flag"], &answer["requestId"], &answer["req_id"]), (&json!(1), &json!(id), &json!("r-1")));
    assert_eq!(answer["business_data"], "订单 7");
    assert_eq!(answer["data"]["text"], transcript_text(fields["file_link"].as_str().unwrap()));
    assert_eq!(answer["data"]["sentences"][1]["channel"], 1);
    let job = &simulator.log().jobs[0];
    assert_eq!((job.polls, job.results_given, job.done, job.push), (4, 2, true, false));
}

#[test]
fn the_stages_are_as_they_are_set() {
    let simulator = start_with(|o| (o.unavailable_polls, o.pending_polls, o.empty_success_polls) = (2, 3, 1));
    let id = accepted(&simulator, &submission("a"));
    assert_eq!(codes(&simulator, &id, 6), ["992008", "992008", "10000", "990003", "990003", "10000+"]);

    let simulator = start_with(|o| o.pending_polls = 0);
    let id = accepted(&simulator, &submission("a"));
    assert_eq!(codes(&simulator, &id, 1), ["10000+"]);

    let simulator = start_with(|o| (o.pending_polls, o.pending_ms) = (0, 3_600_000));
    let id = accepted(&simulator, &submission("a"));
    assert_eq!(codes(&simulator, &id, 2), ["990003", "990003"]);
    assert_eq!(codes(&simulator, "never-given-out", 1), ["992008"]);
}

#[test]
fn results_have_the_shape_and_the_text_that_is_set() {
    let link = "https://example.com/a.wav?sig=secret";
    let with = |shape, script: ScriptedTranscript| {
        let simulator = start_with(|o| (o.pending_polls, o.data_shape) = (0, shape));
        simulator.set_transcript(link, script);
        let mut fields = submission("a");
        fields["file_link"] = link.into();
        let answer = query(&simulator, &accepted(&simulator, &fields)).json();
        // A signed link does not get into the log.
        assert_eq!(simulator.log().jobs[0].file_link, "https://example.com/a.wav");
        answer
    };
    let text = || ScriptedTranscript::Text("你好".to_owned());
    assert_eq!(with(DataShape::Object, text())["data"]["text"], "你好");
    let inner: Value = serde_json::from_str(with(DataShape::JsonString, text())["data"].as_str().unwrap()).unwrap();
    assert_eq!((&inner["text"], &inner["sentences"][0]["end_ms"]), (&json!("你好"), &json!(400)));
    let raw = with(DataShape::Object, ScriptedTranscript::Data("{\"unheard\":[1]}".to_owned()));
    assert_eq!(raw["data"], json!({ "unheard": [1] }));
    let failed = ScriptedTranscript::Failed { code: 10903, message: "服务执行失败".to_owned() };
    let failed = with(DataShape::Object, failed);
    assert_eq!((&failed["code"], &failed["message"]), (&json!("10903"), &json!("服务执行失败")));
}

#[test]
fn a_repeated_req_id_is_recorded_and_paid_twice_or_refused() {
    let simulator = start(SimOptions::default());
    let ids = [(); 3].map(|()| accepted(&simulator, &submission("same")));
    assert!(ids[0] != ids[1] && ids[1] != ids[2]);
    accepted(&simulator, &submission("other"));
    let log = simulator.log();
    assert_eq!((log.paid_submissions, log.double_submissions.len()), (4, 1));
    let double = &log.double_submissions[0];
    assert_eq!((double.req_id.as_str(), double.repeated, double.paid_again), ("same", 2, 2));

    let simulator = start_with(|o| o.repeated_req_id = RepeatedReqId::Refused);
    accepted(&simulator, &submission("same"));
    assert_eq!(submit(&simulator, &submission("same")).json()["code"], "10304");
    let log = simulator.log();
    assert_eq!((log.paid_submissions, log.double_submissions[0].repeated), (1, 1));
    assert_eq!(log.double_submissions[0].paid_again, 0);
}

#[test]
fn a_lost_answer_is_paid_for_and_a_refusal_is_not() {
    for (fault, paid) in [
        ("drop", 1),
        ("reset", 1),
        ("truncate", 1),
        ("garbage", 1),
        ("html", 1),
        ("http=500", 1),
        ("http=502", 1),
        ("http=504", 1),
        ("http=302", 1),
        ("slow=3/0", 1),
        ("wrongtype", 1),
        ("extra", 1),
        ("http=503", 0),
        ("http=429", 0),
        ("http=400", 0),
        ("status=10302", 0),
        ("status=10503", 0),
        ("expire", 0),
    ] {
        let simulator = start_with_faults(&format!("submit:{fault}"));
        send(&simulator, &submit_bytes(&submission("a")));
        let log = simulator.log();
        assert_eq!((log.paid_submissions, log.jobs.len()), (paid, log.paid_submissions as usize), "{fault}");
        accepted(&simulator, &submission("a"));
        assert_eq!(simulator.log().double_submissions.len() as u64, paid, "{fault}");
    }
}

#[test]
fn a_refused_submission_may_be_repeated() {
    let simulator = start(SimOptions::default());
    let mut bad = submission("a");
    bad["enable_callback"] = false.into();
    submit(&simulator, &bad);
    accepted(&simulator, &submission("a"));
    assert!(simulator.log().double_submissions.is_empty());
    assert!(matches!(simulator.log().requests[0].verdict, Verdict::Refused { status: 10304, .. }));
}

#[test]
fn too_many_open_jobs_are_turned_away_until_one_is_done() {
    let simulator = start_with(|o| (o.max_open_jobs, o.pending_polls) = (Some(1), 0));
    let first = accepted(&simulator, &submission("a"));
    assert_eq!(submit(&simulator, &submission("b")).json()["code"], "10302");
    assert_eq!(codes(&simulator, &first, 1), ["10000+"]);
    accepted(&simulator, &submission("b"));
    assert_eq!(simulator.log().paid_submissions, 2);
}

#[test]
fn a_result_that_was_cut_off_does_not_count_as_given() {
    let mut options = SimOptions::default();
    options.transcription.pending_polls = 0;
    options.faults = voxline_sim::FaultPlan::parse("query:truncate,query:status=10503,query:extra").unwrap();
    let simulator = start(options);
    let id = accepted(&simulator, &submission("a"));
    let query_bytes = || {
        let auth = crate::signing::authorization("GET", crate::signing::QUERY, &format!("requestId={id}"));
        let headers = [
            ("Content-Type", "application/json"),
            ("X-APP-ID", voxline_sim::DEMO_TRANSCRIPTION_APP_ID),
            ("Authorization", auth.as_str()),
        ];
        let target = format!("{}?requestId={id}", crate::signing::QUERY);
        crate::common::request("GET", &target, &headers, b"")
    };
    let cut = Response::parse(&send(&simulator, &query_bytes()).0);
    assert!(serde_json::from_slice::<Value>(&cut.body).is_err());
    assert_eq!(query(&simulator, &id).json()["code"], "10503");
    assert_eq!(simulator.log().jobs[0].results_given, 0);
    let extra = query(&simulator, &id).json();
    assert!(extra["simUnknown"].is_object() && extra["data"]["simUnknown"].is_object());
    assert_eq!(simulator.log().jobs[0].results_given, 1);
}
