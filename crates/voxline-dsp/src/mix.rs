//! Interleaved frames to planes: downmix, selection, split.

mod matrix;

pub use matrix::mono_weights;

use voxline_core::{AudioSpec, ChannelSelection, Result};

use crate::DspError;

/// Frames handled per plane before the next plane's turn, so that a block is still in the cache when it is read again.
const BLOCK_FRAMES: usize = 2048;

/// Turns interleaved frames of one specification into planes.
///
/// | selection | planes | content |
/// |---|---|---|
/// | `Mix` | 1 | weighted sum, see [`mono_weights`] |
/// | `Left` | 1 | channel 1 |
/// | `Right` | 1 | channel 2; of a mono source its only channel |
/// | `Channel(n)` | 1 | channel n, counted from 1 |
/// | `Keep`, `Split` | all | each channel as it is |
///
/// ```
/// use voxline_core::{AudioSpec, ChannelSelection, SampleRate};
/// use voxline_dsp::Mixer;
/// let stereo = AudioSpec::new(SampleRate::new(16_000)?, 2)?;
/// let mixer = Mixer::new(stereo, ChannelSelection::Mix)?;
/// let mut planes = vec![Vec::new(); mixer.output_channels()];
/// mixer.mix(&[0.5, 0.25, -1.0, 1.0], &mut planes);
/// assert_eq!(planes, [[0.375, 0.0]]);
/// # Ok::<(), voxline_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Mixer {
    channels: usize,
    plan: Plan,
}

#[derive(Debug, Clone, PartialEq)]
enum Plan {
    /// Every channel as a plane.
    All,
    /// One channel by index.
    Pick(usize),
    /// One weighted sum; as many weights as channels.
    Sum(Vec<f32>),
}

impl Mixer {
    /// A mixer for frames of `spec`.
    ///
    /// **Errors**: [`InvalidArgument`](voxline_core::ErrorKind::InvalidArgument) for a channel that `spec` does not have.
    pub fn new(spec: AudioSpec, selection: ChannelSelection) -> Result<Self> {
        let channels = spec.channels();
        let plan = match selection {
            ChannelSelection::Mix if channels > 1 => Plan::Sum(mono_weights(&spec)),
            ChannelSelection::Mix | ChannelSelection::Left => Plan::Pick(0),
            ChannelSelection::Right => Plan::Pick(1.min(channels - 1)),
            ChannelSelection::Keep | ChannelSelection::Split => Plan::All,
            ChannelSelection::Channel(n) if (1..=channels).contains(&usize::from(n)) => Plan::Pick(usize::from(n) - 1),
            ChannelSelection::Channel(wanted) => {
                return Err(DspError::NoSuchChannel { wanted, channel_count: spec.channel_count }.into());
            }
            other => return Err(DspError::Unknown(format!("channel selection \"{other}\"")).into()),
        };
        Ok(Self { channels, plan })
    }

    /// How many planes come out.
    pub fn output_channels(&self) -> usize {
        match self.plan {
            Plan::All => self.channels,
            Plan::Pick(_) | Plan::Sum(_) => 1,
        }
    }

    /// Appends the frames of `interleaved` to the planes.
    ///
    /// **Shape**: `interleaved` holds whole frames (an incomplete last one is left out); `planes` has
    /// [`output_channels`](Self::output_channels) members. Each frame is computed alone and its terms are added in
    /// channel order, so the result does not depend on how the audio is cut.
    ///
    /// **Allocation**: growth of `planes` only.
    pub fn mix(&self, interleaved: &[f32], planes: &mut [Vec<f32>]) {
        debug_assert_eq!(planes.len(), self.output_channels(), "one plane per output channel");
        match &self.plan {
            Plan::All => {
                for block in interleaved.chunks(BLOCK_FRAMES * self.channels) {
                    for (channel, plane) in planes.iter_mut().enumerate().take(self.channels) {
                        pick(block, self.channels, channel, plane);
                    }
                }
            }
            Plan::Pick(channel) => {
                if let Some(plane) = planes.first_mut() {
                    pick(interleaved, self.channels, *channel, plane);
                }
            }
            Plan::Sum(weights) => {
                if let Some(plane) = planes.first_mut() {
                    sum(interleaved, weights, plane);
                }
            }
        }
    }
}

/// Appends one channel. The channel counts that occur have loops of their own, which the compiler turns into shuffles.
fn pick(interleaved: &[f32], channels: usize, channel: usize, plane: &mut Vec<f32>) {
    match channels {
        1 => plane.extend_from_slice(interleaved),
        2 if channel == 0 => plane.extend(interleaved.as_chunks::<2>().0.iter().map(|frame| frame[0])),
        2 => plane.extend(interleaved.as_chunks::<2>().0.iter().map(|frame| frame[1])),
        _ => plane.extend(interleaved.chunks_exact(channels).map(|frame| frame[channel])),
    }
}

/// Appends the weighted sum.
fn sum(interleaved: &[f32], weights: &[f32], plane: &mut Vec<f32>) {
    fn fixed<const N: usize>(interleaved: &[f32], weights: &[f32], plane: &mut Vec<f32>) {
        let mut w = [0.0; N];
        w.copy_from_slice(weights);
        plane.extend(interleaved.as_chunks::<N>().0.iter().map(|frame| {
            // A channel of weight 0 is not read: 0 · NaN would be NaN.
            (0..N).fold(0.0, |acc, i| if w[i] == 0.0 { acc } else { acc + w[i] * frame[i] })
        }));
    }
    match weights {
        [0.5, 0.5] => plane.extend(interleaved.as_chunks::<2>().0.iter().map(|[l, r]| 0.5 * l + 0.5 * r)),
        [_, _] => fixed::<2>(interleaved, weights, plane),
        [_, _, _] => fixed::<3>(interleaved, weights, plane),
        [_, _, _, _] => fixed::<4>(interleaved, weights, plane),
        [_, _, _, _, _] => fixed::<5>(interleaved, weights, plane),
        [_, _, _, _, _, _] => fixed::<6>(interleaved, weights, plane),
        [_, _, _, _, _, _, _] => fixed::<7>(interleaved, weights, plane),
        [_, _, _, _, _, _, _, _] => fixed::<8>(interleaved, weights, plane),
        _ => {
            let frames = interleaved.chunks_exact(weights.len());
            let weigh = |acc, (x, w): (&f32, &f32)| if *w == 0.0 { acc } else { acc + w * x };
            plane.extend(frames.map(|frame| frame.iter().zip(weights).fold(0.0, weigh)));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use voxline_core::{ChannelMask, ErrorKind, SampleRate};

    use super::*;

    fn spec(channel_count: u16, mask: u32) -> AudioSpec {
        AudioSpec::new(SampleRate::new(48_000).unwrap(), channel_count).unwrap().with_mask(ChannelMask(mask))
    }

    fn run(spec: AudioSpec, selection: ChannelSelection, interleaved: &[f32]) -> Vec<Vec<f32>> {
        let mixer = Mixer::new(spec, selection).unwrap();
        let mut planes = vec![Vec::new(); mixer.output_channels()];
        mixer.mix(interleaved, &mut planes);
        planes
    }

    #[test]
    fn each_selection_gives_its_channels() {
        use ChannelSelection::{Channel, Keep, Left, Mix, Right, Split};
        let three = &[1.0, 2.0, 3.0, -1.0, -2.0, -3.0];
        type Case = (u16, &'static [f32], ChannelSelection, Vec<Vec<f32>>);
        let cases: [Case; 12] = [
            (1, &[0.1, 0.2], Mix, vec![vec![0.1, 0.2]]),
            (1, &[0.1, 0.2], Left, vec![vec![0.1, 0.2]]),
            (1, &[0.1, 0.2], Right, vec![vec![0.1, 0.2]]),
            (1, &[0.1, 0.2], Split, vec![vec![0.1, 0.2]]),
            (2, &[0.1, 0.2, 0.3, 0.4], Left, vec![vec![0.1, 0.3]]),
            (2, &[0.1, 0.2, 0.3, 0.4], Right, vec![vec![0.2, 0.4]]),
            (2, &[0.1, 0.2, 0.3, 0.4], Channel(2), vec![vec![0.2, 0.4]]),
            (2, &[0.1, 0.2, 0.3, 0.4], Split, vec![vec![0.1, 0.3], vec![0.2, 0.4]]),
            (2, &[0.5, -0.5, 1.0, 0.5], Mix, vec![vec![0.0, 0.75]]),
            (3, three, Keep, vec![vec![1.0, -1.0], vec![2.0, -2.0], vec![3.0, -3.0]]),
            (3, three, Channel(3), vec![vec![3.0, -3.0]]),
            (3, three, Right, vec![vec![2.0, -2.0]]),
        ];
        for (channels, input, selection, expected) in cases {
            assert_eq!(run(spec(channels, 0), selection, input), expected, "{channels} channels, {selection}");
        }
    }

    #[test]
    fn a_missing_channel_is_named_with_both_numbers() {
        for wanted in [0, 3] {
            let error = Mixer::new(spec(2, 0), ChannelSelection::Channel(wanted)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            assert!(error.context().contains(&format!("channel {wanted}")), "{error}");
            assert!(error.context().contains("has 2"), "{error}");
        }
    }

    #[test]
    fn planes_are_appended_to_and_an_incomplete_frame_is_left_out() {
        let mixer = Mixer::new(spec(2, 0), ChannelSelection::Keep).unwrap();
        let mut planes = vec![vec![9.0], vec![8.0]];
        mixer.mix(&[1.0, 2.0, 3.0], &mut planes);
        assert_eq!(planes, [[9.0, 1.0], [8.0, 2.0]]);
    }

    #[test]
    fn opposite_full_scale_does_not_overflow_and_the_unused_channel_is_not_read() {
        assert_eq!(run(spec(2, 0), ChannelSelection::Mix, &[f32::MAX, f32::MAX]), [[f32::MAX]]);
        // 2.1 with a broken LFE channel.
        assert_eq!(run(spec(3, 0b1011), ChannelSelection::Mix, &[0.5, 0.25, f32::NAN]), [[0.375]]);
    }

    #[test]
    fn every_channel_count_mixes_like_the_plain_sum() {
        for channels in 1..=AudioSpec::MAX_CHANNELS {
            let n = usize::from(channels);
            let input = voxline_testkit::signal::white_noise(u64::from(channels), n * 50);
            let mask = (1u32 << channels.min(11)) - 1;
            for spec in [spec(channels, 0), spec(channels, mask)] {
                let weights = mono_weights(&spec);
                let mixed = run(spec, ChannelSelection::Mix, &input);
                for (frame, got) in input.chunks(n).zip(&mixed[0]) {
                    let exact: f64 = frame.iter().zip(&weights).map(|(x, w)| f64::from(*x) * f64::from(*w)).sum();
                    assert!((f64::from(*got) - exact).abs() < 1e-6, "{channels} channels: {got} for {exact}");
                }
                assert_eq!(mixed[0].len(), 50);
            }
        }
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_bits(
            channels in 1u16..=9,
            cuts in prop::collection::vec(0usize..5000, 0..6),
            which in 0usize..4,
        ) {
            let n = usize::from(channels);
            let frames = 5000;
            let input = voxline_testkit::signal::white_noise(7, frames * n);
            let selection = [ChannelSelection::Mix, ChannelSelection::Right, ChannelSelection::Keep, ChannelSelection::Channel(channels)][which];
            let spec = spec(channels, if which == 0 { (1 << channels) - 1 } else { 0 });
            let whole = run(spec, selection, &input);
            let mixer = Mixer::new(spec, selection).unwrap();
            let mut planes = vec![Vec::new(); mixer.output_channels()];
            let mut cuts = cuts;
            cuts.extend([0, frames]);
            cuts.sort_unstable();
            for pair in cuts.windows(2) {
                mixer.mix(&input[pair[0] * n..pair[1] * n], &mut planes);
            }
            prop_assert_eq!(planes, whole);
        }
    }
}
