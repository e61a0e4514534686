//! The log of jobs and deliveries.

use serde::Serialize;

use crate::fault::Fault;

/// One job, which is one paid submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct JobSeen {
    /// The server's id.
    pub request_id: String,
    /// The client's id.
    pub req_id: String,
    /// The link, without its query.
    pub file_link: String,
    /// Whether the result is pushed.
    pub push: bool,
    /// Whether it is done.
    pub done: bool,
    /// How often it was asked for.
    pub polls: u32,
    /// Answers with the result that no fault cut off or replaced.
    pub results_given: u32,
    /// Pushes of the result that were acknowledged.
    pub deliveries: u32,
    /// Whether every push of it is over: acknowledged with all its duplicates, or given up.
    pub push_over: bool,
}

/// A `req_id` that was submitted again after it had been accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DoubleSubmission {
    /// The client's id.
    pub req_id: String,
    /// How often, the first time not counted.
    pub repeated: u32,
    /// How often of these it was paid for once more.
    pub paid_again: u32,
}

/// One attempt to deliver a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PushSeen {
    /// The job.
    pub request_id: String,
    /// Counts the attempts for the job from 1, duplicates included.
    pub attempt: u32,
    /// Whether the result had been acknowledged before.
    pub duplicate: bool,
    /// The fault that was ordered for it.
    pub fault: Option<Fault>,
    /// HTTP status of the receiver's answer, if one came.
    pub http_status: Option<u16>,
    /// Whether the whole result was acknowledged with a 2xx.
    pub delivered: bool,
    /// What went wrong on the connection.
    pub problem: Option<String>,
}
