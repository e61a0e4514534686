//! The verbs, one a file.

pub(crate) mod chat;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod info;
pub(crate) mod listen;
pub(crate) mod options;
pub(crate) mod prepare;
pub(crate) mod recording;
pub(crate) mod sim;
pub(crate) mod split;
pub(crate) mod transcribe;

use std::path::Path;

use voxline::{Error, Source};

/// `-` is standard input, everything else a path.
pub(crate) fn source(path: &Path) -> Source<'static> {
    if path.as_os_str() == "-" { Source::reader(std::io::stdin()) } else { Source::Path(path.to_owned()) }
}

/// The error with the name of the input, unless it names its place already.
pub(crate) fn about(error: Error, name: &str) -> Error {
    match error.op() {
        "open input" | "read input" | "open output" | "write output" | "write report" => error,
        _ => error.at(name),
    }
}

/// What to call an input in messages.
pub(crate) fn name(path: &Path) -> String {
    if path.as_os_str() == "-" { "standard input".to_owned() } else { path.display().to_string() }
}
