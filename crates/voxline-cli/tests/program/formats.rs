//! The formats that the feature of the same name brings, from outside.

use std::process::Command;

use serde_json::Value;
use voxline_testkit::tools::require;

use crate::support::{asset, fine, run};

/// A call in each format is told apart, examined and prepared, as long as the one it was made of.
#[test]
fn every_format_is_read() {
    let Some(ffmpeg) = require("ffmpeg") else { return };
    let folder = tempfile::tempdir().unwrap();
    let call = asset("call.wav");
    let seconds = |path: &std::path::Path| {
        let text = fine(&run(["info".as_ref(), "--json".as_ref(), path.as_os_str()]));
        let json: Value = serde_json::from_slice(&text).unwrap();
        (json["codec"].as_str().unwrap().to_owned(), json["duration_s"].as_f64().unwrap())
    };
    let (_, wanted) = seconds(&call);
    for (name, coder, codec) in [
        ("call.aiff", "pcm_s16be", "pcm_s16be"),
        ("call.flac", "flac", "flac"),
        ("call.ogg", "libvorbis", "vorbis"),
        ("call.opus", "libopus", "opus"),
        ("call.m4a", "aac", "aac"),
    ] {
        let path = folder.path().join(name);
        let made =
            Command::new(&ffmpeg).args(["-v", "error", "-i"]).arg(&call).args(["-c:a", coder]).arg(&path).status();
        assert!(made.unwrap().success(), "{name}");
        let (found, length) = seconds(&path);
        assert_eq!(found, codec);
        assert!((length - wanted).abs() < 0.001, "{name}: {length} instead of {wanted}");
        let output = folder.path().join(format!("{name}.wav"));
        fine(&run(["prepare".as_ref(), path.as_os_str(), "-o".as_ref(), output.as_os_str()]));
        let reader = hound::WavReader::open(&output).unwrap();
        assert!((f64::from(reader.duration()) / f64::from(reader.spec().sample_rate) - wanted).abs() < 0.001, "{name}");
        let examined = run(["doctor".as_ref(), "--json".as_ref(), path.as_os_str()]);
        let json: Value = serde_json::from_slice(&examined.stdout).unwrap();
        assert_eq!(
            (&json["report"]["source"]["codec"], json["channels"].as_array().unwrap().len()),
            (&codec.into(), 2)
        );
    }
}
