//! Base64, and the functions of the former module `audioop` that telephony needs.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use voxline::g711;
use voxline::payload;

use crate::arguments::{self, invalid};
use crate::memory::{bytes_of, raw_bytes_of};

/// Base64 text of bytes: standard alphabet, padded, no line breaks.
///
/// >>> import voxline
/// >>> voxline.base64_encode(b"foob")
/// 'Zm9vYg=='
#[pyfunction]
pub(crate) fn base64_encode<'py>(py: Python<'py>, data: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyString>> {
    let bytes = bytes_of(data)?;
    let bytes = bytes.as_bytes();
    let text = py.detach(|| {
        let (mut encoder, mut text) = (payload::Base64Encoder::new(), Vec::new());
        encoder.push(bytes, &mut text);
        encoder.finish(&mut text);
        text
    });
    PyString::from_bytes(py, &text)
}

/// Base64 piece by piece: the same text for any cutting of the input.
///
/// >>> import voxline
/// >>> encoder = voxline.Base64Encoder()
/// >>> encoder.push(b"fo") + encoder.push(b"ob") + encoder.finish()
/// 'Zm9vYg=='
#[pyclass(module = "voxline")]
#[derive(Default)]
pub(crate) struct Base64Encoder {
    inner: payload::Base64Encoder,
}

#[pymethods]
impl Base64Encoder {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    /// The text of all whole groups of three bytes; the rest is kept.
    fn push<'py>(&mut self, py: Python<'py>, data: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyString>> {
        let mut text = Vec::new();
        self.inner.push(bytes_of(data)?.as_bytes(), &mut text);
        PyString::from_bytes(py, &text)
    }

    /// The last group, padded; starts anew.
    fn finish<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        let mut text = Vec::new();
        self.inner.finish(&mut text);
        PyString::from_bytes(py, &text)
    }
}

/// µ-law bytes to linear samples of width bytes (1 to 4) in the machine's order, as audioop did.
///
/// This one and its three siblings take memory of any kind that lies in a row, and go by its bytes.
///
/// >>> import voxline
/// >>> voxline.lin2ulaw(voxline.ulaw2lin(bytes(range(256)), 2), 2)[:4]
/// b'\x00\x01\x02\x03'
#[pyfunction]
#[pyo3(signature = (fragment, width=2, /))]
pub(crate) fn ulaw2lin<'py>(
    py: Python<'py>,
    fragment: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::width)] width: usize,
) -> PyResult<Bound<'py, PyBytes>> {
    expand(py, fragment, width, g711::mulaw_to_linear)
}

/// A-law bytes to linear samples of width bytes (1 to 4) in the machine's order, as audioop did.
#[pyfunction]
#[pyo3(signature = (fragment, width=2, /))]
pub(crate) fn alaw2lin<'py>(
    py: Python<'py>,
    fragment: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::width)] width: usize,
) -> PyResult<Bound<'py, PyBytes>> {
    expand(py, fragment, width, g711::alaw_to_linear)
}

/// Linear samples of width bytes (1 to 4) in the machine's order to µ-law bytes.
///
/// Decision values are those of G.711. For 508 of the 65536 samples, all below zero, audioop gave the neighbouring code,
/// whose value is farther from the sample or as far.
#[pyfunction]
#[pyo3(signature = (fragment, width=2, /))]
pub(crate) fn lin2ulaw<'py>(
    py: Python<'py>,
    fragment: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::width)] width: usize,
) -> PyResult<Bound<'py, PyBytes>> {
    compress(py, fragment, width, g711::linear_to_mulaw)
}

/// Linear samples of width bytes (1 to 4) in the machine's order to A-law bytes, as audioop did.
#[pyfunction]
#[pyo3(signature = (fragment, width=2, /))]
pub(crate) fn lin2alaw<'py>(
    py: Python<'py>,
    fragment: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::width)] width: usize,
) -> PyResult<Bound<'py, PyBytes>> {
    compress(py, fragment, width, g711::linear_to_alaw)
}

fn expand<'py>(
    py: Python<'py>,
    fragment: &Bound<'py, PyAny>,
    width: usize,
    law: fn(u8) -> i16,
) -> PyResult<Bound<'py, PyBytes>> {
    check(py, width, width)?;
    let bytes = raw_bytes_of(fragment)?;
    let bytes = bytes.as_bytes();
    let linear: Vec<u8> = py.detach(|| {
        let samples =
            bytes.iter().flat_map(|code| (i32::from(law(*code)) << 16).to_le_bytes().into_iter().skip(4 - width));
        samples.collect()
    });
    Ok(PyBytes::new(py, &native(linear, width)))
}

fn compress<'py>(
    py: Python<'py>,
    fragment: &Bound<'py, PyAny>,
    width: usize,
    law: fn(i16) -> u8,
) -> PyResult<Bound<'py, PyBytes>> {
    let bytes = raw_bytes_of(fragment)?;
    check(py, width, bytes.as_bytes().len())?;
    let bytes = native(bytes.as_bytes().to_vec(), width);
    let codes: Vec<u8> = py.detach(|| {
        let sample = |bytes: &[u8]| match bytes {
            [high] => i16::from_le_bytes([0, *high]),
            [.., low, high] => i16::from_le_bytes([*low, *high]),
            [] => 0,
        };
        bytes.chunks_exact(width).map(|bytes| law(sample(bytes))).collect()
    });
    Ok(PyBytes::new(py, &codes))
}

fn check(py: Python<'_>, width: usize, length: usize) -> PyResult<()> {
    if !(1..=4).contains(&width) {
        return Err(invalid(py, "convert G.711", format!("width is {width}; use 1, 2, 3 or 4")));
    }
    if length.is_multiple_of(width) {
        return Ok(());
    }
    Err(invalid(py, "convert G.711", format!("{length} bytes are no whole samples of {width}")))
}

/// Between little-endian and the machine's order.
fn native(mut bytes: Vec<u8>, width: usize) -> Vec<u8> {
    if cfg!(target_endian = "big") {
        bytes.chunks_exact_mut(width).for_each(<[u8]>::reverse);
    }
    bytes
}
