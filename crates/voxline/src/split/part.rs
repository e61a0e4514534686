//! What a recording is cut into.

use serde::{Deserialize, Serialize};
use voxline_core::Encoding;
use voxline_core::units::frames_to_seconds;

use crate::payload::base64_text;

/// What a part ends in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Cut {
    /// A pause of at least `split.min_pause_ms`.
    Pause,
    /// A pause, but a shorter one: there was no better place.
    ShortPause,
    /// Speech: there was no pause at all.
    Speech,
    /// The end of the recording.
    End,
}

impl Cut {
    /// The name used in reports: `pause`, `short_pause`, `speech`, `end`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::ShortPause => "short_pause",
            Self::Speech => "speech",
            Self::End => "end",
        }
    }
}

/// A part of a recording, encoded by itself.
///
/// As JSON it is what the fields say, without the outputs.
///
/// **Units**: frames at `sample_rate_hz`, counted from the start of the recording as prepared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Part {
    /// Which part; the first is 0.
    pub index: usize,
    /// Where it begins, the repeated frames included.
    pub start_frame: u64,
    /// Its frames, the repeated ones included.
    pub frames: u64,
    /// How many of its first frames the part before holds too.
    pub overlap_frames: u64,
    /// What it ends in.
    pub cut: Cut,
    /// Frames a second.
    pub sample_rate_hz: u32,
    /// Channels of one output.
    pub channel_count: u16,
    /// What the outputs are.
    pub encoding: Encoding,
    /// Bytes of each Speex packet, its length byte included, when packets follow each other without a container.
    pub packet_bytes: Option<u64>,
    #[serde(skip)]
    pub(super) outputs: Vec<Vec<u8>>,
    pub(super) is_base64: bool,
}

impl Part {
    /// The bytes of the first output, as `target.encoding` and `target.base64` say.
    pub fn data(&self) -> &[u8] {
        self.outputs.first().map_or(&[], Vec::as_slice)
    }

    /// The bytes of every output: one, or under `target.channels` `split` one a channel.
    pub fn outputs(&self) -> &[Vec<u8>] {
        &self.outputs
    }

    /// Gives the outputs up without copying.
    pub fn into_outputs(self) -> Vec<Vec<u8>> {
        self.outputs
    }

    /// Takes the outputs out; what remains says what they were.
    pub fn take_outputs(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.outputs)
    }

    /// The same part with these outputs, such as those that [`take_outputs`](Self::take_outputs) gave.
    #[must_use]
    pub fn with_outputs(mut self, outputs: Vec<Vec<u8>>) -> Self {
        self.outputs = outputs;
        self
    }

    /// The first output as base64 text without line breaks.
    pub fn base64(&self) -> String {
        base64_text(self.data(), self.is_base64)
    }

    /// Whether the outputs are base64 text already.
    pub fn is_base64(&self) -> bool {
        self.is_base64
    }

    /// The frame behind the last one.
    pub fn end_frame(&self) -> u64 {
        self.start_frame.saturating_add(self.frames)
    }

    /// Where it begins, in seconds.
    pub fn start_s(&self) -> f64 {
        frames_to_seconds(self.start_frame, self.sample_rate_hz)
    }

    /// Where it ends, in seconds.
    pub fn end_s(&self) -> f64 {
        frames_to_seconds(self.end_frame(), self.sample_rate_hz)
    }
}
