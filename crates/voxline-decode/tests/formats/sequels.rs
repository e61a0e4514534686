//! A file of each format behind junk, and behind a file of another one.

use voxline_core::report::WarningCode::*;
use voxline_testkit::tools::require;

use crate::laws::splits;
use crate::oracle::*;
use crate::support::*;

/// Half a second at 16 kHz as ffmpeg writes it.
const FORMATS: [(&str, &[&str]); 6] = [
    ("x.flac", &[]),
    ("x.ogg", &["-c:a", "libvorbis"]),
    ("x.opus", &["-c:a", "libopus"]),
    ("x.m4a", &["-c:a", "aac"]),
    ("y.m4a", &["-c:a", "aac", "-movflags", "faststart"]),
    ("x.aiff", &[]),
];

#[test]
fn every_format_is_found_behind_junk_and_behind_another_file() {
    let Some(ffmpeg) = require("ffmpeg") else { return };
    let signal = signals(16_000, 1, 8_000).swap_remove(0);
    let files = FORMATS.map(|(name, flags)| (name, ffmpeg_file(&ffmpeg, &signal, flags, name)));
    let wav = riff(&[chunk(b"fmt ", &fmt(1, 1, 16_000, 16)), chunk(b"data", &s16_bytes(&s16(3_000)))]);
    let junk: Vec<u8> = noise(777).map(|n| (n >> 24) as u8).collect();
    for (name, file) in &files {
        let alone = auto(file);
        assert_eq!((&alone.error, alone.codes()), (&None, vec![]), "{name}");
        let behind = splits(&[&junk[..], file].concat(), name);
        assert_eq!((&behind.error, behind.codes()), (&None, vec![JunkSkipped]), "{name}");
        assert!(behind.bits == alone.bits, "{name}");
        for (first_name, first) in files.iter().map(|(name, file)| (*name, file)).chain([("x.wav", &wav)]) {
            let what = format!("{first_name}, then {name}");
            let got = splits(&[&first[..], file].concat(), &what);
            // Samples that end in a zero would have to wait for what an MP4 begins with.
            let told = !(name.ends_with(".m4a") && (first_name == "x.wav" || first_name == "x.aiff"));
            // Ogg within Ogg is a matter of its reader, which goes on with the streams that it can decode.
            if [first_name, name].iter().all(|name| name.ends_with(".ogg") || name.ends_with(".opus")) {
                continue;
            }
            let both = match told {
                true => [&auto(first).bits[..], &alone.bits].concat(),
                false => auto(first).bits,
            };
            assert!(got.error.is_none() && got.bits == both, "{what}: {:?}, {} frames", got.error, got.frames);
            let code = if told { GluedFiles } else { JunkSkipped };
            assert!(got.codes().contains(&code), "{what}: {:?}", got.codes());
        }
    }
}
