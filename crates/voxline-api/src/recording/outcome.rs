//! Judging what came back instead of what was asked for.

use std::time::SystemTime;

use voxline_core::{Error, ErrorKind, Retry, Secret};

use super::response::Envelope;
use super::sniff::{Looks, SNIFF_BYTES, looks};
use super::status::{RecordingStatus, kind_of_status};
use crate::http::redact::{excerpt, scrub};
use crate::http::{Call, Failure, FailureClass, Headers, Request, Url, class_of_status, retry_after};

/// An answer, and what must not be shown of it.
pub(super) struct Case<'a> {
    pub(super) call: Call<'a>,
    pub(super) request: &'a Request,
    pub(super) status: u16,
    pub(super) headers: &'a Headers,
    pub(super) body: &'a [u8],
    pub(super) secrets: &'a [Secret],
    pub(super) now: SystemTime,
}

impl Case<'_> {
    /// The service answered with a code.
    pub(super) fn vendor(&self, envelope: &Envelope) -> Failure {
        let status = envelope.status;
        let said = self.message(envelope).map(|text| format!(": {}", excerpt(text.as_bytes(), &[])));
        let what = format!("{status}{}", said.unwrap_or_default());
        let kind = status.error_kind().unwrap_or(ErrorKind::Service);
        self.failure(status.class(), kind, status.retry(), &what, Some(envelope))
    }

    /// The HTTP status says what is wrong; the body may hold more. `hint` is what the caller can do about it.
    pub(super) fn http(&self, hint: &str) -> Failure {
        let class = class_of_status(self.status);
        let retry = if class == FailureClass::Rejected { Retry::No } else { Retry::Yes };
        let what = format!("HTTP {} {}{hint}", self.status, self.shown_body("with"));
        self.failure(class, kind_of_status(self.status), retry, &what, Envelope::parse(self.body).as_ref())
    }

    /// A success that is none. `why` is what is wrong with it.
    pub(super) fn not_understood(&self, why: &str) -> Failure {
        let kind = self.headers.get("Content-Type").unwrap_or("no content type");
        let kind = self.clean(kind);
        // Samples may look like letters: the A-law of silence is a row of U.
        let shown = match looks(self.body.get(..SNIFF_BYTES).unwrap_or(self.body), Some(&kind)) {
            Looks::Audio if self.status == 206 => "a part of audio that was not asked for".to_owned(),
            _ => self.shown_body("beginning with"),
        };
        let what = format!("HTTP {} {why}: {kind}, {shown}", self.status);
        let envelope = Envelope::parse(self.body);
        self.failure(FailureClass::Rejected, ErrorKind::Service, Retry::No, &what, envelope.as_ref())
    }

    /// A failure of this kind, with the service's code and message if there are any.
    pub(super) fn failure(
        &self,
        class: FailureClass,
        kind: ErrorKind,
        retry: Retry,
        what: &str,
        envelope: Option<&Envelope>,
    ) -> Failure {
        let mut fault = self.call.fault();
        fault.http_status = Some(self.status);
        let envelope = envelope.filter(|envelope| envelope.status != RecordingStatus::Success);
        fault.code = envelope.map(|envelope| envelope.status.code().to_string());
        fault.message = envelope.and_then(|envelope| self.message(envelope));
        let wait = retry_after(self.headers, self.now);
        let retry = match (retry, wait) {
            (Retry::Yes, Some(wait)) => Retry::After(wait),
            (retry, _) => retry,
        };
        let context = format!("{} {}: {what}", self.request.method.as_str(), self.request.shown_url());
        let error = Error::new(kind, self.call.op, context).with_retry(retry).with_service(fault);
        Failure { class, retry_after: wait, error }
    }

    fn message(&self, envelope: &Envelope) -> Option<String> {
        let secrets: Vec<&Secret> = self.secrets.iter().collect();
        envelope.message.as_deref().map(|text| without_queries(&scrub(text, &secrets)))
    }

    /// The beginning of the body, if it is text.
    fn shown_body(&self, with: &str) -> String {
        /// More than an excerpt takes, so that nothing is cut before it is cleaned.
        const WINDOW_BYTES: usize = 64 << 10;
        if self.body.is_empty() {
            return "without a body".to_owned();
        }
        let window = self.body.get(..WINDOW_BYTES).unwrap_or(self.body);
        let text = String::from_utf8_lossy(window);
        if window.contains(&0) || text.chars().take(SNIFF_BYTES).any(|c| c == char::REPLACEMENT_CHARACTER) {
            return format!("{with} bytes that are no text");
        }
        format!("{with} \"{}\"", self.clean(&text))
    }

    fn clean(&self, text: &str) -> String {
        let secrets: Vec<&Secret> = self.secrets.iter().collect();
        let text = without_queries(&scrub(text, &secrets));
        excerpt(text.as_bytes(), &secrets)
    }
}

/// `text` without what looks like the query of an address, also of one without a scheme: the service hands out such.
fn without_queries(text: &str) -> String {
    let ends = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '<' | '>' | '`');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('?') {
        let (query, next) = after.split_at(after.find(ends).unwrap_or(after.len()));
        out.push_str(before);
        out.push_str(if query.contains('=') || query.len() > 16 { "?…" } else { "?" });
        // What is no query may hold the beginning of one.
        rest = if query.contains('=') || query.len() > 16 { next } else { after };
    }
    out.push_str(rest);
    out
}

/// What must not be shown of an address: its query, and each value of it, as it stands and decoded.
pub(super) fn secrets_of(url: &Url) -> Vec<Secret> {
    /// Shorter values are no signatures, and hiding "1" everywhere would make a riddle of every message.
    const MIN_BYTES: usize = 8;
    let Some(query) = url.query() else { return Vec::new() };
    let values = query.split('&').map(|pair| pair.split_once('=').map_or(pair, |(_, value)| value));
    let mut all: Vec<String> = std::iter::once(query).chain(values).map(str::to_owned).collect();
    all.extend(all.clone().iter().map(|value| decoded(value)));
    all.retain(|value| value.len() >= MIN_BYTES);
    all.sort_by_key(|value| std::cmp::Reverse(value.len()));
    all.dedup();
    all.into_iter().map(Secret::new).collect()
}

/// `text` with percent escapes replaced; what is no escape stays.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped =
            (*first == b'%').then(|| after.get(..2)).flatten().filter(|d| d.iter().all(u8::is_ascii_hexdigit));
        let byte = escaped.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_cut_from_addresses_without_a_scheme_too() {
        let text =
            r#"{"voice_url":"h.example/v?key=abc==","x":"why? because"} really? 是吗? ??k=v a?bcdefghijklmnopqrs"#;
        assert_eq!(without_queries(text), r#"{"voice_url":"h.example/v?…","x":"why? because"} really? 是吗? ?… a?…"#);
    }

    #[test]
    fn the_secrets_of_an_address_are_its_query_and_its_values() {
        let secrets = |url: &str| -> Vec<String> {
            secrets_of(&Url::parse(url).unwrap()).iter().map(|s| s.expose().to_owned()).collect()
        };
        assert_eq!(secrets("http://h/p"), Vec::<String>::new());
        assert_eq!(secrets("http://h/p?v=1"), Vec::<String>::new());
        assert_eq!(
            secrets("http://h/p?key=a%2Bb%2Fcdefg%3D&v=1"),
            ["key=a%2Bb%2Fcdefg%3D&v=1", "key=a+b/cdefg=&v=1", "a%2Bb%2Fcdefg%3D", "a+b/cdefg="]
        );
        assert_eq!(decoded("%zz%4"), "%zz%4");
    }
}
