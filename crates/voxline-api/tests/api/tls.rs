//! TLS against a server with a certificate authority made up on the spot.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use voxline_api::CancelToken;
use voxline_api::http::{HttpTransport, Limits, Request, Transport, TransportError, Url};
use voxline_core::ErrorKind;
use voxline_core::options::HttpOptions;

type Stream = StreamOwned<ServerConnection, TcpStream>;

/// A server for one connection, and its authority's certificate as PEM.
fn serve() -> (SocketAddr, String, JoinHandle<bool>) {
    serve_with(|stream| {
        // Whether a request arrived: a client that does not trust us leaves during the handshake.
        let arrived = stream.read(&mut [0; 4096]).is_ok_and(|n| n > 0);
        if arrived {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").unwrap();
            stream.flush().unwrap();
        }
        arrived
    })
}

fn serve_with<T: Send + 'static>(
    act: impl FnOnce(&mut Stream) -> T + Send + 'static,
) -> (SocketAddr, String, JoinHandle<T>) {
    let ca_key = KeyPair::generate().unwrap();
    let mut ca = CertificateParams::new(Vec::new()).unwrap();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_pem = ca.self_signed(&ca_key).unwrap().pem();
    let issuer = Issuer::new(ca, ca_key);
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let certificate = leaf.signed_by(&key, &issuer).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let thread = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        act(&mut StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), stream))
    });
    (address, ca_pem, thread)
}

/// A file that goes away with its test.
struct TempFile(PathBuf);

impl TempFile {
    fn new(name: &str, content: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("voxline-api-{}-{name}", std::process::id()));
        std::fs::write(&path, content).unwrap();
        Self(path)
    }

    fn options(&self) -> HttpOptions {
        let mut options = HttpOptions::default();
        options.ca_file = Some(self.0.to_str().unwrap().to_owned());
        options
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn post(options: &HttpOptions, address: SocketAddr) -> Result<Vec<u8>, TransportError> {
    post_through(&HttpTransport::new(options).unwrap(), address)
}

fn post_through(transport: &HttpTransport, address: SocketAddr) -> Result<Vec<u8>, TransportError> {
    let long = Duration::from_secs(20);
    let request = Request::post(Url::parse(&format!("https://{address}/x?canary")).unwrap(), b"body".to_vec());
    let response = transport.send(&request, &Limits::new(long, long, long), &CancelToken::new())?;
    response.body.read_all(100, &CancelToken::new())
}

#[test]
fn an_authority_of_the_file_is_trusted() {
    let (address, ca_pem, server) = serve();
    let file = TempFile::new("good.pem", ca_pem.as_bytes());
    assert_eq!(post(&file.options(), address).unwrap(), b"ok");
    assert!(server.join().unwrap());
}

#[test]
fn an_unknown_authority_is_not_and_nothing_is_sent() {
    let (address, _, server) = serve();
    let error = post(&HttpOptions::default(), address).unwrap_err();
    assert!(
        matches!(&error, TransportError::Tls { origin, .. } if *origin == format!("https://{address}")),
        "{error:?}"
    );
    assert!(!format!("{error:?}").contains("canary"));
    assert!(!server.join().unwrap());
}

#[test]
fn another_authority_in_the_file_does_not_help() {
    let (address, _, server) = serve();
    let (other_address, other_pem, other) = serve();
    let file = TempFile::new("other.pem", other_pem.as_bytes());
    assert!(matches!(post(&file.options(), address), Err(TransportError::Tls { .. })));
    assert!(!server.join().unwrap());
    assert!(post(&file.options(), other_address).is_ok());
    other.join().unwrap();
}

#[test]
fn a_connection_under_tls_is_used_again() {
    let (address, ca_pem, server) = serve_with(|stream| {
        for _ in 0..3 {
            let mut request = [0; 4096];
            let n = stream.read(&mut request).unwrap();
            assert!(request[..n].ends_with(b"\r\n\r\nbody"));
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").unwrap();
            stream.flush().unwrap();
        }
    });
    let file = TempFile::new("again.pem", ca_pem.as_bytes());
    let transport = HttpTransport::new(&file.options()).unwrap();
    for _ in 0..3 {
        assert_eq!(post_through(&transport, address).unwrap(), b"ok");
    }
    server.join().unwrap();
}

#[test]
fn under_tls_an_end_that_was_not_announced_is_a_cut() {
    for announced in [true, false] {
        let (address, ca_pem, server) = serve_with(move |stream| {
            assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nok").unwrap();
            if announced {
                stream.conn.send_close_notify();
            }
            stream.flush().unwrap();
        });
        let file = TempFile::new(&format!("end-{announced}.pem"), ca_pem.as_bytes());
        let result = post(&file.options(), address);
        match result {
            Ok(body) => assert!(announced && body == b"ok"),
            Err(error) => {
                assert!(
                    !announced && matches!(error, TransportError::Truncated { received_bytes: 2, .. }),
                    "{error:?}"
                );
            }
        }
        server.join().unwrap();
    }
}

#[test]
fn a_peer_that_does_not_speak_tls_or_goes_away_was_not_sent_anything() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
        stream.write_all(b"HTTP/1.1 400 Plain\r\n\r\n").unwrap();
        let mut stream = listener.accept().unwrap().0;
        assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
    });
    let error = post(&HttpOptions::default(), address).unwrap_err();
    assert!(matches!(error, TransportError::Tls { .. }), "{error:?}");
    let error = post(&HttpOptions::default(), address).unwrap_err();
    assert!(matches!(error, TransportError::Connect { .. }), "{error:?}");
    server.join().unwrap();
}

#[test]
fn a_file_that_cannot_be_used_is_found_at_the_start() {
    let cases: [(&str, &[u8], &str); 4] = [
        ("empty.pem", b"", "no certificate"),
        ("text.pem", b"hello", "no certificate"),
        ("cut.pem", b"-----BEGIN CERTIFICATE-----\nAAAA\n", "not proper PEM"),
        ("junk.pem", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "certificate 1 cannot be used"),
    ];
    for (name, content, expected) in cases {
        let file = TempFile::new(name, content);
        let error = HttpTransport::new(&file.options()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error}");
        assert!(error.context().contains(expected) && error.context().contains(name), "{error}");
    }
    let mut options = HttpOptions::default();
    options.ca_file = Some("/nonexistent/ca.pem".to_owned());
    let error = HttpTransport::new(&options).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.context().contains("/nonexistent/ca.pem"), "{error}");
}
