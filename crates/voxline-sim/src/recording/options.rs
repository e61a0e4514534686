//! How the recording service is set up.

use voxline_core::Secret;

/// The token of the recording service accepted by default.
pub const DEMO_RECORDING_TOKEN: &str = "voxline-demo-recording-token";
/// The user known by default; it is that of the page's example.
pub const DEMO_USER_ID: &str = "4d99d91c-f5d9-49da-88da-758977cc58a9";
/// The task known by default; it is that of the page's example.
pub const DEMO_TASK_ID: &str = "287e19c4-1966-49d6-8f02-b53ef11c0a55";
/// A record that is there from the start: the bundled call as WAV, under the id of the page's example.
pub const DEMO_RECORD_ID: &str = "50971322-2e84-4701-836c-fd1181306885";
/// Another one: the same call as MP3.
pub const DEMO_MP3_RECORD_ID: &str = "50971322-2e84-4701-836c-fd1181306886";

/// How the recording service is set up. What the vendor's page leaves open is a setting here.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RecordingOptions {
    /// Tokens to accept, default [`DEMO_RECORDING_TOKEN`] alone.
    pub tokens: Vec<Secret>,
    /// Users that exist, default [`DEMO_USER_ID`]; another one is answered with 1002.
    pub user_ids: Vec<String>,
    /// Tasks that exist, default [`DEMO_TASK_ID`]; another one is answered with 5002. Every record is in every task.
    pub task_ids: Vec<String>,
    /// Sub-users that exist; by default any `sub_user_id` that is not empty.
    pub sub_user_ids: Option<Vec<String>>,
    /// Most ids in a batch, default 30.
    pub max_batch: usize,
    /// What the answer to a batch looks like; the page does not say.
    pub batch_shape: BatchShape,
    /// What becomes of the ids in a batch that do not exist; the page does not say.
    pub batch_missing: BatchMissing,
    /// Port of the download host on 127.0.0.1; 0 (default) takes any free one.
    pub download_port: u16,
    /// Where `voice_url` points.
    pub voice_host: VoiceHost,
    /// Scheme in front of `voice_url`, such as `http`; by default none, as in the page's example: a client that puts
    /// `https` before it must be told `http` (`voxline recording … --download-scheme http`).
    pub voice_url_scheme: Option<String>,
    /// How often a key opens its recording, default any number of times.
    pub key_fetches: Option<u32>,
    /// How long a key is good, in ms, default for ever; 0: it has expired when it is given out.
    pub key_valid_ms: Option<u64>,
    /// HTTP status for a key that is unknown or has expired, default 403.
    pub expired_status: u16,
    /// Whether `Range` is honoured, default on; otherwise the whole recording comes, as if it had not been asked.
    pub ranges: bool,
}

/// Where `voice_url` points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum VoiceHost {
    /// To the download host, another origin than the API's: the default.
    Other,
    /// To the API's own origin.
    Api,
    /// To the API's own origin, which redirects to the download host.
    ApiThenRedirect,
}

/// What the answer to a batch looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BatchShape {
    /// An array of objects with `record_id` and `voice_url`: the default.
    Objects,
    /// An object whose members are named by record id and hold objects with `voice_url`.
    Map,
    /// An object whose members are named by record id and hold the address itself.
    MapOfUrls,
}

/// What becomes of unknown ids in a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BatchMissing {
    /// They are left out: the default.
    LeftOut,
    /// They are there with `code` 5005 and a `message` instead of an address, in [`BatchShape::MapOfUrls`] with `null`.
    Named,
    /// One of them, and the whole batch is answered with 5005.
    AllFail,
}

impl Default for RecordingOptions {
    fn default() -> Self {
        Self {
            tokens: vec![Secret::new(DEMO_RECORDING_TOKEN)],
            user_ids: vec![DEMO_USER_ID.to_owned()],
            task_ids: vec![DEMO_TASK_ID.to_owned()],
            sub_user_ids: None,
            max_batch: 30,
            batch_shape: BatchShape::Objects,
            batch_missing: BatchMissing::LeftOut,
            download_port: 0,
            voice_host: VoiceHost::Other,
            voice_url_scheme: None,
            key_fetches: None,
            key_valid_ms: None,
            expired_status: 403,
            ranges: true,
        }
    }
}
