//! The formats of the wider world, against sox and ffmpeg: AIFF, and what the features bring.

#[cfg(test)]
mod aiff;
#[cfg(all(test, feature = "flac"))]
mod flac;
#[cfg(test)]
mod laws;
#[cfg(all(test, any(feature = "vorbis", feature = "opus", feature = "aac")))]
mod lossy;
#[cfg(all(test, feature = "aac"))]
mod m4a;
#[cfg(all(test, feature = "opus"))]
mod opus;
#[cfg(test)]
#[expect(dead_code, reason = "the other suites use the rest")]
#[path = "../telephony/oracle.rs"]
mod oracle;
#[cfg(test)]
#[cfg(all(feature = "flac", feature = "vorbis", feature = "opus", feature = "aac"))]
mod regressions;
#[cfg(test)]
#[cfg(all(feature = "flac", feature = "vorbis", feature = "opus", feature = "aac"))]
mod sequels;
#[cfg(test)]
#[expect(dead_code, reason = "the other suites use the rest")]
#[path = "../containers/support.rs"]
mod support;
#[cfg(all(test, feature = "vorbis"))]
mod vorbis;
