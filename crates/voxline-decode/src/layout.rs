//! Where the channels of a format stand that says only how many there are.

use voxline_core::ChannelMask;

/// The positions of so many channels, in the order of the mask.
///
/// **Source**: RFC 9639 §9.1.3 (FLAC); Vorbis I §4.3.9 and RFC 7845 §5.1.1.2 name the same positions in another order. One
/// and two channels are left open as in the other formats: calls have a speaker on each.
pub(crate) fn of(channels: u16) -> ChannelMask {
    use ChannelMask as M;
    let front = M::FRONT_LEFT | M::FRONT_RIGHT;
    let back = M::BACK_LEFT | M::BACK_RIGHT;
    let side = M::SIDE_LEFT | M::SIDE_RIGHT;
    ChannelMask(match channels {
        3 => front | M::FRONT_CENTER,
        4 => front | back,
        5 => front | M::FRONT_CENTER | back,
        6 => front | M::FRONT_CENTER | M::LOW_FREQUENCY | back,
        7 => front | M::FRONT_CENTER | M::LOW_FREQUENCY | M::BACK_CENTER | side,
        8 => front | M::FRONT_CENTER | M::LOW_FREQUENCY | back | side,
        _ => return M::UNKNOWN,
    })
}
