//! The transcription service: submissions, jobs, results by pull and by push.

mod answer;
mod auth;
mod codes;
mod jobs;
mod options;
mod push;
mod query;
mod request;
mod seen;
mod submit;
mod text;
mod url;

pub use options::{
    DEMO_TRANSCRIPTION_APP_ID, DEMO_TRANSCRIPTION_APP_KEY, DataShape, RepeatedReqId, TranscriptionOptions,
};
pub use seen::{DoubleSubmission, JobSeen, PushSeen};
pub use text::{ScriptedTranscript, transcript_text};

pub(crate) use jobs::Jobs;
pub(crate) use query::query;
pub(crate) use submit::submit;
