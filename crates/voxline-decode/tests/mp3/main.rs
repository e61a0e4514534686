//! The MP3 decoder from outside.

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod lame;
#[cfg(test)]
mod second_opinion;
#[cfg(test)]
mod support;
