//! What fuzzing found once: each keeps the laws now.

use std::fs;

use voxline_core::report::WarningCode::*;
use voxline_speex::Mode;
use voxline_speex::framing::{Header, OggWriter};

use crate::laws::splits;
use crate::lossy::{pages, with_checksums};
use crate::support::*;

#[test]
fn what_once_broke_a_law() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/regressions");
    let files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(!files.is_empty());
    for file in files {
        splits(&fs::read(&file).unwrap(), &file.to_string_lossy());
    }
}

/// Frames of 20 ms, a page of 50 behind that of the first.
fn spx(frames: u64) -> Vec<u8> {
    let mut writer = OggWriter::new(&Header::new(Mode::Narrowband, None)).unwrap();
    for _ in 0..frames {
        writer.push(&[0; 38]).unwrap();
    }
    writer.finish(160 * frames - 200).unwrap();
    let mut file = Vec::new();
    writer.take(&mut file);
    file
}

#[test]
fn how_much_of_a_file_was_read_when_it_failed_does_not_matter() {
    let mut ultra_wide = spx(10);
    ultra_wide[28 + 40] = 2;
    let ultra_wide = with_checksums(&ultra_wide);
    let plain = plain(&s16(300));
    // Streams of Ogg that follow each other are one file, and what is wrong with the first is wrong with it.
    let got = splits(&[&plain[..], &ultra_wide, &spx(10), &plain].concat(), "a stream of Ogg that is not supported");
    assert_eq!((got.frames, got.codes(), got.error), (600, vec![GluedFiles, JunkSkipped], None));
    // What was said of it before it failed is said.
    let mut holed = spx(160);
    let pages = pages(&holed);
    holed.drain(pages[3]..pages[4]);
    let got =
        splits(&[&plain[..], &holed, &ultra_wide, &plain].concat(), "a stream that is not supported behind a hole");
    assert!(got.frames > 600 + 100 * 160 && got.codes().contains(&BadFrames), "{} {:?}", got.frames, got.warnings);
}
