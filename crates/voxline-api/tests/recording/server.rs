//! A service and a download host on loopback, with faults to order. As little HTTP as that takes.

use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    /// Path and query, as on the wire.
    pub(crate) target: String,
    pub(crate) authorization: Option<String>,
    pub(crate) range: Option<u64>,
    pub(crate) connection: usize,
}

/// What is sent back.
pub(crate) enum Reply {
    /// These bytes.
    Raw(Vec<u8>),
    /// These bytes, then the end of the connection.
    RawAndClose(Vec<u8>),
    /// A file: with or without parts; the connection ends after so many bytes of the body.
    File { bytes: Arc<Vec<u8>>, ranges: bool, etag: bool, cut: Option<usize> },
    /// Nothing, until the client goes away.
    Silence,
}

type Handler = dyn Fn(usize, &Received) -> Reply + Send + Sync;

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    seen: Mutex<Vec<Received>>,
    /// Bytes of files that were written.
    written: Mutex<u64>,
    stop: AtomicBool,
}

impl Server {
    /// Answers each request by what `handler` says; its number counts requests from 0.
    pub(crate) fn start(handler: impl Fn(usize, &Received) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared =
            Arc::new(Shared { seen: Mutex::default(), written: Mutex::default(), stop: AtomicBool::new(false) });
        let (handler, accepting): (Arc<Handler>, _) = (Arc::new(handler), shared.clone());
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                if accepting.stop.load(Ordering::SeqCst) {
                    return;
                }
                let (handler, shared) = (handler.clone(), accepting.clone());
                std::thread::spawn(move || stream.map(|stream| serve(&stream, number, &*handler, &shared)));
            }
        });
        Self { address, shared }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn seen(&self) -> Vec<Received> {
        self.shared.seen.lock().unwrap().clone()
    }

    pub(crate) fn written_bytes(&self) -> u64 {
        *self.shared.written.lock().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
    }
}

/// Errors are the client's going away, which is its right.
fn serve(stream: &TcpStream, connection: usize, handler: &Handler, shared: &Shared) -> Option<()> {
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let mut reader = BufReader::new(stream);
    loop {
        let received = receive(&mut reader, connection)?;
        let number = {
            let mut seen = shared.seen.lock().unwrap();
            seen.push(received.clone());
            seen.len() - 1
        };
        match handler(number, &received) {
            Reply::Raw(bytes) => (&*stream).write_all(&bytes).ok()?,
            Reply::RawAndClose(bytes) => return (&*stream).write_all(&bytes).ok(),
            Reply::Silence => {
                reader.fill_buf().ok()?;
                return None;
            }
            Reply::File { bytes, ranges, etag, cut } => {
                let from = received.range.filter(|_| ranges).map_or(0, |from| usize::try_from(from).unwrap());
                let body = bytes.get(from..).unwrap_or_default();
                let mut head = match received.range.filter(|_| ranges) {
                    Some(_) => {
                        let range = format!("bytes {from}-{}/{}", bytes.len() - 1, bytes.len());
                        format!("HTTP/1.1 206 Partial Content\r\nContent-Range: {range}\r\n")
                    }
                    None => "HTTP/1.1 200 OK\r\n".to_owned(),
                };
                head.push_str(&format!("Content-Type: audio/wav\r\nContent-Length: {}\r\n", body.len()));
                if etag {
                    head.push_str("ETag: \"one\"\r\n");
                }
                (&*stream).write_all(format!("{head}\r\n").as_bytes()).ok()?;
                let given = body.get(..cut.unwrap_or(body.len()).min(body.len())).unwrap_or_default();
                for piece in given.chunks(64 << 10) {
                    (&*stream).write_all(piece).ok()?;
                    *shared.written.lock().unwrap() += piece.len() as u64;
                }
                if cut.is_some() {
                    return stream.shutdown(Shutdown::Both).ok();
                }
            }
        }
    }
}

fn receive(reader: &mut impl BufRead, connection: usize) -> Option<Received> {
    let mut line = String::new();
    (reader.read_line(&mut line).ok()? > 0).then_some(())?;
    let target = line.split(' ').nth(1)?.to_owned();
    let mut received = Received { target, authorization: None, range: None, connection };
    loop {
        let mut line = String::new();
        (reader.read_line(&mut line).ok()? > 0).then_some(())?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { return Some(received) };
        match &*name.to_ascii_lowercase() {
            "authorization" => received.authorization = Some(value.to_owned()),
            "range" => received.range = value.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok(),
            _ => {}
        }
    }
}

/// A whole answer.
pub(crate) fn http(status: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n", body.len());
    headers.iter().for_each(|header| head.push_str(&format!("{header}\r\n")));
    [head.as_bytes(), b"\r\n", body].concat()
}

/// The answer to a request for an address.
pub(crate) fn located(voice_url: &str) -> Vec<u8> {
    let body = serde_json::json!({"code": 200, "status": "success", "message": "返回录音下载地址成功",
        "data": {"voice_url": voice_url}});
    http("200 OK", &["Content-Type: application/json"], body.to_string().as_bytes())
}

/// An error as the service puts it.
pub(crate) fn envelope(code: i64, message: &str) -> Vec<u8> {
    let body = serde_json::json!({"code": code, "status": "error", "message": message, "data": []});
    http("200 OK", &["Content-Type: application/json"], body.to_string().as_bytes())
}
