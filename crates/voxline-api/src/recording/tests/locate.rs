//! Asking where a recording is.

use serde_json::json;
use voxline_core::{Error, ErrorKind, Retry};

use super::world::World;
use super::*;
use crate::http::testing::{Scripted, answer, lost, refused};
use crate::http::{Method, Response, TransportError};

type Script = Vec<Result<Response, TransportError>>;

fn client(script: Script) -> (RecordingClient, Arc<Scripted>, SharedClock) {
    let (transport, clock) = (Arc::new(Scripted::new(script)), SharedClock::default());
    (builder(transport.clone(), &clock).build().unwrap(), transport, clock)
}

fn located(url: &str) -> Result<Response, TransportError> {
    let message = "返回录音下载地址成功";
    answer(
        200,
        &[],
        json!({"code": 200, "status": "success", "message": message, "data": {"voice_url": url}}).to_string(),
    )
}

fn vendor(code: i64, message: &str) -> Result<Response, TransportError> {
    answer(200, &[], json!({"code": code, "status": "error", "message": message, "data": []}).to_string())
}

fn failing(script: Script) -> (Error, usize) {
    let (client, transport, _) = client(script);
    (client.locate(&id()).unwrap_err(), transport.requests().len())
}

#[test]
fn the_request_is_that_of_the_vendors_page() {
    let (client, transport, _) = client(vec![located("h.example/v?key=a+b/==")]);
    let url = client.locate(&RecordingId::new("u/1", "t?", "r#1").with_sub_user("s 1")).unwrap();
    assert_eq!(url.expose(), "https://h.example/v?key=a+b/==");
    let sent = &transport.requests()[0];
    assert_eq!(sent.method, Method::Get);
    let expected =
        "https://api.example/prefix/agent-api/user/u%2F1/task/t%3F/record/r%231/download-full-voice?sub_user_id=s%201";
    assert_eq!(sent.url.expose(), expected);
    let headers: Vec<_> = sent.headers.iter().collect();
    assert_eq!(headers, [("Content-Type", "application/json"), ("Authorization", "Bearer token-canary")]);
    assert!(transport.limits()[0].total.as_secs() == 180);
}

#[test]
fn the_default_is_the_vendors_installation() {
    let client = RecordingClient::builder().token("t").build().unwrap();
    assert!(format!("{client:?}").contains("https://ai.api.longlonglong.cn/"), "{client:?}");
}

#[test]
fn the_vendors_errors_keep_code_and_message() {
    let cases = [
        (5002, "任务不存在", ErrorKind::NotFound),
        (1002, "【user】参数错误,未找到对应云节点", ErrorKind::NotFound),
        (5005, "该任务下的该通通话记录不存在", ErrorKind::NotFound),
        (4711, "别的", ErrorKind::Service),
        (401, "未登录", ErrorKind::Unauthenticated),
    ];
    for (code, message, kind) in cases {
        let (error, sent) = failing(vec![vendor(code, message)]);
        assert_eq!((error.kind(), error.retry(), sent), (kind, Retry::No, 1), "{error}");
        let fault = error.service().unwrap();
        assert_eq!((fault.service, fault.http_status), ("recording", Some(200)));
        assert_eq!((fault.code.as_deref(), fault.message.as_deref()), (Some(&*code.to_string()), Some(message)));
        assert!(fault.request_id.is_some() && error.to_string().contains(message), "{error}");
    }
}

#[test]
fn http_errors_are_typed() {
    let cases = [
        (401, ErrorKind::Unauthenticated),
        (403, ErrorKind::PermissionDenied),
        (404, ErrorKind::NotFound),
        (400, ErrorKind::Service),
        (204, ErrorKind::Service),
    ];
    for (status, kind) in cases {
        let (error, sent) = failing(vec![answer(status, &[], "<html>no</html>")]);
        assert_eq!((error.kind(), sent), (kind, 1), "{error}");
        assert_eq!(error.service().unwrap().http_status, Some(status));
    }
    // The code is closer to the cause than the status, and the message is kept with every status.
    let (error, _) = failing(vec![answer(403, &[], json!({"code": 5005, "message": "无", "data": []}).to_string())]);
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let (error, _) = failing(vec![answer(403, &[], json!({"code": 77, "message": "无权限", "data": []}).to_string())]);
    assert_eq!(
        (error.kind(), error.service().unwrap().message.as_deref()),
        (ErrorKind::PermissionDenied, Some("无权限"))
    );
}

#[test]
fn what_passes_is_tried_again() {
    let firsts: [fn() -> Result<Response, TransportError>; 8] = [
        refused,
        lost,
        || answer(429, &[], ""),
        || answer(500, &[], ""),
        || answer(502, &[], ""),
        || answer(503, &[], "busy"),
        || vendor(429, "太快"),
        || vendor(503, "忙"),
    ];
    for first in firsts {
        let shown = format!("{:?}", first());
        let (client, transport, clock) = client(vec![first(), first(), located("h/v")]);
        client.locate(&id()).unwrap_or_else(|e| panic!("{shown}: {e}"));
        assert_eq!((transport.requests().len(), clock.0.sleeps().len()), (3, 2), "{shown}");
    }
    let (error, sent) = failing((0..4).map(|_| answer(503, &[("Retry-After", "3")], "")).collect());
    assert_eq!((error.retry(), sent), (Retry::After(Duration::from_secs(3)), 4));
}

#[test]
fn a_success_without_a_usable_address_is_an_error_that_shows_nothing_of_it() {
    let secret = "u:canary@h/v?key=canary-canary";
    let answers = [
        located(""),
        located(secret),
        located("ftp://h/canary-canary"),
        answer(200, &[], json!({"code": 200, "data": []}).to_string()),
        answer(200, &[], json!({"data": {"voice_url": "h.example/v?key=canary-canary"}}).to_string()),
        answer(200, &[], "<html>h.example/v?key=canary-canary</html>"),
        answer(200, &[], ""),
    ];
    for given in answers {
        let (error, sent) = failing(vec![given]);
        assert_eq!((error.kind(), sent), (ErrorKind::Service, 1), "{error}");
        assert!(!format!("{error:?}{error}").contains("canary-canary"), "{error:?}");
    }
}

#[test]
fn redirects_stay_at_the_api_and_take_the_token_only_there() {
    let to = |location: &str| answer(302, &[("Location", location)], "");
    let (client, transport, _) = client(vec![to("/moved?x=1"), located("h/v")]);
    client.locate(&id()).unwrap();
    let second = &transport.requests()[1];
    assert_eq!(second.url.expose(), "https://api.example/moved?x=1");
    assert_eq!(second.headers.get("Authorization"), Some("Bearer token-canary"));
    for location in ["https://evil.example/", "//evil.example/", "http://api.example/", "https://api.example:8443/"] {
        let (error, sent) = failing(vec![to(location)]);
        assert_eq!((error.kind(), sent), (ErrorKind::Service, 1), "{location}");
        assert!(error.to_string().contains("not followed"), "{error}");
    }
    let (error, sent) = failing((0..6).map(|_| to("/again")).collect());
    assert_eq!((error.kind(), sent), (ErrorKind::Service, 6));
    assert!(error.to_string().contains("more than 5 redirects"), "{error}");
}

#[test]
fn what_cannot_be_is_not_sent() {
    let (client, transport, _) = client(vec![]);
    let bad = RecordingId::new("u", "..", "r");
    assert_eq!(client.locate(&bad).unwrap_err().kind(), ErrorKind::InvalidArgument);
    assert_eq!(client.open(&bad).unwrap_err().kind(), ErrorKind::InvalidArgument);
    let cancel = CancelToken::new();
    cancel.cancel();
    assert_eq!(client.locate_with(&id(), &cancel).unwrap_err().kind(), ErrorKind::Cancelled);
    assert!(transport.requests().is_empty());
}

#[test]
fn what_cannot_work_is_refused_at_the_start() {
    let build = |token: &str, url: &str| {
        RecordingClient::builder().token(token).base_url(url).build().map_err(|e| e.kind()).map(|_| ())
    };
    assert_eq!(build("t", "http://127.0.0.1:1/x"), Ok(()));
    for (token, url) in
        [("", BASE), ("Bearer t", BASE), ("t\n", BASE), ("t", "h"), ("t", "http://h?x"), ("t", "http://h#x")]
    {
        assert_eq!(build(token, url), Err(ErrorKind::InvalidArgument), "{token:?} {url}");
    }
}

#[test]
fn the_token_can_be_checked() {
    let cancel = CancelToken::new();
    let raw = json!({"code": 200, "status": "success", "data": {"name": "x"}}).to_string();
    let (client, transport, _) = client(vec![
        answer(200, &[], raw.clone()),
        answer(200, &[], "{\"expires\":1}"),
        vendor(401, "令牌无效"),
        answer(404, &[], ""),
        answer(200, &[], "<html>"),
    ]);
    assert_eq!(client.check_token(&cancel).unwrap().raw(), raw);
    assert!(client.check_token(&cancel).is_ok());
    for kind in [ErrorKind::Unauthenticated, ErrorKind::NotFound, ErrorKind::Service] {
        assert_eq!(client.check_token(&cancel).unwrap_err().kind(), kind);
    }
    assert_eq!(transport.requests()[0].url.expose(), "https://api.example/prefix/agent-api/token");
}

#[test]
fn clients_can_be_shared_and_streams_handed_to_another_thread() {
    fn shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    fn handed<T: std::io::Read + Send + 'static>(_: &T) {}
    let world = World::new(audio(10));
    let client = builder(world.clone(), &world.clock).build().unwrap();
    shared(&client);
    handed(&client.open(&id()).unwrap());
}
