//! Where a fault strikes.

use serde::{Serialize, Serializer};

/// Where a fault strikes, and to what a request was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// `POST /httpapi/AudioChat.do`.
    Chat,
    /// `GET /tts/…`, the spoken answers.
    Tts,
    /// `GET /httpapi/authorize.do`.
    Authorize,
    /// `GET /agent-api/user/…/record/…/download-full-voice`: where one recording lies.
    Recording,
    /// `GET /agent-api/user/…/batch_record/download-full-voice`: where many lie.
    Batch,
    /// `GET /agent-api/token`.
    Token,
    /// `GET /api/agent-api/download-voice?key=…` on the download host: the recording itself.
    Download,
    /// `POST /aipaas/voice/v1/tts/largeFileTrans`.
    Submit,
    /// `GET /aipaas/lm/v1/asyncResult/query`.
    Query,
    /// A result on its way to the `callback_url`; here the simulator is the client.
    Push,
}

impl Endpoint {
    /// Every endpoint, for tables and tests. New ones come last: the place decides the numbers a lot is drawn from.
    pub const ALL: &'static [Self] = &[
        Self::Chat,
        Self::Tts,
        Self::Authorize,
        Self::Recording,
        Self::Batch,
        Self::Token,
        Self::Download,
        Self::Submit,
        Self::Query,
        Self::Push,
    ];

    /// The name used in the text form of a plan and in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Tts => "tts",
            Self::Authorize => "authorize",
            Self::Recording => "recording",
            Self::Batch => "batch",
            Self::Token => "token",
            Self::Download => "download",
            Self::Submit => "submit",
            Self::Query => "query",
            Self::Push => "push",
        }
    }

    /// Whether the answer, or what is pushed, is JSON.
    pub(crate) fn speaks_json(self) -> bool {
        !matches!(self, Self::Tts | Self::Download)
    }
}

impl Serialize for Endpoint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
