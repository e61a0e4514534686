//! Wrong usage ends with 2 and says what to do; `options` lists what there is; `demo` shows the way.

use serde_json::Value;

use crate::support::{asset, fine, run, stderr, stdout};

#[test]
fn wrong_usage_is_2_and_a_failed_job_1() {
    let call = asset("call.wav");
    let call = call.to_str().unwrap();
    let wrong: [&[&str]; 13] = [
        &[],
        &["frobnicate"],
        &["info"],
        &["prepare", call],
        &["prepare", call, "-o", "x.wav", "--rate", "fast"],
        &["prepare", call, "-o", "x.wav", "--rate", "1"],
        &["prepare", call, "-o", "x.wav", "--profile", "nope"],
        &["prepare", call, "-o", "x.wav", "--set", "input.nope=1"],
        &["prepare", call, "-o", "x.wav", "--set", "input.strict"],
        &["prepare", call, "-o", "-", "--report", "-"],
        &["prepare", call, "-o", "-", "--channels", "split"],
        &["info", call, "--raw-rate", "8000"],
        &["chat", call],
    ];
    for arguments in wrong {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
        assert!(!stderr(&output).is_empty() && stdout(&output).is_empty(), "{arguments:?}");
    }
    for arguments in [["info", "/no/such/file"], ["info", env!("CARGO_MANIFEST_DIR")]] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
    }
}

#[test]
fn what_every_verb_has_stands_at_the_end_of_its_help() {
    for verb in [&["chat"][..], &["recording", "get"], &["transcribe", "run"], &["listen"], &[]] {
        let help = String::from_utf8(fine(&run(verb.iter().chain(&["--help"])))).unwrap();
        let (own, common) = help.split_once("\nGlobal options:\n").unwrap_or_else(|| panic!("{help}"));
        for flag in ["--verbose", "--credentials"] {
            assert!(common.contains(flag) && !own.contains(&format!("{flag} ")), "{verb:?}: {help}");
        }
        assert!(own.contains("--help") && !common.contains("--json"), "{help}");
    }
}

#[test]
fn options_lists_every_key_and_profile() {
    let text = String::from_utf8(fine(&run(["options"]))).unwrap();
    let json: Value = serde_json::from_slice(&fine(&run(["options", "--json"]))).unwrap();
    for (n, key) in voxline::options::KEYS.iter().enumerate() {
        assert!(text.contains(key.name) && text.contains(&key.env_name()), "{}", key.name);
        assert_eq!(json["options"][n]["name"], key.name);
    }
    for profile in voxline::PROFILES {
        assert!(text.contains(profile.name));
    }
}

#[test]
fn environment_variables_set_options_and_flags_win() {
    let call = asset("call.wav");
    let mut command = crate::support::program();
    command.args(["prepare", call.to_str().unwrap(), "-o", "-", "--encoding", "wav"]);
    command.env("VOXLINE_TARGET_SAMPLE_RATE_HZ", "11025").env("VOXLINE_TARGET_ENCODING", "pcm");
    let wav = fine(&command.output().unwrap());
    let reader = hound::WavReader::new(std::io::Cursor::new(wav)).unwrap();
    assert_eq!(reader.spec().sample_rate, 11_025);
    let mut command = crate::support::program();
    command.args(["info", call.to_str().unwrap()]).env("VOXLINE_LIMITS_MAX_CHANNELS", "many");
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("VOXLINE_LIMITS_MAX_CHANNELS"), "{}", stderr(&output));
}

#[test]
fn the_demo_goes_all_the_way() {
    let text = String::from_utf8(fine(&run(["demo"]))).unwrap();
    for expected in [
        "679410",
        "16000 Hz",
        "492996 bytes",
        "15.4",
        "The spoken answer",
        "6. A recording",
        "7. A transcript",
        "Done.",
    ] {
        assert!(text.contains(expected), "{expected} is missing in:\n{text}");
    }
}
