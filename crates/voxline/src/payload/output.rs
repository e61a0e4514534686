//! Samples to the bytes of one output.

use voxline_core::{Encoding, Options, Result, SampleRate, TargetReport};

use super::speex::{SpeexFormat, SpeexWriter};
use super::{Base64Encoder, wav};

/// What an output consists of; known as soon as the source is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OutputFormat {
    encoding: Encoding,
    sample_rate: SampleRate,
    channel_count: u16,
    speex: Option<SpeexFormat>,
}

impl OutputFormat {
    /// What the options ask for, at this rate and channel count.
    ///
    /// **Errors**: [`voxline_core::ErrorKind::InvalidArgument`] for audio that the encoding cannot hold.
    pub(crate) fn new(options: &Options, sample_rate: SampleRate, channel_count: u16) -> Result<Self> {
        let speex = SpeexFormat::new(options, sample_rate.hz(), channel_count)?;
        Ok(Self { encoding: options.target.encoding, sample_rate, channel_count, speex })
    }

    /// Bytes of an output of `frames` frames, header included, before base64.
    pub(crate) fn bytes(&self, frames: u64) -> u64 {
        match (self.speex, self.encoding) {
            (Some(speex), _) => speex.output_bytes(frames),
            // hound writes the extensible form for more than two channels.
            (None, Encoding::Wav) if self.channel_count > 2 => 68 + self.pcm_bytes(frames),
            (None, Encoding::Wav) => 44 + self.pcm_bytes(frames),
            (None, _) => self.pcm_bytes(frames),
        }
    }

    /// The most bytes that the format itself allows, and what says so.
    pub(crate) fn most_bytes(&self) -> Option<u64> {
        (self.encoding == Encoding::Wav).then_some(wav::MAX_DATA_BYTES)
    }

    /// Bytes that each Speex packet takes, its length byte included.
    pub(crate) fn packet_bytes(&self) -> Option<u64> {
        self.speex.and_then(|speex| speex.unit_bytes())
    }

    /// Says in a report what an output is.
    pub(crate) fn describe(&self, target: &mut TargetReport) {
        target.encoding = self.encoding.as_str().to_owned();
        target.packet_bytes = self.packet_bytes();
    }

    /// The WAV header of an output of `frames` frames, `None`: not known yet.
    pub(crate) fn wav_header(&self, frames: Option<u64>) -> Result<Vec<u8>> {
        wav::header(self.sample_rate, self.channel_count, frames.map(|frames| self.pcm_bytes(frames)))
    }

    fn pcm_bytes(&self, frames: u64) -> u64 {
        frames.saturating_mul(2 * u64::from(self.channel_count))
    }
}

/// Encodes one output as it comes.
#[derive(Debug)]
pub(crate) struct OutputEncoder {
    format: OutputFormat,
    speex: Option<Box<SpeexWriter>>,
    base64: Option<Base64Encoder>,
    started: bool,
    ended: bool,
    /// Encoded bytes: held back for WAV as base64, else only a buffer.
    bytes: Vec<u8>,
}

impl OutputEncoder {
    /// An encoder at the start of an output.
    pub(crate) fn new(options: &Options, format: OutputFormat) -> Result<Self> {
        let speex = format.speex.map(|speex| SpeexWriter::new(options, speex).map(Box::new)).transpose()?;
        let base64 = options.target.base64.then(Base64Encoder::new);
        Ok(Self { format, speex, base64, started: false, ended: false, bytes: Vec::new() })
    }

    /// Encodes samples; `total_frames` is given once the output is complete.
    pub(crate) fn encode(&mut self, samples: &[i16], total_frames: Option<u64>, out: &mut Vec<u8>) -> Result<()> {
        if self.ended {
            return Ok(());
        }
        match &mut self.speex {
            Some(speex) => {
                speex.push(samples, &mut self.bytes)?;
                if let Some(frames) = total_frames {
                    speex.finish(frames, &mut self.bytes)?;
                }
            }
            None => self.bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes())),
        }
        let is_wav = self.format.encoding == Encoding::Wav;
        // The header states a length, and text that was given out cannot be overwritten.
        if is_wav && self.base64.is_some() && total_frames.is_none() {
            return Ok(());
        }
        if is_wav && !self.started {
            let header = self.format.wav_header(total_frames)?;
            match &mut self.base64 {
                Some(base64) => base64.push(&header, out),
                None => out.extend(header),
            }
        }
        self.started = true;
        match &mut self.base64 {
            Some(base64) => base64.push(&self.bytes, out),
            None => out.extend_from_slice(&self.bytes),
        }
        self.bytes.clear();
        if total_frames.is_some() {
            self.ended = true;
            if let Some(base64) = &mut self.base64 {
                base64.finish(out);
            }
        }
        Ok(())
    }
}
