//! From a host name to a connection.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use super::watch::{Term, Watch};
use crate::http::clock::instant;
use crate::http::{Phase, TransportError};

/// Addresses of one host that are tried.
const MAX_ADDRESSES: usize = 16;

/// Looks `host` up and connects to the first of its addresses that answers, both within one limit. `what` names it in
/// errors.
pub(super) fn dial(host: &str, port: u16, what: &str, term: &Term) -> Result<TcpStream, TransportError> {
    let failed = |source| TransportError::Connect { origin: what.to_owned(), source };
    let mut watch = term.watch(Phase::Resolve);
    let addresses = lookup(host, port, &watch)?;
    watch.phase = Phase::Connect;
    let until = watch.clone();
    match in_background(&watch, move || connect(&addresses, &until)).map_err(failed)?? {
        Ok(stream) => Ok(stream),
        Err(source) if source.kind() == io::ErrorKind::TimedOut => Err(watch.timeout()),
        Err(source) => Err(failed(source)),
    }
}

/// The addresses of a host.
pub(super) fn lookup(host: &str, port: u16, watch: &Watch) -> Result<Vec<SocketAddr>, TransportError> {
    let name = host.trim_matches(['[', ']']).to_owned();
    if let Ok(address) = name.parse::<IpAddr>() {
        return Ok(vec![(address, port).into()]);
    }
    let ask = move || (name.as_str(), port).to_socket_addrs().map(|all| all.take(MAX_ADDRESSES).collect::<Vec<_>>());
    let found = in_background(watch, ask).unwrap_or_else(|error| Ok(Err(error)))?;
    match found {
        Ok(addresses) if !addresses.is_empty() => Ok(addresses),
        _ => Err(TransportError::HostNotFound { host: host.to_owned() }),
    }
}

/// Waits for `work`, which cannot be interrupted, on a thread that is left to itself once the time is over or the
/// caller has given up. What it brings then is dropped.
fn in_background<T: Send + 'static>(
    watch: &Watch,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<Result<T, TransportError>> {
    if let Err(error) = watch.patience() {
        return Ok(Err(error));
    }
    let (done, result) = mpsc::channel();
    // Who is gone does not want the result either.
    let work = move || drop(done.send(work()));
    std::thread::Builder::new().name("voxline dial".to_owned()).spawn(work)?;
    loop {
        let patience = match watch.patience() {
            Ok(patience) => patience,
            Err(error) => return Ok(Err(error)),
        };
        match result.recv_timeout(patience) {
            Ok(result) => return Ok(Ok(result)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(io::ErrorKind::Other.into()),
        }
    }
}

fn connect(addresses: &[SocketAddr], watch: &Watch) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::TimedOut);
    for (address, waiting) in addresses.iter().zip((1..=addresses.len()).rev()) {
        // An address that swallows everything leaves time for the others.
        let left = watch.until.saturating_duration_since(instant()) / u32::try_from(waiting).unwrap_or(u32::MAX);
        match TcpStream::connect_timeout(address, left.max(Duration::from_millis(1))) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}
