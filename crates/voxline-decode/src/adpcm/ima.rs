//! IMA ADPCM (0x0011, also called DVI ADPCM): four bits a sample in blocks that begin anew.
//!
//! **Source**: IMA, "Recommended Practices for Enhancing Digital Audio Compatibility in Multimedia Systems", revision
//! 3.00 (21 October 1992), chapter 6 (codec and tables); Microsoft, "New Multimedia Data Types and Data Techniques"
//! (1994), "IMA ADPCM Wave Type" (blocks).

/// Bytes of a block's header for one channel: first sample, step index, reserved.
const HEADER_BYTES: usize = 4;
/// Bytes of one channel's turn after the header.
const TURN_BYTES: usize = 4;
/// Samples of one turn.
const TURN_SAMPLES: usize = 8;
/// Index of the last step.
const LAST_STEP: usize = STEPS.len() - 1;

/// Table 6.2: quantiser steps.
const STEPS: [i32; 89] = [
    7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107,
    118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963,
    1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894,
    6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794,
    32767,
];
/// Table 6.1: change of the step index by the magnitude of the code.
const STEP_CHANGES: [isize; 8] = [-1, -1, -1, -1, 2, 4, 6, 8];

/// The blocks of one file.
#[derive(Debug, Clone)]
pub(crate) struct ImaAdpcm {
    channels: usize,
    block_bytes: usize,
    block_frames: usize,
}

impl ImaAdpcm {
    /// `None` when a block of this size holds no audio.
    pub(crate) fn new(channels: usize, block_bytes: usize) -> Option<Self> {
        let turn = channels * TURN_BYTES;
        let block_frames = frames_in(channels, block_bytes);
        (channels > 0 && block_bytes >= channels * HEADER_BYTES + turn).then_some(Self {
            channels,
            block_bytes,
            block_frames,
        })
    }

    pub(crate) fn block_bytes(&self) -> usize {
        self.block_bytes
    }

    pub(crate) fn block_frames(&self) -> usize {
        self.block_frames
    }

    /// Frames in the first bytes of a block.
    pub(crate) fn frames_in(&self, bytes: usize) -> usize {
        frames_in(self.channels, bytes).min(self.block_frames)
    }

    /// Bytes that so many frames of a block take.
    pub(crate) fn bytes_of(&self, frames: usize) -> usize {
        self.channels * (HEADER_BYTES.min(frames * HEADER_BYTES) + frames.saturating_sub(1) / TURN_SAMPLES * TURN_BYTES)
    }

    /// What is wrong with the header of a block.
    pub(crate) fn check(&self, block: &[u8]) -> Result<(), String> {
        let headers = block.as_chunks::<HEADER_BYTES>().0.iter().take(self.channels);
        match headers.map(|header| header[2]).find(|&index| usize::from(index) > LAST_STEP) {
            Some(index) => Err(format!("a block of IMA ADPCM starts with step index {index}, {LAST_STEP} is the last")),
            None => Ok(()),
        }
    }

    /// Appends the frames of a block, or of what there is of its beginning. A step index beyond the last counts as the
    /// last.
    pub(crate) fn decode(&self, block: &[u8], out: &mut Vec<i16>) {
        let (channels, frames) = (self.channels, self.frames_in(block.len()));
        if frames == 0 {
            return;
        }
        let start = out.len();
        out.resize(start + frames * channels, 0);
        let frames = out.get_mut(start..).unwrap_or_default();
        let (headers, turns) = block.split_at(channels * HEADER_BYTES);
        for (channel, header) in headers.as_chunks::<HEADER_BYTES>().0.iter().enumerate() {
            let &[low, high, index, _] = header;
            let value = i32::from(i16::from_le_bytes([low, high]));
            let mut state = State { value, index: usize::from(index).min(LAST_STEP) };
            let mut samples = frames.iter_mut().skip(channel).step_by(channels);
            if let Some(first) = samples.next() {
                *first = state.value as i16;
            }
            let codes = turns.as_chunks::<TURN_BYTES>().0.iter().skip(channel).step_by(channels).flatten();
            for (code, sample) in codes.flat_map(|byte| [byte & 15, byte >> 4]).zip(samples) {
                *sample = state.next(code);
            }
        }
    }
}

/// Only whole turns of all channels count.
fn frames_in(channels: usize, bytes: usize) -> usize {
    bytes
        .checked_sub(channels * HEADER_BYTES)
        .and_then(|rest| rest.checked_div(channels * TURN_BYTES))
        .map_or(0, |turns| turns * TURN_SAMPLES + 1)
}

/// The state of one channel.
struct State {
    value: i32,
    index: usize,
}

impl State {
    /// The sample of a code: sign and three bits of magnitude. The difference is the sum of shifted steps, each cut off
    /// as the standard cuts it off, not their product with the magnitude.
    fn next(&mut self, code: u8) -> i16 {
        let step = STEPS[self.index];
        let mut difference = step >> 3;
        for (bit, part) in [(4, step), (2, step >> 1), (1, step >> 2)] {
            if code & bit != 0 {
                difference += part;
            }
        }
        let value = if code & 8 == 0 { self.value + difference } else { self.value - difference };
        self.value = value.clamp(i32::from(i16::MIN), i32::from(i16::MAX));
        self.index = self.index.saturating_add_signed(STEP_CHANGES[usize::from(code & 7)]).min(LAST_STEP);
        self.value as i16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One code at a time, by hand from the tables.
    #[test]
    fn a_block_by_hand() {
        let codec = ImaAdpcm::new(1, 8).unwrap();
        assert_eq!((codec.block_bytes(), codec.block_frames()), (8, 9));
        let mut out = Vec::new();
        // Step 7: 7/8 + 7 + 7/2 + 7/4 = 0 + 7 + 3 + 1; index 8, step 16: -(2 + 16); index 10 …
        codec.decode(&[100, 0, 0, 0, 0xC7, 0, 0, 0], &mut out);
        assert_eq!(out[..4], [100, 111, 93, 93 + 19 / 8]);
        assert_eq!(out.len(), 9);
    }

    #[test]
    fn parts_of_a_block_give_whole_turns() {
        for (channels, bytes, want) in
            [(1, 3, 0), (1, 4, 1), (1, 7, 1), (1, 8, 9), (2, 8, 1), (2, 15, 1), (2, 16, 9), (2, 24, 17), (2, 1024, 9)]
        {
            let codec = ImaAdpcm::new(channels, if bytes > 24 { 16 } else { 24 }).unwrap();
            let mut out = Vec::new();
            codec.decode(&vec![0; bytes], &mut out);
            assert_eq!((out.len(), codec.frames_in(bytes)), (want * channels, want), "{channels} {bytes}");
            assert_eq!(codec.bytes_of(want), bytes.min(codec.block_bytes()) / (4 * channels) * 4 * channels);
        }
        assert!(ImaAdpcm::new(2, 15).is_none() && ImaAdpcm::new(1, 0).is_none() && ImaAdpcm::new(0, 64).is_none());
    }

    #[test]
    fn a_wrong_step_index_is_said_and_the_length_kept() {
        let codec = ImaAdpcm::new(1, 12).unwrap();
        let mut out = Vec::new();
        let block = [0, 0, 89, 0, 1, 2, 3, 4, 5, 6, 7, 8];
        assert_eq!(codec.check(&block).unwrap_err(), "a block of IMA ADPCM starts with step index 89, 88 is the last");
        codec.decode(&block, &mut out);
        assert_eq!(out.len(), 17);
        // The index of the second channel, and codes that look like one.
        let stereo = ImaAdpcm::new(2, 16).unwrap();
        assert!(stereo.check(&[0, 0, 88, 0, 0, 0, 200, 0]).is_err());
        assert!(stereo.check(&[0, 0, 88, 255, 0, 0, 88, 255, 0, 0, 200, 0]).is_ok());
    }
}
