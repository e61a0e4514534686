//! Looking for sentences in JSON whose schema nobody published.

use std::collections::VecDeque;

use serde_json::{Map, Value};

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sentence {
    /// What.
    pub text: String,
    /// From when, in ms from the beginning of the recording, if it is said.
    pub start_ms: Option<u64>,
    /// Until when, in ms.
    pub end_ms: Option<u64>,
    /// On which channel of the recording, counted as the service counts.
    pub channel: Option<u32>,
}

/// Names under which services put these things, in lower case and without `_` and `-`.
const TEXT: &[&str] = &[
    "text",
    "sentence",
    "content",
    "transcript",
    "transcription",
    "onebest",
    "sentencetext",
    "resulttext",
    "asrtext",
    "result",
];
const START: &[&str] = &["start", "starttime", "startms", "starttimems", "begin", "begintime", "beginms", "bg"];
const END: &[&str] = &["end", "endtime", "endms", "endtimems", "stop", "stoptime", "ed"];
const CHANNEL: &[&str] = &["channel", "channelid", "channelno", "channelnum", "channelindex", "chn", "track"];

/// More values than this are not looked through: a tree of them takes some hundred bytes each. It is enough for days
/// of speech with a time at every word.
const MAX_VALUES: usize = 1_000_000;
/// How often JSON may stand as a string within JSON.
const MAX_STRING_LEVELS: u8 = 2;

/// What was found: the text as a whole, if it stands somewhere, and the sentences.
pub(super) fn find(payload: &str) -> (Option<String>, Vec<Sentence>) {
    let Some(value) = bounded(payload) else { return (None, Vec::new()) };
    if let Value::String(text) = &value {
        // The payload itself is a string: JSON once more, or the text.
        return if looks_like_json(text) { find(text) } else { (Some(text.clone()), Vec::new()) };
    }
    let mut found = Vec::new();
    collect(&value, Place { in_list: false, channel: None, strings: MAX_STRING_LEVELS }, &mut found);
    // Whole numbers are milliseconds, as with every service that writes whole numbers; one with a decimal point
    // means that all are seconds.
    let seconds = found.iter().flat_map(|raw| [raw.start, raw.end]).flatten().any(|time| time.decimal);
    let sentences = found.into_iter().map(|raw| raw.finish(seconds)).collect();
    (whole_text(&value), sentences)
}

/// A tree, if it is neither too deep (128 levels, serde_json's own limit) nor too large.
fn bounded(text: &str) -> Option<Value> {
    let values = text.bytes().filter(|b| matches!(b, b',' | b':' | b'[' | b'{')).take(MAX_VALUES + 1).count();
    if values > MAX_VALUES { None } else { serde_json::from_str(text).ok() }
}

fn looks_like_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

#[derive(Clone, Copy)]
struct Place {
    in_list: bool,
    channel: Option<u32>,
    strings: u8,
}

fn collect(value: &Value, place: Place, out: &mut Vec<Raw>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, Place { in_list: true, ..place }, out)),
        Value::Object(object) => {
            let own = Raw::of(object, place.channel);
            let timed = own.start.is_some() || own.end.is_some();
            // A sentence of a list; what it holds are its words.
            if timed && place.in_list && !own.text.is_empty() {
                out.push(own);
                return;
            }
            // Otherwise the parts go before the whole: a channel may have a text and the list of its sentences.
            let before = out.len();
            let place_within = Place { in_list: false, channel: own.channel, ..place };
            object.values().for_each(|child| collect(child, place_within, out));
            if out.len() == before && !own.text.is_empty() && (timed || place.in_list) {
                out.push(own);
            }
        }
        Value::String(text) if place.strings > 0 && looks_like_json(text) => {
            if let Some(inner) = bounded(text) {
                collect(&inner, Place { strings: place.strings - 1, ..place }, out);
            }
        }
        _ => {}
    }
}

/// The text that is nearest to the root outside of every list.
fn whole_text(root: &Value) -> Option<String> {
    let mut queue = VecDeque::from([root]);
    while let Some(value) = queue.pop_front() {
        if let Value::Object(object) = value {
            if let Some(text) = text_of(object) {
                return Some(text.to_owned());
            }
            queue.extend(object.values());
        }
    }
    None
}

struct Raw {
    text: String,
    start: Option<Time>,
    end: Option<Time>,
    channel: Option<u32>,
}

impl Raw {
    fn of(object: &Map<String, Value>, outer_channel: Option<u32>) -> Self {
        let own = named(object, CHANNEL).find_map(|(_, value)| number(value)?.to_string().parse().ok());
        Self {
            text: text_of(object).unwrap_or_default().to_owned(),
            start: named(object, START).find_map(|(name, value)| Time::of(&name, value)),
            end: named(object, END).find_map(|(name, value)| Time::of(&name, value)),
            channel: own.or(outer_channel),
        }
    }

    fn finish(self, seconds: bool) -> Sentence {
        let ms = |time: Time| {
            let factor = if seconds && !time.is_ms { 1000.0 } else { 1.0 };
            // `as` stops at the largest number.
            (time.value * factor).round() as u64
        };
        Sentence { text: self.text, start_ms: self.start.map(ms), end_ms: self.end.map(ms), channel: self.channel }
    }
}

#[derive(Clone, Copy)]
struct Time {
    value: f64,
    /// Written with a decimal point.
    decimal: bool,
    /// The name says milliseconds.
    is_ms: bool,
}

impl Time {
    fn of(name: &str, value: &Value) -> Option<Self> {
        let is_ms = name.ends_with("ms");
        let decimal = match value {
            Value::Number(number) => number.is_f64(),
            Value::String(text) => text.contains('.'),
            _ => false,
        };
        let value = number(value).filter(|value| value.is_finite() && *value >= 0.0)?;
        Some(Self { value, decimal: decimal && !is_ms, is_ms })
    }
}

/// A number, also in a string.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn text_of(object: &Map<String, Value>) -> Option<&str> {
    let fine = |text: &&str| !text.trim().is_empty() && !looks_like_json(text);
    // In the order of the names: "result" means the text only where nothing else does.
    TEXT.iter().find_map(|name| named(object, &[name]).find_map(|(_, value)| value.as_str().filter(fine)))
}

/// The fields with one of these names, however it is spelled.
fn named<'v>(object: &'v Map<String, Value>, names: &[&str]) -> impl Iterator<Item = (String, &'v Value)> {
    object.iter().filter_map(move |(key, value)| {
        let plain: String =
            key.chars().take(32).filter(|c| !matches!(c, '_' | '-')).map(|c| c.to_ascii_lowercase()).collect();
        names.contains(&plain.as_str()).then_some((plain, value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(
        text: &str,
        start_ms: impl Into<Option<u64>>,
        end_ms: impl Into<Option<u64>>,
        channel: impl Into<Option<u32>>,
    ) -> Sentence {
        Sentence { text: text.to_owned(), start_ms: start_ms.into(), end_ms: end_ms.into(), channel: channel.into() }
    }

    fn find_in(value: &Value) -> (Option<String>, Vec<Sentence>) {
        find(&value.to_string())
    }

    #[test]
    fn the_shapes_of_several_services() {
        let cases = [
            json!({"sentences": [{"text": "a", "start": 0, "end": 900, "channel": 0}, {"text": "b", "start": 900, "end": 1500, "channel": 1}]}),
            json!({"Result": {"Sentences": [{"Text": "a", "BeginTime": 0, "EndTime": 900, "ChannelId": 0}, {"Text": "b", "BeginTime": "900", "EndTime": 1500, "ChannelId": "1"}]}}),
            json!([{"onebest": "a", "bg": "0", "ed": "900", "track": 0}, {"onebest": "b", "bg": "900", "ed": "1500", "track": 1}]),
            json!({"text": "a b", "segments": [{"text": "a", "start": 0.0, "end": 0.9, "channel": 0, "words": [{"text": "a", "start": 0.1}]}, {"text": "b", "start": 0.9, "end": 1.5, "channel": 1}]}),
            json!({"channels": [{"channel_id": 0, "text": "a", "list": [{"content": "a", "start_ms": 0, "end_ms": 900}]}, {"channel_id": 1, "text": "b", "list": [{"content": "b", "start_ms": 900, "end_ms": 1500}]}]}),
            json!({"data": json!([{"sentence": "a", "start_time": 0, "end_time": 900, "chn": 0}, {"sentence": "b", "start_time": 900, "end_time": 1500, "chn": 1}]).to_string()}),
        ];
        for case in cases {
            let expected = [said("a", 0, 900, 0), said("b", 900, 1500, 1)];
            assert_eq!(find_in(&case).1, expected, "{case}");
        }
    }

    #[test]
    fn text_without_times() {
        assert_eq!(find_in(&json!({"x": {"text": "好"}})), (Some("好".to_owned()), vec![]));
        assert_eq!(find_in(&json!("好的")), (Some("好的".to_owned()), vec![]));
        let all = find_in(&json!({"result": [{"text": "a"}, {"text": " "}, {"text": "b", "start": null, "end": -1}]}));
        assert_eq!(all, (None, vec![said("a", None, None, None), said("b", None, None, None)]));
        assert_eq!(find_in(&json!({"result": "c"})).0.unwrap(), "c");
        for nothing in [json!(null), json!(7), json!({}), json!([["a", "b"]]), json!({"text": 5})] {
            assert_eq!(find_in(&nothing), (None, vec![]), "{nothing}");
        }
    }

    #[test]
    fn one_decimal_point_makes_seconds_of_all() {
        let all = find_in(&json!([{"text": "a", "start": 0, "end": 2}, {"text": "b", "start": 2, "end": 3.25}])).1;
        assert_eq!(all, [said("a", 0, 2000, None), said("b", 2000, 3250, None)]);
        let huge = find_in(&json!([{"text": "a", "start": 1e300, "end": "inf", "channel": 1.5}])).1;
        assert_eq!(huge, [said("a", u64::MAX, None, None)]);
    }

    #[test]
    fn hostile_json_finds_nothing_and_ends() {
        assert_eq!(find(&"[".repeat(1 << 20)), (None, vec![]));
        assert_eq!(find(&format!("{}{}", "[".repeat(200), "]".repeat(200))), (None, vec![]));
        let many = format!("[{}{{\"text\":\"a\",\"start\":1}}]", "0,".repeat(MAX_VALUES));
        assert_eq!(find(&many), (None, vec![]));
        // Strings in strings are opened only so often.
        let mut nested = json!([{"text": "a", "start": 1}]);
        for _ in 0..MAX_STRING_LEVELS {
            nested = json!([nested.to_string()]);
        }
        assert_eq!(find_in(&nested).1.len(), 1);
        assert_eq!(find_in(&json!([nested.to_string()])).1.len(), 0);
    }
}
