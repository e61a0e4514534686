//! Codecs of the symphonia project, fed with packets.

use symphonia_core::codecs::audio::{AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia_core::errors::Error;
use symphonia_core::packet::PacketRef;
use symphonia_core::units::{Duration, Timestamp};

use crate::guarded::{Fault, PacketCodec};

struct Codec<D>(D);

/// A codec with its setup data; `try_new` is that of symphonia's decoder.
pub(crate) fn codec<D: AudioDecoder + 'static>(
    id: AudioCodecId,
    setup: &[u8],
    try_new: impl Fn(&AudioCodecParameters, &AudioDecoderOptions) -> Result<D, Error>,
) -> Result<Box<dyn PacketCodec>, Fault> {
    let mut parameters = AudioCodecParameters::new();
    parameters.for_codec(id).with_extra_data(setup.into());
    // No packet says that anything is to be trimmed: delay and padding are the containers' business, which are ours. Of
    // Vorbis the first packet gives nothing then, as the format has it.
    let options = AudioDecoderOptions::default().gapless(true).verify(false);
    let decoder = try_new(&parameters, &options).map_err(|error| error.to_string())?;
    Ok(Box::new(Codec(decoder)))
}

impl<D: AudioDecoder> PacketCodec for Codec<D> {
    fn decode(&mut self, packet: &[u8], out: &mut Vec<f32>) -> Result<(), Fault> {
        let packet = PacketRef::new(0, Timestamp::ZERO, Duration::ZERO, packet);
        let decoded = self.0.decode_ref(&packet).map_err(|error| error.to_string())?;
        decoded.copy_to_vec_interleaved(out);
        Ok(())
    }
}
