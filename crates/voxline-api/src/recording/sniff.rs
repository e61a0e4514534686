//! Audio, or an error in its place.

/// Bytes that are looked at. Enough for the beginning of JSON behind some white space.
pub(super) const SNIFF_BYTES: usize = 64;

/// What a body seems to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looks {
    /// Audio, as far as its beginning can tell.
    Audio,
    /// JSON: the service says what is wrong.
    Envelope,
    /// A page for people, or nothing at all.
    Nonsense,
}

/// Beginnings of audio files. **Source**: the formats' own documents: RIFF and its big siblings (EBU Tech 3306), ID3
/// (id3.org), FLAC (RFC 9639), Ogg (RFC 3533), AMR (RFC 4867), AIFF.
const MAGICS: [&[u8]; 9] = [b"RIFF", b"RIFX", b"RF64", b"BW64", b"ID3", b"fLaC", b"OggS", b"#!AMR", b"FORM"];

/// Judges the first bytes (up to [`SNIFF_BYTES`], fewer only if the body is shorter). The bytes count more than the
/// content type, which is often wrong.
pub(super) fn looks(head: &[u8], content_type: Option<&str>) -> Looks {
    // FF FE is the byte order mark of UTF-16; as MPEG it would be Layer I with a checksum, which no call recorder writes.
    let mpeg_sync = matches!(head, [0xff, second, ..] if second & 0xe0 == 0xe0 && *second != 0xfe);
    if MAGICS.iter().any(|magic| head.starts_with(magic)) || mpeg_sync {
        return Looks::Audio;
    }
    if head.is_empty() {
        return Looks::Nonsense;
    }
    let text = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head).trim_ascii_start();
    let declared = content_type.unwrap_or_default().trim().to_ascii_lowercase();
    let declared_text = declared.starts_with("text/") || declared.contains("json") || declared.contains("xml");
    match text.split_first() {
        // Headerless samples may begin with this byte too, but hardly go on like an object.
        Some((b'{', rest)) => match rest.trim_ascii_start().first() {
            None | Some(b'"' | b'}') => Looks::Envelope,
            Some(_) if declared_text => Looks::Nonsense,
            Some(_) => Looks::Audio,
        },
        _ if declared_text || starts_like_html(text) => Looks::Nonsense,
        _ => Looks::Audio,
    }
}

fn starts_like_html(text: &[u8]) -> bool {
    let lower = text.get(..text.len().min(9)).unwrap_or_default().to_ascii_lowercase();
    lower.starts_with(b"<!doctype") || lower.starts_with(b"<html") || lower.starts_with(b"<?xml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_tell_more_than_the_content_type() {
        let cases: [(&[u8], Option<&str>, Looks); 21] = [
            (b"RIFF\x24\0\0\0WAVE", Some("audio/wav"), Looks::Audio),
            (b"RIFF\x24\0\0\0WAVE", Some("text/html; charset=utf-8"), Looks::Audio),
            (b"ID3\x04", Some("application/json"), Looks::Audio),
            (b"\xff\xfb\x90\x00", Some("text/plain"), Looks::Audio),
            (b"\xff\xe3", None, Looks::Audio),
            (b"\xff\xfe{\"code\"", Some("application/json"), Looks::Nonsense),
            (b"\x00\x01\x02\x03", None, Looks::Audio),
            (b"\x00\x01\x02\x03", Some("application/octet-stream"), Looks::Audio),
            (b"{\x01\x02\x03", Some("application/octet-stream"), Looks::Audio),
            (b"{\x01\x02\x03", Some("application/json"), Looks::Nonsense),
            (b"{\"code\":5005}", Some("audio/wav"), Looks::Envelope),
            (b"{\"code\":5005}", None, Looks::Envelope),
            (b"\xef\xbb\xbf\r\n { \"code\"", None, Looks::Envelope),
            (b"{}", None, Looks::Envelope),
            (b"{", None, Looks::Envelope),
            (b"<!DOCTYPE html>", None, Looks::Nonsense),
            (b"<html>", Some("audio/wav"), Looks::Nonsense),
            (b"not found", Some("text/plain"), Looks::Nonsense),
            (b"[]", Some("application/json"), Looks::Nonsense),
            (b"", Some("audio/wav"), Looks::Nonsense),
            (b"   ", None, Looks::Audio),
        ];
        for (head, content_type, expected) in cases {
            assert_eq!(looks(head, content_type), expected, "{:?} {content_type:?}", String::from_utf8_lossy(head));
        }
    }
}
