//! A strict stand-in for the services on loopback, with faults to order.
//!
//! It is a judge, not a friend: whatever the vendor's page asks for is checked to the letter and a refusal says
//! what was wrong. It shares no code with the clients it judges. [`Simulator`] runs on a thread of its own;
//! [`FaultPlan`] makes it misbehave on demand.

mod bundled;
mod chat;
mod clip;
mod fault;
mod fields;
mod log;
mod options;
mod outcome;
mod percent;
mod recording;
mod reply;
mod server;
mod simulator;
mod state;
mod transcription;
mod wire;

pub use chat::{ChatSeen, Heard, ScriptedAnswer, Verdict};
pub use fault::{Chance, Endpoint, Fault, FaultPlan, Order};
pub use log::{ConnectionCounts, EndpointCounts, RequestSeen, SimLog, Stray};
pub use options::{DEMO_APP_KEY, DEMO_TOKEN, SimOptions, TokenRule};
pub use recording::{
    BatchMissing, BatchShape, DEMO_MP3_RECORD_ID, DEMO_RECORD_ID, DEMO_RECORDING_TOKEN, DEMO_TASK_ID, DEMO_USER_ID,
    RecordingBody, RecordingOptions, VoiceHost,
};
pub use simulator::{Simulator, StopHandle};
pub use state::Leak;
pub use transcription::{
    DEMO_TRANSCRIPTION_APP_ID, DEMO_TRANSCRIPTION_APP_KEY, DataShape, DoubleSubmission, JobSeen, PushSeen,
    RepeatedReqId, ScriptedTranscript, TranscriptionOptions, transcript_text,
};
