//! The recording service, rule by rule.

use crate::common::{exchange, get, start};
use crate::recording::{ask, batch_target, bearer, demo_url, locate_target};
use serde_json::{Value, json};
use voxline_sim::{
    BatchMissing, BatchShape, DEMO_MP3_RECORD_ID, DEMO_RECORD_ID, DEMO_TASK_ID, DEMO_TOKEN, DEMO_USER_ID, SimOptions,
    Verdict,
};

type Headers<'a> = &'a [(&'a str, &'a str)];

#[test]
fn the_pages_request_gets_the_pages_answer() {
    let simulator = start(SimOptions::default());
    // The address is the one of the page's examples, letter by letter.
    let target = "/agent-api/user/4d99d91c-f5d9-49da-88da-758977cc58a9/task/287e19c4-1966-49d6-8f02-b53ef11c0a55\
                  /record/50971322-2e84-4701-836c-fd1181306885/download-full-voice";
    let response = ask(&simulator, target);
    let answer = response.json();
    let url = answer["data"]["voice_url"].as_str().unwrap();
    let expected = json!({ "code": 200, "status": "success", "message": "返回录音下载地址成功",
        "data": { "voice_url": url } });
    assert_eq!((response.status, &answer), (200, &expected));
    let host = simulator.download_base_url();
    let host = host.strip_prefix("http://").unwrap();
    assert_ne!(format!("http://{host}"), simulator.base_url());
    let key = url.strip_prefix(&format!("{host}/api/agent-api/download-voice?key=")).unwrap();
    assert!(key.contains('+') && key.contains('/') && key.ends_with('='), "{key}");
    assert_ne!(url, demo_url(&simulator));
    assert!(simulator.leaks().is_empty());
}

#[test]
fn errors_are_the_pages_and_come_with_http_200() {
    let simulator = start(SimOptions::default());
    let good = locate_target(DEMO_RECORD_ID);
    for (target, code, message) in [
        (good.replace(DEMO_TASK_ID, "other"), 5002, "任务不存在"),
        (good.replace(DEMO_USER_ID, "other"), 1002, "【user】参数错误,未找到对应云节点"),
        (good.replace(DEMO_RECORD_ID, "other"), 5005, "该任务下的该通通话记录不存在"),
        (good.replace(DEMO_RECORD_ID, "a%2F..%2Fb"), 5005, "该任务下的该通通话记录不存在"),
        (good.replace(&format!("/user/{DEMO_USER_ID}"), ""), 1002, "【user】参数错误,未找到对应云节点"),
    ] {
        let response = ask(&simulator, &target);
        let expected = json!({ "code": code, "status": "error", "message": message, "data": [] });
        assert_eq!((response.status, response.json()), (200, expected), "{target}");
    }
    // An escaped slash stays within its segment: what was asked for is the whole id.
    assert_eq!(simulator.log().requests[3].ids, ["a/../b"]);
}

#[test]
fn heads_and_queries_that_break_a_rule_are_refused_by_name() {
    let simulator = start(SimOptions::default());
    let target = locate_target(DEMO_RECORD_ID);
    let token = bearer();
    let (auth, json) = (("Authorization", token.as_str()), ("Content-Type", "application/json"));
    let long = format!("{token}x");
    let cases: [(&str, Headers<'_>, u16, i32, &str); 16] = [
        ("", &[json], 401, 401, "Authorization is missing"),
        ("", &[auth, auth, json], 401, 401, "more than once"),
        ("", &[("Authorization", &token["Bearer ".len()..]), json], 401, 401, "not \"Bearer TOKEN\""),
        ("", &[("Authorization", &token.replace("Bearer", "bearer")), json], 401, 401, "not \"Bearer TOKEN\""),
        ("", &[("Authorization", &long), json], 401, 401, "the token is not known"),
        ("", &[("Authorization", "Bearer "), json], 401, 401, "Authorization"),
        ("", &[auth], 200, 400, "Content-Type must be exactly \"application/json\", found none"),
        ("", &[auth, json, json], 200, 400, "found 2 of them"),
        ("", &[auth, ("Content-Type", "application/json;charset=UTF-8")], 200, 400, "found \"application/json;c"),
        ("?sub_user_id=", &[auth, json], 200, 400, "sub_user_id is empty"),
        ("?sub_user_id=a&sub_user_id=b", &[auth, json], 200, 400, "sub_user_id stands more than once"),
        ("?sub_user_id=%zz", &[auth, json], 200, 400, "broken percent-escape in the query"),
        ("?sub_user=a", &[auth, json], 200, 400, "sub_user is not a parameter"),
        ("?", &[auth, json], 200, 400, "not a parameter"),
        ("?recordIds[]=a", &[auth, json], 200, 400, "recordIds[] is not a parameter"),
        ("?sub_user_id=a&b", &[auth, json], 200, 400, "b is not a parameter"),
    ];
    for (query, headers, status, code, part) in cases {
        let response = exchange(&simulator, "GET", &format!("{target}{query}"), headers, b"");
        let answer = response.json();
        assert_eq!((response.status, &answer["code"]), (status, &json!(code)), "{part}: {answer}");
        assert_eq!((&answer["status"], &answer["data"]), (&json!("error"), &json!([])));
        let message = answer["message"].as_str().unwrap();
        assert!(message.contains(part), "{message:?} {part:?}");
        let seen = simulator.log().requests.pop().unwrap();
        assert!(matches!(seen.verdict, Verdict::Refused { status, .. } if status == code), "{seen:?}");
    }
    assert_eq!(ask(&simulator, &format!("{target}?sub_user_id=a%20b")).json()["code"], 200);
    assert_eq!(ask(&simulator, &target.replace("record/", "record/%zz")).json()["code"], 400);
}

#[test]
fn sub_users_are_any_or_those_that_are_listed() {
    let mut options = SimOptions::default();
    options.recording.sub_user_ids = Some(vec!["a/b".to_owned()]);
    let simulator = start(options);
    let code =
        |query: &str| ask(&simulator, &format!("{}{query}", locate_target(DEMO_RECORD_ID))).json()["code"].clone();
    assert_eq!([code(""), code("?sub_user_id=a%2Fb"), code("?sub_user_id=c")], [200, 200, 1002]);
}

#[test]
fn the_token_can_be_checked() {
    let simulator = start(SimOptions::default());
    assert_eq!(ask(&simulator, "/agent-api/token").json()["code"], 200);
    assert_eq!(get(&simulator, "/agent-api/token").status, 401);
    // A chat token is none of this service, and its being here is a leak.
    let headers = [("Authorization", &*format!("Bearer {DEMO_TOKEN}")), ("Content-Type", "application/json")];
    assert_eq!(exchange(&simulator, "GET", "/agent-api/token", &headers, b"").status, 401);
    assert_eq!(simulator.leaks()[0].place, "header authorization");
}

/// Both known records and one that is not.
fn three() -> Vec<String> {
    [DEMO_RECORD_ID, "missing", DEMO_MP3_RECORD_ID].map(str::to_owned).to_vec()
}

#[test]
fn a_batch_has_at_most_thirty_ids() {
    let simulator = start(SimOptions::default());
    let ids = |count| vec![DEMO_RECORD_ID.to_owned(); count];
    let answer = ask(&simulator, &batch_target(&ids(30))).json();
    assert_eq!((&answer["code"], answer["data"].as_array().unwrap().len()), (&json!(200), 30));
    let refused = ask(&simulator, &batch_target(&ids(31))).json();
    assert_eq!(
        (&refused["code"], &refused["message"]),
        (&json!(400), &json!("31 recordIds[]; at most 30 are allowed"))
    );
    let plain = batch_target(&[]);
    let base = plain.split('?').next().unwrap();
    for (query, part) in [
        ("", "recordIds[] is missing"),
        ("?recordIds[]=", "an empty recordIds[]"),
        ("?recordIds=a", "recordIds is not a parameter"),
        ("?recordIds[0]=a", "recordIds[0] is not a parameter"),
    ] {
        let answer = ask(&simulator, &format!("{base}{query}")).json();
        assert_eq!(
            (&answer["code"], answer["message"].as_str().unwrap().contains(part)),
            (&json!(400), true),
            "{answer}"
        );
    }
    let escaped = format!("{base}?recordIds%5B%5D={DEMO_RECORD_ID}&sub_user_id=s");
    assert_eq!(ask(&simulator, &escaped).json()["data"][0]["record_id"], DEMO_RECORD_ID);
}

#[test]
fn batches_have_the_shape_that_is_set() {
    let with = |shape, missing| -> Value {
        let mut options = SimOptions::default();
        (options.recording.batch_shape, options.recording.batch_missing) = (shape, missing);
        ask(&start(options), &batch_target(&three())).json()
    };
    let is_url = |value: &Value| value.as_str().unwrap().contains("/download-voice?key=");

    let answer = with(BatchShape::Objects, BatchMissing::LeftOut);
    let list = answer["data"].as_array().unwrap();
    let ids: Vec<_> = list.iter().map(|entry| entry["record_id"].as_str().unwrap()).collect();
    assert_eq!(ids, [DEMO_RECORD_ID, DEMO_MP3_RECORD_ID]);
    assert!(list.iter().all(|entry| is_url(&entry["voice_url"])));

    let answer = with(BatchShape::Map, BatchMissing::Named);
    assert!(is_url(&answer["data"][DEMO_MP3_RECORD_ID]["voice_url"]));
    assert_eq!(answer["data"]["missing"]["code"], 5005);
    assert!(answer["data"]["missing"].get("voice_url").is_none());

    let answer = with(BatchShape::MapOfUrls, BatchMissing::Named);
    assert!(is_url(&answer["data"][DEMO_RECORD_ID]));
    assert_eq!(answer["data"]["missing"], Value::Null);
    assert_eq!(answer["data"].as_object().unwrap().len(), 3);

    let answer = with(BatchShape::Map, BatchMissing::AllFail);
    assert_eq!((&answer["code"], &answer["data"]), (&json!(5005), &json!([])));
}
