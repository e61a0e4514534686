//! Base64 in pieces is base64 in one.
#![no_main]

use base64::Engine as _;
use libfuzzer_sys::fuzz_target;
use voxline::payload::{Base64Encoder, base64_len};

fuzz_target!(|data: &[u8]| {
    let Some((&first, bytes)) = data.split_first() else { return };
    let (mut encoder, mut text) = (Base64Encoder::new(), Vec::new());
    for piece in bytes.chunks(1 + usize::from(first)) {
        encoder.push(piece, &mut text);
    }
    encoder.finish(&mut text);
    assert_eq!(text.len() as u64, base64_len(bytes.len() as u64));
    assert_eq!(text, base64::engine::general_purpose::STANDARD.encode(bytes).into_bytes());
});
