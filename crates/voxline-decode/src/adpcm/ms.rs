//! Microsoft ADPCM (0x0002): four bits a sample, one of several second-order predictors a block.
//!
//! **Source**: Microsoft, "New Multimedia Data Types and Data Techniques" (1994), "Microsoft ADPCM".

/// Bytes of a block's header for one channel: predictor, step, two samples.
const HEADER_BYTES: usize = 7;
/// Frames that the header holds.
const HEADER_FRAMES: usize = 2;
/// The least step.
const MIN_STEP: i32 = 16;
/// The step is kept far from overflow; no encoder comes near it, since three steps of 16 bits are the most there is.
const MAX_STEP: i32 = i32::MAX / 768;

/// The predictors that every file has, in units of 1/256: weights of the last sample and of the one before.
pub(crate) const PREDICTORS: [[i16; 2]; 7] =
    [[256, 0], [512, -256], [0, 0], [192, 64], [240, 0], [460, -208], [392, -232]];
/// Growth of the step by the code, in units of 1/256.
const STEP_GROWTH: [i32; 16] = [230, 230, 230, 230, 307, 409, 512, 614, 768, 614, 512, 409, 307, 230, 230, 230];

/// The blocks of one file.
#[derive(Debug, Clone)]
pub(crate) struct MsAdpcm {
    channels: usize,
    block_bytes: usize,
    block_frames: usize,
    predictors: Vec<[i16; 2]>,
}

impl MsAdpcm {
    /// The predictors beyond [`PREDICTORS`] are those of the file. `None` when a block of this size holds no audio or
    /// the channels are not 1 or 2.
    pub(crate) fn new(channels: usize, block_bytes: usize, more_predictors: &[[i16; 2]]) -> Option<Self> {
        let predictors = [&PREDICTORS[..], more_predictors].concat();
        let block_frames = frames_in(channels, block_bytes);
        (matches!(channels, 1 | 2) && block_frames > 0).then_some(Self {
            channels,
            block_bytes,
            block_frames,
            predictors,
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

    /// What is wrong with the header of a block.
    pub(crate) fn check(&self, block: &[u8]) -> Result<(), String> {
        let count = self.predictors.len();
        match block.iter().take(self.channels).find(|&&index| usize::from(index) >= count) {
            Some(index) => Err(format!("a block of MS ADPCM starts with predictor {index}, there are {count}")),
            None => Ok(()),
        }
    }

    /// Appends the frames of a block, or of what there is of its beginning. A predictor that does not exist counts as the
    /// first.
    pub(crate) fn decode(&self, block: &[u8], out: &mut Vec<i16>) {
        let (channels, frames) = (self.channels, self.frames_in(block.len()));
        if frames == 0 {
            return;
        }
        let (indexes, rest) = block.split_at(channels);
        let (words, codes) = rest.split_at(channels * (HEADER_BYTES - 1));
        // Three numbers for each channel, channel by channel: steps, later samples, earlier samples.
        let word =
            |at: usize| words.as_chunks::<2>().0.get(at).map_or(0, |&bytes| i32::from(i16::from_le_bytes(bytes)));
        let mut states = [State::default(); 2];
        for (channel, (state, &index)) in states.iter_mut().zip(indexes).enumerate() {
            let weights = self.predictors.get(usize::from(index)).copied().unwrap_or(PREDICTORS[0]);
            *state = State {
                weights: weights.map(i64::from),
                step: word(channel),
                last: word(channels + channel),
                before: word(2 * channels + channel),
            };
        }
        let states = states.get_mut(..channels).unwrap_or_default();
        let end = out.len() + frames * channels;
        out.extend(states.iter().map(|state| state.before as i16));
        out.extend(states.iter().map(|state| state.last as i16));
        // The high half comes first; two channels take turns.
        let codes = codes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        for (turn, code) in codes.take(end.saturating_sub(out.len())).enumerate() {
            out.push(states[turn % channels].next(code));
        }
        out.truncate(end);
    }
}

fn frames_in(channels: usize, bytes: usize) -> usize {
    bytes
        .checked_sub(channels * HEADER_BYTES)
        .and_then(|rest| (rest * 2).checked_div(channels))
        .map_or(0, |coded| coded + HEADER_FRAMES)
}

/// The state of one channel.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    weights: [i64; 2],
    step: i32,
    last: i32,
    before: i32,
}

impl State {
    /// The sample of a code of four bits in two's complement.
    fn next(&mut self, code: u8) -> i16 {
        let [last, before] = self.weights;
        // Shifted, not divided: a negative prediction is rounded down.
        let prediction = (i64::from(self.last) * last + i64::from(self.before) * before) >> 8;
        let signed = i32::from(code) - if code < 8 { 0 } else { 16 };
        let sample = prediction + i64::from(signed * self.step);
        let sample = sample.clamp(i64::from(i16::MIN), i64::from(i16::MAX)) as i32;
        (self.before, self.last) = (self.last, sample);
        self.step = ((STEP_GROWTH[usize::from(code & 15)] * self.step) >> 8).clamp(MIN_STEP, MAX_STEP);
        sample as i16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One code at a time, by hand from the tables.
    #[test]
    fn a_block_by_hand() {
        let codec = MsAdpcm::new(1, 9, &[]).unwrap();
        assert_eq!((codec.block_bytes(), codec.block_frames()), (9, 6));
        let mut out = Vec::new();
        // Predictor 1: 2·last − before. 2·-30 + 10 + 7·16 = 62, step 16·614/256 = 38; 2·62 + 30 − 8·38 = -150, step 114.
        codec.decode(&[1, 16, 0, 0xE2, 0xFF, 0xF6, 0xFF, 0x78, 0x0F], &mut out);
        assert_eq!(out, [-10, -30, 62, -150, -362, -362 * 2 + 150 - 102]);
    }

    #[test]
    fn parts_of_a_block() {
        for (channels, bytes, want) in [(1, 6, 0), (1, 7, 2), (1, 8, 4), (2, 13, 0), (2, 14, 2), (2, 15, 3), (2, 99, 8)]
        {
            let codec = MsAdpcm::new(channels, 20, &[]).unwrap();
            let mut out = Vec::new();
            codec.decode(&vec![0; bytes], &mut out);
            assert_eq!((out.len(), codec.frames_in(bytes)), (want * channels, want), "{channels} {bytes}");
        }
        assert!(MsAdpcm::new(3, 64, &[]).is_none() && MsAdpcm::new(0, 64, &[]).is_none());
        assert!(MsAdpcm::new(2, 13, &[]).is_none() && MsAdpcm::new(1, 6, &[]).is_none());
    }

    #[test]
    fn predictors_of_the_file_follow_the_usual_ones() {
        let codec = MsAdpcm::new(1, 8, &[[i16::MIN, i16::MIN]]).unwrap();
        let mut out = Vec::new();
        // Both weights −128: 2·32768·128 − 8·16 saturates; 32767·−128 + 32768·128 − 8·48 does not.
        codec.decode(&[7, 16, 0, 0, 0x80, 0, 0x80, 0x88], &mut out);
        assert_eq!(out, [i16::MIN, i16::MIN, i16::MAX, 128 - 384]);
        let fault = codec.check(&[8, 0, 0, 0, 0, 0, 0, 0]).unwrap_err();
        assert_eq!(fault, "a block of MS ADPCM starts with predictor 8, there are 8");
        codec.decode(&[8, 0, 0, 0, 0, 0, 0, 0], &mut out);
        assert_eq!(out.len(), 8);
        assert!(codec.check(&[7, 8, 8]).is_ok() && MsAdpcm::new(2, 20, &[]).unwrap().check(&[6, 7]).is_err());
    }

    /// The step cannot grow beyond what fits, whatever the codes.
    #[test]
    fn the_loudest_codes_for_ever() {
        let codec = MsAdpcm::new(1, 7 + 60_000, &[]).unwrap();
        for (head, code) in [([0, 0xFF, 0x7F, 0, 0x80, 0, 0x80], 0x88), ([6, 0, 0x80, 0, 0x80, 0xFF, 0x7F], 0x78)] {
            let mut block = head.to_vec();
            block.resize(7 + 60_000, code);
            let mut out = Vec::new();
            codec.decode(&block, &mut out);
            assert_eq!(out.len(), 120_002);
        }
    }
}
