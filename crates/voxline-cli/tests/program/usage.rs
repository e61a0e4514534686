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
fn a_refusal_says_what_to_write_instead() {
    let folder = tempfile::tempdir().unwrap();
    let call = asset("call.wav");
    let (call, mp3, here) = (call.to_str().unwrap(), folder.path().join("o.mp3"), folder.path().to_str().unwrap());
    let (mp3, far) = (mp3.to_str().unwrap(), folder.path().join("far/o.wav"));
    let far = far.to_str().unwrap();
    let told: [(&[&str], i32, &str); 12] = [
        (&["split", call, "-o", "far.d/"], 2, "is a folder: name the parts too, such as far.d/call.wav"),
        (&["prepare", call, "-o", "far.d/"], 1, "is a directory"),
        (&["info", call, "--channel-names", "agent,"], 2, "different names of 1 to 32 letters, digits, - and _"),
        (&["prepare", call, "-o", mp3], 2, "name it .wav, .pcm or .spx, or say with --encoding"),
        (&["split", call, "-o", mp3], 2, "name it .wav, .pcm or .spx, or say with --encoding"),
        (&["split", call, "-o", here], 2, "is a folder: name the parts too, such as "),
        (&["split", call, "-o", far], 1, "/far does not exist"),
        (&["prepare", call, "-o", far], 1, "/far does not exist"),
        (&["split", call, "-o", far, "--max-duration", "-3"], 2, "split.max_duration_s is -3, use a number above 0"),
        (&["split", call, "-o", far, "--max-bytes", "-3"], 2, "it takes integer|none: digits alone, from 0 on"),
        (&["info", call, "--raw-format", "alaw", "--raw-rate", "-8"], 2, "it takes integer: digits alone, from 0 on"),
        (&["prepare", call, "-o", far, "--channels", "0"], 2, "or a channel number from 1"),
    ];
    for (arguments, code, word) in told {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(word), "{arguments:?}: {}", stderr(&output));
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    // Said in so many words it is written.
    fine(&run(["prepare", call, "-o", mp3, "--encoding", "wav"]));
    fine(&run(["split", call, "-o", mp3, "--set", "target.encoding=pcm"]));
    assert!(std::fs::read(mp3).unwrap().starts_with(b"RIFF") && folder.path().join("o-001.mp3").exists());
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
