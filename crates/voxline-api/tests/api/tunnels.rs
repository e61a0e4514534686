//! Proxies of every kind, from the options and from the environment.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::thread::JoinHandle;
use std::time::Duration;

use super::server::{Serve, Server, http};
use voxline_api::CancelToken;
use voxline_api::http::{HttpTransport, Limits, Request, Transport, TransportError, Url};
use voxline_core::options::{HttpOptions, ProxyUrl};

fn get(transport: &HttpTransport, url: &str) -> Result<Vec<u8>, TransportError> {
    let long = Duration::from_secs(20);
    let request = Request::get(Url::parse(url).unwrap());
    let response = transport.send(&request, &Limits::new(long, long, long), &CancelToken::new())?;
    response.body.read_all(1 << 20, &CancelToken::new())
}

fn through(proxy: &str) -> HttpTransport {
    let mut options = HttpOptions::default();
    options.proxy = Some(ProxyUrl::new(proxy));
    HttpTransport::new(&options).unwrap()
}

/// Expects and answers, step by step, on one connection; an empty expectation takes what comes.
fn speaks(steps: Vec<(Vec<u8>, Vec<u8>)>) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let thread = std::thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        for (expected, answer) in steps {
            if expected.is_empty() {
                assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
            } else {
                let mut got = vec![0; expected.len()];
                stream.read_exact(&mut got).unwrap();
                assert_eq!(got, expected);
            }
            stream.write_all(&answer).unwrap();
        }
        // The client must find a connection that is still open.
        let _ = stream.read(&mut [0]);
    });
    (address, thread)
}

fn ok() -> (Vec<u8>, Vec<u8>) {
    (Vec::new(), http("200 OK", &[], b"ok"))
}

#[test]
fn socks5_is_told_name_and_password() {
    let ask = [&[5, 1, 0, 3, 15][..], b"service.example", &[0, 80]].concat();
    let (address, proxy) = speaks(vec![
        (vec![5, 2, 0, 2], vec![5, 2]),
        (b"\x01\x04u:er\x04p@ss".to_vec(), vec![1, 0]),
        (ask, vec![5, 0, 0, 1, 1, 2, 3, 4, 5, 6]),
        ok(),
    ]);
    assert_eq!(get(&through(&format!("socks5://u%3Aer:p%40ss@{address}")), "http://service.example/").unwrap(), b"ok");
    proxy.join().unwrap();

    let (address, proxy) = speaks(vec![
        (vec![5, 1, 0], vec![5, 0]),
        (vec![5, 1, 0, 1, 10, 0, 0, 1, 0x1f, 0x90], vec![5, 0, 0, 3, 1, b'x', 0, 1]),
        ok(),
    ]);
    assert_eq!(get(&through(&format!("socks5h://{address}")), "http://10.0.0.1:8080/").unwrap(), b"ok");
    proxy.join().unwrap();
}

#[test]
fn socks4_takes_addresses_and_4a_names() {
    let granted = vec![0, 90, 0, 0, 0, 0, 0, 0];
    let (address, proxy) = speaks(vec![(b"\x04\x01\x00\x50\x0a\x00\x00\x01me\x00".to_vec(), granted.clone()), ok()]);
    assert_eq!(get(&through(&format!("socks4://me@{address}")), "http://10.0.0.1/").unwrap(), b"ok");
    proxy.join().unwrap();
    let ask = b"\x04\x01\x00\x50\x00\x00\x00\x01\x00service.example\x00".to_vec();
    let (address, proxy) = speaks(vec![(ask, granted), ok()]);
    assert_eq!(get(&through(&format!("socks4a://{address}")), "http://service.example/").unwrap(), b"ok");
    proxy.join().unwrap();
}

#[test]
fn a_proxy_that_refuses_is_told_apart_from_one_that_goes_away() {
    let cases: [(&str, Vec<u8>, &str); 6] = [
        ("socks5", vec![5, 255], "wants to know who asks"),
        ("socks5", b"HT".to_vec(), "does not speak SOCKS 5"),
        ("socks5", vec![5, 0, 5, 2, 0, 1, 0, 0, 0, 0, 0, 0], "code 2"),
        ("socks4", vec![0, 91, 0, 0, 0, 0, 0, 0], "code 91"),
        ("http", b"HTTP/1.1 403 No\r\n\r\n".to_vec(), "HTTP 403"),
        ("http", b"SSH-2.0\r\n".to_vec(), "not proper HTTP"),
    ];
    for (scheme, answer, expected) in cases {
        let (address, proxy) = speaks(vec![(Vec::new(), answer)]);
        let error = get(&through(&format!("{scheme}://{address}")), "https://10.0.0.1/canary").unwrap_err();
        assert!(matches!(&error, TransportError::Proxy(what) if what.contains(expected)), "{scheme}: {error:?}");
        assert!(!format!("{error:?}").contains("canary"));
        proxy.join().unwrap();
    }
    for scheme in ["socks5", "socks4", "http"] {
        let server = Server::start(vec![Serve::Close]);
        let error = get(&through(&format!("{scheme}://{}", server.address)), "https://10.0.0.1/").unwrap_err();
        assert!(matches!(error, TransportError::Connect { .. }), "{scheme}: {error:?}");
    }
}

#[test]
fn what_is_encrypted_goes_through_a_tunnel_and_only_the_proxy_sees_its_password() {
    let head =
        b"CONNECT service.example:443 HTTP/1.1\r\nHost: service.example:443\r\nProxy-Authorization: Basic dTpw\r\n\r\n";
    // Behind the tunnel the first byte is that of a TLS handshake, not of a request.
    let (address, proxy) =
        speaks(vec![(head.to_vec(), b"HTTP/1.1 200 Connected\r\n\r\n".to_vec()), (vec![22], b"no".to_vec())]);
    let error = get(&through(&format!("http://u:p@{address}")), "https://service.example/canary").unwrap_err();
    assert!(matches!(error, TransportError::Tls { .. } | TransportError::Connect { .. }), "{error:?}");
    proxy.join().unwrap();
}

#[test]
fn the_environment_chooses_and_exempts() {
    let proxy = Server::start(vec![Serve::Reply(http("200 OK", &[], b"ok"))]);
    let address = proxy.address.to_string();
    let transport = |variables: Vec<(&'static str, String)>| {
        let environment = move |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone());
        HttpTransport::with_environment(&HttpOptions::default(), &environment).unwrap()
    };
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        let proxy = Server::start(vec![Serve::Reply(http("200 OK", &[], b"ok"))]);
        let transport = transport(vec![(name, proxy.address.to_string())]);
        assert_eq!(get(&transport, "http://service.example/a?b=c").unwrap(), b"ok", "{name}");
        assert!(proxy.seen()[0].head.starts_with("GET http://service.example/a?b=c HTTP/1.1\r\n"));
    }
    // Exempt hosts and this machine are asked directly, here in vain.
    let elsewhere = Server::start(vec![]).address;
    for (no_proxy, url) in [("*", format!("http://{elsewhere}/")), ("", format!("http://{elsewhere}/"))] {
        let transport = transport(vec![("ALL_PROXY", address.clone()), ("NO_PROXY", no_proxy.to_owned())]);
        assert!(matches!(get(&transport, &url), Err(TransportError::Connect { .. })));
    }
    // For https another variable counts.
    let secure = transport(vec![("HTTPS_PROXY", elsewhere.to_string()), ("HTTP_PROXY", address)]);
    assert!(matches!(get(&secure, "https://service.example/"), Err(TransportError::Connect { .. })));
    assert!(proxy.seen().is_empty());
}
