//! The decoder: packets in, frames out.

use crate::bits::BitReader;
use crate::error::Error;
use crate::filter::{NARROWBAND_OUTPUT, WIDEBAND_OUTPUT};
use crate::mode::{BAND_FRAME, Mode};
use crate::narrowband::LowDecoder;
use crate::packet::next_frame;
use crate::qmf::Synthesis;
use crate::wideband::HighDecoder;

/// Decodes packets of one stream, one after the other.
///
/// Every packet is accepted by either mode: a narrowband decoder leaves out the layers above, and what has no such layer
/// leaves the upper half of a wideband decoder's band silent. Sub-modes may change from frame to frame. Requests, user
/// messages and the side information of intensity stereo between the frames are skipped.
///
/// ```
/// use voxline_speex::{Decoder, Mode};
///
/// let mut decoder = Decoder::new(Mode::Narrowband);
/// let mut frame = [0_i16; 160];
/// // Sub-mode 0, for silence, then a terminator.
/// decoder.decode(&[0b0000_0011, 0b1111_1111], &mut frame)?;
/// // The next packet did not arrive.
/// decoder.conceal(&mut frame)?;
/// # Ok::<(), voxline_speex::Error>(())
/// ```
///
/// **Allocation**: none, neither here nor later.
#[derive(Debug, Clone)]
pub struct Decoder {
    low: LowDecoder,
    high: Option<High>,
    /// The frame in units of a 16-bit sample.
    frame: [f32; 2 * BAND_FRAME],
}

/// What wideband adds.
#[derive(Debug, Clone)]
struct High {
    decoder: HighDecoder,
    synthesis: Synthesis,
}

/// One in the units that the codec computes in.
const FULL_SCALE: f32 = 32_768.0;

impl Decoder {
    /// A decoder at the beginning of a stream, with perceptual enhancement.
    pub fn new(mode: Mode) -> Self {
        let (low, high) = match mode {
            Mode::Narrowband => (LowDecoder::new(&NARROWBAND_OUTPUT), None),
            Mode::Wideband => {
                let high = High { decoder: HighDecoder::new(), synthesis: Synthesis::new() };
                (LowDecoder::new(&WIDEBAND_OUTPUT), Some(high))
            }
        };
        Self { low, high, frame: [0.0; 2 * BAND_FRAME] }
    }

    /// Switches perceptual enhancement on or off: a comb filter that makes coarse coding sound cleaner and takes the
    /// samples a little away from the original.
    #[must_use]
    pub fn with_enhancement(mut self, is_enhanced: bool) -> Self {
        self.low.set_enhanced(is_enhanced);
        self
    }

    /// The mode.
    pub fn mode(&self) -> Mode {
        if self.high.is_some() { Mode::Wideband } else { Mode::Narrowband }
    }

    /// Decodes the first frame of a packet; usually a packet has one. For those with several there is
    /// [`frames`](Self::frames).
    ///
    /// **Shape**: `frame` has [`Mode::frame_samples`] samples. They come with the delay of the codec: encoder, decoder and
    /// filters together.
    ///
    /// **Errors**: [`Error::FrameLength`], [`Error::NoFrame`], [`Error::Truncated`], [`Error::Submode`],
    /// [`Error::Layers`]; the decoder is unchanged then, and so is `frame`.
    pub fn decode(&mut self, packet: &[u8], frame: &mut [i16]) -> Result<(), Error> {
        self.frames(packet).decode(frame)?.then_some(()).ok_or(Error::NoFrame)
    }

    /// As [`decode`](Self::decode), without rounding.
    ///
    /// **Units**: full scale is ±1.0. Loud frames may go beyond, since nothing is clipped.
    pub fn decode_f32(&mut self, packet: &[u8], frame: &mut [f32]) -> Result<(), Error> {
        self.frames(packet).decode_f32(frame)?.then_some(()).ok_or(Error::NoFrame)
    }

    /// The frames of a packet, to be decoded one after the other.
    ///
    /// ```
    /// use voxline_speex::{Decoder, Mode};
    ///
    /// let mut decoder = Decoder::new(Mode::Narrowband);
    /// let mut frames = decoder.frames(&[0b0000_0000, 0b0001_1111]);
    /// let mut frame = [0_i16; 160];
    /// let mut count = 0;
    /// while frames.decode(&mut frame)? {
    ///     count += 1;
    /// }
    /// assert_eq!(count, 2);
    /// # Ok::<(), voxline_speex::Error>(())
    /// ```
    pub fn frames<'d, 'p>(&'d mut self, packet: &'p [u8]) -> Frames<'d, 'p> {
        Frames { decoder: self, bits: BitReader::new(packet), is_over: false }
    }

    /// Makes up a frame in the place of one that was lost: the last sounds go on and fade, in the low band within 200 ms,
    /// in the high band by a tenth with every frame.
    ///
    /// **Shape**: as [`decode`](Self::decode). **Errors**: [`Error::FrameLength`].
    pub fn conceal(&mut self, frame: &mut [i16]) -> Result<(), Error> {
        self.check_length(frame.len())?;
        self.conceal_frame();
        self.round_to(frame);
        Ok(())
    }

    /// As [`conceal`](Self::conceal), without rounding.
    pub fn conceal_f32(&mut self, frame: &mut [f32]) -> Result<(), Error> {
        self.check_length(frame.len())?;
        self.conceal_frame();
        self.scale_to(frame);
        Ok(())
    }

    /// Back to the beginning of a stream; enhancement stays as it was set.
    pub fn reset(&mut self) {
        *self = Self::new(self.mode()).with_enhancement(self.low.is_enhanced());
    }

    fn check_length(&self, actual: usize) -> Result<(), Error> {
        let expected = self.mode().frame_samples();
        if actual == expected { Ok(()) } else { Err(Error::FrameLength { expected, actual }) }
    }

    fn conceal_frame(&mut self) {
        let mut low_signal = [0.0; BAND_FRAME];
        self.low.conceal(&mut low_signal);
        let mut high_signal = [0.0; BAND_FRAME];
        if let Some(high) = &mut self.high {
            high.decoder.conceal(&self.low, &mut high_signal);
        }
        self.join(&low_signal, &high_signal);
    }

    fn join(&mut self, low_signal: &[f32; BAND_FRAME], high_signal: &[f32; BAND_FRAME]) {
        match &mut self.high {
            Some(high) => high.synthesis.run(low_signal, high_signal, &mut self.frame),
            None => self.frame[..BAND_FRAME].copy_from_slice(low_signal),
        }
    }

    fn round_to(&self, frame: &mut [i16]) {
        for (sample, x) in frame.iter_mut().zip(&self.frame) {
            // Halves go up. Above zero the cast is that; it is quicker than `floor`.
            let lifted = f64::from(x.clamp(-FULL_SCALE, FULL_SCALE - 1.0)) + (f64::from(FULL_SCALE) + 0.5);
            *sample = (lifted as i32 - FULL_SCALE as i32) as i16;
        }
    }

    fn scale_to(&self, frame: &mut [f32]) {
        for (sample, x) in frame.iter_mut().zip(&self.frame) {
            *sample = x / FULL_SCALE;
        }
    }
}

/// The frames of one packet; see [`Decoder::frames`].
#[derive(Debug)]
pub struct Frames<'d, 'p> {
    decoder: &'d mut Decoder,
    bits: BitReader<'p>,
    is_over: bool,
}

impl Frames<'_, '_> {
    /// Decodes the next frame; `false` when there is none.
    ///
    /// **Shape** and **errors** are those of [`Decoder::decode`]; after an error in the packet there are no more frames.
    pub fn decode(&mut self, frame: &mut [i16]) -> Result<bool, Error> {
        self.decoder.check_length(frame.len())?;
        let is_there = self.decode_next()?;
        if is_there {
            self.decoder.round_to(frame);
        }
        Ok(is_there)
    }

    /// As [`decode`](Self::decode), without rounding; units as [`Decoder::decode_f32`].
    pub fn decode_f32(&mut self, frame: &mut [f32]) -> Result<bool, Error> {
        self.decoder.check_length(frame.len())?;
        let is_there = self.decode_next()?;
        if is_there {
            self.decoder.scale_to(frame);
        }
        Ok(is_there)
    }

    fn decode_next(&mut self) -> Result<bool, Error> {
        if self.is_over {
            return Ok(false);
        }
        // Only a frame that was found keeps the packet open.
        self.is_over = true;
        let decoder = &mut *self.decoder;
        let Some(mut frame) = next_frame(&mut self.bits, decoder.high.is_some())? else { return Ok(false) };
        self.is_over = false;

        let mut low_signal = [0.0; BAND_FRAME];
        decoder.low.decode(frame.low, &mut frame.low_bits, &mut low_signal);
        let mut high_signal = [0.0; BAND_FRAME];
        if let Some(high) = &mut decoder.high {
            high.decoder.decode(frame.high, &decoder.low, &mut frame.high_bits, &mut high_signal);
        }
        decoder.join(&low_signal, &high_signal);
        Ok(true)
    }
}
