//! What a file's name says about content without a header.

use std::borrow::Cow;
use std::path::Path;

use voxline_core::{Options, RawFormat, SampleFormat};

use crate::Source;

const fn samples(format: SampleFormat) -> RawFormat {
    RawFormat::Samples(format)
}

/// Endings of names, what such files hold, and the rate where the ending says it.
///
/// `.raw` is what Asterisk writes: linear samples, at a rate that only the caller knows. `.pcm` is not among them: µ-law to
/// Asterisk, linear to everybody else.
///
/// **Source**: Asterisk, `formats/format_*.c` (names of its headerless formats), and sox, soxformat(7).
const ENDINGS: &[(&str, RawFormat, Option<u32>)] = &[
    ("alaw", samples(SampleFormat::Alaw), None),
    ("al", samples(SampleFormat::Alaw), None),
    ("alw", samples(SampleFormat::Alaw), None),
    ("ulaw", samples(SampleFormat::Mulaw), None),
    ("ul", samples(SampleFormat::Mulaw), None),
    ("ulw", samples(SampleFormat::Mulaw), None),
    ("mulaw", samples(SampleFormat::Mulaw), None),
    ("mu", samples(SampleFormat::Mulaw), None),
    ("gsm", RawFormat::Gsm, None),
    ("g722", RawFormat::G722, None),
    ("raw", samples(SampleFormat::S16le), None),
    ("sln", samples(SampleFormat::S16le), Some(8_000)),
    ("sln12", samples(SampleFormat::S16le), Some(12_000)),
    ("sln16", samples(SampleFormat::S16le), Some(16_000)),
    ("sln24", samples(SampleFormat::S16le), Some(24_000)),
    ("sln32", samples(SampleFormat::S16le), Some(32_000)),
    ("sln44", samples(SampleFormat::S16le), Some(44_100)),
    ("sln48", samples(SampleFormat::S16le), Some(48_000)),
    ("sln96", samples(SampleFormat::S16le), Some(96_000)),
    ("sln192", samples(SampleFormat::S16le), Some(192_000)),
];

/// The options for this source: with what its name says, when `input.raw_by_name` asks for that and nothing else says
/// what the content is. Whatever takes a source does this itself; it is for those who push the content of a file.
///
/// ```
/// let mut options = voxline::Options::default();
/// options.input.raw_by_name = true;
/// let options = voxline::options_for(&"line.sln16".into(), &options);
/// assert_eq!(options.input.raw_rate_hz, 16_000);
/// ```
pub fn options_for<'o>(source: &Source<'_>, options: &'o Options) -> Cow<'o, Options> {
    let input = &options.input;
    let asked = input.raw_by_name && input.raw_format.is_none() && input.speex_framing.is_none();
    let Some((format, rate_hz)) = asked.then_some(source).and_then(path_of).and_then(named) else {
        return Cow::Borrowed(options);
    };
    let mut options = options.clone();
    options.input.raw_format = Some(format);
    if let Some(rate_hz) = rate_hz {
        options.input.raw_rate_hz = rate_hz;
    }
    Cow::Owned(options)
}

fn path_of<'s>(source: &'s Source<'_>) -> Option<&'s Path> {
    match source {
        Source::Path(path) => Some(path),
        Source::Bytes(_) | Source::Reader(_) => None,
    }
}

/// What a name says; capitals do not matter.
fn named(path: &Path) -> Option<(RawFormat, Option<u32>)> {
    let ending = path.extension()?.to_str()?;
    let known = ENDINGS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(ending))?;
    Some((known.1, known.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(name: &str, set: &[(&str, &str)]) -> (Option<RawFormat>, u32) {
        let mut options = Options::default();
        for (key, text) in set {
            options.set(key, text).unwrap();
        }
        let input = &options_for(&Source::from(name), &options).input;
        (input.raw_format, input.raw_rate_hz)
    }

    #[test]
    fn names_say_what_they_say_when_asked() {
        let on = ("input.raw_by_name", "on");
        let alaw = Some(SampleFormat::Alaw.into());
        let linear = Some(SampleFormat::S16le.into());
        for (name, set, want) in [
            ("a.alaw", &[on][..], (alaw, 8_000)),
            ("a.b/c.AL", &[on], (alaw, 8_000)),
            ("a.al", &[on, ("input.raw_rate_hz", "16000")], (alaw, 16_000)),
            ("a.ul", &[on], (Some(SampleFormat::Mulaw.into()), 8_000)),
            ("a.gsm", &[on], (Some(RawFormat::Gsm), 8_000)),
            ("a.g722", &[on], (Some(RawFormat::G722), 8_000)),
            ("a.sln", &[on, ("input.raw_rate_hz", "16000")], (linear, 8_000)),
            ("a.Sln16", &[on], (linear, 16_000)),
            ("a.sln192", &[on], (linear, 192_000)),
            ("a.alaw", &[], (None, 8_000)),
            ("a.alaw.wav", &[on], (None, 8_000)),
            ("alaw", &[on], (None, 8_000)),
            ("a.raw", &[on], (linear, 8_000)),
            ("a.raw", &[on, ("input.raw_rate_hz", "16000")], (linear, 16_000)),
            ("a.raw", &[], (None, 8_000)),
            ("a.pcm", &[on], (None, 8_000)),
            ("a.gsm", &[on, ("input.raw_format", "alaw")], (alaw, 8_000)),
            ("a.gsm", &[on, ("input.speex_framing", "bare")], (None, 8_000)),
        ] {
            assert_eq!(input(name, set), want, "{name} {set:?}");
        }
    }

    #[test]
    fn only_a_path_has_a_name() {
        let mut options = Options::default();
        options.input.raw_by_name = true;
        for source in [Source::from(b"a.gsm"), Source::reader(&b"a.gsm"[..])] {
            assert!(matches!(options_for(&source, &options), Cow::Borrowed(_)));
        }
    }
}
