//! Voxline for C: checks, one call into the facade, conversion of the result. Nothing is decided here.
//!
//! `include/voxline.h` is made from this crate by `cargo xtask gen`: doc comments of what is exported are written for
//! readers of that header. The rules that hold for every function stand in `cbindgen.toml`, at its top.
#![expect(non_camel_case_types, reason = "these are the names of the header")]
#![expect(
    clippy::missing_safety_doc,
    reason = "the rules for pointers are the same everywhere and stand once in the header"
)]

mod about;
mod audio;
mod base64;
mod boundary;
mod bytes;
mod cancel;
mod chat;
mod chat_long;
mod doctor;
mod error;
mod handle;
mod json;
mod ledger;
mod listener;
mod log;
mod options;
mod prepare;
mod preparer;
mod recording;
mod recording_stream;
mod report;
mod settings;
mod speex;
mod split;
mod splitter;
mod status;
mod transcription;

pub use about::*;
pub use audio::*;
pub use base64::*;
pub use bytes::*;
pub use cancel::*;
pub use chat::*;
pub use chat_long::*;
pub use doctor::*;
pub use error::*;
pub use json::*;
pub use ledger::*;
pub use log::*;
pub use options::*;
pub use prepare::*;
pub use preparer::*;
pub use recording::*;
pub use recording_stream::*;
pub use report::*;
pub use settings::*;
pub use speex::*;
pub use split::*;
pub use splitter::*;
pub use status::*;
pub use transcription::*;

#[cfg(test)]
mod tests {
    use std::path::Path;

    fn modules(source: &str) -> Vec<&str> {
        source.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';')).collect()
    }

    #[test]
    fn the_library_that_panics_has_every_module() {
        let (own, other) = (include_str!("lib.rs"), include_str!("../tests/panicking/lib.rs"));
        assert!(modules(own).len() > 15);
        assert_eq!(modules(own), modules(other));
    }

    /// What gives constants or does sums that cannot fail needs no door.
    const PLAIN: [&str; 4] = ["voxline_abi_version", "voxline_base64_max", "voxline_features", "voxline_version"];

    #[test]
    fn every_exported_function_passes_through_the_boundary() {
        let (mut count, mut plain) = (0, Vec::new());
        for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap() {
            let path = entry.unwrap().path();
            let source = if path.is_file() { std::fs::read_to_string(&path).unwrap() } else { continue };
            for function in source.split("#[unsafe(no_mangle)]\n").skip(1) {
                let body = function.split("\n}\n").next().unwrap();
                let name = body.split("fn ").nth(1).and_then(|rest| rest.split('(').next()).unwrap();
                count += 1;
                if !["call(err, ", "peek(", "sheltered(", "free("].iter().any(|door| body.contains(door)) {
                    plain.push(name.to_owned());
                }
            }
        }
        plain.sort();
        assert_eq!(plain, PLAIN);
        assert!(count > 175, "{count}");
    }
}
