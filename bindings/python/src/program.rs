//! The program `voxline`, for the console script of the wheel.

use std::ffi::OsString;

use pyo3::prelude::*;

use crate::door::Door;

/// Runs the program on its arguments, without its name, and returns its exit code; once a process.
#[pyfunction]
pub(crate) fn _main(py: Python<'_>, arguments: Vec<OsString>) -> PyResult<u8> {
    Door::default().run(py, |_| Ok(voxline_cli::main_from(arguments)))
}
