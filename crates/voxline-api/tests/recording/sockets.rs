//! Recordings over real sockets.

use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use voxline_api::CancelToken;
use voxline_api::recording::{DownloadOptions, DownloadScheme, RecordingClient, RecordingClientBuilder, RecordingId};
use voxline_core::options::HttpOptions;
use voxline_core::{Error, ErrorKind};

use super::server::{Reply, Server, envelope, http, located};

const LENGTH: usize = 8 << 20;
const KEY: &str = "N0dJNlFVTFU1WHls+KytaWTl/azBt%2BMDEy==";

/// A folder that goes away with its test.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("voxline-sockets-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn audio(length: usize) -> Vec<u8> {
    let noise = (0..length as u64).map(|i| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8);
    b"RIFF".iter().copied().chain(noise).take(length).collect()
}

pub(crate) fn options(change: impl Fn(&mut HttpOptions)) -> HttpOptions {
    let mut options = HttpOptions::default();
    // The waits between attempts are real here.
    options.backoff_initial_ms = 1;
    options.backoff_max_ms = 1;
    change(&mut options);
    options
}

pub(crate) fn builder(server: &Server) -> RecordingClientBuilder {
    let builder = RecordingClient::builder().base_url(server.url()).token("token-canary");
    builder.download_scheme(DownloadScheme::Http).http(options(|_| {}))
}

pub(crate) fn id() -> RecordingId {
    RecordingId::new("user", "task", "record/1")
}

fn is_locate(target: &str) -> bool {
    target.ends_with("/download-full-voice")
}

/// A service whose files are on the same port under another name, which is another origin.
fn files(reply: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Server {
    let fetched = AtomicUsize::new(0);
    let port = Arc::new(AtomicUsize::new(0));
    let known = port.clone();
    let server = Server::start(move |_, received| {
        if is_locate(&received.target) {
            let port = known.load(Ordering::SeqCst);
            return Reply::Raw(located(&format!("localhost:{port}/files/voice?key={KEY}")));
        }
        reply(fetched.fetch_add(1, Ordering::SeqCst))
    });
    port.store(server.address.port().into(), Ordering::SeqCst);
    server
}

fn file(bytes: &Arc<Vec<u8>>, ranges: bool, cut: Option<usize>) -> Reply {
    Reply::File { bytes: bytes.clone(), ranges, etag: ranges, cut }
}

fn read(client: &RecordingClient) -> Result<Vec<u8>, Error> {
    let (mut stream, mut bytes) = (client.open(&id())?, Vec::new());
    match stream.read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(e) => Err(e.downcast::<Error>().unwrap()),
    }
}

fn download(client: &RecordingClient, folder: &Folder) -> Result<u64, Error> {
    let path = folder.0.join("call.wav");
    client.download(&id(), path, &DownloadOptions::default(), |_| {}, &CancelToken::new()).map(|done| done.bytes)
}

#[test]
fn what_is_on_the_wire_is_the_vendors_example() {
    let bytes = Arc::new(audio(100));
    let given = bytes.clone();
    let server = files(move |_| file(&given, true, None));
    assert!(read(&builder(&server).build().unwrap()).unwrap() == *bytes);
    let seen = server.seen();
    assert_eq!(seen[0].target, "/agent-api/user/user/task/task/record/record%2F1/download-full-voice");
    assert_eq!(seen[0].authorization.as_deref(), Some("Bearer token-canary"));
    // The query to the byte, the token not at all.
    assert_eq!(seen[1].target, format!("/files/voice?key={KEY}"));
    assert_eq!(seen[1].authorization, None);
}

#[test]
fn five_disconnects_cost_little_with_parts() {
    let bytes = Arc::new(audio(LENGTH));
    for kind in ["stream", "file"] {
        let given = bytes.clone();
        let server = files(move |n| file(&given, true, (n < 5).then_some(1_300_000)));
        let client = builder(&server).build().unwrap();
        if kind == "stream" {
            assert!(read(&client).unwrap() == *bytes);
        } else {
            let folder = Folder::new("parts");
            assert_eq!(download(&client, &folder).unwrap(), LENGTH as u64);
            assert!(fs::read(folder.0.join("call.wav")).unwrap() == *bytes);
            assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1);
        }
        let twice = server.written_bytes() - LENGTH as u64;
        assert!(twice <= 5 * 4096, "{kind}: {twice} bytes came twice");
        assert_eq!(server.seen().len(), 7);
    }
}

#[test]
fn disconnects_without_parts_begin_again_and_end_well() {
    let bytes = Arc::new(audio(LENGTH));
    for kind in ["stream", "file"] {
        let given = bytes.clone();
        let server = files(move |n| file(&given, false, (n < 2).then_some(3_000_000)));
        let client = builder(&server).build().unwrap();
        if kind == "stream" {
            assert!(read(&client).unwrap() == *bytes);
        } else {
            let folder = Folder::new("whole");
            assert_eq!(download(&client, &folder).unwrap(), LENGTH as u64);
            assert!(fs::read(folder.0.join("call.wav")).unwrap() == *bytes);
        }
        assert_eq!(server.seen().len(), 4);
    }
}

#[test]
fn a_short_body_is_never_a_recording() {
    let bytes = Arc::new(audio(100_000));
    let server = files(move |_| file(&bytes, false, Some(60_000)));
    let client = builder(&server).build().unwrap();
    assert_eq!(read(&client).unwrap_err().kind(), ErrorKind::Io);
    let folder = Folder::new("short");
    assert_eq!(download(&client, &folder).unwrap_err().kind(), ErrorKind::Io);
    assert!(!folder.0.join("call.wav").exists());
    // Chunked, without the last chunk.
    let server = files(|_| {
        Reply::RawAndClose(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nRIFFabcd\r\n".to_vec())
    });
    assert_eq!(read(&builder(&server).build().unwrap()).unwrap_err().kind(), ErrorKind::Io);
}

#[test]
fn a_later_call_goes_on_where_the_first_was_lost() {
    let bytes = Arc::new(audio(LENGTH));
    let given = bytes.clone();
    let server = files(move |n| match n {
        0 => file(&given, true, Some(5_000_000)),
        1 => Reply::Raw(http("400 Bad Request", &[], b"")),
        _ => file(&given, true, None),
    });
    let folder = Folder::new("later");
    let client = builder(&server).build().unwrap();
    assert_eq!(download(&client, &folder).unwrap_err().kind(), ErrorKind::Service);
    assert!(!folder.0.join("call.wav").exists() && folder.0.join("call.wav.part").exists());
    assert_eq!(download(&client, &folder).unwrap(), LENGTH as u64);
    assert!(fs::read(folder.0.join("call.wav")).unwrap() == *bytes);
    assert_eq!(server.seen().last().unwrap().range, Some(5_000_000 - 4096));
}

#[test]
fn a_silent_server_ends_by_the_time_outs_and_goes_on_after_one_silence() {
    let bytes = Arc::new(audio(100_000));
    let given = bytes.clone();
    let server = files(move |n| match n {
        // Announces more than it sends, and keeps the connection.
        0 => Reply::Raw(
            [&b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\nETag: \"one\"\r\n\r\n"[..], &given[..50_000]].concat(),
        ),
        1 => Reply::Silence,
        _ => file(&given, true, None),
    });
    let client = builder(&server).http(options(|o| o.read_timeout_ms = 400)).build().unwrap();
    assert!(read(&client).unwrap() == *bytes);
    let server = files(|_| Reply::Silence);
    let hasty = options(|o| (o.read_timeout_ms, o.total_timeout_ms) = (50, 200));
    let error = read(&builder(&server).http(hasty).build().unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
}

#[test]
fn an_expired_address_is_asked_for_again() {
    let bytes = Arc::new(audio(100_000));
    let given = bytes.clone();
    let server = files(move |n| match n {
        0 | 2 => Reply::Raw(http("403 Forbidden", &[], b"<html>expired</html>")),
        1 => file(&given, true, Some(50_000)),
        _ => file(&given, true, None),
    });
    assert!(read(&builder(&server).build().unwrap()).unwrap() == *bytes);
    let located = server.seen().iter().filter(|r| is_locate(&r.target)).count();
    assert_eq!((located, server.seen().len()), (3, 7));
}

#[test]
fn redirects_are_followed_without_the_token_once_they_leave() {
    let bytes = Arc::new(audio(1000));
    let given = bytes.clone();
    let foreign = Server::start(move |_, _| file(&given, true, None));
    let away = format!("Location: http://localhost:{}/there?sig=1", foreign.address.port());
    // The recording is at the API's own origin, so that the token goes along until it is sent away.
    let server = Server::start(move |_, received| match &*received.target {
        target if is_locate(target) => Reply::Raw(located("/own?k=1")),
        "/own?k=1" => Reply::Raw(http("302 Found", &["Location: /own/next?k=2"], b"")),
        _ => Reply::Raw(http("307 Temporary Redirect", &[&away], b"")),
    });
    for opted_in in [false, true] {
        let client = builder(&server).send_token_to_download_host(opted_in).build().unwrap();
        assert!(read(&client).unwrap() == *bytes);
    }
    assert!(server.seen().iter().all(|r| r.authorization.as_deref() == Some("Bearer token-canary")));
    assert_eq!((server.seen().len(), foreign.seen().len()), (6, 2));
    assert!(foreign.seen().iter().all(|r| r.authorization.is_none() && r.target == "/there?sig=1"));
}

#[test]
fn an_error_in_place_of_audio_is_typed_and_leaves_no_file() {
    let server = files(|_| Reply::Raw(envelope(5005, "该任务下的该通通话记录不存在")));
    let client = builder(&server).build().unwrap();
    let folder = Folder::new("envelope");
    for error in [read(&client).unwrap_err(), download(&client, &folder).unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert_eq!(error.service().unwrap().message.as_deref(), Some("该任务下的该通通话记录不存在"));
    }
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 0);
}

#[test]
fn connections_are_used_again_and_many_can_be_read_at_once() {
    let bytes = Arc::new(audio(300_000));
    let given = bytes.clone();
    let server = files(move |_| file(&given, true, None));
    let client = builder(&server).build().unwrap();
    for _ in 0..3 {
        assert!(read(&client).unwrap() == *bytes);
    }
    let mut connections: Vec<usize> = server.seen().iter().map(|r| r.connection).collect();
    connections.sort_unstable();
    connections.dedup();
    // One to 127.0.0.1 and one to localhost.
    assert_eq!(connections.len(), 2, "{connections:?}");
    let readers: Vec<_> = (0..16)
        .map(|_| {
            let (client, bytes) = (client.clone(), bytes.clone());
            std::thread::spawn(move || read(&client).unwrap() == *bytes)
        })
        .collect();
    assert!(readers.into_iter().all(|reader| reader.join().unwrap()));
}
