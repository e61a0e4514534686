//! Packets of Vorbis in pages that are right.
#![no_main]

use libfuzzer_sys::fuzz_target;
use voxline_fuzz::pages;

fuzz_target!(|data: &[u8]| {
    let Some((&first, rest)) = data.split_first() else { return };
    let file = pages::of(MAGIC, rest);
    drop(voxline_fuzz::decodes_the_same_in_pieces(&[&[first], &file[..]].concat(), &voxline_fuzz::options()));
});

/// The first packet: 44.1 kHz, mono, blocks of 256 and 2048.
const MAGIC: &[u8] = b"\x01vorbis\0\0\0\0\x01\x44\xAC\0\0\0\0\0\0\0\x77\x01\0\0\0\0\0\xB8\x01";
