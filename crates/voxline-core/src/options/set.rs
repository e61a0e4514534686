//! Options by name: the one door for text from every language.

use serde_json::Value;

use super::{KEYS, Key, Options, values};
use crate::{Error, ErrorKind, Result};

const OP: &str = "set option";

impl Options {
    /// Sets the option `name` from text.
    ///
    /// Booleans take on/off, true/false, yes/no, 1/0; optional values take `none`; numbers may hold `_`.
    /// The range is checked by [`Options::validate`], so that the order of calls does not matter.
    ///
    /// **Errors**: [`ErrorKind::UnknownOption`] with the nearest known name;
    /// [`ErrorKind::InvalidArgument`] with what the option takes, and why this is not that. Nothing is changed then.
    pub fn set(&mut self, name: &str, text: &str) -> Result<()> {
        let key = find(name)?;
        let value = parse(key, text.trim()).ok_or_else(|| refuse(key, text))?;
        let mut all = self.to_value()?;
        match all.pointer_mut(&pointer(key)) {
            Some(slot) => *slot = value,
            None => return Err(Error::new(ErrorKind::Internal, OP, format!("{} has no field", key.name))),
        }
        *self = serde_json::from_value(all).map_err(|_| refuse(key, text))?;
        Ok(())
    }

    /// The value of the option `name` as text that [`Options::set`] accepts; credentials in a proxy are left out.
    ///
    /// **Errors**: [`ErrorKind::UnknownOption`].
    pub fn get(&self, name: &str) -> Result<String> {
        let key = find(name)?;
        if let ("http.proxy", Some(proxy)) = (key.name, &self.http.proxy) {
            return Ok(proxy.to_string());
        }
        let all = self.to_value()?;
        Ok(match all.pointer(&pointer(key)) {
            None | Some(Value::Null) => "none".to_owned(),
            Some(Value::Bool(on)) => if *on { "on" } else { "off" }.to_owned(),
            Some(Value::String(text)) => text.clone(),
            // 86400.0 reads better as 86400, and both parse.
            Some(Value::Number(n)) => {
                n.as_f64().filter(|_| n.is_f64()).map_or_else(|| n.to_string(), |f| f.to_string())
            }
            Some(other) => other.to_string(),
        })
    }

    /// Sets every option whose variable ([`Key::env_name`]) is among `variables`.
    ///
    /// **Errors**: those of [`Options::set`], naming the variable.
    pub fn set_from_env(&mut self, variables: impl IntoIterator<Item = (String, String)>) -> Result<()> {
        for (variable, text) in variables {
            if let Some(key) = KEYS.iter().find(|key| key.env_name() == variable) {
                self.set(key.name, &text).map_err(|e| e.at(format_args!("environment variable {variable}")))?;
            }
        }
        Ok(())
    }

    fn to_value(&self) -> Result<Value> {
        serde_json::to_value(self).map_err(|e| Error::new(ErrorKind::Internal, OP, e.to_string()))
    }
}

fn pointer(key: &Key) -> String {
    format!("/{}", key.name.replace('.', "/"))
}

fn find(name: &str) -> Result<&'static Key> {
    KEYS.iter().find(|key| key.name == name).ok_or_else(|| {
        let nearest = KEYS.iter().min_by_key(|key| distance(key.name, name)).map_or("", |key| key.name);
        Error::new(ErrorKind::UnknownOption, OP, format!("\"{name}\" is not an option; did you mean {nearest}?"))
    })
}

/// The message never repeats the text of an option that may hold a password.
fn refuse(key: &Key, text: &str) -> Error {
    let Key { name, takes, .. } = key;
    let shown = if *name == "http.proxy" { "[hidden]" } else { text };
    let why = values::reason(name, text.trim())
        .map_or_else(|| of_number(key, text.trim()).to_owned(), |reason| format!(", and this is {reason}"));
    Error::new(ErrorKind::InvalidArgument, OP, format!("{name} = \"{shown}\"; it takes {takes}{why}"))
}

/// Why a number is not one that the key takes; empty when it is no number, or when there is no more to say.
fn of_number(key: &Key, text: &str) -> &'static str {
    let digits = text.replace('_', "");
    let takes = |word: &str| key.takes.split('|').any(|t| t == word);
    match digits.parse::<f64>() {
        _ if !takes("integer") && !takes("number") => "",
        Ok(_) if digits.bytes().all(|b| b.is_ascii_digit()) => ", and this is too large",
        Ok(_) if takes("integer") => ": digits alone, from 0 on",
        Ok(number) if !number.is_finite() => ", and this is not finite",
        _ => "",
    }
}

/// Text to JSON by what the key takes; `None` when it cannot be that.
fn parse(key: &Key, text: &str) -> Option<Value> {
    let number = || {
        let digits = text.replace('_', "");
        digits.parse::<u64>().map(Value::from).ok().or_else(|| {
            // JSON has no infinity and no NaN: they would become "none" and take the limit away.
            let f = digits.parse::<f64>().ok().filter(|f| f.is_finite())?;
            key.takes.contains("number").then(|| Value::from(f))
        })
    };
    let has = |word: &str| key.takes.split('|').any(|t| t == word);
    if has("bool") {
        return match text {
            "on" | "true" | "yes" | "1" => Some(Value::Bool(true)),
            "off" | "false" | "no" | "0" => Some(Value::Bool(false)),
            _ => None,
        };
    }
    // `target.dither` has a word "none" of its own.
    if text == "none" && has("none") && key.name != "target.dither" {
        return Some(Value::Null);
    }
    if has("integer") || has("number") {
        return number().or_else(|| has(text).then(|| Value::from(text)));
    }
    Some(Value::from(text))
}

/// Levenshtein distance, to suggest the name that was meant.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ChannelSelection, Dither, SampleFormat, TargetRate};

    fn set(name: &str, text: &str) -> Result<Options> {
        let mut options = Options::default();
        options.set(name, text).map(|()| options)
    }

    #[test]
    fn every_kind_of_value_parses() {
        assert_eq!(set("target.sample_rate_hz", "keep").unwrap().target.sample_rate_hz, TargetRate::Keep);
        assert_eq!(set("target.sample_rate_hz", "8_000").unwrap().target.sample_rate_hz, TargetRate::Hz(8000));
        assert_eq!(set("target.channels", "2").unwrap().target.channels, ChannelSelection::Channel(2));
        assert_eq!(set("target.dither", "none").unwrap().target.dither, Dither::None);
        assert_eq!(set("input.raw_format", "alaw").unwrap().input.raw_format, Some(SampleFormat::Alaw.into()));
        assert_eq!(set("limits.max_duration_s", "1.5").unwrap().limits.max_duration_s, Some(1.5));
        assert_eq!(set("limits.max_input_bytes", "none").unwrap().limits.max_input_bytes, None);
        assert!(!set("input.gapless", "no").unwrap().input.gapless);
    }

    #[test]
    fn wrong_values_change_nothing_and_say_what_is_taken() {
        let cases = [
            ("target.sample_rate_hz", "fast"),
            ("target.channels", "0"),
            ("target.encoding", "flac"),
            ("input.gapless", "maybe"),
            ("limits.max_channels", "none"),
            ("limits.max_channels", "-1"),
            ("limits.max_channels", "70000"),
            ("limits.max_duration_s", "nan"),
            ("limits.max_duration_s", "inf"),
            ("limits.max_duration_s", "1e999"),
            ("http.max_attempts", "1.5"),
        ];
        for (name, text) in cases {
            let mut options = Options::default();
            let error = options.set(name, text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{name}={text}");
            assert!(error.context().contains(find(name).unwrap().takes), "{error}");
            assert_eq!(options, Options::default());
        }
    }

    #[test]
    fn what_the_value_has_to_say_is_said() {
        for (name, text, why) in [
            ("target.sample_rate_hz", "16k", "neither \"keep\" nor a number of Hz, such as 16000"),
            ("target.channels", "0", "N, and this is not mix, left, right, split, keep or a channel number from 1"),
            ("target.channels", "70000", "a channel number from 1"),
            ("input.channel_names", " agent, ", "no list of different names of 1 to 32 letters, digits, - and _, such"),
            ("input.raw_channels", "70000", "integer, and this is too large"),
            ("limits.max_output_bytes", "99999999999999999999", "integer|none, and this is too large"),
            ("limits.max_output_bytes", "-3", "integer|none: digits alone, from 0 on"),
            ("limits.max_output_bytes", "1e6", "integer|none: digits alone, from 0 on"),
            ("limits.max_duration_s", "inf", "number|none, and this is not finite"),
        ] {
            let error = set(name, text).unwrap_err();
            assert!(error.context().starts_with(&format!("{name} = \"{text}\"; it takes ")), "{error}");
            assert!(error.context().contains(why), "{error}");
        }
        // There is nothing more to say, and nothing that may be shown.
        assert!(set("speex.quality", "good").unwrap_err().context().ends_with("it takes integer"));
    }

    #[test]
    fn unknown_names_suggest_the_nearest() {
        let error = set("target.samplerate", "1").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownOption);
        assert!(error.context().contains("target.sample_rate_hz"), "{error}");
    }

    #[test]
    fn environment_variables_go_through_the_same_table() {
        let mut options = Options::default();
        let env = [("VOXLINE_INPUT_STRICT", "on"), ("VOXLINE_VECTORS", "x"), ("HOME", "/")];
        options.set_from_env(env.map(|(k, v)| (k.to_owned(), v.to_owned()))).unwrap();
        assert!(options.input.strict);
        let error = options.set_from_env([("VOXLINE_INPUT_STRICT".to_owned(), "x".to_owned())]).unwrap_err();
        assert!(error.context().contains("VOXLINE_INPUT_STRICT"));
    }

    #[test]
    fn a_proxy_password_is_neither_shown_nor_returned() {
        let options = set("http.proxy", "http://u:canary@h:1").unwrap();
        assert_eq!(options.get("http.proxy").unwrap(), "http://h:1");
        assert!(!format!("{options:?}").contains("canary"));
    }
}
