//! The log of what was received.

use std::sync::Arc;

use serde::Serialize;

use super::Heard;
use crate::Fault;

/// What the simulator thought of a request, whatever it was told to answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Verdict {
    /// It kept every rule.
    Accepted,
    /// It broke one.
    Refused {
        /// The vendor's code; where the service answers with an HTTP status instead, that.
        status: i32,
        /// Which rule and how; never a token.
        description: String,
    },
    /// Its body was too long or did not come to its end.
    Unreadable {
        /// The HTTP status that says so.
        http_status: u16,
    },
}

/// One chat request as received. It never holds the token.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ChatSeen {
    /// Counts from 1.
    pub number: u64,
    /// What the simulator thought of it.
    pub verdict: Verdict,
    /// The fault that was ordered for it.
    pub fault: Option<Fault>,
    /// Length of the body; 0 when it could not be read.
    pub body_bytes: usize,
    /// Names of the fields in the order of the request; of a very long list only the beginning.
    pub fields: Vec<String>,
    /// Value of `voiceType` once every field was found in order.
    pub voice_type: Option<String>,
    /// Value of `voiceFormat`, likewise.
    pub voice_format: Option<String>,
    /// Whether a spoken answer was asked for.
    pub need_tts: bool,
    /// What was heard, when the audio could be decoded.
    pub heard: Option<Heard>,
    /// The audio as it was before base64, when [`crate::SimOptions::keep_audio`] is on; only the last 100 entries have it.
    pub audio: Option<Arc<[u8]>>,
}

impl ChatSeen {
    pub(crate) fn new(fault: Option<Fault>, body_bytes: usize) -> Self {
        Self {
            number: 0,
            verdict: Verdict::Accepted,
            fault,
            body_bytes,
            fields: Vec::new(),
            voice_type: None,
            voice_format: None,
            need_tts: false,
            heard: None,
            audio: None,
        }
    }
}
