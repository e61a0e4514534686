//! The MP3 decoder from outside.

mod conformance;
mod damage;
mod lame;
mod second_opinion;
mod support;
