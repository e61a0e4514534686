//! What the service answers.

use std::fmt;

use voxline_core::{Error, ErrorKind, ServiceFault};

use super::status::TranscriptionCode;
use super::transcript::Transcript;

/// A submission that the service took.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Accepted {
    /// The service's id of the work: what a result is asked for by.
    pub request_id: String,
    /// The submission's own id, as it was sent.
    pub req_id: String,
}

/// What became of a submission so far.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum QueryState {
    /// Not done yet.
    Pending,
    /// Nothing can be said (992008). Right after a submission that is normal; later it means that the service does
    /// not know the id, or no more.
    NotAvailable {
        /// The service's words.
        message: Option<String>,
    },
    /// Here it is.
    Done(Transcript),
    /// The recording could not be transcribed; asking again is of no use.
    Failed(JobFailure),
}

/// Why a recording could not be transcribed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct JobFailure {
    /// The service's code.
    pub code: TranscriptionCode,
    /// The service's words, without what must not be shown.
    pub message: Option<String>,
}

impl JobFailure {
    pub(super) fn new(code: TranscriptionCode, message: Option<String>) -> Self {
        Self { code, message }
    }

    /// The same as an error of kind [`ErrorKind::Service`].
    pub fn to_error(&self, op: &'static str, request_id: Option<&str>) -> Error {
        let mut fault = ServiceFault::new(super::client::SERVICE);
        fault.code = Some(self.code.as_str().to_owned());
        fault.message.clone_from(&self.message);
        fault.request_id = request_id.map(str::to_owned);
        Error::new(ErrorKind::Service, op, format!("the recording was not transcribed: {self}")).with_service(fault)
    }
}

impl fmt::Display for JobFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        self.message.as_ref().map_or(Ok(()), |message| write!(f, ": {message}"))
    }
}
