//! Speex as the page wants it: packets of one size, which it says.

use voxline_speex::framing::{Layout, PacketReader};
use voxline_speex::{Decoder, Mode};

use super::codes::{Refusal, clip};

const FIELD: &str = "speex_size";
/// The page's table, for quality 0 to 10: a packet and the byte that holds its length.
const NARROW_SIZES: [u32; 11] = [7, 11, 16, 21, 21, 29, 29, 39, 39, 47, 63];
const WIDE_SIZES: [u32; 11] = [11, 16, 21, 26, 33, 43, 53, 61, 71, 87, 107];

/// Judges `voiceFormat` with what has to fit to it; gives the size of a packet for Speex.
pub(super) fn size(voice_format: &str, rate_hz: u32, speex_size: Option<u32>) -> Result<Option<usize>, Refusal> {
    let (sizes, needed_hz) = match voice_format {
        // The page's own example sends a size along with raw and says that it only counts for Speex.
        "raw" => return Ok(None),
        "speex" => (NARROW_SIZES, 8_000),
        "speex-wb" => (WIDE_SIZES, 16_000),
        other => {
            return Err(Refusal::value("voiceFormat", format!("\"{}\" is not raw, speex or speex-wb", clip(other))));
        }
    };
    if rate_hz != needed_hz {
        return Err(Refusal::value("voiceType", format!("{voice_format} is of {needed_hz} Hz, not {rate_hz}")));
    }
    let Some(size) = speex_size else {
        return Err(Refusal::value(FIELD, format!("it is missing; {voice_format} has {sizes:?}")));
    };
    // Without the byte that holds the length a packet is one shorter; no number is in both rows.
    if !sizes.contains(&size) && !sizes.contains(&(size + 1)) {
        return Err(Refusal::value(FIELD, format!("{size} is no packet of {voice_format}, which has {sizes:?}")));
    }
    Ok(usize::try_from(size).ok())
}

/// Decodes packets of `size` bytes each; says how they were laid out.
pub(super) fn decode(bytes: &[u8], size: usize, rate_hz: u32) -> Result<(&'static str, Vec<i16>), String> {
    let (mode, sizes) = if rate_hz == 8_000 { (Mode::Narrowband, NARROW_SIZES) } else { (Mode::Wideband, WIDE_SIZES) };
    let prefixed = sizes.iter().any(|&known| usize::try_from(known) == Ok(size));
    let (layout, name) = if prefixed { (Layout::Prefixed, "speex") } else { (Layout::Bare, "speex-bare") };
    if !bytes.len().is_multiple_of(size) {
        return Err(format!("{} bytes are not whole packets of speex_size {size}", bytes.len()));
    }
    let mut reader = PacketReader::new(layout, mode);
    reader.push(bytes);
    let mut decoder = Decoder::new(mode);
    let mut frame = vec![0; mode.frame_samples()];
    let mut samples = Vec::new();
    for index in 0.. {
        let packet = match reader.next_packet() {
            Ok(Some(packet)) => packet,
            Ok(None) => break,
            Err(error) => return Err(error.to_string()),
        };
        if layout.unit_bytes(packet.len()) != size {
            return Err(format!(
                "packet {index} has {} bytes, which is not what speex_size {size} means",
                packet.len()
            ));
        }
        decoder.decode(packet, &mut frame).map_err(|error| format!("packet {index}: {error}"))?;
        samples.extend_from_slice(&frame);
    }
    if reader.left_over() > 0 {
        return Err(format!("{} bytes at the end are no packet", reader.left_over()));
    }
    Ok((name, samples))
}
