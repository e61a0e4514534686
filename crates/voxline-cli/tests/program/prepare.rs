//! `voxline prepare`.

use std::io::Write as _;
use std::process::Stdio;

use base64::Engine as _;
use serde_json::Value;

use crate::support::{asset, fine, names, program, run, run_with_input, stderr, stdout};

#[test]
fn base64_on_standard_output_decodes_to_the_librarys_pcm() {
    let call = std::fs::read(asset("call.mp3")).unwrap();
    let prepared = voxline::prepare(&call, &voxline::profile("chat-16k").unwrap()).unwrap();
    let path = asset("call.mp3");
    let from_file = fine(&run(["prepare", path.to_str().unwrap(), "-o", "-", "--profile", "chat-16k", "--base64"]));
    let from_pipe = fine(&run_with_input(&["prepare", "-", "-o", "-", "--profile", "chat-16k", "--base64"], &call));
    assert_eq!(from_file, from_pipe);
    // The strict decoder refuses line breaks and wrong padding.
    assert_eq!(base64::engine::general_purpose::STANDARD.decode(&from_file).unwrap(), prepared.data());
}

#[test]
fn the_name_of_the_output_chooses_the_encoding_unless_a_flag_does() {
    let folder = tempfile::tempdir().unwrap();
    let path = asset("call.wav");
    let input = path.to_str().unwrap();
    let cases: [(&str, &[&str], bool); 6] = [
        ("a.wav", &[], true),
        ("b.pcm", &[], false),
        ("c.wav", &["--profile", "chat-8k"], true),
        ("d.wav", &["--encoding", "pcm"], false),
        ("e.dat", &[], true),
        ("f.pcm", &["--set", "target.encoding=wav"], true),
    ];
    for (name, flags, wav) in cases {
        let out = folder.path().join(name);
        fine(&run([&["prepare", input, "-o", out.to_str().unwrap()], flags].concat()));
        assert_eq!(std::fs::read(&out).unwrap().starts_with(b"RIFF"), wav, "{name}");
    }
}

#[test]
fn wav_is_complete_wherever_it_goes() {
    let folder = tempfile::tempdir().unwrap();
    let path = asset("call.mp3");
    let (input, out) = (path.to_str().unwrap(), folder.path().join("out.wav"));
    fine(&run(["prepare", input, "-o", out.to_str().unwrap(), "--rate", "8000"]));
    let file = std::fs::read(&out).unwrap();
    let piped = fine(&run(["prepare", input, "-o", "-", "--rate", "8000"]));
    assert_eq!(file, piped);
    let reader = hound::WavReader::open(&out).unwrap();
    assert_eq!((reader.spec().sample_rate, reader.spec().channels, reader.len()), (8_000, 1, 123_249));
    assert_eq!(names(folder.path()), ["out.wav"]);
}

#[test]
fn split_writes_a_file_a_channel_and_the_report_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = asset("call.mp3");
    let (out, report) = (folder.path().join("side.wav"), folder.path().join("report.json"));
    let arguments = ["prepare", path.to_str().unwrap(), "-o", out.to_str().unwrap(), "--channels", "split"];
    fine(&run([&arguments[..], &["--report", report.to_str().unwrap()]].concat()));
    assert_eq!(names(folder.path()), ["report.json", "side-1.wav", "side-2.wav"]);
    let report: Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    assert_eq!(report["target"]["outputs"], 2);
    assert_eq!(report["target"]["frames"], 246_498);
    assert_eq!(report["source"]["codec"], "mp3");
    let level = |n: u32| {
        let mut reader = hound::WavReader::open(folder.path().join(format!("side-{n}.wav"))).unwrap();
        assert_eq!(reader.len(), 246_498);
        reader.samples::<i16>().map(|s| f64::from(s.unwrap()).powi(2)).sum::<f64>()
    };
    assert!(level(1) > 0.0 && level(2) > 0.0);
}

#[test]
fn channels_keep_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = asset("call.wav");
    let out = folder.path().join("side.wav");
    let arguments = ["prepare", path.to_str().unwrap(), "-o", out.to_str().unwrap(), "--channels", "split"];
    let named = |names: &str| run([&arguments[..], &["--channel-names", names, "--report", "-"]].concat());
    let report: Value = serde_json::from_slice(&fine(&named("agent,customer"))).unwrap();
    assert_eq!(names(folder.path()), ["side-agent.wav", "side-customer.wav"]);
    for part in ["source", "target"] {
        assert_eq!(report[part]["channel_names"], serde_json::json!(["agent", "customer"]), "{part}");
    }
    // Three names for two channels, and a name that would leave the folder: nothing is written.
    for (names, code, word) in
        [("a,b,c", 1, "names 3 channels (a,b,c)"), ("../a,b", 2, "different names of 1 to 32 letters")]
    {
        let refused = named(names);
        assert_eq!(refused.status.code(), Some(code));
        assert!(stderr(&refused).contains(word), "{}", stderr(&refused));
    }
    assert_eq!(names(folder.path()).len(), 2);
    let info = run(["info".as_ref(), path.as_os_str(), "--channel-names".as_ref(), "agent,customer".as_ref()]);
    assert!(stdout(&info).contains("channel 2 (customer): peak"), "{}", stdout(&info));
    let doctor = run(["doctor".as_ref(), path.as_os_str(), "--channel-names".as_ref(), "agent,customer".as_ref()]);
    assert!(stdout(&doctor).contains("channel 1 (agent): speech"), "{}", stdout(&doctor));
}

#[test]
fn the_report_goes_to_standard_output_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = asset("call.wav");
    let out = folder.path().join("o.pcm");
    let text = fine(&run(["prepare", path.to_str().unwrap(), "-o", out.to_str().unwrap(), "--report", "-"]));
    let report: Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(report["target"]["bytes"], std::fs::metadata(&out).unwrap().len());
}

#[test]
fn gapless_off_and_strict_are_among_the_keys() {
    let folder = tempfile::tempdir().unwrap();
    let path = asset("call.mp3");
    let input = path.to_str().unwrap();
    let frames = |flags: &[&str]| {
        let output = run([&["info", input, "--json"], flags].concat());
        serde_json::from_slice::<Value>(&fine(&output)).unwrap()["frames"].as_u64().unwrap()
    };
    assert_eq!(frames(&[]), 679_410);
    assert!(frames(&["--set", "input.gapless=off"]) > 679_410 + 576);
    let cut = folder.path().join("cut.mp3");
    std::fs::write(&cut, &std::fs::read(input).unwrap()[..50_000]).unwrap();
    let (cut, out) = (cut.to_str().unwrap(), folder.path().join("x.wav"));
    let lenient = run(["prepare", cut, "-o", out.to_str().unwrap()]);
    fine(&lenient);
    assert!(stderr(&lenient).contains("warning:"), "{}", stderr(&lenient));
    std::fs::remove_file(&out).unwrap();
    let strict = run(["prepare", cut, "-o", out.to_str().unwrap(), "--set", "input.strict=true"]);
    assert_eq!(strict.status.code(), Some(1));
    assert_eq!(names(folder.path()), ["cut.mp3"], "a failure leaves nothing behind");
}

#[test]
fn a_failure_leaves_the_old_output_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.wav");
    std::fs::write(&out, b"precious").unwrap();
    let bad = asset("README.md");
    let output = run(["prepare", bad.to_str().unwrap(), "-o", out.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(std::fs::read(&out).unwrap(), b"precious");
    assert_eq!(names(folder.path()), ["out.wav"]);
}

#[cfg(unix)]
#[test]
fn an_interrupt_leaves_no_partial_file() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.wav");
    let mut child = program()
        .args(["prepare", "-", "-o", out.to_str().unwrap()])
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&std::fs::read(asset("call.mp3")).unwrap()).unwrap();
    // The pipe stays open: the program waits for more with its output begun. The loop is bounded by the test runner.
    while names(folder.path()).is_empty() {
        std::thread::yield_now();
    }
    assert!(names(folder.path()).iter().all(|name| name.ends_with(".part")), "{:?}", names(folder.path()));
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    drop(stdin);
    assert_eq!(names(folder.path()), [""; 0]);
}

#[cfg(unix)]
#[test]
fn a_device_is_written_in_place_and_a_new_file_follows_the_umask() {
    use std::os::unix::fs::PermissionsExt as _;
    let path = asset("call.wav");
    fine(&run(["prepare", path.to_str().unwrap(), "-o", "/dev/null"]));
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("o.wav");
    fine(&run(["prepare", path.to_str().unwrap(), "-o", out.to_str().unwrap()]));
    let ordinary = folder.path().join("ordinary");
    std::fs::write(&ordinary, b"").unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&out), mode(&ordinary));
}
