//! The client over transports made for the purpose: what is sent, what is tried again, what becomes of each answer.

mod batch;
mod download;
mod locate;
mod stream;
mod token;
mod world;

use std::sync::Arc;
use std::time::Duration;

use voxline_core::options::HttpOptions;

use super::*;
use crate::http::testing::{FakeClock, FixedRandom};
use crate::http::{CancelToken, Transport};

/// Lets the test keep looking at the clock it gave away.
#[derive(Debug, Clone, Default)]
struct SharedClock(Arc<FakeClock>);

impl crate::http::Clock for SharedClock {
    fn now(&self) -> Duration {
        self.0.now()
    }
    fn date(&self) -> std::time::SystemTime {
        self.0.date()
    }
    fn sleep(&self, duration: Duration, cancel: &CancelToken) {
        self.0.sleep(duration, cancel);
    }
}

const BASE: &str = "https://api.example/prefix/";
const TOKEN: &str = "token-canary";

fn builder(transport: impl Transport + 'static, clock: &SharedClock) -> RecordingClientBuilder {
    RecordingClient::builder()
        .base_url(BASE)
        .token(TOKEN)
        .http(HttpOptions::default())
        .transport(transport)
        .clock(clock.clone())
        .random(FixedRandom::half())
}

fn id() -> RecordingId {
    RecordingId::new("u1", "t1", "r1")
}

/// Bytes that no shift of themselves resembles, with the beginning of a WAV file.
fn audio(length: usize) -> Vec<u8> {
    let noise = (0..length as u64).map(|i| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8);
    b"RIFF".iter().copied().chain(noise).take(length).collect()
}
