//! Against libspeex, loaded at run time: the same packets must decode to the same samples.

#[cfg(test)]
mod both;
#[cfg(test)]
mod decoding;
#[cfg(test)]
mod encoding;
#[cfg(test)]
#[path = "../golden/files.rs"]
mod files;
#[cfg(test)]
mod goldens;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod speech;
#[cfg(test)]
mod streams;
