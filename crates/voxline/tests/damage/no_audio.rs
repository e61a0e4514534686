//! What is no audio, or none that can be read.

use voxline::ErrorKind::{MalformedInput, UnsupportedFormat};

use crate::case::{Case, case};
use crate::recipe::*;

/// Base64 as in a request (RFC 4648 §4).
fn base64(bytes: &[u8]) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Vec::new();
    for three in bytes.chunks(3) {
        let word = three.iter().chain(&[0, 0]).take(3).fold(0_u32, |word, &byte| word << 8 | u32::from(byte));
        for n in 0..4 {
            let code = (word >> (18 - 6 * n) & 63) as usize;
            out.push(if n <= three.len() { ALPHABET[code] } else { b'=' });
        }
    }
    out
}

pub(crate) fn cases() -> Vec<Case> {
    let whole = wav(&speech(10, 500));
    vec![
        case("empty", "no bytes", Vec::new()).refused(MalformedInput, "the input is empty"),
        case("zeros", "nothing but zeros", vec![0; 9_000]).refused(UnsupportedFormat, "nothing but zero bytes"),
        case("header-zeroed", "the first sector of a WAV file overwritten by zeros", patched(&whole, 0, &[0; 512]))
            .refused(UnsupportedFormat, "headerless audio when input.raw_format"),
        case("noise", "random bytes", noise(18, 5_000)).refused(UnsupportedFormat, "is not recognised"),
        case("base64", "base64 text of a WAV file", base64(&whole)).refused(UnsupportedFormat, "decode it first"),
        case(
            "data-url",
            "base64 text of MP3 in a data URL",
            [b"data:audio/mpeg;base64,".to_vec(), base64(MP3)].concat(),
        )
        .refused(UnsupportedFormat, "base64 text of an MP3 file: decode it first"),
        case("json", "JSON of a service", b"{\"code\":401,\"message\":\"token expired\"}".to_vec())
            .refused(UnsupportedFormat, "JSON text, perhaps a service's error message"),
        case("html", "HTML of a proxy", b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>".to_vec())
            .refused(UnsupportedFormat, "an HTML page"),
        case("text", "a line of text", b"recording not found".to_vec()).refused(UnsupportedFormat, "plain text"),
        case("gzip", "a WAV file behind the head of a gzip archive", [b"\x1F\x8B\x08\0\0\0\0\0", &whole[..]].concat())
            .refused(UnsupportedFormat, "a gzip archive"),
        case("avi", "RIFF of another form", patched(&whole, 8, b"AVI "))
            .refused(UnsupportedFormat, "RIFF file of form"),
    ]
}
