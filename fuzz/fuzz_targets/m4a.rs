//! AAC in MP4.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| voxline_fuzz::as_a_file(b"\0\0\0\x10ftypM4A \0\0\0\0", data));
