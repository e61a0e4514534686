//! Ogg Opus.

use ropus::{Channels, DecodeMode, Decoder};
use voxline_core::AudioSpec;
use voxline_core::options::{InputOptions, LimitOptions};

use super::{Header, Opened, Opening, Reader};
use crate::guarded::{Fault, Guarded, PacketCodec};
use crate::limits::{checked_spec, counted};
use crate::source::{Source, Steps, decode_by_steps};
use crate::{DecodeError, PcmChunk, Pull};

/// Opus counts and is decoded at this rate, whatever was put in (RFC 7845 §4).
const RATE_HZ: u32 = 48_000;
/// The longest packet is 120 ms (RFC 6716 §3.2.5).
const MAX_PACKET_FRAMES: usize = 5_760;

/// Reads Ogg Opus (`.opus`, `.ogg`) at 48 kHz, in mono and stereo.
///
/// The encoder's delay and padding are removed as the file states them. Packets that cannot be decoded and missing pages
/// become silence of the length that the pages tell, files glued together are decoded one after the other, each with a
/// warning, or an error under `strict`.
///
/// **Errors**: [`DecodeError::Malformed`] for headers that are not valid and when no Opus stream is found;
/// [`DecodeError::Truncated`] for an input that ends within the headers; [`DecodeError::Unsupported`];
/// [`DecodeError::Limit`].
///
/// **Allocation**: what was pushed and not yet pulled, and the samples of one page.
#[derive(Debug)]
pub struct OpusDecoder {
    source: Source,
    reader: Reader<Headers>,
}

impl OpusDecoder {
    /// A decoder at the start of a file.
    pub fn new(input: &InputOptions, limits: &LimitOptions) -> Self {
        Self { source: Source::new(input, limits), reader: Reader::new(input) }
    }
}

impl Steps for OpusDecoder {
    fn source(&mut self) -> &mut Source {
        &mut self.source
    }

    fn step(&mut self, out: &mut PcmChunk) -> Result<Option<Pull>, DecodeError> {
        self.reader.step(&mut self.source, out)
    }
}

decode_by_steps!(OpusDecoder);

/// What the identification header says (RFC 7845 §5.1).
#[derive(Debug, Clone)]
struct Identification {
    spec: AudioSpec,
    pre_skip: u16,
    /// In steps of 1/256 dB.
    gain: i16,
}

impl Identification {
    fn read(packet: &[u8], limits: &LimitOptions) -> Result<Self, DecodeError> {
        let malformed = |what: &str| DecodeError::Malformed(format!("the header of the Opus stream {what}"));
        let fixed = packet.get(8..).and_then(|rest| rest.split_first_chunk::<11>());
        let Some((&[version, channels, s0, s1, _, _, _, _, g0, g1, family], table)) = fixed else {
            return Err(malformed("is too short"));
        };
        if version > 15 {
            return Err(DecodeError::Unsupported(format!("version {version} of the Opus header is not supported")));
        }
        let spec = checked_spec(RATE_HZ, u16::from(channels), limits)?;
        // Several streams of Opus side by side make more channels.
        let streams = table.split_first_chunk::<2>().map(|(&counts, _)| counts);
        match (family, channels, streams) {
            (0, 1 | 2, _) | (1, 1, Some([1, 0])) | (1, 2, Some([1, 1])) => {}
            (0, _, _) => return Err(malformed("says more than two channels of family 0")),
            (family, channels, _) => {
                return Err(DecodeError::Unsupported(format!(
                    "Opus with {} of family {family} is not supported; mono and stereo of families 0 and 1 are",
                    counted(u16::from(channels))
                )));
            }
        }
        Ok(Self { spec, pre_skip: u16::from_le_bytes([s0, s1]), gain: i16::from_le_bytes([g0, g1]) })
    }

    fn codec(&self) -> Result<Box<dyn PacketCodec>, Fault> {
        let channels = if self.spec.channels() == 1 { Channels::Mono } else { Channels::Stereo };
        let decoder = Decoder::new(RATE_HZ, channels).map_err(|error| error.to_string())?;
        let gain = 10f32.powf(f32::from(self.gain) / (20.0 * 256.0));
        Ok(Box::new(Codec { decoder, channels: self.spec.channels(), gain }))
    }
}

struct Codec {
    decoder: Decoder,
    channels: usize,
    gain: f32,
}

impl PacketCodec for Codec {
    fn decode(&mut self, packet: &[u8], out: &mut Vec<f32>) -> Result<(), Fault> {
        // That would be a request for concealment.
        if packet.is_empty() {
            return Err("it is empty".to_owned());
        }
        out.resize(MAX_PACKET_FRAMES * self.channels, 0.0);
        let frames = self.decoder.decode_float(packet, out, DecodeMode::Normal).map_err(|error| error.to_string())?;
        out.truncate(frames * self.channels);
        if self.gain != 1.0 {
            out.iter_mut().for_each(|sample| *sample *= self.gain);
        }
        Ok(())
    }
}

#[derive(Debug, Default)]
struct Headers(Option<Identification>);

impl Opening for Headers {
    const MAGIC: &'static [u8] = b"OpusHead";
    const NAME: &'static str = "Opus";

    fn start(&mut self, packet: Vec<u8>, limits: &LimitOptions) -> Result<(), DecodeError> {
        self.0 = Some(Identification::read(&packet, limits)?);
        Ok(())
    }

    fn header(&mut self, packet: &[u8]) -> Result<Header, DecodeError> {
        let Some(identification) = self.0.take() else { return Ok(Header::Taken) };
        let (spec, delay) = (identification.spec, u32::from(identification.pre_skip));
        let codec = Guarded::new(move || identification.codec())
            .map_err(|fault| DecodeError::Malformed(format!("the header of the Opus stream is not valid: {fault}")))?;
        let opened = Opened { codec, spec, delay };
        // Behind the header come the comments, unless they were lost.
        Ok(if packet.starts_with(b"OpusTags") { Header::Opens(opened) } else { Header::Audio(opened) })
    }
}
