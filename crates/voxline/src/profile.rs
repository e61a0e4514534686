//! Named options: what a service accepts.

use voxline_core::{Error, ErrorKind, Options, Result};

/// A set of options with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Profile {
    /// The name, as [`profile`] takes it.
    pub name: &'static str,
    /// One sentence.
    pub help: &'static str,
    /// The options that differ from the defaults: key and value as [`Options::set`] takes them.
    pub set: &'static [(&'static str, &'static str)],
}

impl Profile {
    /// The profile `name`.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] listing the profiles.
    pub fn find(name: &str) -> Result<&'static Self> {
        PROFILES.iter().find(|profile| profile.name == name).ok_or_else(|| {
            let known: Vec<_> = PROFILES.iter().map(|profile| profile.name).collect();
            let context = format!("\"{name}\" is not a profile; use {}", known.join(", "));
            Error::new(ErrorKind::InvalidArgument, "profile", context)
        })
    }

    /// Sets what the profile says and leaves all other options alone.
    ///
    /// **Errors**: none for the profiles of [`PROFILES`].
    pub fn apply(&self, options: &mut Options) -> Result<()> {
        self.set.iter().try_for_each(|(key, value)| options.set(key, value))
    }
}

/// Every profile.
pub const PROFILES: &[Profile] = &[
    Profile {
        name: "chat-16k",
        help: "Voice chat: 16 kHz mono 16-bit PCM, smaller than 600 000 bytes (18.7 s).",
        set: &[
            ("target.sample_rate_hz", "16000"),
            ("target.channels", "mix"),
            ("target.encoding", "pcm"),
            ("limits.max_output_bytes", "599999"),
        ],
    },
    Profile {
        name: "chat-8k",
        help: "Voice chat: 8 kHz mono 16-bit PCM, smaller than 600 000 bytes (37.4 s).",
        set: &[
            ("target.sample_rate_hz", "8000"),
            ("target.channels", "mix"),
            ("target.encoding", "pcm"),
            ("limits.max_output_bytes", "599999"),
        ],
    },
    Profile {
        name: "chat-speex",
        help: "Voice chat: 8 kHz Speex, each packet behind its length, smaller than 600 000 bytes (5 min 7 s).",
        set: &[
            ("target.sample_rate_hz", "8000"),
            ("target.channels", "mix"),
            ("target.encoding", "speex"),
            ("limits.max_output_bytes", "599999"),
        ],
    },
    Profile {
        name: "chat-speex-wb",
        help: "Voice chat: 16 kHz Speex, each packet behind its length, smaller than 600 000 bytes (2 min 49 s).",
        set: &[
            ("target.sample_rate_hz", "16000"),
            ("target.channels", "mix"),
            ("target.encoding", "speex-wb"),
            ("limits.max_output_bytes", "599999"),
        ],
    },
    Profile {
        name: "transcription",
        help: "Transcription: 16 kHz WAV with all channels kept, so that the speakers stay apart.",
        set: &[("target.sample_rate_hz", "16000"), ("target.channels", "keep"), ("target.encoding", "wav")],
    },
];

/// The options of the profile `name`.
///
/// **Errors**: [`ErrorKind::InvalidArgument`] listing the profiles.
///
/// ```
/// assert_eq!(voxline::profile("chat-8k")?.target.sample_rate_hz, voxline::TargetRate::Hz(8_000));
/// # Ok::<(), voxline::Error>(())
/// ```
pub fn profile(name: &str) -> Result<Options> {
    let mut options = Options::default();
    Profile::find(name)?.apply(&mut options)?;
    Ok(options)
}

#[cfg(test)]
mod tests {
    use voxline_core::{Encoding, TargetRate};

    use super::*;

    #[test]
    fn every_profile_is_valid_and_keeps_its_services_limit() {
        for known in PROFILES {
            let options = profile(known.name).unwrap();
            options.validate().unwrap();
            if known.name.starts_with("chat") {
                // What the client refuses to send is what the profile refuses to make.
                let most = voxline_api::chat::SizeLimit::default().max_audio_bytes();
                assert_eq!(options.limits.max_output_bytes, Some(most));
                let speex = options.target.encoding.is_speex();
                assert_eq!(speex, known.name.contains("speex"));
                assert!(speex || options.target.encoding == Encoding::Pcm);
                assert!(matches!(options.target.sample_rate_hz, TargetRate::Hz(8_000 | 16_000)));
            }
        }
    }

    #[test]
    fn an_unknown_profile_lists_the_known_ones() {
        let error = profile("chat").unwrap_err();
        assert!(PROFILES.iter().all(|profile| error.context().contains(profile.name)), "{error}");
    }
}
