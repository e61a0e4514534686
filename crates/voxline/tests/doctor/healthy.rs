//! No false alarms.

use voxline::{Diagnosis, FindingName, Options, Severity, doctor};

use crate::support::{CALL_MP3, CALL_WAV, call, examine, names};

#[test]
fn the_bundled_calls_are_healthy() {
    for (name, bytes) in [("call.wav", CALL_WAV), ("call.mp3", CALL_MP3)] {
        let diagnosis = doctor(bytes, &Options::default()).unwrap();
        assert_eq!(diagnosis.findings, [], "{name}");
        assert_eq!(diagnosis.worst(), None);
        assert_eq!(diagnosis.report, voxline::inspect(bytes, &Options::default()).unwrap());
        assert_eq!(diagnosis.frames, diagnosis.report.source.frames);
        assert_eq!(diagnosis.sample_rate_hz, diagnosis.report.source.sample_rate_hz);
        // The recipe: turns one after the other, noise with a peak of -44 dBFS before it was mixed in.
        let pair = diagnosis.pair.as_ref().unwrap();
        assert_eq!(pair.talk_over_s, 0.0, "{name}");
        for channel in &diagnosis.channels {
            assert!((0.35..0.5).contains(&channel.speech_ratio), "{name}: {channel:?}");
            assert!((-26.0..-18.0).contains(&channel.speech_dbfs.unwrap()), "{name}: {channel:?}");
            assert!((-62.0..-54.0).contains(&channel.noise_dbfs.unwrap()), "{name}: {channel:?}");
        }
    }
}

#[test]
fn every_form_of_the_bundled_answer_is_healthy() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/answer");
    for (file, format, rate) in [
        ("answer.mp3", None, 0),
        ("answer-16k.wav", None, 0),
        ("answer-8k.wav", None, 0),
        ("answer-16k.pcm", Some("s16le"), 16_000),
        ("answer-8k.alaw", Some("alaw"), 8_000),
        ("answer-8k.ulaw", Some("mulaw"), 8_000),
    ] {
        let mut options = Options::default();
        if let Some(format) = format {
            options.set("input.raw_format", format).unwrap();
            options.set("input.raw_rate_hz", &rate.to_string()).unwrap();
        }
        let diagnosis = doctor(format!("{folder}/{file}").as_str(), &options).unwrap();
        assert_eq!(diagnosis.findings, [], "{file}");
    }
}

#[test]
fn calls_of_every_rate_are_healthy() {
    for rate in [8_000, 11_025, 16_000, 44_100, 48_000] {
        let diagnosis = examine(&call(rate, 18), rate);
        assert_eq!(diagnosis.findings, [], "{rate}");
        let pair = diagnosis.pair.unwrap();
        assert!((0.4..1.3).contains(&pair.talk_over_s), "{rate}: {pair:?}");
        let one = examine(&call(rate, 12)[..1], rate);
        assert_eq!((one.findings, one.pair), (vec![], None), "{rate}");
    }
}

#[test]
fn the_recorded_speech_of_the_vectors_is_healthy() {
    let Some(folder) = std::env::var_os("VOXLINE_VECTORS") else { return };
    let Ok(files) = std::fs::read_dir(std::path::Path::new(&folder).join("speech")) else { return };
    let mut checked = 0;
    for file in files {
        let path = file.unwrap().path();
        if !path.extension().is_some_and(|e| e == "wav" || e == "mp3") {
            continue;
        }
        let diagnosis: Diagnosis = doctor(&path, &Options::default()).unwrap();
        // MP3 files without a LAME tag do not say how long they were, which is true and does no harm.
        let odd: Vec<FindingName> =
            names(&diagnosis).into_iter().filter(|name| *name != FindingName::DurationNotExact).collect();
        assert_eq!(odd, [], "{}", path.display());
        assert!(diagnosis.worst() <= Some(Severity::Info));
        assert!(diagnosis.channels.iter().all(|channel| channel.speech_ratio > 0.5));
        checked += 1;
    }
    eprintln!("{checked} recordings examined");
}
