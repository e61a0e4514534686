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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{CancelToken, Limits};

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn who_gives_up_does_not_wait_for_the_system() {
        let cancel = CancelToken::new();
        let (begun, has_begun) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let watch = Term::new(&Limits::new(LONG, LONG, LONG), &cancel).watch(Phase::Connect);
        let (done, result) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let work = move || {
                begun.send(()).unwrap();
                let _ = released.recv();
            };
            done.send(in_background(&watch, work)).unwrap();
        });
        has_begun.recv().unwrap();
        cancel.cancel();
        let result = result.recv_timeout(Duration::from_secs(1)).expect("not obeyed within a second").unwrap();
        assert!(matches!(result, Err(TransportError::Cancelled { phase: Phase::Connect })), "{result:?}");
        drop(release);
        thread.join().unwrap();
    }

    #[test]
    fn one_limit_covers_the_name_and_the_connection() {
        let limit = Duration::from_millis(20);
        let term = Term::new(&Limits::new(limit, LONG, LONG), &CancelToken::new());
        let (release, released) = mpsc::channel::<()>();
        let result = in_background(&term.watch(Phase::Resolve), move || released.recv()).unwrap();
        assert!(matches!(result, Err(TransportError::Timeout { phase: Phase::Resolve, limit: l }) if l == limit));
        drop(release);
    }

    #[test]
    fn an_unknown_name_is_said() {
        let term = Term::new(&Limits::new(LONG, LONG, LONG), &CancelToken::new());
        // No label has more than 63 letters (RFC 1035, 2.3.4): this is known without asking anybody.
        let name = "a".repeat(64);
        let result = dial(&name, 80, "http://a", &term);
        assert!(matches!(result, Err(TransportError::HostNotFound { host }) if host == name));
    }

    #[test]
    fn the_second_address_is_tried_when_the_first_refuses() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let (open, term) =
            (listener.local_addr().unwrap(), Term::new(&Limits::new(LONG, LONG, LONG), &CancelToken::new()));
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let stream = connect(&[closed, open], &term.watch(Phase::Connect)).unwrap();
        assert_eq!(stream.peer_addr().unwrap(), open);
        let error = connect(&[closed], &term.watch(Phase::Connect)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    }
}
