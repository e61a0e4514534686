//! Answers on the wire: the bytes of a server, cut anywhere, over a connection.
#![no_main]

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener};
use std::sync::{LazyLock, Mutex, mpsc};
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use voxline_api::http::{CancelToken, HttpTransport, Limits, Request, Transport, Url};

const PATIENCE: Duration = Duration::from_secs(2);

struct Server {
    port: u16,
    answers: Mutex<mpsc::Sender<Vec<u8>>>,
}

/// Sends each answer to the next connection, whatever it asks.
static SERVER: LazyLock<Server> = LazyLock::new(|| {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (answers, next) = mpsc::channel::<Vec<u8>>();
    std::thread::spawn(move || {
        for answer in next {
            let Ok((mut stream, _)) = listener.accept() else { return };
            drop(stream.set_read_timeout(Some(PATIENCE)));
            drop(stream.read(&mut [0; 4096]));
            let (head, rest) = answer.split_at(answer.len() / 2);
            drop(stream.write_all(head).and_then(|()| stream.write_all(rest)));
            drop(stream.shutdown(Shutdown::Both));
        }
    });
    Server { port, answers: Mutex::new(answers) }
});

fuzz_target!(|data: &[u8]| {
    let mut answer = b"HTTP/1.1 ".to_vec();
    answer.extend_from_slice(data);
    SERVER.answers.lock().unwrap().send(answer).unwrap();
    let transport = HttpTransport::with_environment(&voxline_core::Options::default().http, &|_| None).unwrap();
    let url = Url::parse(&format!("http://127.0.0.1:{}/", SERVER.port)).unwrap();
    let (cancel, limits) = (CancelToken::new(), Limits::new(PATIENCE, PATIENCE, PATIENCE));
    if let Ok(response) = transport.send(&Request::get(url), &limits, &cancel) {
        assert!((100..=599).contains(&response.status));
        if let Ok(body) = response.body.read_all(1 << 16, &cancel) {
            assert!(body.len() <= 1 << 16);
        }
    }
});

/// Connections are dialled on threads that nobody waits for. What one that is ending when leaks are looked for still has is
/// not lost: its entry among the destructors, and what was allocated to start it.
#[unsafe(no_mangle)]
extern "C" fn __lsan_default_suppressions() -> *const std::ffi::c_char {
    c"leak:__cxa_thread_atexit_impl\nleak:dial::in_background".as_ptr()
}
