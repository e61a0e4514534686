//! Memory does not follow the length of the input.

use std::io::Write as _;
use std::process::Stdio;

use crate::support::{asset, program};

/// The bound for the whole process, program text included.
const MOST_KIB: u64 = 16 * 1024;
const HOURS: usize = 3;

/// Peak resident memory of a process in KiB, as the kernel counts it.
#[cfg(target_os = "linux")]
fn peak_kib(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn three_hours_of_mp3_stay_below_16_mb() {
    let call = std::fs::read(asset("call.mp3")).unwrap();
    // The first frame states the length of one copy; without it the copies are one long stream.
    let first = 144_000 * 96 / 44_100;
    let start = (first..first + 2).find(|&i| call[i] == 0xFF && call[i + 1] & 0xE0 == 0xE0).unwrap();
    let copies = HOURS * 3_600 * 1_000 / 15_406 + 1;
    let report = tempfile::NamedTempFile::new().unwrap();
    let mut child = program()
        .args(["prepare", "-", "-o", "/dev/null", "--encoding", "pcm", "--report", report.path().to_str().unwrap()])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for _ in 0..copies {
        stdin.write_all(&call[start..]).unwrap();
    }
    // All but what fits into the pipe has been through; the program waits for the end.
    let peak = peak_kib(child.id());
    drop(stdin);
    assert!(child.wait().unwrap().success());
    let report: serde_json::Value = serde_json::from_slice(&std::fs::read(report.path()).unwrap()).unwrap();
    let seconds = report["target"]["duration_s"].as_f64().unwrap();
    assert!(seconds > (HOURS * 3_600) as f64, "{seconds}");
    assert_eq!(report["source"]["bad_frames"], 0);
    eprintln!("{seconds:.0} s of MP3: peak of {peak} KiB");
    assert!(peak < MOST_KIB, "{peak} KiB");
}

/// Peak of a run whose input ends while it waits.
#[cfg(target_os = "linux")]
fn peak_of(flags: &[&str], input: &[u8]) -> u64 {
    let mut child = program()
        .args(["prepare", "-", "-o", "/dev/null", "--encoding", "pcm"])
        .args(flags)
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // Twice what the pipe and the reader hold, so that all that matters is through when the peak is read.
    stdin.write_all(input).unwrap();
    let tail = vec![0u8; 256 * 1024];
    stdin.write_all(&tail).unwrap();
    let peak = peak_kib(child.id());
    drop(stdin);
    assert!(child.wait().unwrap().success());
    peak
}

#[cfg(target_os = "linux")]
#[test]
fn little_input_that_stands_for_much_audio_stays_below_16_mb() {
    // A hole of 3 MB in a stream of 8 kHz at 16 kbit/s: 25 minutes of silence, made with the rate raised.
    let Some(lame) = voxline_testkit::tools::require("lame") else { return };
    let folder = tempfile::tempdir().unwrap();
    let mp3 = folder.path().join("low.mp3");
    let status = std::process::Command::new(lame)
        .args(["--quiet", "--resample", "8", "-m", "m", "--cbr", "-b", "16"])
        .arg(asset("call.wav"))
        .arg(&mp3)
        .status()
        .unwrap();
    assert!(status.success());
    let low = std::fs::read(&mp3).unwrap();
    // Whole frames of 144 bytes, so that the hole fits.
    let hole = vec![0u8; 144 * 21_000];
    let holed = [&low[..144 * 20], &hole[..], &low[144 * 20..]].concat();
    let peak = peak_of(&["--rate", "64000"], &holed);
    assert!(peak < MOST_KIB, "a hole: {peak} KiB");
    // The largest raise of the rate that there is.
    let pcm = vec![128u8; 240_000];
    let peak = peak_of(&["--raw-format", "u8", "--raw-rate", "4000", "--rate", "384000"], &pcm);
    assert!(peak < MOST_KIB, "4 to 384 kHz: {peak} KiB");
}

/// The bound for a call of six hours.
#[cfg(target_os = "linux")]
const MOST_KIB_OF_SIX_HOURS: u64 = 32 * 1024;

/// Peak of a run over `piece`, repeated; what the program prints at the end, and whether it was content.
#[cfg(target_os = "linux")]
fn peak_over(arguments: &[&str], head: &[u8], piece: &[u8], times: usize) -> (u64, Vec<u8>) {
    let mut child = program().args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(head).unwrap();
    for _ in 0..times {
        stdin.write_all(piece).unwrap();
    }
    let peak = peak_kib(child.id());
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    // The doctor's code says how bad what it found is; 1 and 2 are failures.
    assert!(!matches!(output.status.code(), None | Some(1 | 2)), "{output:?}");
    (peak, output.stdout)
}

/// A WAV header of 16 bits whose sizes are not known.
#[cfg(target_os = "linux")]
fn wav_head(rate_hz: u32, channels: u16) -> Vec<u8> {
    let block = channels * 2;
    let mut head = b"RIFF\xFF\xFF\xFF\xFFWAVEfmt \x10\0\0\0\x01\0".to_vec();
    head.extend(channels.to_le_bytes());
    head.extend([rate_hz, rate_hz * u32::from(block)].map(u32::to_le_bytes).concat());
    head.extend([block, 16].map(u16::to_le_bytes).concat());
    head.extend(b"data\xFF\xFF\xFF\xFF");
    head
}

#[cfg(target_os = "linux")]
const SIX_HOURS_S: usize = 6 * 3_600;

#[cfg(target_os = "linux")]
#[test]
fn six_hours_of_stereo_wav_are_prepared_below_32_mb() {
    // A second of a tone at 44.1 kHz, on both sides.
    let second: Vec<u8> =
        (0..44_100_u32).flat_map(|n| ((n * 37 % 20_011) as i16 - 10_000).to_le_bytes().repeat(2)).collect();
    let prepare = ["prepare", "-", "-o", "/dev/null", "--encoding", "pcm", "--rate", "16000"];
    let (peak, _) = peak_over(&prepare, &wav_head(44_100, 2), &second, SIX_HOURS_S);
    eprintln!("6 h of WAV: peak of {peak} KiB");
    assert!(peak < MOST_KIB_OF_SIX_HOURS, "{peak} KiB");
}

/// 72 s at 8 kHz, 8 kbit/s: a thousand frames of 72 bytes for 576 frames.
#[cfg(target_os = "linux")]
fn mp3_of_72_s() -> Vec<u8> {
    let mut frame = vec![0xFF, 0xE3, 0x18, 0xC4];
    frame.resize(72, 0);
    frame.repeat(1_000)
}

#[cfg(target_os = "linux")]
#[test]
fn six_hours_of_mp3_are_prepared_below_32_mb() {
    let report = tempfile::NamedTempFile::new().unwrap();
    let path = report.path().to_str().unwrap();
    let prepare = ["prepare", "-", "-o", "/dev/null", "--encoding", "pcm", "--report", path];
    let (peak, _) = peak_over(&prepare, &[], &mp3_of_72_s(), SIX_HOURS_S / 72);
    let report: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(report["source"]["frames"], SIX_HOURS_S * 8_000);
    eprintln!("6 h of MP3: peak of {peak} KiB");
    assert!(peak < MOST_KIB_OF_SIX_HOURS, "{peak} KiB");
}

#[cfg(target_os = "linux")]
#[test]
fn six_hours_are_examined_below_32_mb() {
    // The samples of the bundled call behind its header of 44 bytes: 6.45 s, both sides.
    let call = std::fs::read(asset("call.wav")).unwrap();
    let times = SIX_HOURS_S * 8_000 * 4 / (call.len() - 44) + 1;
    let (peak, said) = peak_over(&["doctor", "--json", "-"], &wav_head(8_000, 2), &call[44..], times);
    let said: serde_json::Value = serde_json::from_slice(&said).unwrap();
    assert!(said["frames"].as_u64().unwrap() > (SIX_HOURS_S * 8_000) as u64, "{said}");
    eprintln!("6 h examined: peak of {peak} KiB");
    assert!(peak < MOST_KIB_OF_SIX_HOURS, "{peak} KiB");
}
