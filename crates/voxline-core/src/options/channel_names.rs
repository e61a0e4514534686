//! Who is on which channel, as the caller knows it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::values::Text;
use crate::{AudioSpec, Error, ErrorKind, Result};

/// Letters of the longest name.
const MOST_LETTERS: usize = 32;

/// A name for each channel of a recording, in order: `agent,customer`.
///
/// Names become parts of file names: letters, digits, `-` and `_`, at most 32 of them, and no two the same, capitals
/// aside.
///
/// ```
/// use voxline_core::ChannelNames;
/// let names: ChannelNames = "agent, customer".parse()?;
/// assert_eq!(names.as_slice(), ["agent", "customer"]);
/// assert!("agent,AGENT".parse::<ChannelNames>().is_err());
/// # Ok::<(), voxline_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Text", into = "String")]
pub struct ChannelNames(Vec<String>);

impl ChannelNames {
    /// The names, the first channel's first.
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }

    /// That there are as many as the recording has channels.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] with both numbers.
    pub fn check(&self, channel_count: u16) -> Result<()> {
        if self.0.len() == usize::from(channel_count) {
            return Ok(());
        }
        let context = format!(
            "input.channel_names names {} ({self}), but the recording has {channel_count}: give one name for each",
            counted(self.0.len().try_into().unwrap_or(u16::MAX))
        );
        Err(Error::new(ErrorKind::InvalidArgument, "name channels", context))
    }
}

fn counted(channels: u16) -> String {
    if channels == 1 { "1 channel".to_owned() } else { format!("{channels} channels") }
}

impl fmt::Display for ChannelNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(","))
    }
}

impl FromStr for ChannelNames {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let names: Vec<_> = text.split(',').map(|name| name.trim().to_owned()).collect();
        let is_name = |name: &String| {
            let letters = name.chars().count();
            (1..=MOST_LETTERS).contains(&letters) && name.chars().all(|c| c.is_alphanumeric() || "-_".contains(c))
        };
        let mut distinct: Vec<_> = names.iter().map(|name| name.to_lowercase()).collect();
        distinct.sort_unstable();
        distinct.dedup();
        let most = usize::from(AudioSpec::MAX_CHANNELS);
        if names.iter().all(is_name) && distinct.len() == names.len() && names.len() <= most {
            return Ok(Self(names));
        }
        let context = format!(
            "\"{text}\" is no list of different names of 1 to {MOST_LETTERS} letters, digits, - and _, such as agent,customer"
        );
        Err(Error::new(ErrorKind::InvalidArgument, "channel names", context))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Options;

    #[test]
    fn names_are_told_apart_and_fit_into_file_names() {
        for (text, fine) in [
            ("agent", true),
            ("agent,customer", true),
            (" agent , customer ", true),
            ("坐席,客户", true),
            ("a_1,b-2", true),
            ("", false),
            ("agent,", false),
            ("agent,agent", false),
            ("agent,Agent", false),
            ("../etc,passwd", false),
            ("a b", false),
            ("a.b", false),
            (&"x".repeat(32), true),
            (&"x".repeat(33), false),
        ] {
            assert_eq!(text.parse::<ChannelNames>().is_ok(), fine, "{text}");
        }
        let many: Vec<_> = (1..=33).map(|n| n.to_string()).collect();
        assert!(
            many[..32].join(",").parse::<ChannelNames>().is_ok() && many.join(",").parse::<ChannelNames>().is_err()
        );
    }

    #[test]
    fn they_are_an_option_like_any_other() {
        let mut options = Options::default();
        options.set("input.channel_names", "agent, customer").unwrap();
        assert_eq!(options.get("input.channel_names").unwrap(), "agent,customer");
        let names = options.input.channel_names.clone().unwrap();
        names.check(2).unwrap();
        let error = names.check(1).unwrap_err();
        assert!(error.context().contains("names 2 channels (agent,customer), but the recording has 1:"), "{error}");
        let error = names.check(3).unwrap_err();
        assert!(error.context().contains("has 3:"), "{error}");
        let error = options.set("input.channel_names", "agent,").unwrap_err();
        assert!(error.context().contains("different names of 1 to 32 letters, digits, - and _"), "{error}");
        options.set("input.channel_names", "none").unwrap();
        assert_eq!(options, Options::default());
    }
}
