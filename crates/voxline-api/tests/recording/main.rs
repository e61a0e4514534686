//! Recordings from outside: real sockets, files on disk, and nothing that shows a secret.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not take for tests")]

mod canary;
mod server;
mod sockets;
