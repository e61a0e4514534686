//! Whole numbers as arguments: one that no machine word holds is as wrong as any other that cannot be.

use std::hash::{DefaultHasher, Hash, Hasher};

use pyo3::conversion::FromPyObjectOwned;
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use voxline::{Error, ErrorKind};

use crate::errors;

/// A function a name, for `from_py_with`: it is the only one who can say which argument it was.
macro_rules! whole_numbers {
    ($($name:ident: $type:ty;)+) => {
        $(pub(crate) fn $name(given: &Bound<'_, PyAny>) -> PyResult<$type> {
            whole(stringify!($name), given)
        })+
    };
}

whole_numbers! {
    channels: u16;
    complexity: u8;
    count: usize;
    from_rate: u32;
    output: usize;
    pending_polls: u32;
    port: u16;
    quality: u8;
    to_rate: u32;
    width: usize;
}

/// The same where there may be none.
pub(crate) fn code(given: &Bound<'_, PyAny>) -> PyResult<Option<i32>> {
    if given.is_none() { Ok(None) } else { whole("code", given).map(Some) }
}

/// The same where there may be none.
pub(crate) fn key_fetches(given: &Bound<'_, PyAny>) -> PyResult<Option<u32>> {
    if given.is_none() { Ok(None) } else { whole("key_fetches", given).map(Some) }
}

fn whole<'py, T: FromPyObjectOwned<'py>>(name: &str, given: &Bound<'py, PyAny>) -> PyResult<T> {
    let py = given.py();
    given.extract::<T>().map_err(Into::into).map_err(|error: PyErr| match error.is_instance_of::<PyOverflowError>(py) {
        true => invalid(py, "take argument", format!("{name} is out of range")),
        false => error,
    })
}

/// The exception for an argument that cannot be.
pub(crate) fn invalid(py: Python<'_>, op: &'static str, context: impl Into<String>) -> PyErr {
    errors::to_python(py, &Error::new(ErrorKind::InvalidArgument, op, context.into()), None)
}

/// For `__hash__`.
pub(crate) fn hash_of(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
