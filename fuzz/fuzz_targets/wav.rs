//! WAV, RF64 and RIFX with every codec that they carry.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| voxline_fuzz::as_a_file(b"RIFF\xFF\xFF\xFF\xFFWAVEfmt ", data));
