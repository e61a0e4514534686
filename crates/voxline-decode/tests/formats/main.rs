//! The formats of the wider world, against sox and ffmpeg: AIFF, and what the features bring.

#[cfg(test)]
mod aiff;
#[cfg(test)]
mod laws;
#[cfg(test)]
#[path = "../telephony/oracle.rs"]
mod oracle;
#[cfg(test)]
#[path = "../containers/support.rs"]
mod support;
