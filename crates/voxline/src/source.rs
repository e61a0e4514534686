//! Where input comes from.

use std::fs::File;
use std::io::{ErrorKind as IoErrorKind, Read};
use std::path::{Path, PathBuf};

use voxline_core::{Error, Result};

/// Bytes are read in pieces of this size.
const READ_BYTES: usize = 64 * 1024;

/// An input: a file, bytes or anything that reads.
///
/// A `&str` or `&Path` is a path, a `&[u8]` is the content itself.
pub enum Source<'a> {
    /// A file to open.
    Path(PathBuf),
    /// The content.
    Bytes(&'a [u8]),
    /// Anything that reads.
    Reader(Box<dyn Read + 'a>),
}

impl<'a> Source<'a> {
    /// A source that reads from `reader`, such as standard input or a response body that is still arriving.
    pub fn reader(reader: impl Read + 'a) -> Self {
        Self::Reader(Box::new(reader))
    }

    /// Opens the source. The second value is its length in bytes, where known.
    pub(crate) fn open(self) -> Result<(Opened<'a>, Option<u64>)> {
        Ok(match self {
            Self::Path(path) => {
                let file = File::open(&path).map_err(|e| Error::io("open input", path.display(), e))?;
                let metadata = file.metadata().map_err(|e| Error::io("open input", path.display(), e))?;
                let length = metadata.is_file().then_some(metadata.len());
                (Opened::Reader(Box::new(file), vec![0; READ_BYTES], path.display().to_string()), length)
            }
            Self::Bytes(bytes) => (Opened::Bytes(bytes), Some(bytes.len() as u64)),
            Self::Reader(reader) => (Opened::Reader(reader, vec![0; READ_BYTES], "input".to_owned()), None),
        })
    }
}

impl From<&Path> for Source<'_> {
    fn from(path: &Path) -> Self {
        Self::Path(path.to_owned())
    }
}

impl From<&PathBuf> for Source<'_> {
    fn from(path: &PathBuf) -> Self {
        Self::Path(path.clone())
    }
}

impl From<&str> for Source<'_> {
    fn from(path: &str) -> Self {
        Self::Path(PathBuf::from(path))
    }
}

impl<'a> From<&'a [u8]> for Source<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Source<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a> From<&'a Vec<u8>> for Source<'a> {
    fn from(bytes: &'a Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

/// A source being read.
pub(crate) enum Opened<'a> {
    Bytes(&'a [u8]),
    Reader(Box<dyn Read + 'a>, Vec<u8>, String),
}

impl Opened<'_> {
    /// The next bytes, empty at the end.
    pub(crate) fn next(&mut self) -> Result<&[u8]> {
        match self {
            Self::Bytes(rest) => {
                let (piece, after) = rest.split_at(rest.len().min(READ_BYTES));
                *rest = after;
                Ok(piece)
            }
            Self::Reader(reader, buffer, name) => loop {
                match reader.read(buffer) {
                    Ok(n) => return Ok(&buffer[..n]),
                    Err(e) if e.kind() == IoErrorKind::Interrupted => {}
                    // A reader of ours (a download that is still arriving) says exactly what went wrong.
                    Err(e) => {
                        return Err(e.downcast::<Error>().unwrap_or_else(|e| Error::io("read input", &*name, e)));
                    }
                }
            },
        }
    }
}

/// How far a long job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Bytes read so far.
    pub input_bytes: u64,
    /// Bytes there are, where known.
    pub input_total_bytes: Option<u64>,
    /// Frames decoded so far.
    pub source_frames: u64,
}
