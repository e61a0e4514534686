//! What may be shown of things that hold secrets.

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

/// `text` with every occurrence of a secret replaced, also where it was escaped: servers like to repeat what was sent
/// to them, as JSON (also JSON within JSON), in an address or in HTML.
pub(crate) fn scrub(text: &str, secrets: &[&Secret]) -> String {
    let mut out = text.to_owned();
    for secret in secrets.iter().map(|secret| secret.expose()).filter(|secret| !secret.is_empty()) {
        let mut clean = String::with_capacity(out.len());
        let mut rest = out.as_str();
        while let Some(c) = rest.chars().next() {
            match escaped_prefix(rest, secret) {
                Some(after) => {
                    clean.push_str(HIDDEN);
                    rest = after;
                }
                None => {
                    clean.push(c);
                    rest = rest.get(c.len_utf8()..).unwrap_or_default();
                }
            }
        }
        out = clean;
    }
    out
}

/// Backslashes taken before one character: three layers of JSON make seven.
const MAX_BACKSLASHES: usize = 16;

/// What follows `secret` in any spelling at the start of `text`.
fn escaped_prefix<'t>(text: &'t str, secret: &str) -> Option<&'t str> {
    // A `%` or `&` of the secret stands for itself or begins its own escape, but not both in one text.
    spelled_prefix(text, secret, |rest, c| rest.strip_prefix(c).or_else(|| decoded(rest, c)))
        .or_else(|| spelled_prefix(text, secret, |rest, c| decoded(rest, c).or_else(|| rest.strip_prefix(c))))
}

fn spelled_prefix<'t>(
    text: &'t str,
    secret: &str,
    prefix: impl Fn(&'t str, char) -> Option<&'t str>,
) -> Option<&'t str> {
    secret.chars().try_fold(text, |rest, c| literal(rest, c).or_else(|| prefix(rest, c)))
}

fn decoded(text: &str, c: char) -> Option<&str> {
    percent_encoded(text, c).or_else(|| html_entity(text, c))
}

/// `c` behind backslashes, itself or as `u` and four hexadecimal digits.
fn literal(text: &str, c: char) -> Option<&str> {
    let backslashes = text.bytes().take(MAX_BACKSLASHES).take_while(|b| *b == b'\\').count();
    let rest = text.get(backslashes..).filter(|_| backslashes > 0)?;
    if c == '\\' {
        return Some(rest);
    }
    rest.strip_prefix(c).or_else(|| {
        let digits = rest.strip_prefix('u')?.get(..4)?;
        (u32::from_str_radix(digits, 16).ok()? == u32::from(c)).then(|| rest.get(5..)).flatten()
    })
}

/// `c` as the percent-encoded bytes of its UTF-8.
fn percent_encoded(text: &str, c: char) -> Option<&str> {
    let mut rest = text;
    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
        let digits = rest.strip_prefix('%')?.get(..2)?;
        rest = (u8::from_str_radix(digits, 16).ok()? == byte).then(|| rest.get(3..)).flatten()?;
    }
    Some(rest)
}

/// `c` as a named or numbered entity.
fn html_entity(text: &str, c: char) -> Option<&str> {
    let (entity, rest) = text.strip_prefix('&')?.get(..10.min(text.len() - 1))?.split_once(';')?;
    let named = match entity {
        "quot" => Some('"'),
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "apos" => Some('\''),
        _ => None,
    };
    let number = entity.strip_prefix('#').and_then(|digits| match digits.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => digits.parse().ok(),
    });
    let same = named == Some(c) || number == Some(u32::from(c));
    same.then(|| text.get(entity.len() + 2..)).flatten().filter(|after| after.starts_with(rest))
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
        let secret = Secret::new("a\"b/c%é");
        let spellings = [
            r#"a"b/c%é"#,
            r#"a\"b/c%é"#,
            r#"a\\\"b\/c%\u00e9"#,
            r#"a\\\\\\\"b/c%é"#,
            "a%22b%2Fc%25%C3%A9",
            "a%22b%2fc%25%c3%a9",
            "a&quot;b/c%&#233;",
            "a&#34;b&#x2F;c%&#xE9;",
        ];
        for spelling in spellings {
            let scrubbed = scrub(&format!("<{spelling}{spelling}&amp;>"), &[&Secret::default(), &secret]);
            assert_eq!(scrubbed, "<[secret][secret]&amp;>", "{spelling}");
        }
        for other in ["a\"b/c%e", "a&amp;b/c%é", "a%22b%2Fc%25%C3", "a&quotb/c%é", "&;", "&", "%", "\\u00"] {
            assert_eq!(scrub(other, &[&secret]), other);
        }
        for (secret, text) in
            [(r"x\y", r"x\\y"), ("x%25y", "x%25y"), ("x%25\"y", "x%25\\\"y"), ("a&amp;\"", "a&amp;\"")]
        {
            assert_eq!(scrub(text, &[&Secret::new(secret)]), "[secret]", "{text}");
        }
    }

    #[test]
    fn a_flood_of_backslashes_is_searched_in_linear_time() {
        // Quadratic work on this would outlast any test run.
        let text = "\\".repeat(4 << 20);
        assert_eq!(scrub(&text, &[&Secret::new("a\\b")]).len(), text.len());
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
