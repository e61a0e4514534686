//! The levels of any number of interleaved channels.

use voxline_core::ChannelLevel;

use crate::convert::s16_to_f32;

use super::{BLOCK_FRAMES, LevelMeter, PairRelation, StereoMeter};

/// Measures interleaved frames of any channel count.
///
/// ```
/// use voxline_dsp::FrameMeter;
/// let mut meter = FrameMeter::new(3);
/// meter.push(&[1.0, 0.5, 0.0]);
/// assert_eq!(meter.levels()[0].peak_dbfs, Some(0.0));
/// assert_eq!(meter.levels()[2].peak_dbfs, None);
/// ```
#[derive(Debug, Clone)]
pub struct FrameMeter(Inner);

#[derive(Debug, Clone)]
enum Inner {
    Stereo(StereoMeter),
    Planes { meters: Vec<LevelMeter>, plane: Vec<f32> },
}

impl FrameMeter {
    /// A meter for frames of `channels` samples.
    pub fn new(channels: usize) -> Self {
        Self(match channels {
            2 => Inner::Stereo(StereoMeter::new()),
            _ => Inner::Planes { meters: vec![LevelMeter::new(); channels], plane: Vec::new() },
        })
    }

    /// Takes in the next frames. NaN counts as 0, infinity as the largest finite number.
    ///
    /// **Shape**: whole frames.
    ///
    /// **Allocation**: some blocks on the first call.
    pub fn push(&mut self, interleaved: &[f32]) {
        match &mut self.0 {
            Inner::Stereo(meter) => meter.push(interleaved),
            Inner::Planes { meters, plane } => match meters.as_mut_slice() {
                [] => {}
                [only] => only.push(interleaved),
                meters => {
                    let channels = meters.len();
                    for block in interleaved.chunks(BLOCK_FRAMES * channels) {
                        for (channel, meter) in meters.iter_mut().enumerate() {
                            plane.clear();
                            plane.extend(block.chunks_exact(channels).map(|frame| frame[channel]));
                            meter.push(plane);
                        }
                    }
                }
            },
        }
    }

    /// Takes in the next frames of 16 bits, as if each sample were divided by 32 768.
    ///
    /// **Shape**: whole frames.
    ///
    /// **Allocation**: some blocks on the first call; with several channels the samples as floats.
    pub fn push_s16(&mut self, interleaved: &[i16]) {
        if let Inner::Planes { meters, .. } = &mut self.0
            && let [only] = meters.as_mut_slice()
        {
            return only.push_s16(interleaved);
        }
        let mut floats = Vec::new();
        s16_to_f32(interleaved, &mut floats);
        self.push(&floats);
    }

    /// The meter of the only channel; `None` when there are more.
    pub fn only(&self) -> Option<&LevelMeter> {
        match &self.0 {
            Inner::Planes { meters, .. } if meters.len() == 1 => meters.first(),
            _ => None,
        }
    }

    /// The level of each channel so far.
    pub fn levels(&self) -> Vec<ChannelLevel> {
        match &self.0 {
            Inner::Stereo(meter) => meter.levels().to_vec(),
            Inner::Planes { meters, .. } => meters.iter().map(LevelMeter::level).collect(),
        }
    }

    /// How the two channels relate so far; [`PairRelation::Distinct`] for any other channel count.
    pub fn relation(&self) -> PairRelation {
        match &self.0 {
            Inner::Stereo(meter) => meter.relation(),
            Inner::Planes { .. } => PairRelation::Distinct,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_channel_gets_its_own_level() {
        for channels in 1..=5usize {
            let mut meter = FrameMeter::new(channels);
            // Channel c is a square wave of amplitude 1/(c + 1): peak and RMS are that amplitude.
            let frame: Vec<f32> = (0..channels).map(|c| 1.0 / (c as f32 + 1.0)).collect();
            let input: Vec<f32> =
                (0..1500).flat_map(|i| frame.iter().map(move |a| if i % 2 == 0 { *a } else { -a })).collect();
            let (head, tail) = input.split_at(700 * channels);
            meter.push(head);
            meter.push(tail);
            assert_eq!(meter.levels().len(), channels);
            for (c, level) in meter.levels().iter().enumerate() {
                let expected = -20.0 * (c as f64 + 1.0).log10();
                assert!((level.peak_dbfs.unwrap() - expected).abs() < 1e-5, "{c}: {level:?}");
                assert!((level.rms_dbfs.unwrap() - expected).abs() < 1e-5, "{c}: {level:?}");
            }
            assert_eq!(meter.only().map(|only| vec![only.level()]), (channels == 1).then(|| meter.levels()));
            assert_eq!(meter.relation(), PairRelation::Distinct);
        }
    }

    #[test]
    fn integers_of_any_channel_count_are_measured_like_floats() {
        let samples: Vec<i16> = (0..6_000).map(|n: i32| (n * 7919 % 65_536 - 32_768) as i16).collect();
        let floats: Vec<f32> = samples.iter().map(|&x| f32::from(x) / 32_768.0).collect();
        for channels in 1..=4 {
            let (mut of_floats, mut of_integers) = (FrameMeter::new(channels), FrameMeter::new(channels));
            let (head, tail) = samples.split_at(700 * channels);
            of_integers.push_s16(head);
            of_integers.push_s16(tail);
            of_floats.push(&floats);
            assert_eq!(of_integers.levels(), of_floats.levels(), "{channels}");
            assert_eq!(of_integers.relation(), of_floats.relation());
        }
    }

    #[test]
    fn a_pair_is_compared() {
        let mut meter = FrameMeter::new(2);
        meter.push(&[0.5, 0.5, -0.25, -0.25]);
        assert_eq!(meter.relation(), PairRelation::Identical);
    }
}
