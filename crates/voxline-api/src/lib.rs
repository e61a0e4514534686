//! Clients of the speech services, and the HTTP they share.
//!
//! [`http`] knows transports, retries, time-outs and what must not be shown; each service has a module of its own
//! with the same parts (request, response, status, client). Nothing here knows audio beyond bytes and a
//! specification: what is sent was prepared elsewhere, what is fetched is decoded elsewhere.
//!
//! All calls block; clients are `Send + Sync` and cheap to clone.

pub mod chat;
pub mod http;
pub mod recording;
pub mod transcription;

pub use chat::{ChatClient, ChatRequest};
pub use http::CancelToken;
pub use recording::{RecordingClient, RecordingId};
pub use transcription::{Submission, TranscriptionClient};
