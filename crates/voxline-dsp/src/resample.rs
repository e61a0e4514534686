//! One plane from one sample rate to another.

mod aligned;
mod design;
mod fft;
mod pass;
mod sinc;

use voxline_core::{Quality, Result, SampleRate};

use aligned::Aligned;
use design::Design;
use fft::FftKernel;
use pass::PassThrough;
use sinc::SincKernel;

/// A resampler for one plane.
///
/// Output frame k is the input at time k · from / to: it starts where the input starts, with no delay. After
/// [`finish`](Self::finish) exactly [`resampled_frames`](voxline_core::units::resampled_frames) frames have come out, the
/// same bits however the input was cut. Outside the input is silence.
pub trait Resample: Send {
    /// Takes the next samples and appends what is ready to `out`.
    ///
    /// A sample that is not a number or beyond ±2^32 is taken as 0 and counted by [`replaced`](Self::replaced): one such
    /// sample would otherwise wipe out its whole neighbourhood.
    ///
    /// **Allocation**: growth of `out` only, once the first blocks have passed.
    fn push(&mut self, plane: &[f32], out: &mut Vec<f32>);

    /// Appends the rest to `out` and starts anew, as [`reset`](Self::reset) does.
    fn finish(&mut self, out: &mut Vec<f32>);

    /// Forgets everything that was pushed: as new.
    fn reset(&mut self);

    /// The most input frames that can have been pushed without their output having come out.
    fn latency_frames(&self) -> usize;

    /// Samples taken as 0 since the last reset or finish.
    fn replaced(&self) -> u64;
}

/// A resampler for one plane from one rate to another.
///
/// | quality | flat within ±0.1 dB up to | aliases and images down by |
/// |---|---|---|
/// | `Fast` | 0.80 of the lower Nyquist frequency | 60 dB |
/// | `Standard` | 0.90 | 100 dB |
/// | `Best` | 0.95 | 120 dB |
///
/// The figures are what is promised for every pair of rates; between the usual ones `Standard` and `Best` reach 130 dB.
/// `Fast` does not take less work there: what it saves is delay (see [`Resample::latency_frames`]; from 48 to 16 kHz 6 ms
/// instead of 48 ms).
///
/// Equal rates pass the samples through, bit for bit. Rates whose ratio is a fraction of small numbers go through FFT
/// convolution; others through a windowed sinc that is interpolated from a table (some ten times slower). Memory stays
/// below 4 MB whatever the rates.
///
/// **Errors**: [`InvalidArgument`](voxline_core::ErrorKind::InvalidArgument) for a quality that this version does not know.
///
/// ```
/// use voxline_core::{Quality, SampleRate};
/// let (from, to) = (SampleRate::new(44_100)?, SampleRate::new(16_000)?);
/// let mut resampler = voxline_dsp::resampler(from, to, Quality::Standard)?;
/// let mut out = Vec::new();
/// resampler.push(&[0.25; 44_100], &mut out);
/// resampler.finish(&mut out);
/// assert_eq!(out.len(), 16_000);
/// assert!((out[8_000] - 0.25).abs() < 1e-6);
/// # Ok::<(), voxline_core::Error>(())
/// ```
pub fn resampler(from: SampleRate, to: SampleRate, quality: Quality) -> Result<Box<dyn Resample>> {
    if from == to {
        return Ok(Box::new(PassThrough));
    }
    let design = Design::new(from, to, quality)?;
    Ok(match design.fft_blocks() {
        Some(blocks) => Box::new(Aligned::new(FftKernel::new(&design, blocks)?, from, to)),
        None => Box::new(Aligned::new(SincKernel::new(&design), from, to)),
    })
}
