//! The crate from outside: real sockets, real TLS, and nothing that shows a secret.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which clippy does not take for tests")]

mod canary;
mod examples;
mod server;
mod sockets;
mod tls;
mod transport;
mod tunnels;
