//! What the recording service answers.

use serde_json::Value;

use super::status::RecordingStatus;

/// `{"code":…, "status":…, "message":…, "data":…}`: the frame of every answer.
pub(super) struct Envelope {
    pub(super) status: RecordingStatus,
    pub(super) message: Option<String>,
    /// An object when all is well, an empty array when not, and possibly anything else.
    pub(super) data: Value,
}

impl Envelope {
    /// `None` for what is no JSON object with a `code` that is a number (or one in quotes).
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        let Value::Object(mut object) = json(body)? else { return None };
        let status = RecordingStatus::from_code(integer(object.get("code")?)?);
        let message = ["message", "msg"].iter().find_map(|name| object.get(*name)?.as_str()).map(str::to_owned);
        let data = object.remove("data").unwrap_or_default();
        Some(Self { status, message, data })
    }

    /// The address in the answer to a request for one.
    pub(super) fn voice_url(&self) -> Option<&str> {
        voice_url(&self.data).or_else(|| self.data.as_array().and_then(|list| voice_url(list.first()?)))
    }
}

/// A body as JSON. A byte order mark does no harm, and neither does text in another encoding than UTF-8.
pub(super) fn json(body: &[u8]) -> Option<Value> {
    let text = String::from_utf8_lossy(body);
    serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()
}

fn integer(value: &Value) -> Option<i64> {
    // Some languages have one kind of number only, and write 200 as 200.0.
    let whole = |n: f64| (n.fract() == 0.0).then(|| format!("{n:.0}").parse().ok()).flatten();
    value.as_i64().or_else(|| value.as_f64().and_then(whole)).or_else(|| value.as_str()?.trim().parse().ok())
}

fn voice_url(value: &Value) -> Option<&str> {
    value.get("voice_url")?.as_str().map(str::trim).filter(|url| !url.is_empty())
}

/// Every address in an answer, whether it can be used or not: none of them may be shown.
pub(super) fn all_addresses(body: &[u8]) -> Vec<String> {
    fn collect(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Array(list) => list.iter().for_each(|value| collect(value, found)),
            Value::Object(object) => {
                found.extend(voice_url(value).map(str::to_owned));
                object.values().for_each(|value| collect(value, found));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    collect(&json(body).unwrap_or_default(), &mut found);
    found
}

/// Names under which the id of a recording may stand. The answer's shape was not found anywhere.
const ID_NAMES: [&str; 5] = ["record_id", "recordId", "recordID", "record", "id"];

/// For each of `ids` the address that surely belongs to it, wherever in the answer it stands: in an object that names
/// the id, or under the id as key. Two different addresses for one id are as good as none.
pub(super) fn addresses(answer: &Value, ids: &[&str]) -> Vec<Option<String>> {
    let mut found = vec![Found::Nothing; ids.len()];
    collect(answer, None, ids, &mut found);
    let url = |found| if let Found::One(url) = found { Some(url) } else { None };
    found.into_iter().map(url).collect()
}

#[derive(Clone)]
enum Found {
    Nothing,
    One(String),
    Contradiction,
}

/// `key` is the requested id under which `value` stands. The parser limits the depth.
fn collect(value: &Value, key: Option<usize>, ids: &[&str], found: &mut [Found]) {
    match value {
        Value::Array(list) => list.iter().for_each(|value| collect(value, key, ids, found)),
        Value::Object(object) => {
            let named = ID_NAMES.iter().find_map(|name| object.get(*name));
            // An object that names an id is about that one, requested or not.
            let own = named.map_or(key, |id| position(&text(id)?, ids));
            if let Some(url) = voice_url(value) {
                note(own, url, found);
            }
            for (name, value) in object {
                let under = position(name, ids);
                match value {
                    Value::String(url) if under.is_some() && looks_like_url(url) => note(under, url.trim(), found),
                    _ => collect(value, under.or(own), ids, found),
                }
            }
        }
        _ => {}
    }
}

fn note(own: Option<usize>, url: &str, found: &mut [Found]) {
    let Some(slot) = own.and_then(|i| found.get_mut(i)) else { return };
    *slot = match std::mem::replace(slot, Found::Contradiction) {
        Found::Nothing => Found::One(url.to_owned()),
        Found::One(known) if known == url => Found::One(known),
        _ => Found::Contradiction,
    };
}

fn position(id: &str, ids: &[&str]) -> Option<usize> {
    ids.iter().position(|wanted| *wanted == id)
}

fn text(id: &Value) -> Option<String> {
    id.as_str().map(str::to_owned).or_else(|| id.as_i64().map(|n| n.to_string()))
}

fn looks_like_url(text: &str) -> bool {
    text.contains('/') && !text.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_answers_of_the_vendors_page() {
        let success = r#"{"code": 200, "status": "success", "message": "返回录音下载地址成功",
            "data": {"voice_url": "hw.test-saas.our.top/api/agent-api/download-voice?key=N0dJ=="}}"#;
        let envelope = Envelope::parse(success.as_bytes()).unwrap();
        assert_eq!(envelope.status, RecordingStatus::Success);
        assert_eq!(envelope.voice_url(), Some("hw.test-saas.our.top/api/agent-api/download-voice?key=N0dJ=="));
        let cases = [
            (5002, RecordingStatus::TaskNotFound, "任务不存在"),
            (1002, RecordingStatus::UserNotFound, "【user】参数错误,未找到对应云节点"),
            (5005, RecordingStatus::RecordNotFound, "该任务下的该通通话记录不存在"),
        ];
        for (code, status, message) in cases {
            let body = format!(r#"{{"code": {code}, "status": "error", "message": "{message}", "data": []}}"#);
            let envelope = Envelope::parse(body.as_bytes()).unwrap();
            assert_eq!((envelope.status, envelope.message.as_deref()), (status, Some(message)));
            assert_eq!(envelope.voice_url(), None);
        }
    }

    #[test]
    fn other_shapes_are_taken_too() {
        let url = |json: Value| Envelope::parse(json.to_string().as_bytes()).unwrap().voice_url().map(str::to_owned);
        assert_eq!(url(json!({"code": "200", "data": {"voice_url": " h/v "}})).as_deref(), Some("h/v"));
        assert_eq!(
            url(json!({"code": 200, "new": 1, "data": [{"voice_url": "h/v", "x": {}}]})).as_deref(),
            Some("h/v")
        );
        for data in
            [json!([]), json!({}), json!(null), json!({"voice_url": ""}), json!({"voice_url": null}), json!("x")]
        {
            assert_eq!(url(json!({"code": 200, "data": data})), None);
        }
        let with_mark = "\u{feff}{\"code\":5005,\"msg\":\"x\"}";
        assert_eq!(Envelope::parse(with_mark.as_bytes()).unwrap().message.as_deref(), Some("x"));
        for (code, found) in [("200.0", 200), ("5.005e3", 5005), ("-1.0", -1), ("\" 5005 \"", 5005)] {
            let body = format!("{{\"code\":{code}}}");
            assert_eq!(Envelope::parse(body.as_bytes()).unwrap().status.code(), found, "{body}");
        }
        for body in [r#"{"code":200.5}"#, r#"{"code":1e300}"#, r#"{"code":true}"#] {
            assert!(Envelope::parse(body.as_bytes()).is_none(), "{body}");
        }
        for body in ["", "{", "[]", "{}", r#"{"code":"x"}"#, r#"{"code":null}"#, "<html>"] {
            assert!(Envelope::parse(body.as_bytes()).is_none(), "{body}");
        }
    }

    #[test]
    fn addresses_are_found_in_every_shape_that_names_the_id() {
        let expected = vec![Some("h/1?k=".to_owned()), Some("h/2".to_owned()), None];
        let shapes = [
            json!({"data": [{"record_id": "a", "voice_url": "h/1?k="}, {"record_id": "b", "voice_url": "h/2"}]}),
            json!({"data": [{"recordId": "b", "voice_url": "h/2"}, {"recordId": "a", "voice_url": "h/1?k="},
                {"recordId": "c", "voice_url": "", "message": "no"}]}),
            json!({"data": {"a": {"voice_url": "h/1?k="}, "b": {"voice_url": "h/2"}}}),
            json!({"data": {"a": "h/1?k=", "b": "h/2", "c": ""}}),
            json!({"data": {"list": [{"id": "a", "audio": {"voice_url": "h/1?k="}}, {"id": "b", "voice_url": "h/2"}]}}),
            json!([{"record": "a", "voice_url": "h/1?k="}, {"record": "b", "voice_url": "h/2"}, {"record": "z", "voice_url": "h/z"}]),
        ];
        for shape in shapes {
            assert_eq!(addresses(&shape, &["a", "b", "c"]), expected, "{shape}");
        }
        let numbers = json!({"data": [{"id": 7, "voice_url": "h/7"}]});
        assert_eq!(addresses(&numbers, &["7"]), [Some("h/7".to_owned())]);
    }

    #[test]
    fn an_address_whose_recording_is_not_clear_belongs_to_none() {
        let shapes = [
            json!({"data": [{"voice_url": "h/1"}, {"voice_url": "h/2"}]}),
            json!({"data": {"voice_url": "h/1"}}),
            json!({"data": [{"record_id": "a", "voice_url": "h/1"}, {"record_id": "a", "voice_url": "h/2"}]}),
            json!({"data": {"a": {"record_id": "z", "voice_url": "h/1"}}}),
            json!({"code": 1, "data": {"a": "not available"}}),
        ];
        for shape in shapes {
            assert_eq!(addresses(&shape, &["a"]), [None], "{shape}");
        }
    }
}
