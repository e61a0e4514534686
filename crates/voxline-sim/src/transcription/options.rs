//! How the transcription service is set up.

use voxline_core::Secret;

/// The AppID accepted by default.
pub const DEMO_TRANSCRIPTION_APP_ID: &str = "voxline-demo-app-id";
/// The AppKey that signatures are made with by default.
pub const DEMO_TRANSCRIPTION_APP_KEY: &str = "voxline-demo-transcription-app-key";

/// How the transcription service is set up. What the vendor's page leaves open is a setting here.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TranscriptionOptions {
    /// The AppID to accept, default [`DEMO_TRANSCRIPTION_APP_ID`].
    pub app_id: String,
    /// The AppKey that signatures must be made with, default [`DEMO_TRANSCRIPTION_APP_KEY`].
    pub app_key: Secret,
    /// Whole `Authorization` values that are good as they are, default none.
    pub ready_authorizations: Vec<Secret>,
    /// The region that a signature must name; by default any of two to eight capitals.
    pub region: Option<String>,
    /// How far `timestamp` and the time of a signature may lie from the server's clock, default 600 s.
    pub window_s: u64,
    /// How far the server's clock is ahead of the system's, default 0 s.
    pub clock_offset_s: i64,
    /// How many queries of a job find it pending, default 2.
    pub pending_polls: u32,
    /// How long a job is pending at least, default 0 ms; a push comes after this.
    pub pending_ms: u64,
    /// The first of the pending answers that say `10000` but bring no payload, default none.
    pub empty_success_polls: u32,
    /// Answers `992008` to the first queries of a job, before those that find it pending; default none.
    pub unavailable_polls: u32,
    /// Whether `data` is an object or a string that holds one.
    pub data_shape: DataShape,
    /// How many jobs may be open at once, default any number; more are answered with `10302`.
    pub max_open_jobs: Option<usize>,
    /// What happens to a `req_id` that was accepted before.
    pub repeated_req_id: RepeatedReqId,
    /// How often a result is pushed until it is acknowledged, default 5 times.
    pub push_attempts: u32,
    /// Wait after the first attempt that failed, default 200 ms; it doubles with each further one.
    pub push_retry_ms: u32,
    /// How often a result that was acknowledged is pushed again, default never.
    pub push_duplicates: u32,
    /// How long one attempt may take, default 10 000 ms.
    pub push_timeout_ms: u32,
}

/// What the member `data` of a result is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DataShape {
    /// An object: the default.
    Object,
    /// A string that holds the object as JSON.
    JsonString,
}

/// What happens to a `req_id` that was accepted before. Either way it is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RepeatedReqId {
    /// It is a new job and is paid for once more, the worst that can happen: the default.
    PaidAgain,
    /// It is refused with `10304` and nothing is paid.
    Refused,
}

impl Default for TranscriptionOptions {
    fn default() -> Self {
        Self {
            app_id: DEMO_TRANSCRIPTION_APP_ID.to_owned(),
            app_key: Secret::new(DEMO_TRANSCRIPTION_APP_KEY),
            ready_authorizations: Vec::new(),
            region: None,
            window_s: 600,
            clock_offset_s: 0,
            pending_polls: 2,
            pending_ms: 0,
            empty_success_polls: 0,
            unavailable_polls: 0,
            data_shape: DataShape::Object,
            max_open_jobs: None,
            repeated_req_id: RepeatedReqId::PaidAgain,
            push_attempts: 5,
            push_retry_ms: 200,
            push_duplicates: 0,
            push_timeout_ms: 10_000,
        }
    }
}
