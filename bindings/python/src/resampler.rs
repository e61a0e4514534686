//! The rate conversion by itself.

use std::sync::{Mutex, PoisonError};

use numpy::PyArray1;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use voxline::{Error, ErrorKind, Result};

use crate::arguments::{self, invalid};
use crate::array::from_samples;
use crate::door::{Door, quick};
use crate::memory::{Item, Memory};

/// Converts sample rates while the samples arrive: what audioop.ratecv did, with a filter that keeps aliases out.
///
/// n frames in become round(n * to / from) frames out, with no delay, the same however the input is cut.
/// Samples are int16 as bytes or as a NumPy array, or float32 as an array; what comes out is of that kind.
/// May be used from several threads, one call at a time.
///
/// Args:
///     from_rate, to_rate: in Hz, 4000 to 384000.
///     channels: samples of a frame; arrays may be (frames, channels) or flat.
///     quality: "fast", "standard" or "best".
///
/// >>> import voxline
/// >>> resampler = voxline.Resampler(8000, 16000)
/// >>> len(resampler.push(bytes(1600)) + resampler.finish())
/// 3200
#[pyclass(module = "voxline", frozen)]
pub(crate) struct Resampler {
    state: Mutex<State>,
    channels: usize,
}

struct State {
    s16: voxline::Resampler<i16>,
    f32: voxline::Resampler<f32>,
    /// Of the samples since the start.
    kind: Option<Kind>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Bytes,
    Int16,
    Float32,
}

/// Samples on their way in or out.
pub(crate) enum Samples {
    S16(Vec<i16>),
    F32(Vec<f32>),
}

#[pymethods]
impl Resampler {
    #[new]
    #[pyo3(signature = (from_rate, to_rate, *, channels=1, quality="standard"))]
    fn new(
        py: Python<'_>,
        #[pyo3(from_py_with = arguments::from_rate)] from_rate: u32,
        #[pyo3(from_py_with = arguments::to_rate)] to_rate: u32,
        #[pyo3(from_py_with = arguments::channels)] channels: u16,
        quality: &str,
    ) -> PyResult<Self> {
        let state = quick(py, || {
            let mut options = voxline::Options::default();
            options.set("resample.quality", quality)?;
            let quality = options.resample.quality;
            Ok(State {
                s16: voxline::Resampler::new(from_rate, to_rate, channels, quality)?,
                f32: voxline::Resampler::new(from_rate, to_rate, channels, quality)?,
                kind: None,
            })
        })?;
        Ok(Self { state: Mutex::new(state), channels: usize::from(channels) })
    }

    /// Takes the next frames and gives those that are ready.
    fn push<'py>(&self, py: Python<'py>, samples: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let (kind, samples) = taken(py, samples, self.channels)?;
        self.run(py, move |state| {
            if *state.kind.get_or_insert(kind) != kind {
                let context = "samples of another kind than before; finish or reset first";
                return Err(Error::new(ErrorKind::InvalidState, "resample", context));
            }
            state.push(&samples).map(|out| (Some(kind), out))
        })
    }

    /// The rest; starts anew, and may then take samples of another kind.
    fn finish<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.run(py, |state| {
            let kind = state.kind.take();
            Ok((kind, state.finish(kind)))
        })
    }

    /// Forgets everything that was pushed: as new.
    fn reset(&self, py: Python<'_>) {
        py.detach(|| {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.s16.reset();
            state.f32.reset();
            state.kind = None;
        });
    }
}

impl Resampler {
    /// The lock is only ever awaited without the interpreter's: two threads cannot wait for each other.
    fn run<'py>(
        &self,
        py: Python<'py>,
        work: impl FnOnce(&mut State) -> Result<(Option<Kind>, Samples)> + Send,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (kind, out) =
            Door::default().run(py, |_| work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner)))?;
        match (kind, out) {
            (Some(Kind::Int16), Samples::S16(out)) => array(py, out, self.channels),
            (_, Samples::F32(out)) => array(py, out, self.channels),
            (_, Samples::S16(out)) => {
                let bytes: Vec<u8> = out.iter().flat_map(|sample| sample.to_ne_bytes()).collect();
                Ok(PyBytes::new(py, &bytes).into_any())
            }
        }
    }
}

impl State {
    fn push(&mut self, samples: &Samples) -> Result<Samples> {
        match samples {
            Samples::S16(samples) => {
                let mut out = Vec::new();
                self.s16.push(samples, &mut out).map(|()| Samples::S16(out))
            }
            Samples::F32(samples) => {
                let mut out = Vec::new();
                self.f32.push(samples, &mut out).map(|()| Samples::F32(out))
            }
        }
    }

    fn finish(&mut self, kind: Option<Kind>) -> Samples {
        if kind == Some(Kind::Float32) {
            let mut out = Vec::new();
            self.f32.finish(&mut out);
            return Samples::F32(out);
        }
        let mut out = Vec::new();
        self.s16.finish(&mut out);
        Samples::S16(out)
    }
}

/// What was handed in, copied: others may write to it meanwhile. Arrays are flat, or frames of `channels` samples.
pub(crate) fn taken(py: Python<'_>, samples: &Bound<'_, PyAny>, channels: usize) -> PyResult<(Kind, Samples)> {
    let memory = Memory::new(samples);
    let item = memory.as_ref().map_or(Ok(Item::Other), Memory::item)?;
    let (Some(memory), Item::Byte | Item::Int16 | Item::Float32) = (memory, item) else {
        return Err(PyTypeError::new_err("samples are int16 (bytes or an array) or float32 (an array)"));
    };
    match (memory.shape(), item) {
        ([_], _) => {}
        ([_, each], Item::Int16 | Item::Float32) if *each == channels => {}
        (shape, _) => {
            let taken = if item == Item::Byte {
                "bytes in a row".to_owned()
            } else {
                format!("(samples,) or (frames, {channels})")
            };
            return Err(invalid(py, "take samples", format!("the shape is {shape:?}; use {taken}")));
        }
    }
    let bytes = memory.to_bytes()?;
    let bytes = bytes.as_bytes();
    if item == Item::Float32 {
        let (samples, _) = bytes.as_chunks::<4>();
        return Ok((Kind::Float32, Samples::F32(samples.iter().map(|sample| f32::from_ne_bytes(*sample)).collect())));
    }
    let (samples, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(invalid(py, "take samples", "an odd number of bytes: samples have two"));
    }
    let kind = if item == Item::Byte { Kind::Bytes } else { Kind::Int16 };
    Ok((kind, Samples::S16(samples.iter().map(|sample| i16::from_ne_bytes(*sample)).collect())))
}

/// Also with no frame at all the shape is the usual one.
fn array<T: numpy::Element>(py: Python<'_>, samples: Vec<T>, channels: usize) -> PyResult<Bound<'_, PyAny>> {
    if channels == 1 { Ok(PyArray1::from_vec(py, samples).into_any()) } else { from_samples(py, samples, channels) }
}
