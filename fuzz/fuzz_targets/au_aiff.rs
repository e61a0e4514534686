//! AU and AIFF.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    voxline_fuzz::as_a_file(b".snd\0\0\0\x18\xFF\xFF\xFF\xFF\0\0\0", data);
    voxline_fuzz::as_a_file(b"FORM\0\0\xFF\xFFAIFCCOMM\0\0\0", data);
});
