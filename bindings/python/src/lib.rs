//! Voxline for Python. Every function here checks its arguments, calls one function of the facade through the one
//! `door`, and converts what comes back; the words for people are in `python/src/voxline`.

mod arguments;
mod array;
mod codec;
mod doctor;
mod door;
mod errors;
mod intake;
mod memory;
mod options;
mod part;
mod path;
mod prepared;
mod preparer;
mod program;
mod report;
mod resampler;
mod service;
mod simulator;
mod source;
mod speex;
mod split;
mod work;

use pyo3::prelude::*;

/// The compiled part of the package `voxline`.
#[pymodule]
mod _voxline {
    #[pymodule_export]
    use super::codec::{Base64Encoder, alaw2lin, base64_encode, lin2alaw, lin2ulaw, ulaw2lin};
    #[pymodule_export]
    use super::doctor::doctor;
    #[pymodule_export]
    use super::errors::{_error_kinds, _provoke};
    #[pymodule_export]
    use super::options::{_gathered, Options, option_table, profiles};
    #[pymodule_export]
    use super::part::Part;
    #[pymodule_export]
    use super::path::{info, load, prepare};
    #[pymodule_export]
    use super::prepared::Prepared;
    #[pymodule_export]
    use super::preparer::Preparer;
    #[pymodule_export]
    use super::program::_main;
    #[pymodule_export]
    use super::resampler::Resampler;
    #[pymodule_export]
    use super::service::chat::{ChatCore, decode_answer};
    #[pymodule_export]
    use super::service::ledger::Ledger;
    #[pymodule_export]
    use super::service::recording::RecordingCore;
    #[pymodule_export]
    use super::service::transcript::parse_callback;
    #[pymodule_export]
    use super::service::transcription::TranscriptionCore;
    #[pymodule_export]
    use super::service::{AudioUrl, RecordingUrl, StreamCore};
    #[pymodule_export]
    use super::simulator::Simulator;
    #[pymodule_export]
    use super::speex::{SpeexDecoder, SpeexEncoder};
    #[pymodule_export]
    use super::split::{Splitter, split};
    #[pymodule_export]
    use super::work::Work;

    /// The version of the package.
    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "Python's name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
