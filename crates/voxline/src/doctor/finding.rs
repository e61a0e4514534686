//! What a finding is.

use serde::{Deserialize, Serialize};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Severity {
    /// Good to know; nothing has to be done.
    Info,
    /// Part of what was said may be lost or ascribed to the wrong side.
    Warning,
    /// The recording cannot be used as it is.
    Error,
}

impl Severity {
    /// `info`, `warning` or `error`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Declares the names once: variant, text, what it means, what to do.
macro_rules! names {
    ($($(#[doc = $doc:literal])+ $variant:ident, $text:literal, $advice:literal;)+) => {
        /// What was found, for programs. The figures and thresholds of each stand in `docs/doctor.md`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum FindingName {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl FindingName {
            /// All names, in the order in which findings are listed.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name as in JSON.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// What to do about it, in one sentence.
            pub fn advice(self) -> &'static str {
                match self { $(Self::$variant => $advice),+ }
            }
        }
    };
}

names! {
    /// There is no audio in the input.
    Empty, "empty", "Look for the recording elsewhere: this file holds none.";
    /// The input ends before it should.
    Truncated, "truncated", "Fetch or copy the file again; what is there is used, the end is missing.";
    /// A size field of the header is wrong.
    BadSize, "bad_size", "Nothing has to be done, the audio is read to its real end; the recorder or the copy was interrupted.";
    /// Bytes that are no part of the stream were skipped.
    JunkSkipped, "junk_skipped", "Nothing has to be done unless audio is missing: what is not audio was left out.";
    /// Coded frames were damaged and concealed.
    BadFrames, "bad_frames", "Fetch the file again; damaged moments are silent.";
    /// A header field contradicts another.
    InconsistentHeader, "inconsistent_header", "Listen whether speed and pitch are right; the more plausible field was followed.";
    /// The sample rate changes within the stream.
    RateChanged, "rate_changed", "Nothing has to be done, everything is brought to one rate; files may have been glued together.";
    /// The number of channels changes within the stream.
    ChannelsChanged, "channels_changed", "Check which side is on which channel: files of different kinds may have been glued together.";
    /// Samples were no finite numbers.
    NotANumber, "not_a_number", "Repair the program that wrote the file; the samples were replaced.";
    /// Several files stand one behind the other.
    GluedFiles, "glued_files", "Check whether the recordings belong together; all of them were decoded, in the order in which they stand.";
    /// Some other oddity that decoding reported.
    Other, "other", "Read the warning of the report.";
    /// The length of the original is not known to the sample.
    DurationNotExact, "duration_not_exact", "Do not compare lengths or times to the sample with those of the original.";
    /// The recording is too short to hold a sentence.
    VeryShort, "very_short", "Check whether the recording was started and stopped as meant.";
    /// A channel holds nothing to hear.
    Silent, "silent", "Check the line and the microphone of this side; leave the channel out.";
    /// A channel has sound but no speech.
    NoSpeech, "no_speech", "Leave the channel out if nobody was meant to speak on it; otherwise check the line.";
    /// The speech of a channel is faint.
    QuietSpeech, "quiet_speech", "Raise the level where it is recorded; amplifying later raises the noise too.";
    /// The noise of a channel is nearly as loud as its speech.
    Noisy, "noisy", "Record nearer to the mouth or in a quieter place, and expect words to be missed.";
    /// A channel is cut off at full scale.
    Clipping, "clipping", "Lower the level where it is recorded; what is cut off cannot be brought back.";
    /// A channel has an offset.
    DcOffset, "dc_offset", "Check the converter, or whether the samples are read in the right format; a high-pass removes the offset.";
    /// A channel is empty above the bandwidth of a lower rate: its own rate is a wrong one.
    NarrowBand, "narrow_band", "Prepare it for a model of the lower rate: the higher one adds bytes but no sound.";
    /// A channel has long stretches of digital silence.
    DigitalHoles, "digital_holes", "Check whether the call was muted or put on hold then; otherwise the recorder lost audio.";
    /// Both channels are the same signal.
    IdenticalChannels, "identical_channels", "Use one of them (channels left): this is a mono recording, the sides cannot be told apart.";
    /// One channel is the other upside down.
    InvertedChannels, "inverted_channels", "Use one of them (channels left or right): mixed they cancel.";
    /// One channel is the other, later.
    DelayedChannels, "delayed_channels", "Use one of them (channels left or right): mixed they sound hollow.";
    /// One side is heard on the channel of the other.
    Crosstalk, "crosstalk", "Transcribe the sides with care: words of the louder side may appear on the other one; use headsets or an echo canceller.";
    /// The sides never speak at once.
    NeverAtOnce, "never_at_once", "Check whether the line is half-duplex or the recorder switches: interruptions are lost.";
    /// The sides always speak at once.
    AlwaysAtOnce, "always_at_once", "Check whether both channels hold the mix of the call: then the sides cannot be told apart.";
}

impl std::fmt::Display for FindingName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A number with its name and unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Figure {
    /// What the number is.
    pub name: String,
    /// The number, always a finite one.
    pub value: f64,
    /// `dB`, `dBFS` (relative to full scale), `Hz`, `ms`, `s`, `frames`; empty for counts and ratios.
    pub unit: String,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Finding {
    /// What was found.
    pub name: FindingName,
    /// How bad it is.
    pub severity: Severity,
    /// The channels concerned, counted from 1; empty when it is the file.
    pub channels: Vec<u16>,
    /// The numbers behind it.
    pub figures: Vec<Figure>,
    /// What it is, in one sentence.
    pub what: String,
    /// What to do about it, in one sentence.
    pub advice: String,
}

impl Finding {
    /// A finding without figures.
    pub(super) fn new(name: FindingName, severity: Severity, channels: &[u16], what: impl Into<String>) -> Self {
        Self {
            name,
            severity,
            channels: channels.to_vec(),
            figures: Vec::new(),
            what: what.into(),
            advice: name.advice().to_owned(),
        }
    }

    /// Adds a number; one that is not finite is left out, because JSON has none.
    pub(super) fn with(mut self, name: &str, value: f64, unit: &str) -> Self {
        if value.is_finite() {
            self.figures.push(Figure { name: name.to_owned(), value, unit: unit.to_owned() });
        }
        self
    }

    /// The number of this name.
    pub fn figure(&self, name: &str) -> Option<f64> {
        self.figures.iter().find(|figure| figure.name == name).map(|figure| figure.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_those_of_json_and_each_has_its_advice() {
        let mut seen = std::collections::BTreeSet::new();
        for name in FindingName::ALL {
            assert_eq!(serde_json::to_string(name).unwrap(), format!("\"{name}\""));
            assert!(seen.insert(name.as_str()) && name.advice().ends_with('.'), "{name}");
        }
        for severity in [Severity::Info, Severity::Warning, Severity::Error] {
            assert_eq!(serde_json::to_string(&severity).unwrap(), format!("\"{}\"", severity.as_str()));
        }
        assert!(Severity::Info < Severity::Warning && Severity::Warning < Severity::Error);
    }

    #[test]
    fn a_number_that_json_does_not_have_is_left_out() {
        let finding =
            Finding::new(FindingName::Noisy, Severity::Info, &[1], "x").with("a", f64::NAN, "").with("b", 1.5, "s");
        assert_eq!((finding.figure("a"), finding.figure("b"), finding.figures.len()), (None, Some(1.5), 1));
    }
}
