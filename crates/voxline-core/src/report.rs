//! What every result says about itself.

use serde::{Deserialize, Serialize};

/// What was found, what was done and what was odd about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[non_exhaustive]
pub struct Report {
    /// The input as decoded.
    pub source: SourceReport,
    /// The output as written; all zero when only the input was looked at.
    pub target: TargetReport,
    /// Oddities in the order in which they were first seen.
    pub warnings: Vec<Warning>,
}

/// The input as decoded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[non_exhaustive]
pub struct SourceReport {
    /// `wav`, `au`, `aiff`, `mp3`, `ogg`, `flac`, `m4a`, `speex` (packets without a container), `raw`.
    pub container: String,
    /// `mp3`, `speex_nb`, `speex_wb`, `adpcm_ima`, `adpcm_ms`, `gsm`, `g722`, `flac`, `vorbis`, `opus`, `aac`, `pcm_s16le`,
    /// `pcm_alaw` …
    pub codec: String,
    /// Frames a second, of the first audio seen.
    pub sample_rate_hz: u32,
    /// Channels of the first audio seen.
    pub channel_count: u16,
    /// Loudspeaker positions (bits of `WAVEFORMATEXTENSIBLE`), 0 when unknown.
    pub channel_mask: u32,
    /// Decoded frames after delay and padding were removed.
    pub frames: u64,
    /// `frames` in seconds.
    pub duration_s: f64,
    /// Whether `frames` is the length of the original to the sample: the format or the encoder states it and nothing is
    /// missing. `false` for MP3 without a LAME tag, whose frames include unknown delay and padding, and for formats in
    /// blocks (ADPCM, GSM) that do not say how much of the last one is audio.
    pub duration_exact: bool,
    /// Frames that the encoder put before the audio, when the stream says so; they were removed unless `input.gapless` is off.
    pub encoder_delay_frames: Option<u32>,
    /// Frames that the encoder put after the audio, when the stream says so.
    pub encoder_padding_frames: Option<u32>,
    /// Coded frames that could not be decoded and were concealed.
    pub bad_frames: u64,
    /// Samples that were no finite numbers: NaN became 0, infinities full scale.
    pub samples_nan: u64,
    /// Bytes read.
    pub input_bytes: u64,
    /// Level of each channel.
    pub channels: Vec<ChannelLevel>,
    /// The names that `input.channel_names` gave them; empty without.
    #[serde(default)]
    pub channel_names: Vec<String>,
}

/// The output as written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[non_exhaustive]
pub struct TargetReport {
    /// `pcm`, `wav`, `speex`, `speex-wb` or `spx`; empty when nothing was written.
    pub encoding: String,
    /// Frames a second.
    pub sample_rate_hz: u32,
    /// Channels of one output.
    pub channel_count: u16,
    /// Number of outputs: more than 1 only when channels were split.
    pub outputs: u16,
    /// Frames of one output.
    pub frames: u64,
    /// `frames` in seconds.
    pub duration_s: f64,
    /// Bytes of all outputs before base64.
    pub bytes: u64,
    /// Bytes that each Speex packet takes, its length byte included, when packets follow each other without a container.
    pub packet_bytes: Option<u64>,
    /// Samples that did not fit into 16 bits and were saturated.
    pub samples_clipped: u64,
    /// Level of each output channel.
    pub channels: Vec<ChannelLevel>,
    /// The names of the channels that came out as they were; empty without, and for a mix.
    #[serde(default)]
    pub channel_names: Vec<String>,
}

/// Level of one channel relative to full scale.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelLevel {
    /// Largest magnitude, in dB relative to full scale; `None` for digital silence.
    pub peak_dbfs: Option<f64>,
    /// Root mean square, in dB relative to full scale (a full-scale square wave is 0); `None` for digital silence.
    pub rms_dbfs: Option<f64>,
}

impl ChannelLevel {
    /// From linear amplitudes; 0 becomes `None`, because JSON has no infinity.
    pub fn from_linear(peak: f64, rms: f64) -> Self {
        let db = |x: f64| (x > 0.0 && x.is_finite()).then(|| crate::units::amplitude_to_db(x));
        Self { peak_dbfs: db(peak), rms_dbfs: db(rms) }
    }
}

/// One oddity, however often it happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Warning {
    /// What kind of oddity.
    pub code: WarningCode,
    /// One sentence about the first occurrence, with its figures.
    pub message: String,
    /// How often it happened.
    pub count: u64,
}

/// The kinds of oddity, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WarningCode {
    /// The input ends before its own header says it should, or inside a frame.
    Truncated,
    /// A size field of the header is 0, huge or does not fit the data.
    BadSize,
    /// Bytes that are not part of the stream were skipped.
    JunkSkipped,
    /// Coded frames were damaged and concealed.
    BadFrames,
    /// A header field contradicts another and was not followed.
    InconsistentHeader,
    /// The sample rate changed within the stream.
    RateChanged,
    /// The number of channels changed within the stream.
    ChannelsChanged,
    /// Samples were saturated.
    Clipped,
    /// Samples were no finite numbers.
    NotANumber,
    /// Two channels are the same to the bit.
    IdenticalChannels,
    /// Two channels cancel when mixed.
    InvertedChannels,
    /// There is no audio in the input.
    Empty,
    /// Several files stand one behind the other; all were decoded.
    GluedFiles,
}

/// Collects warnings: one entry a code, counted.
#[derive(Debug, Clone, Default)]
pub struct Warnings(Vec<Warning>);

impl Warnings {
    /// Notes an oddity; the message is only built the first time.
    pub fn add(&mut self, code: WarningCode, message: impl FnOnce() -> String) {
        self.add_many(code, 1, message);
    }

    /// Notes `count` occurrences at once.
    pub fn add_many(&mut self, code: WarningCode, count: u64, message: impl FnOnce() -> String) {
        match self.0.iter_mut().find(|w| w.code == code) {
            Some(known) => known.count = known.count.saturating_add(count),
            None => self.0.push(Warning { code, message: message(), count }),
        }
    }

    /// What was noted so far.
    pub fn as_slice(&self) -> &[Warning] {
        &self.0
    }

    /// Takes over the warnings of an earlier stage.
    pub fn extend_from(&mut self, other: &[Warning]) {
        for warning in other {
            self.add_many(warning.code, warning.count, || warning.message.clone());
        }
    }

    /// Gives up the collection.
    pub fn into_vec(self) -> Vec<Warning> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_keep_the_first_message_and_count_the_rest() {
        let mut warnings = Warnings::default();
        warnings.add(WarningCode::BadFrames, || "first".into());
        warnings.add_many(WarningCode::BadFrames, 4, || unreachable!());
        assert_eq!(warnings.as_slice(), [Warning { code: WarningCode::BadFrames, message: "first".into(), count: 5 }]);
    }

    #[test]
    fn silence_has_no_level() {
        let level = ChannelLevel::from_linear(0.0, 0.0);
        assert_eq!(level, ChannelLevel { peak_dbfs: None, rms_dbfs: None });
        assert!(serde_json::to_string(&level).unwrap().contains("null"));
    }
}
