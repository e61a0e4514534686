//! Samples to Speex: packets in a row or an Ogg file.

use voxline_core::{Encoding, Error, ErrorKind, Options, Result, SpeexFraming};
use voxline_speex::framing::{Header, Layout, OggWriter, ogg_bytes, ogg_packets};
use voxline_speex::{Encoder, EncoderOptions, Mode};

const OP: &str = "encode Speex";

/// How the packets of one output are made and laid out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SpeexFormat {
    mode: Mode,
    /// `None`: an Ogg file.
    layout: Option<Layout>,
    packet_bytes: usize,
}

impl SpeexFormat {
    /// What the options ask for, at this rate and channel count; `None` when they do not ask for Speex.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] for audio that Speex cannot hold.
    pub(crate) fn new(options: &Options, sample_rate_hz: u32, channel_count: u16) -> Result<Option<Self>> {
        let encoding = options.target.encoding;
        if !encoding.is_speex() {
            return Ok(None);
        }
        let rates_hz = encoding.rates_hz();
        if channel_count != 1 || !rates_hz.contains(&sample_rate_hz) {
            let known: Vec<_> = rates_hz.iter().map(u32::to_string).collect();
            let context = format!(
                "target.encoding {} takes 1 channel of {} Hz, but this output has {channel_count} of {sample_rate_hz} Hz; \
                 set target.channels (mix, split, left …) and target.sample_rate_hz",
                encoding.as_str(),
                known.join(" or ")
            );
            return Err(Error::new(ErrorKind::InvalidArgument, OP, context));
        }
        let mode = if sample_rate_hz == 8_000 { Mode::Narrowband } else { Mode::Wideband };
        let layout = match (encoding, options.speex.framing) {
            (Encoding::Spx, _) => None,
            (_, SpeexFraming::Bare) => Some(Layout::Bare),
            _ => Some(Layout::Prefixed),
        };
        let packet_bytes = mode.packet_bytes(options.speex.quality).map_err(refused)?;
        Ok(Some(Self { mode, layout, packet_bytes }))
    }

    /// Bytes of an output of `frames` frames.
    pub(crate) fn output_bytes(&self, frames: u64) -> u64 {
        match self.unit_bytes() {
            None => ogg_bytes(self.mode, self.packet_bytes, frames),
            Some(unit) => frames.div_ceil(self.mode.frame_samples() as u64).saturating_mul(unit),
        }
    }

    /// Bytes that each packet takes, its length byte included; `None` in an Ogg file.
    pub(crate) fn unit_bytes(&self) -> Option<u64> {
        self.layout.map(|layout| layout.unit_bytes(self.packet_bytes) as u64)
    }
}

/// Encodes one output.
#[derive(Debug)]
pub(crate) struct SpeexWriter {
    encoder: Encoder,
    format: SpeexFormat,
    ogg: Option<OggWriter>,
    /// Samples that do not fill a frame yet.
    pending: Vec<i16>,
    packet: Vec<u8>,
    packets: u64,
}

impl SpeexWriter {
    /// A writer for one output.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] for a quality or complexity out of range.
    pub(crate) fn new(options: &Options, format: SpeexFormat) -> Result<Self> {
        let wanted =
            EncoderOptions::default().with_quality(options.speex.quality).with_complexity(options.speex.complexity);
        let encoder = Encoder::new(format.mode, &wanted).map_err(refused)?;
        let ogg = match format.layout {
            // 50 packets a second.
            None => Some(Header::new(format.mode, u32::try_from(format.packet_bytes * 8 * 50).ok())),
            Some(_) => None,
        };
        let ogg = ogg.map(|header| OggWriter::new(&header)).transpose().map_err(internal)?;
        let packet = vec![0; format.packet_bytes];
        Ok(Self { encoder, format, ogg, pending: Vec::new(), packet, packets: 0 })
    }

    /// Encodes the whole frames and appends their packets to `out`.
    pub(crate) fn push(&mut self, samples: &[i16], out: &mut Vec<u8>) -> Result<()> {
        let frame_samples = self.format.mode.frame_samples();
        let mut rest = samples;
        if !self.pending.is_empty() {
            let (head, tail) = rest.split_at(rest.len().min(frame_samples - self.pending.len()));
            self.pending.extend_from_slice(head);
            rest = tail;
            if self.pending.len() < frame_samples {
                return Ok(());
            }
            let frame = std::mem::take(&mut self.pending);
            self.encode(&frame, out)?;
            self.pending = frame;
            self.pending.clear();
        }
        let mut frames = rest.chunks_exact(frame_samples);
        for frame in &mut frames {
            self.encode(frame, out)?;
        }
        self.pending.extend_from_slice(frames.remainder());
        self.take_pages(out);
        Ok(())
    }

    /// Ends an output of `frames` frames: the last frame is filled up with silence, and an Ogg file goes on until
    /// nothing is left in coder and decoder.
    pub(crate) fn finish(&mut self, frames: u64, out: &mut Vec<u8>) -> Result<()> {
        let frame_samples = self.format.mode.frame_samples();
        let packets = match self.format.layout {
            Some(_) => frames.div_ceil(frame_samples as u64),
            None => ogg_packets(self.format.mode, frames),
        };
        while self.packets < packets {
            let mut frame = std::mem::take(&mut self.pending);
            frame.resize(frame_samples, 0);
            self.encode(&frame, out)?;
        }
        if let Some(ogg) = &mut self.ogg {
            ogg.finish(frames).map_err(internal)?;
        }
        self.take_pages(out);
        Ok(())
    }

    fn encode(&mut self, frame: &[i16], out: &mut Vec<u8>) -> Result<()> {
        let bytes = self.encoder.encode(frame, &mut self.packet).map_err(internal)?;
        let packet = self.packet.get(..bytes).unwrap_or_default();
        self.packets += 1;
        match (&mut self.ogg, self.format.layout) {
            (Some(ogg), _) => ogg.push(packet).map_err(internal),
            (None, layout) => layout.unwrap_or(Layout::Prefixed).append(packet, out).map_err(internal),
        }
    }

    fn take_pages(&mut self, out: &mut Vec<u8>) {
        if let Some(ogg) = &mut self.ogg {
            ogg.take(out);
        }
    }
}

fn refused(error: voxline_speex::Error) -> Error {
    Error::new(ErrorKind::InvalidArgument, OP, error.to_string())
}

/// Frames and buffers have the right size here, so that no such error comes.
fn internal(error: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Internal, OP, error.to_string())
}
