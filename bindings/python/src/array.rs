//! Samples to NumPy arrays, without copying.

use numpy::{Element, PyArray1, PyArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyString;

/// The samples that an array can hold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dtype {
    Int16,
    Float32,
}

impl Dtype {
    /// From its name or anything that NumPy takes as a dtype.
    pub(crate) fn new(given: &Bound<'_, PyAny>) -> PyResult<Self> {
        let name: String = match given.cast::<PyString>() {
            Ok(name) => name.to_str()?.to_owned(),
            Err(_) => given.py().import("numpy")?.call_method1("dtype", (given,))?.getattr("name")?.extract()?,
        };
        match name.as_str() {
            "int16" => Ok(Self::Int16),
            "float32" => Ok(Self::Float32),
            _ => Err(PyValueError::new_err(format!("dtype is {name:?}; use \"int16\" or \"float32\""))),
        }
    }
}

/// `(frames,)` for one channel, `(frames, channels)` for more; the array owns what was the vector.
pub(crate) fn from_samples<T: Element>(
    py: Python<'_>,
    mut samples: Vec<T>,
    channels: usize,
) -> PyResult<Bound<'_, PyAny>> {
    // What growing left over must not live as long as the array.
    if samples.capacity() > samples.len() + samples.len() / 8 {
        samples.shrink_to_fit();
    }
    let frames = samples.len() / channels.max(1);
    let flat = PyArray1::from_vec(py, samples);
    if channels <= 1 { Ok(flat.into_any()) } else { Ok(flat.reshape([frames, channels])?.into_any()) }
}
