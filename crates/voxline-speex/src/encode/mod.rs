//! The encoder.

mod high_band;
mod high_pass;
mod line_spectrum;
mod low_band;
mod lpc;
mod lsp_search;
mod open_loop;
mod options;
mod pitch_search;
mod shape_search;
mod split;
mod subframes;
#[cfg(test)]
mod tests;

pub(crate) use low_band::LOOKAHEAD;
pub use options::EncoderOptions;
pub(crate) use split::DELAY as SPLIT_DELAY;

use crate::bits::BitWriter;
use crate::error::Error;
use crate::kernel::{Kernels, ORDER};
use crate::mode::Mode;
use high_band::HighBand;
use high_pass::HighPass;
use low_band::LowBand;
use split::Splitter;

/// Codes speech, 20 ms at a time, at a constant bit rate.
///
/// **Shape**: one frame in ([`Mode::frame_samples`]), one packet out ([`packet_bytes`](Self::packet_bytes)); every packet
/// has the same size. What a decoder makes of a packet is late by [`lookahead_frames`](Self::lookahead_frames) and
/// [`Mode::decoder_lookahead`] together.
///
/// **Allocation**: none after [`new`](Self::new).
///
/// ```
/// use voxline_speex::{Encoder, EncoderOptions, Mode};
/// let mut encoder = Encoder::new(Mode::Narrowband, &EncoderOptions::default().with_quality(8))?;
/// let speech: Vec<i16> = (0..160).map(|n| (8000.0 * (n as f32 * 0.2).sin()) as i16).collect();
/// let mut packet = [0; 64];
/// let bytes = encoder.encode(&speech, &mut packet)?;
/// assert_eq!(bytes, encoder.packet_bytes());
/// # Ok::<(), voxline_speex::Error>(())
/// ```
#[derive(Debug)]
pub struct Encoder {
    kernels: &'static Kernels,
    mode: Mode,
    packet_bytes: usize,
    high_pass: HighPass,
    low: LowBand,
    /// In wideband alone.
    high: Option<(Splitter, HighBand)>,
}

impl Encoder {
    /// An encoder that has heard nothing yet.
    ///
    /// **Errors**: [`Error::Quality`] above 10, [`Error::Complexity`] outside 1 to 10.
    pub fn new(mode: Mode, options: &EncoderOptions) -> Result<Self, Error> {
        Self::with_kernels(mode, options, Kernels::best())
    }

    fn with_kernels(mode: Mode, options: &EncoderOptions, kernels: &'static Kernels) -> Result<Self, Error> {
        let EncoderOptions { quality, complexity } = *options;
        if !(1..=10).contains(&complexity) {
            return Err(Error::Complexity { complexity });
        }
        let (low, high) = mode.submodes(quality)?;
        Ok(Self {
            mode,
            packet_bytes: mode.packet_bytes(quality)?,
            high_pass: match mode {
                Mode::Narrowband => HighPass::NARROWBAND,
                Mode::Wideband => HighPass::WIDEBAND,
            },
            low: LowBand::new(kernels, low, complexity),
            high: high.map(|layer| (Splitter::new(), HighBand::new(kernels, layer, complexity))),
            kernels,
        })
    }

    /// What is coded.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Bytes of every packet.
    pub fn packet_bytes(&self) -> usize {
        self.packet_bytes
    }

    /// How many frames (samples of the one channel) the coded signal is late: the analysis looks ahead.
    pub fn lookahead_frames(&self) -> usize {
        self.mode.encoder_lookahead()
    }

    /// Codes one frame of 16-bit samples; returns the bytes of the packet.
    ///
    /// **Errors**: [`Error::FrameLength`], [`Error::PacketBuffer`]; the encoder is then as before.
    pub fn encode(&mut self, frame: &[i16], packet: &mut [u8]) -> Result<usize, Error> {
        self.encode_samples(frame, packet, f32::from)
    }

    /// Codes one frame of samples between −1 and 1; returns the bytes of the packet. What lies outside is cut, what is
    /// not a number counts as silence.
    ///
    /// **Errors**: [`Error::FrameLength`], [`Error::PacketBuffer`]; the encoder is then as before.
    pub fn encode_f32(&mut self, frame: &[f32], packet: &mut [u8]) -> Result<usize, Error> {
        let in_16_bits = |x: f32| if x.is_nan() { 0.0 } else { (32_768.0 * x).clamp(-32_768.0, 32_767.0) };
        self.encode_samples(frame, packet, in_16_bits)
    }

    /// Forgets what it has heard: what follows is coded as by a new encoder.
    pub fn reset(&mut self) {
        self.high_pass.reset();
        self.low.reset();
        if let Some((splitter, high)) = &mut self.high {
            splitter.reset();
            high.reset();
        }
    }

    fn encode_samples<S: Copy>(
        &mut self,
        frame: &[S],
        packet: &mut [u8],
        sample: impl Fn(S) -> f32,
    ) -> Result<usize, Error> {
        let expected = self.mode.frame_samples();
        if frame.len() != expected {
            return Err(Error::FrameLength { expected, actual: frame.len() });
        }
        let actual = packet.len();
        let needed = self.packet_bytes;
        let packet = packet.get_mut(..needed).ok_or(Error::PacketBuffer { needed, actual })?;
        let mut bits = BitWriter::new(packet);
        let mut samples = frame.iter().map(|&x| sample(x));
        if let Some((splitter, high_band)) = &mut self.high {
            let (mut low, high) = splitter.split(self.kernels, samples);
            self.high_pass.filter(&mut low);
            let report = self.low.encode(&low, &mut bits);
            high_band.encode(&high, &report, &mut bits);
        } else {
            let mut low = std::array::from_fn(|_| samples.next().unwrap_or(0.0));
            self.high_pass.filter(&mut low);
            self.low.encode(&low, &mut bits);
        }
        Ok(bits.finish())
    }
}

/// How many paths the search for shapes keeps: shapes gain less from a longer search than lags do.
fn kept_paths(complexity: u8) -> usize {
    (2 * usize::from(complexity) / 3).max(1) + 1
}

/// Level of a signal, whose length is a multiple of eight.
fn rms(kernels: &Kernels, signal: &[f32]) -> f32 {
    // The constant keeps silence away from zero, as the quantisers expect it.
    (0.1 + (kernels.energy)(signal) / signal.len() as f32).sqrt()
}

/// The last ten samples.
fn last_ten(samples: &[f32]) -> [f32; ORDER] {
    samples.last_chunk().copied().unwrap_or_default()
}
