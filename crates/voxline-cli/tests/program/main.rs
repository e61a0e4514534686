//! The program from outside.

mod chat;
mod info;
mod memory;
mod prepare;
mod support;
mod usage;
