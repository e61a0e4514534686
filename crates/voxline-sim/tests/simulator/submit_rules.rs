//! Submissions, rule by rule.

use crate::common::{exchange, start};
use crate::signing::{QUERY, SUBMIT, authorization, authorization_at, now_s, query, submission, submit};
use serde_json::{Value, json};
use voxline_core::Secret;
use voxline_sim::{DEMO_TRANSCRIPTION_APP_ID, DEMO_TRANSCRIPTION_APP_KEY, SimOptions, Verdict};

type Headers<'a> = Vec<(&'a str, &'a str)>;

/// The valid submission with some fields set; `"-"` removes a field.
fn with(changes: &Value) -> Value {
    let mut fields = submission("id");
    for (name, value) in changes.as_object().unwrap() {
        if value == "-" {
            fields.as_object_mut().unwrap().remove(name);
        } else {
            fields[name] = value.clone();
        }
    }
    fields
}

#[test]
fn the_pages_request_gets_the_pages_answer() {
    let simulator = start(SimOptions::default());
    // The page's example with a time that is not long ago and a receiver that can be reached from here.
    let fields = json!({
        "req_id": "test001",
        "timestamp": now_s(),
        "file_link": "https://gw.alipayobjects.com/os/bmw-prod/0574ee2e-f494-45a5-820f-63aee583045a.wav",
        "enable_callback": true,
        "callback_url": "http://127.0.0.1:9/callback",
    });
    let answer = submit(&simulator, &fields).json();
    let request_id = answer["requestId"].as_str().unwrap();
    assert!(!request_id.is_empty());
    assert_eq!(answer, json!({ "code": "10000", "msg": "调用成功", "requestId": request_id }));
    assert_eq!(simulator.log().requests[0].ids, ["test001"]);
}

#[test]
fn every_optional_field_is_accepted() {
    let simulator = start(SimOptions::default());
    for changes in [
        json!({}),
        json!({ "business_data": "" }),
        json!({ "business_data": "订单 7", "callback_url": "http://example.com/unused-when-pulling" }),
        json!({ "return_mode": 0, "callback_url": "http://localhost:9" }),
        json!({ "return_mode": "-", "callback_url": "http://[::1]:9/a?b=c" }),
        json!({ "timestamp": now_s() - 590 }),
        json!({ "timestamp": now_s() + 590 }),
        json!({ "file_link": "http://10.0.0.1:8080/a.mp3?sig=%2B" }),
    ] {
        let mut fields = with(&changes);
        fields["req_id"] = changes.to_string().into();
        let answer = submit(&simulator, &fields).json();
        assert_eq!(answer["code"], "10000", "{changes}: {answer}");
    }
}

#[test]
fn fields_that_break_a_rule_are_refused_by_name() {
    let simulator = start(SimOptions::default());
    let ms = now_s() * 1_000;
    let cases = [
        (json!({ "timestamp": "-" }), "10301", "timestamp is missing"),
        (json!({ "timestamp": now_s().to_string() }), "10304", "timestamp must be an integer, found a string"),
        (json!({ "timestamp": 1.5 }), "10304", "timestamp must be an integer, found 1.5"),
        (json!({ "timestamp": ms }), "10304", "timestamp is in milliseconds; seconds are needed"),
        (json!({ "timestamp": now_s() - 620 }), "10304", "lies more than 600 s from the server's clock"),
        (json!({ "timestamp": now_s() + 620 }), "10304", "lies more than 600 s from the server's clock"),
        (json!({ "timestamp": -5 }), "10304", "timestamp is negative"),
        (json!({ "file_link": "-" }), "10301", "file_link is missing"),
        (json!({ "file_link": "" }), "10301", "file_link is missing"),
        (json!({ "file_link": 5 }), "10304", "file_link must be a string, found a number"),
        (json!({ "file_link": "/tmp/a.wav" }), "10304", "file_link: not an http or https address"),
        (json!({ "file_link": "ftp://a/b" }), "10304", "file_link: not an http or https address"),
        (json!({ "file_link": "https://" }), "10304", "file_link: no host"),
        (json!({ "file_link": "https://a/b c" }), "10304", "file_link: a space"),
        (json!({ "req_id": "-" }), "10301", "req_id is missing"),
        (json!({ "req_id": "" }), "10301", "req_id is missing"),
        (json!({ "req_id": 7 }), "10304", "req_id must be a string"),
        (json!({ "req_id": "x".repeat(257) }), "10304", "req_id is longer than 256"),
        (json!({ "enable_callback": "-" }), "10301", "enable_callback is missing"),
        (json!({ "enable_callback": false }), "10304", "enable_callback must be true"),
        (json!({ "enable_callback": "true" }), "10304", "enable_callback must be a boolean, found a string"),
        (json!({ "enable_callback": 1 }), "10304", "enable_callback must be a boolean, found a number"),
        (json!({ "business_data": { "a": 1 } }), "10304", "business_data must be a string, found an object"),
        (json!({ "business_data": null }), "10304", "business_data must be a string, found null"),
        (json!({ "return_mode": "1" }), "10304", "return_mode must be an integer, found a string"),
        (json!({ "return_mode": true }), "10304", "return_mode must be an integer, found a boolean"),
        (json!({ "return_mode": 2 }), "10304", "return_mode: 2 is neither 0 nor 1"),
        (json!({ "return_mode": 0 }), "10301", "callback_url, which push mode needs, is missing"),
        (json!({ "return_mode": "-" }), "10301", "callback_url, which push mode needs, is missing"),
        (json!({ "callback_url": 5 }), "10304", "callback_url must be a string"),
        (json!({ "callback_url": "http://{ip}/{port}:x y" }), "10304", "callback_url: a space"),
        (json!({ "return_mode": 0, "callback_url": "http://example.com/" }), "10304", "loopback only"),
        (json!({ "return_mode": 0, "callback_url": "https://127.0.0.1:9/" }), "10304", "loopback only"),
        (json!({ "reqId": "x" }), "10304", "reqId is not a field"),
    ];
    for (changes, code, part) in cases {
        let response = submit(&simulator, &with(&changes));
        let answer = response.json();
        assert_eq!((response.status, &answer["code"]), (200, &json!(code)), "{changes}: {answer}");
        let message = answer["msg"].as_str().unwrap();
        assert!(message.contains(part), "{message:?} {part:?}");
        assert!(answer.get("requestId").is_none());
    }
    for body in ["", "[]", "req_id=x", "{\"req_id\":\"a\",\"req_id\":\"b\"}"] {
        let auth = authorization("POST", SUBMIT, "");
        let headers =
            [("Content-Type", "application/json"), ("X-APP-ID", DEMO_TRANSCRIPTION_APP_ID), ("Authorization", &*auth)];
        assert_eq!(exchange(&simulator, "POST", SUBMIT, &headers, body.as_bytes()).json()["code"], "10304", "{body}");
    }
    assert_eq!(simulator.log().paid_submissions, 0);
}

#[test]
fn heads_that_break_a_rule_are_refused_by_name() {
    let simulator = start(SimOptions::default());
    let good = authorization("POST", SUBMIT, "");
    let app = ("X-APP-ID", DEMO_TRANSCRIPTION_APP_ID);
    let kind = ("Content-Type", "application/json");
    let spoiled = |from: &str, to: &str| good.replacen(from, to, 1);
    let with_bearer = spoiled("teleai", "Bearer teleai");
    let elsewhere = spoiled("/QG/", "/SH/");
    let longer = spoiled("/1800/", "/3600/");
    let foreign = spoiled(DEMO_TRANSCRIPTION_APP_ID, "other");
    let for_get = authorization("GET", SUBMIT, "");
    let for_query = authorization("POST", QUERY, "");
    let (early, late) = (authorization_at(now_s() - 1_810, "POST", SUBMIT, ""), now_s() + 610);
    let late = authorization_at(late, "POST", SUBMIT, "");
    let cases: [(Headers<'_>, u16, &str); 15] = [
        (vec![app, ("Authorization", &good)], 200, "Content-Type must be exactly \"application/json\", found none"),
        (vec![app, ("Authorization", &good), ("Content-Type", "application/json;charset=UTF-8")], 200, "Content-Type"),
        (vec![kind, ("Authorization", &good)], 401, "X-APP-ID is missing"),
        (vec![kind, ("X-APP-ID", "other"), ("Authorization", &good)], 401, "X-APP-ID is not known"),
        (vec![kind, app, app, ("Authorization", &good)], 401, "x-app-id stands more than once"),
        (vec![kind, app], 401, "Authorization is missing"),
        (vec![kind, app, ("Authorization", &with_bearer)], 401, "does not begin with"),
        (vec![kind, app, ("Authorization", &elsewhere)], 401, "the signature is wrong"),
        (vec![kind, app, ("Authorization", &longer)], 401, "the signature is wrong"),
        (vec![kind, app, ("Authorization", &foreign)], 401, "the AppID in"),
        (vec![kind, app, ("Authorization", &for_get)], 401, "the signature is wrong"),
        (vec![kind, app, ("Authorization", &for_query)], 401, "the signature is wrong"),
        (vec![kind, app, ("Authorization", &early)], 401, "the signature has expired"),
        (vec![kind, app, ("Authorization", &late)], 401, "the signature is from the future"),
        (vec![kind, app, ("Authorization", &good), ("Device-Uuid", "a"), ("Device-Uuid", "b")], 401, "device-uuid"),
    ];
    let body = submission("a").to_string();
    for (headers, status, part) in cases {
        let response = exchange(&simulator, "POST", SUBMIT, &headers, body.as_bytes());
        let message = response.json()["msg"].as_str().unwrap().to_owned();
        assert_eq!((response.status, message.contains(part)), (status, true), "{part}: {message}");
    }
    assert_eq!(simulator.log().paid_submissions, 0);
    let fine = [kind, app, ("Authorization", good.as_str()), ("Device-Uuid", "a")];
    assert_eq!(exchange(&simulator, "POST", SUBMIT, &fine, body.as_bytes()).json()["code"], "10000");
    let with_query = exchange(&simulator, "POST", &format!("{SUBMIT}?a=b"), &fine, body.as_bytes());
    assert_eq!(with_query.status, 401);
}

#[test]
fn queries_are_signed_with_their_query() {
    let simulator = start(SimOptions::default());
    let app = ("X-APP-ID", DEMO_TRANSCRIPTION_APP_ID);
    let kind = ("Content-Type", "application/json");
    for (target, signed, status, code, part) in [
        ("?requestId=a", "requestId=a", 200, "992008", "无法获取该信息"),
        ("?requestId=a%2fb", "requestId=a%2Fb", 200, "992008", "无法获取该信息"),
        ("?requestId=a", "requestId=b", 401, "401", "the signature is wrong"),
        ("?requestId=a", "", 401, "401", "the signature is wrong"),
        ("", "", 200, "10301", "requestId is missing"),
        ("?requestId=", "requestId=", 200, "10301", "requestId is missing"),
        ("?request_id=a", "request_id=a", 200, "10304", "request_id is not a parameter"),
        ("?requestId=a&b=c", "b=c&requestId=a", 200, "10304", "only parameter"),
        ("?requestId=%zz", "requestId=%zz", 401, "401", "broken percent-escape"),
    ] {
        let auth = authorization("GET", QUERY, signed);
        let headers = [kind, app, ("Authorization", auth.as_str())];
        let response = exchange(&simulator, "GET", &format!("{QUERY}{target}"), &headers, b"");
        let answer = response.json();
        assert_eq!((response.status, &answer["code"]), (status, &json!(code)), "{target} {signed}: {answer}");
        assert!(answer["message"].as_str().unwrap().contains(part), "{answer}");
    }
}

#[test]
fn a_clock_that_is_off_is_told_so() {
    let with_offset = |offset_s| {
        let mut options = SimOptions::default();
        options.transcription.clock_offset_s = offset_s;
        start(options)
    };
    let ahead = submit(&with_offset(700), &submission("a"));
    assert!(ahead.json()["msg"].as_str().unwrap().contains("more than 600 s from the server's clock"));
    let behind = submit(&with_offset(-700), &submission("a"));
    assert_eq!(behind.status, 401);
    assert!(behind.json()["msg"].as_str().unwrap().contains("from the future"));
    assert_eq!(submit(&with_offset(590), &submission("a")).json()["code"], "10000");
}

#[test]
fn settings_replace_the_guesses() {
    let mut options = SimOptions::default();
    options.refuse_unknown_fields = false;
    options.transcription.region = Some("SH".to_owned());
    options.transcription.ready_authorizations = vec![Secret::new("ready-made-value")];
    let simulator = start(options);
    let refused = submit(&simulator, &submission("a")).json();
    assert_eq!(refused["msg"], "the region \"QG\" is not known");
    let headers = [("Content-Type", "application/json"), ("Authorization", "ready-made-value")];
    let body = with(&json!({ "extra": 1 })).to_string();
    assert_eq!(exchange(&simulator, "POST", SUBMIT, &headers, body.as_bytes()).json()["code"], "10000");
    assert!(simulator.leaks().is_empty());
    exchange(&simulator, "GET", "/agent-api/token", &headers, b"");
    assert_eq!(simulator.leaks().len(), 1);
}

#[test]
fn the_app_key_itself_is_a_leak_anywhere() {
    let simulator = start(SimOptions::default());
    let mut fields = submission("a");
    fields["business_data"] = DEMO_TRANSCRIPTION_APP_KEY.into();
    submit(&simulator, &fields);
    let headers = [("Authorization", DEMO_TRANSCRIPTION_APP_KEY)];
    exchange(&simulator, "GET", QUERY, &headers, b"");
    query(&simulator, DEMO_TRANSCRIPTION_APP_KEY);
    let places: Vec<_> = simulator.leaks().into_iter().map(|leak| leak.place).collect();
    assert_eq!(places, ["body", "header authorization", "query"]);
    let log = simulator.log();
    assert!(matches!(&log.requests[1].verdict, Verdict::Refused { status: 10304, .. }), "{:?}", log.requests[1]);
    assert_eq!(log.requests[2].ids, ["[hidden: it holds a token]"]);
}
