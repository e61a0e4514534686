//! What was said, made up from the link.

use std::fmt::Write as _;

use serde_json::{Value, json};

/// What a call may consist of.
const SENTENCES: [&str; 8] = [
    "您好，这里是客服中心，请问有什么可以帮您？",
    "我想查一下我的订单到哪里了。",
    "请您稍等，我马上为您查询。",
    "您的包裹预计明天下午送达。",
    "可以改一下收货地址吗？",
    "没问题，地址已经为您更新。",
    "好的，谢谢，再见。",
    "Could you repeat the last number, please?",
];
/// Sentences of one transcript.
const LENGTH: u64 = 3;

/// The result of a job, to order.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScriptedTranscript {
    /// One sentence with this text.
    Text(String),
    /// This text as `data`, verbatim if it is JSON and as a string if not.
    Data(String),
    /// No transcript but this code, such as 10903, and message.
    Failed {
        /// The vendor's code.
        code: i32,
        /// What goes with it.
        message: String,
    },
}

/// The text of the transcript for a link: the same link always has the same text, another one another.
///
/// ```
/// use voxline_sim::transcript_text;
/// let text = transcript_text("https://example.com/a.wav");
/// assert_eq!(text, transcript_text("https://example.com/a.wav"));
/// assert_ne!(text, transcript_text("https://example.com/b.wav"));
/// ```
pub fn transcript_text(file_link: &str) -> String {
    sentences(file_link).concat()
}

fn sentences(file_link: &str) -> Vec<String> {
    let number = fnv1a(file_link);
    let pick = |turn: u64| {
        let index = (number >> (8 * turn)) % SENTENCES.len() as u64;
        usize::try_from(index)
            .ok()
            .and_then(|index| SENTENCES.get(index))
            .map_or(String::new(), |&text| text.to_owned())
    };
    let mut all: Vec<_> = (0..LENGTH).map(pick).collect();
    all.push(format!("编号 {number:016x}。"));
    all
}

/// 64-bit FNV-1a. **Source**: Fowler, Noll, Vo; IETF draft-eastlake-fnv.
fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

/// The member `data` of a result, or code and message of a failure. The page shows no schema; this one is ours.
pub(super) fn data(file_link: &str, scripted: Option<&ScriptedTranscript>) -> Result<Value, (i32, String)> {
    let spoken = match scripted {
        None => sentences(file_link),
        Some(ScriptedTranscript::Text(text)) => vec![text.clone()],
        Some(ScriptedTranscript::Data(text)) => {
            return Ok(serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone())));
        }
        Some(ScriptedTranscript::Failed { code, message }) => return Err((*code, message.clone())),
    };
    let (mut list, mut text, mut begin_ms) = (Vec::new(), String::new(), 0_u64);
    for (channel, sentence) in (0_u64..).zip(&spoken) {
        // A fifth of a second for each character, so that times can be computed by a test as well.
        let end_ms = begin_ms + 200 * sentence.chars().count() as u64;
        list.push(json!({ "text": sentence, "begin_ms": begin_ms, "end_ms": end_ms, "channel": channel % 2 }));
        let _ = write!(text, "{sentence}");
        begin_ms = end_ms;
    }
    Ok(json!({ "text": text, "sentences": list, "duration_ms": begin_ms }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fnv() {
        // Test vectors of the draft.
        assert_eq!(
            [fnv1a(""), fnv1a("a"), fnv1a("foobar")],
            [0xCBF2_9CE4_8422_2325, 0xAF63_DC4C_8601_EC8C, 0x8594_4171_F739_67E8]
        );
    }

    #[test]
    fn sentences_make_up_the_text_and_their_times_join() {
        let data = data("http://a/b", None).unwrap();
        assert_eq!(data["text"], transcript_text("http://a/b"));
        let list = data["sentences"].as_array().unwrap();
        let joined: String = list.iter().map(|one| one["text"].as_str().unwrap()).collect();
        assert_eq!(data["text"], joined);
        assert!(list.windows(2).all(|pair| pair[0]["end_ms"] == pair[1]["begin_ms"]));
        assert_eq!(list.last().unwrap()["end_ms"], data["duration_ms"]);
    }
}
