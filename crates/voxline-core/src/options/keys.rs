//! The key table: every option by name, for help texts, C, Python and environment variables.

/// One option: what it is called, what it takes and what it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Key {
    /// The name, `group.field`.
    pub name: &'static str,
    /// What it takes: `bool`, `integer`, `number`, `text` or the words to choose from.
    pub takes: &'static str,
    /// The unit, empty when there is none.
    pub unit: &'static str,
    /// The default, as text that [`super::Options::set`] accepts.
    pub default: &'static str,
    /// One sentence.
    pub help: &'static str,
}

impl Key {
    /// The environment variable that sets this option: `VOXLINE_` and the name in capitals, dots as underscores.
    pub fn env_name(&self) -> String {
        format!("VOXLINE_{}", self.name.replace('.', "_").to_uppercase())
    }

    /// The keyword argument that sets this option in Python: the name with dots as underscores, for the target without
    /// its group, and `sample_rate`, which is what everybody there calls it.
    pub fn keyword(&self) -> String {
        match self.name.strip_prefix("target.") {
            Some("sample_rate_hz") => "sample_rate".to_owned(),
            Some(field) => field.to_owned(),
            None => self.name.replace('.', "_"),
        }
    }
}

const fn key(
    name: &'static str,
    takes: &'static str,
    unit: &'static str,
    default: &'static str,
    help: &'static str,
) -> Key {
    Key { name, takes, unit, default, help }
}

const RAW_FORMATS: &str = "none|s8|u8|s16le|s16be|s24le|s24be|s32le|s32be|f32le|f32be|f64le|f64be|alaw|mulaw|gsm|g722";

/// Every option. A test compares it with the struct: names, order of groups and defaults cannot drift.
pub const KEYS: &[Key] = &[
    key("input.raw_format", RAW_FORMATS, "", "none", "What headerless input is; none: probe the content."),
    key(
        "input.raw_by_name",
        "bool",
        "",
        "off",
        "Let a file's name say that it is headerless: .alaw .ulaw .gsm .g722 .sln .sln16 .raw (16 bits) and the like.",
    ),
    key(
        "input.speex_framing",
        "none|prefixed|bare",
        "",
        "none",
        "Layout of headerless Speex packets, wideband if input.raw_rate_hz is 16000; none: probe the content.",
    ),
    key("input.speex_enhancement", "bool", "", "on", "Enhance decoded Speex perceptually."),
    key("input.raw_rate_hz", "integer", "Hz", "8000", "Sample rate of headerless input; GSM and G.722 have their own."),
    key("input.raw_channels", "integer", "", "1", "Interleaved channels of headerless input."),
    key(
        "input.channel_names",
        "text|none",
        "",
        "none",
        "A name for each channel, in order: agent,customer; for reports and the names of files.",
    ),
    key("input.gapless", "bool", "", "on", "Remove the encoder's delay and padding."),
    key("input.strict", "bool", "", "off", "Make damage (truncation, wrong sizes, bad frames) an error."),
    key("target.sample_rate_hz", "integer|keep", "Hz", "16000", "Output rate; keep: that of the source."),
    key(
        "target.channels",
        "mix|left|right|split|keep|N",
        "",
        "mix",
        "Output channels; N selects one, the first is 1; split gives one output a channel.",
    ),
    key(
        "target.encoding",
        "pcm|wav|speex|speex-wb|spx",
        "",
        "wav",
        "Headerless 16-bit little-endian PCM, WAV, Speex packets of 8 or 16 kHz, or an Ogg Speex file.",
    ),
    key("target.base64", "bool", "", "off", "Write base64 text without line breaks."),
    key("target.dither", "none|tpdf", "", "none", "Noise added before rounding to 16 bits."),
    key("resample.quality", "fast|standard|best", "", "standard", "Filter of the rate conversion."),
    key("speex.quality", "integer", "", "8", "Quality and bit rate of Speex, 0 to 10."),
    key("speex.complexity", "integer", "", "3", "How hard the Speex encoder searches, 1 to 10."),
    key("speex.framing", "prefixed|bare", "", "prefixed", "Each Speex packet behind a byte with its length, or alone."),
    key("split.max_duration_s", "number|none", "s", "none", "Longest part of a split recording."),
    key("split.window_s", "number", "s", "10", "How far before the latest place for a cut a pause is looked for."),
    key("split.min_pause_ms", "integer", "ms", "300", "Shortest pause that is preferred for a cut, 20 to 10000."),
    key("split.overlap_ms", "integer", "ms", "0", "Audio that a part repeats from the one before."),
    key("limits.max_input_bytes", "integer|none", "bytes", "8589934592", "Longest input."),
    key("limits.max_duration_s", "number|none", "s", "86400", "Longest decoded audio."),
    key("limits.max_channels", "integer", "", "32", "Most channels."),
    key("limits.max_output_bytes", "integer|none", "bytes", "none", "Largest output before base64."),
    key("limits.max_base64_bytes", "integer|none", "bytes", "none", "Largest output as base64 text."),
    key("http.connect_timeout_ms", "integer", "ms", "10000", "Longest wait for a connection."),
    key("http.read_timeout_ms", "integer", "ms", "60000", "Longest wait for the answer to one attempt."),
    key("http.total_timeout_ms", "integer", "ms", "180000", "Longest time for a call with all its retries."),
    key("http.max_attempts", "integer", "", "4", "Attempts in all."),
    key("http.backoff_initial_ms", "integer", "ms", "500", "First wait between attempts, doubled each time."),
    key("http.backoff_max_ms", "integer", "ms", "20000", "Longest wait between attempts."),
    key("http.max_response_bytes", "integer", "bytes", "67108864", "Largest answer accepted."),
    key("http.proxy", "text|none", "", "none", "Proxy URL; none: that of the environment, if any."),
    key("http.ca_file", "text|none", "", "none", "PEM file with additional certificate authorities."),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Options;
    use serde_json::Value;

    #[test]
    fn table_and_struct_name_the_same_options() {
        let Value::Object(groups) = serde_json::to_value(Options::default()).unwrap() else { unreachable!() };
        let mut fields: Vec<String> = groups
            .iter()
            .flat_map(|(group, fields)| {
                fields.as_object().unwrap().keys().map(move |f| format!("{group}.{f}")).collect::<Vec<_>>()
            })
            .collect();
        fields.sort();
        let mut names: Vec<_> = KEYS.iter().map(|k| k.name.to_owned()).collect();
        names.sort();
        assert_eq!(fields, names);
    }

    #[test]
    fn defaults_of_the_table_are_those_of_the_struct() {
        for key in KEYS {
            let mut options = Options::default();
            options.set(key.name, key.default).unwrap_or_else(|e| panic!("{}: {e}", key.name));
            assert_eq!(options, Options::default(), "{}", key.name);
            assert_eq!(options.get(key.name).unwrap(), key.default, "{}", key.name);
        }
    }

    #[test]
    fn every_option_has_a_keyword_of_its_own() {
        let mut keywords: Vec<_> = KEYS.iter().map(Key::keyword).collect();
        keywords.sort();
        keywords.dedup();
        assert_eq!(keywords.len(), KEYS.len());
        assert!(
            ["sample_rate", "channels", "speex_framing", "input_speex_framing"]
                .map(str::to_owned)
                .iter()
                .all(|k| keywords.contains(k))
        );
    }

    #[test]
    fn key_table_snapshot() {
        // A changed default or name is a change for every user: it must be seen in review.
        let table: Vec<_> =
            KEYS.iter().map(|k| format!("{} [{}] {} = {}", k.name, k.takes, k.unit, k.default)).collect();
        insta::assert_snapshot!(table.join("\n"));
    }
}
