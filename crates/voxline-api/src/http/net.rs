//! The transport that is used unless another is injected.
//!
//! HTTP/1.1 of our own over TCP and rustls: small, because so little of it is needed, and our own for three things that
//! a library did not give: nothing of a request or an answer reaches anybody's logger, a caller who gives up is obeyed
//! at once wherever that does no harm, and whether the last byte of a request was handed over is known exactly.

mod body;
mod conn;
mod dial;
mod head;
mod pool;
mod socket;
mod tunnel;
mod watch;

use std::fmt;
use std::sync::Arc;

use rustls::ClientConfig;
use voxline_core::Result;
use voxline_core::options::HttpOptions;

use self::body::Incoming;
use self::conn::Conn;
use self::pool::{Place, Pool};
use self::socket::{Io, Tcp, Tls};
use self::watch::{Term, uncarried};
use super::proxy::{Kind, Proxies, Proxy};
use super::{Body, CancelToken, Limits, Phase, Request, Response, Transport, TransportError, tls};

/// HTTP/1.1 over TCP and TLS. Connections are kept and used again.
///
/// Follows no redirect, treats no status as an error, asks for no compression and undoes none. A body shorter than its `Content-Length` (or without its last chunk, or under TLS without its end) is
/// [`TransportError::Truncated`]. Writes nothing to any log.
///
/// A request is sent on a kept connection only if that is open and silent at the moment; if it breaks all the same
/// after the last byte was handed over, that is [`TransportError::Lost`] with `request_complete`: it may have arrived,
/// and is not sent again here.
#[derive(Clone)]
pub struct HttpTransport {
    tls: Arc<ClientConfig>,
    proxies: Proxies,
    pool: Pool,
}

impl HttpTransport {
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
    /// **Errors**: as [`HttpTransport::new`].
    pub fn with_environment(options: &HttpOptions, environment: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        let proxies = Proxies::new(options.proxy.as_ref(), environment)?;
        Ok(Self { tls: tls::config(options.ca_file.as_deref())?, proxies, pool: Pool::default() })
    }

    fn connect(&self, request: &Request, proxy: Option<&Proxy>, term: &Term) -> Result<Conn, TransportError> {
        let (url, step) = (&request.url, Phase::Connect);
        let (host, port, what) = match proxy {
            Some(proxy) => (&*proxy.host, proxy.port, proxy.shown()),
            None => (url.host(), url.port(), url.origin().to_owned()),
        };
        // One limit from the name to the end of the handshake.
        let watch = term.watch(step);
        let stream = dial::dial(host, port, &what, term)?;
        let lost = |source| TransportError::Connect { origin: what.clone(), source };
        let mut io: Box<dyn Io> = Box::new(Tcp::new(stream, &watch).map_err(lost)?);
        if let Some(proxy) = proxy {
            if proxy.kind == Kind::Https {
                io = Box::new(Tls::new(&self.tls, host, &what, io)?);
            }
            if !passes_on(proxy, request) {
                io = tunnel::open(proxy, io, url.host(), url.port(), &watch)?;
            }
        }
        if url.is_https() {
            io = Box::new(Tls::new(&self.tls, url.host(), url.origin(), io)?);
        }
        Ok(Conn::new(io))
    }
}

/// Whether the proxy is given the request itself: many allow tunnels to nothing but TLS.
fn passes_on(proxy: &Proxy, request: &Request) -> bool {
    matches!(proxy.kind, Kind::Http | Kind::Https) && !request.url.is_https()
}

impl Transport for HttpTransport {
    fn send(&self, request: &Request, limits: &Limits, cancel: &CancelToken) -> Result<Response, TransportError> {
        let term = Term::new(limits, cancel);
        let proxy = self.proxies.choose(&request.url);
        let passed_on = proxy.filter(|proxy| passes_on(proxy, request));
        let authorization = passed_on.and_then(Proxy::authorization).unwrap_or_default();
        let head = head::of_request(request, passed_on.map(|_| authorization.expose()))?;
        let place: Place = format!("{} {}", proxy.map(Proxy::shown).unwrap_or_default(), request.url.origin()).into();
        let mut conn = match self.pool.take(&place) {
            Some(conn) => conn,
            None => self.connect(request, proxy, &term)?,
        };
        let begin = term.watch(Phase::Send);
        // Given up in time, or not at all if it may not be repeated: its answer is about to say what became of it, and
        // to turn away would make that unknown. The time-outs bound it.
        begin.patience()?;
        let term = if request.idempotent { term } else { term.until_the_end() };
        conn.watch(&term.watch(Phase::Send));
        let unsent = |source| TransportError::Lost { request_complete: false, source };
        conn.send(&head, request.body()).map_err(|error| uncarried(error, unsent))?;
        conn.watch(&term.watch(Phase::Answer));
        let head = conn.receive_head()?;
        if passed_on.is_some() && head.status == 407 {
            return Err(TransportError::Proxy("it answers with HTTP 407".to_owned()));
        }
        let garbled = |what: &str| TransportError::Protocol(what.to_owned());
        let framing = head.framing().map_err(garbled)?;
        let ticket = head.may_follow().then(|| self.pool.ticket(place));
        let body = Body::from_reader(Incoming::new(conn, framing, ticket, term));
        Ok(Response { status: head.status, headers: head.headers, body })
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport").field("proxies", &self.proxies).finish_non_exhaustive()
    }
}
