//! The downmix matrix.

use std::f32::consts::FRAC_1_SQRT_2;

use voxline_core::{AudioSpec, ChannelMask};

/// The share of each channel in the mono downmix, in channel order; the shares add up to 1.
///
/// | layout | weights before they are scaled to add up to 1 |
/// |---|---|
/// | mono | 1 |
/// | stereo | L 1, R 1 |
/// | 3.0 and more with known positions | front left and right √½, centre 1, side and back left/right ½, back centre √½, left/right of centre √½, LFE 0 |
/// | positions unknown or fewer than channels, overhead loudspeakers, nothing but LFE | all channels alike |
///
/// The scale makes clipping impossible whatever the channels hold, and keeps a signal that is the same in all channels
/// at its level. A mask that names fewer positions than there are channels says nothing about the rest, so it is not
/// followed; of one that names more, the lowest bits count, as `WAVEFORMATEXTENSIBLE` has it.
///
/// **Source**: ITU-R BS.775-3, downward mixing of 3/2 material to mono: 0.7071 L + 0.7071 R + C + 0.5 Ls + 0.5 Rs. A single
/// surround channel stands for 0.7071 Ls + 0.7071 Rs there (3/1), hence its √½; channels between front and
/// centre, which BS.775 does not have, count as front channels.
///
/// ```
/// use voxline_core::{AudioSpec, ChannelMask, SampleRate};
/// let three = AudioSpec::new(SampleRate::new(48_000)?, 3)?.with_mask(ChannelMask(0b0111));
/// let weights = voxline_dsp::mix::mono_weights(&three);
/// assert!((weights[2] / weights[0] - 2f32.sqrt()).abs() < 1e-6);
/// # Ok::<(), voxline_core::Error>(())
/// ```
pub fn mono_weights(spec: &AudioSpec) -> Vec<f32> {
    let channels = spec.channels();
    let known: Option<Vec<f32>> =
        (0..channels).map(|channel| spec.channel_mask.position(channel).and_then(weight)).collect();
    let raw = known.filter(|weights| weights.iter().sum::<f32>() > 0.0).unwrap_or_else(|| vec![1.0; channels]);
    let total: f32 = raw.iter().sum();
    raw.iter().map(|weight| weight / total).collect()
}

/// `None` for positions that the table does not know (overhead loudspeakers).
fn weight(position: u32) -> Option<f32> {
    match position {
        ChannelMask::FRONT_CENTER => Some(1.0),
        ChannelMask::FRONT_LEFT
        | ChannelMask::FRONT_RIGHT
        | ChannelMask::FRONT_LEFT_OF_CENTER
        | ChannelMask::FRONT_RIGHT_OF_CENTER
        | ChannelMask::BACK_CENTER => Some(FRAC_1_SQRT_2),
        ChannelMask::BACK_LEFT | ChannelMask::BACK_RIGHT | ChannelMask::SIDE_LEFT | ChannelMask::SIDE_RIGHT => {
            Some(0.5)
        }
        ChannelMask::LOW_FREQUENCY => Some(0.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use voxline_core::SampleRate;

    use super::*;

    fn weights(channel_count: u16, mask: u32) -> Vec<f32> {
        let spec = AudioSpec::new(SampleRate::new(48_000).unwrap(), channel_count).unwrap();
        mono_weights(&spec.with_mask(ChannelMask(mask)))
    }

    /// Checks against figures worked out from the BS.775 row by hand: relative weights, normalised in f64.
    fn check(name: &str, mask: u32, relative: &[f64]) {
        let total: f64 = relative.iter().sum();
        let got = weights(u16::try_from(relative.len()).unwrap(), mask);
        for (channel, (got, relative)) in got.iter().zip(relative).enumerate() {
            assert!((f64::from(*got) - relative / total).abs() < 1e-6, "{name}, channel {channel}: {got}");
        }
    }

    #[test]
    fn the_usual_layouts_follow_bs_775() {
        const H: f64 = std::f64::consts::FRAC_1_SQRT_2;
        check("mono", 0x4, &[1.0]);
        check("stereo", 0x3, &[1.0, 1.0]);
        check("2.1", 0xB, &[1.0, 1.0, 0.0]);
        check("3.0", 0x7, &[H, H, 1.0]);
        check("quad", 0x33, &[H, H, 0.5, 0.5]);
        check("4.0", 0x107, &[H, H, 1.0, H]);
        check("5.0 back", 0x37, &[H, H, 1.0, 0.5, 0.5]);
        check("5.0 side", 0x607, &[H, H, 1.0, 0.5, 0.5]);
        check("5.1 back", 0x3F, &[H, H, 1.0, 0.0, 0.5, 0.5]);
        check("5.1 side", 0x60F, &[H, H, 1.0, 0.0, 0.5, 0.5]);
        check("6.1", 0x70F, &[H, H, 1.0, 0.0, H, 0.5, 0.5]);
        check("7.1", 0x63F, &[H, H, 1.0, 0.0, 0.5, 0.5, 0.5, 0.5]);
        check("7.1 wide", 0xFF, &[H, H, 1.0, 0.0, 0.5, 0.5, H, H]);
    }

    #[test]
    fn what_the_mask_does_not_tell_is_averaged() {
        for (channels, mask) in [(1, 0), (2, 0), (6, 0), (3, 0x3), (1, 0x8), (3, 0x1003), (32, 0x3F)] {
            let expected = vec![1.0 / f32::from(channels); usize::from(channels)];
            assert_eq!(weights(channels, mask), expected, "{channels} channels, mask {mask:#x}");
        }
    }

    #[test]
    fn surplus_bits_are_ignored() {
        assert_eq!(weights(2, 0x3F), [0.5, 0.5]);
    }

    #[test]
    fn stereo_is_exactly_the_mean() {
        // The fast path of the mixer depends on it.
        assert_eq!(weights(2, 0x3), [0.5, 0.5]);
        assert_eq!(weights(2, 0), [0.5, 0.5]);
    }
}
