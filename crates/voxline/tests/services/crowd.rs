//! Many at once on shared clients.

use std::sync::Barrier;

use voxline::chat::{CancelToken, ChatAudio, ChatRequest, VoiceFormat};
use voxline::recording::DownloadOptions;
use voxline_sim::{ConnectionCounts, Endpoint, RecordingBody};

use crate::support::{assert_same, assert_same_file, peak_bytes, quick};
use crate::world::{World, record};

const CROWD: usize = 64;
const ROUNDS: usize = 4;
/// Most memory of this whole process: clients, simulator and whatever other tests run. All the audio together has more.
const MAX_PEAK_BYTES: u64 = 288 << 20;

fn all_at_once(work: impl Fn(usize) + Sync) {
    let start = Barrier::new(CROWD);
    std::thread::scope(|scope| {
        for number in 0..CROWD {
            let (start, work) = (&start, &work);
            scope.spawn(move || {
                start.wait();
                work(number);
            });
        }
    });
}

fn assert_bounded(moved_bytes: u64) {
    assert!(moved_bytes > MAX_PEAK_BYTES, "{moved_bytes} bytes would show nothing");
    if cfg!(target_os = "linux") {
        let peak = peak_bytes().unwrap();
        assert!(peak < MAX_PEAK_BYTES, "{} MiB at the peak", peak >> 20);
    }
}

/// About one connection for each of the crowd, two at most, however many requests there are.
fn assert_reused(counts: ConnectionCounts, requests: usize) {
    assert!(counts.requests >= requests as u64, "{counts:?}");
    assert!(counts.accepted <= 2 * CROWD as u64, "{counts:?}");
}

#[test]
fn sixty_four_chats_at_once() {
    let world = World::new(&quick(), Endpoint::Chat);
    all_at_once(|number| {
        for round in 0..3 * ROUNDS {
            // Everybody says something of another length, which the simulator notes.
            let pcm = vec![7_u8; 2 * (160_000 + 100 * number + round)];
            let answer = world.chat.send(&ChatRequest::new(ChatAudio::new(pcm, VoiceFormat::RawPcm, 16_000))).unwrap();
            assert!(!answer.answer().chat_text().is_empty());
        }
    });
    let heard = world.simulator.chat_requests().into_iter().skip(1).filter_map(|seen| seen.heard);
    let mut lengths: Vec<u64> = heard.map(|heard| heard.frames).collect();
    let mut expected: Vec<u64> = (0..CROWD as u64)
        .flat_map(|number| (0..3 * ROUNDS as u64).map(move |round| 160_000 + 100 * number + round))
        .collect();
    lengths.sort_unstable();
    expected.sort_unstable();
    assert_eq!(lengths, expected);
    let log = world.simulator.log();
    assert_eq!(log.counts["chat"].accepted, (3 * ROUNDS * CROWD) as u64 + 1);
    assert_reused(log.api_connections, 3 * ROUNDS * CROWD);
    assert_bounded((3 * ROUNDS * CROWD * 320_000 * 4 / 3) as u64);
    world.assert_clean(0, "chats");
}

#[test]
fn sixty_four_downloads_at_once() {
    let world = World::new(&quick(), Endpoint::Download);
    let folder = tempfile::TempDir::new().unwrap();
    let name = |number: usize| format!("call-{number}");
    let body = |number: usize| RecordingBody::noise_wav(number as u64, 375_000 + number as u32);
    (0..CROWD).for_each(|number| world.simulator.add_recording(name(number), body(number)));
    all_at_once(|number| {
        let (id, path) = (record(&name(number)), folder.path().join(name(number)));
        for round in 0..ROUNDS {
            if round == 0 {
                let options = DownloadOptions::default();
                world.recording.download(&id, &path, &options, |_| {}, &CancelToken::new()).unwrap();
                assert_same_file(&path, &body(number), "a file");
            } else {
                assert_same(world.recording.open(&id).unwrap(), &body(number), "a stream");
            }
        }
    });
    let log = world.simulator.log();
    assert_eq!(log.counts["download"].accepted, (ROUNDS * CROWD) as u64);
    assert_reused(log.api_connections, ROUNDS * CROWD);
    assert_reused(log.download_connections, ROUNDS * CROWD);
    assert_bounded((ROUNDS * CROWD * 1_500_000) as u64);
    world.assert_clean(0, "downloads");
}
