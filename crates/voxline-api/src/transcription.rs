//! Transcription of whole recordings (TeleAI `largeFileTrans`): a link goes in, a transcript comes out later.
//!
//! A recording is submitted by a link that the *service* can reach. The transcript is fetched ([`ReturnMode::Pull`],
//! [`TranscriptionClient::wait`]) or delivered to an address of the caller ([`ReturnMode::Push`],
//! [`parse_callback`]). A submission costs money, so none is sent twice unless the service surely did not take the
//! first one, and a [`Ledger`] remembers across crashes which were sent.
//!
//! **Source**: the vendor's page of `/aipaas/voice/v1/tts/largeFileTrans`. The signature, the address of the result
//! and its envelope are from public clients of the service; the schema of the transcript itself is not published, so
//! [`Transcript`] keeps the answer as it came and looks for text and times under the names that such services use.
//!
//! ```no_run
//! use voxline_api::CancelToken;
//! use voxline_api::transcription::{Credentials, ReturnMode, Submission, TranscriptionClient, WaitOptions};
//!
//! let client = TranscriptionClient::builder().credentials(Credentials::app_key("app-id", "app-key")).build()?;
//! let accepted = client.submit(&Submission::new("https://files.example/call.wav", ReturnMode::Pull))?;
//! let transcript = client.wait(&accepted.request_id, &WaitOptions::default(), &CancelToken::new())?;
//! for sentence in transcript.sentences() {
//!     println!("{:?} {}", sentence.start_ms, sentence.text);
//! }
//! # Ok::<(), voxline_core::Error>(())
//! ```

mod callback;
mod client;
mod credentials;
mod enter;
mod envelope;
mod job;
mod ledger;
mod outcome;
mod request;
mod response;
mod run;
mod sentences;
mod sign;
mod skew;
mod sqlite;
mod status;
#[cfg(test)]
mod tests;
mod transcript;
mod wait;
mod wire;

pub use callback::{Callback, CallbackOutcome, parse_callback};
pub use client::{DEFAULT_BASE_URL, TranscriptionClient, TranscriptionClientBuilder};
pub use credentials::{Credentials, DEFAULT_EXPIRE_SECONDS, DEFAULT_REGION};
pub use enter::{Entered, KnownLinks, enter_submissions};
pub use job::{JobOutcome, JobReport};
pub use ledger::{Entry, Ledger, Recorded, Resume, RunLock, State, Step, decide, decide_under, record_callback};
pub use request::{ReturnMode, Submission};
pub use response::{Accepted, JobFailure, QueryState};
pub use run::{RunOptions, resume_with_ledger, run_with_ledger};
pub use sentences::Sentence;
pub use sqlite::SqliteLedger;
pub use status::TranscriptionCode;
pub use transcript::Transcript;
pub use wait::WaitOptions;
