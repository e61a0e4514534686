//! The transport alone: giving up, connections that are used again and such that are not, and answers that lie.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use super::server::{Serve, Server, http};
use voxline_api::CancelToken;
use voxline_api::http::{HttpTransport, Limits, Phase, Request, Transport, TransportError, Url};
use voxline_core::options::HttpOptions;

fn limits() -> Limits {
    let long = Duration::from_secs(20);
    Limits::new(long, long, long)
}

fn transport() -> HttpTransport {
    HttpTransport::with_environment(&HttpOptions::default(), &|_| None).unwrap()
}

fn get(transport: &HttpTransport, url: &str) -> Result<Vec<u8>, TransportError> {
    let request = Request::get(Url::parse(url).unwrap());
    let response = transport.send(&request, &limits(), &CancelToken::new())?;
    response.body.read_all(1 << 20, &CancelToken::new())
}

fn post(transport: &HttpTransport, url: &str) -> Result<Vec<u8>, TransportError> {
    let request = Request::post(Url::parse(url).unwrap(), b"paid".to_vec());
    let response = transport.send(&request, &limits(), &CancelToken::new())?;
    response.body.read_all(1 << 20, &CancelToken::new())
}

/// Serves one connection; gives its address.
fn serve(serve: impl FnOnce(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || serve(listener.accept().unwrap().0));
    address
}

/// Cancels once `ready` and gives the error, which must be there within a second; all limits are far longer.
fn cancelled(ready: &Receiver<()>, work: impl FnOnce(CancelToken) -> TransportError + Send + 'static) -> Phase {
    let (cancel, (done, result)) = (CancelToken::new(), channel());
    let token = cancel.clone();
    std::thread::spawn(move || done.send(work(token)));
    ready.recv().unwrap();
    cancel.cancel();
    match result.recv_timeout(Duration::from_secs(1)) {
        Ok(TransportError::Cancelled { phase }) => phase,
        other => panic!("not obeyed within a second: {other:?}"),
    }
}

/// Reads until `text` has come, says so, and then nothing until the client goes away.
fn hears(mut stream: TcpStream, text: &[u8], ready: &Sender<()>) {
    let (mut seen, mut piece) = (Vec::new(), [0; 1024]);
    while !seen.windows(text.len()).any(|part| part == text) {
        let n = stream.read(&mut piece).unwrap();
        seen.extend_from_slice(&piece[..n]);
    }
    let _ = ready.send(());
    // Not reading: who wants to send more has to wait.
    std::thread::park_timeout(Duration::from_secs(20));
}

#[test]
fn who_gives_up_is_obeyed_at_once_wherever_the_request_is() {
    let send = |url: String, body: Vec<u8>| {
        move |cancel: CancelToken| {
            let mut request = Request::post(Url::parse(&url).unwrap(), body);
            request.idempotent = true;
            transport().send(&request, &limits(), &cancel).unwrap_err()
        }
    };
    // A peer that takes the connection and never shakes hands: the first byte of the client's hello is 22.
    let (say, ready) = channel();
    let address = serve(move |stream| hears(stream, &[22], &say));
    assert_eq!(cancelled(&ready, send(format!("https://{address}/"), vec![])), Phase::Connect);

    let (say, ready) = channel();
    let address = serve(move |stream| hears(stream, b"\r\n\r\n", &say));
    assert_eq!(cancelled(&ready, send(format!("http://{address}/"), vec![0; 64 << 20])), Phase::Send);

    let (say, ready) = channel();
    let address = serve(move |stream| hears(stream, b"whole", &say));
    assert_eq!(cancelled(&ready, send(format!("http://{address}/"), b"whole".to_vec())), Phase::Answer);

    let (say, ready) = channel();
    let address = serve(|mut stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{").unwrap();
        hears(stream, b"\r\n\r\n", &channel().0);
    });
    let read = move |cancel: CancelToken| {
        let request = Request::get(Url::parse(&format!("http://{address}/")).unwrap());
        let response = transport().send(&request, &limits(), &cancel).unwrap();
        say.send(()).unwrap();
        // Another token for reading: the one of the request is enough.
        response.body.read_all(100, &CancelToken::new()).unwrap_err()
    };
    assert_eq!(cancelled(&ready, read), Phase::Body);
}

/// What sending without harm in repeating it comes to, when it is cancelled as soon as its first bytes are heard.
fn paid(url: &str, limits: Limits, ready: &Receiver<()>) -> Receiver<Result<Vec<u8>, TransportError>> {
    let (cancel, (done, result)) = (CancelToken::new(), channel());
    let (token, request) = (cancel.clone(), Request::post(Url::parse(url).unwrap(), b"whole".to_vec()));
    std::thread::spawn(move || {
        let answer = transport().send(&request, &limits, &token);
        done.send(answer.and_then(|response| response.body.read_all(100, &CancelToken::new())))
    });
    ready.recv().unwrap();
    cancel.cancel();
    result
}

#[test]
fn a_paid_request_is_given_up_before_it_is_sent_and_not_after() {
    let (say, ready) = channel();
    let address = serve(move |stream| hears(stream, &[22], &say));
    let result = paid(&format!("https://{address}/"), limits(), &ready).recv_timeout(Duration::from_secs(1));
    assert!(matches!(result, Ok(Err(TransportError::Cancelled { phase: Phase::Connect }))), "{result:?}");

    let ((say, ready), (go, goes)) = (channel(), channel::<()>());
    let address = serve(move |mut stream| {
        let mut seen = Vec::new();
        while !seen.ends_with(b"whole") {
            let mut piece = [0; 1024];
            let n = stream.read(&mut piece).unwrap();
            seen.extend_from_slice(&piece[..n]);
        }
        say.send(()).unwrap();
        goes.recv().unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{").unwrap();
        stream.write_all(b"}").unwrap();
    });
    let result = paid(&format!("http://{address}/"), limits(), &ready);
    go.send(()).unwrap();
    assert_eq!(result.recv().unwrap().unwrap(), b"{}");

    // What never comes is not waited for longer than without the cancellation.
    let (say, ready) = channel();
    let address = serve(move |stream| hears(stream, b"whole", &say));
    let limit = Duration::from_millis(100);
    let result = paid(&format!("http://{address}/"), Limits::new(limits().connect, limit, limits().total), &ready);
    let result = result.recv().unwrap();
    assert!(matches!(result, Err(TransportError::Timeout { phase: Phase::Answer, .. })), "{result:?}");
}

#[test]
fn a_cancelled_request_is_not_begun() {
    let server = Server::start(vec![Serve::Silence]);
    let cancel = CancelToken::new();
    cancel.cancel();
    let request = Request::get(Url::parse(&server.url()).unwrap());
    let error = transport().send(&request, &limits(), &cancel).unwrap_err();
    assert!(matches!(error, TransportError::Cancelled { .. }), "{error:?}");
    assert!(server.seen().is_empty());
}

#[test]
fn a_connection_that_the_server_closed_meanwhile_is_not_used() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let (closed, is_closed) = channel();
    let server = std::thread::spawn(move || {
        (0..2)
            .map(|_| {
                let mut stream = listener.accept().unwrap().0;
                let mut request = [0; 4096];
                let n = stream.read(&mut request).unwrap();
                stream.write_all(&http("200 OK", &[], b"ok")).unwrap();
                drop(stream);
                closed.send(()).unwrap();
                String::from_utf8_lossy(&request[..n]).matches("POST /").count()
            })
            .sum::<usize>()
    });
    let transport = transport();
    for _ in 0..2 {
        assert_eq!(post(&transport, &url).unwrap(), b"ok");
        is_closed.recv().unwrap();
    }
    assert_eq!(server.join().unwrap(), 2);
}

#[test]
fn a_paid_request_lost_on_a_kept_connection_is_not_sent_again() {
    let fine = || http("200 OK", &[], b"ok");
    let server = Server::start(vec![Serve::Reply(fine()), Serve::ReplyAndClose(Vec::new()), Serve::Reply(fine())]);
    let transport = transport();
    post(&transport, &server.url()).unwrap();
    let error = post(&transport, &server.url()).unwrap_err();
    assert!(matches!(error, TransportError::Lost { request_complete: true, .. }), "{error:?}");
    let connections: Vec<usize> = server.seen().iter().map(|request| request.connection).collect();
    assert_eq!(connections, [0, 0]);
}

/// The connection of the second of two requests. The first is answered so, and `more` is read behind its two bytes.
fn second_connection(first: &str, more: bool) -> usize {
    let fine = Serve::Reply(http("200 OK", &[], b"ok"));
    // Goes on with the same connection as long as the client does.
    let server = Server::start(vec![Serve::Reply(first.as_bytes().to_vec()), fine]);
    let transport = transport();
    let request = Request::get(Url::parse(&server.url()).unwrap());
    let mut first = transport.send(&request, &limits(), &CancelToken::new()).unwrap();
    let mut body = [0; 2];
    first.body.read_exact(&mut body).unwrap();
    assert_eq!(&body, b"ab");
    if more {
        assert_eq!(first.body.read(&mut [0]).unwrap(), 0);
    }
    drop(first);
    assert_eq!(get(&transport, &server.url()).unwrap(), b"ok");
    server.seen()[1].connection
}

#[test]
fn a_connection_is_used_again_only_where_the_answer_surely_ended() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n";
    let length = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n";
    let interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nA: b\r\n\r\n";
    for (again, more) in [
        (format!("{length}\r\nab"), false),
        (format!("{interim}{length}\r\nab"), false),
        // That this is the end is known only behind the last chunk.
        (format!("{chunked}\r\n2;x=y\r\nab\r\n0\r\nTrailer: x\r\n\r\n"), true),
        (format!("{chunked}\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n"), true),
    ] {
        assert_eq!(second_connection(&again, more), 0, "{again:?}");
    }
    for (anew, more) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc".to_owned(), false),
        (format!("{length}\r\nabHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"), false),
        (format!("{length}Connection: x, Close\r\n\r\nab"), false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nab".to_owned(), false),
        (format!("{chunked}Content-Length: 2\r\n\r\n2\r\nab\r\n0\r\n\r\n"), true),
        (format!("{chunked}\r\n2\r\nab\r\n0\r\n\r\n"), false),
    ] {
        assert_eq!(second_connection(&anew, more), 1, "{anew:?}");
    }
}

fn answered(bytes: &[u8]) -> Result<Vec<u8>, TransportError> {
    let server = Server::start(vec![Serve::ReplyAndClose(bytes.to_vec())]);
    get(&transport(), &server.url())
}

#[test]
fn what_is_not_proper_http_is_refused() {
    let head = "HTTP/1.1 200 OK\r\n";
    for wrong in [
        "HTTP/2 200 OK\r\n\r\n".to_owned(),
        "HTTP/1.1 101 Switching\r\n\r\n".to_owned(),
        "HTTP/1.1 100 Continue\r\n\r\n".repeat(20),
        format!("{head}Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc"),
        format!("{head}Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"),
        format!("{head}Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n"),
        format!("{head}Transfer-Encoding: chunked\r\n\r\n-2\r\nab\r\n0\r\n\r\n"),
        format!("{head}Transfer-Encoding: chunked\r\n\r\n11111111111111112\r\nab"),
        format!("{head}Transfer-Encoding: chunked\r\n\r\n2;{}", "x".repeat(20_000)),
        format!("{head}{}", "X: y\r\n".repeat(20_000)),
    ] {
        let result = answered(wrong.as_bytes());
        let start: String = wrong.chars().take(80).collect();
        assert!(matches!(result, Err(TransportError::Protocol(_))), "{start:?}: {result:?}");
    }
}

#[test]
fn what_ends_too_early_is_cut_off() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (cut, received) in
        [("2\r\na", 1), ("2\r\nab", 2), ("2\r\nab\r\n", 2), ("2\r\nab\r\n0", 2), ("ffffffffffffffff\r\na", 1)]
    {
        let result = answered(format!("{chunked}{cut}").as_bytes());
        let Err(TransportError::Truncated { received_bytes, expected_bytes: None }) = result else {
            panic!("{cut:?}: {result:?}");
        };
        assert_eq!(received_bytes, received, "{cut:?}");
    }
    // Behind the last chunk there is nothing that could be missing.
    assert_eq!(answered(format!("{chunked}2\r\nab\r\n0\r\n").as_bytes()).unwrap(), b"ab");
    assert!(matches!(
        answered(b"HTTP/1.1 200 OK\r\nContent-Le"),
        Err(TransportError::Lost { request_complete: true, .. })
    ));
}

#[test]
fn a_head_that_drips_is_given_up() {
    let (stop, stopped) = channel::<()>();
    let address = serve(move |mut stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n").unwrap();
        // Never silent for as long as the limit is.
        while stopped.recv_timeout(Duration::from_millis(20)).is_err() && stream.write_all(b"A: b\r\n").is_ok() {}
    });
    let limits = Limits::new(limits().connect, Duration::from_millis(200), limits().total);
    let request = Request::get(Url::parse(&format!("http://{address}/")).unwrap());
    let error = transport().send(&request, &limits, &CancelToken::new()).unwrap_err();
    assert!(matches!(error, TransportError::Timeout { phase: Phase::Answer, .. }), "{error:?}");
    drop(stop);
}

#[test]
fn compression_is_not_asked_for_and_not_undone() {
    // Would be a gigabyte; nobody unpacks it.
    let bomb = http("200 OK", &["Content-Encoding: gzip"], b"\x1f\x8b\x08bomb");
    let server = Server::start(vec![Serve::ReplyAndClose(bomb)]);
    assert_eq!(get(&transport(), &server.url()).unwrap(), b"\x1f\x8b\x08bomb");
    assert!(!server.seen()[0].head.to_ascii_lowercase().contains("accept-encoding"));
}
