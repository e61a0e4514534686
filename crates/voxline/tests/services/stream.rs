//! A recording is prepared while it arrives: memory, the first output and the end of a limit do not wait for the last
//! byte.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};

use voxline::recording::{DownloadScheme, RecordingClient};
use voxline::{ErrorKind, Options, Preparer, Source, prepare, profile};
use voxline_sim::{DEMO_RECORDING_TOKEN, Endpoint, RecordingBody};

use crate::support::{peak_bytes, quick};
use crate::world::{World, record};

/// Stereo, 8 000 Hz, 16 bits: 55 minutes, 105 MB.
const FRAMES: u32 = 26_250_000;
const SEED: u64 = 9;
/// The connection is cut after each such piece: until it is asked for the next, the server cannot have sent it.
const PIECE_BYTES: u64 = 30_000_000;
const CUTS: &str = "download:truncate=30000000*3";
const URL: &str = "VOXLINE_TEST_STREAM_URL";
/// The whole program with all its code has about 20 MiB; a tenth of the recording is more than it may gain.
const MAX_PEAK_BYTES: u64 = 64 << 20;
const MAX_GROWTH_BYTES: u64 = 10 << 20;

fn options() -> Options {
    let mut options = profile("chat-16k").unwrap();
    // The format of the chat without its limit, which would end this after 19 s of audio.
    options.limits.max_output_bytes = None;
    options
}

/// FNV-1a (Fowler, Noll, Vo): enough to tell outputs apart that are not made to collide.
struct Sum(u64, u64);

impl Sum {
    fn new() -> Self {
        Self(0, 0xcbf2_9ce4_8422_2325)
    }

    fn add(&mut self, bytes: &[u8]) {
        self.0 += bytes.len() as u64;
        self.1 = bytes.iter().fold(self.1, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3));
    }
}

/// The program that prepares while it downloads. Says when the first output is there and waits for a line.
#[test]
#[ignore = "started by the other test, in a process of its own"]
fn child() {
    let builder = RecordingClient::builder().base_url(std::env::var(URL).unwrap()).token(DEMO_RECORDING_TOKEN);
    let client = builder.download_scheme(DownloadScheme::Http).http(quick()).build().unwrap();
    let mut stream = client.open(&record("long")).unwrap();
    let mut preparer = Preparer::new(&options()).unwrap();
    let (mut piece, mut out, mut sum, mut peak_before) = (vec![0; 64 << 10], Vec::new(), Sum::new(), None);
    loop {
        let n = stream.read(&mut piece).unwrap();
        if n == 0 {
            preparer.finish().unwrap();
        } else {
            preparer.push(&piece[..n]).unwrap();
        }
        while preparer.pull(0, &mut out).unwrap() > 0 {
            sum.add(&out);
            out.clear();
        }
        if sum.0 > 0 && peak_before.is_none() {
            println!("\nfirst {}", stream.position_bytes());
            std::io::stdin().lines().next().unwrap().unwrap();
            peak_before = Some(peak_bytes());
        }
        if n == 0 {
            break;
        }
    }
    let growth = peak_bytes().zip(peak_before.flatten()).map_or(0, |(after, before)| after - before);
    println!("\ndone {} {} {} {growth}", sum.0, sum.1, peak_bytes().unwrap_or(0));
}

/// The same bytes in one piece, in another process, because of its memory.
#[test]
#[ignore = "started by the other test, in a process of its own"]
fn one_shot() {
    let body = RecordingBody::noise_wav(SEED, FRAMES);
    let mut bytes = vec![0; usize::try_from(body.len_bytes()).unwrap()];
    assert_eq!(body.read_at(0, &mut bytes), bytes.len());
    let mut sum = Sum::new();
    sum.add(prepare(&bytes[..], &options()).unwrap().data());
    println!("\ndone {} {}", sum.0, sum.1);
}

fn start(name: &str, url: &str) -> std::process::Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--ignored", "--nocapture"])
        .env(URL, url)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The numbers behind the first line that begins with this word.
fn numbers(output: &mut impl BufRead, word: &str) -> Vec<u64> {
    let line = output.lines().map(Result::unwrap).find_map(|line| Some(line.strip_prefix(word)?.to_owned()));
    line.unwrap_or_else(|| panic!("no {word}")).split_whitespace().map(|number| number.parse().unwrap()).collect()
}

#[test]
fn a_chat_is_prepared_while_the_recording_arrives() {
    let world = World::new(&quick(), Endpoint::Download);
    let body = RecordingBody::noise_wav(SEED, FRAMES);
    assert!(body.len_bytes() > 100_000_000 && body.len_bytes() > 3 * PIECE_BYTES);
    world.simulator.add_recording("long", body.clone());
    world.order(CUTS);

    let mut one_shot = start("stream::one_shot", "");
    let mut child = start("stream::child", world.simulator.base_url());
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let read = numbers(&mut output, "first ");
    assert!(read[0] < 1_000_000, "the first output came after {} bytes", read[0]);
    // The server was asked once, for a piece that it cut off: the other three quarters cannot have left it.
    let asked = world.seen(Endpoint::Download);
    assert_eq!((asked.len(), asked[0].fault.is_some()), (1, true));
    assert!(asked[0].answer_bytes <= PIECE_BYTES + 1_000, "{} bytes", asked[0].answer_bytes);
    child.stdin.take().unwrap().write_all(b"\n").unwrap();

    let streamed = numbers(&mut output, "done ");
    std::io::copy(&mut output, &mut std::io::sink()).unwrap();
    assert!(child.wait().unwrap().success());
    let mut output = BufReader::new(one_shot.stdout.take().unwrap());
    let whole = numbers(&mut output, "done ");
    // Whoever still writes needs somebody who reads.
    std::io::copy(&mut output, &mut std::io::sink()).unwrap();
    assert!(one_shot.wait().unwrap().success());
    // 8 000 → 16 000 Hz, two channels → one, 16 bits.
    assert_eq!(streamed[0], u64::from(FRAMES) * 2 * 2);
    assert_eq!(streamed[..2], whole[..2], "another output than in one piece");
    if cfg!(target_os = "linux") {
        let (peak, growth) = (streamed[2], streamed[3]);
        assert!(0 < peak && peak < MAX_PEAK_BYTES, "{} KiB at the peak", peak >> 10);
        assert!(growth < MAX_GROWTH_BYTES, "{} KiB gained after the first output", growth >> 10);
    }
    assert_eq!(world.seen(Endpoint::Download).len(), 4);
    world.assert_clean(0, "stream");
}

#[test]
fn a_recording_too_long_for_a_chat_is_refused_before_it_is_here() {
    let world = World::new(&quick(), Endpoint::Download);
    let body = RecordingBody::noise_wav(SEED, FRAMES);
    world.simulator.add_recording("long", body);
    world.order(CUTS);
    let mut stream = world.recording.open(&record("long")).unwrap();
    let error = prepare(Source::reader(&mut stream), &profile("chat-16k").unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LimitExceeded);
    println!("{error}");
    for number in ["599999", "limits.max_output_bytes"] {
        assert!(error.to_string().contains(number), "{error}");
    }
    // 600 000 bytes at 16 000 Hz are 18.75 s, which are 600 000 bytes of this recording too.
    assert!(stream.position_bytes() < 2_000_000, "{} bytes were read", stream.position_bytes());
    assert_eq!(world.seen(Endpoint::Download).len(), 1);
}
