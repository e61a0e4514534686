//! Whether what came is the sound that was asked for.

use serde_json::{Map, Value};

use super::request::AnswerAudio;
use crate::http::Headers;

/// Why these bytes are not the spoken answer, to be put behind "not the expected answer"; `None` if they may be.
pub(super) fn fault(body: &[u8], headers: &Headers, kind: Option<AnswerAudio>) -> Option<String> {
    let declared = headers.get("Content-Type").unwrap_or_default().trim_start().to_ascii_lowercase();
    let encoding = headers.get("Content-Encoding").unwrap_or_default().trim();
    if body.is_empty() {
        return Some(" (it is empty)".to_owned());
    }
    if !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity") {
        return Some(" (it is compressed, which was not asked for)".to_owned());
    }
    if is_declared_text(&declared) || looks_like_text(body, &declared) {
        return Some(" (it is text)".to_owned());
    }
    let kind = kind?;
    let found = Found::of(body);
    let fits = match kind {
        AnswerAudio::Mp3 => found == Found::Mpeg,
        AnswerAudio::Wav16k | AnswerAudio::Wav8k => found == Found::Wav,
        // Two bytes a sample, and none of the containers. Samples may well look like the two bytes of an MPEG frame.
        AnswerAudio::Pcm16k | AnswerAudio::Pcm8k => found != Found::Wav && body.len().is_multiple_of(2),
        AnswerAudio::Alaw8k | AnswerAudio::Mulaw8k => found != Found::Wav,
    };
    let what = match found {
        Found::Mpeg => "MPEG audio",
        Found::Wav => "WAV",
        Found::Other => "something else",
    };
    (!fits).then(|| format!(" ({kind:?} was asked for, this is {what})"))
}

/// What bytes begin like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// A tag (id3.org) or the 11 set bits of a frame whose layer is not the reserved one (ISO/IEC 11172-3, 2.4.2.3).
    Mpeg,
    /// **Source**: Microsoft/IBM, *Multimedia Programming Interface and Data Specifications 1.0* (1991).
    Wav,
    Other,
}

impl Found {
    fn of(body: &[u8]) -> Self {
        match body {
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => Self::Wav,
            [b'I', b'D', b'3', ..] => Self::Mpeg,
            [0xff, second, ..] if second & 0xe0 == 0xe0 && second & 0x06 != 0 => Self::Mpeg,
            _ => Self::Other,
        }
    }
}

/// JSON, web pages and XML are never sound. `text/plain` may be: servers call files so whose ending they do not know.
fn is_declared_text(declared: &str) -> bool {
    let name = declared.split(';').next().unwrap_or_default().trim_end();
    matches!(name, "application/json" | "text/json" | "text/html" | "text/xml" | "application/xml")
        || name.ends_with("+json")
        || name.ends_with("+xml")
}

/// The service's own words or an error page under a false name.
fn looks_like_text(body: &[u8], declared: &str) -> bool {
    let text = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body).trim_ascii_start();
    let start = text.get(..text.len().min(9)).unwrap_or_default().to_ascii_lowercase();
    let is_page = [&b"<!doctype"[..], b"<html", b"<?xml"].iter().any(|word| start.starts_with(word));
    let is_control = |c: char| c.is_control() && !c.is_whitespace();
    let is_words = || std::str::from_utf8(body).is_ok_and(|text| !text.contains(is_control));
    is_page
        || serde_json::from_slice::<Map<String, Value>>(text).is_ok()
        || (declared.starts_with("text/") && is_words())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAV: &[u8] = b"RIFF\x24\0\0\0WAVEfmt ";
    const MPEG: [&[u8]; 3] = [b"ID3\x04", &[0xff, 0xfb, 0x90, 0x64], &[0xff, 0xf3]];

    fn is_fine(body: &[u8], content_type: &str, kind: Option<AnswerAudio>) -> bool {
        let mut headers = Headers::new();
        headers.push("Content-Type", content_type);
        fault(body, &headers, kind).is_none()
    }

    #[test]
    fn each_kind_takes_its_own_bytes_only() {
        use AnswerAudio::{Alaw8k, Mp3, Mulaw8k, Pcm8k, Pcm16k, Wav8k, Wav16k};
        let samples: &[u8] = &[0, 0, 1, 0, 2, 0];
        for kind in AnswerAudio::ALL.iter().copied() {
            let fine = |body: &[u8]| is_fine(body, "application/octet-stream", Some(kind));
            let (mpeg, wav) = (MPEG.map(fine), fine(WAV));
            assert_eq!(mpeg, [!matches!(kind, Wav8k | Wav16k); 3], "{kind:?}");
            assert_eq!(wav, matches!(kind, Wav8k | Wav16k), "{kind:?}");
            assert_eq!(fine(samples), !matches!(kind, Mp3 | Wav8k | Wav16k), "{kind:?}");
            assert_eq!(fine(&samples[..5]), matches!(kind, Alaw8k | Mulaw8k), "{kind:?}");
            assert!(!fine(b"") && !fine(br#"{"error":1}"#) && !fine(b" <HTML><body>"), "{kind:?}");
        }
        assert!(is_fine(samples, "audio/pcm", Some(Pcm8k)) && is_fine(samples, "audio/pcm", Some(Pcm16k)));
        // FF FE is a byte order mark, FF alone nothing.
        assert!(!is_fine(b"\xff\xf9", "audio/mpeg", Some(Mp3)) && !is_fine(b"\xff", "audio/mpeg", Some(Mp3)));
        assert!(is_fine(MPEG[1], "audio/mpeg", None) && is_fine(WAV, "", None) && is_fine(samples, "", None));
    }

    #[test]
    fn what_calls_itself_json_or_a_page_is_believed() {
        for declared in
            ["application/json", "Application/JSON;charset=UTF-8", "text/html", "application/problem+json", "text/xml"]
        {
            for kind in [None, Some(AnswerAudio::Mp3), Some(AnswerAudio::Pcm16k)] {
                assert!(!is_fine(MPEG[1], declared, kind), "{declared} {kind:?}");
                assert!(!is_fine(&[0, 1, 2, 3], declared, kind), "{declared} {kind:?}");
            }
        }
        assert!(is_fine(&[0; 64], "text/plain", Some(AnswerAudio::Pcm8k)));
        assert!(!is_fine("链接已过期\r\n".as_bytes(), "text/plain", Some(AnswerAudio::Alaw8k)));
    }

    #[test]
    fn compressed_bytes_are_not_samples() {
        let mut headers = Headers::new();
        headers.push("content-encoding", "gzip");
        assert!(fault(&[0x1f, 0x8b], &headers, Some(AnswerAudio::Mulaw8k)).unwrap().contains("compressed"));
    }
}
