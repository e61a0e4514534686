//! Decoded frames that wait to be pulled.

use voxline_core::AudioSpec;

use crate::pcm::CHUNK_FRAMES;
use crate::source::Source;
use crate::{DecodeError, PcmChunk, Pull};

/// Frames of one specification, and silence behind them that takes no memory.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) spec: AudioSpec,
    samples: Vec<f32>,
    /// Where the samples that wait begin.
    start: usize,
    /// Silent frames in front of the samples.
    silence: u64,
}

impl Ready {
    pub(crate) fn new(spec: AudioSpec) -> Self {
        Self { spec, samples: Vec::new(), start: 0, silence: 0 }
    }

    /// Adds silence; only while nothing else waits, so that the order is right.
    pub(crate) fn silence(&mut self, frames: u64) {
        debug_assert!(self.start >= self.samples.len());
        self.silence = self.silence.saturating_add(frames);
    }

    /// Adds interleaved samples, whole frames.
    pub(crate) fn extend(&mut self, samples: &[f32]) {
        self.samples.drain(..self.start);
        self.start = 0;
        self.samples.extend_from_slice(samples);
    }

    /// Gives frames that wait, a bounded number of them; `None` when there are none.
    pub(crate) fn give(&mut self, source: &mut Source, out: &mut PcmChunk) -> Result<Option<Pull>, DecodeError> {
        let channels = self.spec.channels();
        let there = match self.silence {
            0 => (self.samples.len() - self.start) / channels,
            silent => usize::try_from(silent).unwrap_or(usize::MAX),
        };
        let frames = source.guard.admit(there.min(CHUNK_FRAMES), self.spec.sample_rate)?;
        if frames == 0 {
            return Ok(None);
        }
        out.spec = self.spec;
        if self.silence > 0 {
            self.silence -= frames as u64;
            out.samples.resize(frames * channels, 0.0);
        } else {
            let end = self.start + frames * channels;
            out.samples.extend_from_slice(self.samples.get(self.start..end).unwrap_or_default());
            self.start = end;
        }
        source.frames = source.frames.saturating_add(frames as u64);
        Ok(Some(Pull::Frames(frames)))
    }
}
