//! What stands in front of a file and is no part of it.

use voxline_core::report::WarningCode;

use super::glue::Story;
use crate::DecodeError;
use crate::mp3::tags::{Tag, tag_at};

/// Notes what is left out in front of a file: nothing, tags, which are no damage, or junk.
///
/// **Errors**: under `strict`, that there is junk; always, when the junk says that the file does not follow in one piece.
pub(super) fn note(bytes: &[u8], story: &mut Story) -> Result<(), DecodeError> {
    let (tags, lying) = behind_tags(bytes);
    let junk = bytes.get(tags..).unwrap_or_default();
    let count = junk.len();
    if count == 0 {
        return Ok(());
    }
    if lying {
        return story.note(WarningCode::BadSize, || {
            format!("the tag at byte {tags} says a size that goes beyond the input; the audio was found inside it")
        });
    }
    let name = kind(junk);
    if name == CHUNKED {
        return Err(DecodeError::Malformed(
            "the input is an HTTP answer as it came over the wire, in chunks (Transfer-Encoding: chunked), whose sizes \
             stand between the bytes of the file; save the body alone"
                .to_owned(),
        ));
    }
    story.note(WarningCode::JunkSkipped, || format!("{count} bytes in front of the file were skipped: {name}"))
}

/// Bytes of whole tags at the start, and whether a tag follows that ends beyond these bytes.
fn behind_tags(bytes: &[u8]) -> (usize, bool) {
    let mut place = 0;
    loop {
        match tag_at(bytes.get(place..).unwrap_or_default()) {
            Tag::Skip(tag) => match usize::try_from(tag).ok().and_then(|tag| place.checked_add(tag)) {
                Some(next) if next <= bytes.len() => place = next,
                _ => return (place, true),
            },
            _ => return (place, false),
        }
    }
}

/// Bytes of the tags at the start, the last one to the end that it claims.
pub(super) fn tag_bytes(bytes: &[u8]) -> u64 {
    let mut place = 0_u64;
    while let Some(rest) = usize::try_from(place).ok().and_then(|place| bytes.get(place..)) {
        let Tag::Skip(tag) = tag_at(rest) else { break };
        place = place.saturating_add(tag);
    }
    place
}

const CHUNKED: &str = "chunks of HTTP";

fn kind(junk: &[u8]) -> &'static str {
    let text = String::from_utf8_lossy(junk).to_ascii_lowercase();
    if text.starts_with("http/1") {
        let chunked = text.lines().any(|line| line.starts_with("transfer-encoding:") && line.contains("chunked"));
        if chunked { CHUNKED } else { "the head of an HTTP answer" }
    } else if junk == b"\xEF\xBB\xBF" {
        "a byte order mark of UTF-8"
    } else if text.contains("content-disposition:") || text.contains("content-type:") {
        "the head of a part of a multipart message"
    } else if junk.iter().all(|&byte| byte == 0) {
        "zeros"
    } else if str::from_utf8(junk).is_ok_and(|text| text.chars().all(|c| !c.is_control() || c.is_whitespace())) {
        "text"
    } else {
        "no part of any audio"
    }
}
