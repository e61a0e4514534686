//! Requests and answers, in types of our own: another HTTP library would change none of them.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;
use zeroize::Zeroizing;

use super::redact::shown_header;
use super::{CancelToken, Phase, TransportError, Url};

/// What is asked of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// Give me this.
    Get,
    /// Do this with the body.
    Post,
}

impl Method {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// Header fields in order. Names are compared without regard to case and sent as they were given.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// No fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field behind the others.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// Takes away every field of this name.
    pub(crate) fn remove(&mut self, name: &str) {
        self.0.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
    }

    /// The value of the first field of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// All fields in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl fmt::Debug for Headers {
    /// Values are shown for fields known to be harmless, so that a new secret one is hidden from its first day.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter().map(|(name, value)| (name, shown_header(name, value)))).finish()
    }
}

/// One request. Cloning does not copy the body.
#[derive(Clone)]
pub struct Request {
    /// What is asked.
    pub method: Method,
    /// Of which address.
    pub url: Url,
    /// Fields besides those that a transport adds (`Host`, `Content-Length`, `User-Agent`, `Accept`).
    pub headers: Headers,
    /// Whether sending it twice does no more than sending it once (or the caller accepts what it does).
    pub idempotent: bool,
    /// Whether the path is hidden as well when the address is shown, as it must be for signed links.
    pub hide_path: bool,
    body: Arc<Zeroizing<Vec<u8>>>,
}

impl Request {
    /// Asks for what is at `url`. Idempotent.
    pub fn get(url: Url) -> Self {
        let body = Arc::default();
        Self { method: Method::Get, url, headers: Headers::new(), idempotent: true, hide_path: false, body }
    }

    /// Sends `body` to `url`. Not idempotent unless said so. The body's memory is wiped when dropped.
    pub fn post(url: Url, body: Vec<u8>) -> Self {
        let body = Arc::new(Zeroizing::new(body));
        Self { method: Method::Post, url, headers: Headers::new(), idempotent: false, hide_path: false, body }
    }

    /// The same with one more header field.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push(name, value);
        self
    }

    /// The bytes to send; empty for `GET`.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The address as it may be shown.
    pub fn shown_url(&self) -> String {
        if self.hide_path { format!("{}/…", self.url.origin()) } else { self.url.to_string() }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &self.shown_url())
            .field("headers", &self.headers)
            .field("idempotent", &self.idempotent)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// An answer whose body may still be arriving.
#[derive(Debug)]
pub struct Response {
    /// HTTP status, 100 to 599.
    pub status: u16,
    /// Header fields.
    pub headers: Headers,
    /// What follows them.
    pub body: Body,
}

/// The body of an answer, read as it arrives.
///
/// As a [`Read`] it gives `io::Error`s that carry a [`TransportError`]; [`Body::read_all`] gives that itself.
pub struct Body(Box<dyn Read + Send>);

impl Body {
    /// A body that is already there.
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Box::new(io::Cursor::new(bytes.into())))
    }

    /// A body that arrives through `reader`.
    pub fn from_reader(reader: impl Read + Send + 'static) -> Self {
        Self(Box::new(reader))
    }

    /// Reads to the end, never holding more than `max_bytes` and one piece.
    ///
    /// **Errors**: [`TransportError::TooLarge`] as soon as there is more than `max_bytes`,
    /// [`TransportError::Cancelled`], or what broke the connection.
    pub fn read_all(mut self, max_bytes: u64, cancel: &CancelToken) -> Result<Vec<u8>, TransportError> {
        let mut bytes = Vec::new();
        let mut piece = vec![0; 16 << 10];
        loop {
            if cancel.is_cancelled() {
                return Err(TransportError::Cancelled { phase: Phase::Body });
            }
            let n = match self.0.read(&mut piece) {
                Ok(0) => return Ok(bytes),
                Ok(n) => n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(TransportError::from_body_read(e)),
            };
            if (bytes.len() + n) as u64 > max_bytes {
                return Err(TransportError::TooLarge { max_bytes });
            }
            bytes.extend_from_slice(piece.get(..n).unwrap_or_default());
        }
    }
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_neither_query_nor_body_nor_unknown_headers() {
        let url = Url::parse("http://h/p?canary").unwrap();
        let request = Request::post(url, b"canary".to_vec())
            .with_header("Authorization", "Bearer canary")
            .with_header("Content-Type", "application/json");
        let shown = format!("{request:?}");
        assert!(!shown.contains("canary"), "{shown}");
        assert!(shown.contains("application/json") && shown.contains("http://h/p"), "{shown}");
    }

    #[test]
    fn a_hidden_path_is_not_shown() {
        let mut request = Request::get(Url::parse("http://h/canary/a.mp3").unwrap());
        request.hide_path = true;
        assert_eq!(request.shown_url(), "http://h/…");
        assert!(!format!("{request:?}").contains("canary"));
    }

    #[test]
    fn header_names_have_no_case() {
        let mut headers = Headers::new();
        headers.push("Retry-After", "1");
        headers.push("retry-after", "2");
        assert_eq!(headers.get("RETRY-AFTER"), Some("1"));
        assert_eq!(headers.get("Retry"), None);
        headers.push("Other", "3");
        headers.remove("RETRY-after");
        assert_eq!(headers.iter().collect::<Vec<_>>(), [("Other", "3")]);
    }

    #[test]
    fn a_body_up_to_the_limit_is_read_and_one_byte_more_is_not() {
        let read = |len: usize| Body::from_bytes(vec![7; len]).read_all(40_000, &CancelToken::new());
        assert!(read(0).unwrap().is_empty());
        assert_eq!(read(40_000).unwrap(), vec![7; 40_000]);
        assert!(matches!(read(40_001), Err(TransportError::TooLarge { max_bytes: 40_000 })));
    }

    #[test]
    fn an_endless_body_stops_at_the_limit_or_when_cancelled() {
        let endless = || Body::from_reader(io::repeat(1));
        assert!(matches!(endless().read_all(1 << 20, &CancelToken::new()), Err(TransportError::TooLarge { .. })));
        let cancel = CancelToken::new();
        cancel.cancel();
        assert!(matches!(endless().read_all(1 << 20, &cancel), Err(TransportError::Cancelled { .. })));
    }
}
