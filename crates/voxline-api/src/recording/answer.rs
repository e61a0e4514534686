//! One answer with audio in it: asked for, judged by its beginning, then read.

use std::io::{self, Read};

use voxline_core::{ErrorKind, Retry, Secret};

use super::client::Inner;
use super::outcome::{Case, secrets_of};
use super::range::Version;
use super::response::Envelope;
use super::sniff::{Looks, SNIFF_BYTES, looks};
use super::status::RecordingStatus;
use super::url::RecordingUrl;
use crate::http::{
    Attempt, Body, Call, CancelToken, Failure, FailureClass, Headers, Opened, Phase, Reading, Request, TransportError,
    transport_failure,
};

/// Most bytes read of an answer that is an error.
const MAX_ERROR_BYTES: u64 = 64 << 10;

/// Audio that is arriving.
pub(super) struct Answer {
    pub(super) request: Request,
    pub(super) version: Version,
    pub(super) content_type: Option<String>,
    head: io::Cursor<Vec<u8>>,
    body: Body,
}

impl Answer {
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TransportError> {
        loop {
            // A cursor over memory does not fail.
            let n = self.head.read(buffer).unwrap_or(0);
            if n > 0 {
                return Ok(n);
            }
            match self.body.read(buffer) {
                Ok(n) => return Ok(n),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(TransportError::from_body_read(e)),
            }
        }
    }
}

/// The rest of a file of which the beginning is there.
pub(super) struct Rest<'a> {
    /// Bytes that are there.
    pub(super) position: u64,
    /// The last of them, which are asked for again and compared.
    pub(super) overlap: &'a [u8],
    pub(super) version: &'a Version,
}

/// How an answer begins.
pub(super) enum Begun {
    /// With the first byte of the file.
    Whole(Answer),
    /// With the byte that was missing.
    Part(Answer),
    /// The rest cannot be had: the server says so, or what it has is another file by now.
    NoRest,
}

/// Sends one request for the file, or for its rest.
pub(super) fn begin(
    client: &Inner,
    call: Call<'_>,
    url: &RecordingUrl,
    rest: Option<&Rest<'_>>,
    attempt: Attempt,
    cancel: &CancelToken,
) -> Result<Begun, Failure> {
    let http = &client.http;
    let deadline = http.clock().now().saturating_add(attempt.remaining);
    let from_bytes = rest.map(|rest| rest.position.saturating_sub(rest.overlap.len() as u64));
    let mut request = client.file_request(url);
    if let (Some(rest), Some(from_bytes)) = (rest, from_bytes) {
        request = request.with_header("Range", format!("bytes={from_bytes}-"));
        if let Some(etag) = &rest.version.etag {
            request = request.with_header("If-Range", etag.clone());
        }
    }
    let Opened { request, response } = http.open(call, request, attempt, Reading::File, cancel)?;
    let mut beginning = Beginning {
        client,
        call,
        secrets: client.secrets(&[url.url(), &request.url]),
        request,
        status: response.status,
        headers: response.headers,
        body: response.body,
        deadline,
        cancel,
    };
    match (beginning.status, rest, from_bytes) {
        (200, ..) => beginning.whole().map(Begun::Whole),
        (206, Some(rest), Some(from_bytes)) => {
            let fits = Version::of_part(&beginning.headers, from_bytes).filter(|part| part.agrees_with(rest.version));
            let Some(version) = fits else { return Ok(Begun::NoRest) };
            beginning.encoding()?;
            let again = beginning.read(rest.overlap.len() as u64)?;
            if again.len() < rest.overlap.len() && rest.overlap.starts_with(&again) {
                let (received_bytes, expected_bytes) = (again.len() as u64, Some(rest.overlap.len() as u64));
                return Err(beginning.lost(TransportError::Truncated { received_bytes, expected_bytes }));
            }
            if again != rest.overlap {
                return Ok(Begun::NoRest);
            }
            Ok(Begun::Part(beginning.answer(version, Vec::new())))
        }
        (416, Some(_), _) => Ok(Begun::NoRest),
        _ => Err(beginning.refusal()),
    }
}

/// An answer whose head is there.
struct Beginning<'a> {
    client: &'a Inner,
    call: Call<'a>,
    secrets: Vec<Secret>,
    request: Request,
    status: u16,
    headers: Headers,
    body: Body,
    deadline: std::time::Duration,
    cancel: &'a CancelToken,
}

impl Beginning<'_> {
    fn whole(mut self) -> Result<Answer, Failure> {
        self.encoding()?;
        let head = self.read(SNIFF_BYTES as u64)?;
        match looks(&head, self.headers.get("Content-Type")) {
            Looks::Audio => {
                let version = Version::of_whole(&self.headers);
                Ok(self.answer(version, head))
            }
            Looks::Nonsense if head.is_empty() && self.announced_more() => {
                Err(self.lost(TransportError::Truncated { received_bytes: 0, expected_bytes: None }))
            }
            Looks::Nonsense => Err(self.case(&head).not_understood("is not the expected audio")),
            Looks::Envelope => {
                let mut body = head;
                body.extend(self.read(MAX_ERROR_BYTES)?);
                Err(match Envelope::parse(&body) {
                    Some(envelope) if envelope.status != RecordingStatus::Success => {
                        let failure = self.case(&body).vendor(&envelope);
                        expired_if(envelope.status.as_http(), failure)
                    }
                    _ => self.case(&body).not_understood("is JSON instead of audio"),
                })
            }
        }
    }

    fn answer(self, version: Version, head: Vec<u8>) -> Answer {
        // A server that repeats what it was sent would have it written beside the file.
        let shows = |text: &String| crate::http::redact::scrub(text, &self.secrets.iter().collect::<Vec<_>>()) != *text;
        let version = Version {
            etag: version.etag.filter(|tag| !shows(tag)),
            last_modified: version.last_modified.filter(|date| !shows(date)),
            ..version
        };
        let content_type = self.headers.get("Content-Type").map(str::to_owned).filter(|text| !shows(text));
        Answer { request: self.request, version, content_type, head: io::Cursor::new(head), body: self.body }
    }

    /// HTTP says no.
    fn refusal(mut self) -> Failure {
        let body = match self.read(MAX_ERROR_BYTES) {
            Ok(body) => body,
            Err(failure) if failure.class == FailureClass::Abandoned => return failure,
            // The status alone will do.
            Err(_) => Vec::new(),
        };
        let case = self.case(&body);
        let known = Envelope::parse(&body)
            .filter(|e| !matches!(e.status, RecordingStatus::Success | RecordingStatus::Other(_)));
        match (self.status, known) {
            (_, Some(envelope)) => case.vendor(&envelope),
            (200..=299, _) => case.not_understood("is not the expected audio"),
            (401, _) if self.request.headers.get("Authorization").is_none() => {
                case.http("; the token was not sent to this host, see send_token_to_download_host")
            }
            (status, _) => expired_if(Some(status), case.http("")),
        }
    }

    /// A compressed body would be stored as it is; it was not asked for.
    fn encoding(&self) -> Result<(), Failure> {
        match self.headers.get("Content-Encoding").map(str::trim) {
            None | Some("" | "identity") => Ok(()),
            Some(_) => Err(self.case(&[]).failure(
                FailureClass::Rejected,
                ErrorKind::UnsupportedFormat,
                Retry::No,
                "the audio is sent compressed (Content-Encoding), which was not asked for",
                None,
            )),
        }
    }

    fn announced_more(&self) -> bool {
        Version::of_whole(&self.headers).total_bytes.is_some_and(|n| n > 0)
    }

    /// Up to `max_bytes`, fewer only if there are no more.
    fn read(&mut self, max_bytes: u64) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        let mut piece = [0; 4096];
        while (bytes.len() as u64) < max_bytes {
            if self.cancel.is_cancelled() {
                return Err(self.lost(TransportError::Cancelled { phase: Phase::Body }));
            }
            if self.client.http.clock().now() > self.deadline {
                let limit = self.client.http.total_timeout();
                return Err(self.lost(TransportError::Timeout { phase: Phase::Body, limit }));
            }
            let wanted = usize::try_from(max_bytes - bytes.len() as u64).unwrap_or(usize::MAX).min(piece.len());
            match self.body.read(piece.get_mut(..wanted).unwrap_or_default()) {
                Ok(0) => break,
                Ok(n) => bytes.extend_from_slice(piece.get(..n).unwrap_or_default()),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(self.lost(TransportError::from_body_read(e))),
            }
        }
        Ok(bytes)
    }

    fn lost(&self, error: TransportError) -> Failure {
        transport_failure(self.call, &self.request, error)
    }

    fn case<'b>(&'b self, body: &'b [u8]) -> Case<'b> {
        Case {
            call: self.call,
            request: &self.request,
            status: self.status,
            headers: &self.headers,
            body,
            secrets: &self.secrets,
            now: self.client.http.clock().date(),
        }
    }
}

/// Statuses with which a server says that the address is no longer good: locate again, once.
fn expired_if(status: Option<u16>, failure: Failure) -> Failure {
    let class = if matches!(status, Some(403 | 404 | 410)) { FailureClass::Expired } else { failure.class };
    Failure { class, ..failure }
}

/// The secrets of an answer to `urls`.
pub(super) fn secrets(token: &Secret, urls: &[&crate::http::Url]) -> Vec<Secret> {
    std::iter::once(token.clone()).chain(urls.iter().flat_map(|url| secrets_of(url))).collect()
}
