//! Which proxy a request goes through.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use voxline_core::options::ProxyUrl;
use voxline_core::{Error, ErrorKind, Result, Secret};
use zeroize::Zeroizing;

use super::Url;
use super::url::{hex, split_authority};

/// What a proxy is asked in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Http,
    /// The same within TLS.
    Https,
    /// Takes addresses only.
    Socks4,
    /// Looks names up itself.
    Socks4a,
    /// Looks names up itself.
    Socks5,
}

/// One proxy.
#[derive(Clone)]
pub(crate) struct Proxy {
    pub(crate) kind: Kind,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) user: Option<Secret>,
    pub(crate) password: Option<Secret>,
}

impl Proxy {
    /// `[scheme://][user[:password]@]host[:port]`; without a scheme it is `http`.
    fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let (kind, default_port) = match &*scheme.to_ascii_lowercase() {
            "http" => (Kind::Http, 80),
            "https" => (Kind::Https, 443),
            "socks4" => (Kind::Socks4, 1080),
            "socks4a" => (Kind::Socks4a, 1080),
            "socks5" | "socks5h" => (Kind::Socks5, 1080),
            _ => return None,
        };
        let (credentials, place) = match rest.rsplit_once('@') {
            Some((credentials, place)) => (Some(credentials), place),
            None => (None, rest),
        };
        let (host, port) = split_authority(place.strip_suffix('/').unwrap_or(place)).ok()?;
        let (user, password) = match credentials.map(|text| text.split_once(':').unwrap_or((text, ""))) {
            Some((user, password)) => (Some(decoded(user)?), Some(decoded(password)?)),
            None => (None, None),
        };
        let (host, port) = (host.to_ascii_lowercase(), port.unwrap_or(default_port));
        Some(Self { kind, host, port, user, password })
    }

    /// What it is called in errors: its place without its credentials.
    pub(crate) fn shown(&self) -> String {
        format!("proxy {}:{}", self.host, self.port)
    }

    /// What an HTTP proxy is told about who asks (RFC 7617).
    pub(crate) fn authorization(&self) -> Option<Secret> {
        let (user, password) = (self.user.as_ref()?, self.password.as_ref()?);
        let both = Zeroizing::new(format!("{}:{}", user.expose(), password.expose()));
        let encoded = Zeroizing::new(STANDARD.encode(both.as_bytes()));
        Some(Secret::new(format!("Basic {}", &*encoded)))
    }
}

/// The text behind percent-encoding; `None` if that is broken or hides a control character.
fn decoded(text: &str) -> Option<Secret> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, after) = rest.split_at_checked(2)?;
        bytes.push(hex(digits)?);
        rest = after;
    }
    let text = std::str::from_utf8(&bytes).ok()?;
    (!text.contains(char::is_control)).then(|| Secret::new(text))
}

/// The proxies chosen at the start.
#[derive(Clone, Default)]
pub(crate) struct Proxies {
    /// From the options: for everything.
    fixed: Option<Proxy>,
    /// From the environment, by scheme.
    http: Option<Proxy>,
    https: Option<Proxy>,
    /// Hosts that the environment exempts.
    exempt: Vec<String>,
}

impl Proxies {
    /// The proxy of the options, or those of the environment: `https_proxy`, `http_proxy`, `all_proxy`, `no_proxy`,
    /// each in lower or upper case, lower first.
    ///
    /// `HTTP_PROXY` in capitals is ignored where `REQUEST_METHOD` is set: in a CGI program the client of the web
    /// server chooses its value.
    ///
    /// **Errors**: an address that is no proxy's; its text, which may hold a password, is not repeated.
    pub(crate) fn new(fixed: Option<&ProxyUrl>, environment: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        if let Some(url) = fixed {
            return Ok(Self { fixed: Some(parse("http.proxy", url.expose())?), ..Self::default() });
        }
        let variable = |name: &str| environment(name).filter(|value| !value.trim().is_empty());
        let either = |lower: &str| -> Option<(String, String)> {
            let upper = lower.to_uppercase();
            let upper_counts = upper != "HTTP_PROXY" || variable("REQUEST_METHOD").is_none();
            let lower_value = variable(lower).map(|value| (lower.to_owned(), value));
            lower_value.or_else(|| upper_counts.then(|| variable(&upper)).flatten().map(|value| (upper, value)))
        };
        let proxy = |name: &str| -> Result<Option<Proxy>> {
            let chosen = either(name).or_else(|| either("all_proxy"));
            chosen.map(|(name, value)| parse(&name, value.trim())).transpose()
        };
        let exempt = either("no_proxy").map_or_else(Vec::new, |(_, list)| {
            list.split(',').map(|entry| entry.trim().to_ascii_lowercase()).filter(|entry| !entry.is_empty()).collect()
        });
        Ok(Self { fixed: None, http: proxy("http_proxy")?, https: proxy("https_proxy")?, exempt })
    }

    /// The proxy for an address. This machine is never asked through a proxy of the environment, which could not
    /// reach it.
    pub(crate) fn choose(&self, url: &Url) -> Option<&Proxy> {
        if self.fixed.is_some() {
            return self.fixed.as_ref();
        }
        if url.is_loopback() || self.exempt.iter().any(|entry| covers(entry, url)) {
            return None;
        }
        if url.is_https() { self.https.as_ref() } else { self.http.as_ref() }
    }
}

/// Whether an entry of `no_proxy` covers the host: `*`, the host itself or a domain above it (with or without a
/// leading dot or `*.`), each optionally with a port.
fn covers(entry: &str, url: &Url) -> bool {
    let (entry, port) = match entry.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => (host, Some(port)),
        _ => (entry, None),
    };
    if port.is_some_and(|port| port.parse() != Ok(url.port())) {
        return false;
    }
    if entry == "*" {
        return true;
    }
    let host = url.host().trim_matches(['[', ']']);
    let domain = entry.trim_start_matches('*').trim_start_matches('.').trim_matches(['[', ']']);
    !domain.is_empty() && (host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')))
}

fn parse(name: &str, text: &str) -> Result<Proxy> {
    Proxy::parse(text).ok_or_else(|| {
        let what = format!(
            "{name} is not a proxy address; use http://, https://, socks4://, socks4a:// or socks5:// and host:port"
        );
        Error::new(ErrorKind::InvalidArgument, "choose proxy", what)
    })
}

impl fmt::Debug for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |proxy: &Option<Proxy>| proxy.as_ref().map(Proxy::shown);
        f.debug_struct("Proxies")
            .field("fixed", &shown(&self.fixed))
            .field("http", &shown(&self.http))
            .field("https", &shown(&self.https))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(variables: &[(&str, &str)], url: &str) -> Option<String> {
        let environment = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        let proxies = Proxies::new(None, &environment).unwrap();
        proxies.choose(&Url::parse(url).unwrap()).map(|proxy| proxy.host.clone())
    }

    #[test]
    fn the_scheme_of_the_address_chooses_the_variable() {
        let both = [("HTTPS_PROXY", "http://secure:1"), ("http_proxy", "plain:2")];
        assert_eq!(chosen(&both, "https://h/").as_deref(), Some("secure"));
        assert_eq!(chosen(&both, "http://h/").as_deref(), Some("plain"));
        assert_eq!(chosen(&[("ALL_PROXY", "socks5://s:3")], "http://h/").as_deref(), Some("s"));
        assert_eq!(chosen(&[("https_proxy", " ")], "https://h/"), None);
        assert_eq!(chosen(&[("https_proxy", "low:1"), ("HTTPS_PROXY", "up:1")], "https://h/").as_deref(), Some("low"));
    }

    #[test]
    fn a_request_to_a_cgi_program_does_not_choose_its_proxy() {
        let cgi = [("HTTP_PROXY", "evil:1"), ("REQUEST_METHOD", "GET")];
        assert_eq!(chosen(&cgi, "http://h/"), None);
        assert_eq!(chosen(&cgi[..1], "http://h/").as_deref(), Some("evil"));
    }

    #[test]
    fn no_proxy_exempts_hosts_and_their_domains() {
        let host = |no_proxy: &str, url: &str| chosen(&[("all_proxy", "p:1"), ("no_proxy", no_proxy)], url).is_none();
        assert!(host("a.example, b.example", "http://b.example/"));
        assert!(host("example", "http://b.example/"));
        assert!(host(".example", "http://b.example/"));
        assert!(host("*.example", "http://b.example/"));
        assert!(host("*", "https://anything/"));
        assert!(host("10.0.0.1", "http://10.0.0.1:81/"));
        assert!(host("h:8080", "http://h:8080/"));
        assert!(host("h:443", "https://h/"));
        assert!(host("[fe80::1]", "https://[fe80::1]:4/"));
        assert!(!host("h:8080", "http://h:8081/"));
        assert!(!host("ample", "http://b.example/"));
        assert!(!host("b.example.org", "http://b.example/"));
        assert!(!host(",", "http://h/"));
    }

    #[test]
    fn this_machine_is_asked_directly_unless_the_options_say_otherwise() {
        assert_eq!(chosen(&[("all_proxy", "p:1")], "http://127.0.0.1:8080/"), None);
        let fixed = Proxies::new(Some(&ProxyUrl::new("http://u:pw@p:1")), &|_| None).unwrap();
        assert_eq!(fixed.choose(&Url::parse("http://localhost/").unwrap()).unwrap().host, "p");
        assert!(!format!("{fixed:?}").contains("pw"), "{fixed:?}");
    }

    #[test]
    fn a_wrong_address_is_named_by_its_option_only() {
        for text in ["gopher://canary:1", "http://", "canary canary"] {
            let error = Proxies::new(Some(&ProxyUrl::new(text)), &|_| None).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            assert!(error.context().contains("http.proxy") && !format!("{error:?}").contains("canary"), "{error:?}");
        }
        let environment = |name: &str| (name == "HTTPS_PROXY").then(|| "gopher://canary".to_owned());
        let error = Proxies::new(None, &environment).unwrap_err();
        assert!(error.context().contains("HTTPS_PROXY"), "{error}");
    }
}
