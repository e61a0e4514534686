//! Addresses in a submission.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// An http or https address, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HttpUrl {
    pub(super) tls: bool,
    /// Without brackets.
    pub(super) host: String,
    pub(super) port: u16,
    /// Host and port as they stand in the address.
    pub(super) authority: String,
    /// Path and query, at least `/`.
    pub(super) target: String,
}

impl HttpUrl {
    /// **Errors**: what is wrong with it, never the address itself, which may hold a signature.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err("a space or control character in the address");
        }
        let (scheme, rest) = text.split_once("://").ok_or("not an http or https address")?;
        let tls = match scheme.to_ascii_lowercase().as_str() {
            "http" => false,
            "https" => true,
            _ => return Err("not an http or https address"),
        };
        let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(end);
        if authority.contains('@') {
            return Err("a user name in the address");
        }
        let (host, port) = split_port(authority)?;
        if host.is_empty() {
            return Err("no host in the address");
        }
        let port = match port {
            None => {
                if tls {
                    443
                } else {
                    80
                }
            }
            Some(port) => port.parse().ok().filter(|port| *port > 0).ok_or("a bad port in the address")?,
        };
        let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
        Ok(Self { tls, host: host.to_owned(), port, authority: authority.to_owned(), target })
    }

    /// Where to connect to, if that is this machine.
    pub(super) fn loopback(&self) -> Option<SocketAddr> {
        let ip = match self.host.as_str() {
            host if host.eq_ignore_ascii_case("localhost") => IpAddr::V4(Ipv4Addr::LOCALHOST),
            host => host.parse().ok()?,
        };
        ip.is_loopback().then_some(SocketAddr::new(ip, self.port))
    }
}

fn split_port(authority: &str) -> Result<(&str, Option<&str>), &'static str> {
    let Some(rest) = authority.strip_prefix('[') else {
        return Ok(authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))));
    };
    let (host, rest) = rest.split_once(']').ok_or("a bad host in the address")?;
    match rest.strip_prefix(':') {
        Some(port) => Ok((host, Some(port))),
        None if rest.is_empty() => Ok((host, None)),
        None => Err("a bad host in the address"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        for (text, host, port, target) in [
            ("http://a", "a", 80, "/"),
            ("HTTPS://a.b/c?d=e#f", "a.b", 443, "/c?d=e"),
            ("http://127.0.0.1:8080/x", "127.0.0.1", 8_080, "/x"),
            ("http://[::1]:9?q", "::1", 9, "/?q"),
        ] {
            let url = HttpUrl::parse(text).unwrap();
            assert_eq!((url.host.as_str(), url.port, url.target.as_str()), (host, port, target), "{text}");
        }
        for text in ["", "a", "ftp://a", "http://", "http:///x", "http://a b", "http://u@a", "http://a:0", "http://a:x"]
        {
            assert!(HttpUrl::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for (text, here) in [
            ("http://localhost:1", true),
            ("http://127.9.9.9:1", true),
            ("http://[::1]:1", true),
            ("http://10.0.0.1:1", false),
            ("http://localhost.example:1", false),
            ("http://[::ffff:10.0.0.1]:1", false),
            ("http://0.0.0.0:1", false),
        ] {
            assert_eq!(HttpUrl::parse(text).unwrap().loopback().is_some(), here, "{text}");
        }
    }
}
