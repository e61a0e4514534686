//! What the tests share.

use voxline::{Options, Preparer, Report, Result, profile};

/// 15.4 s of stereo MP3 at 44.1 kHz.
pub(crate) const CALL_MP3: &[u8] = include_bytes!("../../../../assets/call.mp3");
/// 6.5 s of stereo 16-bit WAV at 8 kHz.
pub(crate) const CALL_WAV: &[u8] = include_bytes!("../../../../assets/call.wav");

/// Options with some keys set.
pub(crate) fn options(pairs: &[(&str, &str)]) -> Options {
    let mut options = Options::default();
    for (key, value) in pairs {
        options.set(key, value).unwrap();
    }
    options
}

pub(crate) fn chat_16k() -> Options {
    profile("chat-16k").unwrap()
}

/// Runs the streaming form over pieces whose sizes `piece` gives, pulling after each; returns all outputs.
pub(crate) fn stream(
    bytes: &[u8],
    options: &Options,
    mut piece: impl FnMut() -> usize,
) -> Result<(Vec<Vec<u8>>, Report)> {
    let mut preparer = Preparer::new(options)?;
    let mut outputs: Vec<Vec<u8>> = Vec::new();
    let mut pull = |preparer: &mut Preparer| -> Result<()> {
        for index in 0..preparer.outputs().unwrap_or(0) {
            if outputs.len() <= index {
                outputs.push(Vec::new());
            }
            preparer.pull(index, &mut outputs[index])?;
        }
        Ok(())
    };
    let mut rest = bytes;
    while !rest.is_empty() {
        let (now, later) = rest.split_at(rest.len().min(piece().max(1)));
        preparer.push(now)?;
        pull(&mut preparer)?;
        rest = later;
    }
    let report = preparer.finish()?;
    pull(&mut preparer)?;
    if let Some(header) = preparer.wav_header()? {
        for output in &mut outputs {
            output[..header.len()].copy_from_slice(&header);
        }
    }
    Ok((outputs, report))
}

/// A small generator of random numbers, the same in every run.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
}
