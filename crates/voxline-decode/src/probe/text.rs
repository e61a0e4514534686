//! What remains when there is no magic number and no frame: text, silence, weak signs.

/// Names the content of a whole window.
pub(super) fn identify(window: &[u8]) -> Option<&'static str> {
    if !window.is_empty() && window.iter().all(|&byte| byte == 0) {
        return Some("nothing but zero bytes");
    }
    if let Some(text) = as_text(window) {
        return Some(kind_of_text(text));
    }
    // Two bytes of sync word: too little to go before the search for MP3 frames.
    if window.starts_with(&[0x0B, 0x77]) {
        return Some("AC-3");
    }
    // A packet of 188 bytes begins with 0x47 (ISO/IEC 13818-1 §2.4.3.2).
    let packets = window.iter().step_by(188);
    (window.len() > 2 * 188 && packets.take(3).all(|&byte| byte == 0x47)).then_some("MPEG transport stream")
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
