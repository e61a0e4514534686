//! A part of a recording.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString, PyTuple};
use voxline::payload::{Base64Encoder, base64_len};

use crate::arguments::hash_of;
use crate::door::quick;
use crate::report::{from_json, to_json};

/// What a pickled object is made of: outputs, and what they are as JSON.
type Parts = (Py<PyTuple>, String);

/// A part of a recording, encoded by itself: bytes, and where they lie.
///
/// Frames are those of the recording as prepared. Immutable, hashable and picklable; `bytes(part)` is `part.data`.
#[pyclass(module = "voxline", frozen)]
pub(crate) struct Part {
    outputs: Py<PyTuple>,
    /// Without its outputs.
    inner: voxline::Part,
}

impl Part {
    /// Hands the bytes over to Python.
    pub(crate) fn new(py: Python<'_>, mut part: voxline::Part) -> PyResult<Self> {
        let outputs = part.take_outputs();
        let outputs = PyTuple::new(py, outputs.iter().map(|bytes| PyBytes::new(py, bytes)))?.unbind();
        Ok(Self { outputs, inner: part })
    }

    /// The same as the facade has it, copied.
    pub(crate) fn to_facade(&self, py: Python<'_>) -> PyResult<voxline::Part> {
        Ok(self.inner.clone().with_outputs(self.outputs.bind(py).extract()?))
    }
}

#[pymethods]
impl Part {
    /// Which part; the first is 0.
    #[getter]
    fn index(&self) -> usize {
        self.inner.index
    }

    /// Where it begins, the repeated frames included.
    #[getter]
    fn start_frame(&self) -> u64 {
        self.inner.start_frame
    }

    /// The frame behind its last one.
    #[getter]
    fn end_frame(&self) -> u64 {
        self.inner.end_frame()
    }

    /// Its frames, the repeated ones included.
    #[getter]
    fn frames(&self) -> u64 {
        self.inner.frames
    }

    /// How many of its first frames the part before holds too.
    #[getter]
    fn overlap_frames(&self) -> u64 {
        self.inner.overlap_frames
    }

    /// Where it begins, in seconds.
    #[getter]
    fn start_s(&self) -> f64 {
        self.inner.start_s()
    }

    /// Where it ends, in seconds.
    #[getter]
    fn end_s(&self) -> f64 {
        self.inner.end_s()
    }

    /// What it ends in: "pause", "short_pause" where there was no longer one, "speech" where there was none at all, "end".
    #[getter]
    fn cut(&self) -> &'static str {
        self.inner.cut.as_str()
    }

    /// Frames a second.
    #[getter]
    fn sample_rate_hz(&self) -> u32 {
        self.inner.sample_rate_hz
    }

    /// Channels of one output.
    #[getter]
    fn channel_count(&self) -> u16 {
        self.inner.channel_count
    }

    /// What the bytes are: "pcm", "wav", "speex" …
    #[getter]
    fn encoding(&self) -> &'static str {
        self.inner.encoding.as_str()
    }

    /// Bytes of each Speex packet, its length byte included, where packets follow each other without a container.
    #[getter]
    fn packet_bytes(&self) -> Option<u64> {
        self.inner.packet_bytes
    }

    /// Whether the outputs are base64 text already.
    #[getter]
    fn is_base64(&self) -> bool {
        self.inner.is_base64()
    }

    /// The bytes of the first output.
    #[getter]
    fn data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        first(self.outputs.bind(py))
    }

    /// The bytes of every output: one, or with `channels="split"` one a channel.
    #[getter]
    fn outputs(&self, py: Python<'_>) -> Py<PyTuple> {
        self.outputs.clone_ref(py)
    }

    /// The first output as base64 text without line breaks.
    fn base64<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        base64(&first(self.outputs.bind(py))?, self.inner.is_base64())
    }

    fn __bytes__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        first(self.outputs.bind(py))
    }

    fn __eq__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Ok(other) = other.cast::<Self>() else { return Ok(false) };
        let other = other.get();
        Ok(self.inner == other.inner && self.outputs.bind(py).eq(other.outputs.bind(py))?)
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<u64> {
        Ok(hash_of(&(self.inner.index, self.inner.start_frame, self.outputs.bind(py).hash()?)))
    }

    fn __repr__(&self) -> String {
        let (part, hz) = (&self.inner, self.inner.sample_rate_hz);
        let (start, end, cut) = (part.start_s(), part.end_s(), part.cut.as_str());
        format!(
            "<voxline.Part {} {start:.3} to {end:.3} s, {} {hz} Hz, ends in {cut}>",
            part.index,
            part.encoding.as_str()
        )
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Parts)> {
        let json = quick(py, || to_json(&self.inner))?;
        Ok((py.get_type::<Self>().getattr("_restore")?, (self.outputs.clone_ref(py), json)))
    }

    #[staticmethod]
    fn _restore(py: Python<'_>, outputs: Py<PyTuple>, part: &str) -> PyResult<Self> {
        Ok(Self { outputs, inner: quick(py, || from_json(part))? })
    }
}

/// The bytes of the first output.
pub(crate) fn first<'py>(outputs: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyBytes>> {
    match outputs.iter().next() {
        Some(bytes) => Ok(bytes.cast_into::<PyBytes>()?),
        None => Ok(PyBytes::new(outputs.py(), &[])),
    }
}

/// Bytes as text, unless they are that already.
pub(crate) fn base64<'py>(data: &Bound<'py, PyBytes>, is_base64: bool) -> PyResult<Bound<'py, PyString>> {
    let bytes = data.as_bytes();
    if is_base64 {
        return PyString::from_bytes(data.py(), bytes);
    }
    let mut out = Vec::with_capacity(base64_len(bytes.len() as u64) as usize);
    let mut encoder = Base64Encoder::new();
    encoder.push(bytes, &mut out);
    encoder.finish(&mut out);
    PyString::from_bytes(data.py(), &out)
}
