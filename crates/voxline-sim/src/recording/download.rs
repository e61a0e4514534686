//! The download host.

use axum::http::header::{ACCEPT_RANGES, CONTENT_RANGE, ETAG, IF_RANGE, LOCATION, RANGE};
use axum::http::request::Parts;

use super::DOWNLOAD_PATH;
use super::options::VoiceHost;
use super::store::{KeyVerdict, Opened};
use crate::outcome::Outcome;
use crate::percent;
use crate::reply::{Payload, Reply};
use crate::state::{Shared, lock};

/// `GET /api/agent-api/download-voice?key=…`, at the download host or at the API's own port.
pub(crate) fn download(shared: &Shared, parts: &Parts, at_api: bool) -> Outcome {
    let options = &shared.options.recording;
    let refuse = |status: u16, why: &str| Outcome::refused(Reply::text(status, why), i32::from(status), why);
    if at_api && options.voice_host == VoiceHost::Other {
        return refuse(404, "recordings are at the download host");
    }
    let Some(key) = parts.uri.query().and_then(|query| query.strip_prefix("key=")) else {
        return refuse(400, "the query is not key=…");
    };
    if at_api && options.voice_host == VoiceHost::ApiThenRedirect {
        let known = lock(&shared.recordings).knows(key);
        let target = format!("http://{}{DOWNLOAD_PATH}?key={key}", shared.download_authority);
        let reply = Reply::text(302, "moved").with(LOCATION, target);
        return if known { Outcome::accepted(reply) } else { refuse(options.expired_status, "the key is not known") };
    }
    // Looked up as it came: nothing is decoded, so nothing but the very bytes that were given out opens anything.
    let verdict = lock(&shared.recordings).open(key, options);
    match verdict {
        KeyVerdict::Open(opened) => serve(&opened, parts, options.ranges),
        KeyVerdict::Expired => refuse(options.expired_status, "the key has expired"),
        KeyVerdict::Gone => refuse(404, "the recording is gone"),
        KeyVerdict::Unknown => {
            let plain = [percent::decode(key), percent::decode(&key.replace('+', "%20")).replace(' ', "+")];
            let changed = plain.iter().any(|plain| lock(&shared.recordings).knows(plain));
            let why = if changed { "the key did not come back verbatim" } else { "the key is not known" };
            refuse(options.expired_status, why)
        }
    }
}

/// **Source** of the rules for ranges: RFC 9110 §13.1.5 (`If-Range`), §14 (one range; others may be ignored).
fn serve(opened: &Opened, parts: &Parts, ranges: bool) -> Outcome {
    let length = opened.body.len_bytes();
    let etag = format!("\"rec-{}-{length}\"", opened.version);
    let reply = |status: u16, start: u64, end: u64| {
        let payload = Payload::Recording { body: opened.body.clone(), start, end };
        let reply = Reply::new(status, opened.body.content_type().clone(), payload);
        if ranges { reply.with(ETAG, etag.as_str()).with(ACCEPT_RANGES, "bytes") } else { reply }
    };
    let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let same = header(IF_RANGE).is_none_or(|known| known == etag);
    let asked = header(RANGE).filter(|_| ranges && same).and_then(|text| Asked::parse(text, length));
    let mut outcome = match asked {
        None => Outcome::accepted(reply(200, 0, length)),
        Some(Asked::Part { start, end }) => {
            let shown = format!("bytes {start}-{}/{length}", end.saturating_sub(1));
            let outcome = Outcome::accepted(reply(206, start, end).with(CONTENT_RANGE, shown));
            Outcome { range_start: Some(start), ..outcome }
        }
        Some(Asked::Nothing) => {
            let reply = Reply::text(416, "nothing there").with(CONTENT_RANGE, format!("bytes */{length}"));
            Outcome::refused(reply, 416, "a range beyond the end")
        }
    };
    outcome.ids = vec![opened.record.clone()];
    outcome
}

/// A range that is understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// From `start` to before `end`.
    Part { start: u64, end: u64 },
    /// Not a byte of it exists.
    Nothing,
}

impl Asked {
    /// `None` for what is to be ignored: other units, several ranges, nonsense.
    fn parse(text: &str, length: u64) -> Option<Self> {
        let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
        let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
        let (start, end) = match (first, last) {
            ("", last) => (length.saturating_sub(number(last)?), length),
            (first, "") => (number(first)?, length),
            (first, last) => {
                let (first, last) = (number(first)?, number(last)?);
                if last < first {
                    return None;
                }
                (first, last.saturating_add(1).min(length))
            }
        };
        Some(if start < end { Self::Part { start, end } } else { Self::Nothing })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_follow_the_rfc() {
        let part = |start, end| Some(Asked::Part { start, end });
        for (text, expected) in [
            ("bytes=0-", part(0, 100)),
            ("bytes=99-", part(99, 100)),
            ("bytes=100-", Some(Asked::Nothing)),
            ("bytes=10-19", part(10, 20)),
            ("bytes=10-10", part(10, 11)),
            ("bytes=90-1000", part(90, 100)),
            ("bytes=-10", part(90, 100)),
            ("bytes=-1000", part(0, 100)),
            ("bytes=-0", Some(Asked::Nothing)),
            ("bytes=20-10", None),
            ("bytes=0-1,5-6", None),
            ("bytes=-", None),
            ("bytes=+5-", None),
            ("items=0-5", None),
            ("bytes=99999999999999999999-", None),
        ] {
            assert_eq!(Asked::parse(text, 100), expected, "{text}");
        }
    }
}
