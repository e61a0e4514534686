//! Ogg Vorbis.

use symphonia_codec_vorbis::VorbisDecoder as VorbisCodec;
use symphonia_core::codecs::audio::well_known::CODEC_ID_VORBIS;
use voxline_core::AudioSpec;
use voxline_core::options::{InputOptions, LimitOptions};

use super::{Header, Opened, Opening, Reader, setup};
use crate::guarded::Guarded;
use crate::limits::checked_spec;
use crate::source::{Source, Steps, decode_by_steps};
use crate::{DecodeError, PcmChunk, Pull, symphonia};

/// The most channels that come out right.
const MAX_CHANNELS: u8 = 2;

/// Reads Ogg Vorbis (`.ogg`, `.oga`) in mono and stereo.
///
/// The length is that of the original, as the pages state it. Packets that cannot be decoded and missing pages become
/// silence of the length that the pages tell, files glued together are decoded one after the other, each with a warning,
/// or an error under `strict`.
///
/// **Errors**: [`DecodeError::Malformed`] for headers that are not valid and when no Vorbis stream is found;
/// [`DecodeError::Truncated`] for an input that ends within the headers; [`DecodeError::Unsupported`];
/// [`DecodeError::Limit`].
///
/// **Allocation**: what was pushed and not yet pulled, the samples of one page, and the code books of the stream, which
/// are refused above 48 MiB.
#[derive(Debug)]
pub struct VorbisDecoder {
    source: Source,
    reader: Reader<Headers>,
}

impl VorbisDecoder {
    /// A decoder at the start of a file.
    pub fn new(input: &InputOptions, limits: &LimitOptions) -> Self {
        Self { source: Source::new(input, limits), reader: Reader::new(input) }
    }
}

impl Steps for VorbisDecoder {
    fn source(&mut self) -> &mut Source {
        &mut self.source
    }

    fn step(&mut self, out: &mut PcmChunk) -> Result<Option<Pull>, DecodeError> {
        self.reader.step(&mut self.source, out)
    }
}

decode_by_steps!(VorbisDecoder);

/// The identification header and what it says (Vorbis I §4.2.2).
#[derive(Debug, Default)]
struct Headers {
    identification: Vec<u8>,
    spec: Option<AudioSpec>,
}

impl Opening for Headers {
    const MAGIC: &'static [u8] = b"\x01vorbis";
    const NAME: &'static str = "Vorbis";

    fn start(&mut self, packet: Vec<u8>, limits: &LimitOptions) -> Result<(), DecodeError> {
        // Behind the magic: version, channels, rate.
        let fields = packet.get(11..).and_then(|rest| rest.first_chunk::<5>());
        let Some(&[channels, rate @ ..]) = fields else {
            return Err(DecodeError::Malformed("the first header of the Vorbis stream is too short".to_owned()));
        };
        let spec = checked_spec(u32::from_le_bytes(rate), u16::from(channels), limits)?;
        // symphonia 0.6.1 decodes coupled channels wrongly where there are more than two.
        if channels > MAX_CHANNELS {
            return Err(DecodeError::Unsupported(format!(
                "Vorbis with {channels} channels is not supported; mono and stereo are"
            )));
        }
        (self.identification, self.spec) = (packet, Some(spec));
        Ok(())
    }

    fn header(&mut self, packet: &[u8]) -> Result<Header, DecodeError> {
        if !packet.starts_with(b"\x05vorbis") {
            // The comments, or audio whose headers were lost.
            return Ok(if packet.first().is_some_and(|kind| kind & 1 == 1) {
                Header::Taken
            } else {
                Header::Audio(None)
            });
        }
        let refused =
            |fault: String| DecodeError::Malformed(format!("the headers of the Vorbis stream are bad: {fault}"));
        setup::check(packet).map_err(refused)?;
        let headers = [&self.identification, packet].concat();
        let make = move || symphonia::codec(CODEC_ID_VORBIS, &headers, VorbisCodec::try_new);
        let codec = Guarded::new(make).map_err(refused)?;
        let Some(spec) = self.spec else { return Ok(Header::Taken) };
        Ok(Header::Opens(Opened { codec, spec, delay: 0 }))
    }
}
