//! The MP3 decoder from outside.

mod conformance;
mod support;
