//! What Python hands in as a recording: a path, bytes, or anything with `read`.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use pyo3::buffer::PyBuffer;
use pyo3::exceptions::{PyBlockingIOError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyMemoryView, PySlice, PyString};
use voxline::Source;

use crate::door::Raised;
use crate::memory::{Memory, bytes_of};

/// An input that keeps what it needs alive.
pub(crate) enum Input<'py> {
    /// Bytes that cannot change: used where they are.
    Bytes(Bound<'py, PyBytes>),
    /// A file, opened by Rust.
    Path(PathBuf),
    /// Memory that others may write to: copied piece by piece while the interpreter is held.
    Buffer(Bound<'py, PyMemoryView>),
    /// An object with `read`.
    File(Py<PyAny>),
    /// The same, opened here and to be closed.
    Opened(Bound<'py, PyAny>),
}

impl<'py> Input<'py> {
    /// Sees what it is.
    pub(crate) fn new(src: &Bound<'py, PyAny>) -> PyResult<Self> {
        if let Ok(bytes) = src.cast_exact::<PyBytes>() {
            return Ok(Self::Bytes(bytes.clone()));
        }
        if src.is_instance_of::<PyString>() || src.hasattr("__fspath__")? {
            let path: PathBuf = src.extract()?;
            // A pipe can keep its reader waiting for ever: Python's own file hears Ctrl-C.
            let is_stream = std::fs::metadata(&path).is_ok_and(|data| !data.is_file() && !data.is_dir());
            if !is_stream {
                return Ok(Self::Path(path));
            }
            let file = src.py().import("io")?.call_method1("open", (path, "rb", 0))?;
            return Ok(Self::Opened(file));
        }
        match Memory::new(src) {
            Some(memory) if memory.is_bytes() && memory.is_contiguous() && memory.shape().len() == 1 => {
                return Ok(Self::Buffer(PyMemoryView::from(src)?));
            }
            // Scattered memory, or memory of something other than bytes.
            _ if src.hasattr("read")? => return Ok(Self::File(src.clone().unbind())),
            _ => {}
        }
        let kind = src.get_type().name()?;
        Err(PyTypeError::new_err(format!(
            "a recording is a path, contiguous bytes, or a binary file object with read(), not {kind}"
        )))
    }

    /// The path that is going to be opened.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::Path(path) => Some(path),
            _ => None,
        }
    }

    /// What crosses the door.
    pub(crate) fn crossing(&self, py: Python<'py>, raised: &Raised) -> Crossing<'_> {
        let raised = raised.clone();
        match self {
            Self::Bytes(bytes) => Crossing::Bytes(bytes.as_bytes()),
            Self::Path(path) => Crossing::Path(path),
            Self::Buffer(buffer) => Crossing::Buffer(BufferReader { buffer: buffer.clone().unbind(), at: 0, raised }),
            Self::File(file) => {
                Crossing::File(FileReader { file: file.clone_ref(py), raised, rest: Vec::new(), taken: 0 })
            }
            Self::Opened(file) => {
                Crossing::File(FileReader { file: file.clone().unbind(), raised, rest: Vec::new(), taken: 0 })
            }
        }
    }

    /// Ends what [`Input::new`] began.
    pub(crate) fn close(&self) -> PyResult<()> {
        match self {
            Self::Opened(file) => file.call_method0("close").map(drop),
            _ => Ok(()),
        }
    }
}

/// An input on the side without the interpreter.
pub(crate) enum Crossing<'a> {
    Bytes(&'a [u8]),
    Path(&'a Path),
    Buffer(BufferReader),
    File(FileReader),
}

impl<'a> From<Crossing<'a>> for Source<'a> {
    fn from(crossing: Crossing<'a>) -> Self {
        match crossing {
            Crossing::Bytes(bytes) => bytes.into(),
            Crossing::Path(path) => path.into(),
            Crossing::Buffer(reader) => Source::reader(reader),
            Crossing::File(reader) => Source::reader(reader),
        }
    }
}

/// Reads memory that belongs to Python.
pub(crate) struct BufferReader {
    buffer: Py<PyMemoryView>,
    at: isize,
    raised: Raised,
}

impl Read for BufferReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let copied = Python::attach(|py| {
            py.check_signals()?;
            let end = self.at.saturating_add_unsigned(out.len());
            let piece = self.buffer.bind(py).get_item(PySlice::new(py, self.at, end, 1))?;
            if let Ok(piece) = PyBuffer::<u8>::get(&piece) {
                let out = &mut out[..piece.item_count()];
                piece.copy_to_slice(py, out)?;
                return Ok(out.len());
            }
            // Bytes all the same, by another name.
            let piece = bytes_of(&piece)?;
            let piece = piece.as_bytes();
            out[..piece.len()].copy_from_slice(piece);
            Ok(piece.len())
        });
        self.at = self.at.saturating_add_unsigned(*copied.as_ref().unwrap_or(&0));
        copied.map_err(|error| kept(&self.raised, error))
    }
}

/// Reads from an object with `read`.
pub(crate) struct FileReader {
    file: Py<PyAny>,
    raised: Raised,
    /// What it gave beyond what was asked for.
    rest: Vec<u8>,
    /// How much of it was handed on.
    taken: usize,
}

impl Read for FileReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.rest.len() {
            let got = Python::attach(|py| self.fetch(py, out.len()));
            (self.rest, self.taken) = (got.map_err(|error| kept(&self.raised, error))?, 0);
        }
        let rest = &self.rest[self.taken..];
        let count = rest.len().min(out.len());
        out[..count].copy_from_slice(&rest[..count]);
        self.taken += count;
        Ok(count)
    }
}

impl FileReader {
    fn fetch(&self, py: Python<'_>, count: usize) -> PyResult<Vec<u8>> {
        let got = self.file.bind(py).call_method1("read", (count,))?;
        py.check_signals()?;
        if let Ok(bytes) = got.cast::<PyBytes>() {
            return Ok(bytes.as_bytes().to_vec());
        }
        if got.is_none() {
            return Err(PyBlockingIOError::new_err("read() gave None: the file is non-blocking and has nothing yet"));
        }
        bytes_of(&got).map(|bytes| bytes.as_bytes().to_vec()).or_else(|_| {
            let kind = got.get_type().name()?;
            Err(PyTypeError::new_err(format!("read() gave {kind}, not bytes: open the file in binary mode")))
        })
    }
}

/// Leaves the exception where the door finds it.
fn kept(raised: &Raised, error: PyErr) -> io::Error {
    raised.keep(error);
    io::Error::other("an exception in Python")
}
