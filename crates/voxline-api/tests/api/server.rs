//! A tiny HTTP server that misbehaves to order.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// What happens on one connection.
pub(crate) enum Serve {
    /// Reads a request, writes these bytes, goes on with the next on the same connection.
    Reply(Vec<u8>),
    /// Reads a request, writes these bytes, closes.
    ReplyAndClose(Vec<u8>),
    /// Closes without reading.
    Close,
    /// Reads a request, then says nothing until the client goes away.
    Silence,
    /// Reads a request, writes these bytes again and again until the client goes away, at most 64 MiB.
    Flood(Vec<u8>, Vec<u8>),
}

/// Everything that was received, one entry a request.
pub(crate) type Seen = Arc<Mutex<Vec<Received>>>;

/// A request as it came.
#[derive(Clone)]
pub(crate) struct Received {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    pub(crate) connection: usize,
}

impl Received {
    /// The lines of the head without the first.
    pub(crate) fn header_lines(&self) -> Vec<&str> {
        self.head.split("\r\n").skip(1).filter(|line| !line.is_empty()).collect()
    }
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    seen: Seen,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves what is listed, in order; further connections are closed at once.
    pub(crate) fn start(script: Vec<Serve>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, stop) = (Seen::default(), Arc::new(AtomicBool::new(false)));
        let (thread_seen, thread_stop) = (seen.clone(), stop.clone());
        let thread = std::thread::spawn(move || {
            let mut script = script.into_iter().peekable();
            for (connection, stream) in listener.incoming().enumerate().take(100) {
                if thread_stop.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
                serve(stream, connection, &mut script, &thread_seen);
            }
        });
        Self { address, seen, stop, thread: Some(thread) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests so far.
    pub(crate) fn seen(&self) -> Vec<Received> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for a connection.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            let result = thread.join();
            if !std::thread::panicking() {
                result.unwrap();
            }
        }
    }
}

fn serve(
    mut stream: TcpStream,
    connection: usize,
    script: &mut std::iter::Peekable<impl Iterator<Item = Serve>>,
    seen: &Seen,
) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    loop {
        if let Some(Serve::Close) | None = script.peek() {
            script.next();
            return;
        }
        let Some(request) = receive(&mut reader, connection) else { return };
        seen.lock().unwrap().push(request);
        match script.next() {
            None | Some(Serve::Close) => return,
            Some(Serve::Reply(bytes)) => stream.write_all(&bytes).unwrap(),
            Some(Serve::ReplyAndClose(bytes)) => {
                stream.write_all(&bytes).unwrap();
                return;
            }
            Some(Serve::Silence) => {
                let _ = reader.read(&mut [0]);
                return;
            }
            Some(Serve::Flood(head, piece)) => {
                let times = (64 << 20) / piece.len();
                let _ = stream.write_all(&head);
                for _ in 0..times {
                    if stream.write_all(&piece).is_err() {
                        return;
                    }
                }
                return;
            }
        }
    }
}

fn receive(reader: &mut impl BufRead, connection: usize) -> Option<Received> {
    let mut head = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        head.push_str(&line);
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
    });
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some(Received { head, body, connection })
}

/// A whole answer.
pub(crate) fn http(status: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n", body.len());
    for header in headers {
        bytes.push_str(header);
        bytes.push_str("\r\n");
    }
    bytes.push_str("\r\n");
    [bytes.as_bytes(), body].concat()
}

/// An answer of the chat service.
pub(crate) fn chat(json: &str) -> Vec<u8> {
    http("200 OK", &["Content-Type: application/json;charset=UTF-8"], json.as_bytes())
}
