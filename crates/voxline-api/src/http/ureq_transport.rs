//! The transport that is used unless another is injected.

use std::io::{self, Read};
use std::time::Duration;

use ureq::{Agent, SendBody, Timeout};
use voxline_core::Result;
use voxline_core::options::HttpOptions;

use super::proxy::Proxies;
use super::{Body, Headers, Limits, Method, Phase, Request, Response, Transport, TransportError, tls};

/// HTTP/1.1 over TCP and TLS by ureq and rustls. Connections are kept and used again.
///
/// Follows no redirect, treats no status as an error, asks for no compression. A body shorter than its
/// `Content-Length` (or without its last chunk) is [`TransportError::Truncated`].
#[derive(Debug, Clone)]
pub struct UreqTransport {
    agent: Agent,
    proxies: Proxies,
}

impl UreqTransport {
    /// A transport with the proxy and the certificate authorities of the options; without a proxy option, those of
    /// the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`) are used, but never for this machine.
    ///
    /// **Errors**: [`voxline_core::ErrorKind::InvalidArgument`] for a proxy address or certificate file that cannot
    /// be used, [`voxline_core::ErrorKind::Io`] for a file that cannot be read.
    pub fn new(options: &HttpOptions) -> Result<Self> {
        Self::with_environment(options, &|name| std::env::var(name).ok())
    }

    /// The same with another environment than that of the process.
    ///
    /// **Errors**: as [`UreqTransport::new`].
    pub fn with_environment(options: &HttpOptions, environment: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        let proxies = Proxies::new(options.proxy.as_ref(), environment)?;
        let config = Agent::config_builder()
            .tls_config(tls::config(options.ca_file.as_deref())?)
            .user_agent(concat!("voxline/", env!("CARGO_PKG_VERSION")))
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            // ureq keeps 3 per host, so that a crowd of threads on one client would connect anew for nearly every call.
            .max_idle_connections_per_host(64)
            .max_idle_connections(128)
            .build();
        Ok(Self { agent: config.new_agent(), proxies })
    }
}

impl Transport for UreqTransport {
    fn send(&self, request: &Request, limits: &Limits) -> Result<Response, TransportError> {
        let url = request.url.expose();
        let mut upload = Upload { left: request.body() };
        let result = match request.method {
            Method::Get => with_headers(self.agent.get(url), request)
                .config()
                .timeout_resolve(Some(limits.connect))
                .timeout_connect(Some(limits.connect))
                .timeout_send_request(Some(limits.read))
                .timeout_recv_response(Some(limits.read))
                .timeout_per_read(Some(limits.read))
                .timeout_global(Some(limits.total))
                .proxy(self.proxies.choose(&request.url))
                .build()
                .call(),
            Method::Post => with_headers(self.agent.post(url), request)
                .header_raw("Content-Length", request.body().len().to_string().as_bytes())
                .config()
                .timeout_resolve(Some(limits.connect))
                .timeout_connect(Some(limits.connect))
                .timeout_send_request(Some(limits.read))
                .timeout_send_body(Some(limits.read))
                .timeout_recv_response(Some(limits.read))
                .timeout_per_read(Some(limits.read))
                .timeout_global(Some(limits.total))
                .proxy(self.proxies.choose(&request.url))
                .build()
                .send(SendBody::from_reader(&mut upload)),
        };
        let response = result.map_err(|error| {
            // Only when the last byte was taken can the server have a request to act on. A request without a body
            // gives no such sign: it may have been sent.
            let maybe_complete = upload.left.is_empty();
            translate(error, request, limits, maybe_complete)
        })?;

        let (parts, body) = response.into_parts();
        let mut headers = Headers::new();
        for (name, value) in &parts.headers {
            headers.push(name.as_str(), String::from_utf8_lossy(value.as_bytes()));
        }
        let expected_bytes = body.content_length();
        let reader = body.into_with_config().limit(u64::MAX).reader();
        let body = Body::from_reader(Download { reader, received_bytes: 0, expected_bytes, limits: *limits });
        Ok(Response { status: parts.status.as_u16(), headers, body })
    }
}

/// Header names are sent in the letters they were given in: some servers compare them as they stand.
fn with_headers<B>(mut builder: ureq::RequestBuilder<B>, request: &Request) -> ureq::RequestBuilder<B> {
    for (name, value) in request.headers.iter() {
        builder = builder.header_raw(name, value.as_bytes());
    }
    builder
}

/// The request's body on its way out; what is left tells how far it got.
struct Upload<'a> {
    left: &'a [u8],
}

impl Read for Upload<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.left.read(buffer)
    }
}

/// The answer's body on its way in.
struct Download {
    reader: ureq::BodyReader<'static>,
    received_bytes: u64,
    expected_bytes: Option<u64>,
    limits: Limits,
}

impl Read for Download {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let result = self.reader.read(buffer);
        let n = result.map_err(|error| {
            let Self { received_bytes, expected_bytes, .. } = *self;
            io::Error::other(match ureq::Error::from(error) {
                ureq::Error::Timeout(which) => {
                    TransportError::Timeout { phase: Phase::Body, limit: limit_of(which, &self.limits) }
                }
                ureq::Error::Protocol(what) => TransportError::Protocol(what.to_string()),
                _ => TransportError::Truncated { received_bytes, expected_bytes },
            })
        })?;
        self.received_bytes = self.received_bytes.saturating_add(n as u64);
        Ok(n)
    }
}

fn limit_of(which: Timeout, limits: &Limits) -> Duration {
    match which {
        Timeout::Resolve | Timeout::Connect => limits.connect,
        Timeout::Global | Timeout::PerCall => limits.total,
        _ => limits.read,
    }
}

/// ureq's errors in our words. None of its texts is passed on unless it can hold no address.
fn translate(error: ureq::Error, request: &Request, limits: &Limits, maybe_complete: bool) -> TransportError {
    let origin = || request.url.origin().to_owned();
    let has_body = request.method == Method::Post && !request.body().is_empty();
    match error {
        ureq::Error::Timeout(which) => {
            let phase = match which {
                Timeout::Resolve => Phase::Resolve,
                Timeout::Connect => Phase::Connect,
                Timeout::SendRequest | Timeout::SendBody => Phase::Send,
                Timeout::RecvResponse => Phase::Answer,
                // The total limit does not say where it struck; an untouched body means that it was before sending.
                _ if has_body && !maybe_complete => Phase::Send,
                _ => Phase::Answer,
            };
            TransportError::Timeout { phase, limit: limit_of(which, limits) }
        }
        ureq::Error::HostNotFound => TransportError::HostNotFound { host: request.url.host().to_owned() },
        ureq::Error::ConnectionFailed => {
            TransportError::Connect { origin: origin(), source: io::Error::other("no address of the host answered") }
        }
        ureq::Error::InvalidProxyUrl => TransportError::Proxy("its address cannot be used".to_owned()),
        ureq::Error::ConnectProxyFailed(what) => TransportError::Proxy(what),
        ureq::Error::Tls(what) => TransportError::Tls { origin: origin(), detail: what.to_owned() },
        ureq::Error::TlsRequired => {
            TransportError::Tls { origin: origin(), detail: "the connection is not encrypted".to_owned() }
        }
        ureq::Error::Rustls(what) => TransportError::Tls { origin: origin(), detail: what.to_string() },
        ureq::Error::Io(source) => translate_io(source, request, maybe_complete, has_body),
        ureq::Error::Protocol(what) if maybe_complete => TransportError::Protocol(what.to_string()),
        ureq::Error::LargeResponseHeader(..) => TransportError::Protocol("the header is too long".to_owned()),
        ureq::Error::Http(_) => {
            TransportError::BadRequest("a header field holds a character that cannot be sent".to_owned())
        }
        ureq::Error::BadUri(_) => TransportError::BadRequest("the address cannot be used".to_owned()),
        // What is left are features that are not used; if one shows up, nothing is known about the request.
        _ => TransportError::Lost {
            request_complete: maybe_complete,
            source: io::Error::other("the HTTP library gave up for a reason of its own"),
        },
    }
}

fn translate_io(source: io::Error, request: &Request, maybe_complete: bool, has_body: bool) -> TransportError {
    let origin = request.url.origin().to_owned();
    if let Some(tls) = source.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        // A peer that stops talking TLS after the request was sent broke the connection; before, it is not trusted.
        if !(has_body && maybe_complete) {
            return TransportError::Tls { origin, detail: tls.to_string() };
        }
    }
    let never_connected = matches!(
        source.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::AddrNotAvailable
            | io::ErrorKind::NetworkDown
    );
    if never_connected {
        return TransportError::Connect { origin, source };
    }
    TransportError::Lost { request_complete: maybe_complete, source }
}
