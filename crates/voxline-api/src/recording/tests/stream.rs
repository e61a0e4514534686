//! Reading a recording while it arrives.

use std::io::Read;

use serde_json::json;
use voxline_core::{Error, ErrorKind, Retry};

use super::world::{Meet, World};
use super::*;

const LENGTH: usize = 200_000;

fn client(world: &Arc<World>) -> RecordingClient {
    builder(world.clone(), &world.clock).build().unwrap()
}

/// Everything, or the first error.
fn read(world: &Arc<World>) -> Result<Vec<u8>, Error> {
    let mut stream = client(world).open(&id())?;
    let (mut bytes, mut buffer) = (Vec::new(), [0; 2048]);
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return Ok(bytes),
            Ok(n) => bytes.extend_from_slice(&buffer[..n]),
            Err(e) => return Err(e.downcast::<Error>().unwrap()),
        }
    }
}

fn failing(world: &Arc<World>) -> Error {
    read(world).map(|bytes| bytes.len()).unwrap_err()
}

fn envelope(code: i64, message: &str) -> Meet {
    let body = json!({"code": code, "status": "error", "message": message, "data": []}).to_string();
    Meet::Say(200, vec![("Content-Type", "audio/wav".to_owned())], body.into_bytes())
}

fn status(status: u16) -> Meet {
    Meet::Say(status, Vec::new(), b"<html>no</html>".to_vec())
}

#[test]
fn the_audio_comes_as_it_is_and_is_limited_by_silence_only() {
    let world = World::new(audio(LENGTH));
    let mut stream = client(&world).open(&id()).unwrap();
    assert_eq!((stream.total_bytes(), stream.content_type()), (Some(LENGTH as u64), Some("audio/wav")));
    assert_eq!(stream.read(&mut []).unwrap(), 0);
    let mut bytes = vec![0; 10];
    stream.read_exact(&mut bytes).unwrap();
    assert_eq!(stream.position_bytes(), 10);
    stream.read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes, audio(LENGTH));
    assert_eq!(stream.read(&mut [0]).unwrap(), 0);
    let limits = world.state.lock().unwrap().limits[1];
    assert!(limits.total.as_secs() > 86_400 && limits.read.as_secs() == 60, "{limits:?}");
    // The limit for answers is not for audio.
    let mut options = HttpOptions::default();
    options.max_response_bytes = 1000;
    let small = builder(world.clone(), &world.clock).http(options).build().unwrap();
    assert_eq!(small.open(&id()).unwrap().read_to_end(&mut Vec::new()).unwrap(), LENGTH);
}

#[test]
fn a_lost_connection_is_taken_up_where_it_broke() {
    let world = World::new(audio(LENGTH));
    world.meet([Meet::Cut(50_000), Meet::Refuse, Meet::Cut(60_000), Meet::Cut(40_000)]);
    assert_eq!(read(&world).unwrap(), audio(LENGTH));
    let expected: [Option<&str>; 5] =
        [None, Some("bytes=45904-"), Some("bytes=45904-"), Some("bytes=101808-"), Some("bytes=137712-")];
    assert_eq!(world.ranges(), expected.map(|range| range.map(str::to_owned)));
    assert!(world.fetched()[1..].iter().all(|r| r.headers.get("If-Range") == Some("\"v1\"")));
    assert_eq!((world.sent_bytes(), world.located().len()), (LENGTH as u64 + 3 * 4096, 1));
}

#[test]
fn a_server_without_parts_is_read_again_from_the_start() {
    let world = World::new(audio(LENGTH));
    world.set(|state| (state.ranges, state.etag) = (false, None));
    world.meet([Meet::Cut(50_000), Meet::Cut(20_000), Meet::Cut(90_000)]);
    assert_eq!(read(&world).unwrap(), audio(LENGTH));
    // Such a server is not asked for ever.
    let world = World::new(audio(LENGTH));
    world.set(|state| state.ranges = false);
    world.meet((1..20).map(|i| Meet::Cut(i * 20_000)));
    let error = failing(&world);
    assert_eq!((error.kind(), world.fetched().len()), (ErrorKind::Io, 5), "{error}");
    // The fault itself is named, not only that it came again and again.
    assert!(error.to_string().contains("the answer is cut off: 80000 bytes"), "{error}");
}

#[test]
fn a_file_that_changed_is_never_glued_to_the_old_one() {
    let mut other = audio(LENGTH);
    other[49_000] ^= 1;
    let mut early = audio(LENGTH);
    early[100] ^= 1;
    let (shorter, longer) = (audio(LENGTH - 1), audio(LENGTH + 1));
    let cases = [
        (other.clone(), Some("\"v2\""), true),
        (other.clone(), None, true),
        (other, None, false),
        // With parts and without a tag, a change at the beginning cannot be seen; the whole file shows it.
        (early, None, false),
        (shorter.clone(), Some("\"v1\""), true),
        (shorter, None, false),
        (longer, None, true),
        (audio(40_000), None, true),
    ];
    for (i, (file, etag, ranges)) in cases.into_iter().enumerate() {
        let world = World::new(audio(LENGTH));
        world.set(|state| (state.ranges, state.etag) = (ranges, etag.map(|_| "\"v1\"")));
        world.meet([Meet::Cut(50_000), Meet::Replace(file.clone(), etag), Meet::Replace(file, etag)]);
        let error = read(&world).map(|bytes| bytes.len()).expect_err(&format!("case {i}"));
        assert!(error.to_string().contains("changed at the server"), "case {i}: {error}");
        assert_eq!((error.kind(), error.retry()), (ErrorKind::Io, Retry::Yes));
    }
}

#[test]
fn an_early_end_is_not_an_end() {
    let whole = audio(30_000);
    let short = || {
        let fields = vec![("Content-Length", "30000".to_owned()), ("Content-Type", "audio/wav".to_owned())];
        Meet::Say(200, fields, audio(20_000))
    };
    let world = World::new(whole.clone());
    world.meet([short()]);
    assert_eq!(read(&world).unwrap(), whole);
    assert_eq!(world.ranges()[1].as_deref(), Some("bytes=15904-"));
    // A server that never has more: an error, not a short recording.
    let world = World::new(audio(20_000));
    world.meet((0..20).map(|_| short()));
    assert_eq!(failing(&world).kind(), ErrorKind::Io);
    // And one that has more than it said.
    let world = World::new(whole);
    let fields = vec![("Content-Length", "10".to_owned())];
    world.meet([Meet::Say(200, fields, audio(11))]);
    assert_eq!(failing(&world).kind(), ErrorKind::Service);
}

#[test]
fn a_server_that_hands_out_parts_of_its_own_size_is_asked_for_the_next() {
    let (world, whole) = (World::new(audio(LENGTH)), audio(LENGTH));
    let part = |from: usize, to: usize| {
        let range = format!("bytes {from}-{}/{LENGTH}", to - 1);
        Meet::Say(206, vec![("Content-Range", range), ("ETag", "\"v1\"".to_owned())], whole[from..to].to_vec())
    };
    world.meet([Meet::Cut(50_000), part(45_904, 110_000), part(105_904, 150_000)]);
    assert!(read(&world).unwrap() == whole);
    assert_eq!(world.ranges()[3].as_deref(), Some("bytes=145904-"));
}

#[test]
fn a_server_that_breaks_off_again_and_again_is_left_alone() {
    let world = World::new(audio(LENGTH));
    // The first brings something, the others not one new byte.
    world.meet([Meet::Cut(50_000)].into_iter().chain((0..100).map(|_| Meet::Cut(4096))));
    let error = failing(&world);
    assert_eq!((error.kind(), world.fetched().len()), (ErrorKind::Io, 4), "{error}");
    assert!(error.to_string().contains("4 faults without a new byte"), "{error}");
    // As long as it gets on, it may break as often as it likes.
    let world = World::new(audio(LENGTH));
    world.meet((0..9).map(|_| Meet::Cut(4096 + 20_000)));
    assert_eq!(read(&world).unwrap(), audio(LENGTH));
    assert_eq!(world.fetched().len(), 10);
    // However little that is: here 904 bytes each time.
    let world = World::new(audio(LENGTH));
    world.meet((0..50).map(|_| Meet::Cut(5000)));
    assert_eq!(read(&world).unwrap(), audio(LENGTH));
    assert_eq!(world.fetched().len(), 51);
}

#[test]
fn a_server_that_drips_is_left_alone_and_a_slow_one_is_not() {
    let world = World::new(audio(LENGTH));
    // 64 bytes to look at and then 1009 a piece: 16 KiB take 18 reads.
    world.set(|state| state.piece_time = Duration::from_secs(10));
    assert_eq!(read(&world).unwrap(), audio(LENGTH));
    let world = World::new(audio(LENGTH));
    world.set(|state| state.piece_time = Duration::from_secs(11));
    let error = failing(&world);
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.to_string().contains("http.total_timeout_ms"), "{error}");
}

#[test]
fn an_expired_address_is_renewed_once() {
    for code in [403, 404, 410] {
        let world = World::new(audio(LENGTH));
        world.meet([status(code)]);
        assert_eq!(read(&world).unwrap(), audio(LENGTH), "{code}");
        assert_eq!((world.located().len(), world.fetched().len()), (2, 2));
        let world = World::new(audio(LENGTH));
        world.meet([status(code), status(code)]);
        let error = failing(&world);
        let kind = if code == 403 { ErrorKind::PermissionDenied } else { ErrorKind::NotFound };
        assert_eq!((error.kind(), world.located().len(), world.fetched().len()), (kind, 2, 2), "{error}");
    }
    // In the middle as well, and the new address is then the one that is used.
    let world = World::new(audio(LENGTH));
    world.meet([Meet::Cut(50_000), status(403), Meet::Cut(50_000)]);
    assert_eq!(read(&world).unwrap(), audio(LENGTH));
    assert_eq!((world.located().len(), world.fetched().len()), (2, 4));
    // An address that was found before is renewed by its recording's ids.
    let world = World::new(audio(10));
    let client = client(&world);
    let url = client.locate(&id()).unwrap();
    world.meet([envelope(403, "链接已过期")]);
    client.open_url(&url, &CancelToken::new()).unwrap();
    assert_eq!(world.located().len(), 2);
    for other in [400, 401, 416, 418] {
        let world = World::new(audio(10));
        world.meet([status(other)]);
        assert!(read(&world).is_err());
        assert_eq!((world.located().len(), world.fetched().len()), (1, 1), "{other}");
    }
}

#[test]
fn while_locating_again_fails_for_a_passing_reason_it_goes_on() {
    let world = World::new(audio(10));
    world.meet([status(403)]);
    let fine = json!({"code": 200, "data": {"voice_url": "files.example/new?key=1"}}).to_string();
    world.set(|state| state.locates.extend([(200, fine.clone()), (503, String::new()), (200, fine)]));
    assert_eq!(read(&world).unwrap(), audio(10));
    assert_eq!(world.located().len(), 3);
}

#[test]
fn an_error_in_place_of_audio_is_an_error() {
    let cases = [
        (5005, ErrorKind::NotFound, 1),
        (5002, ErrorKind::NotFound, 1),
        (1002, ErrorKind::NotFound, 1),
        (9999, ErrorKind::Service, 1),
        (401, ErrorKind::Unauthenticated, 1),
        (503, ErrorKind::Service, 4),
    ];
    for (code, kind, requests) in cases {
        let world = World::new(audio(10));
        world.meet((0..4).map(|_| envelope(code, "录音不存在")));
        let error = failing(&world);
        assert_eq!((error.kind(), world.fetched().len()), (kind, requests), "{code}: {error}");
        let fault = error.service().unwrap();
        assert_eq!((fault.code.as_deref(), fault.message.as_deref()), (Some(&*code.to_string()), Some("录音不存在")));
    }
    let say =
        |kind: &str, body: &str| Meet::Say(200, vec![("Content-Type", kind.to_owned())], body.as_bytes().to_vec());
    for nonsense in [
        say("text/html", "<html>login</html>"),
        say("audio/wav", "<!DOCTYPE html>"),
        say("audio/wav", "{\"unknown\": true}"),
        say("audio/wav", "{\"code\": 200, \"data\": {\"voice_url\": \"h?key=canary-canary\"}}"),
        say("audio/wav", ""),
        Meet::Say(204, Vec::new(), Vec::new()),
        Meet::Say(206, Vec::new(), audio(10)),
        Meet::Say(206, vec![("Content-Type", "audio/x-alaw-basic".to_owned())], b"UUUU RIFF".to_vec()),
        Meet::Say(300, Vec::new(), audio(10)),
        Meet::Say(200, vec![("Content-Encoding", "gzip".to_owned())], audio(10)),
    ] {
        let world = World::new(audio(10));
        world.meet([nonsense.clone()]);
        let error = failing(&world);
        assert!(matches!(error.kind(), ErrorKind::Service | ErrorKind::UnsupportedFormat), "{nonsense:?}: {error}");
        assert!(!format!("{error:?}").contains("canary-canary"), "{error:?}");
        // Samples are no words.
        assert!(!error.context().contains("RIFF"), "{error}");
        assert_eq!(world.fetched().len(), 1);
    }
    // An error in place of the rest is none of the audio either.
    let world = World::new(audio(LENGTH));
    world.meet([Meet::Cut(50_000), envelope(5005, "无")]);
    assert_eq!(failing(&world).kind(), ErrorKind::NotFound);
    // Wrong words about good bytes do no harm.
    let world = World::new(audio(10));
    world.set(|state| state.content_type = "text/html");
    assert_eq!(read(&world).unwrap(), audio(10));
}

#[test]
fn a_recording_without_an_announced_length_ends_where_it_ends() {
    let world = World::new(audio(LENGTH));
    world.set(|state| state.length = false);
    world.meet([Meet::Cut(50_000)]);
    assert_eq!(read(&world).unwrap(), audio(LENGTH));
}

#[test]
fn the_limit_of_a_recording_is_kept_with_and_without_an_announced_length() {
    for length in [true, false] {
        let world = World::new(audio(1000));
        world.set(|state| state.length = length);
        let read = |max: u64| {
            let client = builder(world.clone(), &world.clock).max_audio_bytes(Some(max)).build().unwrap();
            let mut bytes = Vec::new();
            match client.open(&id())?.read_to_end(&mut bytes) {
                Ok(n) => Ok(n),
                Err(e) => Err(e.downcast::<Error>().unwrap()),
            }
        };
        assert_eq!(read(1000).unwrap(), 1000);
        let error = read(999).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::LimitExceeded);
        assert!(error.to_string().contains("999 (limits.max_input_bytes)"), "{error}");
    }
}

#[test]
fn cancelling_ends_it_between_two_reads_and_an_error_stays_one() {
    let world = World::new(audio(LENGTH));
    let cancel = CancelToken::new();
    let mut stream = client(&world).open_with(&id(), &cancel).unwrap();
    stream.read_exact(&mut [0; 1000]).unwrap();
    cancel.cancel();
    let kind = |e: std::io::Error| e.downcast::<Error>().unwrap().kind();
    assert_eq!(kind(stream.read(&mut [0; 10]).unwrap_err()), ErrorKind::Cancelled);
    assert_eq!(kind(stream.read(&mut [0; 10]).unwrap_err()), ErrorKind::InvalidState);
}
