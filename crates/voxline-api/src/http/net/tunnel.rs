//! Through a proxy to somebody else: HTTP `CONNECT` (RFC 9110, 9.3.6) and SOCKS 4, 4a and 5 (RFC 1928, RFC 1929).

use std::io;
use std::net::{IpAddr, Ipv4Addr};

use zeroize::Zeroizing;

use super::conn::Conn;
use super::dial::lookup;
use super::socket::Io;
use super::watch::{Watch, carried, uncarried};
use crate::http::TransportError;
use crate::http::proxy::{Kind, Proxy};

/// Asks the proxy for a connection to `host`. What comes back carries whatever is sent next.
///
/// **Errors**: [`TransportError::Proxy`] if it says no, [`TransportError::Connect`] if it goes away. Nothing of the
/// request was sent.
pub(super) fn open(
    proxy: &Proxy,
    mut io: Box<dyn Io>,
    host: &str,
    port: u16,
    watch: &Watch,
) -> Result<Box<dyn Io>, TransportError> {
    let host = host.trim_matches(['[', ']']);
    let result = match proxy.kind {
        Kind::Http | Kind::Https => return connect(proxy, io, host, port),
        Kind::Socks4 | Kind::Socks4a => socks4(proxy, &mut *io, host, port, watch),
        Kind::Socks5 => socks5(proxy, &mut *io, host, port),
    };
    match result {
        Ok(Ok(())) => Ok(io),
        Ok(Err(refusal)) => Err(TransportError::Proxy(refusal)),
        Err(error) => Err(broken(proxy, error)),
    }
}

fn broken(proxy: &Proxy, error: io::Error) -> TransportError {
    uncarried(error, |source| TransportError::Connect { origin: proxy.shown(), source })
}

fn connect(proxy: &Proxy, io: Box<dyn Io>, host: &str, port: u16) -> Result<Box<dyn Io>, TransportError> {
    let place = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
    let mut head = Zeroizing::new(format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n"));
    if let Some(authorization) = proxy.authorization() {
        let line = Zeroizing::new(format!("Proxy-Authorization: {}\r\n", authorization.expose()));
        head.push_str(&line);
    }
    head.push_str("\r\n");
    let mut conn = Conn::new(io);
    conn.send(head.as_bytes(), &[]).map_err(|error| broken(proxy, error))?;
    let head = conn.receive_head().map_err(|error| match error {
        TransportError::Lost { source, .. } => broken(proxy, source),
        TransportError::Protocol(what) => TransportError::Proxy(format!("its answer is not proper HTTP: {what}")),
        other => other,
    })?;
    if !(200..=299).contains(&head.status) {
        return Err(TransportError::Proxy(format!("it answers with HTTP {}", head.status)));
    }
    conn.into_io().map_err(|_| TransportError::Proxy("it goes on talking".to_owned()))
}

type Spoken = io::Result<Result<(), String>>;

fn socks4(proxy: &Proxy, io: &mut dyn Io, host: &str, port: u16, watch: &Watch) -> Spoken {
    let address = match host.parse() {
        Ok(IpAddr::V4(address)) => Some(address),
        Ok(IpAddr::V6(_)) => return Ok(Err("SOCKS 4 knows no IPv6 addresses".to_owned())),
        Err(_) if proxy.kind == Kind::Socks4a => None,
        Err(_) => {
            let found = lookup(host, port, watch).map_err(carried)?;
            let found = found.iter().find_map(|a| if let IpAddr::V4(ip) = a.ip() { Some(ip) } else { None });
            match found {
                Some(address) => Some(address),
                None => return Ok(Err(format!("{host} has no IPv4 address, and SOCKS 4 takes no other"))),
            }
        }
    };
    let mut ask = Zeroizing::new(vec![4, 1]);
    ask.extend(port.to_be_bytes());
    // An address that cannot be says that a name follows.
    ask.extend(address.unwrap_or(Ipv4Addr::new(0, 0, 0, 1)).octets());
    ask.extend(proxy.user.as_ref().map_or("", |user| user.expose()).bytes());
    ask.push(0);
    if address.is_none() {
        ask.extend(host.bytes());
        ask.push(0);
    }
    send(io, &ask)?;
    let mut answer = [0; 8];
    io.read_exact(&mut answer)?;
    Ok(match answer {
        [0, 90, ..] => Ok(()),
        [_, code, ..] => Err(format!("SOCKS 4 refuses with code {code}")),
    })
}

fn socks5(proxy: &Proxy, io: &mut dyn Io, host: &str, port: u16) -> Spoken {
    let credentials =
        proxy.user.as_ref().map(|user| (user.expose(), proxy.password.as_ref().map_or("", |p| p.expose())));
    send(io, if credentials.is_some() { &[5, 2, 0, 2] } else { &[5, 1, 0] })?;
    let mut answer = [0; 2];
    io.read_exact(&mut answer)?;
    match (answer, credentials) {
        ([5, 0], _) => {}
        ([5, 2], Some((user, password))) => {
            let (Ok(user_len), Ok(password_len)) = (u8::try_from(user.len()), u8::try_from(password.len())) else {
                return Ok(Err("user name and password have at most 255 bytes in SOCKS 5".to_owned()));
            };
            let mut ask = Zeroizing::new(Vec::with_capacity(600));
            for (len, text) in [(user_len, user), (password_len, password)] {
                ask.push(len);
                ask.extend(text.bytes());
            }
            ask.insert(0, 1);
            send(io, &ask)?;
            io.read_exact(&mut answer)?;
            if answer[1] != 0 {
                return Ok(Err("SOCKS 5 does not accept user name and password".to_owned()));
            }
        }
        ([5, 255], _) => return Ok(Err("SOCKS 5 wants to know who asks".to_owned())),
        _ => return Ok(Err("it does not speak SOCKS 5".to_owned())),
    }
    let mut ask = vec![5, 1, 0];
    match host.parse() {
        Ok(IpAddr::V4(address)) => {
            ask.push(1);
            ask.extend(address.octets());
        }
        Ok(IpAddr::V6(address)) => {
            ask.push(4);
            ask.extend(address.octets());
        }
        Err(_) => {
            // A host name has at most 253 bytes.
            ask.extend([3, u8::try_from(host.len()).unwrap_or(u8::MAX)]);
            ask.extend(host.bytes());
        }
    }
    ask.extend(port.to_be_bytes());
    send(io, &ask)?;
    let mut answer = [0; 4];
    io.read_exact(&mut answer)?;
    if answer[1] != 0 {
        return Ok(Err(format!("SOCKS 5 refuses with code {}", answer[1])));
    }
    let mut len = [0];
    let address_bytes = match answer[3] {
        1 => 4,
        4 => 16,
        _ => {
            io.read_exact(&mut len)?;
            usize::from(len[0])
        }
    };
    io.read_exact(&mut vec![0; address_bytes + 2])?;
    Ok(Ok(()))
}

fn send(io: &mut dyn Io, bytes: &[u8]) -> io::Result<()> {
    io.write_all(bytes)?;
    io.flush()
}
