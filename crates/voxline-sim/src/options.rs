//! How the simulator is set up.

use voxline_core::Secret;

use crate::{FaultPlan, RecordingOptions, TranscriptionOptions};

/// The chat token accepted by default.
pub const DEMO_TOKEN: &str = "voxline-demo-token";

/// The application key that `authorize.do` accepts by default.
pub const DEMO_APP_KEY: &str = "voxline-demo-appkey";

/// Which chat tokens are good.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum TokenRule {
    /// These, and those that `authorize.do` gave out.
    Listed(Vec<Secret>),
    /// Any text that is not empty.
    AnyNonEmpty,
}

/// How the simulator is set up. What the vendor's page leaves open is a setting here.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SimOptions {
    /// Port on 127.0.0.1; 0 (default) takes any free one.
    pub port: u16,
    /// Chat tokens to accept, default [`DEMO_TOKEN`] alone.
    pub tokens: TokenRule,
    /// Application key of the chat service that `authorize.do` accepts, default [`DEMO_APP_KEY`].
    pub app_key: Secret,
    /// The `voiceType` that means 16 000 Hz, default `16k`. The page does not show the literal.
    pub voice_type_16k: String,
    /// The `voiceType` that means 8 000 Hz, default `8k`.
    pub voice_type_8k: String,
    /// Whether a field that the page does not list is refused, default on.
    pub refuse_unknown_fields: bool,
    /// The decoded audio must be smaller than this, default 600 000 bytes.
    pub max_audio_bytes: usize,
    /// The base64 text must be smaller than this, default none: the strict reading of the size limit.
    pub max_base64_bytes: Option<usize>,
    /// A longer body is answered with HTTP 413 without being read, default 8 MiB.
    pub max_body_bytes: usize,
    /// Whether the log keeps the audio of the last 100 requests, default off.
    pub keep_audio: bool,
    /// How to misbehave, default not at all.
    pub faults: FaultPlan,
    /// The recording service.
    pub recording: RecordingOptions,
    /// The transcription service.
    pub transcription: TranscriptionOptions,
}

impl Default for SimOptions {
    fn default() -> Self {
        Self {
            port: 0,
            tokens: TokenRule::Listed(vec![Secret::new(DEMO_TOKEN)]),
            app_key: Secret::new(DEMO_APP_KEY),
            voice_type_16k: "16k".to_owned(),
            voice_type_8k: "8k".to_owned(),
            refuse_unknown_fields: true,
            max_audio_bytes: 600_000,
            max_base64_bytes: None,
            max_body_bytes: 8 << 20,
            keep_audio: false,
            faults: FaultPlan::default(),
            recording: RecordingOptions::default(),
            transcription: TranscriptionOptions::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", SimOptions::default());
        let secrets = [DEMO_TOKEN, DEMO_APP_KEY, crate::DEMO_RECORDING_TOKEN, crate::DEMO_TRANSCRIPTION_APP_KEY];
        assert!(secrets.iter().all(|secret| !shown.contains(secret)), "{shown}");
    }
}
