//! The recording service (longlonglong, "下载通话录音"): from the ids of a call to its audio.
//!
//! [`RecordingClient::locate`] gives the short-lived address of a recording, [`RecordingClient::open`] a reader that
//! brings the audio while it arrives, [`RecordingClient::download`] a whole file or none.
//!
//! **Source**: the vendor's page of the interface `…/download-full-voice`. The page answers every error with HTTP 200
//! and a code in the JSON; locating many at once and the check of the token are from public clients of the service.
//!
//! ```no_run
//! use voxline_api::recording::{DownloadOptions, RecordingClient, RecordingId};
//!
//! let client = RecordingClient::builder().base_url("http://127.0.0.1:8080").token("token").build()?;
//! let id = RecordingId::new("user", "task", "record");
//! let stream = client.open(&id)?; // `std::io::Read`: hand it to whatever takes a reader
//! let options = DownloadOptions::default();
//! let done = client.download(&id, "call.wav", &options, |p| println!("{}", p.received_bytes), &Default::default())?;
//! println!("{} bytes, {} of them from an earlier try", done.bytes, done.resumed_bytes);
//! # Ok::<(), voxline_core::Error>(())
//! ```

mod answer;
mod batch;
mod client;
mod download;
mod fetch;
mod outcome;
mod part;
mod range;
mod request;
mod response;
mod sniff;
mod status;
mod stream;
#[cfg(test)]
mod tests;
mod url;
mod verify;

pub use batch::{Located, LocatedMany};
pub use client::{DEFAULT_BASE_URL, RecordingClient, RecordingClientBuilder, TokenCheck};
pub use download::{DownloadOptions, DownloadProgress, Downloaded};
pub use request::RecordingId;
pub use status::RecordingStatus;
pub use stream::RecordingStream;
pub use url::{DownloadScheme, RecordingUrl};
