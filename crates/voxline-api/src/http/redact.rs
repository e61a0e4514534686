//! What may be shown of things that hold secrets.

use std::borrow::Cow;

use voxline_core::Secret;

/// Header fields whose values hold no secret. Everything else is hidden.
const HARMLESS_HEADERS: &[&str] = &[
    "accept",
    "accept-ranges",
    "connection",
    "content-length",
    "content-range",
    "content-type",
    "date",
    "host",
    "range",
    "retry-after",
    "server",
    "transfer-encoding",
    "user-agent",
];

const HIDDEN: &str = "[secret]";

/// The value of a header field, or a stand-in.
pub(crate) fn shown_header<'a>(name: &str, value: &'a str) -> &'a str {
    if HARMLESS_HEADERS.iter().any(|harmless| harmless.eq_ignore_ascii_case(name)) { value } else { "[hidden]" }
}

/// `text` with every occurrence of a secret replaced, also where it was escaped for JSON or an address: servers like
/// to repeat what was sent to them.
pub(crate) fn scrub(text: &str, secrets: &[&Secret]) -> String {
    let mut out = text.to_owned();
    for secret in secrets.iter().map(|secret| secret.expose()).filter(|secret| !secret.is_empty()) {
        for spelling in [Cow::Borrowed(secret), json_escaped(secret), percent_encoded(secret)] {
            if out.contains(&*spelling) {
                out = out.replace(&*spelling, HIDDEN);
            }
        }
    }
    out
}

fn json_escaped(text: &str) -> Cow<'_, str> {
    let quoted = serde_json::to_string(text).unwrap_or_default();
    Cow::Owned(quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or(text).to_owned())
}

fn percent_encoded(text: &str) -> Cow<'_, str> {
    let encode = |byte: u8| match byte {
        b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    Cow::Owned(text.bytes().map(encode).collect())
}

/// `text` with user names, queries and fragments cut out of every address in it.
pub(crate) fn hide_queries(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, address) = rest.split_at(at + 3);
        out.push_str(before);
        let ends = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '<' | '>' | '`');
        let (mut address, after) = address.split_at(address.find(ends).unwrap_or(address.len()));
        rest = after;
        let mut had_more = false;
        if let Some((shown, _)) = address.split_once(['?', '#']) {
            (address, had_more) = (shown, true);
        }
        // Slashes in a password are against the rules, but nobody checked: everything before the last @ goes.
        out.push_str(address.rsplit_once('@').map_or(address, |(_, host)| host));
        if had_more {
            out.push_str("?…");
        }
    }
    out.push_str(rest);
    out
}

/// Bytes of a body that may be looked at for an excerpt.
const EXCERPT_WINDOW_BYTES: usize = 64 << 10;
/// Characters shown of a body.
const EXCERPT_CHARS: usize = 160;

/// The beginning of a body on one line, without secrets and without the queries of addresses.
pub(crate) fn excerpt(body: &[u8], secrets: &[&Secret]) -> String {
    // Secrets go before the text is cut: half a secret would not be found any more. The window is far longer than
    // what is shown, so that one that is cut by the window is not shown either.
    let window = body.get(..EXCERPT_WINDOW_BYTES).unwrap_or(body);
    let text = hide_queries(&scrub(&String::from_utf8_lossy(window), secrets));
    let flat: Vec<&str> = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    let flat = flat.join(" ");
    match flat.char_indices().nth(EXCERPT_CHARS) {
        Some((end, _)) => format!("{}…", flat.get(..end).unwrap_or_default()),
        None => flat,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_listed_headers_are_shown() {
        assert_eq!(shown_header("Content-Type", "a/b"), "a/b");
        for name in ["Authorization", "Set-Cookie", "Location", "X-New"] {
            assert_eq!(shown_header(name, "canary"), "[hidden]");
        }
    }

    #[test]
    fn secrets_are_found_in_every_spelling() {
        let secret = Secret::new("a\"b/c d");
        let scrubbed = scrub(r#"1 a"b/c d 2 a\"b/c d 3 a%22b%2Fc%20d"#, &[&secret, &Secret::default()]);
        assert_eq!(scrubbed, "1 [secret] 2 [secret] 3 [secret]");
    }

    #[test]
    fn an_excerpt_is_short_flat_and_clean() {
        let secret = Secret::new("canary-canary-canary");
        // The secret lies across the end of what is shown.
        let body = format!("<html>\r\n\u{1b} {}canary-canary-canary http://h/a?sig=canary </html>", "x".repeat(150));
        let shown = excerpt(body.as_bytes(), &[&secret]);
        assert!(!shown.contains("canary") && !shown.contains(char::is_control), "{shown}");
        assert_eq!(shown.chars().count(), EXCERPT_CHARS + 1);
        assert_eq!(excerpt(b"", &[]), "");
        assert_eq!(excerpt(&[0xff, b'a'], &[]), "\u{fffd}a");
    }

    #[test]
    fn addresses_keep_host_and_path_only() {
        let text = r#"see "https://u:p/w@h/a?k=1#f", http://h/b#f and http://plain/c."#;
        assert_eq!(hide_queries(text), r#"see "https://h/a?…", http://h/b?… and http://plain/c."#);
    }

    proptest! {
        #[test]
        fn no_query_and_no_password_survives(
            before in "[a-z ?@]{0,10}", password in "[!-~&&[^\"'<>`?#]]{0,10}", query in "[!-~&&[^\"'<>`]]{0,10}", after in " [a-z ]{0,5}",
        ) {
            let text = format!("{before}https://u{password}kAnArY@host.example/path?{query}kAnArY{after}");
            let shown = hide_queries(&text);
            prop_assert!(!shown.contains("kAnArY"), "{}", shown);
            prop_assert!(shown.ends_with(&after));
        }

        #[test]
        fn no_secret_survives_an_excerpt(secret in "[a-z]{8,40}", pad in 0_usize..400, noise in "[ -~]{0,50}") {
            // Upper case around it, so that the secret occurs only where it was put.
            let body = format!("{}{secret}{}", "X".repeat(pad), noise.to_uppercase());
            let shown = excerpt(body.as_bytes(), &[&Secret::new(secret.clone())]);
            prop_assert!(!shown.contains(&secret[..8]), "{}", shown);
        }
    }
}
