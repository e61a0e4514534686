//! The simulator over real sockets: its rules, its faults, its speech, its life.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail their test")]

mod chat_rules;
mod common;
mod faults;
mod hearing;
mod lifecycle;
mod speech;
