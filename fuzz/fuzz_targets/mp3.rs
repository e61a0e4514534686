//! MPEG audio, its tags and its information frames.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| voxline_fuzz::as_a_file(b"\xFF\xFB\x90\x64", data));
