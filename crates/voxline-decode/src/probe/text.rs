//! What remains when there is no magic number and no frame: text, silence, weak signs.

/// Names the content of a whole window.
pub(super) fn identify(window: &[u8]) -> Option<&'static str> {
    if !window.is_empty() && window.iter().all(|&byte| byte == 0) {
        return Some("nothing but zero bytes");
    }
    if is_mangled(window) {
        return Some(MANGLED);
    }
    if let Some(text) = as_text(window) {
        return Some(base64(text).unwrap_or_else(|| kind_of_text(text)));
    }
    // Two bytes of sync word: too little to go before the search for MP3 frames.
    if window.starts_with(&[0x0B, 0x77]) {
        return Some("AC-3");
    }
    // A packet of 188 bytes begins with 0x47 (ISO/IEC 13818-1 §2.4.3.2).
    let packets = window.iter().step_by(188);
    (window.len() > 2 * 188 && packets.take(3).all(|&byte| byte == 0x47)).then_some("MPEG transport stream")
}

/// The character that takes the place of bytes that are no text, in UTF-8.
const REPLACEMENT: [u8; 3] = [0xEF, 0xBF, 0xBD];
/// So many of them are met in no audio: twelve bytes that are given.
const REPLACEMENTS: usize = 4;
/// What is said of such a file.
pub(crate) const MANGLED: &str = "a binary file that was read and written as text: bytes were replaced (by U+FFFD) and \
                                  cannot be restored, fetch it again as binary data";

/// Whether bytes went through a program that took them for UTF-8.
pub(crate) fn is_mangled(bytes: &[u8]) -> bool {
    let text = match str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            str::from_utf8(bytes.get(..error.valid_up_to()).unwrap_or_default()).unwrap_or_default()
        }
        Err(_) => return false,
    };
    text.matches(char::REPLACEMENT_CHARACTER).take(REPLACEMENTS).count() == REPLACEMENTS
}

/// Whether the fields of a header hold such a replacement.
pub(crate) fn holds_replacement(fields: &[u8]) -> bool {
    fields.windows(REPLACEMENT.len()).any(|window| window == REPLACEMENT)
}

/// Names audio that is still base64 text, by what its first bytes become.
fn base64(text: &str) -> Option<&'static str> {
    const HEADS: [(&str, &str); 5] = [
        ("UklGR", "base64 text of a WAV file: decode it first"),
        ("LnNuZ", "base64 text of an AU file: decode it first"),
        ("T2dnUw", "base64 text of an Ogg file: decode it first"),
        ("ZkxhQ", "base64 text of a FLAC file: decode it first"),
        ("SUQz", MP3),
    ];
    const MP3: &str = "base64 text of an MP3 file: decode it first";
    // The sync word and what versions and layer leave of the third letter.
    let frame = |body: &str| match body.as_bytes() {
        [b'/', b'/', third, ..] => matches!(third, b'I'..=b'P' | b'o'..=b'v'),
        [b'/', b'+', third, ..] => matches!(third, b'I'..=b'P'),
        _ => false,
    };
    let text = text.trim_start_matches('\u{FEFF}').trim_start();
    let body = match text.split_once(";base64,") {
        Some((head, body)) if head.starts_with("data:") => body,
        _ => text,
    };
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/=-_\r\n".contains(c);
    let head = HEADS.iter().find(|(head, _)| body.starts_with(head)).map(|&(_, name)| name);
    let name = head.or(frame(body).then_some(MP3))?;
    body.trim_end().chars().all(is_base64).then_some(name)
}

/// The window as text: UTF-8 without control characters; a character cut at the end does not matter.
fn as_text(window: &[u8]) -> Option<&str> {
    let text = match str::from_utf8(window) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            str::from_utf8(window.get(..error.valid_up_to())?).unwrap_or_default()
        }
        Err(_) => return None,
    };
    let fine = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\x0C' | '\x1B');
    (!text.is_empty() && text.chars().all(fine)).then_some(text)
}

fn kind_of_text(text: &str) -> &'static str {
    let text = text.trim_start_matches('\u{FEFF}').trim_start();
    let starts = |word: &str| text.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
    if starts("{") || starts("[") {
        "JSON text, perhaps a service's error message"
    } else if starts("<!doctype html") || starts("<html") || starts("<head") || starts("<body") {
        "an HTML page, perhaps a service's error message"
    } else if starts("<") {
        "XML text, perhaps a service's error message"
    } else {
        "plain text"
    }
}
