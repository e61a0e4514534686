//! What a packet holds: frames, layers above them, messages between them.
//!
//! A packet is read to the end of a frame before the frame is decoded, so that a packet that is cut off or damaged
//! leaves the decoder as it was.

use crate::bits::BitReader;
use crate::error::{Band, Error};
use crate::inband::{REQUEST, TERMINATOR, USER_MESSAGE, require, skip_request, skip_user_message};
use crate::submode::{HIGH_HEADER_BITS, HighLayer, LOW_HEADER_BITS, Submode};

/// The bit that says that what follows is a layer above the narrowband.
const LAYER_FLAG_BITS: u32 = 1;
const LAYER_BITS: u32 = HIGH_HEADER_BITS - LAYER_FLAG_BITS;
const SUBMODE_BITS: u32 = LOW_HEADER_BITS - LAYER_FLAG_BITS;
/// Wideband and ultra-wideband; no more can follow each other.
const MAX_LAYERS: usize = 2;

/// A frame of a packet: what its headers say, and where its parameters are. They are all there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame<'a> {
    /// The sub-mode; `None` where nothing was sent.
    pub(crate) low: Option<&'static Submode>,
    /// At the low band's parameters.
    pub(crate) low_bits: BitReader<'a>,
    /// The layer above; `None` where nothing was sent.
    pub(crate) high: Option<&'static HighLayer>,
    /// At the layer's parameters.
    pub(crate) high_bits: BitReader<'a>,
}

/// Finds the next frame from `bits` on and leaves `bits` behind it; `None` at the end of the packet.
///
/// A layer directly above a frame belongs to it where `takes_layer` says so; other layers are skipped.
pub(crate) fn next_frame<'a>(bits: &mut BitReader<'a>, takes_layer: bool) -> Result<Option<Frame<'a>>, Error> {
    let Some(low) = next_low_header(bits)? else { return Ok(None) };
    let low_bits = *bits;
    skip_parameters(bits, low.map(Submode::frame_bits), LOW_HEADER_BITS)?;
    let high = if takes_layer { layer_header(bits)? } else { None };
    let high_bits = *bits;
    skip_parameters(bits, high.map(HighLayer::frame_bits), HIGH_HEADER_BITS)?;
    Ok(Some(Frame { low, low_bits, high, high_bits }))
}

fn skip_parameters(bits: &mut BitReader<'_>, frame_bits: Option<u32>, header_bits: u32) -> Result<(), Error> {
    let parameter_bits = u64::from(frame_bits.map_or(0, |bits| bits - header_bits));
    require(bits, parameter_bits)?;
    bits.skip(parameter_bits);
    Ok(())
}

/// Reads up to the parameters of a low band: over layers and messages. What is left when no header fits is padding.
fn next_low_header(bits: &mut BitReader<'_>) -> Result<Option<Option<&'static Submode>>, Error> {
    loop {
        skip_layers(bits)?;
        if bits.remaining() < u64::from(LOW_HEADER_BITS) {
            return Ok(None);
        }
        bits.skip(u64::from(LAYER_FLAG_BITS));
        match bits.take(SUBMODE_BITS) as u8 {
            0 => return Ok(Some(None)),
            TERMINATOR => return Ok(None),
            REQUEST => skip_request(bits)?,
            USER_MESSAGE => skip_user_message(bits)?,
            submode => {
                let fault = Error::Submode { submode, band: Band::Low };
                return Submode::get(submode).map(|submode| Some(Some(submode))).ok_or(fault);
            }
        }
    }
}

fn skip_layers(bits: &mut BitReader<'_>) -> Result<(), Error> {
    let mut layers = 0;
    while bits.remaining() >= u64::from(LOW_HEADER_BITS) && bits.peek(LAYER_FLAG_BITS) == 1 {
        if layers == MAX_LAYERS {
            return Err(Error::Layers);
        }
        layers += 1;
        let layer = layer_header(bits)?;
        skip_parameters(bits, layer.map(HighLayer::frame_bits), HIGH_HEADER_BITS)?;
    }
    Ok(())
}

/// Reads the header of a layer if there is one; `None` where there is none or where it sends nothing.
fn layer_header(bits: &mut BitReader<'_>) -> Result<Option<&'static HighLayer>, Error> {
    if bits.remaining() < u64::from(HIGH_HEADER_BITS) || bits.peek(LAYER_FLAG_BITS) == 0 {
        return Ok(None);
    }
    bits.skip(u64::from(LAYER_FLAG_BITS));
    match bits.take(LAYER_BITS) as u8 {
        0 => Ok(None),
        submode => HighLayer::get(submode).map(Some).ok_or(Error::Submode { submode, band: Band::High }),
    }
}
