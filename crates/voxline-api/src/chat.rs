//! The voice-chat service (Lingju `AudioChat.do`): an utterance goes in, an answer comes out.
//!
//! **Source**: the vendor's page of the interface `/httpapi/AudioChat.do`. Where it is silent (the literal of
//! `voiceType`, the meaning of "600KB", the unit of `expires`), the choice is a setting and its default is documented
//! there.
//!
//! ```no_run
//! use voxline_api::chat::{Answer, ChatAudio, ChatClient, ChatRequest, VoiceFormat};
//!
//! let wav: Vec<u8> = std::fs::read("prepared.wav").unwrap();
//! let client = ChatClient::builder().base_url("http://127.0.0.1:8080").access_token("token").build()?;
//! let answer = client.send(&ChatRequest::new(ChatAudio::new(wav, VoiceFormat::RawWav, 16_000)).with_tts(true))?;
//! println!("{}", answer.answer().chat_text());
//! if let Some(link) = answer.audio_url() {
//!     let spoken: Vec<u8> = client.fetch_audio(link, &Default::default())?;
//! }
//! # Ok::<(), voxline_core::Error>(())
//! ```
//!
//! Instead of a ready token, a client takes app credentials and gets its tokens itself:
//!
//! ```no_run
//! use voxline_api::chat::{AppCredentials, ChatClient};
//!
//! let credentials = AppCredentials::new("the app key", "the auth code", "user-1");
//! let client = ChatClient::builder().base_url("http://127.0.0.1:8080").app_credentials(credentials).build()?;
//! let other = client.for_user("user-2")?;
//! # Ok::<(), voxline_core::Error>(())
//! ```

mod authorize;
mod builder;
mod check;
mod client;
mod credentials;
mod errand;
mod outcome;
mod request;
mod response;
mod sound;
mod status;
#[cfg(test)]
mod tests;
mod tokens;
mod wire;

pub use builder::{ChatClientBuilder, DEFAULT_BASE_URL};
pub use check::SizeLimit;
pub use client::ChatClient;
pub use credentials::{AppCredentials, ExpiresUnit};
pub use request::{AnswerAudio, ChatAudio, ChatData, ChatRequest, VoiceFormat, VoiceName};
pub use response::{Answer, AudioUrl, ChatAnswer, Instructions, UNKNOWN_FUNCTION_TEXT};
pub use status::ChatStatus;
