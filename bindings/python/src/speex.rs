//! The Speex codec by itself.

use std::sync::{Mutex, MutexGuard, PoisonError};

use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use voxline::Result;
use voxline::speex::{self, Decoder, Encoder, EncoderOptions, Mode};

use crate::arguments;
use crate::array::Dtype;
use crate::door::{Door, quick};
use crate::memory::bytes_of;
use crate::resampler::{Samples, taken};
use crate::service::{one_of, word_of};

const BANDS: &[(&str, Mode)] = &[("narrowband", Mode::Narrowband), ("wideband", Mode::Wideband)];

/// Codes speech into Speex packets, 20 ms each, all of the same size.
///
/// For programs that carry packets themselves; whole recordings go through prepare with encoding="speex",
/// "speex-wb" or "spx". What a decoder makes of a packet is late by lookahead samples, those of the decoder besides.
/// May be used from several threads, one call at a time.
///
/// Args:
///     band: "narrowband" (8000 Hz, frames of 160 samples) or "wideband" (16000 Hz, 320).
///     quality: 0 to 10; more sounds better and takes more bytes.
///     complexity: 1 to 10; more takes longer and no more bytes.
///
/// Raises:
///     InvalidArgumentError: a band, quality or complexity that is not known.
///
/// >>> import voxline
/// >>> encoder = voxline.SpeexEncoder("wideband", quality=8)
/// >>> encoder.sample_rate, encoder.frame_samples, encoder.packet_bytes
/// (16000, 320, 70)
/// >>> len(encoder.encode(bytes(640)))
/// 70
#[pyclass(module = "voxline", frozen)]
pub(crate) struct SpeexEncoder {
    inner: Mutex<Encoder>,
    mode: Mode,
    options: EncoderOptions,
    packet_bytes: usize,
}

#[pymethods]
impl SpeexEncoder {
    #[new]
    #[pyo3(signature = (band="narrowband", *, quality=8, complexity=3))]
    fn new(
        py: Python<'_>,
        band: &str,
        #[pyo3(from_py_with = arguments::quality)] quality: u8,
        #[pyo3(from_py_with = arguments::complexity)] complexity: u8,
    ) -> PyResult<Self> {
        let options = EncoderOptions::default().with_quality(quality).with_complexity(complexity);
        let (mode, inner) = quick(py, || {
            let mode = one_of("band", band, BANDS)?;
            Ok((mode, Encoder::new(mode, &options).map_err(|e| speex::error("make encoder", e))?))
        })?;
        let packet_bytes = inner.packet_bytes();
        Ok(Self { inner: Mutex::new(inner), mode, options, packet_bytes })
    }

    /// Codes one frame: frame_samples samples of int16 (an array or bytes) or of float32 with full scale ±1.
    ///
    /// Returns packet_bytes bytes. InvalidArgumentError for another number of samples; the encoder is then as before.
    fn encode<'py>(&self, py: Python<'py>, frame: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
        let (_, samples) = taken(py, frame, 1)?;
        let packet = Door::default().run(py, |_| {
            let mut inner = self.lock();
            let mut packet = vec![0; inner.packet_bytes()];
            let written = match &samples {
                Samples::S16(frame) => inner.encode(frame, &mut packet),
                Samples::F32(frame) => inner.encode_f32(frame, &mut packet),
            };
            packet.truncate(written.map_err(|e| speex::error("encode", e))?);
            Ok(packet)
        })?;
        Ok(PyBytes::new(py, &packet))
    }

    /// Forgets what it has heard: what follows is coded as by a new encoder.
    fn reset(&self, py: Python<'_>) {
        py.detach(|| self.lock().reset());
    }

    /// "narrowband" or "wideband".
    #[getter]
    fn band(&self) -> Option<&'static str> {
        word_of(&self.mode, BANDS)
    }

    /// Samples a second.
    #[getter]
    fn sample_rate(&self) -> u32 {
        self.mode.sample_rate_hz()
    }

    /// Samples of a frame.
    #[getter]
    fn frame_samples(&self) -> usize {
        self.mode.frame_samples()
    }

    /// Bytes of every packet.
    #[getter]
    fn packet_bytes(&self) -> usize {
        self.packet_bytes
    }

    /// How many samples the coded signal is late.
    #[getter]
    fn lookahead(&self) -> usize {
        self.mode.encoder_lookahead()
    }

    /// 0 to 10.
    #[getter]
    fn quality(&self) -> u8 {
        self.options.quality
    }

    /// 1 to 10.
    #[getter]
    fn complexity(&self) -> u8 {
        self.options.complexity
    }

    fn __repr__(&self) -> String {
        let (quality, complexity) = (self.options.quality, self.options.complexity);
        let band = self.band().unwrap_or_default();
        format!("SpeexEncoder('{band}', quality={quality}, complexity={complexity})")
    }
}

impl SpeexEncoder {
    fn lock(&self) -> MutexGuard<'_, Encoder> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Decodes the packets of one Speex stream, one after the other.
///
/// Either band accepts packets of both. May be used from several threads, one call at a time.
///
/// Args:
///     band: "narrowband" (8000 Hz, frames of 160 samples) or "wideband" (16000 Hz, 320).
///     enhancement: a filter that makes coarse coding sound cleaner.
///
/// >>> import voxline
/// >>> encoder, decoder = voxline.SpeexEncoder(), voxline.SpeexDecoder()
/// >>> decoder.decode(encoder.encode(bytes(320))).shape
/// (160,)
/// >>> decoder.conceal().dtype
/// dtype('int16')
#[pyclass(module = "voxline", frozen)]
pub(crate) struct SpeexDecoder {
    inner: Mutex<Decoder>,
    mode: Mode,
    enhancement: bool,
}

#[pymethods]
impl SpeexDecoder {
    #[new]
    #[pyo3(signature = (band="narrowband", *, enhancement=true))]
    fn new(py: Python<'_>, band: &str, enhancement: bool) -> PyResult<Self> {
        let mode = quick(py, || one_of("band", band, BANDS))?;
        Ok(Self { inner: Mutex::new(Decoder::new(mode).with_enhancement(enhancement)), mode, enhancement })
    }

    /// Decodes all frames of a packet, usually one.
    ///
    /// Returns an array (samples,) of dtype "int16", or "float32" with full scale ±1, neither rounded nor clipped.
    /// TruncatedInputError for a packet that ends inside a frame, DecodeError for other damage: then hand over the
    /// next packet, or conceal.
    #[pyo3(signature = (packet, *, dtype=None))]
    fn decode<'py>(
        &self,
        py: Python<'py>,
        packet: &Bound<'py, PyAny>,
        dtype: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let packet = bytes_of(packet)?;
        let packet = packet.as_bytes();
        self.run(
            py,
            dtype,
            |inner, out| decode_all(inner.frames(packet), out, self.mode, speex::Frames::decode),
            |inner, out| decode_all(inner.frames(packet), out, self.mode, speex::Frames::decode_f32),
        )
    }

    /// Makes up a frame in the place of one that was lost; dtype as for decode.
    #[pyo3(signature = (*, dtype=None))]
    fn conceal<'py>(&self, py: Python<'py>, dtype: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        let length = self.mode.frame_samples();
        self.run(
            py,
            dtype,
            |inner, out| {
                out.resize(length, 0);
                inner.conceal(out).map_err(|e| speex::error("conceal", e))
            },
            |inner, out| {
                out.resize(length, 0.0);
                inner.conceal_f32(out).map_err(|e| speex::error("conceal", e))
            },
        )
    }

    /// Back to the beginning of a stream.
    fn reset(&self, py: Python<'_>) {
        py.detach(|| self.lock().reset());
    }

    /// "narrowband" or "wideband".
    #[getter]
    fn band(&self) -> Option<&'static str> {
        word_of(&self.mode, BANDS)
    }

    /// Samples a second.
    #[getter]
    fn sample_rate(&self) -> u32 {
        self.mode.sample_rate_hz()
    }

    /// Samples of a frame.
    #[getter]
    fn frame_samples(&self) -> usize {
        self.mode.frame_samples()
    }

    /// How many samples the decoder is late, the encoder's lookahead not counted.
    #[getter]
    fn lookahead(&self) -> usize {
        self.mode.decoder_lookahead()
    }

    fn __repr__(&self) -> String {
        let enhancement = if self.enhancement { "True" } else { "False" };
        format!("SpeexDecoder('{}', enhancement={enhancement})", self.band().unwrap_or_default())
    }
}

impl SpeexDecoder {
    fn lock(&self) -> MutexGuard<'_, Decoder> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run<'py>(
        &self,
        py: Python<'py>,
        dtype: Option<&Bound<'py, PyAny>>,
        s16: impl FnOnce(&mut Decoder, &mut Vec<i16>) -> Result<()> + Send,
        f32: impl FnOnce(&mut Decoder, &mut Vec<f32>) -> Result<()> + Send,
    ) -> PyResult<Bound<'py, PyAny>> {
        if dtype.map_or(Ok(Dtype::Int16), Dtype::new)? == Dtype::Int16 {
            let out = Door::default().run(py, |_| {
                let mut out = Vec::new();
                s16(&mut self.lock(), &mut out).map(|()| out)
            })?;
            return Ok(PyArray1::from_vec(py, out).into_any());
        }
        let out = Door::default().run(py, |_| {
            let mut out = Vec::new();
            f32(&mut self.lock(), &mut out).map(|()| out)
        })?;
        Ok(PyArray1::from_vec(py, out).into_any())
    }
}

/// Appends frame after frame. A packet without any is an error, as one that is empty is for the codec itself.
fn decode_all<'d, 'p, S: Copy + Default>(
    mut frames: speex::Frames<'d, 'p>,
    out: &mut Vec<S>,
    mode: Mode,
    decode: impl Fn(&mut speex::Frames<'d, 'p>, &mut [S]) -> std::result::Result<bool, speex::SpeexError>,
) -> Result<()> {
    let mut frame = vec![S::default(); mode.frame_samples()];
    while decode(&mut frames, &mut frame).map_err(|e| speex::error("decode", e))? {
        out.extend_from_slice(&frame);
    }
    if out.is_empty() {
        return Err(speex::error("decode", speex::SpeexError::NoFrame));
    }
    Ok(())
}
