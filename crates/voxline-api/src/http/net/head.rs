//! The head of a request and of an answer, as text (RFC 9112).

use zeroize::Zeroizing;

use crate::http::{Headers, Method, Request, TransportError};

/// Most bytes and lines of an answer's head.
pub(super) const MAX_HEAD_BYTES: usize = 64 << 10;
const MAX_HEAD_LINES: usize = 256;

/// The head of a request. `through_proxy`: what the proxy that passes it on is told besides; it then names the whole
/// address.
///
/// **Errors**: [`TransportError::BadRequest`] for a header field that would end up as something else.
pub(super) fn of_request(request: &Request, through_proxy: Option<&str>) -> Result<Zeroizing<Vec<u8>>, TransportError> {
    let url = &request.url;
    let whole = url.expose();
    let target = if through_proxy.is_some() { whole } else { whole.get(url.origin().len()..).unwrap_or("/") };
    let fields: usize = request.headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
    // Never moved, so that no copy of a token stays behind.
    let mut head = Zeroizing::new(Vec::with_capacity(whole.len() + fields + through_proxy.map_or(0, str::len) + 512));
    let mut line = |parts: &[&str]| {
        parts.iter().for_each(|part| head.extend_from_slice(part.as_bytes()));
        head.extend_from_slice(b"\r\n");
    };
    line(&[request.method.as_str(), " ", target, " HTTP/1.1"]);
    line(&["Host: ", url.authority()]);
    line(&["User-Agent: ", concat!("voxline/", env!("CARGO_PKG_VERSION"))]);
    line(&["Accept: */*"]);
    for (name, value) in request.headers.iter() {
        if !is_token(name.as_bytes()) || !is_value(value.as_bytes()) {
            let what = "a header field holds a character that cannot be sent";
            return Err(TransportError::BadRequest(what.to_owned()));
        }
        line(&[name, ": ", value]);
    }
    if request.method == Method::Post {
        line(&["Content-Length: ", &request.body().len().to_string()]);
    }
    if let Some(authorization) = through_proxy.filter(|text| !text.is_empty()) {
        line(&["Proxy-Authorization: ", authorization]);
    }
    line(&[]);
    Ok(head)
}

/// An answer's head.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) headers: Headers,
    /// Whether it is `HTTP/1.1`, whose connections stay open.
    pub(super) stays_open: bool,
}

/// Bytes of the head at the start of `bytes`, its empty line included; `None` if it is not all there. The first
/// `known` bytes were looked at before.
pub(super) fn length(bytes: &[u8], known: usize) -> Option<usize> {
    let from = known.saturating_sub(3);
    let (at, _) = bytes.iter().enumerate().skip(from).find(|(at, byte)| {
        let rest = bytes.get(at + 1..).unwrap_or_default();
        **byte == b'\n' && (rest.starts_with(b"\n") || rest.starts_with(b"\r\n"))
    })?;
    let rest = bytes.get(at + 1..).unwrap_or_default();
    Some(at + if rest.starts_with(b"\n") { 2 } else { 3 })
}

/// Whether these bytes can be the start of an answer. What speaks first and otherwise is known at once.
pub(super) fn may_begin(bytes: &[u8]) -> bool {
    bytes.iter().zip(b"HTTP/1.").all(|(byte, expected)| byte == expected)
}

/// Reads a whole head.
///
/// **Errors**: what is wrong with it; nothing of it is repeated.
pub(super) fn parse(bytes: &[u8]) -> Result<Head, &'static str> {
    let mut lines = bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let first = lines.next().unwrap_or_default();
    let (version, rest) = first.split_at_checked(8).ok_or("there is no status line")?;
    let stays_open = match version {
        b"HTTP/1.1" => true,
        b"HTTP/1.0" => false,
        _ => return Err("there is no status line"),
    };
    let status = match rest {
        [b' ', a, b, c] | [b' ', a, b, c, b' ', ..] => number(&[*a, *b, *c], 10),
        _ => None,
    };
    let status = status.and_then(|status| u16::try_from(status).ok()).filter(|status| (100..=599).contains(status));
    let status = status.ok_or("the status is not a number from 100 to 599")?;
    let mut headers = Headers::new();
    for (count, line) in lines.take_while(|line| !line.is_empty()).enumerate() {
        let colon = line.iter().position(|byte| *byte == b':').ok_or("a header field has no colon")?;
        let (name, value) = line.split_at(colon);
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        if !is_token(name) || !is_value(value) {
            return Err("a header field holds a character that no field has");
        }
        if count >= MAX_HEAD_LINES {
            return Err("the header has too many fields");
        }
        headers.push(String::from_utf8_lossy(name), String::from_utf8_lossy(value));
    }
    Ok(Head { status, headers, stays_open })
}

/// How the end of a body is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    Length(u64),
    Chunked,
    /// The server closes the connection.
    Close,
}

impl Head {
    /// RFC 9112, 6.3.
    ///
    /// **Errors**: what is contradictory: a body whose end is not sure cannot be told from a cut one.
    pub(super) fn framing(&self) -> Result<Framing, &'static str> {
        if matches!(self.status, 100..=199 | 204 | 304) {
            return Ok(Framing::Length(0));
        }
        let codings: Vec<&str> = self.all("Transfer-Encoding").collect();
        match &*codings {
            [] => {}
            [coding] if coding.eq_ignore_ascii_case("chunked") => return Ok(Framing::Chunked),
            _ => return Err("its transfer encoding is not \"chunked\""),
        }
        let mut lengths = self.all("Content-Length").map(|text| number(text.as_bytes(), 10));
        let Some(first) = lengths.next() else { return Ok(Framing::Close) };
        match first {
            Some(length) if lengths.all(|other| other == Some(length)) => Ok(Framing::Length(length)),
            _ => Err("its length is not one number"),
        }
    }

    /// Whether another request may follow on the same connection.
    pub(super) fn may_follow(&self) -> bool {
        // Both at once are an attack on somebody who reads only one of them (RFC 9112, 6.1).
        let ambiguous = self.headers.get("Transfer-Encoding").is_some() && self.headers.get("Content-Length").is_some();
        self.stays_open && !ambiguous && !self.all("Connection").any(|option| option.eq_ignore_ascii_case("close"))
    }

    /// The entries of a list, over all fields of this name.
    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let fields = self.headers.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name));
        fields.flat_map(|(_, value)| value.split(',')).map(str::trim)
    }
}

/// A number without sign, all of `digits`.
pub(super) fn number(digits: &[u8], radix: u32) -> Option<u64> {
    let text = std::str::from_utf8(digits).ok()?;
    let fine = !text.is_empty() && text.len() <= 16 && text.chars().all(|c| c.is_digit(radix));
    fine.then(|| u64::from_str_radix(text, radix).ok()).flatten()
}

/// RFC 9110, 5.6.2.
fn is_token(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(b))
}

/// RFC 9110, 5.5: no control character but the tabulator.
fn is_value(value: &[u8]) -> bool {
    value.iter().all(|b| *b == b'\t' || (*b >= b' ' && *b != 0x7f))
}

#[cfg(test)]
mod tests;
