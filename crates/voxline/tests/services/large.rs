//! A recording too large to be lucky with.

use voxline::chat::CancelToken;
use voxline::recording::DownloadOptions;
use voxline_sim::{Endpoint, RecordingBody};

use crate::support::{assert_same_file, names, quick};
use crate::world::{World, record};

const BYTES: u64 = 200_000_000;

#[test]
fn two_hundred_megabytes_arrive_whole_through_five_disconnects() {
    let world = World::new(&quick(), Endpoint::Download);
    let body = RecordingBody::noise(1, BYTES);
    world.simulator.add_recording("large", body.clone());
    world.order("download:truncate=30000000*5");
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("large.wav");
    let options = DownloadOptions::default();
    let done = world.recording.download(&record("large"), &path, &options, |_| {}, &CancelToken::new()).unwrap();
    assert_eq!((done.bytes, done.resumed_bytes), (BYTES, 0));
    assert_same_file(&path, &body, "after five disconnects");
    assert_eq!(names(folder.path()), ["large.wav"]);

    let requests = world.seen(Endpoint::Download);
    assert_eq!((requests.len(), requests.iter().filter(|seen| seen.fault.is_some()).count()), (6, 5));
    assert_eq!(requests.iter().filter(|seen| seen.range_start.is_some()).count(), 5);
    let sent: u64 = requests.iter().map(|seen| seen.answer_bytes).sum();
    assert!((BYTES..=BYTES + 1_000_000).contains(&sent), "{} bytes were fetched twice", sent - BYTES);
    world.assert_clean(0, "large");
}
