//! Messages between the frames of a packet, which this decoder skips.
//!
//! **Source**: the Speex manual, "In-band signalling"; sizes: libspeex 1.2.1, speex_callbacks.c.

use crate::bits::BitReader;
use crate::error::Error;

/// Number that stands where a frame has its sub-mode: the packet ends here.
pub(crate) const TERMINATOR: u8 = 15;
/// A request that the format defines: four bits of kind, then data of fixed size.
pub(crate) const REQUEST: u8 = 14;
/// Data of the application: four bits of size, five of kind, then that many bytes.
pub(crate) const USER_MESSAGE: u8 = 13;

/// Bits of the kind of a request and of the size of a user message.
const FIELD_BITS: u32 = 4;
const USER_KIND_BITS: u64 = 5;

/// Skips what follows the number of a request.
pub(crate) fn skip_request(bits: &mut BitReader<'_>) -> Result<(), Error> {
    let data_bits = |kind| match kind {
        0..=1 => 1,
        2..=7 => 4,
        // 9 is the intensity stereo of the frame.
        8..=9 => 8,
        10..=11 => 16,
        12..=13 => 32,
        _ => 64,
    };
    skip_message(bits, data_bits)
}

/// Skips what follows the number of a user message.
pub(crate) fn skip_user_message(bits: &mut BitReader<'_>) -> Result<(), Error> {
    skip_message(bits, |size| USER_KIND_BITS + 8 * u64::from(size))
}

fn skip_message(bits: &mut BitReader<'_>, data_bits: impl Fn(u32) -> u64) -> Result<(), Error> {
    require(bits, u64::from(FIELD_BITS))?;
    let needed_bits = data_bits(bits.take(FIELD_BITS));
    require(bits, needed_bits)?;
    bits.skip(needed_bits);
    Ok(())
}

/// Whether the packet still has that many bits.
pub(crate) fn require(bits: &BitReader<'_>, needed_bits: u64) -> Result<(), Error> {
    let left_bits = bits.remaining();
    if left_bits < needed_bits { Err(Error::Truncated { needed_bits, left_bits }) } else { Ok(()) }
}
