//! `voxline split` and `voxline chat --long`.

use std::process::Stdio;

use serde_json::Value;

use crate::chat::Sim;
use crate::support::{asset, fine, names, program, run, run_with_input, stderr, stdout};

/// Bytes behind the header of a WAV file that we wrote.
const HEADER_BYTES: usize = 44;

fn lines(bytes: &[u8]) -> Vec<Value> {
    std::str::from_utf8(bytes).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn parts_obey_the_limits_and_joined_they_are_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, parts) = (folder.path().join("whole.wav"), folder.path().join("part.wav"));
    let call = asset("call.mp3");
    let path = |path: &std::path::Path| path.to_str().unwrap().to_owned();
    let rate = ["--profile", "chat-16k"].map(str::to_owned);
    fine(&run(["prepare".to_owned(), path(&call), "-o".to_owned(), path(&whole)].into_iter().chain(rate.clone())));
    let report = path(&folder.path().join("report.json"));
    let flags = ["split", &path(&call), "-o", &path(&parts), "--max-duration", "6", "--json", "--report", &report]
        .map(str::to_owned);
    let rows = lines(&fine(&run(flags.into_iter().chain(rate))));
    assert!(rows.len() >= 3, "{rows:?}");
    let mut joined = Vec::new();
    for (row, number) in rows.iter().zip(1..) {
        let file = folder.path().join(format!("part-{number:03}.wav"));
        assert_eq!((&row["part"], &row["files"][0]), (&number.into(), &path(&file).into()));
        let bytes = std::fs::read(&file).unwrap();
        assert_eq!(row["bytes"][0], bytes.len());
        assert_eq!(row["start_frame"], joined.len() / 2);
        assert_eq!(row["frames"], (bytes.len() - HEADER_BYTES) / 2);
        assert!(row["end_s"].as_f64().unwrap() - row["start_s"].as_f64().unwrap() <= 6.0);
        joined.extend_from_slice(&bytes[HEADER_BYTES..]);
    }
    assert_eq!(rows.last().unwrap()["cut"], "end");
    assert_eq!(joined, std::fs::read(&whole).unwrap()[HEADER_BYTES..]);
    let report: Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    assert_eq!(report["target"]["frames"], joined.len() / 2);
    // What an earlier run has left behind the last part is told.
    let shorter = run(["split", &path(&call), "-o", &path(&parts), "--max-duration", "12", "--rate", "8000"]);
    assert!(shorter.status.success());
    let count = stdout(&shorter).lines().count();
    let left = format!("part-{:03}.wav is left from before: this recording has {count} parts", count + 1);
    assert!(count < rows.len() && stderr(&shorter).contains(&left), "{}", stderr(&shorter));
}

#[test]
fn every_channel_has_its_file_and_the_list_is_for_people() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("c.spx");
    let flags = ["split", "-", "-o", out.to_str().unwrap(), "--channels", "split", "--rate", "8000"];
    let sizes = ["--max-bytes", "8000", "--overlap", "100"];
    let output = run_with_input(&[&flags[..], &sizes].concat(), &std::fs::read(asset("call.wav")).unwrap());
    let text = String::from_utf8(fine(&output)).unwrap();
    let files = names(folder.path());
    assert_eq!(files.len(), 2 * text.lines().count(), "{text}\n{files:?}");
    assert_eq!(files[..2], ["c-001-1.spx", "c-001-2.spx"]);
    assert!(
        text.contains("c-001-1.spx, ") && text.contains(" ends in ") && text.ends_with("ends with the recording\n")
    );
    let flags = [&flags[..], &sizes, &["--channel-names", "a,b"]].concat();
    fine(&run_with_input(&flags, &std::fs::read(asset("call.wav")).unwrap()));
    assert!(folder.path().join("c-002-b.spx").exists());
    for file in files {
        assert!(std::fs::metadata(folder.path().join(file)).unwrap().len() <= 8_000);
    }
}

#[test]
fn what_cannot_be_is_refused_and_complete_parts_stay() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("p.wav");
    let (call, out) = (asset("call.wav"), out.to_str().unwrap());
    let call = call.to_str().unwrap();
    for (flags, code, word) in [
        (["split", call, "-o", "-", "--max-duration", "3"], 2, "a file name"),
        (["split", call, "-o", out, "--max-duration", "0"], 2, "split.max_duration_s"),
        (["split", call, "-o", out, "--max-bytes", "45"], 1, "single frame"),
        (["split", call, "-o", out, "--report", "-"], 2, "--report"),
    ] {
        let output = run(flags);
        assert_eq!(output.status.code(), Some(code), "{flags:?}");
        assert!(stderr(&output).contains(word), "{}", stderr(&output));
    }
    assert!(names(folder.path()).is_empty());
    // Cut while it is read strictly: what came before is there.
    let whole = std::fs::read(call).unwrap();
    let flags = ["split", "-", "-o", out, "--max-duration", "2", "--set", "input.strict=on"];
    let output = run_with_input(&flags, &whole[..whole.len() / 2 + 1]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let count = names(folder.path()).len();
    assert!(count >= 1 && stderr(&output).contains(&format!("{count} parts were written")), "{}", stderr(&output));
}

fn long_chat(sim: &Sim, flags: &[&str]) -> std::process::Output {
    program()
        .args(["chat", asset("call.mp3").to_str().unwrap(), "--endpoint", &sim.url, "--long"])
        .args(["--set", "split.max_duration_s=5", "--set", "http.max_attempts=1"])
        .args(flags)
        .env("VOXLINE_CHAT_TOKEN", voxline_sim::DEMO_TOKEN)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn a_long_call_is_answered_part_by_part() {
    let sim = Sim::start(&[]);
    let text = String::from_utf8(fine(&long_chat(&sim, &[]))).unwrap();
    let count = text.lines().count();
    assert!(count >= 4 && text.starts_with("0.0 to "), "{text}");
    let rows = lines(&fine(&long_chat(&sim, &["--json", "--profile", "chat-speex-wb"])));
    assert_eq!(rows.len(), count);
    for pair in rows.windows(2) {
        assert_eq!(pair[0]["end_s"], pair[1]["start_s"]);
        assert_eq!(pair[0]["type"], "text");
    }
    let one = lines(&fine(&long_chat(&sim, &["--json", "--profile", "chat-speex-wb", "--part", "3"])));
    assert_eq!(one[..], rows[2..3]);
    let none = long_chat(&sim, &["--part", "99"]);
    assert_eq!((none.status.code(), stdout(&none)), (Some(1), String::new()));
    assert!(stderr(&none).contains(&format!("has {count} parts")), "{}", stderr(&none));
    assert_eq!(long_chat(&sim, &["--tts", "answer.wav"]).status.code(), Some(2));
    // The strict reading of the size limit makes the parts smaller, the one that is asked for by its number too.
    let strict = ["--json", "--strict-size", "--set", "split.max_duration_s=none", "--rate", "16000"];
    let rows = lines(&fine(&long_chat(&sim, &strict)));
    assert!(rows.len() == 2 && rows[0]["end_s"].as_f64().unwrap() < 14.1, "{rows:?}");
    let second = lines(&fine(&long_chat(&sim, &[&strict[..], &["--part", "2"]].concat())));
    assert_eq!(second[..], rows[1..]);
}

#[test]
fn a_part_that_fails_ends_it_or_not_and_says_how_to_go_on() {
    for (flags, told) in [(&["--json"][..], 2), (&["--json", "--go-on"], 4)] {
        let sim = Sim::start(&["--faults", "ok,drop"]);
        let output = long_chat(&sim, flags);
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        let rows = lines(&output.stdout);
        assert!(if told == 2 { rows.len() == 2 } else { rows.len() >= told }, "{rows:?}");
        assert_eq!(rows[1]["error"]["kind"], "outcome unknown");
        assert!(stderr(&output).contains("error: part 2, "), "{}", stderr(&output));
        assert_eq!(stderr(&output).contains("--part 2 sends this part alone"), told == 2);
        assert_eq!(lines(&fine(&long_chat(&sim, &["--json", "--part", "2"])))[0]["part"], 2);
    }
}
