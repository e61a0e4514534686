//! The verbs, one a file.

pub(crate) mod chat;
pub(crate) mod demo;
pub(crate) mod info;
pub(crate) mod options;
pub(crate) mod prepare;
pub(crate) mod sim;

use std::path::Path;

use voxline::Source;

/// `-` is standard input, everything else a path.
pub(crate) fn source(path: &Path) -> Source<'static> {
    if path.as_os_str() == "-" { Source::reader(std::io::stdin()) } else { Source::Path(path.to_owned()) }
}

/// What to call an input in messages.
pub(crate) fn name(path: &Path) -> String {
    if path.as_os_str() == "-" { "standard input".to_owned() } else { path.display().to_string() }
}
