//! Voxline for Python. Every function here checks its arguments, calls one function of the facade through the one
//! [`door`], and converts what comes back; the words for people are in `python/src/voxline`.

mod array;
mod door;
mod errors;
mod options;
mod path;
mod prepared;
mod report;
mod source;

use pyo3::prelude::*;

/// The compiled part of the package `voxline`.
#[pymodule]
mod _voxline {
    #[pymodule_export]
    use super::errors::{_error_kinds, _provoke};
    #[pymodule_export]
    use super::options::{Options, option_table, profiles};
    #[pymodule_export]
    use super::path::{info, load, prepare};
    #[pymodule_export]
    use super::prepared::Prepared;

    /// The version of the package.
    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "Python's name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
