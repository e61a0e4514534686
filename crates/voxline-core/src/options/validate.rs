//! Ranges, all checked at once.

use std::fmt;

use super::{ChannelSelection, InputOptions, Options, TargetRate};
use crate::{AudioSpec, Error, ErrorKind, Result, SampleRate};

impl Options {
    /// Checks every range and reports all faults in one error.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] listing each option with its value and range.
    pub fn validate(&self) -> Result<()> {
        let mut faults = Vec::new();
        // Arguments, not a text: this runs for every short input, and next to never is a text needed.
        let mut require = |fine: bool, fault: fmt::Arguments<'_>| {
            if !fine {
                faults.push(fault.to_string());
            }
        };
        let rates = SampleRate::MIN_HZ..=SampleRate::MAX_HZ;
        let (low, high) = (SampleRate::MIN_HZ, SampleRate::MAX_HZ);
        let channels = 1..=AudioSpec::MAX_CHANNELS;
        let most = AudioSpec::MAX_CHANNELS;

        let hz = self.input.raw_rate_hz;
        require(rates.contains(&hz), format_args!("input.raw_rate_hz is {hz}, use {low} to {high}"));
        let n = self.input.raw_channels;
        require(channels.contains(&n), format_args!("input.raw_channels is {n}, use 1 to {most}"));
        if let TargetRate::Hz(hz) = self.target.sample_rate_hz {
            require(rates.contains(&hz), format_args!("target.sample_rate_hz is {hz}, use {low} to {high} or keep"));
        }
        let speex_in = self.input.speex_framing.is_some();
        require(
            !(speex_in && self.input.raw_format.is_some()),
            format_args!("input.raw_format and input.speex_framing are both set, use one"),
        );
        let (hz, n) = (self.input.raw_rate_hz, self.input.raw_channels);
        require(
            !speex_in || matches!(hz, 8_000 | 16_000) && n == 1,
            format_args!(
                "headerless Speex is 1 channel of 8000 or 16000 Hz, but input.raw_channels is {n} and input.raw_rate_hz {hz}"
            ),
        );
        if let Some((format, own_hz)) = self.input.raw_format.and_then(|f| f.fixed_rate_hz().map(|hz| (f, hz))) {
            // The default stands for "not said".
            require(
                (hz == own_hz || hz == InputOptions::default().raw_rate_hz) && n == 1,
                format_args!(
                    "headerless {format} is 1 channel of {own_hz} Hz, but input.raw_channels is {n} and input.raw_rate_hz {hz}"
                ),
            );
        }
        let (encoding, rates_hz) = (self.target.encoding, self.target.encoding.rates_hz());
        if let TargetRate::Hz(hz) = self.target.sample_rate_hz {
            let fine = rates_hz.is_empty() || rates_hz.contains(&hz);
            let known: Vec<_> = rates_hz.iter().map(u32::to_string).collect();
            let known = known.join(" or ");
            require(
                fine,
                format_args!(
                    "target.encoding {} is of {known} Hz, but target.sample_rate_hz is {hz}",
                    encoding.as_str()
                ),
            );
        }
        let n = self.speex.quality;
        require(n <= 10, format_args!("speex.quality is {n}, use 0 to 10"));
        let n = self.speex.complexity;
        require((1..=10).contains(&n), format_args!("speex.complexity is {n}, use 1 to 10"));
        if let ChannelSelection::Channel(n) = self.target.channels {
            require(channels.contains(&n), format_args!("target.channels is {n}, use 1 to {most}"));
        }
        let n = self.limits.max_channels;
        require(channels.contains(&n), format_args!("limits.max_channels is {n}, use 1 to {most}"));
        if let Some(s) = self.limits.max_duration_s {
            require(
                s.is_finite() && s > 0.0,
                format_args!("limits.max_duration_s is {s}, use a number above 0 or none"),
            );
        }
        let split = &self.split;
        if let Some(s) = split.max_duration_s {
            require(
                s.is_finite() && s > 0.0,
                format_args!("split.max_duration_s is {s}, use a number above 0 or none"),
            );
        }
        let s = split.window_s;
        require((0.0..=3_600.0).contains(&s), format_args!("split.window_s is {s}, use 0 to 3600"));
        let n = split.min_pause_ms;
        require((20..=10_000).contains(&n), format_args!("split.min_pause_ms is {n}, use 20 to 10000"));
        let n = split.overlap_ms;
        require(n <= 60_000, format_args!("split.overlap_ms is {n}, use 0 to 60000"));
        let http = &self.http;
        let times = [
            ("connect_timeout_ms", http.connect_timeout_ms),
            ("read_timeout_ms", http.read_timeout_ms),
            ("total_timeout_ms", http.total_timeout_ms),
            ("max_response_bytes", http.max_response_bytes),
        ];
        for (name, value) in times {
            require(value > 0, format_args!("http.{name} is 0, use 1 or more"));
        }
        let n = http.max_attempts;
        require((1..=20).contains(&n), format_args!("http.max_attempts is {n}, use 1 to 20"));
        require(
            http.backoff_initial_ms <= http.backoff_max_ms,
            format_args!(
                "http.backoff_initial_ms is {} but backoff_max_ms {}",
                http.backoff_initial_ms, http.backoff_max_ms
            ),
        );
        if faults.is_empty() {
            return Ok(());
        }
        Err(Error::new(ErrorKind::InvalidArgument, "validate options", faults.join("; ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_valid() {
        Options::default().validate().unwrap();
    }

    #[test]
    fn speex_has_its_rates() {
        for (encoding, hz, fine) in [
            ("speex", "8000", true),
            ("speex", "16000", false),
            ("speex-wb", "8000", false),
            ("speex-wb", "16000", true),
        ]
        .into_iter()
        .chain([
            ("spx", "8000", true),
            ("spx", "16000", true),
            ("spx", "44100", false),
            ("speex", "keep", true),
        ]) {
            let mut options = Options::default();
            options.set("target.encoding", encoding).unwrap();
            options.set("target.sample_rate_hz", hz).unwrap();
            assert_eq!(options.validate().is_ok(), fine, "{encoding} {hz}");
        }
        let mut options = Options::default();
        options.set("input.speex_framing", "bare").unwrap();
        options.validate().unwrap();
        for (key, text) in [("input.raw_rate_hz", "44100"), ("input.raw_channels", "2"), ("input.raw_format", "s16le")]
        {
            let mut options = options.clone();
            options.set(key, text).unwrap();
            assert!(options.validate().unwrap_err().context().contains(key), "{key}");
        }
    }

    #[test]
    fn telephony_codecs_have_their_rates() {
        for (format, hz, channels, fine) in [
            ("gsm", "8000", "1", true),
            ("gsm", "16000", "1", false),
            ("gsm", "8000", "2", false),
            ("g722", "8000", "1", true),
            ("g722", "16000", "1", true),
            ("g722", "48000", "1", false),
            ("alaw", "48000", "2", true),
        ] {
            let mut options = Options::default();
            let said = [("input.raw_format", format), ("input.raw_rate_hz", hz), ("input.raw_channels", channels)];
            for (key, text) in said {
                options.set(key, text).unwrap();
            }
            assert_eq!(options.validate().is_ok(), fine, "{format} {hz} {channels}");
        }
    }

    #[test]
    fn all_faults_are_reported_at_once() {
        let mut options = Options::default();
        let wrong = [
            ("input.raw_rate_hz", "3"),
            ("input.raw_channels", "33"),
            ("target.sample_rate_hz", "999999"),
            ("target.channels", "40"),
            ("speex.quality", "11"),
            ("speex.complexity", "0"),
            ("limits.max_channels", "0"),
            ("limits.max_duration_s", "0"),
            ("split.max_duration_s", "0"),
            ("split.window_s", "3601"),
            ("split.min_pause_ms", "19"),
            ("split.overlap_ms", "60001"),
            ("http.connect_timeout_ms", "0"),
            ("http.read_timeout_ms", "0"),
            ("http.total_timeout_ms", "0"),
            ("http.max_response_bytes", "0"),
            ("http.max_attempts", "0"),
            ("http.backoff_initial_ms", "30000"),
        ];
        for (name, text) in wrong {
            options.set(name, text).unwrap();
        }
        let error = options.validate().unwrap_err();
        for (name, _) in wrong {
            assert!(error.context().contains(name), "{name} missing in {error}");
        }
    }
}
