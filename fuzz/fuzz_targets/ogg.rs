//! Pages of Ogg, with and without right checksums, and what is in them.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| voxline_fuzz::as_a_file(b"OggS\0\x02\0\0\0\0\0\0\0\0", data));
