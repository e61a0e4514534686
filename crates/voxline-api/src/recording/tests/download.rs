//! Downloading to a file.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use voxline_core::{Error, ErrorKind};

use super::world::{Meet, World};
use super::*;

const LENGTH: usize = 200_000;

/// A folder that goes away with its test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("voxline-recording-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn target(&self) -> PathBuf {
        self.0.join("call.wav")
    }

    fn part(&self) -> PathBuf {
        self.0.join("call.wav.part")
    }

    fn note(&self) -> PathBuf {
        self.0.join("call.wav.part.json")
    }

    /// The names in it.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn client(world: &Arc<World>) -> RecordingClient {
    builder(world.clone(), &world.clock).build().unwrap()
}

fn get(world: &Arc<World>, folder: &Folder, id: &RecordingId) -> Result<Downloaded, Error> {
    client(world).download(id, folder.target(), &DownloadOptions::default(), |_| {}, &CancelToken::new())
}

/// A download that fails after `bytes` and leaves its part.
fn interrupted(world: &Arc<World>, folder: &Folder, bytes: usize) {
    world.meet([Meet::Cut(bytes), Meet::Say(400, Vec::new(), Vec::new())]);
    get(world, folder, &id()).unwrap_err();
    assert_eq!(folder.names(), ["call.wav.part", "call.wav.part.json"]);
    assert_eq!(fs::metadata(folder.part()).unwrap().len(), bytes as u64);
}

#[test]
fn a_file_appears_whole_and_alone() {
    let (world, folder) = (World::new(audio(LENGTH)), Folder::new());
    fs::write(folder.target(), "old").unwrap();
    let mut seen = Vec::new();
    let done = client(&world)
        .download(
            &id(),
            folder.target(),
            &DownloadOptions::default(),
            |p| {
                // Until it is done, the old file is there.
                assert_eq!(fs::read(folder.target()).unwrap(), b"old");
                seen.push((p.received_bytes, p.total_bytes));
            },
            &CancelToken::new(),
        )
        .unwrap();
    assert_eq!(fs::read(folder.target()).unwrap(), audio(LENGTH));
    assert_eq!(folder.names(), ["call.wav"]);
    assert_eq!((done.bytes, done.resumed_bytes, done.path), (LENGTH as u64, 0, folder.target()));
    assert_eq!(done.content_type.as_deref(), Some("audio/wav"));
    let total = Some(LENGTH as u64);
    assert_eq!((seen[0], *seen.last().unwrap()), ((0, total), (LENGTH as u64, total)));
    assert!(seen.is_sorted() && seen.len() > 100);
}

#[test]
fn lost_connections_are_taken_up() {
    let (world, folder) = (World::new(audio(LENGTH)), Folder::new());
    world.meet([30_000, 34_096, 34_096, 34_096, 34_096].map(Meet::Cut));
    let done = get(&world, &folder, &id()).unwrap();
    assert_eq!(fs::read(done.path).unwrap(), audio(LENGTH));
    assert_eq!(world.sent_bytes(), LENGTH as u64 + 5 * 4096);
}

#[test]
fn a_later_try_goes_on_where_the_earlier_stopped() {
    let (world, folder) = (World::new(audio(LENGTH)), Folder::new());
    interrupted(&world, &folder, 120_000);
    let done = get(&world, &folder, &id()).unwrap();
    assert_eq!((done.bytes, done.resumed_bytes), (LENGTH as u64, 120_000));
    assert_eq!(fs::read(folder.target()).unwrap(), audio(LENGTH));
    assert_eq!(folder.names(), ["call.wav"]);
    assert_eq!(world.ranges().last().unwrap().as_deref(), Some("bytes=115904-"));
    assert_eq!(world.fetched().last().unwrap().headers.get("If-Range"), Some("\"v1\""));
}

#[test]
fn a_part_that_was_complete_only_gets_its_name() {
    let (world, folder) = (World::new(audio(LENGTH)), Folder::new());
    interrupted(&world, &folder, 120_000);
    fs::write(folder.part(), audio(LENGTH)).unwrap();
    assert_eq!(get(&world, &folder, &id()).unwrap().resumed_bytes, LENGTH as u64);
    assert_eq!(fs::read(folder.target()).unwrap(), audio(LENGTH));
}

#[test]
fn a_part_of_something_else_is_not_used() {
    let mut other = audio(LENGTH);
    other[119_000] ^= 1;
    type Spoil = Box<dyn Fn(&World, &Folder)>;
    let spoils: Vec<(&str, RecordingId, Spoil)> = vec![
        ("another recording", RecordingId::new("u1", "t1", "r2"), Box::new(|_, _| {})),
        ("a sub-account's", id().with_sub_user("s"), Box::new(|_, _| {})),
        ("another tag", id(), Box::new(|w, _| w.set(|s| s.etag = Some("\"v2\"")))),
        ("another length", id(), Box::new(|w, _| w.set(|s| s.file = audio(LENGTH + 7)))),
        ("shorter than the part", id(), Box::new(|w, _| w.set(|s| (s.file, s.etag) = (audio(9000), None)))),
        ("other bytes, no tag", id(), Box::new(move |w, _| w.set(|s| (s.file, s.etag) = (other.clone(), None)))),
        ("no note", id(), Box::new(|_, f| fs::remove_file(f.note()).unwrap())),
        ("a broken note", id(), Box::new(|_, f| fs::write(f.note(), "{").unwrap())),
        ("a longer part", id(), Box::new(|_, f| fs::write(f.part(), audio(LENGTH + 1)).unwrap())),
        ("a part of zeros", id(), Box::new(|_, f| fs::write(f.part(), vec![0; 120_000]).unwrap())),
        ("an empty part", id(), Box::new(|_, f| fs::write(f.part(), "").unwrap())),
        ("no parts", id(), Box::new(|w, _| w.set(|s| s.ranges = false))),
    ];
    for (what, id, spoil) in spoils {
        let (world, folder) = (World::new(audio(LENGTH)), Folder::new());
        interrupted(&world, &folder, 120_000);
        spoil(&world, &folder);
        let done = get(&world, &folder, &id).unwrap_or_else(|e| panic!("{what}: {e}"));
        let expected = world.state.lock().unwrap().file.clone();
        assert!(fs::read(folder.target()).unwrap() == expected, "{what}");
        assert_eq!((done.resumed_bytes, folder.names()), (0, vec!["call.wav".to_owned()]), "{what}");
    }
}

#[test]
fn a_file_that_changes_in_the_middle_is_fetched_anew() {
    let (world, folder) = (World::new(audio(LENGTH)), Folder::new());
    let other: Vec<u8> = audio(LENGTH + 3).iter().map(|b| b ^ 1).collect();
    world.meet([Meet::Cut(50_000), Meet::Replace(other.clone(), Some("\"v2\""))]);
    get(&world, &folder, &id()).unwrap();
    assert!(fs::read(folder.target()).unwrap() == other);
    // A server that has no parts and always breaks off is left alone.
    let (world, folder) = (World::new(audio(LENGTH)), Folder::new());
    world.set(|state| state.ranges = false);
    world.meet((0..20).map(|_| Meet::Cut(100_000)));
    get(&world, &folder, &id()).unwrap_err();
    assert!(world.fetched().len() <= 5 && !folder.target().exists());
}

#[test]
fn a_failure_leaves_no_file_of_the_final_name_and_no_useless_part() {
    let say = |status: u16, body: &str| Meet::Say(status, Vec::new(), body.as_bytes().to_vec());
    let failures = [
        vec![say(400, "")],
        vec![say(200, "{\"code\":5005,\"message\":\"无\",\"data\":[]}")],
        vec![say(200, "<html>")],
        vec![say(200, "")],
        vec![say(403, ""), say(403, "")],
    ];
    for meets in failures {
        let (world, folder) = (World::new(audio(LENGTH)), Folder::new());
        world.meet(meets);
        get(&world, &folder, &id()).unwrap_err();
        assert_eq!(folder.names(), Vec::<String>::new());
    }
    // Without `resume` nothing stays, and nothing that stands there is used.
    let (world, folder) = (World::new(audio(LENGTH)), Folder::new());
    interrupted(&world, &folder, 120_000);
    let fresh = DownloadOptions::default().with_resume(false);
    let again =
        |world: &Arc<World>| client(world).download(&id(), folder.target(), &fresh, |_| {}, &CancelToken::new());
    world.meet([Meet::Cut(10_000), say(400, "")]);
    again(&world).unwrap_err();
    assert_eq!(folder.names(), Vec::<String>::new());
    interrupted(&world, &folder, 120_000);
    assert_eq!(again(&world).unwrap().resumed_bytes, 0);
    assert_eq!(folder.names(), ["call.wav"]);
}

#[test]
fn a_failure_before_the_first_byte_leaves_the_part_of_an_earlier_try_alone() {
    let (world, folder) = (World::new(audio(LENGTH)), Folder::new());
    interrupted(&world, &folder, 120_000);
    for id in [id(), RecordingId::new("u1", "t1", "absent")] {
        world.set(|state| state.locates.push_back((200, r#"{"code":5005,"data":[]}"#.to_owned())));
        assert_eq!(get(&world, &folder, &id).unwrap_err().kind(), ErrorKind::NotFound);
    }
    assert_eq!(get(&world, &folder, &id()).unwrap().resumed_bytes, 120_000);
}

#[test]
fn cancelling_leaves_the_part_for_later() {
    let (world, folder) = (World::new(audio(LENGTH)), Folder::new());
    let cancel = CancelToken::new();
    let error = client(&world)
        .download(
            &id(),
            folder.target(),
            &DownloadOptions::default(),
            |p| {
                if p.received_bytes >= 100_000 {
                    cancel.cancel();
                }
            },
            &cancel,
        )
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert_eq!(folder.names(), ["call.wav.part", "call.wav.part.json"]);
    let done = get(&world, &folder, &id()).unwrap();
    assert!(done.resumed_bytes >= 100_000 && fs::read(folder.target()).unwrap() == audio(LENGTH));
}

#[test]
fn two_downloads_to_one_path_do_not_meet() {
    let (world, folder) = (World::new(audio(LENGTH)), Folder::new());
    let mut second = None;
    let done = client(&world).download(
        &id(),
        folder.target(),
        &DownloadOptions::default(),
        |_| {
            second.get_or_insert_with(|| get(&world, &folder, &id()).unwrap_err());
        },
        &CancelToken::new(),
    );
    assert_eq!(second.unwrap().kind(), ErrorKind::InvalidState);
    done.unwrap();
    assert!(fs::read(folder.target()).unwrap() == audio(LENGTH));
}

#[test]
fn a_path_that_cannot_be_a_file_is_refused_before_anything_is_sent() {
    let (world, folder) = (World::new(audio(10)), Folder::new());
    let to = |path: PathBuf| {
        client(&world)
            .download(&id(), path, &DownloadOptions::default(), |_| {}, &CancelToken::new())
            .unwrap_err()
            .kind()
    };
    assert_eq!(to(folder.0.clone()), ErrorKind::InvalidArgument);
    assert_eq!(to(folder.0.join("..")), ErrorKind::InvalidArgument);
    assert_eq!(to(folder.0.join("absent/call.wav")), ErrorKind::Io);
    assert!(world.located().is_empty() && folder.names().is_empty());
}

#[test]
fn an_address_that_was_found_before_is_used_and_nothing_secret_is_written_beside() {
    let (world, folder) = (World::new(audio(LENGTH)), Folder::new());
    world.set(|state| {
        state.voice_url = "files.example/v?key=signature-canary".to_owned();
        state.etag = Some("\"token-canary\"");
    });
    let url = client(&world).locate(&id()).unwrap();
    world.meet([Meet::Cut(50_000), Meet::Say(400, Vec::new(), Vec::new())]);
    let options = DownloadOptions::default();
    client(&world).download_url(&url, folder.target(), &options, |_| {}, &CancelToken::new()).unwrap_err();
    let note = fs::read_to_string(folder.note()).unwrap();
    assert!(note.contains("r1") && note.contains("200000") && !note.contains("canary"), "{note}");
    client(&world).download_url(&url, folder.target(), &options, |_| {}, &CancelToken::new()).unwrap();
    assert_eq!(world.located().len(), 1);
}
