//! The rate conversion by itself, for samples that come in pieces.

use voxline_core::{Dither, Error, ErrorKind, Quality, Result, SampleRate};
use voxline_dsp::{Quantiser, Resample, resampler};

use crate::Sample;

/// Converts interleaved samples from one rate to another while they arrive.
///
/// n frames in become round(n · to / from) frames out, starting where the input starts, the same bits however the input
/// is cut. Equal rates pass through.
///
/// ```
/// use voxline::{Quality, Resampler};
/// let mut resampler = Resampler::<i16>::new(8_000, 16_000, 2, Quality::Standard)?;
/// let mut out = Vec::new();
/// for piece in [[100i16; 400]; 4] {
///     resampler.push(&piece, &mut out)?;
/// }
/// resampler.finish(&mut out);
/// assert_eq!(out.len(), 2 * 1_600);
/// # Ok::<(), voxline::Error>(())
/// ```
pub struct Resampler<S> {
    planes: Vec<Box<dyn Resample>>,
    plane: Vec<f32>,
    resampled: Vec<Vec<f32>>,
    interleaved: Vec<f32>,
    quantiser: Quantiser,
    samples: std::marker::PhantomData<S>,
}

impl<S: Sample> Resampler<S> {
    /// A converter for frames of `channel_count` samples.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] for rates or a number of channels that do not exist.
    pub fn new(from_hz: u32, to_hz: u32, channel_count: u16, quality: Quality) -> Result<Self> {
        if channel_count == 0 {
            return Err(Error::new(ErrorKind::InvalidArgument, "resample", "channel_count is 0; use 1 or more"));
        }
        let (from, to) = (SampleRate::new(from_hz)?, SampleRate::new(to_hz)?);
        let planes = (0..channel_count).map(|_| resampler(from, to, quality)).collect::<Result<Vec<_>>>()?;
        Ok(Self {
            plane: Vec::new(),
            resampled: vec![Vec::new(); planes.len()],
            planes,
            interleaved: Vec::new(),
            quantiser: Quantiser::new(Dither::None),
            samples: std::marker::PhantomData,
        })
    }

    /// Takes the next frames and appends what is ready to `out`.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] for samples that are no whole frames; none is taken then.
    pub fn push(&mut self, samples: &[S], out: &mut Vec<S>) -> Result<()> {
        let channels = self.planes.len();
        if !samples.len().is_multiple_of(channels) {
            let context = format!("{} samples are no whole frames of {channels} channels", samples.len());
            return Err(Error::new(ErrorKind::InvalidArgument, "resample", context));
        }
        for (channel, (resampler, resampled)) in self.planes.iter_mut().zip(&mut self.resampled).enumerate() {
            self.plane.clear();
            self.plane.extend(samples.iter().skip(channel).step_by(channels).map(|sample| sample.to_f32()));
            resampler.push(&self.plane, resampled);
        }
        self.emit(out);
        Ok(())
    }

    /// Appends the rest to `out` and starts anew.
    pub fn finish(&mut self, out: &mut Vec<S>) {
        for (resampler, resampled) in self.planes.iter_mut().zip(&mut self.resampled) {
            resampler.finish(resampled);
        }
        self.emit(out);
    }

    /// Forgets everything that was pushed: as new.
    pub fn reset(&mut self) {
        self.planes.iter_mut().for_each(|resampler| resampler.reset());
    }

    fn emit(&mut self, out: &mut Vec<S>) {
        let frames = self.resampled.iter().map(Vec::len).min().unwrap_or(0);
        self.interleaved.clear();
        for frame in 0..frames {
            self.interleaved.extend(self.resampled.iter().map(|plane| plane[frame]));
        }
        S::append(&self.interleaved, &mut self.quantiser, out);
        for plane in &mut self.resampled {
            plane.drain(..frames);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(frames: usize) -> Vec<i16> {
        (0..frames).flat_map(|i| [(i * 3 % 20_000) as i16, -((i * 7 % 30_000) as i16)]).collect()
    }

    #[test]
    fn channels_stay_apart_and_any_cutting_gives_the_same() {
        let input = ramp(5_000);
        let mut both = Resampler::<i16>::new(44_100, 16_000, 2, Quality::Standard).unwrap();
        let mut whole = Vec::new();
        both.push(&input, &mut whole).unwrap();
        both.finish(&mut whole);
        assert_eq!(whole.len(), 2 * 1_814);
        let mut pieces = Vec::new();
        for piece in input.chunks(2 * 37) {
            both.push(piece, &mut pieces).unwrap();
        }
        both.finish(&mut pieces);
        assert_eq!(pieces, whole);
        for channel in 0..2 {
            let mut one = Resampler::<i16>::new(44_100, 16_000, 1, Quality::Standard).unwrap();
            let (plane, mut out): (Vec<i16>, _) =
                (input.iter().skip(channel).step_by(2).copied().collect(), Vec::new());
            one.push(&plane, &mut out).unwrap();
            one.finish(&mut out);
            assert_eq!(out, whole.iter().skip(channel).step_by(2).copied().collect::<Vec<_>>());
        }
    }

    #[test]
    fn equal_rates_pass_and_reset_forgets() {
        let input = ramp(1_000);
        let mut pass = Resampler::<i16>::new(8_000, 8_000, 2, Quality::Best).unwrap();
        let mut out = Vec::new();
        pass.push(&input, &mut out).unwrap();
        assert_eq!(out, input);
        let mut up = Resampler::<f32>::new(8_000, 16_000, 1, Quality::Fast).unwrap();
        let (mut first, mut second) = (Vec::new(), Vec::new());
        up.push(&[1.0; 500], &mut Vec::new()).unwrap();
        up.reset();
        up.push(&[0.5; 500], &mut first).unwrap();
        up.finish(&mut first);
        let mut fresh = Resampler::<f32>::new(8_000, 16_000, 1, Quality::Fast).unwrap();
        fresh.push(&[0.5; 500], &mut second).unwrap();
        fresh.finish(&mut second);
        assert_eq!(first, second);
    }

    #[test]
    fn half_frames_and_impossible_rates_are_refused() {
        let mut two = Resampler::<i16>::new(8_000, 16_000, 2, Quality::Standard).unwrap();
        assert_eq!(two.push(&[1], &mut Vec::new()).unwrap_err().kind(), ErrorKind::InvalidArgument);
        for (from, to, channels) in [(0, 8_000, 1), (8_000, 1, 1), (8_000, 8_000, 0)] {
            assert!(Resampler::<i16>::new(from, to, channels, Quality::Standard).is_err());
        }
    }
}
