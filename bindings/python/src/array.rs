//! Samples to NumPy arrays, without copying.

use numpy::{Element, PyArray1, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::arguments::invalid;

/// The samples that an array can hold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dtype {
    Int16,
    Float32,
}

impl Dtype {
    /// From its name or anything that NumPy takes as a dtype.
    pub(crate) fn new(given: &Bound<'_, PyAny>) -> PyResult<Self> {
        // The usual names, without NumPy.
        if let Ok(name) = given.cast::<PyString>() {
            match name.to_str()? {
                "int16" => return Ok(Self::Int16),
                "float32" => return Ok(Self::Float32),
                _ => {}
            }
        }
        let py = given.py();
        let refused = || invalid(py, "take argument", format!("dtype is {given}; use \"int16\" or \"float32\""));
        let dtype = match py.import("numpy")?.call_method1("dtype", (given,)) {
            Err(_) if given.is_instance_of::<PyString>() => return Err(refused()),
            dtype => dtype?,
        };
        // That of another machine has the same name.
        if !dtype.getattr("isnative")?.extract::<bool>()? {
            return Err(refused());
        }
        match dtype.getattr("name")?.extract::<String>()?.as_str() {
            "int16" => Ok(Self::Int16),
            "float32" => Ok(Self::Float32),
            _ => Err(refused()),
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
