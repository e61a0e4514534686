//! Holes of zeros in G.711.
//!
//! Where a disk, a copy or a jitter buffer left zeros, plain samples are silent. In G.711 a byte of 0 is the loudest
//! negative sample (µ-law) or a loud one (A-law), and a hole would be a bang as long as it is.

use voxline_core::SampleFormat;

use crate::g711::{ALAW_F32, MULAW_F32};

/// So many frames at one end of the range are no sound: at 8 kHz they are 12.5 ms, and half a period of the lowest tone
/// that a telephone passes on (300 Hz) is 1.7 ms, clipped or not.
const SOUND_FRAMES: usize = 100;

/// Follows runs of zeros, whatever the pieces.
#[derive(Debug, Default)]
pub(crate) struct Holes {
    run: usize,
}

impl Holes {
    /// What a byte of 0 is in this format, if it is loud.
    pub(crate) fn zero(format: SampleFormat) -> Option<f32> {
        match format {
            SampleFormat::Alaw => Some(ALAW_F32[0]),
            SampleFormat::Mulaw => Some(MULAW_F32[0]),
            _ => None,
        }
    }

    /// Silences what of the samples lies in holes; how many begin here, and at which sample the first does.
    pub(crate) fn fill(&mut self, zero: f32, channels: usize, samples: &mut [f32]) -> Option<(u64, usize)> {
        let longest = SOUND_FRAMES * channels;
        let mut found = None;
        for (place, sample) in samples.iter_mut().enumerate() {
            if *sample != zero {
                self.run = 0;
                continue;
            }
            self.run = self.run.saturating_add(1);
            if self.run > longest {
                *sample = 0.0;
            }
            if self.run == longest + 1 {
                let (count, first) = found.unwrap_or((0, place));
                found = Some((count + 1, first));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_become_silence_whatever_the_pieces() {
        let zero = MULAW_F32[0];
        let mut sound = vec![0.5; 10];
        sound.extend([vec![zero; 100], vec![0.25; 3], vec![zero; 150], vec![0.5; 7], vec![zero; 101]].concat());
        let mut want = sound.clone();
        want[213..263].fill(0.0);
        *want.last_mut().unwrap() = 0.0;
        for piece in [1, 7, 100, 1_000] {
            let (mut holes, mut got, mut count) = (Holes::default(), sound.clone(), 0);
            for part in got.chunks_mut(piece) {
                count += holes.fill(zero, 1, part).map_or(0, |(count, _)| count);
            }
            assert_eq!((got, count), (want.clone(), 2), "{piece}");
        }
        let mut stereo = vec![zero; 200];
        assert_eq!(Holes::default().fill(zero, 2, &mut stereo), None);
        assert_eq!(Holes::zero(SampleFormat::S16le), None);
    }
}
