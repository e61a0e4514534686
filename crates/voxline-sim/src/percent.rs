//! Percent-encoding, undone.

/// RFC 3986 §2.1, lenient: what is no escape stays as it is.
pub(crate) fn decode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = match tail {
            [high, low, ..] if *first == b'%' => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match escaped {
            Some((high, low)) => {
                out.push(high << 4 | low);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The same, but strict: `None` where a `%` begins no escape or the bytes are no UTF-8. A `+` stays a `+`.
pub(crate) fn decode_strict(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(if byte == b'%' { hex(bytes.next()?)? << 4 | hex(bytes.next()?)? } else { byte });
    }
    String::from_utf8(out).ok()
}

/// RFC 3986 §2.3: all but the unreserved characters escaped, with capital digits.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_and_nothing_else() {
        for (text, plain) in [("a%2Fb%3d", "a/b="), ("%", "%"), ("%4", "%4"), ("%zz%41", "%zzA"), ("", "")] {
            assert_eq!(decode(text), plain);
        }
    }

    #[test]
    fn strict_decoding_refuses_what_is_broken() {
        assert_eq!(decode_strict("a%2F+%e4%B8%AD").as_deref(), Some("a/+中"));
        for text in ["%", "%4", "%zz", "a%", "%ff"] {
            assert_eq!(decode_strict(text), None, "{text}");
        }
    }

    #[test]
    fn encoding_leaves_only_the_unreserved() {
        assert_eq!(encode("aZ09-._~ /+=中"), "aZ09-._~%20%2F%2B%3D%E4%B8%AD");
    }
}
