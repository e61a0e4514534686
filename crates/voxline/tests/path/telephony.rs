//! Formats of telephony through the whole path: by name, and what the report says of their length.

use std::ops::ControlFlow::Continue;
use std::path::Path;

use voxline::{Options, inspect, load, prepare};

use crate::support::options;

/// The name stands for the options that say the same.
#[test]
fn a_name_says_what_the_content_is() {
    let answer = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/answer");
    let folder = tempfile::tempdir().unwrap();
    for (asset, name, said) in [
        ("answer-8k.alaw", "a.alaw", &[("input.raw_format", "alaw")][..]),
        ("answer-8k.ulaw", "a.UL", &[("input.raw_format", "mulaw")]),
        ("answer-8k.pcm", "a.sln", &[("input.raw_format", "s16le")]),
        ("answer-16k.pcm", "a.sln16", &[("input.raw_format", "s16le"), ("input.raw_rate_hz", "16000")]),
        ("answer-8k.pcm", "a.g722", &[("input.raw_format", "g722")]),
    ] {
        let bytes = std::fs::read(answer.join(asset)).unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, &bytes).unwrap();
        let by_name = options(&[("input.raw_by_name", "on")]);
        let want = prepare(&bytes[..], &options(said)).unwrap();
        assert_eq!(prepare(&path, &by_name).unwrap(), want, "{name}");
        assert_eq!(inspect(&path, &by_name).unwrap().source, want.report().source, "{name}");
        let loaded = load::<i16>(&path, &by_name, |_| Continue(())).unwrap();
        assert_eq!(loaded.samples, load::<i16>(&bytes, &options(said), |_| Continue(())).unwrap().samples, "{name}");
        // Nobody asked.
        assert!(prepare(&path, &Options::default()).is_err(), "{name}");
    }
}

/// GSM in WAV, with or without the number of frames.
fn gsm_wav(fact: Option<u32>) -> Vec<u8> {
    let fmt = b"fmt \x14\0\0\0\x31\0\x01\0\x40\x1F\0\0\x59\x06\0\0\x41\0\0\0\x02\0\x40\x01";
    let fact = fact.map_or(Vec::new(), |frames| [b"fact\x04\0\0\0", &frames.to_le_bytes()[..]].concat());
    let data = [&b"data\x82\0\0\0"[..], &[0x5A; 130]].concat();
    let body = [b"WAVE", &fmt[..], &fact, &data].concat();
    [b"RIFF", &(body.len() as u32).to_le_bytes()[..], &body].concat()
}

#[test]
fn a_length_is_exact_where_it_is_stated() {
    for (fact, frames, exact) in [(None, 640, false), (Some(600), 600, true), (Some(700), 640, false)] {
        let source = inspect(&gsm_wav(fact), &Options::default()).unwrap().source;
        assert_eq!((source.frames, source.duration_exact, source.codec.as_str()), (frames, exact, "gsm"), "{fact:?}");
    }
    let gsm = [[0xD0; 33], [0xDF; 33]].concat();
    let source = inspect(&gsm, &options(&[("input.raw_format", "gsm")])).unwrap().source;
    assert_eq!((source.frames, source.sample_rate_hz, source.duration_exact), (320, 8_000, false));
    let source = inspect(&gsm, &options(&[("input.raw_format", "g722")])).unwrap().source;
    assert_eq!((source.frames, source.sample_rate_hz, source.duration_exact), (132, 16_000, true));
}
