//! Packets of Opus in pages that are right.
#![no_main]

use libfuzzer_sys::fuzz_target;
use voxline_fuzz::pages;

fuzz_target!(|data: &[u8]| {
    let Some((&first, rest)) = data.split_first() else { return };
    let file = pages::of(MAGIC, rest);
    drop(voxline_fuzz::decodes_the_same_in_pieces(&[&[first], &file[..]].concat(), &voxline_fuzz::options()));
});

/// The first packet: mono, 312 frames of pre-skip.
const MAGIC: &[u8] = b"OpusHead\x01\x01\x38\x01\x80\xBB\0\0\0\0\0";
