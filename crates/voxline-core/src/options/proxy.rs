//! A proxy address, which may carry a password.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Secret;

/// The address of an HTTP or SOCKS proxy, `scheme://[user:password@]host:port`; shown without its credentials.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProxyUrl(Secret);

impl ProxyUrl {
    /// Takes the address as it is; the transport checks it.
    pub fn new(url: impl Into<String>) -> Self {
        Self(Secret::new(url))
    }

    /// The whole address, credentials included. Do not show it.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Display for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.0.expose();
        let (scheme, rest) = url.split_once("://").map_or(("", url), |(s, r)| (s, r));
        // The last @ ends the credentials: a password may hold an unescaped one.
        let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
        if scheme.is_empty() { f.write_str(host) } else { write!(f, "{scheme}://{host}") }
    }
}

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_not_shown() {
        let proxy = ProxyUrl::new("http://user:p@ss@proxy.example:3128");
        assert_eq!(proxy.to_string(), "http://proxy.example:3128");
        assert_eq!(format!("{proxy:?}"), "\"http://proxy.example:3128\"");
        assert_eq!(ProxyUrl::new("u:p@h:1").to_string(), "h:1");
    }
}
