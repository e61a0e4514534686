//! What fuzzing begins with: the beginnings of real files of every format.

use std::fs;
use std::path::{Path, PathBuf};

use crate::run::{Result, command, root, succeeds};

/// Headers, and audio of some frames behind them; longer ones only cost time.
const MOST_BYTES: usize = 8_000;

const FOLDERS: [&str; 4] =
    ["assets", "assets/answer", "crates/voxline-decode/tests/regressions", "crates/voxline-api/tests/fixtures"];

/// What ffmpeg makes of the bundled answer, where there is one: the ending, then the flags.
const FORMATS: [(&str, &str); 27] = [
    ("flac", ""),
    ("flac", "-ac 2 -ar 44100 -sample_fmt s32"),
    ("ogg", "-c:a libvorbis -q:a 0 -ar 44100"),
    ("ogg", "-c:a libvorbis -q:a 0 -ar 8000"),
    ("opus", "-c:a libopus -b:a 16k"),
    ("opus", "-c:a libopus -b:a 64k -ac 2 -frame_duration 2.5"),
    ("spx", "-c:a libspeex -ar 8000"),
    ("spx", "-c:a libspeex -ar 16000 -vbr 1"),
    ("spx", "-c:a libspeex -ar 16000 -ac 2"),
    ("m4a", "-c:a aac -b:a 24k"),
    ("m4a", "-c:a aac -b:a 64k -ac 2 -movflags +faststart"),
    ("mp3", "-b:a 16k"),
    ("mp3", "-b:a 64k -ar 44100 -ac 2"),
    ("mp3", "-q:a 7 -ar 22050"),
    ("aiff", ""),
    ("aiff", "-c:a pcm_alaw -ac 2"),
    ("au", "-c:a pcm_mulaw"),
    ("au", "-c:a pcm_s16be -ac 2"),
    ("wav", "-c:a adpcm_ima_wav"),
    ("wav", "-c:a adpcm_ms -ac 2"),
    ("wav", "-c:a pcm_alaw -ac 2"),
    ("wav", "-c:a libgsm_ms -ar 8000"),
    ("wav", "-c:a pcm_f32le -ac 2"),
    ("wav", "-c:a pcm_s24le -rf64 always"),
    ("wav", "-c:a libmp3lame -b:a 16k"),
    ("g722", "-ar 16000"),
    ("gsm", "-ar 8000"),
];

/// Answers of a server behind `HTTP/1.1 `, as one target takes them.
const ANSWERS: [&str; 4] = [
    "200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello",
    "200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nDigest: 1\r\n\r\n",
    "100 Continue\r\n\r\nHTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-9/10\r\nETag: \"a\"\r\n\r\nhello",
    "302 Found\r\nLocation: /elsewhere\r\nRetry-After: 3\r\nConnection: close\r\n\r\n",
];

/// Which seeds each target begins with, and how many bytes it takes for a choice in front of them.
const WANTS: [(&str, &str, usize); 18] = [
    ("answers", "json", 1),
    ("au_aiff", "aiff au", 1),
    ("base64", "json pcm", 1),
    ("doctor_split", ANY, 1),
    ("flac", "flac", 1),
    ("http", "http", 0),
    ("m4a", "m4a", 1),
    ("mixed", ANY, 1),
    ("mp3", "mp3 bit", 1),
    ("ogg", "ogg opus spx", 1),
    ("opus", "opus-laid", 1),
    ("path", ANY, 2),
    ("probe", ANY, 0),
    ("raw", "pcm alaw ulaw g722 gsm spx-prefixed", 2),
    ("speex_decode", "spx-prefixed", 1),
    ("speex_framing", "spx spx-prefixed", 1),
    ("vorbis", "ogg-laid", 1),
    ("wav", "wav", 1),
];
const ANY: &str = "wav mp3 flac ogg opus spx m4a aiff au";

/// The beginning of a file, and what ending it has.
pub(crate) struct Seed {
    ending: String,
    bytes: Vec<u8>,
}

/// Puts the seeds that a target wants into its corpus.
///
/// **Errors**: the target is not in the table.
pub(crate) fn sow(target: &str, corpus: &Path, seeds: &[Seed]) -> Result {
    let wants = WANTS.iter().find(|(name, ..)| *name == target);
    let &(_, endings, front) = wants.ok_or_else(|| format!("no seeds for {target}: name them in xtask"))?;
    fs::create_dir_all(corpus)?;
    let wanted = seeds.iter().filter(|seed| endings.split(' ').any(|ending| ending == seed.ending));
    for (number, seed) in wanted.enumerate() {
        // Far from each other, because to many targets this is how long the pieces are: short ones take long.
        let choice = [(number as u8).wrapping_mul(83).wrapping_add(29), 63];
        fs::write(corpus.join(format!("seed-{number}")), [&choice[..front], &seed.bytes].concat())?;
    }
    Ok(())
}

/// The beginnings of everything there is.
pub(crate) fn seeds() -> Result<Vec<Seed>> {
    let mut files = Vec::new();
    for folder in FOLDERS {
        files.extend(files_of(&root().join(folder))?);
    }
    // More of them where there are more; their decoded forms are no input.
    if let Some(vectors) = std::env::var_os("VOXLINE_VECTORS").map(PathBuf::from).filter(|folder| folder.is_dir()) {
        for folder in ["mp3", "speech"] {
            files
                .extend(files_of(&vectors.join(folder))?.into_iter().filter(|f| f.extension() != Some("pcm".as_ref())));
        }
    }
    files.extend(made()?);
    let mut seeds = Vec::new();
    let mut add = |ending: String, mut bytes: Vec<u8>| {
        bytes.truncate(MOST_BYTES);
        seeds.push(Seed { ending, bytes });
    };
    for answer in ANSWERS {
        add("http".to_owned(), answer.as_bytes().to_vec());
    }
    for file in files {
        let ending = file.extension().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = fs::read(&file)?;
        for (how, packets) in [("laid", laid(&bytes)), ("prefixed", prefixed(&bytes))] {
            if let Some(packets) = packets {
                add(format!("{ending}-{how}"), packets);
            }
        }
        add(ending, bytes);
    }
    Ok(seeds)
}

fn files_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?.filter_map(|file| Some(file.ok()?.path())).collect();
    files.retain(|file| file.is_file());
    files.sort();
    Ok(files)
}

fn made() -> Result<Vec<PathBuf>> {
    let folder = root().join("target/fuzz-seeds");
    fs::create_dir_all(&folder)?;
    let mut files = Vec::new();
    for (number, (ending, flags)) in FORMATS.iter().enumerate() {
        let file = folder.join(format!("{number}.{ending}"));
        let mut ffmpeg = command("ffmpeg");
        ffmpeg.args(["-v", "error", "-y", "-t", "0.4", "-i", "assets/answer/answer-16k.wav"]);
        ffmpeg.args(flags.split_whitespace()).arg(&file);
        if succeeds(&mut ffmpeg) {
            files.push(file);
        } else {
            println!("no seed of {ending} {flags}: `{}` failed", crate::run::line_of(&ffmpeg));
        }
    }
    Ok(files)
}

/// The packets of an Ogg file behind the first, each behind its length in two bytes: `fuzz/src/pages.rs` takes them.
fn laid(file: &[u8]) -> Option<Vec<u8>> {
    let packets = packets(file)?;
    let length = |packet: &Vec<u8>| (packet.len() as u16).to_be_bytes();
    Some(packets.iter().skip(1).flat_map(|packet| [&length(packet)[..], packet].concat()).collect())
}

/// The packets of a Speex file behind the two of its header, each behind its length in one byte.
fn prefixed(file: &[u8]) -> Option<Vec<u8>> {
    let packets = packets(file)?;
    packets.first()?.starts_with(b"Speex").then_some(())?;
    let some = packets.iter().skip(2).filter(|packet| packet.len() < 256);
    Some(some.flat_map(|packet| [&[packet.len() as u8][..], packet].concat()).collect())
}

/// The packets of an Ogg file that is as it should be (RFC 3533 §6).
fn packets(mut file: &[u8]) -> Option<Vec<Vec<u8>>> {
    file.starts_with(b"OggS").then_some(())?;
    let (mut packets, mut open) = (Vec::new(), Vec::new());
    while let Some((header, rest)) = file.split_at_checked(27) {
        let (laces, mut rest) = rest.split_at_checked(usize::from(header[26]))?;
        for &lace in laces {
            let (piece, behind) = rest.split_at_checked(usize::from(lace))?;
            open.extend_from_slice(piece);
            if lace < 255 {
                packets.push(std::mem::take(&mut open));
            }
            rest = behind;
        }
        file = rest;
    }
    Some(packets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_of_pages() {
        let page = |laces: &[u8], body: &[u8]| [&b"OggS"[..], &[0; 22], &[laces.len() as u8], laces, body].concat();
        let file =
            [page(&[7], b"Speex 1"), page(&[2, 255], &[[3; 2].as_slice(), &[4; 255]].concat()), page(&[1, 3], b"5678")];
        let file = file.concat();
        let second = [&[4; 255][..], b"5"].concat();
        assert_eq!(packets(&file).unwrap(), [b"Speex 1".to_vec(), vec![3, 3], second.clone(), b"678".to_vec()]);
        assert_eq!(laid(&file).unwrap(), [&[0, 2, 3, 3, 1, 0][..], &second, &[0, 3], b"678"].concat());
        assert_eq!(prefixed(&file).unwrap(), b"\x03678");
        assert_eq!((packets(b"RIFF"), packets(&file[..30])), (None, None));
    }

    #[test]
    fn every_target_has_seeds() {
        let seeds: Vec<Seed> = [("au", 1), ("wav", 2), ("aiff", 3)]
            .map(|(ending, byte)| Seed { ending: ending.to_owned(), bytes: vec![byte; 3] })
            .into();
        let corpus = std::env::temp_dir().join(format!("voxline-seeds-{}", std::process::id()));
        sow("au_aiff", &corpus, &seeds).unwrap();
        let mut sown: Vec<_> = files_of(&corpus).unwrap().iter().map(|file| fs::read(file).unwrap()).collect();
        sown.sort();
        fs::remove_dir_all(&corpus).unwrap();
        assert_eq!(sown, [[29, 1, 1, 1], [112, 3, 3, 3]]);
        assert!(sow("unknown", &corpus, &seeds).is_err() && !corpus.exists());
        let targets = crate::fuzz::targets(&root().join("fuzz")).unwrap();
        assert_eq!(targets, WANTS.map(|(target, ..)| target));
    }
}
