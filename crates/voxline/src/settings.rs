//! What clients and calls of the services are set to, by name: for languages that pass text.
//!
//! [`SETTINGS`] is the table of names, [`Settings`] holds what was set, and its methods make clients and requests of it.
//! Rust code has the builders of [`crate::chat`], [`crate::recording`] and [`crate::transcription`] instead.
//!
//! ```
//! use voxline::settings::Settings;
//! let mut settings = Settings::new();
//! settings.set("base_url", "http://127.0.0.1:8080")?;
//! settings.set("access_token", "token")?;
//! let client = settings.chat_client(&voxline::Options::default())?;
//! assert!(!client.uses_trial_host());
//! assert!(settings.set("acces_token", "token").unwrap_err().to_string().contains("access_token"));
//! # Ok::<(), voxline::Error>(())
//! ```

mod apply;
mod table;
#[cfg(test)]
mod tests;

use std::fmt;

use voxline_core::{Error, ErrorKind, Result, Secret};

pub use apply::{answer_audio, voice_format};
pub use table::{SETTINGS, Setting, Use};

const OP: &str = "set service setting";

/// The name as a message may hold it: whoever swaps name and value puts a secret here.
fn shown(name: &str) -> String {
    let is_name = name.len() <= 32 && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if is_name { format!("\"{name}\"") } else { "the name that was given".to_owned() }
}

/// Settings of clients and calls, given by name.
///
/// Every value is kept like a secret: shown nowhere and wiped when dropped.
#[derive(Clone, Default)]
pub struct Settings {
    given: Vec<(&'static Setting, Secret)>,
}

impl Settings {
    /// Nothing set: every default.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets `name` to what the text says. A setting that was set before is replaced, except `data`, of which there may be
    /// many.
    ///
    /// Booleans take on/off, true/false, yes/no, 1/0; numbers may hold `_`.
    ///
    /// **Errors**: [`ErrorKind::UnknownOption`] that lists the names; [`ErrorKind::InvalidArgument`] with what the setting
    /// takes. Nothing is changed then, and no value is repeated.
    pub fn set(&mut self, name: &str, text: &str) -> Result<()> {
        let setting = SETTINGS.iter().find(|setting| setting.name == name).ok_or_else(|| {
            let names: Vec<&str> = SETTINGS.iter().map(|setting| setting.name).collect();
            let what = format!("{} is no setting of a service; there are {}", shown(name), names.join(", "));
            Error::new(ErrorKind::UnknownOption, OP, what)
        })?;
        if !setting.fits(text) {
            let what = format!("{name} takes {}", setting.takes);
            return Err(Error::new(ErrorKind::InvalidArgument, OP, what));
        }
        if !setting.is_list {
            self.given.retain(|(other, _)| other.name != name);
        }
        self.given.push((setting, Secret::new(text)));
        Ok(())
    }

    /// What was set, for this use.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] if there is something else among it: it would have no effect.
    fn only(&self, used_for: Use) -> Result<Given<'_>> {
        let Some((odd, _)) = self.given.iter().find(|(setting, _)| !setting.used_for.contains(&used_for)) else {
            return Ok(Given(&self.given));
        };
        let names = SETTINGS.iter().filter(|setting| setting.used_for.contains(&used_for)).map(|setting| setting.name);
        let names: Vec<&str> = names.collect();
        let what = format!("{} is no setting of a {}; there are {}", odd.name, used_for.as_str(), names.join(", "));
        Err(Error::new(ErrorKind::InvalidArgument, OP, what))
    }
}

impl fmt::Debug for Settings {
    /// The names alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.given.iter().map(|(setting, _)| setting.name)).finish()
    }
}

/// Settings that all belong to one use.
#[derive(Clone, Copy)]
struct Given<'a>(&'a [(&'static Setting, Secret)]);

impl<'a> Given<'a> {
    fn all(self, name: &'static str) -> impl Iterator<Item = &'a Secret> {
        self.0.iter().filter(move |(setting, _)| setting.name == name).map(|(_, value)| value)
    }

    fn secret(self, name: &'static str) -> Option<&'a Secret> {
        self.all(name).next()
    }

    fn text(self, name: &'static str) -> Option<&'a str> {
        self.secret(name).map(Secret::expose)
    }

    fn is_on(self, name: &'static str) -> Option<bool> {
        self.text(name).and_then(table::truth)
    }

    fn number(self, name: &'static str) -> Option<f64> {
        self.text(name).and_then(table::number)
    }

    /// A whole number of the type that its place has.
    fn integer<T: TryFrom<u64>>(self, name: &'static str) -> Result<Option<T>> {
        let Some(value) = self.text(name).and_then(table::integer) else { return Ok(None) };
        let too_large =
            |_| Error::new(ErrorKind::InvalidArgument, OP, format!("{name} is {value}, which is too large"));
        T::try_from(value).map(Some).map_err(too_large)
    }
}
