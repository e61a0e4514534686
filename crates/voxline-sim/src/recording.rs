//! The recording service: where a call's recording lies, and the host it lies on.

mod body;
mod codes;
mod download;
mod head;
mod locate;
mod options;
mod store;

pub use body::RecordingBody;
pub use options::{
    BatchMissing, BatchShape, DEMO_MP3_RECORD_ID, DEMO_RECORD_ID, DEMO_RECORDING_TOKEN, DEMO_TASK_ID, DEMO_USER_ID,
    RecordingOptions, VoiceHost,
};

pub(crate) use download::download;
pub(crate) use locate::{check_token, locate, locate_many, retired};
pub(crate) use store::Recordings;

/// Where a recording is fetched, as in the page's example.
pub(crate) const DOWNLOAD_PATH: &str = "/api/agent-api/download-voice";
