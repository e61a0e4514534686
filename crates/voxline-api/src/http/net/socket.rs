//! What bytes go through: TCP, and TLS over whatever carries it.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};

use super::watch::{Watch, carried, uncarried};
use crate::http::TransportError;

/// A connection that keeps to a [`Watch`]: reading and writing end with its time or when the caller gives up, with a
/// [`TransportError`] in the `io::Error`.
pub(super) trait Io: Read + Write + Send {
    /// What is done next.
    fn watch(&mut self, watch: &Watch);

    /// Whether it is open and silent, as it must be between two requests. Does not wait.
    fn is_idle(&mut self) -> bool;
}

/// TCP.
pub(super) struct Tcp {
    stream: TcpStream,
    watch: Watch,
    /// Time-outs as they are set, for reading and writing.
    set: [Option<Duration>; 2],
}

impl Tcp {
    pub(super) fn new(stream: TcpStream, watch: &Watch) -> io::Result<Self> {
        // A request is written whole: waiting for more to come would only delay it.
        stream.set_nodelay(true)?;
        Ok(Self { stream, watch: watch.clone(), set: [None; 2] })
    }

    fn until_done(
        &mut self,
        which: usize,
        set: impl Fn(&TcpStream, Option<Duration>) -> io::Result<()>,
        mut act: impl FnMut(&mut TcpStream) -> io::Result<usize>,
    ) -> io::Result<usize> {
        loop {
            let patience = Some(self.watch.patience().map_err(carried)?);
            if let Some(known) = self.set.get_mut(which).filter(|known| **known != patience) {
                set(&self.stream, patience)?;
                *known = patience;
            }
            match act(&mut self.stream) {
                Err(e) if is_passing(&e) => {}
                result => return result,
            }
        }
    }
}

fn is_passing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted)
}

impl Read for Tcp {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.until_done(0, TcpStream::set_read_timeout, |stream| stream.read(buffer))
    }
}

impl Write for Tcp {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.until_done(1, TcpStream::set_write_timeout, |stream| stream.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Io for Tcp {
    fn watch(&mut self, watch: &Watch) {
        self.watch = watch.clone();
    }

    fn is_idle(&mut self) -> bool {
        let silent = |stream: &TcpStream| {
            stream.set_nonblocking(true)?;
            // A byte would be an answer that nobody asked for, its absence the end of the connection.
            let silent = stream.peek(&mut [0]).is_err_and(|e| e.kind() == io::ErrorKind::WouldBlock);
            stream.set_nonblocking(false)?;
            io::Result::Ok(silent)
        };
        silent(&self.stream).unwrap_or(false)
    }
}

/// TLS.
pub(super) struct Tls {
    session: ClientConnection,
    below: Box<dyn Io>,
}

impl Tls {
    /// Shakes hands with `host`.
    ///
    /// **Errors**: [`TransportError::Tls`] for a peer that is not trusted or does not speak TLS,
    /// [`TransportError::Connect`] for one that goes away meanwhile. Nothing of the request was sent.
    pub(super) fn new(
        config: &Arc<ClientConfig>,
        host: &str,
        origin: &str,
        mut below: Box<dyn Io>,
    ) -> Result<Self, TransportError> {
        let untrusted = |detail: String| TransportError::Tls { origin: origin.to_owned(), detail };
        let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned())
            .map_err(|_| untrusted("no certificate can be made out to this host name".to_owned()))?;
        let mut session = ClientConnection::new(config.clone(), name).map_err(|error| untrusted(error.to_string()))?;
        while session.is_handshaking() {
            session.complete_io(&mut below).map_err(|error| {
                uncarried(error, |source| match source.get_ref().and_then(|e| e.downcast_ref::<rustls::Error>()) {
                    Some(tls) => untrusted(tls.to_string()),
                    None => TransportError::Connect { origin: origin.to_owned(), source },
                })
            })?;
        }
        Ok(Self { session, below })
    }
}

impl Read for Tls {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        rustls::Stream::new(&mut self.session, &mut self.below).read(buffer)
    }
}

impl Write for Tls {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        rustls::Stream::new(&mut self.session, &mut self.below).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        rustls::Stream::new(&mut self.session, &mut self.below).flush()
    }
}

impl Io for Tls {
    fn watch(&mut self, watch: &Watch) {
        self.below.watch(watch);
    }

    fn is_idle(&mut self) -> bool {
        let state = self.session.process_new_packets();
        let silent = state.is_ok_and(|state| state.plaintext_bytes_to_read() == 0 && !state.peer_has_closed());
        silent && self.below.is_idle()
    }
}
