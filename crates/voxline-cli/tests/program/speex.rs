//! Speex from the program: files that others play, packets that the service hears.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use voxline_testkit::measure::best_lag;
use voxline_testkit::tools;

use crate::chat::Sim;
use crate::support::{asset, fine, program, run, stderr};

fn samples(path: &Path) -> (u32, Vec<f32>) {
    let mut reader = hound::WavReader::open(path).unwrap();
    assert_eq!(reader.spec().channels, 1);
    let rate_hz = reader.spec().sample_rate;
    (rate_hz, reader.samples::<i16>().map(|s| f32::from(s.unwrap()) / 32_768.0).collect())
}

#[test]
fn other_programs_play_an_spx_file_in_full_and_in_its_place() {
    let (Some(speexdec), Some(ffmpeg)) = (tools::require("speexdec"), tools::require("ffmpeg")) else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let text = |name: &str| at(name).to_str().unwrap().to_owned();
    let call = asset("call.mp3");
    for rate in ["8000", "16000"] {
        let call = call.to_str().unwrap();
        // The name chooses the encoding, and so does the flag.
        fine(&run(["prepare", call, "-o", &text("call.spx"), "--rate", rate]));
        fine(&run(["prepare", call, "-o", &text("same.dat"), "--encoding", "spx", "--rate", rate]));
        assert_eq!(std::fs::read(at("call.spx")).unwrap(), std::fs::read(at("same.dat")).unwrap());
        fine(&run(["prepare", call, "-o", &text("original.wav"), "--rate", rate]));
        fine(&run(["prepare", &text("call.spx"), "-o", &text("ours.wav"), "--rate", rate]));
        let done = Command::new(&speexdec).args([&text("call.spx"), &text("theirs.wav")]).output().unwrap();
        assert!(done.status.success(), "{}", stderr(&done));
        let (rate_hz, original) = samples(&at("original.wav"));
        for name in ["ours.wav", "theirs.wav"] {
            let (their_hz, decoded) = samples(&at(name));
            assert_eq!((their_hz, decoded.len()), (rate_hz, original.len()), "{name}");
            assert_eq!(best_lag(&original, &decoded, 300), 0, "{name}");
        }
        let played =
            Command::new(&ffmpeg).args(["-v", "error", "-i", &text("call.spx"), "-f", "s16le", "-"]).output().unwrap();
        assert!(played.status.success() && played.stderr.is_empty(), "{}", stderr(&played));
        // ffmpeg leaves the delay in and rounds to whole packets.
        let seconds = played.stdout.len() as f64 / 2.0 / f64::from(rate_hz);
        let expected = original.len() as f64 / f64::from(rate_hz);
        assert!((seconds - expected).abs() < 0.05, "{seconds} {expected}");
        let info = fine(&run(["info", "--json", &text("call.spx")]));
        let info: Value = serde_json::from_slice(&info).unwrap();
        assert_eq!(info["container"], "ogg", "{info}");
        assert_eq!(info["frames"], original.len());
    }
}

#[test]
fn files_of_speexenc_are_read_as_speexdec_reads_them() {
    let (Some(speexenc), Some(speexdec)) = (tools::require("speexenc"), tools::require("speexdec")) else { return };
    let folder = tempfile::tempdir().unwrap();
    let text = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for (rate, band, more) in
        [("8000", "-n", &["--nframes", "3"][..]), ("16000", "-w", &[]), ("16000", "-w", &["--vbr", "--dtx"])]
    {
        fine(&run(["prepare", asset("call.mp3").to_str().unwrap(), "-o", &text("in.wav"), "--rate", rate]));
        let done =
            Command::new(&speexenc).arg(band).args(more).args([&text("in.wav"), &text("theirs.spx")]).output().unwrap();
        assert!(done.status.success(), "{}", stderr(&done));
        let done = Command::new(&speexdec).args([&text("theirs.spx"), &text("theirs.wav")]).output().unwrap();
        assert!(done.status.success(), "{}", stderr(&done));
        fine(&run(["prepare", &text("theirs.spx"), "-o", &text("ours.wav"), "--rate", rate]));
        let (_, original) = samples(Path::new(&text("in.wav")));
        let (_, ours) = samples(Path::new(&text("ours.wav")));
        let (_, theirs) = samples(Path::new(&text("theirs.wav")));
        assert_eq!(ours.len(), original.len(), "{rate} {more:?}");
        // speexdec may give a little less at the end; what both give is the same but for rounding.
        let common = ours.len().min(theirs.len());
        assert!(common + 200 > ours.len());
        let most = ours.iter().zip(&theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        if more.contains(&"--vbr") {
            // Comfort noise is random, and theirs is another.
            assert_eq!(best_lag(&theirs[..common], &ours[..common], 300), 0);
        } else {
            assert!(most < 0.01, "{rate} {more:?}: {most}");
        }
    }
}

#[test]
fn packets_are_read_when_told_how_they_lie() {
    let folder = tempfile::tempdir().unwrap();
    let text = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let call = asset("call.mp3");
    let call = call.to_str().unwrap();
    for (encoding, rate, framing) in [("speex", "8000", "prefixed"), ("speex-wb", "16000", "bare")] {
        let framing_option = format!("speex.framing={framing}");
        fine(&run(["prepare", call, "-o", &text("packets"), "--encoding", encoding, "--set", &framing_option]));
        let told = ["--speex-framing", framing, "--raw-rate", rate];
        let info = fine(&run([&["info", "--json", &text("packets")][..], &told].concat()));
        let info: Value = serde_json::from_slice(&info).unwrap();
        assert_eq!(
            (&info["container"], &info["sample_rate_hz"]),
            (&"speex".into(), &rate.parse::<u32>().unwrap().into())
        );
        fine(&run([&["prepare", &text("packets"), "-o", &text("back.wav"), "--rate", rate][..], &told].concat()));
        let seconds = samples(Path::new(&text("back.wav"))).1.len() as f64 / rate.parse::<f64>().unwrap();
        assert!((15.40..15.44).contains(&seconds), "{seconds}");
    }
    // Without a hint they are not recognised, and the message says what would help.
    let refused = run(["info", &text("packets")]);
    assert_ne!(refused.status.code(), Some(0));
    assert!(stderr(&refused).contains("input.speex_framing"), "{}", stderr(&refused));
}

#[test]
fn the_service_hears_the_speech_in_speex() {
    let sim = Sim::start(&[]);
    for (flags, rate) in [
        (&["--profile", "chat-speex-wb"][..], "16 kHz"),
        (&["--profile", "chat-speex"], "8 kHz"),
        (&["--profile", "chat-speex-wb", "--set", "speex.quality=10", "--set", "speex.framing=bare"], "16 kHz"),
    ] {
        let answer = program()
            .args(["chat", asset("call.mp3").to_str().unwrap(), "--endpoint", &sim.url])
            .args(flags)
            .env("VOXLINE_CHAT_TOKEN", voxline_sim::DEMO_TOKEN)
            .output()
            .unwrap();
        let answer = String::from_utf8(fine(&answer)).unwrap();
        assert!(answer.contains("I heard 15.4") && answer.contains(rate), "{answer}");
    }
}
