//! Memory of other objects, as its format says what it is.

use pyo3::buffer::PyUntypedBuffer;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyMemoryView};

/// What lies in memory, as far as it is of use here.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Item {
    Byte,
    Int16,
    Float32,
    /// Anything else, in the machine's order or without one.
    Other,
}

/// A look at the memory of an object that has some.
pub(crate) struct Memory<'py> {
    view: Bound<'py, PyMemoryView>,
    buffer: PyUntypedBuffer,
}

impl<'py> Memory<'py> {
    /// `None` for what has no memory to look at.
    pub(crate) fn new(object: &Bound<'py, PyAny>) -> Option<Self> {
        // ctypes leaves out how far its items lie apart; a view of it does not.
        let view = PyMemoryView::from(object).ok()?;
        let buffer = PyUntypedBuffer::get(&view).ok()?;
        Some(Self { view, buffer })
    }

    /// What lies there; an error for items whose bytes are in the order of another machine.
    pub(crate) fn item(&self) -> PyResult<Item> {
        // ctypes writes the order even where it is the machine's own, and even for single bytes.
        let other: &[u8] = if cfg!(target_endian = "little") { b">!" } else { b"<" };
        let (order, kind) = match self.buffer.format().to_bytes() {
            [order @ (b'@' | b'=' | b'<' | b'>' | b'!'), kind @ ..] => (Some(order), kind),
            kind => (None, kind),
        };
        if self.buffer.item_size() > 1 && order.is_some_and(|order| other.contains(order)) {
            return Err(PyTypeError::new_err("samples of the other byte order: convert them with astype"));
        }
        Ok(match (kind, self.buffer.item_size()) {
            (b"B" | b"c", 1) => Item::Byte,
            (b"h", 2) => Item::Int16,
            (b"f", 4) => Item::Float32,
            _ => Item::Other,
        })
    }

    /// Single bytes, in a row or not.
    pub(crate) fn is_bytes(&self) -> bool {
        matches!(self.item(), Ok(Item::Byte))
    }

    /// All in a row, whatever their dimensions.
    pub(crate) fn is_contiguous(&self) -> bool {
        self.buffer.is_c_contiguous()
    }

    /// The length of each dimension.
    pub(crate) fn shape(&self) -> &[usize] {
        self.buffer.shape()
    }

    /// A copy, row by row: others may write to the memory.
    pub(crate) fn to_bytes(&self) -> PyResult<Bound<'py, PyBytes>> {
        Ok(self.view.call_method0("tobytes")?.cast_into::<PyBytes>()?)
    }
}

/// The content of anything bytes-like: as it is where it cannot change, else a copy.
pub(crate) fn bytes_of<'py>(data: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    if let Ok(bytes) = data.cast_exact::<PyBytes>() {
        return Ok(bytes.clone());
    }
    match Memory::new(data).filter(Memory::is_bytes) {
        Some(memory) => memory.to_bytes(),
        None => Err(PyTypeError::new_err(format!("bytes are needed, not {}", data.get_type().name()?))),
    }
}

/// The same for bytes that stand for items of whatever kind, as long as they are in a row and in the machine's order.
pub(crate) fn raw_bytes_of<'py>(data: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    let Some(memory) = Memory::new(data) else { return bytes_of(data) };
    let item = memory.item()?;
    if item != Item::Byte && !memory.is_contiguous() {
        return Err(PyTypeError::new_err("memory in a row is needed: copy it first"));
    }
    match data.cast_exact::<PyBytes>() {
        Ok(bytes) => Ok(bytes.clone()),
        Err(_) => memory.to_bytes(),
    }
}
