//! One file of each kind, made by other programs: what it is read as, and the table of it in the README.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use voxline_testkit::tools::require;

use crate::support::{asset, fine, run};

/// What becomes of the samples of the file that all are made of.
#[derive(Clone, Copy, PartialEq)]
enum Kept {
    /// Every bit.
    All,
    /// The level within a decibel: the codec is lossy.
    About,
}

struct Kind {
    name: &'static str,
    file: &'static str,
    tool: &'static str,
    arguments: &'static [&'static str],
    container: &'static str,
    codec: &'static str,
    kept: Kept,
}

/// `IN` and `OUT` stand for the files. 8 kHz, two channels of 16 bits go in.
const KINDS: &[Kind] = &[
    kind("WAV, 16-bit PCM", "call.wav", "ffmpeg", &["-c:a", "pcm_s16le"], ("wav", "pcm_s16le"), Kept::All),
    kind("WAV, 8-bit PCM", "call.u8.wav", "ffmpeg", &["-c:a", "pcm_u8"], ("wav", "pcm_u8"), Kept::About),
    kind("WAV, 24-bit PCM", "call.24.wav", "ffmpeg", &["-c:a", "pcm_s24le"], ("wav", "pcm_s24le"), Kept::All),
    kind("WAV, 32-bit PCM", "call.32.wav", "ffmpeg", &["-c:a", "pcm_s32le"], ("wav", "pcm_s32le"), Kept::All),
    kind("WAV, 32-bit float", "call.f32.wav", "ffmpeg", &["-c:a", "pcm_f32le"], ("wav", "pcm_f32le"), Kept::All),
    kind("WAV, 64-bit float", "call.f64.wav", "ffmpeg", &["-c:a", "pcm_f64le"], ("wav", "pcm_f64le"), Kept::All),
    kind("WAV, A-law", "call.alaw.wav", "ffmpeg", &["-c:a", "pcm_alaw"], ("wav", "pcm_alaw"), Kept::About),
    kind("WAV, µ-law", "call.ulaw.wav", "ffmpeg", &["-c:a", "pcm_mulaw"], ("wav", "pcm_mulaw"), Kept::About),
    kind("WAV, IMA ADPCM", "call.ima.wav", "ffmpeg", &["-c:a", "adpcm_ima_wav"], ("wav", "adpcm_ima"), Kept::About),
    kind("WAV, MS ADPCM", "call.ms.wav", "ffmpeg", &["-c:a", "adpcm_ms"], ("wav", "adpcm_ms"), Kept::About),
    kind("WAV, GSM 6.10", "call.gsm.wav", "sox", &["-e", "gsm-full-rate", "-c", "1"], ("wav", "gsm"), Kept::About),
    kind(
        "WAV, G.722",
        "call.722.wav",
        "ffmpeg",
        &["-c:a", "g722", "-ar", "16000", "-ac", "1"],
        ("wav", "g722"),
        Kept::About,
    ),
    kind("WAV, MP3", "call.mp3.wav", "ffmpeg", &["-c:a", "libmp3lame"], ("wav", "mp3"), Kept::About),
    kind("RF64", "call.rf64.wav", "ffmpeg", &["-rf64", "always"], ("wav", "pcm_s16le"), Kept::All),
    kind("AU", "call.au", "ffmpeg", &[], ("au", "pcm_s16be"), Kept::All),
    kind("AIFF", "call.aiff", "ffmpeg", &[], ("aiff", "pcm_s16be"), Kept::All),
    kind("AIFF-C", "call.aifc", "ffmpeg", &["-c:a", "pcm_mulaw", "-f", "aiff"], ("aiff", "pcm_mulaw"), Kept::About),
    kind("MP3", "call.mp3", "ffmpeg", &["-c:a", "libmp3lame"], ("mp3", "mp3"), Kept::About),
    kind("Ogg Speex", "call.spx", "ffmpeg", &["-c:a", "libspeex", "-ac", "1"], ("ogg", "speex_nb"), Kept::About),
    kind("FLAC", "call.flac", "ffmpeg", &[], ("flac", "flac"), Kept::All),
    kind("Ogg Vorbis", "call.ogg", "ffmpeg", &["-c:a", "libvorbis"], ("ogg", "vorbis"), Kept::About),
    kind("Ogg Opus", "call.opus", "ffmpeg", &["-c:a", "libopus"], ("ogg", "opus"), Kept::About),
    kind("M4A, AAC", "call.m4a", "ffmpeg", &["-c:a", "aac"], ("m4a", "aac"), Kept::About),
    kind("headerless A-law", "call.alaw", "ffmpeg", &["-f", "alaw", "-ac", "1"], ("raw", "pcm_alaw"), Kept::About),
    kind("headerless µ-law", "call.ulaw", "ffmpeg", &["-f", "mulaw", "-ac", "1"], ("raw", "pcm_mulaw"), Kept::About),
    kind(
        "headerless 16-bit PCM",
        "call.sln",
        "ffmpeg",
        &["-f", "s16le", "-ac", "1"],
        ("raw", "pcm_s16le"),
        Kept::About,
    ),
    kind("headerless GSM 6.10", "call.gsm", "sox", &["-c", "1"], ("raw", "gsm"), Kept::About),
    kind("headerless G.722", "call.g722", "ffmpeg", &["-ar", "16000", "-ac", "1"], ("raw", "g722"), Kept::About),
];

const fn kind(
    name: &'static str,
    file: &'static str,
    tool: &'static str,
    arguments: &'static [&'static str],
    (container, codec): (&'static str, &'static str),
    kept: Kept,
) -> Kind {
    Kind { name, file, tool, arguments, container, codec, kept }
}

fn make(kind: &Kind, folder: &Path) -> Option<std::path::PathBuf> {
    let tool = require(kind.tool)?;
    let (call, path) = (asset("call.wav"), folder.join(kind.file));
    let mut command = Command::new(tool);
    match kind.tool {
        "ffmpeg" => command.args(["-v", "error", "-i"]).arg(&call).args(kind.arguments).arg(&path),
        _ => command.arg(&call).args(kind.arguments).arg(&path),
    };
    assert!(command.output().unwrap().status.success(), "{}", kind.name);
    Some(path)
}

/// The file as 8 kHz mono samples, through the program.
fn samples(path: &Path, folder: &Path) -> Vec<i16> {
    let output = folder.join("out.pcm");
    let flags = ["prepare", path.to_str().unwrap(), "-o", output.to_str().unwrap(), "--rate", "8000"];
    fine(&run(flags.into_iter().chain(["--set", "input.raw_by_name=on"])));
    std::fs::read(output).unwrap().chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect()
}

fn level_db(samples: &[i16]) -> f64 {
    10.0 * (samples.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / samples.len() as f64).log10()
}

#[test]
fn a_file_of_every_kind_is_told_apart_examined_and_prepared() {
    let folder = tempfile::tempdir().unwrap();
    let original = samples(&asset("call.wav"), folder.path());
    for kind in KINDS {
        let Some(path) = make(kind, folder.path()) else { return };
        let json = |verb: &str| -> Value {
            let flags = [verb, "--json", "--set", "input.raw_by_name=on", path.to_str().unwrap()];
            serde_json::from_slice(&run(flags).stdout).unwrap()
        };
        let info = json("info");
        assert_eq!((&info["container"], &info["codec"]), (&kind.container.into(), &kind.codec.into()), "{}", kind.name);
        assert_eq!(info["warnings"], serde_json::json!([]), "{}", kind.name);
        let doctor = json("doctor");
        // The call is a good one, and no format makes it worse. Opus has a rate of its own: that is nobody's mistake.
        assert!(doctor["worst"].is_null() || doctor["worst"] == "info", "{}: {}", kind.name, doctor["findings"]);
        let channels = doctor["channels"].as_array().unwrap().len();
        assert_eq!(channels as u64, info["channel_count"].as_u64().unwrap(), "{}", kind.name);
        let decoded = samples(&path, folder.path());
        if kind.kept == Kept::All {
            assert!(decoded == original, "{}", kind.name);
        }
        // Codecs of blocks and MP3 in WAV fill the last block up, or do not say what is padding.
        let more = decoded.len() as f64 / original.len() as f64 - 1.0;
        assert!((-0.001..0.03).contains(&more), "{}: {} of {}", kind.name, decoded.len(), original.len());
        let change = level_db(&decoded) - level_db(&original);
        assert!(change.abs() < 1.0, "{}: {change:.2} dB", kind.name);
    }
}

/// `VOXLINE_WRITE_DOCS=1` writes the table anew.
#[test]
fn the_readme_has_a_row_for_each() {
    const BEGIN: &str =
        "<!-- formats: written by VOXLINE_WRITE_DOCS=1 cargo test -p voxline-cli --test program formats -->\n";
    const END: &str = "<!-- end of formats -->";
    let mut table = "\n| format | read as | samples |\n|---|---|---|\n".to_owned();
    for kind in KINDS {
        let kept = if kind.kept == Kept::All { "equal" } else { "" };
        table += &format!("| {} | `{}` `{}` | {kept} |\n", kind.name, kind.container, kind.codec);
    }
    table += "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (there, after) = rest.split_once(END).unwrap();
    if std::env::var_os("VOXLINE_WRITE_DOCS").is_some() {
        return std::fs::write(&path, [before, BEGIN, &table, END, after].concat()).unwrap();
    }
    assert!(there == table, "the table of the README is stale: run what its comment says");
}
