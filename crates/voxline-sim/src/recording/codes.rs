//! The vendor's codes, and when this simulator uses which.

use crate::fault::Endpoint;
use crate::outcome::Outcome;
use crate::reply::{Reply, error_body};

/// The user is unknown. **Source**: the page, with its message.
pub(super) const NO_USER: (i32, &str) = (1002, "【user】参数错误,未找到对应云节点");
/// The task does not exist. **Source**: likewise.
pub(super) const NO_TASK: (i32, &str) = (5002, "任务不存在");
/// The record does not exist in this task. **Source**: likewise.
pub(super) const NO_RECORD: (i32, &str) = (5005, "该任务下的该通通话记录不存在");
/// The request as such is wrong. The page lists no code for it; this one is ours.
const BAD_REQUEST: i32 = 400;
/// The token is missing or wrong: with this HTTP status, as public clients expect.
const UNAUTHENTICATED: u16 = 401;

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    http_status: u16,
    code: i32,
    message: String,
}

impl Refusal {
    /// One of the page's errors.
    pub(super) fn vendor((code, message): (i32, &str)) -> Self {
        Self { http_status: 200, code, message: message.to_owned() }
    }

    /// The request breaks a rule.
    pub(super) fn request(message: impl Into<String>) -> Self {
        Self { http_status: 200, code: BAD_REQUEST, message: message.into() }
    }

    pub(super) fn token(message: &str) -> Self {
        Self { http_status: UNAUTHENTICATED, code: i32::from(UNAUTHENTICATED), message: message.to_owned() }
    }

    pub(super) fn into_outcome(self, hide: impl Fn(String) -> String) -> Outcome {
        let message = hide(self.message);
        let mut reply = Reply::json(&error_body(Endpoint::Recording, self.code, &message));
        reply.status = self.http_status;
        Outcome::refused(reply, self.code, message)
    }
}
