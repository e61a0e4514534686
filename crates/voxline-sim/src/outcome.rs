//! What became of a request.

use crate::chat::Verdict;
use crate::reply::Reply;

/// The answer to a request, and what the log says of it.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) reply: Reply,
    pub(crate) verdict: Verdict,
    /// What it was about.
    pub(crate) ids: Vec<String>,
    /// First byte of a granted `Range`.
    pub(crate) range_start: Option<u64>,
}

/// Of a list of ids in the log only so many are kept, and of each so many characters.
const MAX_IDS: usize = 64;
const MAX_ID_CHARS: usize = 200;

impl Outcome {
    pub(crate) fn new(reply: Reply, verdict: Verdict) -> Self {
        Self { reply, verdict, ids: Vec::new(), range_start: None }
    }

    pub(crate) fn accepted(reply: Reply) -> Self {
        Self::new(reply, Verdict::Accepted)
    }

    pub(crate) fn refused(reply: Reply, status: i32, description: impl Into<String>) -> Self {
        Self::new(reply, Verdict::Refused { status, description: description.into() })
    }

    /// The body was too long or did not come to its end.
    pub(crate) fn unreadable(reply: Reply) -> Self {
        let http_status = reply.status;
        Self::new(reply, Verdict::Unreadable { http_status })
    }

    #[must_use]
    pub(crate) fn about<'a>(mut self, ids: impl IntoIterator<Item = &'a str>) -> Self {
        let clip = |id: &str| id.chars().take(MAX_ID_CHARS).collect();
        self.ids = ids.into_iter().take(MAX_IDS).map(clip).collect();
        self
    }
}
