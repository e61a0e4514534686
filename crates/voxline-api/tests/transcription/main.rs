//! Transcription from outside of the crate: a program that is killed again and again, and nothing that shows a secret.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not take for tests")]

mod canary;
mod kill;
mod server;
