//! `voxline doctor`.

use serde_json::Value;

use crate::support::{asset, fine, run, run_with_input, stderr, stdout};

#[test]
fn healthy_calls_are_0_and_their_figures_are_shown() {
    let (mp3, wav) = (asset("call.mp3"), asset("call.wav"));
    let text = String::from_utf8(fine(&run(["doctor".as_ref(), mp3.as_os_str(), wav.as_os_str()]))).unwrap();
    assert_eq!(text.matches("nothing found").count(), 2, "{text}");
    assert_eq!(text.matches("  channel 2: speech ").count(), 2, "{text}");
    assert!(text.contains("both speak at once in 0 %"), "{text}");
    let text = String::from_utf8(fine(&run(["doctor".as_ref(), "--json".as_ref(), wav.as_os_str()]))).unwrap();
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&json["worst"], &json["findings"]), (&Value::Null, &serde_json::json!([])));
    assert_eq!(json["channels"][1]["channel"], 2);
    assert_eq!(json["report"]["source"]["codec"], "pcm_s16le");
    assert!(json["pair"]["correlation"].as_f64().unwrap().abs() < 0.1);
}

#[test]
fn the_exit_code_is_that_of_the_worst_finding() {
    let call = std::fs::read(asset("call.wav")).unwrap();
    let with = |bytes: &[u8]| run_with_input(&["doctor", "-", "--json"], bytes);
    // Junk is a remark, a cut a warning, nothing at all an error.
    let junk = with(&[&call[..], &[7; 500]].concat());
    let json: Value = serde_json::from_slice(&fine(&junk)).unwrap();
    assert_eq!((&json["worst"], &json["findings"][0]["name"]), (&"info".into(), &"junk_skipped".into()));
    let cut = with(&call[..150_000]);
    assert_eq!(cut.status.code(), Some(3), "{}", stderr(&cut));
    let json: Value = serde_json::from_slice(&cut.stdout).unwrap();
    assert_eq!((&json["file"], &json["worst"]), (&"standard input".into(), &"warning".into()));
    let empty = with(&call[..44]);
    assert_eq!(empty.status.code(), Some(4), "{}", stderr(&empty));
    assert!(stderr(&empty).is_empty(), "{}", stderr(&empty));
}

#[test]
fn several_files_give_the_worst_of_all_and_one_that_fails_counts_most() {
    let folder = tempfile::tempdir().unwrap();
    let (cut, good) = (folder.path().join("cut.wav"), asset("call.wav"));
    std::fs::write(&cut, &std::fs::read(&good).unwrap()[..150_000]).unwrap();
    let output = run(["doctor".as_ref(), cut.as_os_str(), good.as_os_str()]);
    assert_eq!(output.status.code(), Some(3));
    let text = stdout(&output);
    assert!(text.contains("  warning truncated: ") && text.contains("Fetch or copy the file again"), "{text}");
    assert!(text.contains("nothing found"), "{text}");
    let bad = asset("MANIFEST.sha256");
    let output = run(["doctor".as_ref(), "--json".as_ref(), bad.as_os_str(), cut.as_os_str()]);
    assert_eq!(output.status.code(), Some(1));
    let text = stdout(&output);
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0]["error"]["kind"].is_string() && lines[1]["worst"] == "warning", "{text}");
    assert!(stderr(&output).contains("MANIFEST.sha256"));
    assert_eq!(run(["doctor"]).status.code(), Some(2));
    // Headerless input, as for the other verbs.
    let raw = asset("answer/answer-8k.alaw");
    fine(&run(["doctor".as_ref(), "--raw-format".as_ref(), "alaw".as_ref(), raw.as_os_str()]));
}
