//! The simulator over real sockets: its rules, its faults, its speech, its log, its life.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail their test")]

mod chat_rules;
mod common;
mod downloads;
mod fault_matrix;
mod faults;
mod hearing;
mod jobs;
mod lifecycle;
mod logs;
mod push;
mod recording;
mod recording_rules;
mod signing;
mod speech;
mod submit_rules;
