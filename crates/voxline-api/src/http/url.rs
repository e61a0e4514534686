//! Addresses: checked once, shown without their secrets.

use std::fmt;
use std::net::Ipv6Addr;
use zeroize::Zeroizing;

/// Longest address taken. Servers commonly refuse more than 8 KiB in a request line.
const MAX_URL_BYTES: usize = 8192;

/// Why text is not an address that can be used. The text itself is never repeated: it may hold a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlError {
    /// No `http://` or `https://` in front.
    #[error("an address must start with http:// or https://")]
    Scheme,
    /// A host that is missing or holds characters no host name has.
    #[error("the address has no usable host name")]
    Host,
    /// A port that is not a number from 1 to 65535.
    #[error("the port of the address is not a number from 1 to 65535")]
    Port,
    /// A user name or password before the host.
    #[error("the address holds a user name or password, which would end up in logs")]
    UserInfo,
    /// A control character, such as a line break.
    #[error("the address holds a control character or a backslash")]
    Character,
    /// Longer than 8192 bytes.
    #[error("the address is longer than 8192 bytes")]
    TooLong,
}

/// An absolute `http` or `https` address.
///
/// `Debug` and `Display` show scheme, host, port and path. The query is shown as `?…`, because it may be a signature;
/// it is sent as it was given, byte for byte. Characters that may not stand in a request line (spaces, non-ASCII
/// letters) are percent-encoded, a fragment is dropped.
///
/// ```
/// use voxline_api::http::Url;
/// let url = Url::parse("HTTPS://Example.com:443/voice/a.mp3?key=c2VjcmV0Kw==")?;
/// assert_eq!(url.to_string(), "https://example.com/voice/a.mp3?…");
/// assert_eq!(url.origin(), "https://example.com");
/// assert_eq!(url.expose(), "https://example.com/voice/a.mp3?key=c2VjcmV0Kw==");
/// # Ok::<(), voxline_api::http::UrlError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Url {
    text: Zeroizing<String>,
    /// Bytes of `text` up to the path.
    origin_bytes: usize,
    /// Bytes of `text` up to the `?` or the end.
    path_end_bytes: usize,
}

impl Url {
    /// Checks and takes an address.
    ///
    /// **Errors**: what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let text = text.trim();
        if text.len() > MAX_URL_BYTES {
            return Err(UrlError::TooLong);
        }
        if text.chars().any(|c| c.is_control() || c == '\\') {
            return Err(UrlError::Character);
        }
        let (scheme, rest) = text.split_once("://").ok_or(UrlError::Scheme)?;
        let (scheme, default_port) = match scheme.to_ascii_lowercase().as_str() {
            "http" => ("http", 80),
            "https" => ("https", 443),
            _ => return Err(UrlError::Scheme),
        };
        let authority_bytes = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(authority_bytes);
        let (host, port) = split_authority(authority)?;
        let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
        let (path, query) = rest.split_once('?').map_or((rest, None), |(path, query)| (path, Some(query)));

        // Large enough even if everything has to be encoded: growing would leave a copy behind.
        let mut url = Zeroizing::new(String::with_capacity(3 * text.len() + 16));
        url.push_str(&format!("{scheme}://{}", host.to_ascii_lowercase()));
        if let Some(port) = port.filter(|port| *port != default_port) {
            url.push_str(&format!(":{port}"));
        }
        let origin_bytes = url.len();
        if path.is_empty() {
            url.push('/');
        }
        push_encoded(&mut url, path);
        let path_end_bytes = url.len();
        if let Some(query) = query {
            url.push('?');
            push_encoded(&mut url, query);
        }
        Ok(Self { text: url, origin_bytes, path_end_bytes })
    }

    /// The whole address, query included. Do not show it.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// Scheme, host and port: what decides whether two addresses are the same place.
    pub fn origin(&self) -> &str {
        self.text.get(..self.origin_bytes).unwrap_or_default()
    }

    /// The path, `/` at least.
    pub fn path(&self) -> &str {
        self.text.get(self.origin_bytes..self.path_end_bytes).unwrap_or_default()
    }

    /// Whether there is a query.
    pub fn has_query(&self) -> bool {
        self.path_end_bytes < self.text.len()
    }

    /// The query without its question mark. Do not show it.
    pub(crate) fn query(&self) -> Option<&str> {
        self.text.get(self.path_end_bytes + 1..)
    }

    /// Whether it is `https`.
    pub fn is_https(&self) -> bool {
        self.text.starts_with("https:")
    }

    /// The host name or address; an IPv6 address stands in brackets.
    pub fn host(&self) -> &str {
        let authority = self.authority();
        match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => host,
            _ => authority,
        }
    }

    /// Host and port as they stand in the address, without the port that the scheme has anyway.
    pub(crate) fn authority(&self) -> &str {
        self.origin().split_once("://").map_or("", |(_, authority)| authority)
    }

    /// The port, that of the scheme if the address names none.
    pub(crate) fn port(&self) -> u16 {
        let named = split_authority(self.authority()).ok().and_then(|(_, port)| port);
        named.unwrap_or(if self.is_https() { 443 } else { 80 })
    }

    /// Whether the host is this machine.
    pub fn is_loopback(&self) -> bool {
        let host = self.host();
        host == "localhost"
            || host.ends_with(".localhost")
            || host.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
            || ipv6(host).is_some_and(|ip| ip.is_loopback())
    }

    /// This address with `path` (which starts with `/`) behind its own path; a query is dropped.
    pub(crate) fn join(&self, path: &str) -> Result<Self, UrlError> {
        Self::parse(&format!("{}{}{path}", self.origin(), self.path().trim_end_matches('/')))
    }

    /// The address that `reference` means when it stands at this one: whole, or without scheme, host or path.
    ///
    /// **Source**: RFC 3986, 5.2.
    pub(crate) fn resolve(&self, reference: &str) -> Result<Self, UrlError> {
        let reference = reference.trim();
        let reference = reference.split_once('#').map_or(reference, |(before, _)| before);
        if has_scheme(reference) {
            return Self::parse(reference);
        }
        if reference.starts_with("//") {
            let scheme = if self.is_https() { "https" } else { "http" };
            return Self::parse(&format!("{scheme}:{reference}"));
        }
        if reference.is_empty() {
            return Ok(self.clone());
        }
        let (path, query) = match reference.split_once('?') {
            Some((path, query)) => (path, format!("?{query}")),
            None => (reference, String::new()),
        };
        let path = if path.is_empty() {
            self.path().to_owned()
        } else if path.starts_with('/') {
            without_dots(path)
        } else {
            let folder = self.path().rsplit_once('/').map_or("", |(folder, _)| folder);
            without_dots(&format!("{folder}/{path}"))
        };
        Self::parse(&format!("{}{path}{query}", self.origin()))
    }
}

/// Whether `text` begins with `name:` rather than with a path.
pub(crate) fn has_scheme(text: &str) -> bool {
    let before = text.split_once(['/', '?', '#']).map_or(text, |(before, _)| before);
    before.split_once(':').is_some_and(|(name, _)| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}

/// An absolute path without its `.` and `..` segments (RFC 3986, 5.2.4).
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            "." | ".." => {
                if segment == ".." {
                    kept.pop();
                }
                // What they stand for is a folder: its slash stays.
                if is_last {
                    kept.push("");
                }
            }
            name => kept.push(name),
        }
    }
    format!("/{}", kept.join("/"))
}

/// Host and port of `host[:port]`.
pub(super) fn split_authority(authority: &str) -> Result<(&str, Option<u16>), UrlError> {
    if authority.contains('@') {
        return Err(UrlError::UserInfo);
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let name_char = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let is_name = !host.is_empty() && host.len() <= 253 && host.chars().all(name_char);
    if !is_name && ipv6(host).is_none() {
        return Err(UrlError::Host);
    }
    let port = match port {
        None => None,
        // `parse` alone would take "+80".
        Some(port) if port.chars().all(|c| c.is_ascii_digit()) => {
            Some(port.parse::<u16>().ok().filter(|port| *port > 0).ok_or(UrlError::Port)?)
        }
        Some(_) => return Err(UrlError::Port),
    };
    Ok((host, port))
}

/// The byte that two hexadecimal digits stand for.
pub(super) fn hex(digits: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u8::from_str_radix(text, 16).ok()
}

fn ipv6(host: &str) -> Option<Ipv6Addr> {
    host.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

/// Appends `text`, percent-encoding what may stand neither in a path nor in a query (RFC 3986, appendix A) and
/// leaving everything else, existing `%` included, as it is.
fn push_encoded(out: &mut String, text: &str) {
    for byte in text.bytes() {
        let fine = byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?%[]".contains(&byte);
        if fine {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let query = if self.has_query() { "?…" } else { "" };
        write!(f, "{}{}{query}", self.origin(), self.path())
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sent(text: &str) -> String {
        Url::parse(text).unwrap().expose().to_owned()
    }

    #[test]
    fn addresses_are_sent_as_given_except_for_what_cannot_be_sent() {
        assert_eq!(sent("http://h"), "http://h/");
        assert_eq!(sent("http://h?a=1"), "http://h/?a=1");
        assert_eq!(sent(" http://h:80/a#top "), "http://h/a");
        assert_eq!(sent("https://h:80/"), "https://h:80/");
        assert_eq!(sent("http://[::1]:8080/x"), "http://[::1]:8080/x");
        assert_eq!(sent("http://h/k?key=N0dJ+a/b%2F=="), "http://h/k?key=N0dJ+a/b%2F==");
        assert_eq!(sent("http://h/语 音?城=<1>"), "http://h/%E8%AF%AD%20%E9%9F%B3?%E5%9F%8E=%3C1%3E");
    }

    #[test]
    fn what_is_no_address_is_refused_by_name() {
        let cases = [
            ("", UrlError::Scheme),
            ("h/path", UrlError::Scheme),
            ("ftp://h/", UrlError::Scheme),
            ("file:///etc/passwd", UrlError::Scheme),
            ("http://", UrlError::Host),
            ("http:///x", UrlError::Host),
            ("http://a b/", UrlError::Host),
            ("http://host:80:90/", UrlError::Host),
            ("http://[::1/", UrlError::Host),
            ("http://例.com/", UrlError::Host),
            ("http://h:/", UrlError::Port),
            ("http://h:0/", UrlError::Port),
            ("http://h:65536/", UrlError::Port),
            ("http://h:+80/", UrlError::Port),
            ("http://u:p@h/", UrlError::UserInfo),
            ("http://h/a\r\nX: y", UrlError::Character),
            ("http://h\\@evil/", UrlError::Character),
        ];
        for (text, fault) in cases {
            // An empty port is spelled out as a fault: "http://h:/" is a slip, not a wish.
            assert_eq!(Url::parse(text).unwrap_err(), fault, "{text:?}");
        }
        assert_eq!(Url::parse(&format!("http://h/{}", "a".repeat(8192))).unwrap_err(), UrlError::TooLong);
    }

    #[test]
    fn parts() {
        let url = Url::parse("http://Host:8080/a/b?q").unwrap();
        assert_eq!((url.host(), url.origin(), url.path()), ("host", "http://host:8080", "/a/b"));
        assert!(url.has_query() && !url.is_https() && !url.is_loopback());
        assert_eq!(url.join("/c").unwrap().expose(), "http://host:8080/a/b/c");
        assert_eq!(Url::parse("https://h/").unwrap().join("/c").unwrap().expose(), "https://h/c");
        for host in ["localhost", "127.3.2.1", "[::1]", "sim.localhost"] {
            assert!(Url::parse(&format!("http://{host}:1/")).unwrap().is_loopback(), "{host}");
        }
        assert!(!Url::parse("http://localhost.evil.example/").unwrap().is_loopback());
        assert_eq!(Url::parse("http://[::1]/").unwrap().host(), "[::1]");
    }

    #[test]
    fn references_are_resolved_as_the_rfc_says() {
        // RFC 3986, 5.4, with the base of its examples; what is no http address is a fault here.
        let base = Url::parse("http://a/b/c/d;p?q").unwrap();
        let cases = [
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g/"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q"),
            ("g;x=1/../y", "http://a/b/c/y"),
            ("", "http://a/b/c/d;p?q"),
            (".", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../../../g", "http://a/g"),
            ("/./g", "http://a/g"),
            ("/../g", "http://a/g"),
            ("g?y/../x", "http://a/b/c/g?y/../x"),
            ("https://h:8/x?k=a+b/==", "https://h:8/x?k=a+b/=="),
            ("x?u=http://y", "http://a/b/c/x?u=http://y"),
        ];
        for (reference, expected) in cases {
            assert_eq!(base.resolve(reference).unwrap().expose(), expected, "{reference}");
        }
        assert_eq!(Url::parse("https://a/b").unwrap().resolve("//g").unwrap().expose(), "https://g/");
        assert_eq!(base.resolve("g:h").unwrap_err(), UrlError::Scheme);
        assert_eq!(base.resolve("javascript:alert(1)").unwrap_err(), UrlError::Scheme);
        assert_eq!(base.resolve("//u:p@g").unwrap_err(), UrlError::UserInfo);
        assert_eq!(base.query(), Some("q"));
        assert_eq!(Url::parse("http://a/").unwrap().query(), None);
    }

    proptest! {
        #[test]
        fn neither_query_nor_user_info_is_ever_shown(
            path in "[ -~é语]{0,20}", query in "[ -~é语]{0,20}", user in "[a-z:%]{0,8}", port in 0_u32..70_000,
        ) {
            let canary = "cAnArY";
            for text in [
                format!("https://h.example:{port}/{path}?k={canary}{query}"),
                format!("https://{user}{canary}@h.example/{path}?{query}"),
                format!("https://h.example/x?{query}#{canary}"),
            ] {
                let mut shown = String::new();
                match Url::parse(&text) {
                    // The generated path may hold its own question mark, but the canary is always behind one.
                    Ok(url) => shown.push_str(&format!("{url} {url:?} {}", url.origin())),
                    Err(error) => shown.push_str(&format!("{error} {error:?}")),
                }
                prop_assert!(!shown.contains(canary), "{}", shown);
            }
        }

        #[test]
        fn an_accepted_address_holds_only_what_a_request_line_may_hold(text in "(https?://)?.{0,60}") {
            if let Ok(url) = Url::parse(&text) {
                prop_assert!(url.expose().bytes().all(|b| b.is_ascii_graphic()));
                prop_assert_eq!(Url::parse(url.expose()).unwrap(), url);
            }
        }
    }
}
