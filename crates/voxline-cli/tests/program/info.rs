//! `voxline info`.

use serde_json::Value;

use crate::support::{asset, fine, run, run_with_input, stderr, stdout};

#[test]
fn json_has_one_object_a_file_with_the_promised_fields() {
    let (mp3, wav) = (asset("call.mp3"), asset("call.wav"));
    let output = run(["info".as_ref(), "--json".as_ref(), mp3.as_os_str(), wav.as_os_str()]);
    let text = String::from_utf8(fine(&output)).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    let mp3 = &lines[0];
    assert_eq!(mp3["container"], "mp3");
    assert_eq!(mp3["codec"], "mp3");
    assert_eq!(mp3["sample_rate_hz"], 44_100);
    assert_eq!(mp3["channel_count"], 2);
    assert_eq!(mp3["frames"], 679_410);
    assert_eq!(mp3["duration_exact"], true);
    assert_eq!(mp3["encoder_delay_frames"], 576);
    assert_eq!(mp3["bad_frames"], 0);
    assert_eq!(mp3["warnings"], serde_json::json!([]));
    assert!(mp3["encoder_padding_frames"].as_u64().unwrap() > 0);
    assert!((mp3["duration_s"].as_f64().unwrap() - 15.406).abs() < 0.001);
    let channels = mp3["channels"].as_array().unwrap();
    assert_eq!(channels.len(), 2);
    for channel in channels {
        let (peak, rms) = (channel["peak_dbfs"].as_f64().unwrap(), channel["rms_dbfs"].as_f64().unwrap());
        assert!(rms < peak && peak <= 0.5, "{peak} {rms}");
    }
    assert_eq!(lines[1]["codec"], "pcm_s16le");
    assert_eq!(lines[1]["encoder_delay_frames"], Value::Null);
}

#[test]
fn a_bad_file_is_named_and_the_others_are_still_shown() {
    let good = asset("call.wav");
    let bad = asset("MANIFEST.sha256");
    let missing = asset("no such file.mp3");
    let output = run(["info".as_ref(), bad.as_os_str(), missing.as_os_str(), good.as_os_str()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("51601"), "{}", stdout(&output));
    let errors = stderr(&output);
    assert!(errors.contains("MANIFEST.sha256") && errors.contains("no such file.mp3"), "{errors}");
    assert_eq!(errors.lines().filter(|line| line.starts_with("error:")).count(), 2, "{errors}");
}

#[test]
fn standard_input_and_headerless_audio() {
    let pcm = std::fs::read(asset("answer/answer-8k.alaw")).unwrap();
    let output = run_with_input(&["info", "-", "--json", "--raw-format", "alaw", "--raw-rate", "8000"], &pcm);
    let report: Value = serde_json::from_slice(&fine(&output)).unwrap();
    assert_eq!((&report["container"], &report["codec"]), (&"raw".into(), &"pcm_alaw".into()));
    assert_eq!(report["frames"], 18_264);
}
