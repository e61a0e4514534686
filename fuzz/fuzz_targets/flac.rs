//! FLAC.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| voxline_fuzz::as_a_file(b"fLaC\x80\0\0\x22", data));
